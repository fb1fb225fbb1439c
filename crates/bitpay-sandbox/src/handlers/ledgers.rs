//! The ledger: what invoices and deposits bring in, and what refunds, payouts and settlements take out.
//!
//! Every movement is rounded to the decimal places of its currency's smallest unit, halves away from
//! zero. A ledger may fall below zero: what BitPay does then is not documented.

use std::ops::Range;
use std::time::Duration;

use bitpay_core::amount::SubUnits;
use bitpay_core::id::{InvoiceId, LedgerEntryId};
use bitpay_core::model::invoice::{Buyer, Invoice, InvoiceStatus};
use bitpay_core::model::ledger::{
    BuyerFields, GetLedgerEntries, LedgerBalance, LedgerCode, LedgerEntry,
};
use bitpay_core::model::refund::{Refund, RefundStatus};
use bitpay_core::time::{Date, Timestamp};
use bitpay_core::{Amount, Currency};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use self::settlements::SettlementRecord;
use crate::Engine;
use crate::control::ControlError;
use crate::market::Listed;
use crate::reply::Refusal;
use crate::table::{Table, Timers};

pub(super) mod funding;
pub(crate) mod settlements;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Ledgers are settled at this time of day, UTC.
const CLOSES_AT: i64 = 9 * 60 * 60;

/// The accounts of all currencies.
#[derive(Default)]
pub(crate) struct Ledger {
    /// In the order of time.
    pub(crate) movements: Table<Movement>,
    pub(crate) settlements: Table<SettlementRecord>,
    /// When which settlement moves on by itself.
    pub(crate) timers: Timers<usize>,
    pub(crate) plan: Plan,
}

/// What the ledgers have in common.
#[derive(Clone, Default, PartialEq, Deserialize, Serialize)]
pub(crate) struct Plan {
    /// When ledgers are settled next; not before something was written.
    closes: Option<Timestamp>,
    /// When payouts are funded next, if any waits.
    funds: Option<Timestamp>,
    account: Option<InvoiceId>,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct Movement {
    id: LedgerEntryId,
    of: &'static Listed,
    code: LedgerCode,
    amount: Decimal,
    at: Timestamp,
    description: String,
    invoice: Option<usize>,
    refund: Option<usize>,
}

/// What a movement is about.
#[derive(Clone, Copy)]
enum About {
    Invoice(usize),
    Refund { refund: usize, invoice: usize },
}

impl Ledger {
    pub(crate) fn is_empty(&self) -> bool {
        self.movements.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.movements.clear();
        self.settlements.clear();
        self.timers.retain(|_| false);
        self.plan = Plan::default();
    }

    /// When there is something to do.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        let timer = self.timers.first().map(|(at, _)| *at);
        let others = self.plan.closes.into_iter().chain(self.plan.funds);
        timer.into_iter().chain(others).min()
    }

    fn of(&self, listed: &Listed, range: Range<usize>) -> impl Iterator<Item = &Movement> {
        let range = self.movements.get(range).unwrap_or_default();
        range.iter().filter(move |it| it.of.code == listed.code)
    }

    fn sum(&self, listed: &Listed, range: Range<usize>) -> Decimal {
        self.of(listed, range)
            .fold(Decimal::ZERO, |sum, it| sum.saturating_add(it.amount))
    }

    fn has(&self, listed: &Listed) -> bool {
        self.movements.iter().any(|it| it.of.code == listed.code)
    }
}

/// To the smallest unit, halves away from zero.
fn rounded(amount: Decimal, of: &Listed) -> Decimal {
    let strategy = RoundingStrategy::MidpointAwayFromZero;
    amount
        .round_dp_with_strategy(of.decimals, strategy)
        .normalize()
}

/// The closing after an instant.
fn closing_after(at: Timestamp) -> Option<Timestamp> {
    let seconds = at.as_second();
    let day = seconds.checked_sub(CLOSES_AT)?.div_euclid(86_400);
    let next = day.checked_add(1)?.checked_mul(86_400)?;
    Timestamp::from_second(next.checked_add(CLOSES_AT)?).ok()
}

fn day_of(at: Timestamp) -> Date {
    jiff::tz::Offset::UTC.to_datetime(at).date()
}

impl Engine {
    /// Does one thing that is due at this instant.
    pub(crate) fn ledger_is_due(&mut self, at: Timestamp) {
        if let Some(timer) = self.ledger.timers.first().copied()
            && timer.0 == at
        {
            self.ledger.timers.remove(&timer);
            self.settlement_is_due(timer.1, at);
        } else if self.ledger.plan.funds == Some(at) {
            self.fund_payouts(at);
        } else if self.settle_all(at) {
            self.ledger.plan.closes = closing_after(at);
        } else {
            // Where nothing is settled, nothing will be until something happens.
            self.ledger.plan.closes = closing_after(self.until);
        }
    }

