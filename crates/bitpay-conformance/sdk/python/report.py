"""What the calls of an SDK come to: a line of JSON for each."""

import inspect
import json
import platform
from importlib.metadata import version

called = set()
# The call that was made last, and the one that the line is about: checks may make calls as well.
last = ""
call = ""
held = 0


class Watch:
    """The same client, but what is called on it is noted."""

    def __init__(self, client):
        self._client = client

    def __call__(self, *args):
        return self._client(*args)

    def __getattr__(self, name):
        value = getattr(self._client, name)

        def noted(*args, **named):
            global last
            called.add(name)
            last = name
            return value(*args, **named)

        return noted


def line(**row):
    print(json.dumps(row), flush=True)


def state(how, state, **rest):
    line(call=call, how=how, state=state, **rest)


def announce():
    """Says which SDK this is."""
    line(sdk=f"PyPI bitpay {version('bitpay')}, Python {platform.python_version()}")


def told(error):
    return f"{type(error).__name__}: {error}"


def run(act):
    global last, call, held
    last, held = "setup tool", 0
    try:
        return act()
    finally:
        call = last


def green(how, act, check):
    """A call that must return, and `check` must like what it returns."""
    got = None
    try:
        got = run(act)
        check(got)
        assert held > 0, "nothing was compared"
        state(how, "green", held=held)
    except Exception as error:
        state(how, "red", why=told(error))
    return got


def outcome(act):
    try:
        return f"returned {act()}"
    except Exception as error:
        return told(error)


def refused(how, text, act):
    """A call that BitPay refuses: the SDK must say so, in BitPay's words."""
    green(how, lambda: outcome(act), lambda got: holds(text in got, True, got))


def fails(how, reason, text, act):
    """A call that is broken inside the SDK: it must fail with this text."""
    got = run(lambda: outcome(act))
    if text in got:
        state(how, "broken", why=reason)
    else:
        state(how, "red", why=f"not broken as it was: {got}")


def wrong(how, reason, act, check):
    """A call that returns what it should not, because the SDK is broken: `check` must find it so."""
    try:
        check(run(act))
        state(how, "broken", why=reason)
    except Exception as error:
        state(how, "red", why=f"not broken as it was: {told(error)}")


def holds(got, sent, at=""):
    """All that was sent is in what came back. Numbers and texts are compared by value."""
    global held
    if isinstance(sent, dict):
        for name, value in sent.items():
            inner = got[name] if isinstance(got, dict) else getattr(got, name)
            holds(inner, value, f"{at}.{name}")
    elif isinstance(sent, list):
        assert isinstance(got, list) and len(got) == len(sent), f"{at}: {got}"
        for index, value in enumerate(sent):
            holds(got[index], value, f"{at}.{index}")
    else:
        assert got == sent, f"{at}: {got!r} and not {sent!r}"
        held += 1


def missing(client):
    """What the SDK calls public, and no line above has called."""
    names = [
        name for name, value in inspect.getmembers(client, callable) if not name.startswith("_")
    ]
    for name in names:
        if name not in called:
            line(call=name, how="", state="red", why="no line of the driver calls it")
    line(end=True, methods=names)
