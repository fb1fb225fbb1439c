//! Currency codes.

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// A currency's code: `USD`, `BTC`, `USDC_m`.
///
/// The list is BitPay's and grows (<https://developer.bitpay.com/reference/currencies>), so a code that
/// this crate has never heard of is as good as any other. What we send is checked to look like a code
/// ([`FromStr`]); what BitPay answers is kept as it is.
///
/// Equality is equality of the text; [`same_as`](Self::same_as) ignores ASCII case, which BitPay does not
/// always keep.
///
/// ```
/// use bitpay_core::currency::Currency;
///
/// assert_eq!("USD".parse(), Ok(Currency::USD));
/// assert!("US dollars".parse::<Currency>().is_err());
/// assert!(Currency::USD.same_as(&"usd".parse()?));
/// # Ok::<(), bitpay_core::currency::CurrencyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Currency(Cow<'static, str>);

macro_rules! constants {
    ($($code:ident $name:literal),* $(,)?) => {
        $(
            #[doc = $name]
            pub const $code: Self = Self(Cow::Borrowed(stringify!($code)));
        )*
    };
}

impl Currency {
    constants! {
        USD "US dollar.",
        EUR "Euro.",
        GBP "Pound sterling.",
        CAD "Canadian dollar.",
        AUD "Australian dollar.",
        JPY "Japanese yen.",
        CHF "Swiss franc.",
        BTC "Bitcoin.",
        BCH "Bitcoin Cash.",
        ETH "Ether.",
        LTC "Litecoin.",
        DOGE "Dogecoin.",
        XRP "XRP.",
        USDC "USD Coin on Ethereum.",
        USDT "Tether on Ethereum.",
        DAI "Dai on Ethereum.",
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both codes are the same but for ASCII case.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        let fits = (3..=16).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if fits {
            Ok(Self(Cow::Owned(text.to_owned())))
        } else {
            Err(CurrencyError)
        }
    }
}

impl TryFrom<&str> for Currency {
    type Error = CurrencyError;

    fn try_from(text: &str) -> Result<Self, CurrencyError> {
        text.parse()
    }
}

impl AsRef<str> for Currency {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Cow::Owned(text)))
    }
}

/// A text that is not a currency code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a currency code has 3 to 16 ASCII letters, digits or underscores, such as USD, BTC or USDC_m"
)]
#[non_exhaustive]
pub struct CurrencyError;
