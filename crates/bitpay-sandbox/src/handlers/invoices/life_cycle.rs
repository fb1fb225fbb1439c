//! What happens to an invoice: payments, confirmations, the end of its time.

use bitpay_core::amount::SubUnits;
use bitpay_core::model::invoice::{ExceptionStatus, InvoiceStatus, Transaction, TransactionSpeed};

use crate::Engine;
use crate::control::ControlError;
use crate::engine::CONFIRM_WITHIN;
use crate::market::display;
use crate::reply::Refusal;
use crate::webhook::{self, Event};

impl Engine {
    pub(crate) fn cancel(&mut self, index: usize, force: Option<bool>) -> Result<(), Refusal> {
        let Some(record) = self.invoices.get_mut(index) else {
            return Err(Refusal::coded("040101"));
        };
        let touched = record.progress() > 0 || record.invoice.exception_status.is_some();
        let next = match record.invoice.status {
            InvoiceStatus::New => InvoiceStatus::Expired,
            InvoiceStatus::Paid | InvoiceStatus::Confirmed => InvoiceStatus::Declined,
            _ => return Err(Refusal::coded("040107")),
        };
        if touched && force != Some(true) && record.contact().is_err() {
            return Err(Refusal::coded("040108"));
        }
        record.invoice.is_cancelled = Some(true);
        if next == InvoiceStatus::Declined {
            self.decline(index);
        } else {
            self.set_status(index, next);
        }
        Ok(())
    }

    /// BitPay's own mock payment, which its test environment has as well.
    pub(crate) fn mock_payment(
        &mut self,
        index: usize,
        status: Option<InvoiceStatus>,
    ) -> Result<(), Refusal> {
        let status = status.unwrap_or(InvoiceStatus::Confirmed);
        if !matches!(status, InvoiceStatus::Confirmed | InvoiceStatus::Complete) {
            return Err(Refusal::coded("030102"));
        }
        let current = self
            .invoices
            .get(index)
            .map(|record| &record.invoice.status);
        if matches!(
            current,
            Some(InvoiceStatus::Expired | InvoiceStatus::Invalid)
        ) {
            return Err(Refusal::coded("030117"));
        }
        self.bring_to(index, &status)
            .map_err(|_| Refusal::coded("030117"))
    }

    /// Brings an invoice to a status, by way of those in between. A late payment of an expired invoice
    /// and a late confirmation of an invalid one are possible, as with BitPay.
    pub(crate) fn bring_to(
        &mut self,
        index: usize,
        status: &InvoiceStatus,
    ) -> Result<(), ControlError> {
        let Some(record) = self.invoices.get(index) else {
            return Err(ControlError::UnknownInvoice);
        };
        let current = record.invoice.status.clone();
        let refused = ControlError::InvoiceState {
            current: current.clone(),
            wanted: status.clone(),
        };
        let speed = record.invoice.transaction_speed.clone();
        let mut goal = match status {
            InvoiceStatus::Paid => 1,
            InvoiceStatus::Confirmed => 2,
            InvoiceStatus::Complete => 3,
            InvoiceStatus::Expired if current == InvoiceStatus::New => {
                self.set_status(index, InvoiceStatus::Expired);
                return Ok(());
            }
            InvoiceStatus::Invalid if current == InvoiceStatus::Paid => {
                self.set_status(index, InvoiceStatus::Invalid);
                return Ok(());
            }
            InvoiceStatus::Declined if matches!(record.progress(), 1 | 2) => {
                self.decline(index);
                return Ok(());
            }
            _ => return Err(refused),
        };
        let at = record.progress();
        if speed == Some(TransactionSpeed::High) {
            goal = goal.max(2);
        }
        if goal <= at || current == InvoiceStatus::Declined {
            return Err(refused);
        }
        if at == 0 {
            self.take_payment(index, None);
        }
        for step in at + 1..=goal {
            let (status, skipped) = match step {
                1 => (InvoiceStatus::Paid, speed == Some(TransactionSpeed::High)),
                2 => {
                    let skipped = speed == Some(TransactionSpeed::Low) && goal == 3;
                    (InvoiceStatus::Confirmed, skipped)
                }
                _ => (InvoiceStatus::Complete, false),
            };
            if !skipped {
                self.confirm(index, &status);
                self.set_status(index, status);
            }
        }
        Ok(())
    }

    /// Pays a part, or too much: so many hundredths of the total.
    pub(crate) fn pay_percent(&mut self, index: usize, percent: u32) -> Result<(), ControlError> {
        let Some(record) = self.invoices.get(index) else {
            return Err(ControlError::UnknownInvoice);
        };
        if record.invoice.status != InvoiceStatus::New {
            return Err(ControlError::InvoiceState {
                current: record.invoice.status.clone(),
                wanted: InvoiceStatus::Paid,
            });
        }
        self.take_payment(index, Some(percent));
        if percent >= 100 {
            self.confirm(index, &InvoiceStatus::Paid);
            self.set_status(index, InvoiceStatus::Paid);
        }
        Ok(())
    }

