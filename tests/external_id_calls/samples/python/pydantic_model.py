import httpx
from pydantic import BaseModel, Field


class CreatePayment(BaseModel):
    amount: int
    currency: str = "USD"
    external_id: str = Field(alias="externalId")
    return_url: str | None = Field(None, alias="returnUrl")


def pay(client: httpx.Client, order):
    payment = CreatePayment(amount=order.cents, externalId=order.key)
    return client.post("https://api.mintcash.me/payments", json=payment.model_dump(by_alias=True))
