//! Refunds: asked for, previewed, cancelled, paid.

use bitpay_core::amount::{Amount, SubUnits};
use bitpay_core::id::{InvoiceId, RefundId};
use bitpay_core::model::invoice::InvoiceStatus;
use bitpay_core::model::refund::{
    CreateRefund, Refund, RefundKind, RefundStatus, ResendRefundNotification,
};
use bitpay_core::time::Timestamp;
use bitpay_core::{Guid, ResourceToken};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::caller::Caller;
use crate::control::ControlError;
use crate::handlers::ledgers::settlements::refund_info;
use crate::index::Owner;
use crate::log::Subject;
use crate::outcomes::{End, Outcome};
use crate::reply::Refusal;
use crate::timeline::Due;
use crate::webhook::{self, Event};
use crate::{Engine, GuidRepeat};

/// A refund, and what nobody sees.
#[derive(Deserialize, Serialize)]
pub(crate) struct RefundRecord {
    pub(crate) refund: Refund,
    /// The token that asked for it.
    pub(crate) maker: usize,
    /// Before this it cannot be found by its guid.
    visible: Timestamp,
    origin: Origin,
    /// It was taken out of its ledger and not given back.
    pub(super) debited: bool,
}

/// How a refund came about.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
enum Origin {
    /// The merchant asked for it.
    Asked,
    /// It declined its invoice, which is not undone.
    Declines,
    /// BitPay made it by itself, of what was paid too little, too much or too late.
    Automatic,
}

/// Why BitPay returns a payment by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Return {
    Underpayment,
    Overpayment,
    Late,
}

/// The step of a refund that it goes on from by itself.
fn step_of(status: &RefundStatus) -> Option<u8> {
    match status {
        RefundStatus::Created => Some(0),
        RefundStatus::Pending => Some(1),
        _ => None,
    }
}

impl RefundRecord {
    fn is_active(&self) -> bool {
        matches!(
            self.refund.status,
            RefundStatus::Created | RefundStatus::Pending
        )
    }

    /// BitPay made it by itself.
    pub(crate) fn is_automatic(&self) -> bool {
        self.origin == Origin::Automatic
    }
}

impl Engine {
    pub(crate) fn find_refund(
        &self,
        id: &RefundId,
        code: &'static str,
    ) -> Result<&RefundRecord, Refusal> {
        self.index
            .refunds
            .get(id.as_str())
            .and_then(|index| self.refunds.get(*index))
            .ok_or_else(|| Refusal::coded(code))
    }

    pub(crate) fn find_refund_by_guid(&self, guid: &Guid) -> Option<&RefundRecord> {
        let indices = self.index.refund_guids.get(guid.as_str())?;
        indices
            .iter()
            .filter_map(|index| self.refunds.get(*index))
            .find(|record| record.visible <= self.now)
    }

    pub(crate) fn refunds_of(&self, invoice: &InvoiceId) -> impl Iterator<Item = &Refund> {
        self.refund_records(invoice).map(|record| &record.refund)
    }

    fn refund_records(&self, invoice: &InvoiceId) -> impl Iterator<Item = &RefundRecord> {
        self.refunds
            .iter()
            .filter(move |record| record.refund.invoice == *invoice)
    }

