"""Walks every endpoint, error code and switch of the simulated provider; prints TAP.

The expectations are those of the provider's contract; the numbers in brackets are its sections.
Arguments: what `golive twin --format json` printed, and the file with its keys.
"""

import concurrent.futures
import datetime
import html.parser
import json
import sys
import urllib.parse

from client import MOMENT, UUID, Api, Control, Receiver, done, ok, same, send, signature

started = json.load(open(sys.argv[1]))
keys = dict(line.strip().split("=", 1) for line in open(sys.argv[2]) if "=" in line)
only = sys.argv[3:]


def api_of(name, **other):
    given = {"url": keys[f"MINTCASH_{name}_URL"], "public": keys[f"MINTCASH_{name}_PUBLIC_KEY"],
             "secret": keys[f"MINTCASH_{name}_SECRET_KEY"], **other}
    return Api(**given)


live, sandbox = api_of("LIVE"), api_of("SANDBOX")
control = Control(started["control"])
secret = keys["MINTCASH_LIVE_WEBHOOK_SECRET"]
hook = Receiver()
hook.settle = lambda: control.pass_time(0)
control.do("webhook", environment="live", url=hook.url)
numbers = iter(range(1, 100_000))

DAY = 86_400


def payment(**other):
    body = {"amount": 4999, "currency": "USD", "externalId": f"order-{next(numbers)}",
            "customer": {"externalId": "cust-1", "email": "ada@example.test", "name": "Ada"},
            "billing": {"country": "US", "postalCode": "94105"},
            "returnUrl": "https://shop.example/back"}
    body.update(other)
    return {name: value for name, value in body.items() if value is not ...}


def subscription(**other):
    return payment(**{"amount": 900, "billingIntervalDays": 7, **other})


def token(name):
    return {card["name"]: card["cardToken"] for card in control.state()["cards"]}[name]


def saved(name, **other):
    return payment(returnUrl=..., cardToken=token(name), **other)


def refusal(answer, status, code, promise, reason=None):
    got, body = answer
    good = got == status and isinstance(body, dict) and body.get("code") == code
    good = good and isinstance(body.get("message"), str)
    good = good and str(body.get("details", {}).get("requestId", "")).startswith("req_")
    if reason:
        good = good and reason in json.dumps(body)
    return ok(good, promise, answer)


def paid(**other):
    """A payment by card that succeeded."""
    status, body = live.post("/payments", saved("success", **other))
    assert status == 200 and body["status"] == "succeeded", body
    return body["id"]


def status_of(path):
    return live.get(path)[1]["status"]


class switched:
    def __init__(self, *names):
        self.names = names

    def __enter__(self):
        for name in self.names:
            control.on(name)

    def __exit__(self, *_):
        for name in self.names:
            control.off(name.split("=")[0])


# -- authentication [1, 4] --------------------------------------------------------------------

def authentication():
    for promise, headers in [
        ("no credentials are 401", {}),
        ("credentials that are no Basic are 401", {"Authorization": "Bearer abc"}),
        ("credentials that are no base64 are 401", {"Authorization": "Basic ***"}),
    ]:
        answer = send(live.url + "/merchant/api-keys", "GET", None, headers)
        refusal((answer[0], json.loads(answer[2])), 401, "unauthenticated", promise)
    for promise, wrong in [
        ("a wrong secret key is 401", api_of("LIVE", secret="sk_live_wrong")),
        ("a wrong public key is 401", api_of("LIVE", public="pk_live_wrong")),
        ("sandbox keys at the live API are 401", Api(live.url, sandbox.public, sandbox.secret)),
        ("live keys at the sandbox are 401", Api(sandbox.url, live.public, live.secret)),
        ("a public key of one and a secret of the other are 401",
         api_of("LIVE", secret=sandbox.secret)),
    ]:
        refusal(wrong.get("/merchant/api-keys"), 401, "unauthenticated", promise)
    refusal(api_of("LIVE", secret="no").post("/payments", payment()), 401, "unauthenticated",
            "creating without valid keys is 401")
    for api, name in [(live, "live"), (sandbox, "test")]:
        status, body = api.get("/merchant/api-keys")
        listed = body["apiKeys"]
        same(status, 200, f"the {name} keys are listed")
        same([sorted(key) for key in listed],
             [sorted("id publicKey environment isActive createdAt revokedAt".split())] * 2,
             f"a {name} key in the list has the documented members")
        ok(api.secret not in json.dumps(body), f"no {name} secret is in the list")
        mine = [key for key in listed if key["publicKey"] == api.public]
        ok(mine and mine[0]["isActive"] is True and mine[0]["revokedAt"] is None,
           f"the {name} key in use is listed as active", listed)
        ok(any(key["isActive"] is False and key["revokedAt"] for key in listed),
           f"a revoked {name} key is listed too", listed)
        same({key["environment"] for key in listed}, {name}, f"the {name} keys say {name}")
    ok(live.public.startswith("pk_live_") and live.secret.startswith("sk_live_"),
       "live keys have the live prefixes")
    ok(sandbox.public.startswith("pk_test_") and sandbox.secret.startswith("sk_test_"),
       "sandbox keys have the test prefixes")


# -- what a create refuses [3.1, 3.4, 4] -------------------------------------------------------

