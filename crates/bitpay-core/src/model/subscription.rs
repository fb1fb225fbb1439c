//! Subscriptions: bills that are sent again and again. Legacy: of BitPay's own SDKs only that for PHP
//! still has them, and new accounts may not.
//!
//! Source: <https://developer.bitpay.com/reference/subscriptions>.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::bill::{self, BillItem, DueDate};
use super::{InvalidRequest, lenient, setters, text_setters};
use crate::currency::Currency;
use crate::id::SubscriptionId;
use crate::open_enum::open_enum;
use crate::time::{self, Timestamp};
use crate::token::ResourceToken;

open_enum! {
    /// Where a subscription stands.
    pub enum SubscriptionStatus {
        /// Made; nothing is sent until it is active.
        Draft = "draft",
        /// Bills are sent.
        Active = "active",
        /// No more bills are sent.
        Cancelled = "cancelled" | "canceled",
    }
}

open_enum! {
    /// How often a bill is sent. Any other text is six fields as of cron, seconds first: `0 0 0 * * 1` is
    /// every Monday at midnight, and what BitPay may make of [`Weekly`](Self::Weekly).
    pub enum Schedule {
        /// Every week.
        Weekly = "weekly",
        /// Every month.
        Monthly = "monthly",
        /// Every three months.
        Quarterly = "quarterly",
        /// Every year.
        Yearly = "yearly",
    }
}

/// The bill that a subscription sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BillData {
    /// Whether BitPay delivers each bill by email.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub email_bill: Option<bool>,
    /// The merchant's own number of it.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub number: Option<String>,
    /// The currency of its prices.
    pub currency: Currency,
    /// To whom it goes: name.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// First line of the address.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub address1: Option<String>,
    /// Second line of the address.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub address2: Option<String>,
    /// City.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub city: Option<String>,
    /// State or province.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub state: Option<String>,
    /// Postal code.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub zip: Option<String>,
    /// Country.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub country: Option<String>,
    /// The email address that it is delivered to.
    #[serde(default, with = "lenient::Words")]
    pub email: String,
    /// Who gets a copy.
    #[serde(
        default,
        with = "lenient::List::<String>",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub cc: Vec<String>,
    /// Telephone number.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub phone: Option<String>,
    /// When it is due: BitPay asks for it.
    #[serde(
        default,
        with = "lenient::Given::<DueDate>",
        skip_serializing_if = "Option::is_none"
    )]
    pub due_date: Option<DueDate>,
    /// Whether BitPay's processing fee is added to it.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub pass_processing_fee: Option<bool>,
    /// Its lines, one at least.
    #[serde(default, with = "lenient::List::<BillItem>")]
    pub items: Vec<BillItem>,
    /// The merchant's id; only BitPay sets it.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub merchant: Option<String>,
}

impl BillData {
    /// A bill to an email address.
    #[must_use]
    pub fn new(
        currency: Currency,
        email: impl Into<String>,
        due_date: impl Into<DueDate>,
        items: Vec<BillItem>,
    ) -> Self {
        Self {
            email_bill: None,
            number: None,
            currency,
            name: None,
            address1: None,
            address2: None,
            city: None,
            state: None,
            zip: None,
            country: None,
            email: email.into(),
            cc: Vec::new(),
            phone: None,
            due_date: Some(due_date.into()),
            pass_processing_fee: None,
            items,
            merchant: None,
        }
    }

    text_setters!(
        number, name, address1, address2, city, state, zip, country, phone
    );
    setters!(email_bill: bool, pass_processing_fee: bool);

    /// Sets [`cc`](#structfield.cc).
    #[must_use]
    pub fn cc(mut self, cc: Vec<String>) -> Self {
        self.cc = cc;
        self
    }

