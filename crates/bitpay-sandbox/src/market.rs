//! Currencies, what they are worth, and what a price is in each cryptocurrency. No floats.

use std::collections::HashMap;

use bitpay_core::amount::{Amount, Rate, SubUnits};
use bitpay_core::by_currency::{ByCurrency, EntryError};
use bitpay_core::model::currency::CurrencyInfo;
use bitpay_core::model::invoice::{MinerFee, SupportedCurrency};
use bitpay_core::model::rate::RateEntry;
use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Settings;

/// A currency that the sandbox knows.
pub(crate) struct Listed {
    pub(crate) code: &'static str,
    symbol: Option<&'static str>,
    pub(crate) name: &'static str,
    plural: &'static str,
    alts: &'static str,
    /// Decimal places that are shown.
    pub(crate) precision: u32,
    /// Decimal places of the smallest unit.
    pub(crate) decimals: u32,
    /// The blockchain, for a cryptocurrency.
    pub(crate) chain: Option<&'static str>,
    /// What one unit is worth in US dollars: a number and its decimal places.
    dollars: (i64, u32),
    /// What the blockchain takes for a payment, in the smallest unit.
    pub(crate) miner_fee: u32,
    /// Confirmations that settle a payment.
    pub(crate) confirmations: u32,
}

impl Listed {
    pub(crate) fn is_crypto(&self) -> bool {
        self.chain.is_some()
    }

    pub(crate) fn minimum(&self) -> Decimal {
        match self.precision {
            6 => Decimal::new(6, 6),
            _ => Decimal::new(1, 2),
        }
    }
}

/// A currency is saved by its code.
impl Serialize for Listed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.code.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for &'static Listed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        let found = LIST.iter().find(|listed| listed.code == code);
        found.ok_or_else(|| D::Error::custom(format!("the currency {code} is not listed")))
    }
}

/// Sums that exceed the numbers of most JSON readers.
mod saved_units {
    use super::{Deserialize, Deserializer, Serialize, Serializer, SubUnits};