def validation():
    before = control.state()["live"]["counters"]["charges"]
    for promise, change, reason in [
        ("an amount of zero is refused", {"amount": 0}, "invalidAmount"),
        ("a negative amount is refused", {"amount": -1}, "invalidAmount"),
        ("an amount finer than one cent is refused", {"amount": 49.99}, "invalidAmount"),
        ("an amount as text is refused", {"amount": "4999"}, None),
        ("a missing amount is refused", {"amount": ...}, None),
        ("an unsupported currency is refused", {"currency": "ZZZ"}, "invalidCurrency"),
        ("a lower-case currency is refused", {"currency": "usd"}, "invalidCurrency"),
        ("a missing currency is refused", {"currency": ...}, None),
        ("a missing externalId is refused", {"externalId": ...}, None),
        ("an empty externalId is refused", {"externalId": ""}, None),
        ("an externalId that is a number is refused", {"externalId": 7}, None),
        ("neither returnUrl nor cardToken is refused", {"returnUrl": ...}, "missingReturnUrl"),
        ("an unknown cardToken is refused", {"returnUrl": ..., "cardToken": "tok_no"},
         "invalidCardToken"),
        ("a returnUrl that is no URL is refused", {"returnUrl": "shop"}, None),
        ("a customer that is no object is refused", {"customer": "Ada"}, None),
    ]:
        refusal(live.post("/payments", payment(**change)), 400, "invalid_argument",
                f"payment: {promise}", reason)
        refusal(live.post("/subscriptions", subscription(**change)), 400, "invalid_argument",
                f"subscription: {promise}", reason)
    for promise, days in [("missing", ...), ("zero", 0), ("text", "7"), ("half a day", 0.5)]:
        refusal(live.post("/subscriptions", subscription(billingIntervalDays=days)), 400,
                "invalid_argument", f"an interval that is {promise} is refused")
    for promise, raw in [("no JSON", "{"), ("a list", "[]"), ("empty", "")]:
        status, _, body = live.raw("POST", "/payments", raw)
        refusal((status, json.loads(body)), 400, "invalid_argument",
                f"a body that is {promise} is refused")
    refusal(live.get("/payments/nothing"), 404, "not_found", "an unknown payment is 404")
    refusal(live.get("/subscriptions/nothing"), 404, "not_found",
            "an unknown subscription is 404")
    refusal(live.call("DELETE", "/subscriptions/nothing"), 404, "not_found",
            "cancelling an unknown subscription is 404")
    refusal(live.post("/payments/nothing/refund", {"externalId": "r"}), 404, "not_found",
            "refunding an unknown payment is 404")
    refusal(live.get("/payments/nothing/refunds"), 404, "not_found",
            "the refunds of an unknown payment are 404")
    refusal(live.get("/nowhere"), 404, "not_found", "an unknown path is 404")
    refusal(live.call("PATCH", "/payments"), 405, "unimplemented", "an unknown method is 405")
    same(control.state()["live"]["counters"]["charges"], before, "nothing refused was charged")


# -- hosted payments, page and webhooks [3.1, 6, 9, 10, 11] ------------------------------------

