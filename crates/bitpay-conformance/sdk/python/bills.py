"""Bills."""

from datetime import datetime, timezone

from bitpay.models.bill.bill import Bill
from bitpay.models.bill.item import Item
from bitpay.models.facade import Facade

from report import fails, green, holds

ITEMS = [
    {"description": "Tea", "price": 6.5, "quantity": 2},
    {"description": "Cake", "price": 4, "quantity": 1},
]

ADDRESS = {
    "name": "Ada",
    "address1": "Street 1",
    "address2": "Apt 42",
    "city": "Alexandria",
    "state": "VA",
    "zip": "23242",
    "country": "US",
    "phone": "555-123-456",
    "cc": ["cc@example.com"],
    "pass_processing_fee": True,
}


def bills(client, pos):
    due = datetime(2099, 5, 31)

    def ask(number, currency, **more):
        items = [Item(**item) for item in ITEMS]
        return Bill(number=number, currency=currency, email="ada@example.com", items=items, **more)

    sent = {**ADDRESS, "number": "bill 17", "email": "ada@example.com", "items": ITEMS}
    made = {
        **sent,
        "currency": "USD",
        "status": "draft",
        "due_date": due.replace(tzinfo=timezone.utc),
    }
    bill = green(
        "as merchant, signed",
        lambda: client.create_bill(ask("bill 17", "USD", due_date=due, **ADDRESS)),
        lambda got: holds(got, made),
    )
    small = {"number": "18", "currency": "EUR", "email": "ada@example.com", "items": ITEMS}
    other = green(
        "as pos, unsigned",
        lambda: pos.create_bill(ask("18", "EUR"), Facade.POS, False),
        lambda got: holds(got, small),
    )
    green("as merchant, signed", lambda: client.get_bill(bill.id), lambda got: holds(got, made))
    green(
        "as pos, unsigned",
        lambda: pos.get_bill(other.id, Facade.POS, False),
        lambda got: holds(got, small),
    )
    green("all", lambda: client.get_bills(), lambda got: holds(got, [sent, small]))
    green("by status", lambda: client.get_bills("draft"), lambda got: holds(got, [sent, small]))
    changed = ask("bill 17", "USD", token=bill.token, name="Ada L.")
    green(
        "",
        lambda: client.update_bill(changed, bill.id),
        lambda got: holds(got, {**sent, "id": bill.id, "name": "Ada L."}),
    )
    fails(
        "as it was fetched",
        "it writes a time that it has read as 2099-05-31T00:00:00.000000+0Z, which is none",
        "BitPayApiException: Invalid parameter dueDate.",
        lambda: client.update_bill(bill, bill.id),
    )
    green("", lambda: client.deliver_bill(bill.id, bill.token), lambda got: holds(got, True))
    green("once delivered", lambda: client.get_bills("sent"), lambda got: holds(len(got), 1))
