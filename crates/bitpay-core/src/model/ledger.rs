//! Ledgers, the merchant's accounts with BitPay: <https://developer.bitpay.com/reference/ledgers>.

use alloc::string::String;
use core::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::{InvalidRequest, check_window, lenient};
use crate::amount::{Amount, SubUnits};
use crate::currency::Currency;
use crate::id::{InvoiceId, LedgerEntryId};
use crate::paging::Listed;
use crate::time::{self, Date, Timestamp};

/// What a ledger holds: <https://developer.bitpay.com/reference/ledgers>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "RawBalance")]
#[non_exhaustive]
pub struct LedgerBalance {
    /// The ledger's currency.
    pub currency: Currency,
    /// The sum of its entries, in units of the currency; less than 0 where more was taken than came in.
    pub balance: Amount,
}

impl LedgerBalance {
    /// A balance.
    #[must_use]
    pub const fn new(currency: Currency, balance: Amount) -> Self {
        Self { currency, balance }
    }
}

/// The balance is under `amount` too, where a ledger has no entries.
#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("anyOf" = [{"required": ["balance"]}, {"required": ["amount"]}]))
)]
struct RawBalance {
    currency: Currency,
    #[cfg_attr(feature = "schema", schemars(with = "Amount", default))]
    balance: Option<Amount>,
    #[cfg_attr(feature = "schema", schemars(with = "Amount", default))]
    amount: Option<Amount>,
}

impl TryFrom<RawBalance> for LedgerBalance {
    type Error = &'static str;

    fn try_from(raw: RawBalance) -> Result<Self, Self::Error> {
        // A balance that is not there is not 0.
        let balance = raw.balance.or(raw.amount).ok_or("no balance")?;
        Ok(Self::new(raw.currency, balance))
    }
}

/// What kind of movement an entry is, by its number:
/// <https://developer.bitpay.com/reference/ledgers>.
///
/// BitPay has more codes than it names, so an unknown number is as good as any other.
///
/// ```
/// use bitpay_core::model::ledger::LedgerCode;
///
/// let code: LedgerCode = serde_json::from_str("1023").unwrap();
/// assert_eq!(code, LedgerCode::INVOICE_FEE);
/// assert_eq!(code.name(), Some("Invoice Fee"));
/// assert_eq!(LedgerCode::new(1048).name(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct LedgerCode(u32);

macro_rules! codes {
    ($($(#[$meta:meta])* $constant:ident = $number:literal, $name:literal;)*) => {
        impl LedgerCode {
            $(
                $(#[$meta])*
                pub const $constant: Self = Self($number);
            )*

            /// BitPay's name for it, where it has one.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($number => Some($name),)*
                    _ => None,
                }
            }
        }
    };
}

codes! {
    /// A credit: an invoice became complete.
    INVOICE = 1000, "Invoice";
    /// A credit: a fee is given back.
    FEE_REFUND = 1004, "Fee Refund";
    /// A balance was moved to, or came from, the ledger of another currency.
    EXCHANGE = 1006, "Exchange";
    /// A debit: the fee of an exchange.
    EXCHANGE_FEE = 1007, "Exchange Fee";
    /// A debit: the monthly fee of a legacy plan.
    PLAN_CHARGE = 1008, "Plan Charge";
    /// A credit: a part of a legacy plan's fee.
    PLAN_PRORATED_CREDIT = 1009, "Plan Prorated Credit";
    /// A credit: what of a legacy plan was not used.
    PLAN_UNDERUTILIZATION_CREDIT = 1010, "Plan Underutilization Credit";
    /// A transfer from one ledger to another whose balance was less than 0.
    PAYOFF_NEGATIVE_BALANCE = 1011, "Payoff Negative Balance";
    /// A credit: a donation.
    DONATION = 1012, "Donation";
    /// A correction by BitPay.
    CUSTOM = 1016, "Custom";
    /// A debit: paid out to the merchant. The description has the settlement's id.
    ACCOUNT_SETTLEMENT = 1017, "Account Settlement";
    /// A debit: a refund was paid.
    INVOICE_REFUND = 1020, "Invoice Refund";
    /// A credit: a settlement failed.
    FAILED_SETTLEMENT = 1022, "Corrective for Failed Account Settlement";
    /// A debit: BitPay's fee of an invoice.
    INVOICE_FEE = 1023, "Invoice Fee";
    /// A debit: BitPay's fee of a refund.
    REFUND_FEE = 1039, "Refund Fee";
    /// A debit: a refund that takes its funds at once.
    IMMEDIATE_INVOICE_REFUND = 1050, "Immediate Invoice Refund";
}

impl LedgerCode {
    /// A debit: a payout. The description has its id. BitPay does not publish the code's name; it comes in
    /// settlement reports.
    pub const PAYOUT: Self = Self(1034);
    /// A debit: BitPay's fee of a payout. Its name is not published either.
    pub const PAYOUT_FEE: Self = Self(1040);

    /// The code of this number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for LedgerCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for LedgerCode {
    /// Takes a number, or a string of one.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = SubUnits::deserialize(deserializer)?.get();
        u32::try_from(number).map(Self).map_err(D::Error::custom)
    }
}

