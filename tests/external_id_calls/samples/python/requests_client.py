"""Payments through MintCash."""
import os

import requests

BASE_URL = os.environ.get("MINTCASH_URL", "https://api.mintcash.me")
AUTH = (os.environ["MINTCASH_PUBLIC_KEY"], os.environ["MINTCASH_SECRET_KEY"])


def create_payment(order):
    payload = {
        "amount": order.amount_cents,
        "currency": order.currency,
        "externalId": str(order.uuid),
        "customer": {"externalId": order.customer_id, "email": order.email, "name": order.name},
        "returnUrl": f"https://shop.example/orders/{order.pk}",
    }
    response = requests.post(f"{BASE_URL}/payments", json=payload, auth=AUTH, timeout=30)
    response.raise_for_status()
    return response.json()


def get_payment(payment_id):
    return requests.get(f"{BASE_URL}/payments/{payment_id}", auth=AUTH, timeout=30).json()


def refund(payment_id, cents=None):
    return requests.post(f"{BASE_URL}/payments/{payment_id}/refund", auth=AUTH, timeout=30)