    /// Something happened after which there may be something to settle or to fund.
    pub(crate) fn stir(&mut self) {
        let sooner = |planned: Option<Timestamp>, at: Option<Timestamp>| {
            planned.map(|planned| at.map_or(planned, |at| at.min(planned)))
        };
        let plan = &mut self.ledger.plan;
        plan.closes = sooner(plan.closes, closing_after(self.now));
        plan.funds = sooner(plan.funds, funding::funding_after(self.now));
    }

    fn write(
        &mut self,
        of: &'static Listed,
        code: LedgerCode,
        amount: Decimal,
        description: &str,
        at: Timestamp,
        about: Option<About>,
    ) {
        let amount = rounded(amount, of);
        if amount.is_zero() {
            return;
        }
        let (invoice, refund) = match about {
            None => (None, None),
            Some(About::Invoice(invoice)) => (Some(invoice), None),
            Some(About::Refund { refund, invoice }) => (Some(invoice), Some(refund)),
        };
        self.ledger.movements.push(Movement {
            id: self.random.id(),
            of,
            code,
            amount,
            at,
            description: description.to_owned(),
            invoice,
            refund,
        });
        if self.ledger.plan.closes.is_none() {
            self.ledger.plan.closes = closing_after(at);
        }
        self.stir();
    }

    /// The merchant adds funds, by a payment to BitPay's bank.
    pub(crate) fn put_in(
        &mut self,
        currency: &Currency,
        amount: Amount,
    ) -> Result<(), ControlError> {
        let of = self.market.find(currency);
        let of = of.ok_or(ControlError::UnknownCurrency)?;
        if !amount.is_positive() || !amount.fits(of.decimals) {
            return Err(ControlError::DepositAmount {
                places: of.decimals,
            });
        }
        let (code, amount) = (LedgerCode::CUSTOM, amount.decimal());
        self.write(of, code, amount, "Deposit", self.now, None);
        Ok(())
    }

    /// An invoice became complete: its price comes in, and BitPay's fee goes out.
    pub(crate) fn credit_invoice(&mut self, index: usize) {
        let Some(invoice) = self.invoices.get(index).map(|record| &record.invoice) else {
            return;
        };
        let Some(of) = self.market.find(&invoice.currency) else {
            return;
        };
        let price = invoice.price.decimal();
        let name = invoice.order_id.as_ref().or(invoice.item_desc.as_ref());
        let name = name.cloned().unwrap_or_default();
        let percent = self.settings.invoice_fee_percent.decimal();
        let share = price
            .checked_mul(percent)
            .and_then(|share| share.checked_div(Decimal::ONE_HUNDRED));
        let fixed = self.settings.invoice_fee_fixed.decimal();
        let fixed = self.market.dollars_in(fixed, of).unwrap_or_default();
        let fee = share.unwrap_or_default().saturating_add(fixed);
        let (now, about) = (self.now, Some(About::Invoice(index)));
        self.write(of, LedgerCode::INVOICE, price, &name, now, about);
        self.debit(of, LedgerCode::INVOICE_FEE, fee, about);
    }

    /// Takes out, under the code's own name.
    fn debit(
        &mut self,
        of: &'static Listed,
        code: LedgerCode,
        amount: Decimal,
        about: Option<About>,
    ) {
        let name = code.name().unwrap_or_default();
        self.write(of, code, -amount, name, self.now, about);
    }

    /// What a refund takes out of its ledger: the amount, and the fee where the merchant pays it.
    /// `None` where it never came in: its invoice was declined, or it was paid beside the price.
    fn refund_cost(&self, refund: &Refund) -> Option<(usize, &'static Listed, Decimal, Decimal)> {
        let record = self
            .refunds
            .get(*self.index.refunds.get(refund.id.as_str())?)?;
        let invoice = *self.index.invoices.get(refund.invoice.as_str())?;
        let status = &self.invoices.get(invoice)?.invoice.status;
        if record.is_automatic() || *status != InvoiceStatus::Complete {
            return None;
        }
        let of = self.market.find(refund.currency.as_ref()?)?;
        let fee = match refund.buyer_pays_refund_fee {
            Some(true) => Decimal::ZERO,
            _ => refund.refund_fee.unwrap_or_default().decimal(),
        };
        let amount = rounded(refund.amount.decimal(), of);
        Some((invoice, of, amount, rounded(fee, of)))
    }