class Form(html.parser.HTMLParser):
    """The forms of a page, as a browser without scripts sees them."""

    def __init__(self, text):
        super().__init__()
        self.forms, self.scripts = [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "script":
            self.scripts += 1
        elif tag == "form":
            self.forms.append({"action": given["action"], "method": given["method"], "fields": {},
                               "choices": []})
        elif tag == "input" and self.forms:
            kind, name = given.get("type", "text"), given.get("name")
            if kind == "radio":
                self.forms[-1]["choices"].append(given["value"])
                if "checked" not in given:
                    return
            self.forms[-1]["fields"][name] = given.get("value", "")


def read_page(url):
    status, headers, body = send(url)
    assert status == 200 and headers["content-type"].startswith("text/html"), (status, headers)
    return Form(body.decode())


def submit(url, form, **fields):
    filled = urllib.parse.urlencode({**form["fields"], **fields})
    target = urllib.parse.urljoin(url, form["action"])
    return send(target, form["method"].upper(), filled,
                {"Content-Type": "application/x-www-form-urlencoded"})


MEMBERS = ("id externalId status amount currency amountRefunded amountRefundable "
           "providerTransactionId redirectUrl createdAt").split()


def hosted():
    wanted = payment(returnUrl=hook.url + "?order=1")
    status, made = live.post("/payments", wanted)
    same(status, 200, "a payment is created with 200")
    same(sorted(made), sorted(MEMBERS), "a payment has the documented members and no others")
    ok(UUID.match(made["id"]), "an id is a bare UUID, as seen", made["id"])
    same((made["externalId"], made["status"], made["currency"]),
         (wanted["externalId"], "created", "USD"), "a hosted payment begins as created")
    same((made["amount"], made["amountRefunded"], made["amountRefundable"]), (49.99, 0, 49.99),
         "answers write major units")
    ok(MOMENT.match(made["createdAt"]), "moments are in UTC with milliseconds", made["createdAt"])
    ok(made["providerTransactionId"].startswith("cpi_")
       and len(made["providerTransactionId"]) == 20, "the provider's id is cpi_ and 16 characters")
    same(live.get("/payments/" + made["id"]), (200, made), "reading it gives the same")
    refusal(sandbox.get("/payments/" + made["id"]), 404, "not_found",
            "the sandbox does not know a live payment")
    same(hook.take(), [], "a created payment sends nothing")

    url = made["redirectUrl"]
    page = read_page(url)
    same(page.scripts, 0, "the hosted page needs no script")
    same(page.forms[0]["fields"].get("card"), "success", "a card that pays is chosen at first")
    ok({"success", "pending", "insufficient-funds", "card-expired"} <=
       set(page.forms[0]["choices"]), "the page offers its test cards", page.forms[0]["choices"])
    status, _, body = submit(url, page.forms[0], number="4242 4242 4242 4242")
    ok(status == 422 and b"4242" not in body, "an unknown card number is refused and not repeated")
    same(status_of("/payments/" + made["id"]), "created", "and nothing was charged")
    status, headers, _ = send(urllib.parse.urljoin(url, page.forms[0]["action"]), "POST",
                              "card=success", {"Origin": "https://evil.example"})
    same(status, 403, "a form sent by another site is refused")
    status, headers, _ = submit(url, page.forms[0], number="9999 0000 0000 0000")
    same((status, headers.get("location")), (303, wanted["returnUrl"]),
         "the page leads back to returnUrl, with nothing appended")
    same(status_of("/payments/" + made["id"]), "pending", "a card that was entered is pending")
    control.pass_time(5)
    same(status_of("/payments/" + made["id"]), "succeeded", "and then succeeds")
    got = hook.take()
    same([json.loads(body)["event"] for _, _, body in got],
         ["payment.pending", "payment.succeeded"], "both steps send their event, in order")
    webhook_as_seen(got[-1], wanted, made)
    ok(b"closed" in send(url)[2], "a page that was used is closed")
    same(submit(url, page.forms[0])[0], 200, "using it again only says so")
    same(live.post("/payments", wanted), (200, made), "the same request gives back the original")
    abandoned_and_expired()
    environments()


def webhook_as_seen(got, wanted, made):
    path, headers, body = got
    same(headers["x-signature"], signature(secret, body),
         "x-signature is the lower-case hex HMAC-SHA256 of the raw body")
    same(headers["content-type"].split(";")[0], "application/json", "a webhook is JSON")
    ok(b"\n" not in body and b": " not in body, "the body is compact")
    event = json.loads(body)
    same(list(event), "eventId event type apiVersion environment createdAt data".split(),
         "the envelope has its members in order")
    ok(UUID.match(event["eventId"]) and MOMENT.match(event["createdAt"]), "eventId is a UUID")
    same((event["type"], event["apiVersion"], event["environment"]),
         ("payment", "2026-05-01", "live"), "type, version and environment are right")
    data = event["data"]
    same(list(data), ("id externalId status amount currency providerTransactionId failureCode "
                      "failureMessage amountRefunded amountRefundable customer billingAddress "
                      "card").split(), "data has the members that real events have, in order")
    same((data["id"], data["externalId"], data["status"], data["amount"]),
         (made["id"], wanted["externalId"], "succeeded", 49.99), "data is about the payment")
    same((data["failureCode"], data["failureMessage"]), (None, None), "nothing failed")
    same(list(data["customer"]), "id externalId email name phone".split(), "customer is whole")
    same((data["customer"]["externalId"], data["customer"]["phone"]), ("cust-1", None),
         "the customer is the one that was sent")
    same(list(data["billingAddress"]),
         "country postalCode name line1 line2 city state".split(), "billingAddress is whole")
    card = data["card"]
    ok(card["brand"].islower() and card["expMonth"].isdigit() and len(card["expMonth"]) == 2
       and len(card["expYear"]) == 2, "the card's end is two short texts", card)
    same(card["mask"], card["first6"] + "******" + card["last4"], "the mask is made of both ends")


def abandoned_and_expired():
    _, made = live.post("/payments", payment(amount=2500))
    page = read_page(made["redirectUrl"])
    status, _, body = submit(made["redirectUrl"], page.forms[1])
    ok(status == 200 and b"https://shop.example/back" in body,
       "a returnUrl on another machine is a link")
    event = json.loads(hook.take()[-1][2])
    same((event["event"], event["data"]["failureCode"], event["data"]["card"]),
         ("payment.failed", "expired", None), "an abandoned page fails as expired without a card")
    same((event["data"]["amount"], event["data"]["amountRefundable"]), (25, 25),
         "whole amounts have no decimals, and amountRefundable equals amount on a failure too")
    _, made = live.post("/payments", payment())
    control.pass_time(2 * 3600)
    same(status_of("/payments/" + made["id"]), "failed", "a page that nobody uses runs out")
    hook.take()


def environments():
    other = Receiver()
    other.settle = hook.settle
    control.do("webhook", environment="test", url=other.url)
    _, made = sandbox.post("/payments", payment())
    control.do("pay", environment="test", id=made["id"], card="success")
    control.pass_time(5)
    got = other.take()
    same([json.loads(body)["environment"] for _, _, body in got], ["test", "test"],
         "the sandbox's events say test")
    test_secret = keys["MINTCASH_SANDBOX_WEBHOOK_SECRET"]
    ok(all(headers["x-signature"] == signature(test_secret, body) for _, headers, body in got),
       "and are signed with the sandbox's secret")
    same(hook.take(), [], "and go to the sandbox's destination alone")
    control.do("webhook", environment="test", url=None)


# -- cards [8, 14] -----------------------------------------------------------------------------

def cards():
    for name, code in [
        ("insufficient-funds", "insufficient_funds"), ("issuer-decline", "issuer_decline"),
        ("provider-error", "provider_error"), ("provider-fatal-error", "provider_fatal_error"),
        ("card-expired", "card_expired"), ("lost-or-stolen-card", "lost_or_stolen_card"),
        ("antifraud-error", "antifraud_error"), ("invalid-pan", "invalid_pan"),
        ("invalid-cvv", "invalid_cvv"), ("general-fatal-error", "general_fatal_error"),
    ]:
        wanted = saved(name)
        status, made = live.post("/payments", wanted)
        same((status, made["status"], made["redirectUrl"]), (200, "failed", None),
             f"a token of {name} fails at once with 200")
        event = json.loads(hook.take()[-1][2])
        same((event["event"], event["data"]["failureCode"], event["data"]["failureMessage"]),
             ("payment.failed", code, None), f"{name} fails with {code}")
        with switched("decline-499"):
            wanted = saved(name)
            reason = "paymentFailed" if "provider" in name or "general" in name else "paymentDeclined"
            refusal(live.post("/payments", wanted), 499, "aborted", f"{name} can be a 499", reason)
            refusal(live.post("/payments", wanted), 499, "aborted", f"{name} again is a 499 again")
        same(hook.events(), ["payment.failed"], f"{name} as 499 sends its event once")
    status, made = live.post("/payments", saved("success"))
    same((status, made["status"], made["redirectUrl"]), (200, "succeeded", None),
         "a token that pays succeeds at once")
    status, made = live.post("/payments", saved("pending"))
    same(made["status"], "pending", "a token that takes its time is pending")
    control.pass_time(29)
    same(status_of("/payments/" + made["id"]), "pending", "for half a minute")
    control.pass_time(1)
    same(status_of("/payments/" + made["id"]), "succeeded", "and then succeeds")
    hook.take()


# -- idempotency [5] ---------------------------------------------------------------------------

def charges():
    return control.state()["live"]["counters"]["charges"]


def idempotency():
    before, wanted = charges(), saved("success")
    first = live.post("/payments", wanted)
    again = {name: wanted[name] for name in reversed(wanted)}
    same(live.post("/payments", again), first, "the same members in another order are the same")
    same(live.post("/payments", {**wanted, "description": None}), first, "null is absent")
    for name, value in [("amount", 5000), ("currency", "EUR"), ("description", "new"),
                        ("customer", {**wanted["customer"], "externalId": "cust-2"})]:
        refusal(live.post("/payments", {**wanted, name: value}), 409, "already_exists",
                f"another {name} under the same externalId is refused")
    same(charges() - before, 1, "one charge for one externalId")
    refusal(live.post("/payments", {**wanted, "amount": 0}), 400, "invalid_argument",
            "what is wrong is wrong before it is a repetition")

    before, wanted = charges(), saved("success")
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: live.post("/payments", wanted), range(20)))
    same({(status, body["id"]) for status, body in answers}, {answers[0][:1] + (answers[0][1]["id"],)},
         "twenty at once get one payment")
    same(charges() - before, 1, "and one charge")
    refused = live.post("/payments", saved("issuer-decline", externalId=wanted["externalId"]))
    refusal(refused, 409, "already_exists", "another card under the same externalId is refused")
    failing = saved("issuer-decline")
    first = live.post("/payments", failing)
    same(live.post("/payments", failing), first, "the externalId of a failed payment is spent")

    wanted = subscription(externalId=wanted["externalId"])
    status, first = live.post("/subscriptions", wanted)
    same(status, 200, "payments and subscriptions have namespaces of their own")
    same(live.post("/subscriptions", wanted), (200, first), "a repeated subscription is the same")
    refusal(live.post("/subscriptions", {**wanted, "amount": 901}), 409, "already_exists",
            "another amount is refused for subscriptions too")
    refusal(live.post("/subscriptions", {**wanted, "billingIntervalDays": 30}), 409,
            "already_exists", "and another interval")

    hosted = payment()
    _, first = live.post("/payments", hosted)
    control.do("pay", environment="live", id=first["id"], card="success")
    control.pass_time(5)
    same(live.post("/payments", hosted), (200, first), "a repetition shows the state at creation")
    with switched("replay-shows-current"):
        same(live.post("/payments", hosted)[1]["status"], "succeeded", "or the state now, switched")
    with switched("loose-comparison"):
        same(live.post("/payments", {**hosted, "description": "other"}), (200, first),
             "a loose comparison does not look at the description")
        refusal(live.post("/payments", {**hosted, "amount": 1}), 409, "already_exists",
                "but at the amount")
    hook.take()


