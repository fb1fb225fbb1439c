"""What needs no token: rates, currencies, wallets."""

from report import green, holds


def public_data(client, how):
    """The SDK sends the headers of the last signed call along, so these are called before and after one."""
    rates = green(how, lambda: client.get_rates(), lambda got: holds(got.get_rate("BTC"), 1))
    green(
        how,
        lambda: client.get_currency_rates("ETH"),
        lambda got: holds(got.rates[0], {"code": "ETH", "rate": 1}),
    )
    dollars = {"code": "USD", "name": "US Dollar", "rate": rates.get_rate("USD")}
    green(
        how,
        lambda: client.get_currency_pair_rate("BTC", "USD"),
        lambda got: holds(got, dollars),
    )
    bitcoin = {"code": "BTC", "name": "Bitcoin", "precision": 6, "decimals": 8, "minimum": 0.000006}
    green(how, lambda: client.get_currencies(), lambda got: holds(got["BTC"], bitcoin))
    wallet = {"key": "bitpay", "display_name": "BitPay", "pay_pro": True}
    green(how, lambda: client.get_supported_wallets(), lambda got: holds(got[0], wallet))
    return rates
