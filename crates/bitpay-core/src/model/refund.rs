//! Refunds: <https://developer.bitpay.com/reference/refunds>.

use alloc::format;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::invoice::{Invoice, InvoiceStatus};
use super::{Echo, InvalidRequest, lenient};
use crate::amount::Amount;
use crate::currency::Currency;
use crate::guid::Guid;
use crate::id::{InvoiceId, RefundId};
use crate::open_enum::open_enum;
use crate::time::{self, Timestamp};
use crate::token::ResourceToken;

open_enum! {
    /// Where a refund stands.
    pub enum RefundStatus {
        /// Not yet a refund: shows what it would cost, and waits to be confirmed.
        Preview = "preview",
        /// Made; the buyer may have to accept it.
        Created = "created",
        /// Being paid.
        Pending = "pending",
        /// Cancelled before it was paid.
        Canceled = "canceled" | "cancelled",
        /// Paid.
        Success = "success",
        /// Could not be paid.
        Failure = "failure",
    }
}

open_enum! {
    /// What kind of refund it is: <https://developer.bitpay.com/reference/refunds>.
    pub enum RefundKind {
        /// All of it, at the rate of now.
        FullAtCurrentRate = "full (current rate)",
        /// All of it, at the rate of the invoice. BitPay no longer makes these.
        FullAtFixedRate = "full (fixed rate)",
        /// A part.
        Partial = "partial",
        /// Less was paid than asked, and is given back.
        Underpayment = "underpayment",
        /// More was paid than asked, and the rest is given back.
        Overpayment = "overpayment",
        /// The invoice was declined.
        Declined = "declined",
    }
}

impl RefundStatus {
    /// Whether nothing more will happen to the refund: paid, failed or cancelled.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Success | Self::Failure | Self::Canceled)
    }
}

/// A refund of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Refund {
    /// The refund's id.
    pub id: RefundId,
    /// The invoice that is refunded.
    pub invoice: InvoiceId,
    /// Where it stands.
    pub status: RefundStatus,
    /// What is refunded, in units of the invoice's currency.
    pub amount: Amount,
    /// The invoice's currency.
    #[serde(
        default,
        with = "lenient::Given::<Currency>",
        skip_serializing_if = "Option::is_none"
    )]
    pub currency: Option<Currency>,
    /// The name that its maker gave it. Any text: others choose theirs by their own rules.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub guid: Option<String>,
    /// The merchant's own reference.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub reference: Option<String>,
    /// What kind of refund it is.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<RefundKind>,
    /// Whether it only shows what a refund would cost.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub preview: Option<bool>,
    /// BitPay's fee for it, in units of the invoice's currency.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub refund_fee: Option<Amount>,
    /// The cryptocurrency that it is paid in.
    #[serde(
        default,
        with = "lenient::Given::<Currency>",
        skip_serializing_if = "Option::is_none"
    )]
    pub transaction_currency: Option<Currency>,
    /// What is refunded, in units of the transaction currency.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub transaction_amount: Option<Amount>,
    /// BitPay's fee for it, in units of the transaction currency.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub transaction_refund_fee: Option<Amount>,
    /// Whether funds leave the merchant's ledger at once and not at the day's end.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub immediate: Option<bool>,
    /// Whether the fee comes out of what the buyer gets.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub buyer_pays_refund_fee: Option<bool>,
    /// When it was asked for.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub request_date: Option<Timestamp>,
    /// When the buyer was last told of it.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub last_refund_notification: Option<Timestamp>,
    /// BitPay's support case.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub support_request: Option<String>,
    /// Where it was paid to.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub refund_address: Option<String>,
    /// The transaction that paid it.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub txid: Option<String>,
    /// Where webhooks about it go.
    #[serde(
        default,
        with = "lenient::Text",
        rename = "notificationURL",
        skip_serializing_if = "Option::is_none"
    )]
    pub notification_url: Option<String>,
    /// The refund's own token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<ResourceToken<Refund>>,
}

impl Refund {
    /// A refund of which no more than this is known.
    #[must_use]
    pub const fn new(
        id: RefundId,
        invoice: InvoiceId,
        status: RefundStatus,
        amount: Amount,
    ) -> Self {
        Self {
            id,
            invoice,
            status,
            amount,
            currency: None,
            guid: None,
            reference: None,
            kind: None,
            preview: None,
            refund_fee: None,
            transaction_currency: None,
            transaction_amount: None,
            transaction_refund_fee: None,
            immediate: None,
            buyer_pays_refund_fee: None,
            request_date: None,
            last_refund_notification: None,
            support_request: None,
            refund_address: None,
            txid: None,
            notification_url: None,
            token: None,
        }
    }
}