# -- refunds [3.3] -----------------------------------------------------------------------------

def refunds():
    id = paid()
    path = f"/payments/{id}/refund"
    wanted = {"externalId": f"r-{next(numbers)}", "amount": 1000, "reason": "customer_request"}
    status, made = live.post(path, wanted)
    same(sorted(made), sorted("id paymentId externalId status amount currency failureCode "
                              "failureMessage providerRefundId paymentAmountRefunded "
                              "paymentAmountRefundable createdAt".split()),
         "a refund has the documented members")
    same((status, made["status"], made["amount"], made["paymentId"]), (200, "pending", 10, id),
         "a refund begins as pending")
    refusal(live.post(path, {"externalId": "r-other", "amount": 1}), 409, "failed_precondition",
            "a second refund is refused while one is running")
    same(live.post(path, wanted), (200, made), "the same refund again is the same")
    refusal(live.post(path, {**wanted, "amount": 1001}), 409, "already_exists",
            "another amount under the same externalId is refused")
    hook.take()
    control.pass_time(5)
    same(live.get("/payments/" + id)[1]["status"], "partially_refunded", "part of it went back")
    (_, headers, body), = hook.take()
    event = json.loads(body)
    same((event["event"], event["type"], event["data"]["amountRefunded"]),
         ("payment.partially_refunded", "payment", 10), "a partial refund sends its event")
    same((event["data"]["refund"]["id"], event["data"]["refund"]["amount"]), (made["id"], 10),
         "with the refund in it")
    read = {**made, "status": "succeeded", "paymentAmountRefunded": 10,
            "paymentAmountRefundable": 39.99}
    for place in [f"/payments/{id}/refunds", f"/payments/{id}/refund"]:
        same(live.get(place), (200, {"refunds": [read]}), f"refunds are listed at {place[-8:]}")
    for place in [f"/payments/{id}/refunds/{made['id']}", f"/refunds/{made['id']}"]:
        same(live.get(place), (200, read), f"one refund is read at a path with {place.count('/')}")
    refusal(live.get(f"/payments/{paid()}/refunds/{made['id']}"), 404, "not_found",
            "a refund is not another payment's")
    refusal(live.post(path, {"externalId": "r-much", "amount": 4000}), 422, "invalid_argument",
            "more than what is left is 422")
    refusal(live.post(path, {"externalId": "r-zero", "amount": 0}), 400, "invalid_argument",
            "a refund of nothing is refused", "invalidAmount")
    refusal(live.post(path, {"amount": 1}), 400, "invalid_argument",
            "a refund without externalId is refused")
    refusal(live.post(path, {"externalId": "r-eur", "currency": "EUR"}), 400, "invalid_argument",
            "a refund in another currency is refused")
    hook.take()
    status, rest = live.post(path, {"externalId": f"r-{next(numbers)}", "amount": None})
    same((status, rest["amount"]), (200, 39.99), "without an amount all that is left goes back")
    control.pass_time(5)
    same(live.get("/payments/" + id)[1]["amountRefundable"], 0, "nothing is left")
    same(hook.events(), ["payment.refunded"], "a full refund sends its event")
    same([one["id"] for one in live.get(f"/payments/{id}/refunds")[1]["refunds"]],
         [rest["id"], made["id"]], "refunds are listed newest first")
    refusal(live.post(path, {"externalId": "r-more"}), 409, "failed_precondition",
            "a payment that was given back can not be refunded")
    _, pending = live.post("/payments", payment())
    refusal(live.post(f"/payments/{pending['id']}/refund", {"externalId": "r-early"}), 409,
            "failed_precondition", "a payment that was not paid can not be refunded")
    same(live.get(f"/payments/{pending['id']}/refunds"), (200, {"refunds": []}),
         "a list of refunds may be empty")
    refund_switches()


def refund_switches():
    id = paid()
    path = f"/payments/{id}/refund"
    with switched("refund-fails"):
        _, made = live.post(path, {"externalId": f"r-{next(numbers)}"})
        hook.take()
        control.pass_time(5)
    same(hook.events(), ["payment.refund_failed"], "a refund that fails sends its event")
    same((live.get("/refunds/" + made["id"])[1]["status"], status_of("/payments/" + id)),
         ("failed", "succeeded"), "and leaves the payment untouched")
    with switched("refunds-at-once"):
        same(live.post(path, {"externalId": "once", "amount": 1})[1]["status"], "succeeded",
             "a refund can be over at once")
    with switched("odd-refund-codes"):
        refusal(live.post(path, {"externalId": "o", "amount": 9999}), 422, "out_of_range",
                "the 422 can have another code")
    same(live.post(f"/payments/{paid()}/refund", {"externalId": "once", "amount": 1})[0], 200,
         "a refund's externalId counts per payment")
    with switched("refund-ids-per-merchant"):
        refusal(live.post(f"/payments/{paid()}/refund", {"externalId": "once", "amount": 1}), 409,
                "already_exists", "or per merchant, switched")
    hook.take()
    control.pass_time(5)
    hook.take()
    for names, kind, members in [
        (["refund-type"], "refund", {"refund", "id"}),
        (["refund-pair"], "payment", {"payment", "refund"}),
    ]:
        with switched("refunds-at-once", *names):
            live.post(f"/payments/{paid()}/refund", {"externalId": f"r-{next(numbers)}"})
            event = json.loads(hook.take()[-1][2])
            ok(event["type"] == kind and members <= set(event["data"]),
               f"refund events with {names[0]}", event)


