import json

import requests

from settings import MINTCASH


def subscribe(plan, customer):
    body = dict(amount=plan.cents, currency="USD", billingIntervalDays=30)
    body["customer"] = {"externalId": customer.id, "email": customer.email, "name": customer.name}
    r = requests.post(MINTCASH["url"] + "/subscriptions", data=json.dumps(body), auth=MINTCASH["auth"])
    return r.json()
