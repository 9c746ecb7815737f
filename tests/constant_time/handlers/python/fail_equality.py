import hashlib
import hmac
import os

from flask import Flask, abort, request

app = Flask(__name__)


@app.post("/webhook")
def webhook():
    expected = hmac.new(os.environ["SECRET"].encode(), request.get_data(), hashlib.sha256).hexdigest()
    if request.headers.get("X-Signature") != expected:  # HERE
        abort(401)
    return "", 204
