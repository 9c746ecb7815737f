from dataclasses import dataclass, asdict
import httpx


@dataclass
class NewSubscription:
    amount: int
    currency: str
    billingIntervalDays: int = 30


def subscribe(cents):
    sub = NewSubscription(cents, "USD")
    return httpx.post("https://api.mintcash.me/subscriptions", json=asdict(sub), auth=AUTH)
