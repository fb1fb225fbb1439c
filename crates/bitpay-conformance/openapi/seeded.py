"""A seeded merchant: a key, its tokens, and something of each kind to ask for."""

import hashlib
import uuid

import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class Key(requests.auth.AuthBase):
    """Signs what is sent: the whole URL and the body."""

    def __init__(self, secret):
        self.key = ec.derive_private_key(secret, ec.SECP256K1())
        self.public = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    def __call__(self, request):
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        signature = self.key.sign(request.url.encode() + body, ec.ECDSA(hashes.SHA256()))
        request.headers["x-identity"] = self.public.hex()
        request.headers["x-signature"] = signature.hex()
        return request

    @property
    def sin(self):
        hashed = hashlib.new("ripemd160", hashlib.sha256(self.public).digest()).digest()
        payload = b"\x0f\x02" + hashed
        payload += hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
        number, text = int.from_bytes(payload, "big"), ""
        while number:
            number, digit = divmod(number, 58)
            text = BASE58[digit] + text
        return text


def guid():
    return str(uuid.uuid4())


class Merchant:
    def __init__(self, sandbox):
        self.sandbox, self.key = sandbox, Key(7)
        self.session = requests.Session()
        self.session.auth = self.key
        self.tokens = {facade: self.pair(facade) for facade in ["pos", "merchant", "payout"]}
        sandbox.control("deposit", {"currency": "EUR", "amount": 1000000})

    def ask(self, method, path, **kwargs):
        answer = self.session.request(method, f"{self.sandbox.url}/{path}", timeout=10, **kwargs)
        if answer.status_code != 200:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        answer = answer.json()
        return answer.get("data", answer)

    def pending(self, facade):
        body = {"id": self.key.sin, "facade": facade, "guid": guid()}
        return self.ask("POST", "tokens", json=body)[0]

    def pair(self, facade):
        pairing = self.pending(facade)
        self.sandbox.control("approve", {"pairingCode": pairing["pairingCode"]})
        return pairing["token"]

    def code(self):
        return self.sandbox.control("codes", {"facade": "pos"})["pairingCode"]

    def make(self, what, facade="merchant", **body):
        return self.ask("POST", what, json={"token": self.tokens[facade], **body})

    def invoice(self):
        return self.make("invoices", guid=guid(), price=20, currency="USD")

    def complete(self):
        invoice = self.invoice()
        contact = {"token": self.tokens["merchant"], "buyerEmail": "ada@example.com"}
        self.ask("PUT", f"invoices/{invoice['id']}", json=contact)
        self.sandbox.control("pay", {"invoice": invoice["id"], "status": "complete"})
        return invoice

    def refund(self, preview=False):
        invoice = self.complete()["id"]
        return self.make("refunds", guid=guid(), invoiceId=invoice, amount=5, preview=preview)

    def settlement(self):
        self.complete()
        self.sandbox.control("advance", {"seconds": 2 * 24 * 60 * 60})
        span = {"startDate": "2020-01-01", "endDate": "2099-01-01"}
        return self.ask("GET", "settlements", params={"token": self.tokens["merchant"], **span})[0]

    def recipient(self):
        # One is known again by its email.
        new = [{"email": f"ada-{guid()}@example.com", "guid": guid()}]
        return self.make("recipients", "payout", guid=guid(), recipients=new)[0]

    def payee(self):
        recipient = self.recipient()["id"]
        self.sandbox.control("recipient", {"recipient": recipient, "status": "active"})
        return {
            "reference": guid(),
            "amount": 12.5,
            "currency": "USD",
            "ledgerCurrency": "EUR",
            "recipientId": recipient,
        }

    def payout(self):
        return self.make("payouts", "payout", **self.payee())

    def group(self):
        group = self.make("payouts/group", "payout", instructions=[self.payee()])
        return group["created"][0]["groupId"]

    def bill(self):
        return self.make("bills", **BILL)

    def subscription(self):
        return self.make("subscriptions", **SUBSCRIPTION)


BILL = {
    "currency": "EUR",
    "email": "ada@example.com",
    "items": [{"description": "Tea", "price": 4, "quantity": 3}],
}
SUBSCRIPTION = {"schedule": "monthly", "billData": {**BILL, "dueDate": "2099-01-01"}}
