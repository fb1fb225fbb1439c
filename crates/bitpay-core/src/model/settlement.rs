//! Settlements, what BitPay pays out to the merchant: <https://developer.bitpay.com/reference/retrieve-settlements>.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::ledger::LedgerCode;
use super::lenient;
use crate::amount::Amount;
use crate::by_currency::ByCurrency;
use crate::currency::Currency;
use crate::id::{InvoiceId, SettlementId};
use crate::open_enum::open_enum;
use crate::time::{self, Timestamp};
use crate::token::ResourceToken;

mod requests;

pub use requests::{GetSettlement, GetSettlementReport, ListSettlements};

open_enum! {
    /// Where a settlement stands.
    pub enum SettlementStatus {
        /// Reckoned; nothing was paid yet.
        New = "new",
        /// Being paid.
        Processing = "processing",
        /// The bank did not take it; the ledger gets it back.
        Rejected = "rejected",
        /// Paid.
        Completed = "completed" | "complete",
        /// Could not be paid.
        Failed = "failed",
    }
}

impl SettlementStatus {
    /// Whether nothing more will happen to the settlement: paid, rejected or failed.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Rejected | Self::Completed | Self::Failed)
    }
}

open_enum! {
    /// Why a part of a ledger is not paid out.
    pub enum WithholdingCode {
        /// W001: kept for refunds to come.
        RefundReserve = "W001",
        /// W002: what the payment costs, by SWIFT.
        SettlementFee = "W002",
        /// W003: kept for liquidity.
        Liquidity = "W003",
        /// W004: the balance is too small.
        InsufficientBalance = "W004",
        /// W005: refunds that are under way.
        PendingRefunds = "W005",
    }
}

/// What is not paid out, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Withholding {
    /// How much, in units of the settlement's currency.
    pub amount: Amount,
    /// Why, as a code.
    pub code: WithholdingCode,
    /// Why, in words.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<String>,
    /// More words.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub notes: Option<String>,
    /// The merchant's name for the account.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub label: Option<String>,
    /// The country of the account's bank.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub bank_country: Option<String>,
}

impl Withholding {
    /// A withholding of which no more than this is known.
    #[must_use]
    pub const fn new(amount: Amount, code: WithholdingCode) -> Self {
        Self {
            amount,
            code,
            description: None,
            notes: None,
            label: None,
            bank_country: None,
        }
    }
}

macro_rules! payout_info {
    ($($(#[$meta:meta])* $field:ident,)*) => {
        /// Where a settlement is paid to, as the merchant has set it up. What there is of it depends on
        /// the country and the kind of account.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct PayoutInfo {
            $(
                $(#[$meta])*
                #[serde(
                    default,
                    with = "lenient::Text",
                    skip_serializing_if = "Option::is_none"
                )]
                pub $field: Option<String>,
            )*
            /// Whether it is paid by wire.
            #[serde(default, with = "lenient::Flag", skip_serializing_if = "Option::is_none")]
            pub wire: Option<bool>,
        }
    };
}

payout_info! {
    /// The merchant's name for the account.
    label,
    /// The country of the bank.
    bank_country,
    /// The account's holder.
    name,
    /// The bank.
    bank,
    /// The bank's SWIFT or BIC code.
    swift,
    /// The account's number, or IBAN.
    account,
    /// The bank's ABA routing number.
    routing,
    /// The address of the account's holder; of the wallet, where a cryptocurrency is paid.
    address,
    /// The city of the account's holder.
    city,
    /// The postal code of the account's holder.
    postal,
    /// The holder's employer identification number.
    merchant_ein,
    /// The bank's sort code.
    sort,
    /// The bank, of a wire.
    bank_name,
    /// The bank's address, of a wire.
    bank_address,
    /// More of the bank's address.
    bank_address2,
    /// The account's IBAN.
    iban,
    /// What else the bank needs to know.
    additional_information,
    /// The account's holder, of a wire.
    account_holder_name,
    /// The holder's address, of a wire.
    account_holder_address,
    /// More of the holder's address.
    account_holder_address2,
    /// The holder's postal code, of a wire.
    account_holder_postal_code,
    /// The holder's city, of a wire.
    account_holder_city,
    /// The holder's country, of a wire.
    account_holder_country,
}

