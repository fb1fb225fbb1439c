"""What BitPay's SDK for Python costs: `bench.py sign|create|ledger URL TOKEN COUNT`. It says what it took as
the programs of `bitpay-bench` do."""

import base64
import json
import resource
import sys
import time
import uuid
from datetime import datetime

import bitpay.client
from bitpay.clients.bitpay_client import BitPayClient
from bitpay.models.invoice.invoice import Invoice
from bitpay.utils.guid_generator import GuidGenerator
from bitpay.utils.key_utils import sign
from bitpay.utils.token_container import TokenContainer

WHAT, URL, TOKEN, COUNT = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])

# The number of 32 bytes, all seven, in the form in which this SDK keeps a key.
DER = bytes.fromhex("302e0201010420" + "07" * 32 + "a00706052b8104000a")
LABEL = "EC PRIVATE KEY"
PEM = f"-----BEGIN {LABEL}-----\n{base64.b64encode(DER).decode()}\n-----END {LABEL}-----\n"


def client():
    tokens = TokenContainer()
    tokens.add_merchant(TOKEN)
    return bitpay.client.Client(BitPayClient(f"{URL}/", PEM), tokens, GuidGenerator())


def create(shop, times):
    for _ in range(times):
        order = Invoice(price=19.9, currency="USD")
        order.guid = str(uuid.uuid4())
        order.order_id = "order-2026-000017"
        order.notification_url = "https://shop.example/webhooks/bitpay"
        order.redirect_url = "https://shop.example/orders/2026-000017"
        order.item_desc = "A green scarf"
        shop.create_invoice(order)


def signing():
    message = "https://test.bitpay.com/invoices".ljust(350, "x")
    sign(message, PEM)

    def work():
        for _ in range(COUNT):
            sign(message, PEM)

    return work


def creating():
    shop = client()
    create(shop, 50)
    return lambda: create(shop, COUNT)


def reading():
    shop = client()

    def work():
        days = [datetime(2026, 1, 1), datetime(2026, 12, 31)]
        entries = shop.get_ledger_entries("USD", *days)
        assert len(entries) == COUNT, len(entries)

    return work


work = {"sign": signing, "create": creating, "ledger": reading}[WHAT]()
began = time.process_time()
work()
print(
    json.dumps(
        {
            "work_ns": (time.process_time() - began) * 1e9,
            "whole_ns": time.process_time() * 1e9,
            "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        }
    )
)
