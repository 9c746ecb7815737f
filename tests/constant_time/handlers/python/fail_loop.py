from hmac import new as new_hmac
from hashlib import sha256


def same(a, b):
    if len(a) != len(b):
        return False
    for x, y in zip(a, b):
        if x != y:  # HERE
            return False
    return True


def is_valid(body, header, secret):
    return same(new_hmac(secret, body, sha256).digest(), bytes.fromhex(header))
