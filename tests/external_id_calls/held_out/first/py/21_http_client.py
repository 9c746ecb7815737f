import http.client
import json

conn = http.client.HTTPSConnection("api.mintcash.me")


def refund(payment_id, reference):
    body = json.dumps({"externalId": reference, "reason": "customer_request"})
    conn.request("POST", f"/payments/{payment_id}/refund", body, HEADERS)
    return json.loads(conn.getresponse().read())