# -- subscriptions, renewals, dunning [3.4, 6, 7] ----------------------------------------------

def subscribe(card="success", **other):
    status, made = live.post("/subscriptions", subscription(**other))
    assert status == 200, made
    control.do("pay", environment="live", id=made["id"], card=card)
    control.pass_time(5)
    return made["id"]


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def subscriptions():
    wanted = subscription()
    status, made = live.post("/subscriptions", wanted)
    same(sorted(made), sorted("id externalId status amount currency billingIntervalDays "
                              "currentPeriodStart currentPeriodEnd redirectUrl createdAt".split()),
         "a subscription has the documented members")
    same((status, made["status"], made["amount"], made["billingIntervalDays"],
          made["currentPeriodStart"]), (200, "created", 9, 7, None),
         "a hosted subscription begins as created")
    refusal(live.call("DELETE", "/subscriptions/" + made["id"]), 409, "failed_precondition",
            "one that was never paid can not be cancelled")
    hook.take()
    page = read_page(made["redirectUrl"])
    submit(made["redirectUrl"], page.forms[0])
    control.pass_time(5)
    same(hook.events(), ["subscription.succeeded"], "the first charge sends subscription.succeeded")
    active = live.get("/subscriptions/" + made["id"])[1]
    same(active["status"], "active", "paying the first invoice makes it active")
    same(moment(active["currentPeriodEnd"]) - moment(active["currentPeriodStart"]),
         datetime.timedelta(days=7), "the period is one interval")
    control.pass_time(7 * DAY - 10)
    same(hook.events(), [], "nothing is renewed before its time")
    control.pass_time(10)
    (_, _, body), = hook.take()
    event = json.loads(body)
    same((event["event"], event["type"], event["data"]["status"], event["data"]["amount"]),
         ("subscription.succeeded", "subscription", "active", 9), "a renewal sends the same event")
    same(live.get("/subscriptions/" + made["id"])[1]["currentPeriodStart"],
         active["currentPeriodEnd"], "the next period begins where the last one ended")
    status, ended = live.call("DELETE", "/subscriptions/" + made["id"])
    same((status, ended["status"]), (200, "cancelled"), "an active one is cancelled at once")
    before = charges()
    control.pass_time(30 * DAY)
    same(hook.events(), ["subscription.cancelled"], "with one event")
    same(charges() - before, 0, "and it is never charged again")
    planned, = [one["nextChargeAt"] for one in control.state()["live"]["subscriptions"]
                if one["id"] == made["id"]]
    same(planned, None, "nor is a charge planned")
    same(live.call("DELETE", "/subscriptions/" + made["id"])[1]["status"], "cancelled",
         "cancelling again answers the subscription")
    with switched("cancel-again-conflicts"):
        refusal(live.call("DELETE", "/subscriptions/" + made["id"]), 409, "failed_precondition",
                "or 409, switched")

    status, made = live.post("/subscriptions", subscription(returnUrl=..., cardToken=token("success")))
    same((made["status"], made["redirectUrl"]), ("pending", None), "one by token is pending")
    control.pass_time(5)
    same(status_of("/subscriptions/" + made["id"]), "active", "and then active")
    live.call("DELETE", "/subscriptions/" + made["id"])
    hook.take()
    failed = subscribe("insufficient-funds")
    same(status_of("/subscriptions/" + failed), "failed", "a failed first charge ends it")
    control.pass_time(40 * DAY)
    same(hook.events(), ["subscription.failed"], "without any dunning")
    _, made = live.post("/subscriptions", subscription())
    control.do("pay", environment="live", id=made["id"], card="abandoned")
    same(status_of("/subscriptions/" + made["id"]), "failed", "an abandoned page ends it too")
    hook.take()
    subscription_switches()


def subscription_switches():
    with switched("subscription-payment-names"):
        id = subscribe()
        same(hook.events(), ["subscription.payment_succeeded"], "the other name of a success")
        with switched("renewal-fails-with=issuer_decline"):
            control.pass_time(7 * DAY)
        same(hook.events(), ["subscription.payment_failed"], "the other name of a failure")
        live.call("DELETE", "/subscriptions/" + id)
        same(hook.events(), ["subscription.cancelled"], "a cancellation has one name")
    with switched("subscription-payment-events"):
        id = subscribe()
        same(sorted(hook.events()),
             ["payment.pending", "payment.succeeded", "subscription.succeeded"],
             "charges of subscriptions can send payment events")
    with switched("cancel-without-event"):
        live.call("DELETE", "/subscriptions/" + id)
        control.pass_time(DAY)
        same(hook.events(), [], "a cancellation can be silent")
    same(status_of("/subscriptions/" + id), "cancelled", "and is one all the same")


