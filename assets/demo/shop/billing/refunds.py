"""Gives money back. The id of the refund is made when support writes the case, and kept there."""

import requests

from settings import required

URL = required("MINTCASH_URL")
KEYS = (required("MINTCASH_PUBLIC_KEY"), required("MINTCASH_SECRET_KEY"))


def refund(case):
    body = {
        "amount": case.amount_in_cents,
        "externalId": case.refund_external_id,
        "reason": "customer_request",
    }
    path = f"{URL}/payments/{case.payment_id}/refund"
    answer = requests.post(path, json=body, auth=KEYS, timeout=15)
    answer.raise_for_status()
    return answer.json()
