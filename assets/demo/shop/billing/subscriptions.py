"""Starts the tea of the month."""

import requests

from settings import required

URL = required("MINTCASH_URL")
KEYS = (required("MINTCASH_PUBLIC_KEY"), required("MINTCASH_SECRET_KEY"))


def start(subscriber):
    body = {
        "amount": subscriber.amount_in_cents,
        "currency": "USD",
        "billingIntervalDays": 30,
        "externalId": subscriber.subscription_external_id,
        "returnUrl": f"{required('SHOP_URL')}/subscribed/{subscriber.id}",
        "customer": {
            "externalId": subscriber.id,
            "email": subscriber.email,
            "name": subscriber.name,
        },
    }
    answer = requests.post(f"{URL}/subscriptions", json=body, auth=KEYS, timeout=15)
    answer.raise_for_status()
    return answer.json()
