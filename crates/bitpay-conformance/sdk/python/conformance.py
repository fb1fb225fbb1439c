"""Every call of the official Python SDK against a sandbox. Each line is a call, what it must return, and
what is known to be broken in the SDK itself."""

import bitpay.client

from bills import bills
from books import books
from clients import clients
from invoices import invoices
from payouts import payouts
from public_data import public_data
from refunds import refunds
from report import announce, missing
from sandbox import Sandbox

announce()
with Sandbox() as sandbox:
    client, by_config, pos = clients(sandbox)
    rates = public_data(client, "before any signature")
    invoice, sent = invoices(sandbox, client, by_config, pos, rates)
    refunds(sandbox, client, invoice)
    bills(client, pos)
    public_data(client, "with the signature of another call")
    last = books(sandbox, client, invoice, sent)
    payouts(sandbox, client, last)
missing(bitpay.client.Client)
