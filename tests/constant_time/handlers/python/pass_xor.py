import hashlib, hmac

def const_time(a: bytes, b: bytes) -> bool:
    if len(a) != len(b):
        return False
    result = 0
    for x, y in zip(a, b):
        result |= x ^ y  # HERE
    return result == 0

def webhook(body, given):
    return const_time(hmac.new(KEY, body, hashlib.sha256).digest(), given)
