//! What is asked about payouts.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Payout, PayoutStatus};
use crate::amount::Amount;
use crate::currency::Currency;
use crate::id::{PayoutGroupId, PayoutId, RecipientId, ShopperId};
use crate::model::invoice::check_webhook_url;
use crate::model::{InvalidRequest, check_email, lenient, setters, text_setters};
use crate::paging::{Listed, days, pages};
use crate::time::{Date, Day};

/// Who is to be paid.
///
/// An email address that BitPay does not know gets an invitation, so it takes [`invite`](Self::invite) to
/// name one:
///
/// ```compile_fail,E0639
/// use bitpay_core::model::payout::Payee;
/// fn payee(email: String) -> Payee {
///     Payee::Invite { email }
/// }
/// ```
///
/// That compiles:
///
/// ```
/// use bitpay_core::model::payout::Payee;
/// fn payee(email: String) -> Payee {
///     Payee::invite(email)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Payee {
    /// A recipient, who must be active.
    Recipient(RecipientId),
    /// A person with a BitPay account, who must be an active recipient.
    Shopper(ShopperId),
    /// Whoever has this email address.
    #[non_exhaustive]
    Invite {
        /// The address.
        email: String,
    },
}

impl Payee {
    /// Whoever has this email address. If no recipient has it, BitPay invites that person: a mistyped
    /// address invites a stranger.
    #[must_use]
    pub fn invite(email: impl Into<String>) -> Self {
        Self::Invite {
            email: email.into(),
        }
    }
}

impl From<RecipientId> for Payee {
    fn from(id: RecipientId) -> Self {
        Self::Recipient(id)
    }
}

impl From<ShopperId> for Payee {
    fn from(id: ShopperId) -> Self {
        Self::Shopper(id)
    }
}

/// Pays somebody: <https://developer.bitpay.com/reference/create-a-payout>.
///
/// A payout has no guid, and BitPay does not promise to notice a repeat: it is sent once. What finds it
/// afterwards is the reference, so keep that before sending, and give each payout its own. When the
/// outcome is unknown, [`ListPayouts::by_reference`] shows what was made; what it does not show may still
/// come.
///
/// BitPay's least amount is worth 5 US dollars.
///
/// ```
/// use bitpay_core::model::payout::{CreatePayout, Payee};
/// use bitpay_core::{Amount, Currency, RecipientId};
///
/// let ada: RecipientId = "LDxRZCGq174SF8AnQpdBPB".parse()?;
/// let amount: Amount = "12.50".parse()?;
/// let request = CreatePayout::new("salary 2026-03, Ada", ada, amount, Currency::USD, Currency::EUR);
/// assert!(request.check().is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
// A group holds the same, so it can be written and read as a value as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CreatePayout {
    // These are `None` only where a server reads what others sent.
    /// The merchant's own name for the payout, of 1 to 100 characters, to find it by.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) reference: Option<String>,
    /// What to pay, in units of the currency; more than 0.
    pub amount: Amount,
    /// The currency of the amount.
    pub currency: Currency,
    /// The ledger that pays.
    #[serde(
        default,
        with = "lenient::Given::<Currency>",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) ledger_currency: Option<Currency>,
    /// Who is to be paid: a recipient, who must be active.
    #[serde(
        default,
        with = "lenient::Given::<RecipientId>",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) recipient_id: Option<RecipientId>,
    /// Who is to be paid: a person with a BitPay account, who must be an active recipient.
    #[serde(
        default,
        with = "lenient::Given::<ShopperId>",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) shopper_id: Option<ShopperId>,
    /// Who is to be paid: whoever has this address. If no recipient has it, that person is invited.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) email: Option<String>,
    /// The merchant's own name for who is paid.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub label: Option<String>,
    /// Where webhooks go: an HTTPS URL (HTTP on the loopback interface, for a sandbox).
    #[serde(
        default,
        with = "lenient::Text",
        rename = "notificationURL",
        skip_serializing_if = "Option::is_none"
    )]
    pub notification_url: Option<String>,
    /// Where BitPay writes to about the payout: the merchant's address.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub notification_email: Option<String>,
    /// Pays on this day, at a time that BitPay sets, and not as soon as it can.
    #[serde(
        default,
        with = "lenient::Given::<Day>",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) effective_date: Option<Day>,
    /// Whether BitPay writes no emails about the payout.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub ignore_emails: Option<bool>,
    /// A message that goes with the payout.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub message: Option<String>,
}

