"""Gives back what it gets and what it knows: in the status line, headers, page, JSON, redirect.

MODE says how it answers: accepts, refuses, redirects, sound (a webhook that verifies), listing,
unauthenticated, forbidden, page (an API in MintCash's place).
"""
import base64
import hashlib
import hmac
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote

MODE = os.environ["MODE"]
KNOWN = json.loads(os.environ["KNOWN"])
TURN = int(os.environ["TURN"])
WEBHOOK_SECRET = os.environ.get("WEBHOOK_SECRET", "").encode()
OBEYED = ("\x1b[2J\x1b]0;owned\x07 \u202eevil\u2066 ::set-output name=x::y ##vso[task.complete] ##[error]z "
          "<script>alert(1)</script> [link](javascript:alert(1)) ![i](http://x.invalid/i) | `code` \u0085\u009b31m")
IN_HEADERS = OBEYED.replace("\x1b", "").replace("\x07", "")


def rotated(items):
    by = TURN % len(items)
    return items[by:] + items[:by]


WAYS = [
    lambda raw: raw.decode(),
    lambda raw: base64.b64encode(raw).decode(),
    lambda raw: base64.b64encode(b"user:" + raw).decode(),
    lambda raw: raw.hex(),
    lambda raw: quote(raw.decode(), safe=""),
    lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("="),
    lambda raw: raw.hex().upper(),
    lambda raw: json.dumps(raw.decode()),
    lambda raw: "".join("%%%02x" % byte for byte in raw),
]


def everything(authorization):
    """The bait, then what was sent, then what is known, so that each stands first in some turn."""
    sent = []
    if authorization:
        sent = [authorization, authorization.encode().hex()]
        try:
            sent.insert(TURN % 2, base64.b64decode(authorization.split(" ")[-1]).decode("latin-1"))
        except ValueError:
            pass
    known = [way(secret.encode()) for way in rotated(WAYS) for secret in rotated(KNOWN[1:])]
    return KNOWN[:1] + (known + sent if TURN % 3 == 1 else sent + known)


def fit(text, limit):
    """As many whole words as fit: half a secret would be recognised by nobody."""
    return text[:limit + 1].rsplit(" ", 1)[0] if len(text) > limit else text


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        authorization = self.headers.get("Authorization", "")
        words = everything(authorization)
        one_line = " ".join(words)
        echoed = " ".join([one_line, self.headers.get("X-Signature", ""), body[:2000].decode("latin-1")])
        if self.path == "/effects":
            return self.send(200, "text/plain", one_line)
        if self.path.endswith("/merchant/api-keys"):
            return self.api(words, one_line)
        status = {"accepts": 200, "refuses": 403, "redirects": 307}.get(MODE) or self.verified(body)
        page = f"<title>{one_line} {OBEYED}</title><p>{OBEYED} csrf token {echoed}"
        self.send(status, "text/html", page, one_line)

    def verified(self, body):
        expected = hmac.new(WEBHOOK_SECRET, body, hashlib.sha256).hexdigest()
        received = self.headers.get("X-Signature", "").encode("latin-1")
        if not hmac.compare_digest(expected.encode(), received):
            return 401
        try:
            return 200 if json.loads(body)["environment"] == "live" else 400
        except (ValueError, KeyError, TypeError):
            return 400

    def api(self, words, one_line):
        if MODE == "page":
            return self.send(200, "text/html", f"<!doctype html><title>{one_line} {OBEYED}</title>", one_line)
        if MODE == "redirects":
            return self.send(302, "text/html", one_line, one_line)
        if MODE == "listing":
            keys = [{"id": word, "publicKey": word, "environment": word + OBEYED, "isActive": word,
                     "createdAt": word, "revokedAt": word} for word in words]
            return self.send(200, "application/json", json.dumps({"apiKeys": keys}), one_line)
        status, code = (403, "ip_not_allowed") if MODE == "forbidden" else (401, "unauthenticated")
        details = {"requestId": fit(one_line, 180) + OBEYED, "reason": one_line, OBEYED: one_line}
        error = {"code": code if MODE == "forbidden" else code + OBEYED + words[0],
                 "message": fit(one_line, 200) + OBEYED + one_line, "details": details}
        self.send(status, "application/json", json.dumps(error), one_line)

    def send(self, status, content_type, text, leaked=""):
        body = text.encode()
        header = lambda name, value: f"{name}: {value}\r\n".encode()
        short = fit(leaked, 6000)
        head = f"HTTP/1.1 {status} {fit(short, 300)}\r\n".encode()
        head += header("Content-Type", content_type) + header("Content-Length", len(body))
        head += header("Connection", "close") + header("Server", short + IN_HEADERS)
        head += header("X-Request-Id", fit(short, 150) + IN_HEADERS) + header("Retry-After", fit(short, 190))
        head += header("WWW-Authenticate", f'Basic realm="{short}"') + header("Set-Cookie", f"s={short}")
        head += header("Location", f"https://evil.invalid/{short} {IN_HEADERS}")
        self.wfile.write(head + b"\r\n" + (b"" if self.command == "HEAD" else body))
        self.close_connection = True

    do_GET = do_HEAD = do_POST = answer

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


server = Server(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
