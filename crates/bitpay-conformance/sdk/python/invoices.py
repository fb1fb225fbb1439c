"""Invoices, from their creation to their end."""

from datetime import datetime, timedelta, timezone
from uuid import uuid4

from bitpay.models.facade import Facade
from bitpay.models.invoice.invoice import Invoice

from report import green, holds, refused, wrong

# Nothing listens there: the sandbox's log says what it would have delivered.
HOOK = "http://127.0.0.1:9/hook"

BUYER = {
    "name": "Satoshi",
    "address1": "street",
    "address2": "911",
    "locality": "Washington",
    "region": "District of Columbia",
    "postal_code": "20000",
    "country": "US",
    "email": "buyer@example.com",
    "phone": "555-0100",
    "notify": True,
}


def day(offset, now=None):
    """A day, so many days from today."""
    now = now or datetime.now(timezone.utc)
    return (now + timedelta(days=offset)).strftime("%Y-%m-%d")


def everything(price, currency="USD"):
    """What an invoice can be asked with, and is answered with."""
    return {
        "price": price,
        "currency": currency,
        "guid": str(uuid4()),
        "order_id": f"order {uuid4()}",
        "item_desc": 'Tea & "Käse" ☕',
        "item_code": "tea",
        "itemized_details": [{"amount": price, "description": "Tea", "is_fee": False}],
        "pos_data": '{"ref":711454}',
        "notification_url": HOOK,
        "redirect_url": "https://shop.example/return?a=1&b=2",
        "close_url": "https://shop.example/close",
        "auto_redirect": True,
        "transaction_speed": "medium",
        "full_notifications": True,
        "extended_notifications": True,
        "physical": True,
        "bitpay_id_required": True,
        "merchant_name": "Shop",
        "buyer": BUYER,
    }


def invoices(sandbox, client, by_config, pos, rates):
    sent = everything(12.5)
    request = Invoice(
        **sent,
        notification_email="shop@example.com",
        forced_buyer_selected_wallet="bitpay",
        forced_buyer_selected_transaction_currency="BTC",
    )

    def as_sent(got):
        holds(got, {**sent, "status": "new", "exception_status": False})
        holds(got, {"amount_paid": 0, "transactions": []})
        chosen = {"selected_wallet": "bitpay", "selected_transaction_currency": "BTC"}
        holds(got, {"buyer_provided_info": chosen, "buyer_provided_email": BUYER["email"]})
        holds(got.url, f"{sandbox.url}/invoice?id={got.id}")
        holds(got.expiration_time - got.invoice_time, 15 * 60 * 1000)
        holds(got.exchange_rates["BTC"]["USD"], rates.get_rate("USD"))
        total = got.payment_totals["BTC"]
        holds(total, got.payment_subtotals["BTC"] + got.miner_fees.btc.total_fee)
        holds(got.payment_display_totals["BTC"], f"{total / 10**8:.6f}")

    invoice = green("as merchant, signed", lambda: client.create_invoice(request), as_sent)
    again = Invoice(price=99, currency="EUR", guid=sent["guid"])
    same = {"id": invoice.id, "price": 12.5, "currency": "USD"}
    green(
        "the same guid again",
        lambda: client.create_invoice(again),
        lambda got: holds(got, same),
    )
    wrong(
        "json_paypro_required",
        "it writes and reads jsonPayproRequired, and BitPay jsonPayProRequired",
        lambda: client.create_invoice(Invoice(price=5, currency="USD", json_paypro_required=True)),
        lambda got: holds(got.json_paypro_required, False),
    )

    def two_coins(got):
        holds(got, {"price": 0.5, "currency": "BTC"})
        holds(got.expiration_time - got.invoice_time, 60_000)
        coins = got.supported_transaction_currencies
        holds([coins.btc.enabled, coins.eth.enabled, coins.xrp.enabled], [True, True, False])

    limited = Invoice(
        price=0.5, currency="BTC", payment_currencies=["BTC", "ETH"], acceptance_window=60_000
    )
    green("in coins, of two kinds, for a minute", lambda: client.create_invoice(limited), two_coins)
    till = Invoice(price=5, currency="EUR", order_id="till 1")
    seen = {"price": 5, "currency": "EUR", "order_id": "till 1", "status": "new"}
    sold = green(
        "as pos, unsigned",
        lambda: pos.create_invoice(till, Facade.POS, False),
        lambda got: holds(got, seen),
    )

    green(
        "as merchant, signed", lambda: client.get_invoice(invoice.id), lambda got: holds(got, sent)
    )
    green(
        "of the configuration file",
        lambda: by_config.get_invoice(invoice.id),
        lambda got: holds(got, sent),
    )
    green(
        "as pos, unsigned",
        lambda: pos.get_invoice(sold.id, Facade.POS, False),
        lambda got: holds(got, seen),
    )
    wrong(
        "payment_display_subtotals",
        "it reads paymentDisplaySubtotals, and BitPay writes paymentDisplaySubTotals",
        lambda: client.get_invoice(invoice.id),
        lambda got: holds(got.payment_display_subtotals, None),
    )
    green(
        "as merchant, signed",
        lambda: client.get_invoice_by_guid(sent["guid"]),
        lambda got: holds(got, sent),
    )
    green(
        "as pos, unsigned",
        lambda: pos.get_invoice_by_guid(till.guid, Facade.POS, False),
        lambda got: holds(got, seen),
    )
    days = [day(-1), day(1)]
    green(
        "by order and status",
        lambda: client.get_invoices(*days, "new", sent["order_id"], 10, 0),
        lambda got: holds(got, [sent]),
    )
    green(
        "a page",
        lambda: client.get_invoices(*days, limit=1, offset=1),
        lambda got: holds(len(got), 1),
    )
    bus = {"events": ["payment", "confirmation"], "actions": ["subscribe", "unsubscribe"]}
    green("", lambda: client.get_invoice_event_token(invoice.id), lambda got: holds(got, bus))
    life(sandbox, client, invoice, sent)
    return invoice, sent


