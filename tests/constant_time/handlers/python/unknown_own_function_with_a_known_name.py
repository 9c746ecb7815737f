import hashlib
import hmac

from .crypto import compare_digest


def verify_webhook(body, given):
    return compare_digest(hmac.new(KEY, body, hashlib.sha256).hexdigest(), given)  # HERE