def dunning():
    id = subscribe("renewal-insufficient-funds")
    hook.take()
    control.pass_time(6 * DAY)
    seen = []
    for day in range(25):
        control.pass_time(DAY)
        seen += [(day, event) for event in hook.events()]
        if day == 2:
            same(status_of("/subscriptions/" + id), "past_due", "a failed renewal is past_due")
    same([event for _, event in seen], ["subscription.failed"] * 4 + ["subscription.cancelled"],
         "a renewal and three retries fail, the fourth cancels")
    first = seen[0][0]
    same([day - first for day, _ in seen], [0, 1, 4, 9, 16], "retries come after 1, 3, 5 and 7 days")
    same(status_of("/subscriptions/" + id), "cancelled", "it ends cancelled")

    id = subscribe("renewal-insufficient-funds")
    control.pass_time(8 * DAY)
    control.do("card", environment="live", id=id, card="success")
    control.pass_time(4 * DAY)
    same(status_of("/subscriptions/" + id), "active", "a retry that works makes it active again")
    recovered = live.get("/subscriptions/" + id)[1]
    same(hook.events()[-1], "subscription.succeeded", "and sends a success")
    control.pass_time(7 * DAY)
    renewed = live.get("/subscriptions/" + id)[1]
    same(renewed["currentPeriodStart"], recovered["currentPeriodEnd"],
         "the next renewal counts from the last successful charge")
    live.call("DELETE", "/subscriptions/" + id)

    id = subscribe("renewal-card-expired")
    control.pass_time(7 * DAY)
    hook.take()
    control.pass_time(60 * DAY)
    same((hook.events(), status_of("/subscriptions/" + id)), ([], "past_due"),
         "card_expired pauses the retries")
    control.do("card", environment="live", id=id, card="success")
    control.pass_time(DAY)
    same((hook.events(), status_of("/subscriptions/" + id)), (["subscription.succeeded"], "active"),
         "until the card is replaced")
    live.call("DELETE", "/subscriptions/" + id)
    id = subscribe("renewal-lost-or-stolen-card")
    hook.take()
    control.pass_time(7 * DAY)
    same((hook.events(), status_of("/subscriptions/" + id)),
         (["subscription.cancelled"], "cancelled"), "lost_or_stolen_card cancels at once")
    with switched("final-failure-sends-both"):
        id = subscribe("renewal-lost-or-stolen-card")
        hook.take()
        control.pass_time(7 * DAY)
        same(hook.events(), ["subscription.failed", "subscription.cancelled"],
             "the end can send both events")
    id = subscribe("renewal-insufficient-funds")
    control.pass_time(8 * DAY)
    same(live.call("DELETE", "/subscriptions/" + id)[1]["status"], "cancelled",
         "one that is past_due can be cancelled")
    hook.take()
    control.pass_time(30 * DAY)
    same(hook.events(), [], "and its retries are dropped")


# -- webhook transport [9] ---------------------------------------------------------------------

def attempts(event_id):
    found, = [one for one in control.state()["live"]["deliveries"] if one["eventId"] == event_id]
    return found


def one_event():
    """Makes one event; its delivery."""
    paid()
    control.pass_time(0)
    return control.state()["live"]["deliveries"][-1]["eventId"]


def schedule(id):
    times = [moment(one["at"]) for one in attempts(id)["attempts"]]
    return [int((at - times[0]).total_seconds()) for at in times]


def transport():
    hook.take()
    hook.status = 500
    id = one_event()
    control.pass_time(3 * DAY)
    same(schedule(id), [0, 30, 150, 750, 4350, 25950],
         "six attempts: at once, then 30 s, 2 min, 10 min, 1 h, 6 h after the one before")
    same(attempts(id)["standing"], "given up", "then it is given up")
    got = [(headers["x-signature"], body) for _, headers, body in hook.take()]
    same(len(set(got)), 1, "each attempt has the same bytes, id and signature")
    with switched("retry-from-first"):
        id = one_event()
        control.pass_time(3 * DAY)
    same(schedule(id), [0, 30, 120, 600, 3600, 21600], "or from the first attempt, switched")
    id = one_event()
    control.pass_time(25_950)
    same(attempts(id)["standing"], "waiting", "it is not given up with the last attempt")
    control.pass_time(DAY - 25_950)
    same(attempts(id)["standing"], "given up", "but 24 hours after the first")
    hook.take()
    id = one_event()
    hook.status = 204
    control.pass_time(30)
    same((schedule(id), attempts(id)["standing"]), ([0, 30], "delivered"), "any 2xx ends the retries")
    control.pass_time(DAY)
    same(len(hook.take()), 2, "and nothing comes after it")
    for status in (301, 302, 307, 404, 401):
        other = Receiver()
        hook.status, hook.location = status, other.url
        id = one_event()
        ok(attempts(id)["standing"] == "waiting" and not other.got,
           f"{status} counts as a failure and leads nowhere", attempts(id))
    hook.status, hook.location = 200, None
    control.pass_time(DAY)
    hook.take()
    control.do("redeliver", environment="live",
               delivery=control.state()["live"]["deliveries"][-1]["number"])
    control.pass_time(0)
    same(len(hook.take()), 1, "an event can be delivered again by hand")
    control.do("webhook", environment="live", url=None)
    id = one_event()
    same(attempts(id)["standing"], "not sent", "without a destination nothing is sent")
    control.do("webhook", environment="live", url="http://127.0.0.1:9/hook")
    id = one_event()
    ok("no connection" in (attempts(id)["attempts"][0]["problem"] or ""),
       "a destination that is not there is a failed attempt", attempts(id))
    control.do("webhook", environment="live", url=hook.url)
    control.pass_time(DAY)
    hook.take()


def limit():
    """The ten seconds are real ones."""
    hook.hang = True
    id = one_event()
    first = attempts(id)["attempts"][0]
    ok(first["status"] is None and 9_500 <= first["ms"] < 20_000 and "10 s" in first["problem"],
       "an answer that takes longer than ten seconds is none", first)
    hook.hang = False
    hook.wait.set()
    control.pass_time(30)
    same(attempts(id)["standing"], "delivered", "the retry is taken")
    hook.take()


# -- switches of webhooks [15] -----------------------------------------------------------------

def got_of(*names, act=paid, seconds=0):
    hook.take()
    with switched(*names):
        act()
        control.pass_time(seconds)
    return hook.take()


