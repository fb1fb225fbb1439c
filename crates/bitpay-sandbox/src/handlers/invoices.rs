//! Invoices: what is kept of one, and how it is found, listed and changed.

use bitpay_core::id::InvoiceId;
use bitpay_core::model::invoice::{
    Invoice, InvoiceEvent, InvoiceEventAction, InvoiceEventToken, InvoiceStatus, ListInvoices,
    UpdateInvoice,
};
use bitpay_core::time::Timestamp;
use bitpay_core::{Currency, Guid, ResourceToken};
use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::caller::Caller;
use crate::control::ControlError;
use crate::market::Quote;
use crate::reply::Refusal;
use crate::webhook;

mod life_cycle;
pub(crate) mod making;
pub(crate) mod views;

/// An invoice, as a merchant sees it, and what nobody sees.
#[derive(Deserialize, Serialize)]
pub(crate) struct InvoiceRecord {
    pub(crate) invoice: Invoice,
    /// The token that made it, which signs its webhooks.
    pub(crate) maker: usize,
    /// Before this it cannot be found by its guid.
    visible: Timestamp,
    /// The token of the stream of its events, once it was asked for.
    pub(crate) events: Option<String>,
    /// Whether its one webhook was sent, where it has but one.
    notified: bool,
    quotes: Box<[Quote]>,
}

/// So many are listed where no limit is given, or a higher one.
const LIST_LIMIT: u32 = 1_000;

/// The code that proves a telephone number.
const SMS_CODE: &str = "123456";

impl InvoiceRecord {
    /// Can the buyer be reached about it?
    pub(crate) fn contact(&self) -> Result<(), &'static str> {
        let invoice = &self.invoice;
        let in_buyer = invoice
            .buyer
            .as_ref()
            .and_then(|buyer| buyer.email.as_ref());
        let verified = invoice
            .buyer_provided_info
            .as_ref()
            .and_then(|info| info.sms_verified)
            == Some(true);
        if invoice.buyer_provided_email.is_some() || in_buyer.is_some() || verified {
            Ok(())
        } else if invoice.buyer_sms.is_some() {
            Err("0109")
        } else {
            Err("0108")
        }
    }

    /// How far a payment has come, if there is one.
    fn progress(&self) -> u8 {
        match self.invoice.status {
            InvoiceStatus::Paid | InvoiceStatus::Invalid => 1,
            InvoiceStatus::Confirmed => 2,
            InvoiceStatus::Complete => 3,
            _ => 0,
        }
    }
}

impl Engine {
    pub(crate) fn find_invoice(
        &self,
        id: &InvoiceId,
        code: &'static str,
    ) -> Result<usize, Refusal> {
        self.index
            .invoices
            .get(id.as_str())
            .copied()
            .ok_or_else(|| Refusal::coded(code))
    }

    pub(crate) fn find_invoice_by_guid(
        &self,
        guid: &Guid,
        code: &'static str,
    ) -> Result<usize, Refusal> {
        self.visible_invoice(guid)
            .ok_or_else(|| Refusal::coded(code))
    }

    fn visible_invoice(&self, guid: &Guid) -> Option<usize> {
        let indices = self.index.invoice_guids.get(guid.as_str())?;
        indices.iter().copied().find(|index| {
            self.invoices
                .get(*index)
                .is_some_and(|it| it.visible <= self.now)
        })
    }

