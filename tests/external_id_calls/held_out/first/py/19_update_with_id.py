import requests

URL = "https://api.mintcash.me"


def create(order):
    data = order.to_dict()
    data.update({"externalId": str(order.id), "returnUrl": RETURN_URL})
    resp = requests.request("post", f"{URL}/payments", json=data, headers=HEADERS)
    return resp.json()
