//! Settlements: what is paid out of a ledger each morning, and what each is made of.

use std::ops::Range;
use std::time::Duration;

use bitpay_core::by_currency::ByCurrency;
use bitpay_core::id::SettlementId;
use bitpay_core::model::invoice::Invoice;
use bitpay_core::model::ledger::LedgerCode;
use bitpay_core::model::refund::{Refund, RefundStatus};
use bitpay_core::model::settlement::{
    InvoiceData, ListSettlements, PayoutInfo, RefundInfo, Settlement, SettlementEntry,
    SettlementReport, SettlementStatus, Withholding, WithholdingCode,
};
use bitpay_core::time::Timestamp;
use bitpay_core::{Amount, Currency, ResourceToken};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{DAY, Movement, closing_after, day_of};
use crate::Engine;
use crate::control::ControlError;
use crate::market::Listed;
use crate::reply::Refusal;

/// A settlement is paid so long after its closing, unless somebody brings it on before.
const PAID_AFTER: Duration = Duration::from_secs(3 * 60 * 60);

/// So many settlements are listed where no limit is given.
const LIST_DEFAULT: u32 = 100;

/// So many at most.
const LIST_LIMIT: u32 = 1_000;

#[derive(Deserialize, Serialize)]
pub(crate) struct SettlementRecord {
    pub(crate) settlement: Settlement,
    of: &'static Listed,
    /// Where among the movements its own are.
    entries: Range<usize>,
}

impl Engine {
    /// What is kept back for refunds that are under way.
    fn withheld(&self, of: &Listed) -> Decimal {
        let pending = |record: &crate::handlers::refunds::RefundRecord| {
            let refund = &record.refund;
            let active = matches!(refund.status, RefundStatus::Created | RefundStatus::Pending);
            if !active || record.debited {
                return None;
            }
            let (_, ledger, amount, fee) = self.refund_cost(refund)?;
            (ledger.code == of.code).then(|| amount.saturating_add(fee))
        };
        let refunds = self.refunds.iter();
        refunds
            .filter_map(pending)
            .fold(Decimal::ZERO, Decimal::saturating_add)
    }

    /// Settles every ledger but those of cryptocurrencies. Did any have something to settle?
    pub(super) fn settle_all(&mut self, at: Timestamp) -> bool {
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

    /// The merchant's account, the same in all answers.
    pub(in crate::handlers) fn account_id(&mut self) -> String {
        let account = match &self.ledger.plan.account {
            Some(account) => account,
            None => self.ledger.plan.account.insert(self.random.id()),
        };
        account.as_str().to_owned()
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
        let withholdings = [
            (
                self.withheld(of),
                WithholdingCode::PendingRefunds,
                "Pending Refunds",
            ),
            // BitPay says of payouts only that the funds must be there.
            (
                self.promised(of),
                WithholdingCode::Liquidity,
                "Pending Payouts",
            ),
        ];
        let withheld = withholdings
            .iter()
            .fold(Decimal::ZERO, |sum, (amount, ..)| {
                sum.saturating_add(*amount)
            });
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
        let account = self.account_id();
        let mut settlement = Settlement::new(id.clone(), SettlementStatus::New, currency);
        settlement.account_id = Some(account);
        settlement.payout_info = Some(bank());
        settlement.date_created = Some(at);
        settlement.opening_date = opened;
        settlement.closing_date = Some(at);
        settlement.opening_balance = Some(opening.normalize().into());
        settlement.ledger_entries_sum = Some(sum.normalize().into());
        for (amount, code, description) in withholdings {
            if !amount.is_zero() {
                let mut withholding = Withholding::new(amount.normalize().into(), code);
                withholding.description = Some(description.to_owned());
                settlement.withholdings.push(withholding);
            }
        }
        settlement.withholdings_sum = Some(withheld.normalize().into());
        settlement.total_amount = Some(total.normalize().into());
        settlement.token = Some(ResourceToken::new(&token));
        self.index.settlement(index, &settlement);
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

    pub(super) fn settlement_is_due(&mut self, index: usize, at: Timestamp) {
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
        let now = self.now;
        let index = self.index.settlements.get(id.as_str()).copied();
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
        let index = self.index.settlements.get(id.as_str());
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
        let record = self.index.settlements.get(id.as_str());
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

/// What an invoice and a settlement tell of a refund.
pub(in crate::handlers) fn refund_info(refund: &Refund) -> RefundInfo {
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