    pub(crate) fn invoices_between(
        &self,
        caller: &Caller,
        request: &ListInvoices,
    ) -> Result<Vec<Invoice>, Refusal> {
        let limit = request.limit.unwrap_or(LIST_LIMIT).min(LIST_LIMIT);
        let wanted = |invoice: &Invoice| {
            let day = invoice
                .invoice_time
                .map(|at| jiff::tz::Offset::UTC.to_datetime(at).date());
            day.is_some_and(|day| request.date_start <= day && day <= request.date_end)
                && request
                    .status
                    .as_ref()
                    .is_none_or(|status| *status == invoice.status)
                && (request.order_id.is_none() || request.order_id == invoice.order_id)
        };
        // The newest first, so that an invoice made between two pages shifts the second one.
        self.invoices
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, record)| wanted(&record.invoice))
            .skip(usize::try_from(request.offset.unwrap_or(0)).unwrap_or(usize::MAX))
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .map(|(index, _)| self.view(index, caller))
            .collect()
    }

    pub(crate) fn set_contact(
        &mut self,
        index: usize,
        request: UpdateInvoice,
    ) -> Result<(), Refusal> {
        let Some(record) = self.invoices.get_mut(index) else {
            return Err(Refusal::coded("030101"));
        };
        let invoice = &mut record.invoice;
        match (request.buyer_email, request.buyer_sms) {
            (Some(email), None) => {
                if invoice.buyer_provided_email.is_some() {
                    return Err(Refusal::coded("030115"));
                }
                if !email.contains('@') {
                    return Err(Refusal::invalid_param("buyerEmail"));
                }
                let info = invoice.buyer_provided_info.get_or_insert_default();
                info.email_address = Some(email.clone());
                invoice.buyer_provided_email = Some(email);
            }
            (None, Some(sms)) => {
                let digits = sms.strip_prefix('+').unwrap_or(&sms);
                if !(7..=15).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit())
                {
                    return Err(Refusal::coded("030112"));
                }
                let verified = match request.sms_code.as_deref() {
                    Some(SMS_CODE) => true,
                    Some(_) => return Err(Refusal::coded("030113")),
                    None => request.auto_verify == Some(true),
                };
                let info = invoice.buyer_provided_info.get_or_insert_default();
                info.sms = Some(sms.clone());
                info.sms_verified = Some(verified);
                invoice.buyer_sms = Some(sms);
            }
            _ => return Err(Refusal::coded("030102")),
        }
        Ok(())
    }

    /// The buyer chooses at the checkout what to pay with, until something was paid.
    pub(crate) fn choose_currency(
        &mut self,
        index: usize,
        currency: &Currency,
    ) -> Result<(), ControlError> {
        let record = self.invoices.get_mut(index);
        let invoice = &mut record.ok_or(ControlError::UnknownInvoice)?.invoice;
        if invoice.status != InvoiceStatus::New || invoice.transaction_currency.is_some() {
            return Err(ControlError::CurrencyChosen);
        }
        if invoice
            .payment_totals
            .get(currency)
            .ok()
            .flatten()
            .is_none()
        {
            return Err(ControlError::UnknownCurrency);
        }
        let info = invoice.buyer_provided_info.get_or_insert_default();
        info.selected_transaction_currency = Some(currency.clone());
        Ok(())
    }

    /// Asked again, it is the same token.
    pub(crate) fn event_token(&mut self, index: usize) -> Result<InvoiceEventToken, Refusal> {
        let new = self.random.resource_token();
        let record = self
            .invoices
            .get_mut(index)
            .ok_or_else(|| Refusal::coded("020101"))?;
        let token = record.events.get_or_insert(new).clone();
        let mut answer =
            InvoiceEventToken::new(format!("{}/events", self.base), ResourceToken::new(&token));
        answer.events = vec![InvoiceEvent::Payment, InvoiceEvent::Confirmation];
        answer.actions = vec![
            InvoiceEventAction::Subscribe,
            InvoiceEventAction::Unsubscribe,
        ];
        self.index.events(index, &token);
        Ok(answer)
    }

    pub(crate) fn resend(
        &mut self,
        index: usize,
        token: &ResourceToken<Invoice>,
    ) -> Result<(), Refusal> {
        let own = self
            .invoices
            .get(index)
            .and_then(|record| record.invoice.token.as_ref());
        if own != Some(token) {
            return Err(Refusal::invalid_token());
        }
        self.tell(index, webhook::RESENT);
        Ok(())
    }
}
