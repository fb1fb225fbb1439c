//! Exchange rates: <https://developer.bitpay.com/reference/rates>.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::lenient;
use crate::amount::Rate;
use crate::currency::Currency;

/// What one unit of the base currency costs in another currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RateEntry {
    /// The other currency.
    pub code: Currency,
    /// Its name in English.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// Units of it for one unit of the base currency.
    pub rate: Rate,
}

impl RateEntry {
    /// A rate with its currency's name.
    #[must_use]
    pub fn new(code: Currency, name: impl Into<String>, rate: Rate) -> Self {
        Self {
            code,
            name: Some(name.into()),
            rate,
        }
    }
}

/// Asks for the rates of one bitcoin in all currencies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetRates {}

impl GetRates {
    /// The request.
    #[must_use]
    pub const fn new() -> Self {
        Self {}
    }
}

/// Asks for the rates of one unit of a cryptocurrency in all currencies.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetRatesFor {
    /// The base currency, such as BTC or BCH.
    pub base: Currency,
}

impl GetRatesFor {
    /// The request.
    #[must_use]
    pub const fn new(base: Currency) -> Self {
        Self { base }
    }
}

/// Asks for the rate of one unit of a cryptocurrency in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetRate {
    /// The base currency, such as BTC or BCH.
    pub base: Currency,
    /// The currency that the answer is in.
    pub currency: Currency,
}

impl GetRate {
    /// The request.
    #[must_use]
    pub const fn new(base: Currency, currency: Currency) -> Self {
        Self { base, currency }
    }
}
