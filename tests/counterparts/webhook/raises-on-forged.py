# Raises where it should refuse: the framework turns every forged request into a 500.
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading

SECRET = os.environ["WEBHOOK_SECRET"].encode()


def handle(headers, raw):
    expected = hmac.new(SECRET, raw, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, headers.get("x-signature", "")):
        raise ValueError("invalid signature")
    json.loads(raw)


class Webhook(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            handle(self.headers, raw)
            self.answer(200)
        except Exception:
            self.answer(500)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