    pub(crate) fn make_refund(
        &mut self,
        caller: &Caller,
        request: &CreateRefund,
    ) -> Result<Refund, Refusal> {
        if self.settings.refund_guids != GuidRepeat::Ignored
            && let Some(record) = self.find_refund_by_guid(request.guid())
        {
            return Ok(record.refund.clone());
        }
        let index = self.find_invoice(request.invoice_id(), "010101")?;
        let record = self
            .invoices
            .get(index)
            .ok_or_else(|| Refusal::coded("010101"))?;
        let declines = match record.invoice.status {
            InvoiceStatus::Complete => false,
            InvoiceStatus::Confirmed => true,
            _ => return Err(Refusal::coded("010207")),
        };
        match record.contact() {
            Ok(()) => {}
            Err("0109") => return Err(Refusal::coded("010109")),
            Err(_) => return Err(Refusal::coded("010108")),
        }
        let reference = request.reference_text().unwrap_or_default();
        if !request.amount().is_positive() || reference.chars().count() > 100 {
            return Err(Refusal::coded("010202"));
        }
        let refunded = self.refunded(&record.invoice.id, "010204")?;
        let preview = request.is_preview() == Some(true);
        // A confirmed invoice is refunded as a whole, whatever the amount says.
        let amount = match declines {
            true => record.invoice.price,
            false => request.amount(),
        };
        let left = record.invoice.price.decimal().checked_sub(refunded);
        if left.is_none_or(|left| amount.decimal() > left) {
            return Err(Refusal::coded("010202"));
        }
        let maker = self.maker(caller).unwrap_or(record.maker);
        let mut refund = self.new_refund(index, amount)?;
        if refund.refund_fee.is_some_and(|fee| fee > amount) {
            return Err(Refusal::coded("010208"));
        }
        refund.guid = Some(request.guid().as_str().to_owned());
        refund.reference = request.reference_text().map(str::to_owned);
        refund.immediate = Some(request.is_immediate() == Some(true));
        refund.buyer_pays_refund_fee = Some(request.does_buyer_pay_refund_fee() == Some(true));
        if preview {
            refund.status = RefundStatus::Preview;
            refund.support_request = None;
            refund.last_refund_notification = None;
        }
        let declines = declines && !preview;
        if declines {
            refund.kind = Some(RefundKind::Declined);
        }
        let made = refund.clone();
        let origin = match declines {
            true => Origin::Declines,
            false => Origin::Asked,
        };
        self.keep_refund(refund, maker, origin);
        if declines {
            self.set_status(index, InvoiceStatus::Declined);
        }
        Ok(made)
    }

    pub(crate) fn maker(&self, caller: &Caller) -> Option<usize> {
        match self.index.by_token.get(caller.token.as_deref()?)? {
            Owner::Facade(index) => Some(*index),
            _ => None,
        }
    }

    /// A refund of an invoice, with its fee and what it comes to in the currency that was paid.
    fn new_refund(&mut self, index: usize, amount: Amount) -> Result<Refund, Refusal> {
        let id = self.random.id();
        let support_request = self.random.id::<InvoiceId>();
        let token = self.random.resource_token();
        let invoice = self
            .invoices
            .get(index)
            .map(|record| &record.invoice)
            .ok_or_else(|| Refusal::coded("010101"))?;
        let in_coin = |amount: Decimal| {
            let from = self.market.find(&invoice.currency)?;
            let coin = self.market.find(invoice.transaction_currency.as_ref()?)?;
            let exact = self.market.convert(amount, from, coin)?;
            Some(Amount::from(
                exact.round_dp(coin.decimals.min(8)).normalize(),
            ))
        };
        let fee = self.market.find(&invoice.currency).and_then(|currency| {
            let fee = self
                .market
                .dollars_in(self.settings.refund_fee.decimal(), currency)?;
            let up = RoundingStrategy::AwayFromZero;
            Some(
                fee.round_dp_with_strategy(currency.precision, up)
                    .normalize(),
            )
        });
        let whole = amount == invoice.price;
        let mut refund = Refund::new(id, invoice.id.clone(), RefundStatus::Created, amount);
        refund.currency = Some(invoice.currency.clone());
        refund.kind = Some(if whole {
            RefundKind::FullAtCurrentRate
        } else {
            RefundKind::Partial
        });
        refund.refund_fee = fee.map(Amount::from);
        refund
            .transaction_currency
            .clone_from(&invoice.transaction_currency);
        refund.transaction_amount = in_coin(amount.decimal());
        refund.transaction_refund_fee = fee.and_then(in_coin);
        refund.immediate = Some(false);
        refund.buyer_pays_refund_fee = Some(false);
        refund.request_date = Some(self.now);
        refund.last_refund_notification = Some(self.now);
        refund.support_request = Some(support_request.as_str().to_owned());
        refund
            .notification_url
            .clone_from(&invoice.notification_url);
        refund.token = Some(ResourceToken::new(&token));
        Ok(refund)
    }

