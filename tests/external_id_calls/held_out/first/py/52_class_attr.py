import requests


class Refunds:
    endpoint = "https://api.mintcash.me/payments/{id}/refund"

    def create(self, payment, refund):
        url = self.endpoint.format(id=payment.id)
        body = {"externalId": self._key(refund)}
        if refund.amount:
            body["amount"] = refund.amount
        return requests.post(url, json=body, auth=self.auth)

    def _key(self, refund):
        return f"refund-{refund.pk}"