    /// A refund was made, or came to another status. An immediate one is taken out at once, and given
    /// back should it fail; any other is taken out when it is paid.
    pub(crate) fn debit_refund(&mut self, index: usize) {
        self.stir();
        let Some(record) = self.refunds.get(index) else {
            return;
        };
        let (refund, debited) = (&record.refund, record.debited);
        let immediate = refund.immediate == Some(true);
        let status = refund.status.clone();
        let Some((invoice, of, amount, fee)) = self.refund_cost(refund) else {
            return;
        };
        let about = Some(About::Refund {
            refund: index,
            invoice,
        });
        match status {
            RefundStatus::Created | RefundStatus::Pending if immediate && !debited => {
                self.set_debited(index, true);
                self.debit(of, LedgerCode::IMMEDIATE_INVOICE_REFUND, amount, about);
                self.debit(of, LedgerCode::REFUND_FEE, fee, about);
            }
            RefundStatus::Success if !debited => {
                self.set_debited(index, true);
                self.debit(of, LedgerCode::INVOICE_REFUND, amount, about);
                self.debit(of, LedgerCode::REFUND_FEE, fee, about);
            }
            RefundStatus::Failure | RefundStatus::Canceled if debited => {
                self.set_debited(index, false);
                self.debit(of, LedgerCode::CUSTOM, -amount, about);
                self.debit(of, LedgerCode::FEE_REFUND, -fee, about);
            }
            _ => {}
        }
    }

    fn set_debited(&mut self, refund: usize, debited: bool) {
        if let Some(record) = self.refunds.get_mut(refund) {
            record.debited = debited;
        }
    }

    pub(crate) fn balances(&self) -> Vec<LedgerBalance> {
        let all = 0..self.ledger.movements.len();
        let balance = |of: &'static Listed| {
            let sum = self.ledger.sum(of, all.clone()).normalize();
            Some(LedgerBalance::new(of.code.parse().ok()?, sum.into()))
        };
        let ledgers = self.market.listed();
        ledgers
            .filter(|listed| self.ledger.has(listed))
            .filter_map(balance)
            .collect()
    }

    /// The entries of a ledger, the oldest first. Days are those of UTC, the last one included.
    pub(crate) fn entries_between(
        &self,
        request: &GetLedgerEntries,
    ) -> Result<Vec<LedgerEntry>, Refusal> {
        request.check()?;
        let of = self.market.find(&request.currency);
        let of = of.ok_or_else(|| Refusal::invalid_param("currency"))?;
        let days = request.start_date..=request.end_date;
        let entries = self.ledger.of(of, 0..self.ledger.movements.len());
        Ok(entries
            .filter(|movement| days.contains(&day_of(movement.at)))
            .map(|movement| self.entry(movement))
            .collect())
    }

    /// The last entries of all ledgers, the newest first, with the currency of each.
    pub(crate) fn last_entries(&self, count: usize) -> Vec<(&'static str, LedgerEntry)> {
        let newest = self.ledger.movements.iter().rev().take(count);
        newest
            .map(|movement| (movement.of.code, self.entry(movement)))
            .collect()
    }

    fn invoice_of(&self, movement: &Movement) -> Option<&Invoice> {
        let record = self.invoices.get(movement.invoice?)?;
        Some(&record.invoice)
    }

    fn refund_of(&self, movement: &Movement) -> Option<&Refund> {
        let record = self.refunds.get(movement.refund?)?;
        Some(&record.refund)
    }

    fn entry(&self, movement: &Movement) -> LedgerEntry {
        // As BitPay scales dollars; finer where the currency is.
        let places = movement.of.decimals.max(8);
        let scale = 10_i128.saturating_pow(places);
        let finer = places.saturating_sub(movement.amount.scale());
        let amount = movement
            .amount
            .mantissa()
            .saturating_mul(10_i128.saturating_pow(finer));
        let (amount, scale) = (SubUnits::from(amount), SubUnits::from(scale));
        let id = movement.id.clone();
        let mut entry = LedgerEntry::new(id, movement.code, amount, scale, movement.at);
        let name = movement.code.name();
        entry.kind = name.map(str::to_owned);
        entry.tx_type = match movement.code {
            LedgerCode::INVOICE => Some("sale".to_owned()),
            _ => name.map(str::to_owned),
        };
        entry.description = Some(movement.description.clone());
        if let Some(invoice) = self.invoice_of(movement) {
            entry.invoice_id = Some(invoice.id.clone());
            entry.buyer_fields = Some(buyer_fields(invoice.buyer.as_ref()));
            entry.invoice_amount = Some(invoice.price);
            entry.invoice_currency = Some(invoice.currency.clone());
            entry
                .transaction_currency
                .clone_from(&invoice.transaction_currency);
        }
        entry.support_request = self
            .refund_of(movement)
            .and_then(|refund| refund.support_request.clone());
        entry
    }
}

fn buyer_fields(buyer: Option<&Buyer>) -> BuyerFields {
    let mut fields = BuyerFields::default();
    if let Some(buyer) = buyer.cloned() {
        fields.buyer_name = buyer.name;
        fields.buyer_address1 = buyer.address1;
        fields.buyer_address2 = buyer.address2;
        fields.buyer_city = buyer.locality;
        fields.buyer_state = buyer.region;
        fields.buyer_zip = buyer.postal_code;
        fields.buyer_country = buyer.country;
        fields.buyer_phone = buyer.phone;
        fields.buyer_notify = buyer.notify;
        fields.buyer_email = buyer.email;
    }
    fields
}