def dialects():
    (_, headers, body), = got_of("documented-payloads")
    data = json.loads(body)["data"]
    ok(data["id"].startswith("pmt_") and data["customer"]["id"], "documented ids have prefixes", data)
    same((data["card"]["expMonth"], data["card"]["expYear"]), (3, 2035), "documented ends are numbers")
    ok("first6" not in data["card"] and "mask" not in data["card"], "and there is no mask")
    ok(data["cardToken"].startswith("tok_") and MOMENT.match(data["createdAt"])
       and MOMENT.match(data["updatedAt"]), "documented events have cardToken and dates", data)
    (_, headers, body), = got_of("pretty-printed")
    ok(b"\n" in body and headers["x-signature"] == signature(secret, body),
       "an indented body is signed as it is sent")
    with switched("payment-created-event"):
        live.post("/payments", payment())
        same(hook.events(), ["payment.created"], "payment.created can be sent")
    with switched("callback-url"):
        other = Receiver()
        paid(callbackUrl=other.url)
        same((len(hook.take()), len(other.take())), (0, 1), "callbackUrl can be obeyed")
    paid(callbackUrl=other.url)
    same((len(hook.take()), len(other.take())), (1, 0), "and is not, usually")
    with switched("callback-url"):
        paid(callbackUrl="http://example.com/hook")
        control.pass_time(0)
        problem = control.state()["live"]["deliveries"][-1]["attempts"][0]["problem"]
        ok("this machine only" in problem, "a callbackUrl on another machine is not contacted", problem)
    control.pass_time(2 * DAY)
    hook.take()


def webhook_faults():
    got = got_of("duplicates", seconds=5)
    same((len(got), len({body for _, _, body in got})), (2, 1), "duplicates are the same bytes")

    def hosted_payment():
        _, made = live.post("/payments", payment())
        control.do("pay", environment="live", id=made["id"], card="success")

    got = got_of("reordering", act=hosted_payment, seconds=60)
    same([json.loads(body)["event"] for _, _, body in got],
         ["payment.succeeded", "payment.pending"], "later events can come first")
    hook.take()
    with switched("late-delivery"):
        paid()
        control.pass_time(599)
        same(len(hook.take()), 0, "a late event is not there before ten minutes")
        control.pass_time(1)
        same(len(hook.take()), 1, "but then")
    (_, headers, body), = got_of("wrong-environment")
    ok(json.loads(body)["environment"] == "test" and headers["x-signature"] == signature(secret, body),
       "the wrong environment is named, correctly signed")
    (_, headers, body), = got_of("bad-signature")
    ok(len(headers["x-signature"]) == 64 and headers["x-signature"] != signature(secret, body),
       "a bad signature is one of another secret")
    (_, headers, body), = got_of("uppercase-signature")
    same(headers["x-signature"], signature(secret, body).upper(), "a signature in upper case")
    for name, junk in [("unsigned-ping", b'{"ping":true}'),
                       ("non-json-body", b'{"ping":true}&{"ping":true}')]:
        got = got_of(name)
        ok(len(got) == 2 and got[0][2] == junk and "x-signature" not in got[0][1]
           and "x-signature" in got[1][1], f"{name} comes before the event", got)
    (_, _, body), = got_of("unknown-failure-code",
                           act=lambda: live.post("/payments", saved("issuer-decline")))
    code = json.loads(body)["data"]["failureCode"]
    ok(code and code != "issuer_decline", "a failure code that nobody knows", code)
    (_, _, body), = got_of("missing-card")
    ok("card" not in json.loads(body)["data"], "an event without card")
    before = charges()
    same((got_of("no-webhooks", seconds=DAY), charges() - before), ([], 1),
         "charges go on although nothing is delivered")


# -- switches of the API [15] ------------------------------------------------------------------

def forms():
    with switched("cents"):
        _, made = live.post("/payments", saved("success"))
        same((made["amount"], made["amountRefundable"]), (4999, 4999), "answers in cents")
        _, back = live.post(f"/payments/{made['id']}/refund", {"externalId": "c", "amount": 1})
        same(back["amount"], 1, "refunds in cents")
    with switched("wrapped"):
        _, made = live.post("/payments", payment())
        same((sorted(made), "redirectUrl" in made["payment"]), (["payment", "redirectUrl"], False),
             "a wrapped payment has its redirect beside it")
        _, made = live.post("/subscriptions", subscription())
        same(sorted(made), ["redirectUrl", "subscription"], "a wrapped subscription")
        id = made["subscription"]["id"]
        ok("id" in live.get("/subscriptions/" + id)[1], "reading stays flat")
        with switched("wrapped-reads"):
            ok("subscription" in live.get("/subscriptions/" + id)[1], "or is wrapped too")
    with switched("strict-customer"):
        refusal(live.post("/payments", payment(customer={"externalId": "c"})), 400,
                "invalid_argument", "a strict twin wants the whole customer")
    same(live.post("/payments", payment(customer=...))[0], 200, "a usual one takes none at all")
    with switched("billing-required"):
        refusal(live.post("/payments", payment(billing=...)), 400, "invalid_argument",
                "billing can be needed")
    same(live.post("/payments", payment(billing=...))[0], 200, "and is not, usually")
    _, made = live.post("/payments", saved("success"))
    ok("cardToken" not in live.get("/payments/" + made["id"])[1], "a lookup has no cardToken")
    with switched("card-token-in-lookups"):
        found = live.get("/payments/" + made["id"])[1]["cardToken"]
        same(live.post("/payments", payment(returnUrl=..., cardToken=found))[1]["status"],
             "succeeded", "or has one that can be charged")
    with switched("bare-errors"):
        status, body = live.get("/payments/nothing")
        same((status, body["code"], body["details"]), (404, "not_found", {}), "empty details")
    control.pass_time(5)
    hook.take()


