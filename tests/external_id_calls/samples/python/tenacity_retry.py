import time
import uuid

import requests
from tenacity import retry, stop_after_attempt


@retry(stop=stop_after_attempt(4))
def charge(order):
    external_id = f"{order.id}-{uuid.uuid4().hex}"
    return requests.post(
        "https://api.mintcash.me/payments",
        json={"amount": order.cents, "currency": "USD", "externalId": external_id},
    )


def charge_by_time(order):
    return requests.post(
        "https://api.mintcash.me/payments",
        json={"amount": order.cents, "currency": "USD", "externalId": f"pay-{int(time.time())}"},
    )


def charge_customer(customer, cents):
    return requests.post(
        "https://api.mintcash.me/payments",
        json={"amount": cents, "currency": "USD", "externalId": customer.id},
    )


def charge_stored(order, db):
    key = str(uuid.uuid4())
    db.execute("update orders set payment_key = %s where id = %s", (key, order.id))
    return requests.post(
        "https://api.mintcash.me/payments",
        json={"amount": order.cents, "currency": "USD", "externalId": key},
    )
