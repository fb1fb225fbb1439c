"""A BitPay of one's own for a test: started, told what to do, stopped."""

import json
import os
import subprocess

import requests


class Sandbox:
    """One on a free port. The program is `bitpay`, or what BITPAY_PROGRAM says."""

    def __init__(self):
        program = os.environ.get("BITPAY_PROGRAM", "bitpay")
        command = [program, "sandbox", "--listen", "127.0.0.1:0", "--json"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        # Its first line says where it listens.
        self.url = json.loads(self.process.stdout.readline())["environment"]

    def control(self, what, body=None):
        """Asks the sandbox itself for something: what a merchant or a buyer does in a browser."""
        method = "GET" if body is None else "POST"
        answer = requests.request(method, f"{self.url}/sandbox/{what}", json=body).json()
        if "error" in answer:
            raise RuntimeError(f"{what}: {answer['error']}")
        return answer["data"]

    def stop(self):
        self.process.terminate()
        self.process.communicate()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
