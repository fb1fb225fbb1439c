import unittest

import requests
from bitpay.client import Client
from bitpay.clients.bitpay_client import BitPayClient
from bitpay.models.invoice.invoice import Invoice
from bitpay.utils.guid_generator import GuidGenerator
from bitpay.utils.key_utils import generate_pem, get_sin_from_pem
from bitpay.utils.token_container import TokenContainer

from sandbox import Sandbox


class Checkout(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sandbox = Sandbox()
        cls.addClassCleanup(cls.sandbox.stop)

        # Pairing: ask for a token, and approve its code as the merchant does in a browser.
        pem = generate_pem()
        request = {"id": get_sin_from_pem(pem), "facade": "merchant", "label": "tests"}
        headers = {"X-Accept-Version": "2.0.0"}
        answer = requests.post(f"{cls.sandbox.url}/tokens", json=request, headers=headers)
        pairing = answer.json()["data"][0]
        cls.sandbox.control("approve", {"pairingCode": pairing["pairingCode"]})

        tokens = TokenContainer()
        tokens.add_merchant(pairing["token"])
        cls.client = Client(BitPayClient(f"{cls.sandbox.url}/", pem), tokens, GuidGenerator())

    def test_a_paid_invoice_becomes_complete(self):
        invoice = self.client.create_invoice(Invoice(price=12.5, currency="USD", order_id="17"))
        self.assertEqual(invoice.status, "new")

        # The buyer pays, and the coins are confirmed.
        self.sandbox.control("pay", {"invoice": invoice.id, "status": "complete"})
        paid = self.client.get_invoice(invoice.id)
        self.assertEqual((paid.status, paid.order_id), ("complete", "17"))

    def test_an_invoice_that_nobody_pays_expires_after_15_minutes(self):
        invoice = self.client.create_invoice(Invoice(price=8, currency="EUR"))
        self.sandbox.control("advance", {"seconds": 15 * 60})
        self.assertEqual(self.client.get_invoice(invoice.id).status, "expired")