def api_faults():
    wanted = saved("success")
    before = charges()
    for name, status, code, reason in [
        ("key-revoked", 401, "unauthenticated", None),
        ("ip-not-allowed", 403, "permission_denied", "ip_not_allowed"),
        ("merchant-deactivated", 403, "permission_denied", None),
        ("provider-unreachable", 503, "unavailable", "providerUnreachable"),
        ("provider-not-configured", 500, "internal", "providerNotConfigured"),
        ("rate-limited", 429, "resource_exhausted", None),
    ]:
        with switched(name):
            refusal(live.post("/payments", wanted), status, code, f"{name} is {status}", reason)
    with switched("rate-limited"):
        same(live.raw("GET", "/merchant/api-keys")[1].get("retry-after"), "2", "429 asks to wait")
    with switched("ip-not-allowed", "ip-code"):
        refusal(live.post("/payments", wanted), 403, "ip_not_allowed", "as a code of its own")
    with switched("bad-gateway"):
        status, headers, body = live.raw("POST", "/payments", json.dumps(wanted))
        ok(status == 502 and b"<html>" in body, "a bad gateway answers a web page", status)
    with switched("key-inactive"):
        listed = live.get("/merchant/api-keys")[1]["apiKeys"]
        ok(not any(key["isActive"] for key in listed), "the key is listed as inactive", listed)
    with switched("live:key-revoked"):
        same((live.get("/merchant/api-keys")[0], sandbox.get("/merchant/api-keys")[0]), (401, 200),
             "a switch can be of one environment")
    same(charges() - before, 0, "nothing was charged by all that")
    same(live.post("/payments", wanted)[1]["status"], "succeeded", "the same request works then")
    with switched("provider-unreachable"):
        same(live.post("/payments", wanted)[0], 200, "a repetition does not ask the provider")

    before, wanted = charges(), saved("success")
    with switched("lost-answer"):
        same(live.raw("POST", "/payments", json.dumps(wanted)), None,
             "an answer is lost, and the connection with it")
        same(charges() - before, 1, "the request was carried out")
        status, made = live.post("/payments", wanted)
        same((status, made["status"]), (200, "succeeded"), "sending it again brings the answer")
    same(charges() - before, 1, "without a second charge")
    with switched("double-charge"):
        same([live.post("/payments", wanted)[0] for _ in range(2)], [200, 200],
             "a twin that ignores externalId answers 200")
    same(charges() - before, 3, "and charges each time")
    with switched("slow"):
        begin = datetime.datetime.now()
        live.get("/merchant/api-keys")
        took = (datetime.datetime.now() - begin).total_seconds()
        ok(2.9 <= took < 20, "slow takes three seconds", took)
    control.pass_time(5)
    hook.take()


# -- steering ----------------------------------------------------------------------------------

def steering():
    url = started["control"].rstrip("/")
    good = {"Content-Type": "application/json"}
    body = json.dumps({"name": "cents", "on": True})
    host = urllib.parse.urlsplit(url).netloc

    def state():
        return [one["live"] for one in control.state()["switches"] if one["name"] == "cents"][0]

    for promise, headers, status in [
        ("a post of another site is refused", {**good, "Origin": "https://evil.example"}, 403),
        ("a post without origin of its own is refused", {**good, "Origin": "null"}, 403),
        ("a post that a browser marks as cross-site is refused",
         {**good, "Sec-Fetch-Site": "cross-site"}, 403),
        ("a post of another port is refused", {**good, "Sec-Fetch-Site": "same-site"}, 403),
        ("a host of another name is refused", {**good, "Host": "evil.example"}, 403),
        ("a form is refused", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ("plain text is refused", {"Content-Type": "text/plain"}, 415),
    ]:
        answer = send(url + "/control/switch", "POST", body, headers)
        same((answer[0], state()), (status, False), promise)
    answer = send(url + "/control/state", "GET", None, {"Host": "evil.example"})
    same(answer[0], 403, "nor does another host see anything")
    form = "token=wrong&what=switch&name=cents&on=true"
    answer = send(url + "/do", "POST", form, {"Content-Type": "application/x-www-form-urlencoded"})
    same((answer[0], state()), (403, False), "a form without the page's token is refused")
    answer = send(url + "/control/switch", "POST", body, {**good, "Origin": f"http://{host}"})
    same((answer[0], state()), (200, True), "a post of its own page is let in")
    control.off("cents")
    for what, wrong in [
        ("switch", {"name": "nonsense", "on": True}), ("switch", {"name": "cents"}),
        ("advance", {"seconds": -1}), ("advance", {}), ("speed", {"factor": -1}),
        ("webhook", {"environment": "live", "url": "https://example.com/hook"}),
        ("webhook", {"environment": "moon", "url": None}),
        ("pay", {"environment": "live", "id": "nothing", "card": "success"}),
        ("pay", {"environment": "live", "id": "nothing", "card": "gold"}),
        ("redeliver", {"environment": "live", "delivery": 99_999}),
    ]:
        answer = send(f"{url}/control/{what}", "POST", json.dumps(wrong), good)
        ok(answer[0] == 400 and json.loads(answer[2])["error"], f"{what} {wrong} is refused", answer)
    same(send(url + "/control/nothing", "POST", "{}", good)[0], 404, "an unknown act is 404")
    forms_of_the_page(url)
    begin = control.state()["now"]
    control.do("advance", seconds=1.5)
    same((moment(control.state()["now"]) - moment(begin)).total_seconds(), 1.5,
         "the clock moves by exactly that")
    _, made = live.post("/payments", saved("pending"))
    control.next()
    control.next()
    same(status_of("/payments/" + made["id"]), "succeeded", "the clock moves to what is next")
    control.do("speed", factor=100_000)
    begin = datetime.datetime.now()
    while (moment(control.state()["now"]) - moment(made["createdAt"])).total_seconds() < 3600:
        assert (datetime.datetime.now() - begin).total_seconds() < 30, "the clock does not run"
    control.do("speed", factor=0)
    ok(True, "the clock runs at its speed")
    state = control.state()
    ok(all(word not in json.dumps(state) for word in (live.secret, sandbox.secret, secret)),
       "no secret is in the state")
    control.pass_time(5)
    hook.take()


def forms_of_the_page(url):
    page = read_page(url + "/")
    same(page.scripts, 0, "the twin's page needs no script")
    before = control.state()["now"]
    hour, = [form for form in page.forms if form["fields"].get("seconds") == "3600"]
    same(submit(url, hour)[0], 303, "its buttons work without a script")
    same((moment(control.state()["now"]) - moment(before)).total_seconds(), 3600,
         "and let time pass")
    settings = read_page(url + "/switches")
    cents, = [form for form in settings.forms if form["fields"].get("name") == "cents"]
    submit(url, cents)
    ok([one for one in control.state()["switches"] if one["name"] == "cents"][0]["live"],
       "switches can be turned on the page")
    control.off("cents")
    hook.take()


STORIES = [authentication, validation, hosted, cards, idempotency, refunds, subscriptions, dunning,
           transport, limit, dialects, webhook_faults, forms, api_faults, steering]

for story in STORIES:
    if not only or story.__name__ in only:
        print(f"# {story.__name__}", flush=True)
        # Pages of the story before run out.
        control.pass_time(2 * 3600)
        hook.take()
        try:
            story()
        except Exception as error:  # noqa: BLE001 - a story that breaks is a line that fails
            ok(False, f"{story.__name__} runs to its end", repr(error))
            import traceback
            traceback.print_exc()
done()
