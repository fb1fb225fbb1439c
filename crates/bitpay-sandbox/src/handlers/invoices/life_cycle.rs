//! What happens to an invoice: payments, confirmations, the end of its time.

use bitpay_core::amount::SubUnits;
use bitpay_core::model::invoice::{
    ExceptionStatus, Invoice, InvoiceEvent, InvoiceStatus, Transaction, TransactionSpeed,
};

use crate::control::ControlError;
use crate::engine::CONFIRM_WITHIN;
use crate::handlers::refunds::Return;
use crate::log::Subject;
use crate::market::display;
use crate::outcomes::Outcome;
use crate::reply::Refusal;
use crate::timeline::Due;
use crate::webhook::Event;
use crate::{Engine, LatePayment};

/// Confirmations that settle a payment, where its currency does not say.
const TARGET: u32 = 6;

/// How often all of an invoice's payments are confirmed.
fn confirmations(invoice: &Invoice) -> u32 {
    let each = invoice.transactions.iter();
    let each = each.map(|transaction| transaction.confirmations.unwrap_or(0));
    each.min().unwrap_or(0)
}

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
            // Where it comes too late, it is returned, and the invoice stays as it is.
            if !self.take_payment(index, None) {
                return Ok(());
            }
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
                self.confirm_for(index, &status);
                self.set_status(index, status);
            }
        }
        Ok(())
    }

    /// The buyer pays so many hundredths of the total, on top of what was paid before.
    pub(crate) fn pay_percent(&mut self, index: usize, percent: u32) -> Result<(), ControlError> {
        let Some(record) = self.invoices.get(index) else {
            return Err(ControlError::UnknownInvoice);
        };
        let invoice = &record.invoice;
        if !matches!(invoice.status, InvoiceStatus::New | InvoiceStatus::Expired) {
            return Err(ControlError::InvoiceState {
                current: invoice.status.clone(),
                wanted: InvoiceStatus::Paid,
            });
        }
        if percent == 0 {
            return Err(ControlError::NothingPaid);
        }
        let high = invoice.transaction_speed == Some(TransactionSpeed::High);
        if self.take_payment(index, Some(percent)) {
            let status = match high {
                true => InvoiceStatus::Confirmed,
                false => InvoiceStatus::Paid,
            };
            self.set_status(index, status);
        }
        Ok(())
    }

    fn comes_too_late(&self, index: usize) -> bool {
        let record = self.invoices.get(index);
        record.is_some_and(|record| record.invoice.status == InvoiceStatus::Expired)
            && self.settings.late_payments == LatePayment::Returned
    }

    /// The buyer pays: what is missing, or so many hundredths of the total. Is the invoice paid by it?
    fn take_payment(&mut self, index: usize, percent: Option<u32>) -> bool {
        let txid = self.random.txid();
        let now = self.now;
        let returned = self.comes_too_late(index);
        let Some(record) = self.invoices.get_mut(index) else {
            return false;
        };
        let invoice = &mut record.invoice;
        let expired = invoice.status == InvoiceStatus::Expired;
        // What came before the invoice expired was returned by then.
        let before = match invoice.amount_paid {
            Some(paid) if !expired => paid.get(),
            _ => 0,
        };
        let selected = || {
            let info = invoice.buyer_provided_info.as_ref()?;
            info.selected_transaction_currency.as_ref()
        };
        let wanted = (invoice.transaction_currency.as_ref())
            .or_else(selected)
            .or(invoice.selected_transaction_currency.as_ref());
        let chosen = wanted.and_then(|wanted| {
            record
                .quotes
                .iter()
                .find(|quote| quote.coin.code == wanted.as_str())
        });
        let Some(quote) = chosen.or(record.quotes.first()) else {
            return false;
        };
        let payment = match percent {
            Some(percent) => quote.total.saturating_mul(percent.into()) / 100,
            None => quote.total.saturating_sub(before).max(0),
        };
        let paid = before.saturating_add(payment);
        let off = SubUnits::from((paid - quote.total).abs()).to_amount(quote.coin.decimals);
        invoice.exception_status = None;
        invoice.underpaid_amount = None;
        if returned {
            invoice.exception_status = Some(ExceptionStatus::PaidLate);
        } else if paid < quote.total {
            invoice.exception_status = Some(ExceptionStatus::PaidPartial);
            invoice.underpaid_amount = off;
        } else if paid > quote.total {
            invoice.exception_status = Some(ExceptionStatus::PaidOver);
            invoice.overpaid_amount = off;
        }
        let full = paid >= quote.total && !returned;
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
        let mut line_of_payment = line(payment, None);
        line_of_payment.ex_rates = invoice
            .exchange_rates
            .get(quote.coin.code)
            .ok()
            .flatten()
            .unwrap_or_default();
        invoice.transactions.push(line_of_payment);
        if quote.coin.miner_fee > 0 && before == 0 {
            let fee = line(-i128::from(quote.coin.miner_fee), Some("buyerPaidMinerFee"));
            invoice.transactions.push(fee);
        }
        if full {
            self.plan_confirmation(index);
        } else if expired {
            let why = match returned {
                true => Return::Late,
                false => Return::Underpayment,
            };
            self.return_payment(index, payment, why);
        }
        full
    }

    fn confirm_for(&mut self, index: usize, status: &InvoiceStatus) {
        let Some(record) = self.invoices.get_mut(index) else {
            return;
        };
        let invoice = &mut record.invoice;
        let target = invoice.target_confirmations.unwrap_or(TARGET);
        let least = match status {
            InvoiceStatus::Complete => target,
            InvoiceStatus::Confirmed
                if invoice.transaction_speed != Some(TransactionSpeed::High) =>
            {
                1
            }
            _ => 0,
        };
        for transaction in &mut invoice.transactions {
            transaction.confirmations = transaction.confirmations.max(Some(least));
        }
    }

    /// The payment has so many confirmations more. One makes it confirmed under the speed `medium`; as
    /// many as its currency's target complete it, even when it was invalid by then.
    pub(crate) fn add_confirmations(
        &mut self,
        index: usize,
        more: u32,
    ) -> Result<(), ControlError> {
        let Some(record) = self.invoices.get_mut(index) else {
            return Err(ControlError::UnknownInvoice);
        };
        let invoice = &mut record.invoice;
        let medium = !matches!(
            invoice.transaction_speed,
            Some(TransactionSpeed::High | TransactionSpeed::Low)
        );
        let current = invoice.status.clone();
        if !matches!(
            current,
            InvoiceStatus::Paid | InvoiceStatus::Confirmed | InvoiceStatus::Invalid
        ) {
            return Err(ControlError::InvoiceState {
                current,
                wanted: InvoiceStatus::Complete,
            });
        }
        let target = invoice.target_confirmations.unwrap_or(TARGET);
        let had = confirmations(invoice);
        let has = had.saturating_add(more);
        for transaction in &mut invoice.transactions {
            let own = transaction.confirmations.unwrap_or(0);
            transaction.confirmations = Some(own.saturating_add(more));
        }
        let confirms = current == InvoiceStatus::Paid && medium && has > 0;
        if confirms {
            self.set_status(index, InvoiceStatus::Confirmed);
        }
        if has >= target {
            self.set_status(index, InvoiceStatus::Complete);
        } else if !confirms && has > had {
            self.let_hear_of(index, InvoiceEvent::Confirmation);
        }
        Ok(())
    }

    /// The first block after a payment, where blocks come by themselves.
    fn plan_confirmation(&mut self, index: usize) {
        let asked = self
            .invoices
            .get(index)
            .is_some_and(|record| Outcome::of_order(&record.invoice).is_some());
        if let Some(pace) = self.settings.pace
            && !asked
        {
            self.plan(pace.confirmation, Due::Confirmation(index));
        }
    }

    pub(crate) fn confirmation_is_due(&mut self, index: usize) {
        if self.add_confirmations(index, 1).is_ok() {
            self.plan_confirmation(index);
        }
    }

    /// Something was to happen to the invoice by now, if it still stands where it stood.
    pub(crate) fn invoice_is_due(&mut self, index: usize) {
        let invoice = self.invoices.get(index).map(|record| &record.invoice);
        match invoice.map(|invoice| (&invoice.status, confirmations(invoice))) {
            Some((InvoiceStatus::New, _)) => self.set_status(index, InvoiceStatus::Expired),
            Some((InvoiceStatus::Paid, 0)) => self.set_status(index, InvoiceStatus::Invalid),
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
            self.timers.remove(&(expires, Due::Deadline(index)));
        }
        let paid = record.invoice.amount_paid.unwrap_or(0.into()).get();
        let odd = record.invoice.exception_status.clone();
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
        if status == InvoiceStatus::Paid {
            self.plan(CONFIRM_WITHIN, Due::Deadline(index));
        }
        if completes {
            self.credit_invoice(index);
        }
        // BitPay returns these by itself, once it is certain what becomes of the invoice.
        match (status, odd) {
            (InvoiceStatus::Expired, Some(ExceptionStatus::PaidPartial)) => {
                self.return_payment(index, paid, Return::Underpayment);
            }
            (
                InvoiceStatus::Complete | InvoiceStatus::Declined,
                Some(ExceptionStatus::PaidOver),
            ) => {
                let total = self.total_of(index).unwrap_or(paid);
                self.return_payment(index, paid.saturating_sub(total), Return::Overpayment);
            }
            _ => {}
        }
    }

    /// What the invoice asks in the currency that was paid.
    fn total_of(&self, index: usize) -> Option<i128> {
        let record = self.invoices.get(index)?;
        let coin = record.invoice.transaction_currency.as_ref()?;
        let quote = record.quotes.iter();
        let mut quote = quote.filter(|quote| quote.coin.code == coin.as_str());
        quote.next().map(|quote| quote.total)
    }

    /// Sends the invoice's webhook, if it has an address for it.
    pub(crate) fn tell(&mut self, index: usize, event: Event) {
        let Some(record) = self.invoices.get(index) else {
            return;
        };
        let Some(url) = record.invoice.notification_url.clone() else {
            return;
        };
        if let Some(token) = self
            .tokens
            .get(record.maker)
            .map(|token| token.text.clone())
        {
            self.send(&url, &token, event, Subject::Invoice(index));
        }
    }
}
