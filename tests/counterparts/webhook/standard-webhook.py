"""The Standard Webhooks scheme: id, time and body, base64, a list of versions."""
import base64
import hashlib
import hmac
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["WEBHOOK_SECRET"].encode()


def is_genuine(raw, headers):
    key = SECRET.decode().removeprefix("whsec_")
    try:
        key = base64.b64decode(key, validate=True)
    except ValueError:
        key = SECRET
    signed = f"{headers.get('Webhook-Id')}.{headers.get('Webhook-Timestamp')}.".encode() + raw
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    sent = [part.partition(",") for part in headers.get("Webhook-Signature", "").split()]
    return any(v == "v1" and hmac.compare_digest(expected, value) for v, _, value in sent)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if is_genuine(raw, self.headers):
            self.reply(200, b"ok")
        else:
            self.reply(401, b"invalid signature")

    def reply(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
