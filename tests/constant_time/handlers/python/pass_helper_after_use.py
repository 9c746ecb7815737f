import hmac as h
import hashlib
from hmac import compare_digest as same


def on_webhook(body, header):
    ok, reason = check(body, header)
    return 200 if ok else 401


def check(body, header):
    expected = make(body)
    if len(header) != len(expected):
        return False, "length"
    return same(expected, header), None  # HERE


def make(body):
    return h.new(KEY, body, hashlib.sha256).hexdigest()