    pub(super) fn serialize<S: Serializer>(units: &i128, serializer: S) -> Result<S::Ok, S::Error> {
        SubUnits::from(*units).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<i128, D::Error> {
        SubUnits::deserialize(deserializer).map(SubUnits::get)
    }
}

const fn fiat(
    code: &'static str,
    symbol: Option<&'static str>,
    name: &'static str,
    plural: &'static str,
    alts: &'static str,
    dollars: (i64, u32),
) -> Listed {
    Listed {
        code,
        symbol,
        name,
        plural,
        alts,
        precision: 2,
        decimals: 2,
        chain: None,
        dollars,
        miner_fee: 0,
        confirmations: 0,
    }
}

const fn coin(
    code: &'static str,
    name: &'static str,
    alts: &'static str,
    (precision, decimals): (u32, u32),
    chain: &'static str,
    dollars: (i64, u32),
    (miner_fee, confirmations): (u32, u32),
) -> Listed {
    Listed {
        code,
        symbol: None,
        name,
        plural: name,
        alts,
        precision,
        decimals,
        chain: Some(chain),
        dollars,
        miner_fee,
        confirmations,
    }
}

/// In the order in which the rates are listed. Precision as in BitPay's own list.
const LIST: &[Listed] = &[
    Listed {
        symbol: Some("\u{e3f}"),
        ..coin(
            "BTC",
            "Bitcoin",
            "btc",
            (6, 8),
            "BTC",
            (65_000, 0),
            (1_400, 6),
        )
    },
    coin(
        "BCH",
        "Bitcoin Cash",
        "bch",
        (6, 8),
        "BCH",
        (420, 0),
        (300, 6),
    ),
    coin(
        "ETH",
        "Ethereum",
        "eth",
        (6, 18),
        "ETH",
        (3_200, 0),
        (0, 50),
    ),
    coin("LTC", "Litecoin", "ltc", (6, 8), "LTC", (85, 0), (1_000, 6)),
    coin(
        "DOGE",
        "Dogecoin",
        "doge",
        (6, 8),
        "DOGE",
        (12, 2),
        (1_000_000, 40),
    ),
    coin("XRP", "XRP", "xrp", (6, 6), "XRP", (55, 2), (12, 6)),
    coin("USDC", "USD Coin", "usdc", (2, 6), "ETH", (1, 0), (0, 50)),
    coin("USDT", "Tether", "usdt", (2, 6), "ETH", (1, 0), (0, 50)),
    coin("DAI", "Dai", "dai", (2, 18), "ETH", (1, 0), (0, 50)),
    coin(
        "PAX",
        "Paxos Standard",
        "pax usdp",
        (2, 18),
        "ETH",
        (1, 0),
        (0, 50),
    ),
    fiat(
        "USD",
        Some("$"),
        "US Dollar",
        "US Dollars",
        "usd bucks",
        (1, 0),
    ),
    fiat(
        "EUR",
        Some("\u{20ac}"),
        "Eurozone Euro",
        "Eurozone Euros",
        "eur",
        (108, 2),
    ),
    fiat(
        "GBP",
        Some("\u{a3}"),
        "Pound Sterling",
        "Pounds Sterling",
        "gbp",
        (127, 2),
    ),
    Listed {
        decimals: 0,
        ..fiat(
            "JPY",
            Some("\u{a5}"),
            "Japanese Yen",
            "Japanese Yen",
            "jpy",
            (66, 4),
        )
    },
    fiat(
        "CAD",
        None,
        "Canadian Dollar",
        "Canadian Dollars",
        "cad",
        (73, 2),
    ),
    fiat(
        "AUD",
        None,
        "Australian Dollar",
        "Australian Dollars",
        "aud",
        (66, 2),
    ),
    fiat("CHF", None, "Swiss Franc", "Swiss Francs", "chf", (113, 2)),
    fiat(
        "SEK",
        None,
        "Swedish Krona",
        "Swedish Kronor",
        "sek",
        (95, 3),
    ),
    fiat(
        "NOK",
        None,
        "Norwegian Krone",
        "Norwegian Kroner",
        "nok",
        (94, 3),
    ),
    fiat(
        "DKK",
        None,
        "Danish Krone",
        "Danish Kroner",
        "dkk",
        (145, 3),
    ),
    fiat(
        "PLN",
        None,
        "Polish Z\u{142}oty",
        "Polish Z\u{142}otys",
        "pln",
        (25, 2),
    ),
    fiat("MXN", None, "Mexican Peso", "Mexican Pesos", "mxn", (55, 3)),
    fiat(
        "BRL",
        None,
        "Brazilian Real",
        "Brazilian Reais",
        "brl",
        (18, 2),
    ),
    fiat("INR", None, "Indian Rupee", "Indian Rupees", "inr", (12, 3)),
];

/// What currencies are worth to each other.
pub(crate) struct Market {
    /// Of each listed currency, in US dollars.
    dollars: Vec<(&'static Listed, Decimal)>,
    /// Made once: it is the same for every invoice.
    pub(crate) exchange_rates: ByCurrency<ByCurrency<Rate>>,
    /// Of invoices that can be paid in every coin, by their currency: they do not depend on the price.
    miner_fees: HashMap<&'static str, ByCurrency<MinerFee>>,
    /// Of such invoices as well.
    supported: Option<ByCurrency<SupportedCurrency>>,
}

impl Market {
    pub(crate) fn new(settings: &Settings) -> Self {
        let dollars = LIST
            .iter()
            .map(|listed| {
                let (number, places) = listed.dollars;
                let set = settings
                    .rates
                    .iter()
                    .rev()
                    .find(|(currency, rate)| {
                        currency.as_str().eq_ignore_ascii_case(listed.code) && rate.is_positive()
                    })
                    .map(|(_, rate)| rate.decimal());
                (listed, set.unwrap_or(Decimal::new(number, places)))
            })
            .collect();
        let mut market = Self {
            dollars,
            exchange_rates: ByCurrency::default(),
            miner_fees: HashMap::new(),
            supported: None,
        };
        market.exchange_rates = market.all_rates().unwrap_or_default();
        market
    }

