"""A WSGI application that lower-cases the header, hides itself from forgers behind 404, and acts on
known types only: unknown ones get a 400 from its schema."""
import hashlib
import hmac
import json
import os
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

SECRET = os.environ["WEBHOOK_SECRET"].encode()
KNOWN = {"payment.created", "payment.pending", "payment.succeeded", "payment.failed"}


def application(environ, start_response):
    def answer(status, value):
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(value).encode()]

    length = int(environ.get("CONTENT_LENGTH") or 0)
    raw = environ["wsgi.input"].read(length)
    signature = environ.get("HTTP_X_SIGNATURE", "").lower().encode("latin-1")
    expected = hmac.new(SECRET, raw, hashlib.sha256).hexdigest().encode()
    if environ["REQUEST_METHOD"] != "POST" or not hmac.compare_digest(signature, expected):
        return answer("404 Not Found", {"detail": "Not Found"})
    event = json.loads(raw)
    if event.get("environment") != "live":
        return answer("409 Conflict", {"detail": "not a live event"})
    if event.get("event") not in KNOWN:
        return answer("400 Bad Request", {"detail": "unknown event"})
    return answer("202 Accepted", {"queued": True})


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
