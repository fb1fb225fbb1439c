//! The currencies that BitPay knows: <https://developer.bitpay.com/reference/currencies>.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::lenient;
use crate::amount::Amount;
use crate::currency::Currency;
use crate::raw::RawData;

/// A currency that BitPay knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CurrencyInfo {
    /// Its code.
    pub code: Currency,
    /// Its sign: `$`.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub symbol: Option<String>,
    /// Decimal places that are shown to people.
    #[serde(
        default,
        with = "lenient::Count",
        skip_serializing_if = "Option::is_none"
    )]
    pub precision: Option<u32>,
    /// Decimal places of the smallest unit: 8 for BTC, 18 for ETH, 0 for JPY. What
    /// [`SubUnits::to_amount`](crate::amount::SubUnits::to_amount) takes.
    #[serde(
        default,
        with = "lenient::Count",
        skip_serializing_if = "Option::is_none"
    )]
    pub decimals: Option<u32>,
    /// Its name in English.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// The name's plural.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub plural: Option<String>,
    /// Other words for it, separated by spaces.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub alts: Option<String>,
    /// The smallest price, in units of the currency.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub minimum: Option<Amount>,
    /// Whether sanctions bar it.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub sanctioned: Option<bool>,
    /// The blockchain that it lives on, by its own currency's code: `ETH` for USDC.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub chain: Option<String>,
    /// The code that is shown to people where it differs: `USDC` for `USDC_m`.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub display_code: Option<String>,
    /// The currency that this one is a form of.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub parent: Option<String>,
    /// The most that can ever exist, as text: sent as a number or as a string.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub max_supply: Option<String>,
    /// Decimal places that BitPay counts in when it trades it.
    #[serde(
        default,
        with = "lenient::Count",
        skip_serializing_if = "Option::is_none"
    )]
    pub tranche_decimals: Option<u32>,
    /// Whether merchants can be paid out in it at present.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub currently_settled: Option<bool>,
    /// BitPay's fee for exchanging it, in hundredths; from older versions.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub exchange_pct_fee: Option<Amount>,
    /// Whether merchants can be paid out in it; from older versions.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub payout_enabled: Option<bool>,
    /// What an account must have to be paid out in it, as BitPay sends it; from older versions.
    #[serde(
        default,
        with = "lenient::Given::<RawData>",
        skip_serializing_if = "Option::is_none"
    )]
    pub payout_fields: Option<RawData>,
    /// The token's contract on its blockchain.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub contract_address: Option<String>,
}

impl CurrencyInfo {
    /// A currency of which only the code is known.
    #[must_use]
    pub const fn new(code: Currency) -> Self {
        Self {
            code,
            symbol: None,
            precision: None,
            decimals: None,
            name: None,
            plural: None,
            alts: None,
            minimum: None,
            sanctioned: None,
            chain: None,
            display_code: None,
            parent: None,
            max_supply: None,
            tranche_decimals: None,
            currently_settled: None,
            exchange_pct_fee: None,
            payout_enabled: None,
            payout_fields: None,
            contract_address: None,
        }
    }

    /// Whether a price in this currency has no more decimal places than BitPay shows of it, and is
    /// not below the smallest one. `None` where BitPay does not tell the precision.
    ///
    /// BitPay's own precision decides, not that of ISO 4217: it shows two places of the yen and of
    /// the Kuwaiti dinar alike.
    ///
    /// Source: <https://developer.bitpay.com/reference/currencies>.
    #[must_use]
    pub fn fits(&self, price: Amount) -> Option<bool> {
        let is_enough = self.minimum.is_none_or(|minimum| price >= minimum);
        Some(is_enough && price.fits(self.precision?))
    }
}

/// Asks for all currencies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetCurrencies {}

impl GetCurrencies {
    /// The request.
    #[must_use]
    pub const fn new() -> Self {
        Self {}
    }
}
