//! The ledger: what invoices bring in and refunds take out, and what is paid out of it each morning.
//!
//! Every movement is rounded to the decimal places of its currency's smallest unit, halves away from
//! zero. A ledger may fall below zero: what BitPay does then is not documented.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::time::Duration;

use bitpay_core::amount::SubUnits;
use bitpay_core::by_currency::ByCurrency;
use bitpay_core::id::{InvoiceId, LedgerEntryId, SettlementId};
use bitpay_core::model::invoice::{Buyer, Invoice, InvoiceStatus};
use bitpay_core::model::ledger::{
    BuyerFields, GetLedgerEntries, LedgerBalance, LedgerCode, LedgerEntry,
};
use bitpay_core::model::refund::{Refund, RefundStatus};
use bitpay_core::model::settlement::{
    InvoiceData, ListSettlements, PayoutInfo, RefundInfo, Settlement, SettlementEntry,
    SettlementReport, SettlementStatus, Withholding, WithholdingCode,
};
use bitpay_core::time::{Date, Timestamp};
use bitpay_core::{Amount, Currency, ResourceToken};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::Engine;
use crate::control::ControlError;
use crate::engine::Owner;
use crate::market::Listed;
use crate::reply::Refusal;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Ledgers are settled at this time of day, UTC.
const CLOSES_AT: i64 = 9 * 60 * 60;

/// A settlement is paid so long after its closing, unless somebody brings it on before.
const PAID_AFTER: Duration = Duration::from_secs(3 * 60 * 60);

/// So many settlements are listed where no limit is given.
const LIST_DEFAULT: u32 = 100;

/// So many at most.
const LIST_LIMIT: u32 = 1_000;

/// The accounts of all currencies.
#[derive(Default)]
pub(crate) struct Ledger {
    /// In the order of time.
    movements: Vec<Movement>,
    settlements: Vec<SettlementRecord>,
    by_id: HashMap<String, usize>,
    /// The refunds that were taken out and not given back.
    debited: HashSet<usize>,
    /// When ledgers are settled next; not before something was written.
    closes: Option<Timestamp>,
    /// When which settlement moves on by itself.
    timers: BTreeSet<(Timestamp, usize)>,
    account: Option<InvoiceId>,
}

