import httpx


class MintCash:
    def __init__(self, public, secret):
        self.client = httpx.AsyncClient(base_url="https://api.mintcash.me", auth=(public, secret))

    async def pay(self, order, **extra):
        body = {"amount": order.cents, "currency": "EUR", **extra, "externalId": order.key}
        response = await self.client.post("/payments", json=body)
        return response.json()

    async def raw(self, body):
        return await self.client.post("/payments", json=body)

    async def refund(self, payment, refund):
        return await self.client.request(
            "POST", "/payments/{}/refund".format(payment.id), json={"externalId": refund.key}
        )
