"""Ledgers and settlements."""

from datetime import datetime

from invoices import day
from report import green, holds, wrong


def books(sandbox, client, invoice, sent):
    green("", lambda: client.get_ledgers(), lambda got: holds(got, [{"currency": "USD"}]))

    def entries(got):
        # The invoice and its fee; the immediate refund and its fee.
        holds([each.code for each in got], [1000, 1023, 1050, 1039])
        amount = sent["price"] * got[0].scale
        holds(got[0], {"type": "Invoice", "amount": amount, "invoice_id": invoice.id})
        holds(got[0], {"invoice_amount": sent["price"], "transaction_currency": "BTC"})

    days = [day(-1), day(1)]
    green("", lambda: client.get_ledger_entries("USD", *days), entries)
    wrong(
        "buyer_fields",
        "it reads name, and BitPay writes buyerName",
        lambda: client.get_ledger_entries("USD", *days),
        lambda got: holds(got[0].buyer_fields.name, None),
    )

    now = sandbox.control("advance", {"seconds": 2 * 86_400})["now"]
    last = day(1, datetime.strptime(now[:19], "%Y-%m-%dT%H:%M:%S"))
    [found] = green(
        "by days and currency",
        lambda: client.get_settlements("USD", day(-1), last, None, 10, 0),
        lambda got: holds(got, [{"currency": "USD", "opening_balance": 0}]),
    )
    id = found.id
    green("all", lambda: client.get_settlements(), lambda got: holds(got, [{"id": id}]))
    green(
        "by status",
        lambda: client.get_settlements(status=found.status),
        lambda got: holds(got, [{"id": id}]),
    )

    def adds_up(got):
        total = got.opening_balance + got.ledger_entries_sum - got.withholdings_sum
        holds(got, {"id": id, "currency": "USD", "total_amount": round(total, 2)})

    green("", lambda: client.get_settlement(id), adds_up)

    def report(got):
        total = round(sum(each.amount for each in got.ledger_entries), 2)
        holds(got, {"id": id, "ledger_entries_sum": total})
        data = {"order_id": sent["order_id"], "price": sent["price"], "transaction_currency": "BTC"}
        holds(got.ledger_entries[0], {"code": 1000, "invoice_id": invoice.id, "invoice_data": data})

    green("", lambda: client.get_settlement_reconciliation_report(id, found.token), report)
    return last
