//! Bills: <https://developer.bitpay.com/reference/bills>.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{InvalidRequest, lenient, setters, text_setters};
use crate::amount::{Amount, scalar_text};
use crate::currency::Currency;
use crate::id::BillId;
use crate::open_enum::open_enum;
use crate::time::{self, Date, Timestamp};
use crate::token::ResourceToken;

open_enum! {
    /// Where a bill stands.
    pub enum BillStatus {
        /// Made, and not delivered.
        Draft = "draft",
        /// Delivered by email.
        Sent = "sent",
        /// Being paid: its invoice is new.
        New = "new",
        /// Paid, and not settled.
        Paid = "paid",
        /// Settled.
        Complete = "complete",
    }
}

/// When a bill is due: a day, or an instant. BitPay takes either, and answers with an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DueDate {
    /// A day, written `2026-05-31`.
    Day(Date),
    /// An instant, written `2026-05-31T00:00:00.000Z`.
    At(Timestamp),
}

impl DueDate {
    /// The day; of an instant, the day in UTC.
    #[must_use]
    pub fn day(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::At(time) => jiff::tz::TimeZone::UTC.to_datetime(time).date(),
        }
    }
}

impl From<Date> for DueDate {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}

impl From<Timestamp> for DueDate {
    fn from(time: Timestamp) -> Self {
        Self::At(time)
    }
}

impl fmt::Display for DueDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "{day}"),
            Self::At(time) => write!(f, "{time:.3}"),
        }
    }
}

impl Serialize for DueDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DueDate {
    /// Takes days without leading zeros as well, which official SDKs send: `2026-5-31`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = scalar_text(deserializer)?;
        let mut parts = text.splitn(3, '-');
        let mut part = || parts.next().map(str::parse::<i16>);
        if let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) = (part(), part(), part()) {
            let small = |part| i8::try_from(part).unwrap_or(0);
            return Date::new(year, small(month), small(day))
                .map(Self::Day)
                .map_err(|_| D::Error::custom("not a day of the calendar"));
        }
        time::parse(&text).map(Self::At).ok_or_else(|| {
            D::Error::custom(
                "neither a day such as 2026-05-31 nor a time such as 2026-05-31T00:00:00.000Z",
            )
        })
    }
}

/// A line of a bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BillItem {
    /// BitPay's name for the line, which changes with every update of the bill.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<String>,
    /// What is billed.
    #[serde(default, with = "lenient::Words")]
    pub description: String,
    /// The price of one, in units of the bill's currency.
    pub price: Amount,
    /// How many.
    #[serde(with = "lenient::Quantity")]
    pub quantity: u32,
}

impl BillItem {
    /// A line, at a price for one in units of the bill's currency.
    #[must_use]
    pub fn new(description: impl Into<String>, price: impl Into<Amount>, quantity: u32) -> Self {
        Self {
            id: None,
            description: description.into(),
            price: price.into(),
            quantity,
        }
    }
}

/// A bill: a request for payment that is sent to somebody by email. A pos token does not see name,
/// address and telephone number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Bill {
    /// The bill's id.
    pub id: BillId,
    /// Where it stands. The answer to an update has been seen without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<BillStatus>,
    /// Where it can be seen and paid.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub url: Option<String>,
    /// The merchant's own number of it.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub number: Option<String>,
    /// The currency of its prices.
    #[serde(
        default,
        with = "lenient::Given::<Currency>",
        skip_serializing_if = "Option::is_none"
    )]
    pub currency: Option<Currency>,
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
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub email: Option<String>,
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
    /// When it is due.
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
    /// Whether BitPay delivers it by email.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub email_bill: Option<bool>,
    /// Its lines.
    #[serde(default, with = "lenient::List::<BillItem>")]
    pub items: Vec<BillItem>,
    /// When it was made.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_date: Option<Timestamp>,
    /// The merchant's id.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub merchant: Option<String>,
    /// The bill's own token, with which it is updated and delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<ResourceToken<Bill>>,
}

impl Bill {
    /// A bill of which no more than this is known.
    #[must_use]
    pub const fn new(id: BillId) -> Self {
        Self {
            id,
            status: None,
            url: None,
            number: None,
            currency: None,
            name: None,
            address1: None,
            address2: None,
            city: None,
            state: None,
            zip: None,
            country: None,
            email: None,
            cc: Vec::new(),
            phone: None,
            due_date: None,
            pass_processing_fee: None,
            email_bill: None,
            items: Vec::new(),
            created_date: None,
            merchant: None,
            token: None,
        }
    }
}

/// What every bill needs: lines of at least one piece each. An address is not empty.
pub(super) fn check(email: Option<&str>, items: &[BillItem]) -> Result<(), InvalidRequest> {
    if email.is_some_and(str::is_empty) {
        return Err(InvalidRequest::new("email", "must not be empty"));
    }
    if items.is_empty() {
        return Err(InvalidRequest::new("items", "must have at least one item"));
    }
    if let Some(index) = items.iter().position(|item| item.quantity == 0) {
        return Err(InvalidRequest::new(
            "items",
            format!("the quantity of item {} is 0", index + 1),
        ));
    }
    Ok(())
}

