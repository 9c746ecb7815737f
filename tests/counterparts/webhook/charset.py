"""Takes the body for text in one way or another (HOW) before it signs it."""
import hashlib
import hmac
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["WEBHOOK_SECRET"].encode()


HOW = {
    "latin-1-read": lambda raw: raw.decode("latin-1").encode(),
    "latin-1-written": lambda raw: raw.decode().encode("latin-1", "replace"),
    "ascii-written": lambda raw: raw.decode().encode("ascii", "replace"),
    "ascii-replaced": lambda raw: raw.decode("ascii", "replace").encode(),
    "ascii-dropped": lambda raw: raw.decode("ascii", "ignore").encode(),
    "escaped": lambda raw: "".join(
        ch if ch.isascii() else f"\\u{ord(ch):04x}" for ch in raw.decode()
    ).encode(),
}[os.environ["HOW"]]


def is_genuine(raw, headers):
    expected = hmac.new(SECRET, HOW(raw), hashlib.sha256).hexdigest()
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
