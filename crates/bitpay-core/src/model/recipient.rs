//! Recipients of payouts: <https://developer.bitpay.com/reference/recipients>.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::invoice::check_webhook_url;
use super::{InvalidRequest, check_email, lenient, setters, text_setters};
use crate::guid::Guid;
use crate::id::{RecipientId, ShopperId};
use crate::open_enum::open_enum;
use crate::paging::{Listed, pages};
use crate::token::ResourceToken;

open_enum! {
    /// Where a recipient stands. Only an active one can be paid.
    pub enum RecipientStatus {
        /// Was written to, and has not answered.
        Invited = "invited",
        /// Has an account, and must still prove who it is.
        Unverified = "unverified",
        /// Has proved who it is, and must still say where to pay to.
        Verified = "verified",
        /// Can be paid.
        Active = "active",
        /// Cannot be paid for now.
        Paused = "paused",
        /// Cannot be paid any more.
        Removed = "removed",
    }
}

/// Somebody who can be paid, or was invited to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Recipient {
    /// The recipient's id.
    pub id: RecipientId,
    /// Where it stands.
    pub status: RecipientStatus,
    /// The email address that was invited.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub email: Option<String>,
    /// The merchant's own name for the recipient.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub label: Option<String>,
    /// Where webhooks about the recipient go.
    #[serde(
        default,
        with = "lenient::Text",
        rename = "notificationURL",
        skip_serializing_if = "Option::is_none"
    )]
    pub notification_url: Option<String>,
    /// The recipient's BitPay account, from when it has one. Written as `null` before, as BitPay does.
    #[serde(default, with = "lenient::Given::<ShopperId>")]
    pub shopper_id: Option<ShopperId>,
    /// The name that its maker gave it. Any text: others choose theirs by their own rules.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub guid: Option<String>,
    /// The recipient's own token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<ResourceToken<Recipient>>,
}

impl Recipient {
    /// A recipient of whom no more than this is known.
    #[must_use]
    pub const fn new(id: RecipientId, status: RecipientStatus) -> Self {
        Self {
            id,
            status,
            email: None,
            label: None,
            notification_url: None,
            shopper_id: None,
            guid: None,
            token: None,
        }
    }
}

/// Somebody to invite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NewRecipient {
    /// Where the invitation goes.
    pub email: String,
    /// The caller's name for the recipient. `None` only where a server reads what others sent.
    #[serde(
        default,
        with = "lenient::Given::<Guid>",
        skip_serializing_if = "Option::is_none"
    )]
    guid: Option<Guid>,
    /// The merchant's own name for the recipient.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub label: Option<String>,
    /// Where webhooks about the recipient go: an HTTPS URL (HTTP on the loopback interface, for a sandbox).
    #[serde(
        default,
        with = "lenient::Text",
        rename = "notificationURL",
        skip_serializing_if = "Option::is_none"
    )]
    pub notification_url: Option<String>,
}

impl NewRecipient {
    /// Invites an email address, under a name of the caller's own.
    #[must_use]
    pub fn new(guid: Guid, email: impl Into<String>) -> Self {
        Self {
            email: email.into(),
            guid: Some(guid),
            label: None,
            notification_url: None,
        }
    }

    text_setters!(label, notification_url);

    /// The caller's name for the recipient.
    #[must_use]
    pub const fn guid(&self) -> Option<&Guid> {
        self.guid.as_ref()
    }

    fn check(&self) -> Result<(), InvalidRequest> {
        if self.guid.is_none() {
            let problem = "must be set: it shows who was invited when the answer is lost";
            return Err(InvalidRequest::new("guid", problem));
        }
        check_email("email", &self.email)?;
        self.notification_url
            .as_deref()
            .map_or(Ok(()), check_webhook_url)
    }
}

/// Invites people, by email: <https://developer.bitpay.com/reference/recipients>.
///
/// An account may have 1000 recipients, unless BitPay raised that. After an unknown outcome, list the
/// recipients: another invitation might be another email.
///
/// ```
/// use bitpay_core::Guid;
/// use bitpay_core::model::recipient::{NewRecipient, SubmitRecipients};
///
/// let ada = NewRecipient::new(Guid::derived("recipient", "ada"), "ada@example.com").label("Ada");
/// let request = SubmitRecipients::new(Guid::derived("recipients", "May"), vec![ada]);
/// assert!(request.check().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SubmitRecipients {
    /// The caller's name for this request.
    pub guid: Guid,
    /// Whom to invite: 1 to 1000.
    pub recipients: Vec<NewRecipient>,
}

