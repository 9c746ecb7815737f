import requests

BASE = "https://sandbox.mintcash.me"


def create_subscription(*, amount, currency="USD", interval=30, **fields):
    data = {"amount": amount, "currency": currency, "billingIntervalDays": interval}
    data.update(fields)
    return requests.post(BASE + "/subscriptions", json=data, auth=AUTH).json()