/// A movement on a ledger: <https://developer.bitpay.com/reference/retrieve-ledger-entries>.
///
/// What is there besides depends on the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LedgerEntry {
    /// The entry's id.
    pub id: LedgerEntryId,
    /// What kind of movement it is.
    pub code: LedgerCode,
    /// How much, times the scale; less than 0 for a debit. See [`decimal`](Self::decimal).
    pub amount: SubUnits,
    /// What the amount is to be divided by: `100000000`.
    pub scale: SubUnits,
    /// When it was written.
    #[serde(with = "time::Iso")]
    pub timestamp: Timestamp,
    /// The code's name.
    #[serde(
        default,
        with = "lenient::Text",
        rename = "type",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<String>,
    /// An older name of the kind, which BitPay gives up.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub tx_type: Option<String>,
    /// What it is about: the merchant's order, or the settlement.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<String>,
    /// The ledger's currency.
    #[serde(
        default,
        with = "lenient::Given::<Currency>",
        skip_serializing_if = "Option::is_none"
    )]
    pub currency: Option<Currency>,
    /// The invoice that it is about.
    #[serde(
        default,
        with = "lenient::Given::<InvoiceId>",
        skip_serializing_if = "Option::is_none"
    )]
    pub invoice_id: Option<InvoiceId>,
    /// BitPay's support case, of a refund.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub support_request: Option<String>,
    /// The buyer, as the invoice has them.
    #[serde(
        default,
        with = "lenient::Object::<BuyerFields>",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_fields: Option<BuyerFields>,
    /// The invoice's price, in units of its own currency.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub invoice_amount: Option<Amount>,
    /// The currency of the invoice's price.
    #[serde(
        default,
        with = "lenient::Given::<Currency>",
        skip_serializing_if = "Option::is_none"
    )]
    pub invoice_currency: Option<Currency>,
    /// The cryptocurrency that the invoice was paid in.
    #[serde(
        default,
        with = "lenient::Given::<Currency>",
        skip_serializing_if = "Option::is_none"
    )]
    pub transaction_currency: Option<Currency>,
}

impl LedgerEntry {
    /// An entry of which no more than this is known.
    #[must_use]
    pub const fn new(
        id: LedgerEntryId,
        code: LedgerCode,
        amount: SubUnits,
        scale: SubUnits,
        timestamp: Timestamp,
    ) -> Self {
        Self {
            id,
            code,
            amount,
            scale,
            timestamp,
            kind: None,
            tx_type: None,
            description: None,
            currency: None,
            invoice_id: None,
            support_request: None,
            buyer_fields: None,
            invoice_amount: None,
            invoice_currency: None,
            transaction_currency: None,
        }
    }

    /// The amount in units of the ledger's currency, exactly: the amount divided by the scale.
    ///
    /// `None` where the scale is no power of ten (BitPay's are), or where an [`Amount`] cannot hold it.
    ///
    /// ```
    /// use bitpay_core::model::ledger::LedgerEntry;
    ///
    /// let fee: LedgerEntry = serde_json::from_str(
    ///     r#"{"id":"e1","code":1023,"amount":-8000000,"scale":100000000,"timestamp":"2026-03-01T12:00:00.000Z"}"#,
    /// ).unwrap();
    /// assert_eq!(fee.decimal(), "-0.08".parse().ok());
    /// ```
    #[must_use]
    pub fn decimal(&self) -> Option<Amount> {
        let places =
            (0..=28).find(|places| 10_i128.checked_pow(*places) == Some(self.scale.get()))?;
        let exact = self.amount.to_amount(places)?;
        Some(exact.decimal().normalize().into())
    }
}

/// The buyer of an entry's invoice: <https://developer.bitpay.com/reference/retrieve-ledger-entries>.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BuyerFields {
    /// The buyer's name.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_name: Option<String>,
    /// Street and number.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_address1: Option<String>,
    /// More of the address.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_address2: Option<String>,
    /// The city.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_city: Option<String>,
    /// The state or province.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_state: Option<String>,
    /// The postal code.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_zip: Option<String>,
    /// The country, as two letters.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_country: Option<String>,
    /// The telephone number.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_phone: Option<String>,
    /// Whether BitPay writes to the email address about the payment.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_notify: Option<bool>,
    /// The email address.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_email: Option<String>,
}

/// Asks for what each ledger holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetLedgerBalances {}

impl GetLedgerBalances {
    /// The request.
    #[must_use]
    pub const fn new() -> Self {
        Self {}
    }
}

/// Asks for the entries of a ledger between two days:
/// <https://developer.bitpay.com/reference/retrieve-ledger-entries>.
///
/// The time zone of the days, and whether the last one is included, is not documented.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetLedgerEntries {
    /// The ledger's currency.
    pub currency: Currency,
    /// First day.
    pub start_date: Date,
    /// Last day, not before the first one.
    pub end_date: Date,
}

impl GetLedgerEntries {
    /// All entries between two days.
    #[must_use]
    pub const fn new(currency: Currency, start_date: Date, end_date: Date) -> Self {
        Self {
            currency,
            start_date,
            end_date,
        }
    }

    /// Looks for what makes no sense.
    ///
    /// # Errors
    /// The window ends before it begins.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        check_window(("start_date", self.start_date), ("end_date", self.end_date))
    }
}

impl Listed for GetLedgerEntries {
    fn id(row: &LedgerEntry) -> &str {
        row.id.as_str()
    }

    fn days(&self) -> Option<(Date, Date)> {
        Some((self.start_date, self.end_date))
    }

    fn between(mut self, first: Date, last: Date) -> Self {
        self.start_date = first;
        self.end_date = last;
        self
    }

    fn time(row: &LedgerEntry) -> Option<Timestamp> {
        Some(row.timestamp)
    }
}