    /// The buyer pays: all of it, or so many hundredths.
    fn take_payment(&mut self, index: usize, percent: Option<u32>) {
        let txid = self.random.txid();
        let now = self.now;
        let Some(record) = self.invoices.get_mut(index) else {
            return;
        };
        let invoice = &mut record.invoice;
        let wanted = invoice
            .buyer_provided_info
            .as_ref()
            .and_then(|info| info.selected_transaction_currency.as_ref());
        let chosen = wanted.and_then(|wanted| {
            record
                .quotes
                .iter()
                .find(|quote| quote.coin.code == wanted.as_str())
        });
        let Some(quote) = chosen.or(record.quotes.first()) else {
            return;
        };
        let percent = percent.unwrap_or(100);
        let paid = quote.total.saturating_mul(percent.into()) / 100;
        let off = SubUnits::from((paid - quote.total).abs()).to_amount(quote.coin.decimals);
        match percent {
            100 => {
                // What was missing of a partial payment is paid as well.
                invoice.exception_status = None;
                invoice.underpaid_amount = None;
            }
            0..100 => {
                invoice.exception_status = Some(ExceptionStatus::PaidPartial);
                invoice.underpaid_amount = off;
            }
            _ => {
                invoice.exception_status = Some(ExceptionStatus::PaidOver);
                invoice.overpaid_amount = off;
            }
        }
        invoice.amount_paid = Some(paid.into());
        invoice.display_amount_paid = Some(display(paid, quote.coin));
        invoice.transaction_currency = quote.coin.code.parse().ok();
        invoice.target_confirmations = Some(quote.coin.confirmations);
        let info = invoice.buyer_provided_info.get_or_insert_default();
        info.selected_transaction_currency = quote.coin.code.parse().ok();
        let line = |amount: i128, kind: Option<&str>| {
            let mut line = Transaction::default();
            line.amount = Some(amount.into());
            line.confirmations = Some(0);
            line.txid = Some(txid.clone());
            line.kind = kind.map(str::to_owned);
            line.received_time = Some(now);
            line
        };
        let mut payment = line(paid, None);
        payment.ex_rates = invoice
            .exchange_rates
            .get(quote.coin.code)
            .ok()
            .flatten()
            .unwrap_or_default();
        invoice.transactions.push(payment);
        if quote.coin.miner_fee > 0 {
            let fee = line(-i128::from(quote.coin.miner_fee), Some("buyerPaidMinerFee"));
            invoice.transactions.push(fee);
        }
    }

    fn confirm(&mut self, index: usize, status: &InvoiceStatus) {
        let Some(record) = self.invoices.get_mut(index) else {
            return;
        };
        let invoice = &mut record.invoice;
        let target = invoice.target_confirmations.unwrap_or(6);
        let confirmations = match status {
            InvoiceStatus::Complete => target,
            InvoiceStatus::Confirmed
                if invoice.transaction_speed != Some(TransactionSpeed::High) =>
            {
                1
            }
            _ => 0,
        };
        for transaction in &mut invoice.transactions {
            transaction.confirmations = Some(confirmations);
        }
    }

    /// Something was to happen to the invoice by now, if it still stands where it stood.
    pub(crate) fn invoice_is_due(&mut self, index: usize) {
        match self
            .invoices
            .get(index)
            .map(|record| &record.invoice.status)
        {
            Some(InvoiceStatus::New) => self.set_status(index, InvoiceStatus::Expired),
            Some(InvoiceStatus::Paid) => self.set_status(index, InvoiceStatus::Invalid),
            _ => {}
        }
    }

    pub(crate) fn set_status(&mut self, index: usize, status: InvoiceStatus) {
        let Some(record) = self.invoices.get_mut(index) else {
            return;
        };
        let completes =
            status == InvoiceStatus::Complete && record.invoice.status != InvoiceStatus::Complete;
        record.invoice.status = status.clone();
        let expires = record.invoice.expiration_time;
        if status != InvoiceStatus::New
            && let Some(expires) = expires
        {
            self.timers.remove(&(expires, index));
        }
        if status == InvoiceStatus::Paid
            && let Ok(due) = self.now.checked_add(CONFIRM_WITHIN)
        {
            self.timers.insert((due, index));
        }
        let invoice = &record.invoice;
        let extended = invoice.extended_notifications == Some(true);
        let full = extended || invoice.full_notifications != Some(false);
        let told = match status {
            _ if extended => true,
            InvoiceStatus::Paid => full,
            InvoiceStatus::Confirmed | InvoiceStatus::Complete => full || !record.notified,
            _ => false,
        };
        if told && let Some(event) = Event::of_invoice(&status) {
            record.notified = true;
            self.tell(index, event);
        }
        self.let_hear(index);
        if completes {
            self.credit_invoice(index);
        }
    }

    /// Sends the invoice's webhook, if it has an address for it.
    pub(crate) fn tell(&mut self, index: usize, event: Event) {
        let Some(record) = self.invoices.get(index) else {
            return;
        };
        let Some(url) = record.invoice.notification_url.clone() else {
            return;
        };
        let body = webhook::invoice_body(&record.invoice, event, self.now);
        if let Some(token) = self
            .tokens
            .get(record.maker)
            .map(|token| token.text.clone())
        {
            self.send(&url, &token, event, body);
        }
    }
}
