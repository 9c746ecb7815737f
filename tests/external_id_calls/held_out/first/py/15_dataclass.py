from dataclasses import dataclass, asdict
import httpx


@dataclass
class NewPayment:
    amount: int
    currency: str
    externalId: str
    returnUrl: str = ""


async def create_payment(order):
    payment = NewPayment(amount=order.cents, currency="USD", externalId=order.reference)
    async with httpx.AsyncClient(base_url="https://api.mintcash.me", auth=AUTH) as client:
        r = await client.post("/payments", json=asdict(payment))
        r.raise_for_status()
    return r.json()