impl CreatePayout {
    /// A payout of an amount in units of the currency, from the ledger of `ledger_currency`.
    ///
    /// The reference is the merchant's own, of 1 to 100 characters, and used for no other payout.
    #[must_use]
    pub fn new(
        reference: impl Into<String>,
        payee: impl Into<Payee>,
        amount: impl Into<Amount>,
        currency: Currency,
        ledger_currency: Currency,
    ) -> Self {
        let (recipient_id, shopper_id, email) = match payee.into() {
            Payee::Recipient(id) => (Some(id), None, None),
            Payee::Shopper(id) => (None, Some(id), None),
            Payee::Invite { email } => (None, None, Some(email)),
        };
        Self {
            reference: Some(reference.into()),
            amount: amount.into(),
            currency,
            ledger_currency: Some(ledger_currency),
            recipient_id,
            shopper_id,
            email,
            label: None,
            notification_url: None,
            notification_email: None,
            effective_date: None,
            ignore_emails: None,
            message: None,
        }
    }

    text_setters!(label, notification_url, notification_email, message);
    setters!(ignore_emails: bool);

    /// Pays on this day, at a time that BitPay sets, and not as soon as it can.
    #[must_use]
    pub const fn effective_date(mut self, day: Date) -> Self {
        self.effective_date = Some(Day(day));
        self
    }

    /// What [`effective_date`](Self::effective_date) set.
    #[must_use]
    pub fn effective_day(&self) -> Option<Date> {
        self.effective_date.map(|day| day.0)
    }

    /// The merchant's own name for the payout, to find it by.
    #[must_use]
    pub fn reference(&self) -> &str {
        self.reference.as_deref().unwrap_or_default()
    }

    /// The ledger that pays; `None` only where a server reads what others sent.
    #[must_use]
    pub const fn ledger_currency(&self) -> Option<&Currency> {
        self.ledger_currency.as_ref()
    }

    /// Who is to be paid; `None` only where a server reads what others sent. Of several, which official
    /// SDKs may send, it is the recipient before the shopper before the email address.
    #[must_use]
    pub fn payee(&self) -> Option<Payee> {
        let recipient = self.recipient_id.clone().map(Payee::Recipient);
        recipient
            .or_else(|| self.shopper_id.clone().map(Payee::Shopper))
            .or_else(|| self.email.clone().map(Payee::invite))
    }

    /// Looks for what BitPay would refuse.
    ///
    /// # Errors
    /// The reference is empty or has more than 100 characters, the amount is not positive, an email address
    /// has no `@`, or the notification URL is not an HTTPS one. And what only a payout that was read from
    /// JSON can be: without a payee or a ledger, or with several payees.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        let by = [
            self.recipient_id.is_some(),
            self.shopper_id.is_some(),
            self.email.is_some(),
        ];
        if by.into_iter().filter(|named| *named).count() != 1 {
            return Err(InvalidRequest::new(
                "recipient_id",
                "say who is paid in one way: as a recipient, as a shopper, or by email",
            ));
        }
        if self.ledger_currency.is_none() {
            return Err(InvalidRequest::new(
                "ledger_currency",
                "must be set: it is the ledger that pays",
            ));
        }
        if self.reference().trim().is_empty() {
            return Err(InvalidRequest::new(
                "reference",
                "must not be empty: it alone finds the payout when the answer is lost",
            ));
        }
        if self.reference().chars().count() > 100 {
            return Err(InvalidRequest::new(
                "reference",
                "has more than 100 characters",
            ));
        }
        if !self.amount.is_positive() {
            return Err(InvalidRequest::new("amount", "must be more than 0"));
        }
        if let Some(email) = &self.email {
            check_email("email", email)?;
        }
        if let Some(email) = &self.notification_email {
            check_email("notification_email", email)?;
        }
        self.notification_url
            .as_deref()
            .map_or(Ok(()), check_webhook_url)
    }
}

/// Asks for a payout: <https://developer.bitpay.com/reference/payouts>.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetPayout {
    /// The payout.
    pub id: PayoutId,
}

impl GetPayout {
    /// The request.
    #[must_use]
    pub const fn new(id: PayoutId) -> Self {
        Self { id }
    }
}

