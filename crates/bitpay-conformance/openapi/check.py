"""Requests made by schemathesis from the sandbox's own description, signed as a seeded merchant.

Each operation is to grant one request at least, and to answer all of them as the description says: with
its statuses and bodies, and with a 500 only when the body is one of BitPay's refusals.
"""

import sys
import time
import zlib
from collections import Counter

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from good import GOOD
from sandbox import Sandbox
from seeded import Merchant

CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 10
# In all, in seconds: what is not begun by then is not made, which is said.
PATIENCE = 300


def put(case, request, token):
    """Puts a good request's parts into a case, and its token where it goes."""
    parameters = {(it.location.value, it.name) for it in case.operation.iter_parameters()}
    if request:
        case.path_parameters = {**(case.path_parameters or {}), **request.path}
        case.query = dict(request.query)
        if request.body is not None:
            case.body = dict(request.body)
    if ("path", "token") in parameters:
        case.path_parameters = {**(case.path_parameters or {}), "token": token}
    elif ("query", "token") in parameters:
        case.query = {**(case.query or {}), "token": token} if token else case.query
    elif isinstance(case.body, dict) and token:
        case.body = {**case.body, "token": token}


def token_for(merchant, operation):
    facades = merchant.tokens.keys() & set(operation.definition.raw["x-facades"])
    return merchant.tokens["payout" if facades == {"payout"} else "merchant"]


def send(merchant, case, counts):
    answer = case.call(session=merchant.session, timeout=10)
    counts[answer.status_code] += 1
    case.validate_response(answer, checks=CHECKS)
    return answer


def granted(merchant, operation, name, counts):
    """Makes the good request."""
    request = GOOD[name](merchant)
    case = operation.Case(media_type="application/json" if request.body is not None else None)
    token = token_for(merchant, operation) if request.token is None else request.token
    put(case, request, token)
    answer = send(merchant, case, counts)
    if answer.status_code != 200:
        raise RuntimeError(f"{name} was refused: {answer.status_code} {answer.text}")


def made_up(merchant, operation, pool, counts):
    """Makes requests of the described shapes; most of them ask for something that is there."""

    @seed(7)
    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case):
        text = repr((case.path_parameters, case.query, case.body))
        chance = zlib.crc32(text.encode("utf-8", "surrogatepass")) % 8
        if chance < 6 and pool.path:
            case.path_parameters = dict(pool.path)
        if chance < 7:
            put(case, None, pool.token or token_for(merchant, operation))
        send(merchant, case, counts)

    run()


def main():
    began = time.monotonic()
    failed = 0
    with Sandbox() as sandbox:
        merchant = Merchant(sandbox)
        schema = schemathesis.openapi.from_url(f"{sandbox.url}/openapi.json")
        seen = set()
        for result in schema.get_all_operations():
            operation = result.ok()
            names = operation.definition.raw["x-operations"]
            counts, problem = Counter(), ""
            try:
                for name in names:
                    granted(merchant, operation, name, counts)
                    seen.add(name)
                if time.monotonic() - began > PATIENCE:
                    raise RuntimeError(f"no time was left for it after {PATIENCE} s")
                # A stream that is open ends only when its invoice does.
                if names != ["subscribe_invoice_events"]:
                    made_up(merchant, operation, GOOD[names[0]](merchant), counts)
            except Exception as error:  # noqa: BLE001: all of it is a failure of this operation
                failed += 1
                problem = "\n" + "\n".join(f"      {line}" for line in str(error).splitlines()[:40])
            told = " ".join(f"{status}x{count}" for status, count in sorted(counts.items()))
            print(f"  {'RED' if problem else 'green':6}  {', '.join(names):50}  {told}{problem}")
        for name in GOOD.keys() - seen:
            print(f"  RED     {name} was not granted")
            failed += 1
    seconds = time.monotonic() - began
    print(f"  {len(seen)} operations were granted; {failed} problems; {seconds:.0f} s")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
