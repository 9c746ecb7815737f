import requests


def pay(order, mode):
    body = {"amount": order.cents, "currency": "USD"}
    if mode == "hosted":
        body["externalId"] = order.ref
        body["returnUrl"] = "https://shop.example"
    requests.post("https://api.mintcash.me/payments", json=body, auth=AUTH)
