//! Maps by currency, read on demand.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use crate::json::{self, Entries};

/// A JSON object by currency code, kept as its text and read on demand.
///
/// An invoice has up to ten such maps with a hundred and more numbers in each, of which most callers want
/// one or none. Keeping the text makes reading the invoice cheap, and an entry that cannot be read fails
/// alone. Codes are open: BitPay adds currencies (`USDC_m`, `MATIC_e`) without notice.
///
/// Equality is equality of the text, and clones share it.
///
/// ```
/// use bitpay_core::amount::{Rate, SubUnits};
/// use bitpay_core::by_currency::ByCurrency;
///
/// let totals: ByCurrency<SubUnits> = serde_json::from_str(r#"{"BTC":67900,"USDC":12000000}"#).unwrap();
/// assert_eq!(totals.get("BTC")?, Some(67_900.into()));
/// assert_eq!(totals.get("ETH")?, None);
///
/// let rates: ByCurrency<ByCurrency<Rate>> =
///     serde_json::from_str(r#"{"BTC":{"USD":17694.999999999996}}"#).unwrap();
/// let in_dollars = rates.get("BTC")?.and_then(|rates| rates.get("USD").ok()?);
/// assert_eq!(in_dollars.unwrap().as_text(), "17694.999999999996");
/// # Ok::<(), bitpay_core::by_currency::EntryError>(())
/// ```
pub struct ByCurrency<T> {
    // `None` is `{}`: a raw value cannot be made without a parser, which may fail.
    raw: Option<Arc<RawValue>>,
    entry: PhantomData<fn() -> T>,
}

impl<T> ByCurrency<T> {
    fn from_raw(raw: Option<Box<RawValue>>) -> Self {
        Self {
            raw: raw.map(Arc::from),
            entry: PhantomData,
        }
    }

    /// The map's JSON text, as it was sent.
    #[must_use]
    pub fn raw(&self) -> &str {
        self.raw.as_deref().map_or("{}", RawValue::get)
    }

    /// The codes that have an entry, in the order in which they were sent; none where the text is not an
    /// object.
    #[must_use]
    pub fn codes(&self) -> Vec<String> {
        let entries = self.entries().unwrap_or_default();
        entries.into_iter().map(|(code, _)| code).collect()
    }

    /// Whether it is an object without entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let inside = self.raw().strip_prefix('{').unwrap_or_default();
        inside.trim_start() == "}"
    }

    fn entries(&self) -> Result<Vec<(String, &RawValue)>, EntryError> {
        serde_json::from_str::<Entries<'_>>(self.raw())
            .map(|entries| entries.0)
            .map_err(|error| EntryError::new(None, error))
    }
}

impl<T: DeserializeOwned> ByCurrency<T> {
    /// The entry of a currency, or `None` where it has none (or `null`). The code is matched exactly.
    ///
    /// # Errors
    /// The entry is there and is not what `T` reads, or the map is not a JSON object.
    pub fn get(&self, code: impl AsRef<str>) -> Result<Option<T>, EntryError> {
        let code = code.as_ref();
        // The last entry of a code wins, as in most JSON readers.
        match self.entries()?.into_iter().rev().find(|(it, _)| it == code) {
            Some((code, raw)) => read(code, raw).map(|(_, entry)| entry),
            None => Ok(None),
        }
    }

    /// All entries, but for those that are `null`.
    ///
    /// # Errors
    /// An entry is not what `T` reads, or the map is not a JSON object.
    pub fn to_map(&self) -> Result<BTreeMap<String, T>, EntryError> {
        self.entries()?
            .into_iter()
            .map(|(code, raw)| read(code, raw))
            .filter_map(|read| match read {
                Ok((code, entry)) => entry.map(|entry| Ok((code, entry))),
                Err(error) => Some(Err(error)),
            })
            .collect()
    }
}

fn read<T: DeserializeOwned>(
    code: String,
    raw: &RawValue,
) -> Result<(String, Option<T>), EntryError> {
    match json::read(raw.get()) {
        Ok(entry) => Ok((code, entry)),
        Err(error) => Err(EntryError::new(Some(code), error)),
    }
}

impl<T: Serialize> ByCurrency<T> {
    /// Writes a map from its entries, in their order; a code given twice is written twice.
    ///
    /// ```
    /// use bitpay_core::by_currency::ByCurrency;
    ///
    /// let totals = ByCurrency::from_entries([("BTC", "0.000679"), ("USDC", "12.00")])?;
    /// assert_eq!(totals.raw(), r#"{"BTC":"0.000679","USDC":"12.00"}"#);
    /// # Ok::<(), bitpay_core::by_currency::EntryError>(())
    /// ```
    ///
    /// # Errors
    /// An entry cannot be written as JSON.
    pub fn from_entries<C, I>(entries: I) -> Result<Self, EntryError>
    where
        C: AsRef<str>,
        I: IntoIterator<Item = (C, T)>,
    {
        let written = Written {
            entries: Cell::new(Some(entries)),
            failed: Cell::default(),
        };
        // What was just written is not read again.
        serde_json::value::to_raw_value(&written)
            .map(|raw| Self::from_raw(Some(raw)))
            .map_err(|error| EntryError::new(written.failed.take(), error))
    }
}

struct Written<I> {
    entries: Cell<Option<I>>,
    /// The code of the entry that cannot be written.
    failed: Cell<Option<String>>,
}

impl<C: AsRef<str>, T: Serialize, I: IntoIterator<Item = (C, T)>> Serialize for Written<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (code, entry) in self.entries.take().into_iter().flatten() {
            let code = code.as_ref();
            if let Err(error) = map.serialize_entry(code, &entry) {
                self.failed.set(Some(code.to_owned()));
                return Err(error);
            }
        }
        map.end()
    }
}

impl<T> Default for ByCurrency<T> {
    /// `{}`
    fn default() -> Self {
        Self::from_raw(None)
    }
}

impl<T> Clone for ByCurrency<T> {
    fn clone(&self) -> Self {
        Self {
            raw: self.raw.clone(),
            entry: PhantomData,
        }
    }
}

impl<T> fmt::Debug for ByCurrency<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.raw())
    }
}

impl<T> PartialEq for ByCurrency<T> {
    fn eq(&self, other: &Self) -> bool {
        self.raw() == other.raw()
    }
}

impl<T> Eq for ByCurrency<T> {}

impl<T> Serialize for ByCurrency<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.raw {
            Some(raw) => raw.serialize(serializer),
            None => serializer.serialize_map(Some(0))?.end(),
        }
    }
}

impl<'de, T> Deserialize<'de> for ByCurrency<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
        Ok(Self::from_raw(raw.filter(|raw| !json::is_nothing(raw))))
    }
}

/// An entry of a [`ByCurrency`] could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", code.as_deref().unwrap_or("map by currency"))]
#[non_exhaustive]
pub struct EntryError {
    /// The entry's code, or `None` where the whole map is at fault.
    pub code: Option<String>,
    /// What is wrong with it.
    pub problem: String,
}

impl EntryError {
    #[expect(clippy::needless_pass_by_value, reason = "shortens the callers")]
    fn new(code: Option<String>, error: serde_json::Error) -> Self {
        let problem = error.to_string();
        Self { code, problem }
    }
}