/// Asks for a new bill: <https://developer.bitpay.com/reference/create-a-bill>.
///
/// A bill has no guid: when the outcome of a create is unknown it is not repeated, and
/// [`ListBills`] shows whether there is one of this [`number`](Self::number).
///
/// ```
/// use bitpay_core::Currency;
/// use bitpay_core::model::bill::{BillItem, CreateBill};
///
/// let request = CreateBill::new(Currency::USD, "ada@example.com", vec![BillItem::new("Tea", 6u32, 2)])
///     .number("2026-17");
/// request.check().unwrap();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreateBill {
    /// The currency of its prices.
    pub currency: Currency,
    /// The email address to deliver it to. All official SDKs ask for it.
    pub email: String,
    /// Its lines, one at least.
    pub items: Vec<BillItem>,
    /// The merchant's own number of it.
    pub number: Option<String>,
    /// To whom it goes: name.
    pub name: Option<String>,
    /// First line of the address.
    pub address1: Option<String>,
    /// Second line of the address.
    pub address2: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State or province.
    pub state: Option<String>,
    /// Postal code.
    pub zip: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Who gets a copy.
    pub cc: Option<Vec<String>>,
    /// Telephone number.
    pub phone: Option<String>,
    /// When it is due.
    pub due_date: Option<DueDate>,
    /// Adds BitPay's processing fee to it.
    pub pass_processing_fee: Option<bool>,
}

impl CreateBill {
    /// A bill to an email address.
    #[must_use]
    pub fn new(currency: Currency, email: impl Into<String>, items: Vec<BillItem>) -> Self {
        Self {
            currency,
            email: email.into(),
            items,
            number: None,
            name: None,
            address1: None,
            address2: None,
            city: None,
            state: None,
            zip: None,
            country: None,
            cc: None,
            phone: None,
            due_date: None,
            pass_processing_fee: None,
        }
    }

    text_setters!(
        number, name, address1, address2, city, state, zip, country, phone
    );
    setters!(cc: Vec<String>, pass_processing_fee: bool);

    /// Sets [`due_date`](#structfield.due_date).
    #[must_use]
    pub fn due_date(mut self, due_date: impl Into<DueDate>) -> Self {
        self.due_date = Some(due_date.into());
        self
    }

    /// Looks for what BitPay would refuse.
    ///
    /// # Errors
    /// There is no email address or no item, or the quantity of an item is 0.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        check(Some(&self.email), &self.items)
    }
}

/// Asks for a bill by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetBill {
    /// The bill.
    pub id: BillId,
}

impl GetBill {
    /// The request.
    #[must_use]
    pub const fn new(id: BillId) -> Self {
        Self { id }
    }
}

/// Asks for the bills. There are no pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListBills {
    /// Only those that stand there.
    pub status: Option<BillStatus>,
}

impl ListBills {
    /// All bills.
    #[must_use]
    pub const fn new() -> Self {
        Self { status: None }
    }

    setters!(status: BillStatus);
}

/// Changes a bill.
///
/// Made of the bill as it was last fetched. Sent are the currency, the email address and the items, which
/// BitPay asks for whether they change or not, and of the rest what was set. Items get new ids.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UpdateBill {
    /// The bill.
    pub id: BillId,
    /// The bill's own token: [`Bill::token`].
    pub token: ResourceToken<Bill>,
    /// The currency of its prices.
    pub currency: Currency,
    /// The email address to deliver it to.
    pub email: Option<String>,
    /// Its lines, one at least; those that are missing here are taken off.
    pub items: Vec<BillItem>,
    /// The merchant's own number of it.
    pub number: Option<String>,
    /// To whom it goes: name.
    pub name: Option<String>,
    /// First line of the address.
    pub address1: Option<String>,
    /// Second line of the address.
    pub address2: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State or province.
    pub state: Option<String>,
    /// Postal code.
    pub zip: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Who gets a copy.
    pub cc: Option<Vec<String>>,
    /// Telephone number.
    pub phone: Option<String>,
    /// When it is due.
    pub due_date: Option<DueDate>,
    /// Adds BitPay's processing fee to it.
    pub pass_processing_fee: Option<bool>,
}

impl UpdateBill {
    /// Changes nothing yet.
    ///
    /// # Errors
    /// The bill has no token of its own, or no currency.
    pub fn of(bill: &Bill) -> Result<Self, InvalidRequest> {
        let missing = |field| move || InvalidRequest::new(field, "the bill came without it");
        Ok(Self {
            id: bill.id.clone(),
            token: bill.token.clone().ok_or_else(missing("token"))?,
            currency: bill.currency.clone().ok_or_else(missing("currency"))?,
            email: bill.email.clone(),
            items: bill
                .items
                .iter()
                .cloned()
                .map(|item| BillItem { id: None, ..item })
                .collect(),
            number: None,
            name: None,
            address1: None,
            address2: None,
            city: None,
            state: None,
            zip: None,
            country: None,
            cc: None,
            phone: None,
            due_date: None,
            pass_processing_fee: None,
        })
    }

    text_setters!(
        number, email, name, address1, address2, city, state, zip, country, phone
    );
    setters!(cc: Vec<String>, pass_processing_fee: bool);

    /// Sets [`currency`](#structfield.currency).
    #[must_use]
    pub fn currency(mut self, currency: Currency) -> Self {
        self.currency = currency;
        self
    }

    /// Sets [`items`](#structfield.items): all of them.
    #[must_use]
    pub fn items(mut self, items: Vec<BillItem>) -> Self {
        self.items = items;
        self
    }

    /// Sets [`due_date`](#structfield.due_date).
    #[must_use]
    pub fn due_date(mut self, due_date: impl Into<DueDate>) -> Self {
        self.due_date = Some(due_date.into());
        self
    }

    /// Looks for what BitPay would refuse.
    ///
    /// # Errors
    /// The email address is empty, there is no item, or the quantity of an item is 0.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        check(self.email.as_deref(), &self.items)
    }
}

/// Sends a bill by email. It takes the bill's own token, which came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliverBill {
    /// The bill.
    pub id: BillId,
    /// The bill's own token: [`Bill::token`].
    pub token: ResourceToken<Bill>,
}

impl DeliverBill {
    /// The request.
    #[must_use]
    pub const fn new(id: BillId, token: ResourceToken<Bill>) -> Self {
        Self { id, token }
    }
}
