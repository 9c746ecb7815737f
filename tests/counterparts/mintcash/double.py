"""MintCash's API as documented, with a switch for each contradiction and each failure."""
import base64
import json
import os
import ssl
import sys
import threading
import time
import uuid
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PUBLIC = os.environ["PUBLIC_KEY"]
SECRET = os.environ["SECRET_KEY"]
SEEN = os.environ["SEEN"]
ON = set(sys.argv[1:])
AT = "2026-11-20T10:00:00.000Z"

lock = threading.Lock()
meeting = threading.Condition()
present = {}
keys_of = {}
made = {}
bodies = {}
count = {"all": 0, "ids": 0}
ended = set()


def error(status, code, message, details=None):
    count["ids"] += 1
    given = {"requestId": "req_%04d" % count["ids"]} if details is None else details
    return status, {"code": code, "message": message, "details": given}


def key(public, environment="live", active=True, revoked=None, **more):
    return {"id": "key_" + public[-4:], "publicKey": public, "environment": environment,
            "isActive": active, "createdAt": AT, "revokedAt": revoked, **more}


def keys():
    own = key(PUBLIC, "test" if PUBLIC.startswith("pk_test_") else "live")
    if "revoked" in ON:
        own.update(isActive=False, revokedAt="2026-11-21T09:30:00.000Z")
    if "inactive" in ON:
        own.update(isActive=False)
    if "listed-test" in ON:
        own.update(environment="test")
    if "active-but-revoked" in ON:
        own.update(revokedAt="2026-11-21T09:30:00.000Z")
    if "revoked-later" in ON:
        own.update(revokedAt="2099-01-01T00:00:00.000Z")
    if "no-is-active" in ON:
        del own["isActive"]
    if "no-environment" in ON:
        del own["environment"]
    if "upper-environment" in ON:
        own.update(environment="LIVE")
    if "masked" in ON:
        own.update(publicKey=PUBLIC[:8] + "••••" + PUBLIC[-4:])
    others = [key("pk_live_old0000", active=False, revoked="2026-10-01T00:00:00.000Z"),
              key("pk_test_other01", "test")]
    if "empty-list" in ON:
        return []
    return others + ([] if "not-listed" in ON else [own])


def amount(cents):
    if "wrong-amount" in ON:
        return cents + 1
    if "text-amounts" in ON:
        return "%d.%02d" % divmod(cents, 100)
    return cents / 100 if "major" in ON else cents


def wrapped(name, body):
    if "wrapped" not in ON:
        return body
    redirect = body.pop("redirectUrl", None)
    return {name: body, "redirectUrl": redirect}


def identity(prefix):
    return str(uuid.uuid4()) if "bare-uuids" in ON else prefix + uuid.uuid4().hex


def payment(sent):
    status = "created"
    if "declined-200" in ON:
        status = "failed"
    if "voided" in ON:
        status = "voided"
    if "odd-status" in ON:
        status = "disputed"
    body = {"id": identity("pmt_"), "externalId": sent["externalId"], "status": status,
            "amount": amount(sent["amount"]), "currency": sent["currency"],
            "amountRefunded": amount(0) if "wrong-amount" not in ON else 0,
            "amountRefundable": amount(sent["amount"]), "providerTransactionId": None,
            "redirectUrl": "https://pay.invalid/p/1" if "returnUrl" in sent else None,
            "createdAt": AT}
    if "other-currency" in ON:
        body["currency"] = "EUR"
    if "other-external-id" in ON:
        body["externalId"] = "somebody-else"
    return wrapped("payment", body)


def subscription(sent):
    body = {"id": identity("sub_"), "externalId": sent["externalId"], "status": "active",
            "amount": amount(sent["amount"]), "currency": sent["currency"],
            "billingIntervalDays": sent["billingIntervalDays"], "redirectUrl": None,
            "createdAt": AT}
    if "periods" in ON:
        body.update(currentPeriodStart=AT, currentPeriodEnd=None)
    return wrapped("subscription", body)


def refund(payment_id, sent):
    cents = sent.get("amount") or 4999
    return wrapped("refund", {
        "id": identity("rf_"), "paymentId": payment_id, "externalId": sent["externalId"],
        "status": "processing" if "odd-status" in ON else "pending", "amount": amount(cents),
        "currency": "USD", "failureCode": None, "createdAt": AT})


