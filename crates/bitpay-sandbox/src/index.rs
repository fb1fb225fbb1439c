//! Where things are, by what they are called. All of it follows from the records.

use std::collections::HashMap;

use bitpay_core::Sin;
use bitpay_core::model::bill::Bill;
use bitpay_core::model::invoice::Invoice;
use bitpay_core::model::settlement::Settlement;
use bitpay_core::model::subscription::Subscription;

use crate::handlers::invoices::InvoiceRecord;
use crate::handlers::refunds::RefundRecord;
use crate::handlers::tokens::TokenRecord;

#[derive(Default)]
pub(crate) struct Index {
    pub(crate) by_token: HashMap<String, Owner>,
    pub(crate) codes: HashMap<String, usize>,
    pub(crate) pairings: HashMap<(Sin, String), usize>,
    pub(crate) invoices: HashMap<String, usize>,
    pub(crate) invoice_guids: HashMap<String, Vec<usize>>,
    pub(crate) refunds: HashMap<String, usize>,
    pub(crate) refund_guids: HashMap<String, Vec<usize>>,
    pub(crate) settlements: HashMap<String, usize>,
}

/// What a token is of.
#[derive(Clone, Copy)]
pub(crate) enum Owner {
    Facade(usize),
    Invoice(usize),
    Refund(usize),
    Bill(usize),
    Subscription(usize),
    Settlement,
    /// The stream of an invoice's events.
    Events(usize),
}

/// What is kept at this place is to be found.
impl Index {
    pub(crate) fn token(&mut self, index: usize, record: &TokenRecord) {
        self.by_token
            .insert(record.text.clone(), Owner::Facade(index));
        if let Some(code) = &record.code {
            self.codes.insert(code.as_str().to_owned(), index);
        }
        if let Some(asked) = &record.asked {
            self.pairings.insert(asked.clone(), index);
        }
    }

    pub(crate) fn invoice(&mut self, index: usize, record: &InvoiceRecord) {
        let Invoice {
            id, guid, token, ..
        } = &record.invoice;
        self.invoices.insert(id.as_str().to_owned(), index);
        if let Some(guid) = guid {
            let guids = self.invoice_guids.entry(guid.clone()).or_default();
            guids.push(index);
        }
        if let Some(token) = token {
            self.by_token
                .insert(token.expose().to_owned(), Owner::Invoice(index));
        }
        if let Some(events) = &record.events {
            self.events(index, events);
        }
    }

    pub(crate) fn events(&mut self, index: usize, token: &str) {
        self.by_token.insert(token.to_owned(), Owner::Events(index));
    }

    pub(crate) fn refund(&mut self, index: usize, record: &RefundRecord) {
        let refund = &record.refund;
        self.refunds.insert(refund.id.as_str().to_owned(), index);
        if let Some(guid) = &refund.guid {
            let guids = self.refund_guids.entry(guid.clone()).or_default();
            guids.push(index);
        }
        if let Some(token) = &refund.token {
            self.by_token
                .insert(token.expose().to_owned(), Owner::Refund(index));
        }
    }

    pub(crate) fn bill(&mut self, index: usize, bill: &Bill) {
        if let Some(token) = &bill.token {
            self.by_token
                .insert(token.expose().to_owned(), Owner::Bill(index));
        }
    }

    pub(crate) fn subscription(&mut self, index: usize, subscription: &Subscription) {
        if let Some(token) = &subscription.token {
            self.by_token
                .insert(token.expose().to_owned(), Owner::Subscription(index));
        }
    }

    pub(crate) fn settlement(&mut self, index: usize, settlement: &Settlement) {
        self.settlements
            .insert(settlement.id.as_str().to_owned(), index);
        if let Some(token) = &settlement.token {
            self.by_token
                .insert(token.expose().to_owned(), Owner::Settlement);
        }
    }
}