/// Asks for a refund: <https://developer.bitpay.com/reference/create-a-refund-request>.
///
/// Made from the invoice as it was last fetched, because the same call does something else on a
/// [`Confirmed`](InvoiceStatus::Confirmed) invoice: BitPay then declines the invoice, refunds all of it
/// whatever the amount says, and this cannot be cancelled. [`new`](Self::new) and [`full`](Self::full)
/// take a complete invoice only; [`declining`](Self::declining) is for those who mean it.
///
/// The amount is in the invoice's currency; a currency is never sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreateRefund {
    /// The invoice to refund.
    pub(crate) invoice_id: InvoiceId,
    /// How much of it, in units of the invoice's currency.
    pub(crate) amount: Amount,
    /// The refund's name, to find it by.
    pub(crate) guid: Guid,
    /// Asks what the refund would cost, without making it.
    pub(crate) preview: Option<bool>,
    /// Takes the funds from the merchant's ledger at once, and not at the day's end.
    pub(crate) immediate: Option<bool>,
    /// Takes BitPay's fee out of what the buyer gets.
    pub(crate) buyer_pays_refund_fee: Option<bool>,
    /// The merchant's own reference, at most 100 characters.
    pub(crate) reference: Option<String>,
}

impl CreateRefund {
    /// Refunds a part, or all, of a complete invoice. The amount is in units of the invoice's currency.
    ///
    /// # Errors
    /// The invoice is not complete, or the amount is not positive or more than the invoice's price.
    pub fn new(
        invoice: &Invoice,
        guid: Guid,
        amount: impl Into<Amount>,
    ) -> Result<Self, InvalidRequest> {
        match &invoice.status {
            InvoiceStatus::Complete => Self::of(invoice, guid, amount.into()),
            InvoiceStatus::Confirmed => Err(InvalidRequest::new(
                "invoice_id",
                "the invoice is confirmed: BitPay would decline it and refund all of it, whatever the amount; \
                 wait for complete, or use CreateRefund::declining",
            )),
            status => Err(InvalidRequest::new(
                "invoice_id",
                format!("the invoice is {status}; only a complete invoice can be refunded"),
            )),
        }
    }

    /// Refunds all of a complete invoice.
    ///
    /// # Errors
    /// The invoice is not complete, or has no price.
    pub fn full(invoice: &Invoice, guid: Guid) -> Result<Self, InvalidRequest> {
        Self::new(invoice, guid, invoice.price)
    }

    /// Declines a confirmed invoice: all of it is refunded, and this cannot be cancelled.
    ///
    /// # Errors
    /// The invoice is not confirmed, or has no price.
    pub fn declining(invoice: &Invoice, guid: Guid) -> Result<Self, InvalidRequest> {
        match &invoice.status {
            InvoiceStatus::Confirmed => Self::of(invoice, guid, invoice.price),
            status => Err(InvalidRequest::new(
                "invoice_id",
                format!("the invoice is {status}; only a confirmed invoice can be declined"),
            )),
        }
    }

    fn of(invoice: &Invoice, guid: Guid, amount: Amount) -> Result<Self, InvalidRequest> {
        if !amount.is_positive() {
            return Err(InvalidRequest::new("amount", "must be more than 0"));
        }
        if amount > invoice.price {
            return Err(InvalidRequest::new(
                "amount",
                format!(
                    "{amount} is more than the invoice's price of {}",
                    invoice.price
                ),
            ));
        }
        Ok(Self {
            invoice_id: invoice.id.clone(),
            amount,
            guid,
            preview: None,
            immediate: None,
            buyer_pays_refund_fee: None,
            reference: None,
        })
    }

    /// Asks what the refund would cost, without making it.
    #[must_use]
    pub const fn preview(mut self, preview: bool) -> Self {
        self.preview = Some(preview);
        self
    }

    /// Takes the funds from the merchant's ledger at once, and not at the day's end.
    #[must_use]
    pub const fn immediate(mut self, immediate: bool) -> Self {
        self.immediate = Some(immediate);
        self
    }

    /// Takes BitPay's fee out of what the buyer gets.
    #[must_use]
    pub const fn buyer_pays_refund_fee(mut self, buyer_pays_refund_fee: bool) -> Self {
        self.buyer_pays_refund_fee = Some(buyer_pays_refund_fee);
        self
    }

    /// The merchant's own reference, at most 100 characters.
    #[must_use]
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// The invoice to refund.
    #[must_use]
    pub const fn invoice_id(&self) -> &InvoiceId {
        &self.invoice_id
    }

    /// How much of it, in units of the invoice's currency.
    #[must_use]
    pub const fn amount(&self) -> Amount {
        self.amount
    }

    /// The refund's name, to find it by.
    #[must_use]
    pub const fn guid(&self) -> &Guid {
        &self.guid
    }

    /// What [`preview`](Self::preview) set.
    #[must_use]
    pub const fn is_preview(&self) -> Option<bool> {
        self.preview
    }

    /// What [`immediate`](Self::immediate) set.
    #[must_use]
    pub const fn is_immediate(&self) -> Option<bool> {
        self.immediate
    }

    /// What [`buyer_pays_refund_fee`](Self::buyer_pays_refund_fee) set.
    #[must_use]
    pub const fn does_buyer_pay_refund_fee(&self) -> Option<bool> {
        self.buyer_pays_refund_fee
    }

