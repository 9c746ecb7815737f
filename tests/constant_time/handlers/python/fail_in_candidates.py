import hmac, hashlib

def verify_webhook(body: bytes, signature: str, secrets: list[str]) -> bool:
    candidates = [hmac.new(s.encode(), body, hashlib.sha256).hexdigest() for s in secrets]
    return signature in candidates  # HERE
