"""http.server; says what came, with headers as they were written."""
import hashlib
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COUNT = [0]
LOCK = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.reply(200, [], str(COUNT[0]).encode())

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.split("?")[0]
        if path == "/hang":
            return threading.Event().wait()
        with LOCK:
            COUNT[0] += 1
        came = {
            "line": self.requestline,
            "headers": [text for pair in self.headers.raw_items() for text in pair],
            "length": len(raw),
            "sha256": hashlib.sha256(raw).hexdigest(),
        }
        if path == "/odd":
            headers = [("X-Odd-Case", "A"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
            return self.reply(299, headers, bytes(range(256)), "Quite Fine")
        if path == "/moved":
            return self.reply(308, [("Location", "http://127.0.0.1:1/x")], b"")
        status = int(path.split("/")[2]) if path.startswith("/status/") else 200
        self.reply(status, [("Content-Type", "application/json")], json.dumps(came).encode())

    def reply(self, status, headers, body, reason=None):
        self.send_response_only(status, reason)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