    /// What [`reference`](Self::reference) set.
    #[must_use]
    pub fn reference_text(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// Looks for what BitPay would refuse.
    ///
    /// # Errors
    /// The amount is not positive, or the reference has more than 100 characters.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        if !self.amount.is_positive() {
            return Err(InvalidRequest::new("amount", "must be more than 0"));
        }
        let reference = self.reference.as_deref().unwrap_or_default();
        if reference.chars().count() > 100 {
            return Err(InvalidRequest::new(
                "reference",
                "has more than 100 characters",
            ));
        }
        Ok(())
    }

    /// Compares the refund that BitPay answered with this request: invoice, and amount by value.
    ///
    /// The answer has no clock of BitPay's in it, so the echo has no age.
    #[must_use]
    pub fn echo(&self, made: &Refund) -> Echo {
        let mut echo = Echo::default();
        if self.invoice_id != made.invoice {
            echo.differs.push("invoice_id");
        }
        if self.amount != made.amount {
            echo.differs.push("amount");
        }
        echo
    }
}

/// Asks for a refund by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetRefund {
    /// The refund.
    pub id: RefundId,
}

impl GetRefund {
    /// The request.
    #[must_use]
    pub const fn new(id: RefundId) -> Self {
        Self { id }
    }
}

/// Asks for a refund by the guid that it was made with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetRefundByGuid {
    /// The refund's guid.
    pub guid: Guid,
}

impl GetRefundByGuid {
    /// The request.
    #[must_use]
    pub const fn new(guid: Guid) -> Self {
        Self { guid }
    }
}

/// Asks for all refunds of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListRefunds {
    /// The invoice.
    pub invoice_id: InvoiceId,
}

impl ListRefunds {
    /// The request.
    #[must_use]
    pub const fn new(invoice_id: InvoiceId) -> Self {
        Self { invoice_id }
    }
}

/// Cancels a refund that is not under way yet: a preview, or one that is created and not immediate.
///
/// A second cancel is an error on BitPay's side: after an unknown outcome, fetch the refund.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CancelRefund {
    /// The refund.
    pub id: RefundId,
}

impl CancelRefund {
    /// The request.
    #[must_use]
    pub const fn new(id: RefundId) -> Self {
        Self { id }
    }
}

fn check_update(status: &RefundStatus) -> Result<(), InvalidRequest> {
    match status {
        RefundStatus::Created | RefundStatus::Canceled => Ok(()),
        status => Err(InvalidRequest::new(
            "status",
            format!("{status} cannot be set; created and canceled can"),
        )),
    }
}

/// Confirms a refund that was a preview, or cancels one:
/// <https://developer.bitpay.com/reference/update-a-refund-request>.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UpdateRefund {
    /// The refund.
    pub id: RefundId,
    /// `created` makes a refund of a preview; `canceled` cancels it.
    pub status: RefundStatus,
}

impl UpdateRefund {
    /// The request.
    #[must_use]
    pub const fn new(id: RefundId, status: RefundStatus) -> Self {
        Self { id, status }
    }

    /// Makes a refund of a preview.
    #[must_use]
    pub const fn confirm(id: RefundId) -> Self {
        Self::new(id, RefundStatus::Created)
    }

    /// Looks for what BitPay would refuse.
    ///
    /// # Errors
    /// The status is neither `created` nor `canceled`.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        check_update(&self.status)
    }
}

/// Confirms a refund that was a preview, or cancels one, by the guid that it was made with:
/// <https://developer.bitpay.com/reference/update-a-refund-by-guid-request>.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UpdateRefundByGuid {
    /// The refund's guid.
    pub guid: Guid,
    /// `created` makes a refund of a preview; `canceled` cancels it.
    pub status: RefundStatus,
}

impl UpdateRefundByGuid {
    /// The request.
    #[must_use]
    pub const fn new(guid: Guid, status: RefundStatus) -> Self {
        Self { guid, status }
    }

    /// Makes a refund of a preview.
    #[must_use]
    pub const fn confirm(guid: Guid) -> Self {
        Self::new(guid, RefundStatus::Created)
    }

    /// Looks for what BitPay would refuse.
    ///
    /// # Errors
    /// The status is neither `created` nor `canceled`.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        check_update(&self.status)
    }
}

/// Cancels a refund that is not under way yet, by the guid that it was made with:
/// <https://developer.bitpay.com/reference/cancel-a-refund-by-guid-request>.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CancelRefundByGuid {
    /// The refund's guid.
    pub guid: Guid,
}

impl CancelRefundByGuid {
    /// The request.
    #[must_use]
    pub const fn new(guid: Guid) -> Self {
        Self { guid }
    }
}

/// Tells the buyer of a refund again, by email:
/// <https://developer.bitpay.com/reference/request-a-refund-notification-to-be-resent>. It takes the
/// refund's own token, which came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResendRefundNotification {
    /// The refund.
    pub id: RefundId,
    /// The refund's own token: [`Refund::token`].
    pub token: ResourceToken<Refund>,
}

impl ResendRefundNotification {
    /// The request.
    #[must_use]
    pub const fn new(id: RefundId, token: ResourceToken<Refund>) -> Self {
        Self { id, token }
    }
}