    fn all_rates(&self) -> Result<ByCurrency<ByCurrency<Rate>>, EntryError> {
        let of = |base: &'static Listed| {
            ByCurrency::from_entries(
                self.others(base)
                    .filter_map(|to| Some((to.code, self.rate(base, to)?))),
            )
        };
        let rows = self.coins().map(|base| Ok((base.code, of(base)?)));
        ByCurrency::from_entries(rows.collect::<Result<Vec<_>, EntryError>>()?)
    }

    fn others(&self, base: &'static Listed) -> impl Iterator<Item = &'static Listed> {
        LIST.iter().filter(move |listed| listed.code != base.code)
    }

    /// Every currency.
    pub(crate) fn listed(&self) -> impl Iterator<Item = &'static Listed> {
        LIST.iter()
    }

    /// The cryptocurrencies.
    pub(crate) fn coins(&self) -> impl Iterator<Item = &'static Listed> {
        LIST.iter().filter(|listed| listed.is_crypto())
    }

    /// A currency by its code in any case: BitPay's clients differ in that.
    pub(crate) fn find(&self, code: impl AsRef<str>) -> Option<&'static Listed> {
        LIST.iter()
            .find(|listed| listed.code.eq_ignore_ascii_case(code.as_ref()))
    }

    fn dollars(&self, listed: &Listed) -> Decimal {
        self.dollars
            .iter()
            .find(|(known, _)| known.code == listed.code)
            .map_or(Decimal::ONE, |(_, dollars)| *dollars)
    }

    /// `amount` of one currency in another; `None` where it does not fit.
    pub(crate) fn convert(&self, amount: Decimal, from: &Listed, to: &Listed) -> Option<Decimal> {
        if from.code == to.code {
            return Some(amount);
        }
        amount
            .checked_mul(self.dollars(from))?
            .checked_div(self.dollars(to))
    }

    pub(crate) fn in_dollars(&self, amount: Decimal, from: &Listed) -> Option<Decimal> {
        amount.checked_mul(self.dollars(from))
    }

    pub(crate) fn dollars_in(&self, amount: Decimal, to: &Listed) -> Option<Decimal> {
        amount.checked_div(self.dollars(to))
    }

    pub(crate) fn rate(&self, base: &Listed, to: &Listed) -> Option<Rate> {
        let rate = self.convert(Decimal::ONE, base, to)?;
        let short = rate.round_sf_with_strategy(10, RoundingStrategy::MidpointAwayFromZero)?;
        Some(Amount::from(short.normalize()).into())
    }

    /// The rates of a cryptocurrency; `None` for any other currency.
    pub(crate) fn rates_for(&self, base: &'static Listed) -> Option<Vec<RateEntry>> {
        let entry = |to: &'static Listed| {
            Some(RateEntry::new(
                to.code.parse().ok()?,
                to.name,
                self.rate(base, to)?,
            ))
        };
        base.is_crypto().then(|| {
            std::iter::once(base)
                .chain(self.others(base))
                .filter_map(entry)
                .collect()
        })
    }

    pub(crate) fn infos(&self) -> Vec<CurrencyInfo> {
        let info = |listed: &Listed| {
            let mut info = CurrencyInfo::new(listed.code.parse().ok()?);
            info.symbol = listed.symbol.map(str::to_owned);
            info.precision = Some(listed.precision);
            info.decimals = Some(listed.decimals);
            info.name = Some(listed.name.to_owned());
            info.plural = Some(listed.plural.to_owned());
            info.alts = Some(listed.alts.to_owned());
            info.minimum = Some(listed.minimum().into());
            info.sanctioned = Some(false);
            info.chain = listed.chain.map(str::to_owned);
            Some(info)
        };
        LIST.iter().filter_map(info).collect()
    }

    /// What the network takes of a payment in each coin, also in the invoice's currency.
    pub(crate) fn miner_fees(
        &mut self,
        quotes: &[Quote],
        currency: &'static Listed,
    ) -> Result<ByCurrency<MinerFee>, EntryError> {
        let of_all = quotes.len() == self.coins().count();
        match self.miner_fees.get(currency.code) {
            Some(fees) if of_all => return Ok(fees.clone()),
            _ => {}
        }
        let fees = ByCurrency::from_entries(quotes.iter().map(|quote| {
            let mut fee = MinerFee::default();
            fee.satoshis_per_byte = Some(quote.coin.miner_fee.min(1).into());
            fee.total_fee = Some(quote.coin.miner_fee.into());
            fee.fiat_amount = self.miner_fee_in(currency, quote.coin);
            (quote.coin.code, fee)
        }))?;
        if of_all {
            self.miner_fees.insert(currency.code, fees.clone());
        }
        Ok(fees)
    }

    fn miner_fee_in(&self, currency: &Listed, coin: &Listed) -> Option<Amount> {
        let fee = SubUnits::from(coin.miner_fee).to_amount(coin.decimals)?;
        let amount = self.convert(fee.decimal(), coin, currency)?;
        Some(Amount::from(
            amount.round_dp(currency.precision).normalize(),
        ))
    }

    /// In which coins an invoice can be paid, and in which it cannot.
    pub(crate) fn supported(
        &mut self,
        quotes: &[Quote],
    ) -> Result<ByCurrency<SupportedCurrency>, EntryError> {
        let of_all = quotes.len() == self.coins().count();
        match &self.supported {
            Some(supported) if of_all => return Ok(supported.clone()),
            _ => {}
        }
        let supported = ByCurrency::from_entries(self.coins().map(|coin| {
            let mut supported = SupportedCurrency::default();
            supported.enabled = Some(quotes.iter().any(|quote| quote.coin.code == coin.code));
            (coin.code, supported)
        }))?;
        if of_all {
            self.supported = Some(supported.clone());
        }
        Ok(supported)
    }

    /// What a price is in a cryptocurrency, rounded up to what is shown.
    pub(crate) fn quote(
        &self,
        price: Decimal,
        from: &Listed,
        coin: &'static Listed,
    ) -> Option<Quote> {
        let exact = self.convert(price, from, coin)?;
        let mut shown =
            exact.round_dp_with_strategy(coin.precision, RoundingStrategy::AwayFromZero);
        // A price in the coin itself is taken as it is.
        if from.code == coin.code {
            shown = exact.round_dp_with_strategy(coin.decimals, RoundingStrategy::AwayFromZero);
        }
        let subtotal = units(shown, coin)?;
        Some(Quote {
            coin,
            subtotal,
            total: subtotal.checked_add(i128::from(coin.miner_fee))?,
        })
    }
}

/// A price in a cryptocurrency, in its smallest unit.
#[derive(Deserialize, Serialize)]
pub(crate) struct Quote {
    pub(crate) coin: &'static Listed,
    #[serde(with = "saved_units")]
    pub(crate) subtotal: i128,
    /// With the miner fee.
    #[serde(with = "saved_units")]
    pub(crate) total: i128,
}

/// An amount in the smallest unit.
pub(crate) fn units(amount: Decimal, of: &Listed) -> Option<i128> {
    let scale = Decimal::from(10_i64.checked_pow(of.decimals)?);
    amount.checked_mul(scale)?.trunc().to_i128()
}

/// A sum in the smallest unit as people see it: at least as many decimal places as are shown.
pub(crate) fn display(units: i128, of: &Listed) -> String {
    let Some(amount) = SubUnits::from(units).to_amount(of.decimals) else {
        return units.to_string();
    };
    let mut amount = amount.decimal().normalize();
    if amount.scale() < of.precision {
        amount.rescale(of.precision);
    }
    amount.to_string()
}
