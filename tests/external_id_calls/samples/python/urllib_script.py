#!/usr/bin/env python3
import json
from urllib import request


def refund(payment_id, reference):
    body = json.dumps({"externalId": reference}).encode()
    req = request.Request(
        "https://api.mintcash.me/payments/%s/refund" % payment_id,
        data=body,
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with request.urlopen(req) as answer:
        return json.load(answer)


def pay(cents):
    body = json.dumps({"amount": cents, "currency": "USD"}).encode()
    req = request.Request("https://api.mintcash.me/payments", data=body)
    return request.urlopen(req).read()
