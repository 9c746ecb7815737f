from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac


def verify_webhook(body: bytes, signature: bytes) -> bool:
    mac = hmac.HMAC(KEY, hashes.SHA256())
    mac.update(body)
    try:
        mac.verify(signature)  # HERE
    except InvalidSignature:
        return False
    return True