/// A settlement: <https://developer.bitpay.com/reference/retrieve-settlements>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Settlement {
    /// The settlement's id.
    pub id: SettlementId,
    /// Where it stands.
    pub status: SettlementStatus,
    /// The currency of the ledger that is settled, and of all sums.
    pub currency: Currency,
    /// The merchant's account, by BitPay's id.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub account_id: Option<String>,
    /// Where it is paid to.
    #[serde(
        default,
        with = "lenient::Object::<PayoutInfo>",
        skip_serializing_if = "Option::is_none"
    )]
    pub payout_info: Option<PayoutInfo>,
    /// When it was reckoned.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub date_created: Option<Timestamp>,
    /// When it was paid.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub date_executed: Option<Timestamp>,
    /// When the payment arrived.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub date_completed: Option<Timestamp>,
    /// From when on entries count.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub opening_date: Option<Timestamp>,
    /// Until when entries count.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub closing_date: Option<Timestamp>,
    /// What the ledger held at the opening.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub opening_balance: Option<Amount>,
    /// The sum of the entries between opening and closing.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub ledger_entries_sum: Option<Amount>,
    /// What is not paid out.
    #[serde(default, with = "lenient::List::<Withholding>")]
    pub withholdings: Vec<Withholding>,
    /// The sum of what is not paid out.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub withholdings_sum: Option<Amount>,
    /// What is paid out.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub total_amount: Option<Amount>,
    /// The settlement's own token, which its report needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<ResourceToken<Settlement>>,
}

impl Settlement {
    /// A settlement of which no more than this is known.
    #[must_use]
    pub const fn new(id: SettlementId, status: SettlementStatus, currency: Currency) -> Self {
        Self {
            id,
            status,
            currency,
            account_id: None,
            payout_info: None,
            date_created: None,
            date_executed: None,
            date_completed: None,
            opening_date: None,
            closing_date: None,
            opening_balance: None,
            ledger_entries_sum: None,
            withholdings: Vec::new(),
            withholdings_sum: None,
            total_amount: None,
            token: None,
        }
    }

    /// Checks the arithmetic: the total is the opening balance and the entries less the withholdings, and
    /// these are what they sum up to.
    ///
    /// `None` where a sum is not there, or too large.
    ///
    /// ```
    /// use bitpay_core::model::settlement::Settlement;
    ///
    /// let mut settlement: Settlement = serde_json::from_str(
    ///     r#"{"id":"s1","status":"processing","currency":"EUR","openingBalance":23.27,"ledgerEntriesSum":20.82,
    ///         "withholdings":[{"amount":8.21,"code":"W005"}],"withholdingsSum":8.21,"totalAmount":35.88}"#,
    /// ).unwrap();
    /// assert_eq!(settlement.adds_up(), Some(true));
    /// settlement.total_amount = "35.89".parse().ok();
    /// assert_eq!(settlement.adds_up(), Some(false));
    /// ```
    #[must_use]
    pub fn adds_up(&self) -> Option<bool> {
        let withheld = self.withholdings_sum?;
        let listed = sum(self
            .withholdings
            .iter()
            .map(|withholding| withholding.amount))?;
        let total = self
            .opening_balance?
            .checked_add(self.ledger_entries_sum?)?
            .checked_sub(withheld)?;
        Some(listed == withheld && total == self.total_amount?)
    }
}

fn sum(amounts: impl Iterator<Item = Amount>) -> Option<Amount> {
    let mut amounts = amounts;
    amounts.try_fold(Amount::ZERO, Amount::checked_add)
}

/// A settlement and what it is made of:
/// <https://developer.bitpay.com/reference/fetch-a-reconciliation-report>.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SettlementReport {
    /// The settlement; without its token.
    #[serde(flatten)]
    pub settlement: Settlement,
    /// The entries between its opening and its closing.
    #[serde(default, with = "lenient::List::<SettlementEntry>")]
    pub ledger_entries: Vec<SettlementEntry>,
}

impl SettlementReport {
    /// A report.
    #[must_use]
    pub const fn new(settlement: Settlement, ledger_entries: Vec<SettlementEntry>) -> Self {
        Self {
            settlement,
            ledger_entries,
        }
    }

