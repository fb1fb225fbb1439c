"""Refunds of an invoice that is complete."""

from uuid import uuid4

from bitpay.models.facade import Facade

from report import green, holds, wrong


def refunds(sandbox, client, invoice):
    guid, other = str(uuid4()), str(uuid4())
    sent = {
        "invoice": invoice.id,
        "amount": 1.25,
        "currency": "USD",
        "immediate": False,
        "buyer_pays_refund_fee": True,
        "reference": "back 1",
        "guid": guid,
    }
    preview = green(
        "a preview",
        lambda: client.create_refund(invoice.id, 1.25, True, False, True, "back 1", guid),
        lambda got: holds(got, {**sent, "status": "preview", "transaction_currency": "BTC"}),
    )
    id = preview.id
    green("", lambda: client.get_refund(id), lambda got: holds(got, {**sent, "id": id}))
    green("", lambda: client.get_refund_by_guid(guid), lambda got: holds(got, {**sent, "id": id}))
    green("", lambda: client.get_refunds(invoice.id), lambda got: holds(got, [{**sent, "id": id}]))
    wrong(
        "its token",
        "the model has none, and request_refund_notification asks for it",
        lambda: client.get_refund(id),
        lambda got: holds(hasattr(got, "token"), False),
    )
    green(
        "a preview becomes one",
        lambda: client.update_refund(id, "created"),
        lambda got: holds(got, {"id": id, "status": "created"}),
    )
    merchant = client.get_access_token(Facade.MERCHANT)
    green(
        "with the merchant's token",
        lambda: client.request_refund_notification(id, merchant),
        lambda got: holds(got, True),
    )
    green(
        "",
        lambda: client.cancel_refund(id),
        lambda got: holds(got, {"id": id, "status": "canceled"}),
    )
    client.create_refund(invoice.id, 1, True, guid=other)
    green(
        "",
        lambda: client.update_refund_by_guid(other, "created"),
        lambda got: holds(got, {"guid": other, "amount": 1, "status": "created"}),
    )
    green(
        "",
        lambda: client.cancel_refund_by_guid(other),
        lambda got: holds(got, {"guid": other, "amount": 1, "status": "canceled"}),
    )
    immediate = {
        "amount": 2,
        "immediate": True,
        "buyer_pays_refund_fee": False,
        "status": "created",
    }

    def paid(got):
        holds(got, immediate)
        sandbox.control("refund", {"refund": got.id})
        holds(client.get_refund(got.id), {**immediate, "status": "success"})

    green("immediate", lambda: client.create_refund(invoice.id, 2.0, immediate=True), paid)
