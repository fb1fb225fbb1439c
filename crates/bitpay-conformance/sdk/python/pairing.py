"""The SDK's own setup tool, pointed at a sandbox: its address is the argument."""

import os
import sys

import bitpay

# The tool imports its neighbours as if it lived beside them.
sys.path.insert(0, os.path.dirname(bitpay.__file__))
import bitpay_setup


def set_environment(_):
    # The tool knows BitPay's own address only.
    bitpay_setup.api_url = sys.argv[1]


bitpay_setup.set_environment = set_environment
bitpay_setup.select_env()
