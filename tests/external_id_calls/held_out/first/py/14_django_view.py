from django.conf import settings
import requests


def mintcash_post(path, data):
    resp = requests.post(settings.MINTCASH_URL + path, json=data, auth=(settings.MINTCASH_PK, settings.MINTCASH_SK))
    resp.raise_for_status()
    return resp.json()


def checkout(request, order_id):
    order = get_object_or_404(Order, pk=order_id)
    payment = mintcash_post("/payments", {
        "amount": int(order.total * 100),
        "currency": "USD",
        "externalId": f"order-{order.pk}",
        "returnUrl": request.build_absolute_uri("/thanks/"),
    })
    return redirect(payment["redirectUrl"])


def refund(request, payment_id):
    mintcash_post("/payments/%s/refund" % payment_id, {"reason": "customer_request"})
    return redirect("/orders/")
