import hmac
from hashlib import sha256

from django.conf import settings
from django.http import HttpResponse, HttpResponseForbidden
from django.views import View


class WebhookView(View):
    @property
    def expected(self):
        return hmac.new(settings.SECRET.encode(), self.request.body, sha256).hexdigest()

    def post(self, request):
        given = request.META.get("HTTP_X_SIGNATURE")
        if given is None:
            return HttpResponseForbidden()
        if not (self.expected == given.lower()):  # HERE
            return HttpResponseForbidden()
        return HttpResponse()
