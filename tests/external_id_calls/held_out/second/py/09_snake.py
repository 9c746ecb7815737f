import httpx

def pay(order):
    return httpx.post("https://api.mintcash.me/payments", json={"amount": order.cents, "currency": "EUR", "external_id": order.key})
