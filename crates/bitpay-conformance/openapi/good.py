"""A request for each operation that is to be granted."""

from seeded import BILL, SUBSCRIPTION, Key, guid


class Request:
    """The parts of a request beside the facade's token."""

    def __init__(self, path=None, query=None, body=None, token=None):
        self.path, self.query, self.body, self.token = path or {}, query or {}, body, token


def by_id(thing, **parts):
    return Request(path={"id": thing["id"]}, **parts)


def by_guid(thing, **parts):
    return Request(path={"guid": thing["guid"]}, **parts)


DAYS = {"dateStart": "2020-01-01", "dateEnd": "2099-01-01"}
STRANGER = Key(8)


def event(it):
    invoice = it.complete()["id"]
    token = it.ask("GET", f"invoices/{invoice}/events", params={"token": it.tokens["merchant"]})
    query = {"action": "subscribe", "events[]": ["payment"]}
    return Request(query=query, token=token["token"])


def linked(it):
    token = it.tokens["merchant"]
    it.ask("POST", f"tokens/{token}/sins", json={"sin": STRANGER.sin})
    return Request(path={"sin": STRANGER.sin})


def refund_body(it):
    return {"guid": guid(), "invoiceId": it.complete()["id"], "amount": 5}


# By the name of the operation, which is that of the clients' method.
GOOD = {
    "request_pairing": lambda it: Request(
        body={"id": it.key.sin, "facade": "pos", "guid": guid()}, token=""
    ),
    "claim_pairing": lambda it: Request(
        body={"id": it.key.sin, "pairingCode": it.code()}, token=""
    ),
    "mint_token": lambda it: Request(body={"id": it.key.sin, "facade": "pos", "guid": guid()}),
    "list_tokens": lambda it: Request(),
    "create_invoice": lambda it: Request(body={"guid": guid(), "price": 20, "currency": "USD"}),
    "get_invoice": lambda it: by_id(it.invoice()),
    "get_public_invoice": lambda it: by_id(it.invoice(), token=""),
    "get_invoice_by_guid": lambda it: by_guid(it.invoice()),
    "list_invoices": lambda it: Request(query=DAYS),
    "update_invoice": lambda it: by_id(it.invoice(), body={"buyerEmail": "ada@example.com"}),
    "cancel_invoice": lambda it: by_id(it.invoice(), query={"forceCancel": "true"}),
    "cancel_invoice_by_guid": lambda it: by_guid(it.invoice(), query={"forceCancel": "true"}),
    "pay_invoice": lambda it: by_id(it.invoice(), body={"status": "confirmed"}),
    "get_invoice_event_token": lambda it: by_id(it.invoice()),
    "subscribe_invoice_events": event,
    "create_refund": lambda it: Request(body=refund_body(it)),
    "get_refund": lambda it: by_id(it.refund()),
    "get_refund_by_guid": lambda it: by_guid(it.refund()),
    "list_refunds": lambda it: Request(query={"invoiceId": it.refund()["invoice"]}),
    "cancel_refund": lambda it: by_id(it.refund()),
    "update_refund": lambda it: by_id(it.refund(preview=True), body={"status": "created"}),
    "update_refund_by_guid": lambda it: by_guid(
        it.refund(preview=True), body={"status": "created"}
    ),
    "cancel_refund_by_guid": lambda it: by_guid(it.refund()),
    "get_ledger_balances": lambda it: Request(),
    "get_ledger_entries": lambda it: Request(
        path={"currency": "USD"}, query={"startDate": "2020-01-01", "endDate": "2099-01-01"}
    ),
    "list_settlements": lambda it: Request(),
    "get_settlement": lambda it: by_id(it.settlement()),
    "create_payout": lambda it: Request(body=it.payee()),
    "get_payout": lambda it: by_id(it.payout()),
    "list_payouts": lambda it: Request(),
    "cancel_payout": lambda it: by_id(it.payout()),
    "resend_payout_notification": lambda it: by_id(it.payout(), body={}),
    "create_payout_group": lambda it: Request(body={"instructions": [it.payee()]}),
    "cancel_payout_group": lambda it: Request(path={"group_id": it.group()}),
    "submit_recipients": lambda it: Request(
        body={"guid": guid(), "recipients": [{"email": "ada@example.com", "guid": guid()}]}
    ),
    "get_recipient": lambda it: by_id(it.recipient()),
    "list_recipients": lambda it: Request(),
    "update_recipient": lambda it: by_id(it.recipient(), body={"label": "Ada"}),
    "remove_recipient": lambda it: by_id(it.recipient()),
    "resend_recipient_notification": lambda it: by_id(it.recipient(), body={}),
    "get_rates": lambda it: Request(),
    "get_rates_for": lambda it: Request(path={"base": "BTC"}),
    "get_rate": lambda it: Request(path={"base": "BTC", "currency": "USD"}),
    "get_currencies": lambda it: Request(),
    "create_bill": lambda it: Request(body=BILL),
    "get_bill": lambda it: by_id(it.bill()),
    "list_bills": lambda it: Request(),
    "create_subscription": lambda it: Request(body=SUBSCRIPTION),
    "get_subscription": lambda it: by_id(it.subscription()),
    "list_subscriptions": lambda it: Request(),
    "get_supported_wallets": lambda it: Request(),
    "list_token_sins": lambda it: Request(),
    "link_token_sin": lambda it: Request(body={"sin": Key(9).sin}),
    "remove_token_sin": linked,
}


def with_its_token(make, body=None, **parts):
    """For what needs the token of the resource."""

    def good(it):
        thing = make(it)
        return by_id(thing, token=thing["token"], body=body, **parts)

    return good


GOOD |= {
    "resend_invoice_webhook": with_its_token(
        lambda it: it.make(
            "invoices",
            guid=guid(),
            price=20,
            currency="USD",
            notificationURL="https://shop.example/hook",
        ),
        body={},
    ),
    "resend_refund_notification": with_its_token(lambda it: it.refund(), body={}),
    "get_settlement_report": with_its_token(lambda it: it.settlement()),
    "update_bill": with_its_token(lambda it: it.bill(), body=BILL),
    "deliver_bill": with_its_token(lambda it: it.bill(), body={}),
    "update_subscription": with_its_token(
        lambda it: it.subscription(), body={"status": "active"}
    ),
}
