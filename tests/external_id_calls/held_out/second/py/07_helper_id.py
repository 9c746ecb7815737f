import requests

def _external_id(order):
    return f"shop-{order.pk}"

def pay(order):
    data = {
        'amount': order.cents,
        'currency': 'USD',
        'externalId': _external_id(order),
    }
    s = requests.Session()
    s.auth = AUTH
    r = s.post('https://api.mintcash.me/payments', json=data)
    return r.json()