def create(raw, make, external, kind="payment"):
    """Same key and bytes: the original. Same key, other bytes: 409."""
    if "ignores-external-id" in ON or "ignores-external-id-of-%ss" % kind in ON:
        made[str(uuid.uuid4())] = body = make()
        return 200, body
    if external in made:
        if bodies[external] != raw:
            if "no-409" in ON:
                return 200, made[external]
            if "second-on-other-body" in ON:
                made[str(uuid.uuid4())] = body = make()
                return 200, body
            if "replaces-on-other-body" in ON:
                made[external], bodies[external] = make(), raw
                return 200, made[external]
            if "409-other-code" in ON:
                return error(409, "failed_precondition", "the payload differs")
            if "400-on-other-body" in ON:
                return error(400, "invalid_argument", "the payload differs")
            return error(409, "already_exists", "externalId was used with another payload")
        if "refuses-again" in ON:
            return error(409, "already_exists", "externalId was used")
        if "current-state" in ON:
            body = made[external]
            inner = body.get(kind) or body
            inner["status"] = {"created": "pending"}.get(inner["status"], inner["status"])
        return 200, made[external]
    made[external] = make()
    bodies[external] = raw
    return 200, made[external]


def find(wanted):
    for body in made.values():
        inner = body.get("payment") or body.get("subscription") or body.get("refund") or body
        if inner["id"] == wanted:
            return body, inner
    return None, None


def route(method, path, raw):
    parts = path.strip("/").split("/")
    if (method, path) == ("GET", "/merchant/api-keys"):
        return 200, {"other": 1} if "other-json" in ON else {"apiKeys": keys()}
    if method == "POST":
        sent = json.loads(raw)
        if path == "/payments":
            if "declined-499" in ON:
                return error(499, "aborted", "paymentDeclined")
            if "bare-499" in ON:
                return 499, {}
            return create(raw, lambda: payment(sent), sent["externalId"])
        if path == "/subscriptions":
            return create(raw, lambda: subscription(sent), sent["externalId"], "subscription")
        if parts[0] == "payments" and parts[2:] == ["refund"]:
            if "refund-running" in ON:
                return error(409, "failed_precondition", "another refund is running")
            if "refund-too-much" in ON:
                return error(422, "out_of_bounds", "more than what is left")
            return create(raw, lambda: refund(parts[1], sent), sent["externalId"], "refund")
    if parts[0] == "payments" and len(parts) == 2 or parts[0] == "subscriptions":
        body, inner = find(parts[1])
        if body is None:
            return error(404, "not_found", "no such resource")
        if method == "DELETE":
            return cancel(body, inner)
        return 200, body
    flat = parts[0] == "refunds" and "flat-refunds" in ON
    nested = parts[0] == "payments" and parts[2:3] == ["refunds"] and "flat-refunds" not in ON
    if nested and len(parts) == 3:
        return 200, {"refunds": [body for body in made.values() if "paymentId" in str(body)]}
    if flat or nested:
        body, _ = find(parts[-1])
        return (200, body) if body else error(404, "not_found", "no such refund")
    return error(404, "not_found", "no such path")


def cancel(body, inner):
    again = inner["id"] in ended
    ended.add(inner["id"])
    if again and "cancel-again-409" in ON:
        return error(409, "failed_precondition", "subscription is not active")
    if again and "cancel-again-404" in ON:
        return error(404, "not_found", "no such subscription")
    if "cancel-refused" in ON:
        return error(409, "failed_precondition", "subscription is pending")
    inner["status"] = "cancelled"
    return 200, None if "empty-cancel" in ON else body


def together(path, external):
    """Waits until ten requests with the second key of a path are here, and says which of them this
    one is. 0: it is one of the first key, or the thing is there already."""
    with meeting:
        order = keys_of.setdefault(path, [])
        if external not in order:
            order.append(external)
        if external in made or external == order[0]:
            return 0
        present[external] = place = present.get(external, 0) + 1
        meeting.notify_all()
        return place if meeting.wait_for(lambda: present[external] >= 10, timeout=20) else 0


def at_once(path, raw):
    """What a provider answers that is not made for identical requests at once."""
    sent = json.loads(raw)
    external = sent["externalId"]
    place = together(path, external)
    if place == 0:
        return None
    with lock:
        if "race" in ON:
            if external not in made:
                make = {"payments": payment, "subscriptions": subscription}.get(path.strip("/"))
                for key in [external, external + " 2", external + " 3"]:
                    made[key] = make(sent) if make else refund(path.split("/")[2], sent)
                    bodies[key] = raw
            return 200, made[external if place > 3 or place == 1 else "%s %d" % (external, place)]
    if place > 1 and "twin-409" in ON:
        return error(409, "failed_precondition", "the same request is under way")
    if place > 1 and "twin-503" in ON:
        return error(503, "unavailable", "the same request is under way")
    return None