struct Movement {
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

pub(crate) struct SettlementRecord {
    settlement: Settlement,
    of: &'static Listed,
    /// Where among the movements its own are.
    entries: Range<usize>,
}

impl Ledger {
    /// When there is something to do.
    pub(crate) fn due(&self) -> Option<Timestamp> {
        let timer = self.timers.first().map(|(at, _)| *at);
        timer.into_iter().chain(self.closes).min()
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
    /// Settles what was to be settled by now, in the order of time. Before anything is written, so
    /// that a day holds what happened on it.
    pub(crate) fn close_days(&mut self) {
        while let Some(at) = self.ledger.due()
            && at <= self.now
        {
            if let Some(timer) = self.ledger.timers.first().copied()
                && timer.0 == at
            {
                self.ledger.timers.remove(&timer);
                self.settlement_is_due(timer.1, at);
                continue;
            }
            // Where nothing is settled, nothing will be until something happens.
            self.ledger.closes = if self.settle_all(at) {
                closing_after(at)
            } else {
                closing_after(self.now)
            };
        }
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
        if self.ledger.closes.is_none() {
            self.ledger.closes = closing_after(at);
        }
    }

    /// An invoice became complete: its price comes in, and BitPay's fee goes out.
    pub(crate) fn credit_invoice(&mut self, index: usize) {
        self.close_days();
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
    /// `None` where its invoice never came in, because it was declined.
    fn refund_cost(&self, refund: &Refund) -> Option<(usize, &'static Listed, Decimal, Decimal)> {
        let invoice = *self.index.invoices.get(refund.invoice.as_str())?;
        let status = &self.invoices.get(invoice)?.invoice.status;
        if *status != InvoiceStatus::Complete {
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
        self.close_days();
        let Some(refund) = self.refunds.get(index).map(|record| &record.refund) else {
            return;
        };
        let immediate = refund.immediate == Some(true);
        let status = refund.status.clone();
        let Some((invoice, of, amount, fee)) = self.refund_cost(refund) else {
            return;
        };
        let about = Some(About::Refund {
            refund: index,
            invoice,
        });
        let debited = self.ledger.debited.contains(&index);
        match status {
            RefundStatus::Created | RefundStatus::Pending if immediate && !debited => {
                self.ledger.debited.insert(index);
                self.debit(of, LedgerCode::IMMEDIATE_INVOICE_REFUND, amount, about);
                self.debit(of, LedgerCode::REFUND_FEE, fee, about);
            }
            RefundStatus::Success if !debited => {
                self.ledger.debited.insert(index);
                self.debit(of, LedgerCode::INVOICE_REFUND, amount, about);
                self.debit(of, LedgerCode::REFUND_FEE, fee, about);
            }
            RefundStatus::Failure | RefundStatus::Canceled if debited => {
                self.ledger.debited.remove(&index);
                self.debit(of, LedgerCode::CUSTOM, -amount, about);
                self.debit(of, LedgerCode::FEE_REFUND, -fee, about);
            }
            _ => {}
        }
    }

    /// What is kept back for refunds that are under way.
    fn withheld(&self, of: &Listed) -> Decimal {
        let pending = |(index, record): (usize, &super::refunds::RefundRecord)| {
            let refund = &record.refund;
            let active = matches!(refund.status, RefundStatus::Created | RefundStatus::Pending);
            if !active || self.ledger.debited.contains(&index) {
                return None;
            }
            let (_, ledger, amount, fee) = self.refund_cost(refund)?;
            (ledger.code == of.code).then(|| amount.saturating_add(fee))
        };
        let refunds = self.refunds.iter().enumerate();
        refunds
            .filter_map(pending)
            .fold(Decimal::ZERO, Decimal::saturating_add)
    }

    /// Settles every ledger but those of cryptocurrencies. Did any have something to settle?
    fn settle_all(&mut self, at: Timestamp) -> bool {
        let ledgers: Vec<_> = self
            .market
            .listed()
            .filter(|listed| !listed.is_crypto() && self.ledger.has(listed))
            .collect();
        let mut any = false;
        for of in ledgers {
            any |= self.settle_ledger(of, at);
        }
        any
    }

    fn settle_ledger(&mut self, of: &'static Listed, at: Timestamp) -> bool {
        let ledger = &self.ledger;
        let last = ledger
            .settlements
            .iter()
            .rev()
            .find(|record| record.of.code == of.code);
        let begin = last.map_or(0, |last| last.entries.end);
        let entries = begin..ledger.movements.len();
        let opening = ledger.sum(of, 0..begin);
        let sum = ledger.sum(of, entries.clone());
        let withheld = self.withheld(of);
        let total = opening.saturating_add(sum).saturating_sub(withheld);
        if total <= Decimal::ZERO {
            return false;
        }
        let opened = match last {
            Some(last) => last.settlement.closing_date,
            None => ledger
                .of(of, entries.clone())
                .next()
                .and_then(|first| closing_after(first.at)?.checked_sub(DAY).ok()),
        };
        let Ok(currency) = of.code.parse() else {
            return false;
        };
        let id: SettlementId = self.random.id();
        let token = self.random.resource_token();
        let index = self.ledger.settlements.len();
        let account = match &self.ledger.account {
            Some(account) => account.clone(),
            None => self.ledger.account.insert(self.random.id()).clone(),
        };
        let mut settlement = Settlement::new(id.clone(), SettlementStatus::New, currency);
        settlement.account_id = Some(account.as_str().to_owned());
        settlement.payout_info = Some(bank());
        settlement.date_created = Some(at);
        settlement.opening_date = opened;
        settlement.closing_date = Some(at);
        settlement.opening_balance = Some(opening.normalize().into());
        settlement.ledger_entries_sum = Some(sum.normalize().into());
        if !withheld.is_zero() {
            let amount = withheld.normalize().into();
            let mut withholding = Withholding::new(amount, WithholdingCode::PendingRefunds);
            withholding.description = Some("Pending Refunds".to_owned());
            settlement.withholdings.push(withholding);
        }
        settlement.withholdings_sum = Some(withheld.normalize().into());
        settlement.total_amount = Some(total.normalize().into());
        settlement.token = Some(ResourceToken::new(&token));
        self.index.by_token.insert(token, Owner::Settlement);
        self.ledger.by_id.insert(id.as_str().to_owned(), index);
        self.ledger.settlements.push(SettlementRecord {
            settlement,
            of,
            entries,
        });
        if let Ok(due) = at.checked_add(PAID_AFTER) {
            self.ledger.timers.insert((due, index));
        }
        // After its closing, so it is the first entry of the next settlement.
        let description = format!("Account Settlement {id}");
        let code = LedgerCode::ACCOUNT_SETTLEMENT;
        self.write(of, code, -total, &description, at, None);
        true
    }

    fn settlement_is_due(&mut self, index: usize, at: Timestamp) {
        let Some(record) = self.ledger.settlements.get_mut(index) else {
            return;
        };
        let settlement = &mut record.settlement;
        match settlement.status {
            SettlementStatus::New => {
                settlement.status = SettlementStatus::Processing;
                settlement.date_executed = Some(at);
                if let Ok(due) = at.checked_add(DAY) {
                    self.ledger.timers.insert((due, index));
                }
            }
            SettlementStatus::Processing => {
                settlement.status = SettlementStatus::Completed;
                settlement.date_completed = Some(at);
            }
            _ => {}
        }
    }

    /// Brings a settlement on: processing, and then completed or rejected.
    pub(crate) fn bring_settlement_to(
        &mut self,
        id: &SettlementId,
        status: &SettlementStatus,
    ) -> Result<(), ControlError> {
        self.close_days();
        let now = self.now;
        let index = self.ledger.by_id.get(id.as_str()).copied();
        let found = index.and_then(|index| Some((index, self.ledger.settlements.get_mut(index)?)));
        let Some((index, record)) = found else {
            return Err(ControlError::UnknownSettlement);
        };
        let settlement = &mut record.settlement;
        let may = match status {
            SettlementStatus::Processing => settlement.status == SettlementStatus::New,
            SettlementStatus::Completed | SettlementStatus::Rejected => {
                !settlement.status.is_final()
            }
            _ => false,
        };
        if !may {
            return Err(ControlError::SettlementState {
                current: settlement.status.clone(),
                wanted: status.clone(),
            });
        }
        settlement.status = status.clone();
        settlement.date_executed = settlement.date_executed.or(Some(now));
        if *status == SettlementStatus::Completed {
            settlement.date_completed = Some(now);
        }
        let (of, total) = (record.of, settlement.total_amount.unwrap_or_default());
        self.ledger.timers.retain(|(_, other)| *other != index);
        match status {
            SettlementStatus::Processing => {
                if let Ok(due) = now.checked_add(DAY) {
                    self.ledger.timers.insert((due, index));
                }
            }
            SettlementStatus::Rejected => {
                let code = LedgerCode::FAILED_SETTLEMENT;
                let description = format!("Corrective for Failed Account Settlement {id}");
                self.write(of, code, total.decimal(), &description, now, None);
            }
            _ => {}
        }
        Ok(())
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

    /// Settlements, the oldest first, by the day on which they were made.
    pub(crate) fn settlements_between(
        &self,
        request: &ListSettlements,
    ) -> Result<Vec<Settlement>, Refusal> {
        request.check()?;
        let limit = request.limit.unwrap_or(LIST_DEFAULT).min(LIST_LIMIT);
        let wanted = |settlement: &&Settlement| {
            let day = settlement.date_created.map(day_of);
            let currency = request.currency.as_ref();
            let status = request.status.as_ref();
            request.start_date.is_none_or(|start| day >= Some(start))
                && request.end_date.is_none_or(|end| day <= Some(end))
                && currency.is_none_or(|currency| currency.same_as(&settlement.currency))
                && status.is_none_or(|status| *status == settlement.status)
        };
        let settlements = self.ledger.settlements.iter();
        Ok(settlements
            .map(|record| &record.settlement)
            .filter(wanted)
            .skip(usize::try_from(request.offset.unwrap_or(0)).unwrap_or(usize::MAX))
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .cloned()
            .collect())
    }

    pub(crate) fn settlement(&self, id: &SettlementId) -> Result<Settlement, Refusal> {
        let index = self.ledger.by_id.get(id.as_str());
        index
            .and_then(|index| self.ledger.settlements.get(*index))
            .map(|record| record.settlement.clone())
            .ok_or_else(Refusal::unknown_path)
    }

    /// What a settlement is made of, for whoever has its token.
    pub(crate) fn report(
        &self,
        id: &SettlementId,
        token: &ResourceToken<Settlement>,
    ) -> Result<SettlementReport, Refusal> {
        let mut settlement = self.settlement(id)?;
        if settlement.token.as_ref() != Some(token) {
            return Err(Refusal::invalid_token());
        }
        settlement.token = None;
        let record = self.ledger.by_id.get(id.as_str());
        let record = record.and_then(|index| self.ledger.settlements.get(*index));
        let record = record.ok_or_else(Refusal::unknown_path)?;
        let entries = self.ledger.of(record.of, record.entries.clone());
        let entries = entries
            .map(|movement| self.report_entry(movement))
            .collect();
        Ok(SettlementReport::new(settlement, entries))
    }

    fn report_entry(&self, movement: &Movement) -> SettlementEntry {
        let mut entry = SettlementEntry::new(movement.code, movement.amount.into());
        entry.timestamp = Some(movement.at);
        entry.description = Some(movement.description.clone());
        let Some(invoice) = self.invoice_of(movement) else {
            return entry;
        };
        entry.invoice_id = Some(invoice.id.clone());
        let refund = self.refund_of(movement);
        entry.reference = refund.and_then(|refund| refund.reference.clone());
        let tells = matches!(
            movement.code,
            LedgerCode::INVOICE | LedgerCode::INVOICE_REFUND | LedgerCode::IMMEDIATE_INVOICE_REFUND
        );
        if tells {
            let mut data = invoice_data(invoice, movement.of);
            data.refund_info = refund.map(refund_info);
            entry.invoice_data = Some(data);
        }
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

fn invoice_data(invoice: &Invoice, of: &Listed) -> InvoiceData {
    let mut data = InvoiceData::default();
    data.order_id.clone_from(&invoice.order_id);
    data.date = invoice.invoice_time;
    data.price = Some(invoice.price);
    data.currency = Some(invoice.currency.clone());
    data.transaction_currency
        .clone_from(&invoice.transaction_currency);
    data.over_paid_amount = invoice.overpaid_amount;
    let all = [(of.code, Amount::from(100))];
    data.payout_percentage = ByCurrency::from_entries(all).unwrap_or_default();
    data.buyer_email_address
        .clone_from(&invoice.buyer_provided_email);
    data
}

fn refund_info(refund: &Refund) -> RefundInfo {
    let mut info = RefundInfo::default();
    info.support_request.clone_from(&refund.support_request);
    info.currency.clone_from(&refund.currency);
    info.reference.clone_from(&refund.reference);
    let amount = |currency: &Option<Currency>, amount| Some((currency.clone()?, amount?));
    let paid = amount(&refund.transaction_currency, refund.transaction_amount)
        .filter(|_| refund.transaction_currency != refund.currency);
    let amounts = [amount(&refund.currency, Some(refund.amount)), paid];
    let amounts = amounts.iter().flatten();
    info.amounts =
        ByCurrency::from_entries(amounts.map(|(currency, amount)| (currency.as_str(), *amount)))
            .unwrap_or_default();
    info
}

/// Where imaginary money goes.
fn bank() -> PayoutInfo {
    let mut bank = PayoutInfo::default();
    bank.label = Some("Sandbox account".to_owned());
    bank.bank_country = Some("Netherlands".to_owned());
    bank.name = Some("Sandbox merchant".to_owned());
    bank.bank = Some("Sandbox bank".to_owned());
    bank.swift = Some("SANDNL2A".to_owned());
    bank.account = Some("NL00SAND0000000000".to_owned());
    bank
}
