//! Payouts: <https://developer.bitpay.com/reference/payouts>.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::lenient;
use crate::amount::{Amount, Rate};
use crate::by_currency::ByCurrency;
use crate::currency::Currency;
use crate::id::{PayoutGroupId, PayoutId, RecipientId, ShopperId};
use crate::open_enum::open_enum;
use crate::time::{self, Timestamp};
use crate::token::ResourceToken;

mod requests;

pub use requests::{
    CancelPayout, CancelPayoutGroup, CreatePayout, CreatePayoutGroup, GetPayout, ListPayouts,
    Payee, ResendPayoutNotification,
};

open_enum! {
    /// Where a payout stands.
    pub enum PayoutStatus {
        /// Asked for. It can be cancelled.
        New = "new",
        /// The funds were taken from the merchant's ledger.
        Funded = "funded",
        /// Being paid.
        Processing = "processing",
        /// Paid.
        Complete = "complete",
        /// Could not be paid.
        Failed = "failed",
        /// Cancelled before it was funded.
        Cancelled = "cancelled" | "canceled",
        /// Paid: a state of older instructions.
        Paid = "paid",
        /// Not paid: a state of older instructions.
        Unpaid = "unpaid",
    }
}

impl PayoutStatus {
    /// Whether nothing more will happen to the payout: paid, failed or cancelled.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Complete | Self::Failed | Self::Cancelled | Self::Paid
        )
    }
}

/// A payment to a recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Payout {
    /// The payout's id.
    pub id: PayoutId,
    /// Where it stands.
    pub status: PayoutStatus,
    /// What is paid, in units of the currency.
    pub amount: Amount,
    /// The currency of the amount.
    pub currency: Currency,
    /// The merchant's ledger that pays.
    #[serde(
        default,
        with = "lenient::Given::<Currency>",
        skip_serializing_if = "Option::is_none"
    )]
    pub ledger_currency: Option<Currency>,
    /// The merchant's own reference.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub reference: Option<String>,
    /// Who is paid.
    #[serde(
        default,
        with = "lenient::Given::<RecipientId>",
        skip_serializing_if = "Option::is_none"
    )]
    pub recipient_id: Option<RecipientId>,
    /// The BitPay account of who is paid.
    #[serde(
        default,
        with = "lenient::Given::<ShopperId>",
        skip_serializing_if = "Option::is_none"
    )]
    pub shopper_id: Option<ShopperId>,
    /// The merchant's account.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub account_id: Option<String>,
    /// The email address of who is paid.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub email: Option<String>,
    /// The merchant's own name for who is paid.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub label: Option<String>,
    /// Where webhooks about it go.
    #[serde(
        default,
        with = "lenient::Text",
        rename = "notificationURL",
        skip_serializing_if = "Option::is_none"
    )]
    pub notification_url: Option<String>,
    /// Where BitPay writes to about it: the merchant's address.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub notification_email: Option<String>,
    /// When it is to be paid. BitPay sets the time of day, 09:00 UTC.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub effective_date: Option<Timestamp>,
    /// When it was asked for.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub request_date: Option<Timestamp>,
    /// When it was paid.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub date_executed: Option<Timestamp>,
    /// What one unit of the outer currency is in the inner one.
    #[serde(default, skip_serializing_if = "ByCurrency::is_empty")]
    pub exchange_rates: ByCurrency<ByCurrency<Rate>>,
    /// The payments on the blockchain.
    #[serde(default, with = "lenient::List::<PayoutTransaction>")]
    pub transactions: Vec<PayoutTransaction>,
    /// The payouts that it was made with.
    #[serde(
        default,
        with = "lenient::Given::<PayoutGroupId>",
        skip_serializing_if = "Option::is_none"
    )]
    pub group_id: Option<PayoutGroupId>,
    /// Whether BitPay writes no emails about it.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub ignore_emails: Option<bool>,
    /// What BitPay says about it, or the message that it was made with.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub message: Option<String>,
    /// A code of BitPay's, reserved.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub code: Option<String>,
    /// The payout's own token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<ResourceToken<Payout>>,
}

impl Payout {
    /// A payout of which no more than this is known.
    #[must_use]
    pub fn new(id: PayoutId, status: PayoutStatus, amount: Amount, currency: Currency) -> Self {
        Self {
            id,
            status,
            amount,
            currency,
            ledger_currency: None,
            reference: None,
            recipient_id: None,
            shopper_id: None,
            account_id: None,
            email: None,
            label: None,
            notification_url: None,
            notification_email: None,
            effective_date: None,
            request_date: None,
            date_executed: None,
            exchange_rates: ByCurrency::default(),
            transactions: Vec::new(),
            group_id: None,
            ignore_emails: None,
            message: None,
            code: None,
            token: None,
        }
    }
}

/// A payment on a blockchain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PayoutTransaction {
    /// Its id there.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub txid: Option<String>,
    /// What was paid, in units of the cryptocurrency.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub amount: Option<Amount>,
    /// When.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub date: Option<Timestamp>,
    /// How many confirmations it has.
    #[serde(
        default,
        with = "lenient::Count",
        skip_serializing_if = "Option::is_none"
    )]
    pub confirmations: Option<u32>,
}

impl PayoutTransaction {
    /// A payment.
    #[must_use]
    pub fn new(txid: impl Into<String>, amount: Amount, date: Timestamp) -> Self {
        Self {
            txid: Some(txid.into()),
            amount: Some(amount),
            date: Some(date),
            confirmations: None,
        }
    }
}

/// What came of many payouts in one call: look at both lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct PayoutGroup {
    /// Those that were made, with their group.
    #[serde(default, with = "lenient::List::<Payout>")]
    pub created: Vec<Payout>,
    /// Those that were not.
    #[serde(default, with = "lenient::List::<FailedPayout>")]
    pub failed: Vec<FailedPayout>,
}

impl PayoutGroup {
    /// What came of it.
    #[must_use]
    pub const fn new(created: Vec<Payout>, failed: Vec<FailedPayout>) -> Self {
        Self { created, failed }
    }
}

/// What came of cancelling a group: look at both lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CancelledPayoutGroup {
    /// Those that were cancelled.
    #[serde(default, with = "lenient::List::<Payout>")]
    pub cancelled: Vec<Payout>,
    /// Those that were not.
    #[serde(default, with = "lenient::List::<FailedPayout>")]
    pub failed: Vec<FailedPayout>,
}

impl CancelledPayoutGroup {
    /// What came of it.
    #[must_use]
    pub const fn new(cancelled: Vec<Payout>, failed: Vec<FailedPayout>) -> Self {
        Self { cancelled, failed }
    }
}

/// A payout of a group that was not made or not cancelled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FailedPayout {
    /// Why.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub err_message: Option<String>,
    /// Who was to be paid: an email address or an id.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub payee: Option<String>,
    /// The payout. Any text: it may be what was wrong.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub payout_id: Option<String>,
}

impl FailedPayout {
    /// Of a payout that was not made.
    #[must_use]
    pub fn of_payee(why: impl Into<String>, payee: Option<String>) -> Self {
        Self {
            err_message: Some(why.into()),
            payee,
            payout_id: None,
        }
    }

    /// Of a payout that was not cancelled.
    #[must_use]
    pub fn of_payout(why: impl Into<String>, payout: &PayoutId) -> Self {
        Self {
            err_message: Some(why.into()),
            payee: None,
            payout_id: Some(payout.as_str().into()),
        }
    }
}
