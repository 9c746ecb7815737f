import uuid

import requests
from celery import shared_task


@shared_task(autoretry_for=(requests.RequestException,), retry_backoff=True)
def charge(order_id):
    order = Order.objects.get(pk=order_id)
    requests.post(
        "https://api.mintcash.me/payments",
        json={"amount": order.cents, "currency": "USD", "externalId": uuid.uuid4().hex},
        auth=AUTH,
    )
