import requests


class MintCashApi:
    BASE = "https://api.mintcash.me"

    def __init__(self, auth):
        self.session = requests.Session()
        self.session.auth = auth

    def _request(self, method, path, **kwargs):
        response = self.session.request(method, self.BASE + path, timeout=20, **kwargs)
        response.raise_for_status()
        return response.json()

    def create_payment(self, order):
        return self._request("POST", "/payments", json={"amount": order.total, "currency": "USD", "externalId": order.ref})

    def create_refund(self, payment_id, amount):
        return self._request("POST", f"/payments/{payment_id}/refund", json={"amount": amount})

    def get_payment(self, payment_id):
        return self._request("GET", f"/payments/{payment_id}")
