//! The stream of an invoice's events: who listens, and what is heard.

use bitpay_core::id::InvoiceId;
use bitpay_core::model::invoice::{
    Invoice, InvoiceEvent, InvoiceEventAction, InvoiceStatus, SubscribeInvoiceEvents,
};
use bytes::Bytes;

use crate::Engine;
use crate::index::Owner;
use crate::reply::Refusal;

/// A connection that listens. [`Outcome::event_stream`](crate::Outcome::event_stream) asks to keep it open.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EventStream {
    /// To the events of this invoice.
    pub invoice: InvoiceId,
    events: Vec<InvoiceEvent>,
}

/// Something to be heard by those who listen.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Heard {
    /// Of this invoice.
    pub invoice: InvoiceId,
    /// What happened; `None` when the listeners are to be cut off.
    pub event: Option<InvoiceEvent>,
    /// What to send to each.
    pub chunk: Bytes,
}

impl Heard {
    /// Nothing more is to be heard of an invoice.
    pub(crate) fn end_of(invoice: &InvoiceId) -> Self {
        Self {
            invoice: invoice.clone(),
            event: None,
            chunk: Bytes::new(),
        }
    }
}

impl EventStream {
    /// Does this connection want to hear that?
    #[must_use]
    pub fn wants(&self, heard: &Heard) -> bool {
        let event = heard.event.as_ref();
        self.invoice == heard.invoice && event.is_some_and(|event| self.events.contains(event))
    }
}

impl Engine {
    /// Opens a stream, or cuts off those who listen.
    pub(crate) fn subscribe(
        &mut self,
        request: &SubscribeInvoiceEvents,
    ) -> Result<Option<EventStream>, Refusal> {
        let owner = self.index.by_token.get(request.token.expose());
        let Some(Owner::Events(index)) = owner.copied() else {
            return Err(Refusal::invalid_token());
        };
        let record = self
            .invoices
            .get(index)
            .ok_or_else(Refusal::invalid_token)?;
        let invoice = record.invoice.id.clone();
        match request.action {
            InvoiceEventAction::Subscribe => Ok(Some(EventStream {
                invoice,
                events: request.events.clone(),
            })),
            InvoiceEventAction::Unsubscribe => {
                self.heard.push(Heard::end_of(&invoice));
                Ok(None)
            }
            _ => Err(Refusal::invalid_param("action")),
        }
    }

    /// Says how the invoice stands now, if anybody can listen.
    pub(crate) fn let_hear(&mut self, index: usize) {
        let Some(invoice) = self.invoices.get(index).map(|record| &record.invoice) else {
            return;
        };
        let event = match invoice.status {
            InvoiceStatus::Paid => InvoiceEvent::Payment,
            InvoiceStatus::Confirmed if is_unconfirmed(invoice) => InvoiceEvent::Payment,
            InvoiceStatus::Confirmed | InvoiceStatus::Complete => InvoiceEvent::Confirmation,
            _ => return,
        };
        self.let_hear_of(index, event);
    }

    pub(crate) fn let_hear_of(&mut self, index: usize, event: InvoiceEvent) {
        let Some(record) = self.invoices.get(index) else {
            return;
        };
        if record.events.is_none() {
            return;
        }
        let mut invoice = record.invoice.clone();
        invoice.current_time = Some(self.now);
        let Ok(json) = serde_json::to_string(&invoice) else {
            return;
        };
        self.heard.push(Heard {
            invoice: invoice.id,
            event: Some(event),
            chunk: format!("event: statechange\ndata: {json}\n\n").into(),
        });
    }
}

/// Under the speed `high`, a payment confirms an invoice before any block does.
fn is_unconfirmed(invoice: &Invoice) -> bool {
    let mut transactions = invoice.transactions.iter();
    transactions.all(|transaction| transaction.confirmations == Some(0))
}