    fn check(&self) -> Result<(), InvalidRequest> {
        bill::check(Some(&self.email), &self.items)?;
        if self.due_date.is_none() {
            return Err(InvalidRequest::new("due_date", "must be set"));
        }
        Ok(())
    }
}

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Subscription {
    /// The subscription's id.
    pub id: SubscriptionId,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<SubscriptionStatus>,
    /// The bill that it sends.
    pub bill_data: BillData,
    /// How often, as BitPay writes it: mostly six fields as of cron.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// When the next bill is sent.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub next_delivery: Option<Timestamp>,
    /// When it was made.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_date: Option<Timestamp>,
    /// The subscription's own token, with which it is updated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<ResourceToken<Subscription>>,
}

impl Subscription {
    /// A subscription of which no more than this is known.
    #[must_use]
    pub const fn new(id: SubscriptionId, bill_data: BillData) -> Self {
        Self {
            id,
            status: None,
            bill_data,
            schedule: None,
            next_delivery: None,
            created_date: None,
            token: None,
        }
    }
}

/// Asks for a new subscription. Legacy, as all of them.
///
/// It has no guid: when the outcome is unknown it is not repeated, and [`ListSubscriptions`] shows what
/// there is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreateSubscription {
    /// How often a bill is sent.
    pub schedule: Schedule,
    /// The bill.
    pub bill_data: BillData,
    /// Where it begins: a draft where unset.
    pub status: Option<SubscriptionStatus>,
}

impl CreateSubscription {
    /// The request.
    #[must_use]
    pub const fn new(schedule: Schedule, bill_data: BillData) -> Self {
        Self {
            schedule,
            bill_data,
            status: None,
        }
    }

    setters!(status: SubscriptionStatus);

    /// Looks for what BitPay would refuse.
    ///
    /// # Errors
    /// The bill has no email address, no item, an item with a quantity of 0, or no due date.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        self.bill_data.check()
    }
}

/// Asks for a subscription by its id. Legacy, as all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetSubscription {
    /// The subscription.
    pub id: SubscriptionId,
}

impl GetSubscription {
    /// The request.
    #[must_use]
    pub const fn new(id: SubscriptionId) -> Self {
        Self { id }
    }
}

/// Asks for the subscriptions. Legacy, as all of them. There are no pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListSubscriptions {
    /// Only those that stand there.
    pub status: Option<SubscriptionStatus>,
}

impl ListSubscriptions {
    /// All subscriptions.
    #[must_use]
    pub const fn new() -> Self {
        Self { status: None }
    }

    setters!(status: SubscriptionStatus);
}

/// Changes a subscription: makes it active, cancels it, or changes its bill. Legacy, as all of them.
///
/// Made of the subscription as it was last fetched. Sent is what was set.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UpdateSubscription {
    /// The subscription.
    pub id: SubscriptionId,
    /// The subscription's own token: [`Subscription::token`].
    pub token: ResourceToken<Subscription>,
    /// Where it shall stand.
    pub status: Option<SubscriptionStatus>,
    /// How often a bill is sent.
    pub schedule: Option<Schedule>,
    /// The bill: all of it.
    pub bill_data: Option<BillData>,
}

impl UpdateSubscription {
    /// Changes nothing yet.
    ///
    /// # Errors
    /// The subscription has no token of its own.
    pub fn of(subscription: &Subscription) -> Result<Self, InvalidRequest> {
        let token = subscription
            .token
            .clone()
            .ok_or_else(|| InvalidRequest::new("token", "the subscription came without it"))?;
        Ok(Self {
            id: subscription.id.clone(),
            token,
            status: None,
            schedule: None,
            bill_data: None,
        })
    }

    setters!(status: SubscriptionStatus, schedule: Schedule, bill_data: BillData);

    /// Looks for what BitPay would refuse.
    ///
    /// # Errors
    /// Nothing is changed, or the bill has no email address, no item, an item with a quantity of 0, or no
    /// due date.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        match &self.bill_data {
            Some(bill) => bill.check(),
            None if self.status.is_none() && self.schedule.is_none() => Err(InvalidRequest::new(
                "status",
                "set status, schedule or bill_data",
            )),
            None => Ok(()),
        }
    }
}
