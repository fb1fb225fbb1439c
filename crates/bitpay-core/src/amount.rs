//! Money, exactly: [`Amount`] in currency units, [`SubUnits`] in the smallest unit, [`Rate`] as text.
//!
//! No value passes through a float, on the way in or out. JSON numbers and strings of numbers are read
//! alike (BitPay answers with both, see <https://developer.bitpay.com/reference/invoices>), and what is
//! written is a bare JSON number.
//!
//! The types read and write JSON through its text ([`serde_json::value::RawValue`]). They therefore work
//! with `serde_json` only, and not inside flattened, untagged or internally tagged types.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;

/// An exact amount of money in units of its currency: `12.50` dollars, `0.000679` bitcoin.
///
/// Holds what [`Decimal`] holds: any number of up to 28 digits. The scale is kept when printing
/// (`10.10` stays `10.10`) and ignored when comparing (`10.10 == 10.1`).
///
/// ```
/// use bitpay_core::amount::Amount;
///
/// let price: Amount = "10.10".parse()?;
/// assert_eq!(price.to_string(), "10.10");
/// assert_eq!(price, serde_json::from_str("10.1").unwrap());
/// assert_eq!(serde_json::to_string(&price).unwrap(), "10.10");
/// # Ok::<(), bitpay_core::amount::AmountError>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Decimal);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The decimal inside, for arithmetic that this type does not offer.
    #[must_use]
    pub const fn decimal(self) -> Decimal {
        self.0
    }

    /// More than zero.
    #[must_use]
    pub fn is_positive(self) -> bool {
        self.0 > Decimal::ZERO
    }

    /// Neither more nor less than zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether it needs no more than so many decimal places, by value: `10.10` needs one.
    ///
    /// ```
    /// use bitpay_core::Amount;
    ///
    /// let price: Amount = "10.10".parse()?;
    /// assert!(price.fits(2) && price.fits(1) && !price.fits(0));
    /// # Ok::<(), bitpay_core::amount::AmountError>(())
    /// ```
    #[must_use]
    pub fn fits(self, places: u32) -> bool {
        self.0.normalize().scale() <= places
    }

    /// The sum, exactly; `None` where it has more digits than fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.exact(other, self.0.checked_add(other.0)?)
    }

    /// The difference, exactly; `None` where it has more digits than fit.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.exact(other, self.0.checked_sub(other.0)?)
    }

    /// So many times the amount, exactly; `None` where it has more digits than fit.
    ///
    /// ```
    /// use bitpay_core::Amount;
    ///
    /// let each: Amount = "19.90".parse()?;
    /// assert_eq!(each.checked_mul(3), Some("59.70".parse()?));
    /// # Ok::<(), bitpay_core::amount::AmountError>(())
    /// ```
    #[must_use]
    pub fn checked_mul(self, count: u32) -> Option<Self> {
        // Of nothing, the decimal library keeps no places, which looks as if it had rounded.
        if count == 0 || self.is_zero() {
            return Some(Self::ZERO);
        }
        self.exact(Self::ZERO, self.0.checked_mul(count.into())?)
    }

    /// The decimal library rounds what has too many digits; money is not rounded.
    fn exact(self, other: Self, result: Decimal) -> Option<Self> {
        let needed = |amount: Self| amount.0.normalize().scale();
        let is_exact = result.scale() >= needed(self).max(needed(other));
        is_exact.then_some(Self(result))
    }
}

impl From<Decimal> for Amount {
    fn from(value: Decimal) -> Self {
        // A negative zero would print as "-0".
        if value.is_zero() {
            Self(value.abs())
        } else {
            Self(value)
        }
    }
}

macro_rules! from_integer {
    ($target:ident: $($integer:ty),*) => { $(
        impl From<$integer> for $target {
            fn from(value: $integer) -> Self {
                Self(value.into())
            }
        }
    )* };
}

from_integer!(Amount: i32, u32, i64, u64);

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        Number::parse(text)?
            .to_decimal()
            .map(Self)
            .ok_or(AmountError::DoesNotFit)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Amount({})", self.0)
    }
}

