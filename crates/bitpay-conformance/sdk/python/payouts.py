"""Recipients, and what is paid out to them."""

from datetime import datetime, timezone

from bitpay.models.invoice.invoice import Invoice
from bitpay.models.payout.payout import Payout
from bitpay.models.payout.payout_recipient import PayoutRecipient
from bitpay.models.payout.payout_recipients import PayoutRecipients

from invoices import HOOK, day, everything
from report import fails, green, holds


def payouts(sandbox, client, last):
    def notified(event):
        def check(done):
            holds(done, True)
            holds(sandbox.control("deliveries")[-1]["event"], event)

        return check

    # What is paid out must have come in.
    client.pay_invoice(client.create_invoice(Invoice(**everything(500))).id, "complete")

    people = [
        {"email": f"{name}@example.com", "label": name, "notification_url": HOOK}
        for name in ["ada", "bob"]
    ]
    recipients = PayoutRecipients(recipients=[PayoutRecipient(**person) for person in people])
    invited = [{**person, "status": "invited", "shopper_id": None} for person in people]
    ada, bob = green(
        "two",
        lambda: client.submit_payout_recipients(recipients),
        lambda got: holds(got, invited),
    )
    green("", lambda: client.get_payout_recipient(ada.id), lambda got: holds(got, invited[0]))
    green(
        "by status, a page",
        lambda: client.get_payout_recipients("invited", 10, 1),
        lambda got: holds(len(got), 1),
    )
    green("all", lambda: client.get_payout_recipients(), lambda got: holds(len(got), 2))
    ada.label = "Ada L."
    changed = {**people[0], "id": ada.id, "label": "Ada L."}
    green(
        "as it was fetched",
        lambda: client.update_payout_recipient(ada.id, ada),
        lambda got: holds(got, changed),
    )
    green(
        "",
        lambda: client.request_payout_recipient_notification(ada.id),
        notified("recipient_manuallyNotified"),
    )
    green("", lambda: client.delete_payout_recipient(bob.id), lambda got: holds(got, True))
    sandbox.control("recipient", {"recipient": ada.id})

    def wage(amount, reference, **more):
        return {
            "amount": amount,
            "currency": "USD",
            "ledger_currency": "USD",
            "recipient_id": ada.id,
            "reference": reference,
            "label": "Wage",
            "notification_url": HOOK,
            "notification_email": "shop@example.com",
            **more,
        }

    sent = wage(10.5, "wage 1", message="thank you", ignore_emails=True)
    at_nine = datetime(2099, 5, 27, 9, tzinfo=timezone.utc)
    made = {**sent, "status": "new", "transactions": [], "effective_date": at_nine}
    payout = green(
        "",
        lambda: client.submit_payout(Payout(**sent, effective_date=datetime(2099, 5, 27))),
        lambda got: holds(got, {**made, "email": ada.email}),
    )
    green("", lambda: client.get_payout(payout.id), lambda got: holds(got, made))
    green(
        "by days and reference",
        lambda: client.get_payouts(day(-1), last, None, "wage 1", 10, 0),
        lambda got: holds(got, [sent]),
    )
    green("by status", lambda: client.get_payouts(status="new"), lambda got: holds(got, [sent]))
    green("all", lambda: client.get_payouts(), lambda got: holds(got, [sent]))
    green(
        "",
        lambda: client.request_payout_notification(payout.id),
        notified("payout_manuallyNotified"),
    )
    green("", lambda: client.cancel_payout(payout.id), lambda got: holds(got, True))
    fails(
        "again",
        "it does not tell a refusal that has a `message`, as those of payouts have",
        "KeyError: 'error'",
        lambda: client.cancel_payout(payout.id),
    )

    two = [
        Payout(**wage(20, "wage 2")),
        Payout(amount=30, currency="USD", reference="wage 3", email=ada.email),
    ]

    def one_made(got):
        holds(got.payouts, [{**wage(20, "wage 2"), "status": "new"}])
        holds(got.failed, [{"err_message": "Ledger currency is required", "payee": ada.email}])

    group = green("one made, one not", lambda: client.create_payout_group(two), one_made)
    [one] = group.payouts
    cancelled = {"payouts": [{"id": one.id, "status": "cancelled"}], "failed": []}
    green(
        "",
        lambda: client.cancel_payout_group(one.group_id),
        lambda got: holds(got, cancelled),
    )
