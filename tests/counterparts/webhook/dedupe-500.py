"""The unique index holds, but nobody catches its error: a copy is answered with 500."""
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import tempfile
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ["WEBHOOK_SECRET"].encode()

FOLDER = tempfile.TemporaryDirectory()
PLACE = os.path.join(FOLDER.name, "events.db")


def database():
    return closing(sqlite3.connect(PLACE, timeout=30))


with database() as db, db:
    db.execute("pragma journal_mode = wal")
    db.execute("create table webhook_event (id text primary key, event text)")


def effects():
    with database() as db:
        return str(db.execute("select count(*) from webhook_event").fetchone()[0])


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply(200, effects())

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        expected = hmac.new(SECRET, raw, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected.encode(), self.headers.get("X-Signature", "").encode("latin-1")):
            return self.reply(401, "invalid signature")
        try:
            event = json.loads(raw)
            environment, event_id = event["environment"], event["eventId"]
        except (ValueError, KeyError, TypeError):
            return self.reply(400, "not an event")
        if environment != "live":
            return self.reply(400, "wrong environment")
        try:
            with database() as db, db:
                db.execute("insert into webhook_event values (?, ?)", (event_id, event.get("event")))
        except sqlite3.IntegrityError:
            return self.reply(500, "internal error")
        self.reply(204)

    def reply(self, status, text=""):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


server = Server(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
