import base64
import hmac


async def receive(request):
    raw = await request.body()
    mac = base64.b64encode(hmac.digest(KEY, raw, "sha256")).decode("ascii")
    assert mac == request.headers["x-signature"], "bad signature"  # HERE
    return {"ok": True}