impl SubmitRecipients {
    /// So many recipients go into one call.
    pub const MOST: usize = 1000;

    /// The request.
    #[must_use]
    pub const fn new(guid: Guid, recipients: Vec<NewRecipient>) -> Self {
        Self { guid, recipients }
    }

    /// Looks for what BitPay would refuse.
    ///
    /// # Errors
    /// Nobody or more than 1000 are invited, an email address has no `@`, a notification URL is not an HTTPS
    /// one, or a recipient that was read from JSON has no guid.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        let count = self.recipients.len();
        if !(1..=Self::MOST).contains(&count) {
            let problem = format!("has {count}; 1 to {} go into one call", Self::MOST);
            return Err(InvalidRequest::new("recipients", problem));
        }
        for (index, recipient) in self.recipients.iter().enumerate() {
            recipient.check().map_err(|error| {
                InvalidRequest::new(
                    error.field,
                    format!("of recipient {}: {}", index + 1, error.problem),
                )
            })?;
        }
        Ok(())
    }
}

/// Asks for a recipient: <https://developer.bitpay.com/reference/recipients>.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetRecipient {
    /// The recipient.
    pub id: RecipientId,
}

impl GetRecipient {
    /// The request.
    #[must_use]
    pub const fn new(id: RecipientId) -> Self {
        Self { id }
    }
}

/// Asks for recipients: <https://developer.bitpay.com/reference/recipients>.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListRecipients {
    /// Only those that stand there.
    pub status: Option<RecipientStatus>,
    /// At most so many.
    pub limit: Option<u32>,
    /// Leaves so many out at the beginning.
    pub offset: Option<u32>,
}

impl ListRecipients {
    /// All recipients.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            status: None,
            limit: None,
            offset: None,
        }
    }

    setters!(status: RecipientStatus, limit: u32, offset: u32);
}

impl Listed for ListRecipients {
    fn id(row: &Recipient) -> &str {
        row.id.as_str()
    }

    pages!();
}

/// Changes a recipient: <https://developer.bitpay.com/reference/recipients>.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UpdateRecipient {
    /// The recipient.
    pub id: RecipientId,
    /// The merchant's own name for the recipient.
    pub label: Option<String>,
    /// Where webhooks about the recipient go: an HTTPS URL (HTTP on the loopback interface, for a sandbox).
    pub notification_url: Option<String>,
}

impl UpdateRecipient {
    /// Changes nothing yet of the recipient as it was last fetched. Only what is set is sent: BitPay asks
    /// for nothing else.
    #[must_use]
    pub fn of(recipient: &Recipient) -> Self {
        Self::new(recipient.id.clone())
    }

    /// Changes nothing yet.
    #[must_use]
    pub const fn new(id: RecipientId) -> Self {
        Self {
            id,
            label: None,
            notification_url: None,
        }
    }

    text_setters!(label, notification_url);

    /// Looks for what makes no sense.
    ///
    /// # Errors
    /// Nothing is changed, or the notification URL is not an HTTPS one.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        if self.label.is_none() && self.notification_url.is_none() {
            return Err(InvalidRequest::new(
                "label",
                "set label or notification_url: nothing would change",
            ));
        }
        self.notification_url
            .as_deref()
            .map_or(Ok(()), check_webhook_url)
    }
}

/// Removes a recipient: <https://developer.bitpay.com/reference/recipients>.
///
/// After an unknown outcome, fetch the recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RemoveRecipient {
    /// The recipient.
    pub id: RecipientId,
}

impl RemoveRecipient {
    /// The request.
    #[must_use]
    pub const fn new(id: RecipientId) -> Self {
        Self { id }
    }
}

/// Sends a recipient's last webhook again:
/// <https://developer.bitpay.com/reference/request-a-recipient-webhook-to-be-resent>.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResendRecipientNotification {
    /// The recipient.
    pub id: RecipientId,
}

impl ResendRecipientNotification {
    /// The request.
    #[must_use]
    pub const fn new(id: RecipientId) -> Self {
        Self { id }
    }
}