/// An integer in the smallest unit of a currency: satoshis, wei, cents.
///
/// Tokens with 18 decimals exceed `u64`: 123 PAX are `123000000000000000000`. May be negative, as the
/// miner fee in an invoice's transactions is.
///
/// ```
/// use bitpay_core::amount::SubUnits;
///
/// let paid: SubUnits = serde_json::from_str("123000000000000000000").unwrap();
/// assert_eq!(paid.to_amount(18).unwrap().to_string(), "123.000000000000000000");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubUnits(i128);

impl SubUnits {
    /// The integer.
    #[must_use]
    pub const fn get(self) -> i128 {
        self.0
    }

    /// The same sum in whole units of a currency whose unit has `decimals` decimal places (8 for BTC, 18
    /// for ETH: [`CurrencyInfo::decimals`](crate::model::currency::CurrencyInfo::decimals)).
    ///
    /// `None` where an [`Amount`] cannot hold it.
    #[must_use]
    pub fn to_amount(self, decimals: u32) -> Option<Amount> {
        Decimal::try_from_i128_with_scale(self.0, decimals)
            .ok()
            .map(Amount)
    }
}

from_integer!(SubUnits: i32, u32, i64, u64, i128);

impl FromStr for SubUnits {
    type Err = AmountError;

    /// Reads `67900`, and `67900.0` or `6.79e4` too: they are integers.
    fn from_str(text: &str) -> Result<Self, AmountError> {
        Number::parse(text)?.to_integer().map(Self)
    }
}

impl fmt::Display for SubUnits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An exchange rate, kept as the text that BitPay sent.
///
/// Rates are printed floats and may have more digits than an [`Amount`] holds
/// (`3.3512345678901234e-13`). Equality is equality of the text.
///
/// ```
/// use bitpay_core::amount::Rate;
///
/// let rate: Rate = serde_json::from_str("41248.11").unwrap();
/// assert_eq!(rate.amount(), "41248.11".parse().ok());
/// let tiny: Rate = serde_json::from_str("3.3512345678901234e-13").unwrap();
/// assert_eq!(tiny.as_text(), "3.3512345678901234e-13");
/// assert_eq!(tiny.amount(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rate(Box<str>);

impl Rate {
    /// The number as it was sent: a JSON number, maybe with an exponent.
    #[must_use]
    pub fn as_text(&self) -> &str {
        &self.0
    }

    /// The number as an exact decimal, or `None` where it has more digits than that holds.
    #[must_use]
    pub fn amount(&self) -> Option<Amount> {
        self.0.parse().ok()
    }
}

impl From<Amount> for Rate {
    fn from(amount: Amount) -> Self {
        Self(amount.to_string().into())
    }
}

