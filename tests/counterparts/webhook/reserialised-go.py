"""Writes JSON again as Go does: HTML escaped, whole numbers without a point; MAP sorts the keys."""
import hashlib
import hmac
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["WEBHOOK_SECRET"].encode()


def number(text):
    return int(float(text)) if float(text).is_integer() else float(text)


def is_genuine(raw, headers):
    value = json.loads(raw, parse_float=number)
    again = json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), sort_keys="MAP" in os.environ
    )
    for ch in "<>&":
        again = again.replace(ch, f"\\u{ord(ch):04x}")
    expected = hmac.new(SECRET, again.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, headers.get("X-Signature", ""))


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
