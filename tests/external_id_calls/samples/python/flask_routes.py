"""The shop's own API. It hands everything to the queue; MintCash is called elsewhere."""
from flask import Blueprint, request

bp = Blueprint("payments", __name__)


@bp.post("/payments")
def create():
    return queue.enqueue("pay", request.json)


@bp.route("/payments/<id>/refund", methods=["POST"])
def refund(id):
    return queue.enqueue("refund", id)