FAILURES = {
    "401": lambda: error(401, "unauthenticated", "invalid credentials"),
    "401-no-details": lambda: error(401, "unauthenticated", "invalid credentials", {}),
    "401-bare": lambda: (401, b"unauthorized"),
    "403-ip-code": lambda: error(403, "ip_not_allowed", "forbidden"),
    "403-ip-words": lambda: error(403, "permission_denied", "not on the allowlist"),
    "403-ip-message": lambda: error(403, "permission_denied", "IP not allowed"),
    "403-ip-details": lambda: error(403, "permission_denied", "forbidden",
                                    {"requestId": "req_9", "reason": "ip_not_allowed"}),
    "403-deactivated": lambda: error(403, "permission_denied", "The merchant is deactivated."),
    "403-role": lambda: error(403, "permission_denied", "the merchant role is required"),
    "403-mute": lambda: error(403, "permission_denied", "forbidden"),
    "403-html": lambda: (403, b"<html><title>Attention required</title></html>"),
    "404": lambda: error(404, "not_found", "no such path"),
    "404-html": lambda: (404, b"<html>nginx</html>"),
    "500": lambda: error(500, "internal", "providerNotConfigured"),
    "502-html": lambda: (502, b"<html>Bad Gateway</html>"),
    "503": lambda: error(503, "unavailable", "providerUnreachable"),
    "429": lambda: error(429, "resource_exhausted", "too many requests"),
    "html": lambda: (200, b"<!doctype html><title>Welcome to the hotel</title>"),
    "not-json": lambda: (200, b"ok"),
    "511": lambda: (511, b"<html>log in</html>"),
    "huge": lambda: (200, b'"' + b"x" * 3_000_000 + b'"'),
    "evil": lambda: error(401, "unauthenticated\x1b[2J", "no such key: %s \u202e" % SECRET,
                          {"requestId": "req_\x1b]0;x"}),
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def reply(self, status, body):
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response_only(status)
        now = time.time() + (7200 if "clock-ahead" in ON else 0)
        self.send_header("Date", formatdate(now, usegmt=True))
        html = raw.startswith(b"<")
        self.send_header("Content-Type", "text/html" if html else "application/json")
        if "header-id" in ON:
            self.send_header("X-Request-Id", "hdr_1")
        for switch in ON:
            if switch.startswith("retry-after=") and status in (429, 503):
                self.send_header("Retry-After", switch.split("=")[1])
        if status in (302, 307):
            self.send_header("Location", "https://login.hotel.invalid/portal")
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            self.wfile.write(raw)
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.close_connection = True

    def answer(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        expected = "Basic " + base64.b64encode(f"{PUBLIC}:{SECRET}".encode()).decode()
        good = self.headers.get("Authorization") == expected
        if self.command == "POST" and good and ON & {"race", "twin-409", "twin-503"}:
            answered = at_once(self.path, raw)
            if answered:
                with lock:
                    self.note(raw, good)
                return self.reply(*answered)
        with lock:
            count["all"] += 1
            first = count["all"] == 1
            self.note(raw, good)
            for switch, failure in FAILURES.items():
                if switch in ON or (first and switch + "-once" in ON):
                    return self.reply(*failure())
            if "redirect" in ON:
                return self.reply(302, b"")
            if "drop" in ON or (first and "drop-once" in ON):
                return self.drop()
            if not good:
                return self.reply(*FAILURES["401"]())
            status, body = route(self.command, self.path, raw)
        if "silent" in ON:
            return silence.wait()
        # Does what it is asked and then does not say so, the first time.
        if first and "lost-answer" in ON:
            return self.drop()
        self.reply(status, body)

    def note(self, raw, good):
        with open(SEEN, "a") as seen:
            seen.write(json.dumps({"method": self.command, "path": self.path,
                                   "authorized": good, "body": raw.decode(),
                                   "headers": sorted(name.lower() for name in self.headers)})
                       + "\n")

    def drop(self):
        self.close_connection = True

    do_GET = do_POST = do_DELETE = do_CONNECT = answer

    def log_message(self, *args):
        pass


silence = threading.Event()
ThreadingHTTPServer.request_queue_size = 64
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
if "CERTIFICATE" in os.environ:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.environ["CERTIFICATE"], os.environ["CERTIFICATE_KEY"])
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
print(server.server_port, flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