    fn keep_refund(&mut self, refund: Refund, maker: usize, origin: Origin) {
        let index = self.refunds.len();
        let event = Event::of_refund(&refund.status);
        let record = RefundRecord {
            refund,
            maker,
            visible: self.visible_from(self.settings.refund_guids),
            origin,
            debited: false,
        };
        self.index.refund(index, &record);
        self.refunds.push(record);
        self.debit_refund(index);
        if let Some(event) = event {
            self.tell_of_refund(index, event);
        }
        self.plan_refund(index);
    }

    /// Declines a paid invoice: all of it is refunded, and that cannot be cancelled.
    pub(crate) fn decline(&mut self, index: usize) {
        let Some(record) = self.invoices.get(index) else {
            return;
        };
        let (price, maker) = (record.invoice.price, record.maker);
        if let Ok(mut refund) = self.new_refund(index, price) {
            refund.kind = Some(RefundKind::Declined);
            self.keep_refund(refund, maker, Origin::Declines);
        }
        self.set_status(index, InvoiceStatus::Declined);
    }

    /// BitPay returns a payment by itself: so much of the invoice's coin, at the invoice's own rate. What
    /// is worth less than the fee, which the buyer bears, is not returned. It touches no ledger, because
    /// it never came in.
    pub(crate) fn return_payment(&mut self, index: usize, units: i128, why: Return) {
        let Some(record) = self.invoices.get(index) else {
            return;
        };
        let maker = record.maker;
        let Some((amount, of_coin)) = self.worth(index, units) else {
            return;
        };
        let Ok(mut refund) = self.new_refund(index, amount) else {
            return;
        };
        if refund.refund_fee.is_some_and(|fee| fee >= amount) {
            return;
        }
        let kind = match why {
            Return::Underpayment => RefundKind::Underpayment,
            Return::Overpayment => RefundKind::Overpayment,
            Return::Late => RefundKind::FullAtCurrentRate,
        };
        refund.kind = Some(kind);
        refund.transaction_amount = Some(of_coin);
        refund.buyer_pays_refund_fee = Some(true);
        self.keep_refund(refund, maker, Origin::Automatic);
    }

    /// So much of the coin that an invoice was paid in, in the invoice's currency, rounded down to its
    /// smallest unit, and in the coin.
    fn worth(&self, index: usize, units: i128) -> Option<(Amount, Amount)> {
        let record = self.invoices.get(index)?;
        let invoice = &record.invoice;
        let currency = self.market.find(&invoice.currency)?;
        let coin = self.market.find(invoice.transaction_currency.as_ref()?)?;
        let total = invoice.payment_totals.get(coin.code).ok().flatten()?;
        let part = SubUnits::from(units).to_amount(coin.decimals)?;
        let whole = total.to_amount(coin.decimals)?;
        let amount = invoice
            .price
            .decimal()
            .checked_mul(part.decimal())?
            .checked_div(whole.decimal())?
            .round_dp_with_strategy(currency.decimals.min(8), RoundingStrategy::ToZero)
            .normalize();
        (amount > Decimal::ZERO).then(|| (amount.into(), part))
    }

    /// Where refunds go on by themselves, it goes on from where it stands.
    fn plan_refund(&mut self, index: usize) {
        let Some(record) = self.refunds.get(index) else {
            return;
        };
        let asked = self.asked_of_refund(record).is_some();
        let after = match self.settings.pace {
            _ if asked => self.settings.outcome_step,
            Some(pace) => pace.refund,
            None => return,
        };
        if let Some(step) = step_of(&record.refund.status) {
            self.plan(after, Due::Refund(index, step));
        }
    }

    /// How it is to end, by what the order id of its invoice asks for.
    fn asked_of_refund(&self, record: &RefundRecord) -> Option<End> {
        let invoice = self.index.invoices.get(record.refund.invoice.as_str())?;
        Outcome::of_order(&self.invoices.get(*invoice)?.invoice)?.refunds
    }