impl FromStr for Rate {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        match Number::parse(text) {
            Ok(_) | Err(AmountError::DoesNotFit) => {}
            Err(error) => return Err(error),
        }
        // It is written back as it is, so it must be a JSON number: no zeros at the front.
        match RawValue::from_string(text.to_owned()) {
            Ok(_) => Ok(Self(text.into())),
            Err(_) => Err(AmountError::NotANumber),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! read_from_json {
    ($($name:ident),*) => { $(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                scalar_text(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    )* };
}

read_from_json!(Amount, SubUnits, Rate);

/// A number of any length. Most are short integers, and need not be read again as text.
fn write_number<S: Serializer>(
    number: &impl fmt::Display,
    short: Option<i64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match short {
        Some(short) => serializer.serialize_i64(short),
        None => RawValue::from_string(number.to_string())
            .map_err(S::Error::custom)?
            .serialize(serializer),
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_integer = self.0.scale() == 0;
        let short = is_integer.then(|| i64::try_from(self.0).ok()).flatten();
        write_number(self, short, serializer)
    }
}

impl Serialize for SubUnits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_number(self, i64::try_from(self.0).ok(), serializer)
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_number(self, None, serializer)
    }
}

/// The text of a JSON number, or what a JSON string holds; other JSON as it stands.
pub(crate) fn scalar_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text_of(Box::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// As [`scalar_text`], of what was read.
pub(crate) fn text_of(raw: Box<RawValue>) -> Result<String, serde_json::Error> {
    let is_text = raw.get().starts_with('"');
    if is_text && raw.get().contains('\\') {
        return serde_json::from_str(raw.get());
    }
    let mut text = String::from(Box::<str>::from(raw));
    if is_text {
        // With nothing escaped in it, it is what stands between the quotes, and needs no second copy.
        text.pop();
        text.remove(0);
    }
    Ok(text)
}

/// Why a text is not an [`Amount`], [`SubUnits`] or [`Rate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// Not a number at all.
    #[error("not a decimal number such as 12.50")]
    NotANumber,
    /// A number, but one with more digits than can be kept exactly.
    #[error("a number with too many digits to be kept exactly")]
    DoesNotFit,
    /// A number with a fraction where only integers make sense.
    #[error("a number with a fraction where an integer in the smallest unit belongs")]
    NotAnInteger,
}

/// `digits * 10^(zeros - scale)`, with `zeros` as many as were written at the end of the digits.
struct Number {
    negative: bool,
    digits: u128,
    zeros: i64,
    scale: i64,
}

impl Number {
    fn parse(text: &str) -> Result<Self, AmountError> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if all_digits(fraction) => (whole, fraction),
            None => (mantissa, ""),
            Some(_) => return Err(AmountError::NotANumber),
        };
        if !all_digits(whole) {
            return Err(AmountError::NotANumber);
        }
        let mut digits = 0_u128;
        let mut zeros = 0_i64;
        for byte in whole.bytes().chain(fraction.bytes()) {
            if byte == b'0' {
                zeros += 1;
            } else {
                digits = shift(digits, zeros + 1)
                    .and_then(|shifted| shifted.checked_add(u128::from(byte - b'0')))
                    .ok_or(AmountError::DoesNotFit)?;
                zeros = 0;
            }
        }
        let scale = i64::try_from(fraction.len())
            .unwrap_or(i64::MAX)
            .saturating_sub(exponent);
        Ok(Self {
            negative,
            digits,
            zeros,
            scale,
        })
    }

    fn signed(&self, magnitude: u128) -> Option<i128> {
        let value = i128::try_from(magnitude).ok()?;
        Some(if self.negative { -value } else { value })
    }

    /// With the scale as written; zeros at the end are dropped only where they do not fit.
    fn to_decimal(&self) -> Option<Decimal> {
        if self.digits == 0 {
            let scale = u32::try_from(self.scale.clamp(0, 28)).unwrap_or(0);
            return Decimal::try_from_i128_with_scale(0, scale).ok();
        }
        // A decimal has at most 28 places, so more zeros than that can be dropped at once.
        let dropped = (self.scale - 28).clamp(0, self.zeros);
        let (mut zeros, mut scale) = (self.zeros - dropped, self.scale - dropped);
        loop {
            let value = shift(self.digits, zeros - scale.min(0)).and_then(|it| self.signed(it));
            let places = u32::try_from(scale.max(0)).ok()?;
            if let Some(decimal) =
                value.and_then(|it| Decimal::try_from_i128_with_scale(it, places).ok())
            {
                return Some(decimal);
            }
            // Dropping a zero of an integer changes the number.
            if zeros == 0 || scale <= 0 {
                return None;
            }
            zeros -= 1;
            scale -= 1;
        }
    }

    fn to_integer(&self) -> Result<i128, AmountError> {
        if self.digits == 0 {
            return Ok(0);
        }
        let power = self.zeros.saturating_sub(self.scale);
        if power < 0 {
            return Err(AmountError::NotAnInteger);
        }
        shift(self.digits, power)
            .and_then(|magnitude| self.signed(magnitude))
            .ok_or(AmountError::DoesNotFit)
    }
}

/// `value * 10^power`; `None` where it does not fit.
fn shift(value: u128, power: i64) -> Option<u128> {
    if value == 0 {
        return Some(0);
    }
    10_u128
        .checked_pow(u32::try_from(power).ok()?)?
        .checked_mul(value)
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn parse_exponent(text: &str) -> Result<i64, AmountError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !all_digits(digits) {
        return Err(AmountError::NotANumber);
    }
    // Beyond i32 nothing but zero fits, whatever the exact power.
    let size = digits.parse::<i32>().map_or(i64::from(i32::MAX), i64::from);
    Ok(if text.starts_with('-') { -size } else { size })
}
