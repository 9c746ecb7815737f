def webhook(request):
    if request.headers["x-signature"] != SIGNATURE:
        return 401
    return 200
