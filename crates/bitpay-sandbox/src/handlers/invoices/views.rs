//! What of an invoice its reader sees.

use bitpay_core::Facade;
use bitpay_core::model::invoice::Invoice;
use serde::Serialize;

use crate::Engine;
use crate::caller::{Caller, Role};
use crate::reply::Refusal;

impl Engine {
    /// The invoice as a caller may see it.
    pub(crate) fn view(&self, index: usize, caller: &Caller) -> Result<Invoice, Refusal> {
        let record = self
            .invoices
            .get(index)
            .ok_or_else(|| Refusal::coded("020101"))?;
        let invoice = &record.invoice;
        let mut seen = match caller.role {
            Role::Facade(Facade::Merchant) => invoice.clone(),
            Role::Facade(Facade::Pos) => pos_view(invoice),
            _ => public_view(invoice),
        };
        seen.current_time = Some(self.now);
        Ok(seen)
    }
}

/// What a buyer needs, who has the link and no token.
fn public_view(invoice: &Invoice) -> Invoice {
    let mut seen = Invoice::new(
        invoice.id.clone(),
        invoice.status.clone(),
        invoice.price,
        invoice.currency.clone(),
    );
    seen.url.clone_from(&invoice.url);
    seen.invoice_time = invoice.invoice_time;
    seen.expiration_time = invoice.expiration_time;
    seen.exception_status.clone_from(&invoice.exception_status);
    seen.low_fee_detected = invoice.low_fee_detected;
    seen.amount_paid = invoice.amount_paid;
    seen.display_amount_paid
        .clone_from(&invoice.display_amount_paid);
    seen.transaction_currency
        .clone_from(&invoice.transaction_currency);
    seen.payment_subtotals
        .clone_from(&invoice.payment_subtotals);
    seen.payment_totals.clone_from(&invoice.payment_totals);
    seen.payment_display_sub_totals
        .clone_from(&invoice.payment_display_sub_totals);
    seen.payment_display_totals
        .clone_from(&invoice.payment_display_totals);
    seen.exchange_rates.clone_from(&invoice.exchange_rates);
    seen.miner_fees.clone_from(&invoice.miner_fees);
    seen.supported_transaction_currencies
        .clone_from(&invoice.supported_transaction_currencies);
    seen.payment_codes.clone_from(&invoice.payment_codes);
    seen.json_pay_pro_required = invoice.json_pay_pro_required;
    seen
}

/// What a pos token sees of an invoice: the public view, and what the shop itself gave.
fn pos_view(invoice: &Invoice) -> Invoice {
    let mut seen = public_view(invoice);
    seen.order_id.clone_from(&invoice.order_id);
    seen.redirect_url.clone_from(&invoice.redirect_url);
    seen.refund_address_request_pending = invoice.refund_address_request_pending;
    seen.buyer_provided_info
        .clone_from(&invoice.buyer_provided_info);
    seen.token.clone_from(&invoice.token);
    seen
}

/// An invoice as a merchant gets it: with the lists that are empty as well, which the core's type leaves
/// out. Programs count on them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Whole<'a> {
    #[serde(flatten)]
    invoice: &'a Invoice,
    #[serde(skip_serializing_if = "Option::is_none")]
    transactions: Option<[(); 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_addresses: Option<[(); 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    itemized_details: Option<[(); 0]>,
}

impl<'a> Whole<'a> {
    pub(crate) fn new(invoice: &'a Invoice) -> Self {
        Self {
            invoice,
            transactions: invoice.transactions.is_empty().then_some([]),
            refund_addresses: invoice.refund_addresses.is_empty().then_some([]),
            itemized_details: invoice.itemized_details.is_empty().then_some([]),
        }
    }
}
