from datetime import datetime
import requests


def pay(amount):
    ref = "PAY" + datetime.now().strftime("%Y%m%d%H%M%S")
    return requests.post("https://api.mintcash.me/payments", json=dict(amount=amount, currency="USD", externalId=ref), auth=AUTH)
