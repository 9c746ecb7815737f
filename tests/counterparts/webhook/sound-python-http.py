"""http.server and hmac.compare_digest; forged requests get 403 and a little HTML."""
import hashlib
import hmac
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["WEBHOOK_SECRET"].encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        expected = hmac.new(SECRET, raw, hashlib.sha256).hexdigest()
        received = self.headers.get("X-Signature", "")
        if not hmac.compare_digest(expected.encode(), received.encode("latin-1")):
            return self.reply(403, "<!doctype html><title>403 Forbidden</title><h1>Forbidden</h1>")
        event = json.loads(raw)
        if event["environment"] != "live":
            return self.reply(400, "wrong environment")
        self.reply(204, "")

    def reply(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
