from django.utils.crypto import constant_time_compare, salted_hmac
import hashlib, hmac

def webhook_is_genuine(request):
    digest = hmac.new(KEY, request.body, hashlib.sha256)
    return constant_time_compare(digest.hexdigest(), request.headers.get("X-Signature", ""))  # HERE
