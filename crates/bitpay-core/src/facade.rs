//! Facades: the bundles of capabilities that a token grants.
//!
//! [`Facade`] is the facade as a value, for configuration and tables. [`Pos`], [`Merchant`] and
//! [`Payout`] are the same facades as types, so that the compiler can check a call.

use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::operation::Operation;

/// A facade, known at run time. Ask for the least that does the job: a leaked `pos` token can only
/// create and read invoices and bills, and have bills sent by email.
///
/// Source: <https://developer.bitpay.com/reference/concepts>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Facade {
    /// No token at all: rates, currencies, the public view of an invoice, and asking for a token.
    Public,
    /// Point of sale: creates and reads invoices and bills.
    Pos,
    /// Everything on invoices, refunds, bills, ledgers and settlements. Calls are signed.
    Merchant,
    /// Payouts and their recipients. Calls are signed, and BitPay enables it for each account.
    Payout,
}

impl Facade {
    /// All facades, from the least to the most powerful.
    pub const ALL: [Facade; 4] = [
        Facade::Public,
        Facade::Pos,
        Facade::Merchant,
        Facade::Payout,
    ];

    /// The facades to ask for, to call these operations: as few as will do, and among as few the
    /// least powerful, from the table. Empty when no token is needed.
    ///
    /// ```
    /// use bitpay_core::{Facade, Operation};
    ///
    /// let named = |names: &[&str]| -> Vec<_> {
    ///     names.iter().filter_map(|name| Operation::named(name)).collect()
    /// };
    /// let shop = named(&["create_invoice", "get_invoice", "get_rates"]);
    /// assert_eq!(Facade::least_for(&shop), [Facade::Pos]);
    /// let refunds_too = named(&["create_invoice", "create_refund"]);
    /// assert_eq!(Facade::least_for(&refunds_too), [Facade::Merchant]);
    /// assert_eq!(Facade::least_for(&named(&["get_rates"])), []);
    /// ```
    #[must_use]
    pub fn least_for(operations: &[&Operation]) -> Vec<Facade> {
        let facades = [Facade::Pos, Facade::Merchant, Facade::Payout];
        let serves = |set: &[Facade]| {
            operations.iter().all(|operation| {
                operation.is_public()
                    || operation.identity
                    || operation.facades.iter().any(|facade| set.contains(facade))
            })
        };
        // Bit by bit in the order of power, so that of two sets of one size the weaker comes first.
        let subset = |bits: u8| -> Vec<Facade> {
            let taken = (0u8..).map(|bit| bits & (1 << bit) != 0);
            let chosen = facades.into_iter().zip(taken);
            chosen
                .filter_map(|(facade, taken)| taken.then_some(facade))
                .collect()
        };
        (0..8u8)
            .map(subset)
            .filter(|set| serves(set))
            .min_by_key(Vec::len)
            .unwrap_or_default()
    }

    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Facade::Public => "public",
            Facade::Pos => "pos",
            Facade::Merchant => "merchant",
            Facade::Payout => "payout",
        }
    }
}

impl fmt::Display for Facade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not the name of a facade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a facade: say public, pos, merchant or payout")]
pub struct UnknownFacade;

impl FromStr for Facade {
    type Err = UnknownFacade;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Facade::ALL
            .into_iter()
            .find(|facade| facade.as_str() == text)
            .ok_or(UnknownFacade)
    }
}

impl serde::Serialize for Facade {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Facade {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = alloc::string::String::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

mod sealed {
    pub trait Sealed {}
}

/// A facade as a type: [`Pos`], [`Merchant`] or [`Payout`].
pub trait FacadeKind: sealed::Sealed + Send + Sync + 'static {
    /// The same facade as a value.
    const FACADE: Facade;
}

/// A facade whose token may be used without a key: only [`Pos`], when the token was made in the
/// dashboard with "Require Authentication" off.
#[diagnostic::on_unimplemented(
    message = "calls with the facade `{Self}` must be signed, so a grant of it needs a key",
    label = "this facade cannot go unsigned",
    note = "use `Grant::new(token, key)`; only `Pos` has `Grant::unsigned(token)`"
)]
pub trait MayGoUnsigned: FacadeKind {}

macro_rules! facade_types {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}
        impl sealed::Sealed for $name {}
        impl FacadeKind for $name {
            const FACADE: Facade = Facade::$name;
        }
    )*};
}

facade_types! {
    /// The point-of-sale facade as a type. See [`Facade::Pos`].
    Pos,
    /// The merchant facade as a type. See [`Facade::Merchant`].
    Merchant,
    /// The payout facade as a type. See [`Facade::Payout`].
    Payout
}

impl MayGoUnsigned for Pos {}
