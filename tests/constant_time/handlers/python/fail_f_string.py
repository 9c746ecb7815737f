import hashlib
import hmac

def handler(event, context):
    signature = event["headers"].get("x-signature", "")
    computed = f"sha256={hmac.new(KEY, event['body'].encode(), hashlib.sha256).hexdigest()}"
    if computed.casefold().__eq__(signature):  # HERE
        return {"statusCode": 200}
    return {"statusCode": 401}
