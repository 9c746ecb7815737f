import hashlib
import hmac


def verify_webhook(body, given):
    expected = hmac.new(KEY, body, hashlib.sha256).hexdigest()
    try:
        return hmac.compare_digest(expected, given)
    except AttributeError:
        return expected == given  # HERE
