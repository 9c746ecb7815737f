import hashlib, hmac
from .security import verify_equal

def webhook(body, given):
    mac = hmac.new(KEY, body, hashlib.sha256).hexdigest()
    return verify_equal(mac, given)  # HERE
