import hashlib, hmac, requests

def sign_request(body: bytes) -> dict:
    digest = hmac.new(API_SECRET, body, hashlib.sha256).hexdigest()
    return {"x-api-sign": digest}

def send_order(body):
    r = requests.post(URL, data=body, headers=sign_request(body))
    if r.status_code == 401 or r.headers["etag"] == LAST:
        raise RuntimeError