    pub(crate) fn refund_is_due(&mut self, index: usize, from: u8) {
        let Some(record) = self.refunds.get(index) else {
            return;
        };
        if step_of(&record.refund.status) != Some(from) {
            return;
        }
        let next = match (from, self.asked_of_refund(record)) {
            (0, _) => RefundStatus::Pending,
            (_, Some(End::Badly)) => RefundStatus::Failure,
            _ => RefundStatus::Success,
        };
        let id = record.refund.id.clone();
        // It stands where it has to.
        let _ = self.settle(&id, &next);
    }

    pub(crate) fn cancel_refund_of(
        &mut self,
        id: &RefundId,
        refusal: &'static str,
    ) -> Result<Refund, Refusal> {
        self.find_refund(id, "040201")?;
        let Some(record) = self.refund_mut(id) else {
            return Err(Refusal::coded("040201"));
        };
        let immediate = record.refund.immediate == Some(true);
        let may = match record.refund.status {
            RefundStatus::Preview => true,
            RefundStatus::Created => !immediate && record.origin == Origin::Asked,
            _ => false,
        };
        if !may {
            return Err(Refusal::coded(refusal));
        }
        record.refund.status = RefundStatus::Canceled;
        let cancelled = record.refund.clone();
        self.stir();
        Ok(cancelled)
    }

    pub(crate) fn refund_id_of(
        &self,
        guid: &Guid,
        code: &'static str,
    ) -> Result<RefundId, Refusal> {
        self.find_refund_by_guid(guid)
            .map(|record| record.refund.id.clone())
            .ok_or_else(|| Refusal::coded(code))
    }

    /// Makes a refund of a preview, or cancels it.
    pub(crate) fn update_refund_of(
        &mut self,
        id: &RefundId,
        status: &RefundStatus,
    ) -> Result<Refund, Refusal> {
        let record = self.find_refund(id, "030201")?;
        match status {
            RefundStatus::Canceled => return self.cancel_refund_of(id, "030200"),
            RefundStatus::Created => {}
            _ => return Err(Refusal::coded("030202")),
        }
        if record.refund.status != RefundStatus::Preview {
            return Err(Refusal::coded("030200"));
        }
        let invoice = record.refund.invoice.clone();
        let amount = record.refund.amount.decimal();
        let invoice_index = self.find_invoice(&invoice, "030101")?;
        let (status, price) = self
            .invoices
            .get(invoice_index)
            .map(|record| (&record.invoice.status, record.invoice.price.decimal()))
            .ok_or_else(|| Refusal::coded("030101"))?;
        let declines = match status {
            InvoiceStatus::Complete => false,
            InvoiceStatus::Confirmed => true,
            _ => return Err(Refusal::coded("030207")),
        };
        // What was free when the preview was made may be refunded by now.
        let left = price.checked_sub(self.refunded(&invoice, "030204")?);
        if left.is_none_or(|left| amount > left) {
            return Err(Refusal::coded("030202"));
        }
        let support_request = self.random.id::<InvoiceId>();
        let now = self.now;
        let index = self.index.refunds.get(id.as_str()).copied();
        let Some((index, record)) =
            index.and_then(|index| Some((index, self.refunds.get_mut(index)?)))
        else {
            return Err(Refusal::coded("030201"));
        };
        if declines {
            record.origin = Origin::Declines;
        }
        let refund = &mut record.refund;
        refund.status = RefundStatus::Created;
        refund.support_request = Some(support_request.as_str().to_owned());
        refund.last_refund_notification = Some(now);
        if declines {
            refund.kind = Some(RefundKind::Declined);
        }
        let made = refund.clone();
        self.debit_refund(index);
        if let Some(event) = Event::of_refund(&made.status) {
            self.tell_of_refund(index, event);
        }
        self.plan_refund(index);
        if declines {
            self.set_status(invoice_index, InvoiceStatus::Declined);
        }
        Ok(made)
    }

