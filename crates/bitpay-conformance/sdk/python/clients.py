"""Pairing, and the ways to make a client."""

import json
import os
import re
import subprocess
import sys
import tempfile

import bitpay.client
from bitpay.clients.bitpay_client import BitPayClient
from bitpay.config import Config
from bitpay.environment import Environment
from bitpay.models.facade import Facade
from bitpay.utils.guid_generator import GuidGenerator
from bitpay.utils.token_container import TokenContainer

from report import Watch, green, holds

Client = Watch(bitpay.client.Client)

CLIENTS = [
    "Bill",
    "Currency",
    "Invoice",
    "Ledger",
    "Payout",
    "PayoutRecipient",
    "Rate",
    "Refund",
    "Settlement",
    "Wallet",
]


def pair(sandbox, folder, file):
    """Pairs by the SDK's own tool; the merchant approves both codes. Gives what it wrote to its file."""
    tool = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pairing.py")
    # For testing, a new key, kept in the configuration file, tokens of both facades.
    answers = "t\n\nt\nb\n"
    command = [sys.executable, tool, sandbox.url]
    done = subprocess.run(
        command, cwd=folder, input=answers, stdout=subprocess.PIPE, text=True, check=True
    )
    for code in re.findall(r"Pairing Code:\s+(\w+)", done.stdout):
        sandbox.control("approve", {"pairingCode": code})
    with open(file) as text:
        return json.load(text)["BitPayConfiguration"]["EnvConfig"]["Test"]


def are_tokens(config):
    for facade in ["merchant", "payout"]:
        assert re.fullmatch("[1-9A-HJ-NP-Za-km-z]{43,44}", config["ApiTokens"][facade])
    holds(config["PrivateKeyPath"], None)


def has(facade, token):
    return lambda client: holds(client.get_access_token(facade), token)


def clients(sandbox):
    url = f"{sandbox.url}/"
    # Where the SDK makes the HTTP client itself, there is no setting for the address.
    Config.TEST_URL._value_ = url
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "bitpay.config.json")
        config = green("POST /tokens", lambda: pair(sandbox, folder, file), are_tokens)
        merchant, payout = config["ApiTokens"]["merchant"], config["ApiTokens"]["payout"]
        by_config = green(
            "",
            lambda: Client.create_client_by_config_file_path(file, "Shop 1.0"),
            has(Facade.PAYOUT, payout),
        )

    tokens = TokenContainer()
    tokens.add_merchant(merchant)
    tokens.add_payout(payout)
    key = config["PrivateKey"]
    green(
        "",
        lambda: Client.create_client(key, tokens, Environment.TEST, None, "Shop 1.0"),
        has(Facade.MERCHANT, merchant),
    )
    opened = sandbox.control("tokens", {"label": "till"})["token"]
    pos = green(
        "", lambda: Client.create_pos_client(opened, Environment.TEST), has(Facade.POS, opened)
    )
    green("", lambda: Client.get_base_url(Environment.TEST), lambda got: holds(got, url))
    green("", lambda: Client.get_ec_key(key), lambda got: holds(got, key))
    client = Watch(bitpay.client.Client(BitPayClient(url, key), tokens, GuidGenerator()))
    green("", lambda: client.get_access_token(Facade.PAYOUT), lambda got: holds(got, payout))
    for kind in CLIENTS:
        name = re.sub("(?<=.)([A-Z])", r"_\1", kind).lower()
        make = getattr(client, f"create_{name}_client")
        green("", make, lambda made: holds(type(made).__name__, f"{kind}Client"))
    return client, Watch(by_config), Watch(pos)