/// Asks for payouts: <https://developer.bitpay.com/reference/payouts>.
///
/// The time zone of the days, and whether the last one is included, is not documented.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListPayouts {
    /// First day.
    pub start_date: Option<Date>,
    /// Last day, not before the first one.
    pub end_date: Option<Date>,
    /// Only those that stand there.
    pub status: Option<PayoutStatus>,
    /// Only those with this reference.
    pub reference: Option<String>,
    /// Only those that were made together.
    pub group_id: Option<PayoutGroupId>,
    /// At most so many.
    pub limit: Option<u32>,
    /// Leaves so many out at the beginning.
    pub offset: Option<u32>,
}

impl ListPayouts {
    /// All payouts.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            start_date: None,
            end_date: None,
            status: None,
            reference: None,
            group_id: None,
            limit: None,
            offset: None,
        }
    }

    /// The payouts with this reference: what a payout made whose outcome is unknown.
    #[must_use]
    pub fn by_reference(reference: impl Into<String>) -> Self {
        Self::new().reference(reference)
    }

    text_setters!(reference);
    setters!(
        start_date: Date,
        end_date: Date,
        status: PayoutStatus,
        group_id: PayoutGroupId,
        limit: u32,
        offset: u32,
    );

    /// Looks for what makes no sense.
    ///
    /// # Errors
    /// The window ends before it begins.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        match (self.start_date, self.end_date) {
            (Some(start), Some(end)) if start > end => Err(InvalidRequest::new(
                "end_date",
                format!("{end} is before start_date, {start}"),
            )),
            _ => Ok(()),
        }
    }
}

impl Listed for ListPayouts {
    fn id(row: &Payout) -> &str {
        row.id.as_str()
    }

    pages!();

    days!();
}

/// Cancels a payout that is still new: <https://developer.bitpay.com/reference/payouts>.
///
/// After an unknown outcome, fetch the payout.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CancelPayout {
    /// The payout.
    pub id: PayoutId,
}

impl CancelPayout {
    /// The request.
    #[must_use]
    pub const fn new(id: PayoutId) -> Self {
        Self { id }
    }
}

/// Sends a payout's last webhook again:
/// <https://developer.bitpay.com/reference/payouts>.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResendPayoutNotification {
    /// The payout.
    pub id: PayoutId,
}

impl ResendPayoutNotification {
    /// The request.
    #[must_use]
    pub const fn new(id: PayoutId) -> Self {
        Self { id }
    }
}

/// Asks for many payouts at once: <https://developer.bitpay.com/reference/payouts>.
///
/// Some may be made and others not. A group is sent once, whatever comes of it: after an unknown outcome,
/// look for each payout [by its reference](ListPayouts::by_reference).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreatePayoutGroup {
    /// The payouts, each with a reference of its own.
    pub instructions: Vec<CreatePayout>,
}

impl CreatePayoutGroup {
    /// The request.
    #[must_use]
    pub const fn new(instructions: Vec<CreatePayout>) -> Self {
        Self { instructions }
    }

    /// Looks for what BitPay would refuse.
    ///
    /// # Errors
    /// There are no payouts, two have one reference, or one [would be refused](CreatePayout::check).
    pub fn check(&self) -> Result<(), InvalidRequest> {
        if self.instructions.is_empty() {
            return Err(InvalidRequest::new("instructions", "must not be empty"));
        }
        let mut references = BTreeSet::new();
        for (index, payout) in self.instructions.iter().enumerate() {
            let number = index + 1;
            payout.check().map_err(|error| {
                let problem = format!("of payout {number}: {}", error.problem);
                InvalidRequest::new(error.field, problem)
            })?;
            if !references.insert(payout.reference()) {
                return Err(InvalidRequest::new(
                    "reference",
                    format!("of payout {number}: another one of this group has it"),
                ));
            }
        }
        Ok(())
    }
}

/// Cancels the payouts of a group that are still new:
/// <https://developer.bitpay.com/reference/cancel-a-payout-group>.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CancelPayoutGroup {
    /// The group.
    pub group_id: PayoutGroupId,
}

impl CancelPayoutGroup {
    /// The request.
    #[must_use]
    pub const fn new(group_id: PayoutGroupId) -> Self {
        Self { group_id }
    }
}