    /// As [`Settlement::adds_up`], and the entries are what they sum up to.
    #[must_use]
    pub fn adds_up(&self) -> Option<bool> {
        let listed = sum(self.ledger_entries.iter().map(|entry| entry.amount))?;
        let settlement = self.settlement.adds_up()?;
        Some(settlement && Some(listed) == self.settlement.ledger_entries_sum)
    }
}

impl<'de> Deserialize<'de> for SettlementReport {
    /// One object holds both parts. It is read twice: `flatten` would change its numbers.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Entries {
            #[serde(default, with = "lenient::List::<SettlementEntry>")]
            ledger_entries: Vec<SettlementEntry>,
        }
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let settlement = serde_json::from_str(raw.get()).map_err(D::Error::custom)?;
        let entries: Entries = serde_json::from_str(raw.get()).map_err(D::Error::custom)?;
        Ok(Self::new(settlement, entries.ledger_entries))
    }
}

/// An entry of a report. Unlike that of a ledger, its amount is not scaled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SettlementEntry {
    /// What kind of movement it is.
    pub code: LedgerCode,
    /// How much, in units of the settlement's currency; less than 0 for a debit.
    pub amount: Amount,
    /// When it was written.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub timestamp: Option<Timestamp>,
    /// What it is about.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<String>,
    /// The merchant's own reference.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub reference: Option<String>,
    /// The invoice that it is about.
    #[serde(
        default,
        with = "lenient::Given::<InvoiceId>",
        skip_serializing_if = "Option::is_none"
    )]
    pub invoice_id: Option<InvoiceId>,
    /// More of that invoice.
    #[serde(
        default,
        with = "lenient::Object::<InvoiceData>",
        skip_serializing_if = "Option::is_none"
    )]
    pub invoice_data: Option<InvoiceData>,
}

impl SettlementEntry {
    /// An entry of which no more than this is known.
    #[must_use]
    pub const fn new(code: LedgerCode, amount: Amount) -> Self {
        Self {
            code,
            amount,
            timestamp: None,
            description: None,
            reference: None,
            invoice_id: None,
            invoice_data: None,
        }
    }
}

/// What a report says of an invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InvoiceData {
    /// The merchant's own id.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub order_id: Option<String>,
    /// When the invoice was made.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub date: Option<Timestamp>,
    /// Its price, in units of its own currency.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub price: Option<Amount>,
    /// The currency of the price.
    #[serde(
        default,
        with = "lenient::Given::<Currency>",
        skip_serializing_if = "Option::is_none"
    )]
    pub currency: Option<Currency>,
    /// The cryptocurrency that it was paid in.
    #[serde(
        default,
        with = "lenient::Given::<Currency>",
        skip_serializing_if = "Option::is_none"
    )]
    pub transaction_currency: Option<Currency>,
    /// What was paid too much; BitPay does not say in which currency.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub over_paid_amount: Option<Amount>,
    /// How many hundredths of it are settled in which currency.
    #[serde(default, skip_serializing_if = "ByCurrency::is_empty")]
    pub payout_percentage: ByCurrency<Amount>,
    /// The buyer's email address.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_email_address: Option<String>,
    /// The refund, where the entry is of one.
    #[serde(
        default,
        with = "lenient::Object::<RefundInfo>",
        skip_serializing_if = "Option::is_none"
    )]
    pub refund_info: Option<RefundInfo>,
}

/// What a report says of a refund.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RefundInfo {
    /// BitPay's support case.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub support_request: Option<String>,
    /// The invoice's currency.
    #[serde(
        default,
        with = "lenient::Given::<Currency>",
        skip_serializing_if = "Option::is_none"
    )]
    pub currency: Option<Currency>,
    /// What was refunded, in the invoice's currency and in the one that it was paid in.
    #[serde(default, skip_serializing_if = "ByCurrency::is_empty")]
    pub amounts: ByCurrency<Amount>,
    /// The merchant's own reference.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub reference: Option<String>,
    /// The refund, by an id of BitPay's.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub refund_request_eid: Option<String>,
}
