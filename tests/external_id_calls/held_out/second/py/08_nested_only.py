import requests

def subscribe(user, plan):
    return requests.post('https://api.mintcash.me/subscriptions', auth=AUTH, json={
        'amount': plan.cents, 'currency': 'USD', 'billingIntervalDays': 30,
        'customer': {'externalId': user.id, 'email': user.email, 'name': user.name},
        'metadata': {'externalId': plan.id},
    })
