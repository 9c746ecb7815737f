"""An HTTP client of the API, a webhook receiver, and TAP: what contract.py works with."""

import base64
import hashlib
import hmac
import http.client
import http.server
import json
import re
import ssl
import sys
import threading
import urllib.parse

count = 0
failed = 0


def ok(good, promise, got=""):
    global count, failed
    count += 1
    if good:
        print(f"ok {count} - {promise}", flush=True)
    else:
        failed += 1
        print(f"not ok {count} - {promise} # got {got!r}", flush=True)
    return good


def same(got, wanted, promise):
    return ok(got == wanted, promise, got)


def send(url, method="GET", body=None, headers=None, timeout=30):
    """One request; status, headers, body. None when the connection broke without an answer."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    path = parts.path + ("?" + parts.query if parts.query else "")
    try:
        connection.request(method, path or "/", body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, dict((k.lower(), v) for k, v in answer.getheaders()), answer.read()
    except (http.client.HTTPException, ConnectionError):
        return None
    finally:
        connection.close()


class Api:
    def __init__(self, url, public, secret):
        self.url, self.public, self.secret = url.rstrip("/"), public, secret

    def headers(self):
        pair = base64.b64encode(f"{self.public}:{self.secret}".encode()).decode()
        return {"Authorization": "Basic " + pair, "Content-Type": "application/json"}

    def raw(self, method, path, body=None):
        return send(self.url + path, method, body, self.headers())

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body)
        answer = self.raw(method, path, data)
        if answer is None:
            return None, None
        try:
            return answer[0], json.loads(answer[2])
        except ValueError:
            return answer[0], None

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body):
        return self.call("POST", path, body)


class Control:
    def __init__(self, url):
        self.url = url.rstrip("/")

    def do(self, what, **body):
        status, _, said = send(self.url + "/control/" + what, "POST", json.dumps(body),
                               {"Content-Type": "application/json"}, 120)
        said = json.loads(said)
        if status != 200:
            raise RuntimeError(f"{what} {body}: {status} {said}")
        return said

    def on(self, name):
        self.do("switch", name=name, on=True)

    def off(self, name):
        self.do("switch", name=name, on=False)

    def pass_time(self, seconds):
        self.do("advance", seconds=seconds)

    def next(self):
        self.do("advance", to="next")

    def state(self):
        return json.loads(send(self.url + "/control/state")[2])


class Receiver:
    """A webhook handler on a port of its own, which can be told how to answer."""

    def __init__(self):
        self.got = []
        self.status = 200
        self.location = None
        self.wait = threading.Event()
        self.hang = False
        self.settle = lambda: None
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = dict((k.lower(), v) for k, v in self.headers.items())
                outer.got.append((self.path, headers, body))
                if outer.hang:
                    outer.wait.wait(30)
                self.send_response(outer.status)
                if outer.location:
                    self.send_header("Location", outer.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self):
        """What came since the last look, once nothing is on its way any more."""
        self.settle()
        got, self.got = self.got, []
        return got

    def events(self):
        return [json.loads(body)["event"] for _, _, body in self.take()]


def signature(secret, body):
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


def done():
    print(f"1..{count}", flush=True)
    sys.exit(1 if failed else 0)