def life(sandbox, client, invoice, sent):
    """The contacts of an invoice, its payment and its end."""
    one = client.create_invoice(Invoice(price=8, currency="USD")).id
    other = client.create_invoice(Invoice(price=3, currency="USD")).id
    email, phone = "late@example.com", "+12223334444"
    green(
        "an email",
        lambda: client.update_invoice(one, email),
        lambda got: holds(got, {"id": one, "buyer_provided_email": email}),
    )
    green(
        "a telephone",
        lambda: client.update_invoice(other, None, phone),
        lambda got: holds(got, {"id": other, "buyer_sms": phone}),
    )
    verified = {"buyer_sms": phone, "buyer_provided_info": {"sms": phone, "sms_verified": True}}
    green(
        "a telephone, verified",
        lambda: client.update_invoice(other, None, phone, "123456"),
        lambda got: holds(got, verified),
    )
    green(
        "confirmed",
        lambda: client.pay_invoice(one, "confirmed"),
        lambda got: holds(got, {"id": one, "status": "confirmed"}),
    )

    def complete(got):
        holds(got, {**sent, "status": "complete", "transaction_currency": "BTC"})
        holds(got.amount_paid, got.payment_totals["BTC"])
        holds(got.display_amount_paid, got.payment_display_totals["BTC"])
        holds(got.transactions[0], {"amount": got.amount_paid, "confirmations": 6})

    green("complete", lambda: client.pay_invoice(invoice.id), complete)

    def resent(done):
        holds(done, True)
        last = sandbox.control("deliveries")[-1]
        holds(last, {"event": "invoice_manuallyNotified", "url": HOOK})

    green("", lambda: client.request_invoice_notifications(invoice.id, invoice.token), resent)
    green(
        "paid, which declines it",
        lambda: client.cancel_invoice(one, True),
        lambda got: holds(got, {"id": one, "status": "declined", "is_cancelled": True}),
    )
    green(
        "unpaid, not forced",
        lambda: client.cancel_invoice(other),
        lambda got: holds(got, {"id": other, "status": "expired", "is_cancelled": True}),
    )
    last = client.create_invoice(Invoice(price=4, currency="USD"))
    green(
        "",
        lambda: client.cancel_invoice_by_guid(last.guid, True),
        lambda got: holds(got, {"id": last.id, "status": "expired", "is_cancelled": True}),
    )
    refused(
        "complete",
        "BitPayApiException: Invalid invoice state for cancel",
        lambda: client.cancel_invoice(invoice.id, True),
    )
