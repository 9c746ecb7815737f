import hashlib
import hmac
import json

from fastapi import APIRouter, Header, HTTPException, Request

router = APIRouter()


@router.post("/webhook")
async def webhook(request: Request, x_signature: str | None = Header(default=None)):
    body = await request.body()
    if x_signature is None or x_signature == "":
        raise HTTPException(401)
    mac = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(mac, x_signature):  # HERE
        raise HTTPException(401)
    event = json.loads(body)
    if event["environment"] != "live":
        raise HTTPException(400)
    return {}