    /// How much of an invoice was refunded. A refund under way is refused by this code.
    fn refunded(&self, invoice: &InvoiceId, code: &'static str) -> Result<Decimal, Refusal> {
        let mut refunded = Decimal::ZERO;
        // What BitPay returns by itself was no part of the price.
        let asked_for = |other: &&RefundRecord| !other.is_automatic();
        for other in self.refund_records(invoice).filter(asked_for) {
            if other.is_active() {
                return Err(Refusal::coded(code));
            }
            if other.refund.status == RefundStatus::Success {
                refunded += other.refund.amount.decimal();
            }
        }
        Ok(refunded)
    }

    /// Tells the buyer again. Two official SDKs send the merchant's token and not the refund's.
    pub(crate) fn tell_buyer_again(
        &mut self,
        caller: &Caller,
        request: &ResendRefundNotification,
    ) -> Result<(), Refusal> {
        let now = self.now;
        let Some(record) = self.refund_mut(&request.id) else {
            return Err(Refusal::coded("010201"));
        };
        let own = record.refund.token.as_ref() == Some(&request.token);
        if !own && caller.token.as_deref() != Some(request.token.expose()) {
            return Err(Refusal::invalid_token());
        }
        if !record.is_active() {
            return Err(Refusal::coded("010200"));
        }
        record.refund.last_refund_notification = Some(now);
        Ok(())
    }

    fn refund_mut(&mut self, id: &RefundId) -> Option<&mut RefundRecord> {
        let index = *self.index.refunds.get(id.as_str())?;
        self.refunds.get_mut(index)
    }

    /// Brings a refund on: created, pending, and then success or failure.
    pub(crate) fn settle(
        &mut self,
        id: &RefundId,
        status: &RefundStatus,
    ) -> Result<(), ControlError> {
        let txid = self.random.txid();
        let Some(index) = self.index.refunds.get(id.as_str()).copied() else {
            return Err(ControlError::UnknownRefund);
        };
        let Some(record) = self.refunds.get_mut(index) else {
            return Err(ControlError::UnknownRefund);
        };
        let may = match status {
            RefundStatus::Pending => record.refund.status == RefundStatus::Created,
            RefundStatus::Success | RefundStatus::Failure => record.is_active(),
            _ => false,
        };
        if !may {
            return Err(ControlError::RefundState {
                current: record.refund.status.clone(),
                wanted: status.clone(),
            });
        }
        record.refund.status = status.clone();
        if *status == RefundStatus::Success {
            record.refund.txid = Some(txid);
        }
        let invoice = record.refund.invoice.clone();
        let info = refund_info(&record.refund);
        self.debit_refund(index);
        if let Some(event) = Event::of_refund(status) {
            self.tell_of_refund(index, event);
        }
        self.plan_refund(index);
        if *status == RefundStatus::Success
            && let Some(index) = self.index.invoices.get(invoice.as_str()).copied()
        {
            if let Some(record) = self.invoices.get_mut(index) {
                record.invoice.refund_info.push(info);
            }
            if self.is_extended(index) {
                self.tell(index, webhook::REFUNDED);
            }
        }
        Ok(())
    }

    fn is_extended(&self, invoice: usize) -> bool {
        self.invoices
            .get(invoice)
            .is_some_and(|record| record.invoice.extended_notifications == Some(true))
    }

    /// Refunds are told of where the invoice asked for extended webhooks.
    fn tell_of_refund(&mut self, index: usize, event: Event) {
        let Some(record) = self.refunds.get(index) else {
            return;
        };
        let Some(url) = record.refund.notification_url.clone() else {
            return;
        };
        let invoice = self.index.invoices.get(record.refund.invoice.as_str());
        if !invoice.is_some_and(|invoice| self.is_extended(*invoice)) {
            return;
        }
        if let Some(token) = self
            .tokens
            .get(record.maker)
            .map(|token| token.text.clone())
        {
            self.send(&url, &token, event, Subject::Refund(index));
        }
    }
}
