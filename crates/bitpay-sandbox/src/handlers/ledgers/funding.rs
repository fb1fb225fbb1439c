//! Payouts on the ledger: taken out when they are funded, given back when they fail.
//!
//! Twice a day, each payout that is due is funded if its recipient is active and its ledger holds
//! enough for it and its fee; otherwise it waits for the next time. A payout that is brought on by hand
//! takes its funds whatever is there, as a refund does. A payout that is cancelled was still new, so it
//! has taken nothing.
//!
//! The codes and descriptions are those of BitPay's settlement reports. What a failed payout gives back has none that
//! is known: it is [`LedgerCode::CUSTOM`].

use std::collections::HashMap;

use bitpay_core::model::ledger::LedgerCode;
use bitpay_core::model::payout::{Payout, PayoutStatus};
use bitpay_core::time::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::rounded;
use crate::Engine;
use crate::market::Listed;

/// Payouts are funded at these hours of the day, UTC.
const FUNDED_AT: [i64; 2] = [14, 21];

/// What a payout takes out of its ledger.
#[derive(Clone, Copy, Deserialize, Serialize)]
pub(in crate::handlers) struct Cost {
    of: &'static Listed,
    amount: Decimal,
    fee: Decimal,
}

impl Cost {
    fn total(&self) -> Decimal {
        self.amount.saturating_add(self.fee)
    }
}

/// When payouts are funded next after an instant.
pub(super) fn funding_after(at: Timestamp) -> Option<Timestamp> {
    let midnight = at.as_second().div_euclid(86_400).checked_mul(86_400)?;
    let tomorrow = FUNDED_AT.map(|hour| hour + 24);
    FUNDED_AT
        .into_iter()
        .chain(tomorrow)
        .filter_map(|hour| Timestamp::from_second(midnight.checked_add(hour * 3_600)?).ok())
        .find(|time| *time > at)
}

impl Engine {
    /// A payout was asked for: it is funded next time, but not before its day.
    pub(in crate::handlers) fn plan_funding(&mut self, payout: &Payout) {
        let due = payout.effective_date.unwrap_or(self.now).max(self.now);
        let planned = self.ledger.plan.funds.into_iter().chain(funding_after(due));
        self.ledger.plan.funds = planned.min();
    }

    /// Funds what is due and what the ledgers have enough for, the oldest payouts first.
    pub(super) fn fund_payouts(&mut self, at: Timestamp) {
        let mut left: HashMap<&str, Decimal> = HashMap::new();
        let mut next = None;
        for index in 0..self.payouts.len() {
            let Some(payout) = self.payouts.get(index).map(|record| &record.payout) else {
                continue;
            };
            if payout.status != PayoutStatus::New {
                continue;
            }
            let due = payout.effective_date.filter(|due| *due > at);
            if due.is_none()
                && self.active_recipient_of(payout).is_some()
                && let Some(cost) = self.payout_cost(payout)
            {
                let all = 0..self.ledger.movements.len();
                let left = left
                    .entry(cost.of.code)
                    .or_insert_with(|| self.ledger.sum(cost.of, all));
                if *left >= cost.total() {
                    *left -= cost.total();
                    self.step_payout(index, PayoutStatus::Funded, at);
                    continue;
                }
            }
            // Until something happens, no ledger will hold more: what is due waits until then.
            let planned = funding_after(due.unwrap_or(self.until));
            next = next.into_iter().chain(planned).min();
        }
        self.ledger.plan.funds = next;
    }

    fn payout_cost(&self, payout: &Payout) -> Option<Cost> {
        let of = self.market.find(payout.ledger_currency.as_ref()?)?;
        let from = self.market.find(&payout.currency)?;
        let amount = self.market.convert(payout.amount.decimal(), from, of)?;
        let percent = self.settings.payout_fee_percent.decimal();
        let fee = amount
            .checked_mul(percent)?
            .checked_div(Decimal::ONE_HUNDRED)?;
        Some(Cost {
            of,
            amount: rounded(amount, of),
            fee: rounded(fee, of),
        })
    }

    /// Takes a payout and its fee out of its ledger.
    pub(in crate::handlers) fn debit_payout(&mut self, index: usize, at: Timestamp) {
        let Some(payout) = self.payouts.get(index).map(|record| &record.payout) else {
            return;
        };
        let Some(cost) = self.payout_cost(payout) else {
            return;
        };
        let payment = format!("PayoutRequest {}", payout.id);
        for (code, amount, text) in [
            (LedgerCode::PAYOUT, cost.amount, payment.as_str()),
            (LedgerCode::PAYOUT_FEE, cost.fee, "Payout Fee"),
        ] {
            self.write(cost.of, code, -amount, text, at, None);
        }
        if let Some(record) = self.payouts.get_mut(index) {
            record.taken = Some(cost);
        }
    }

    /// Gives back what a payout took, if it took anything.
    pub(in crate::handlers) fn credit_payout(&mut self, index: usize, at: Timestamp) {
        let Some(record) = self.payouts.get_mut(index) else {
            return;
        };
        let Some(cost) = record.taken.take() else {
            return;
        };
        let description = format!("Corrective for Failed Payout {}", record.payout.id);
        let codes = [LedgerCode::CUSTOM, LedgerCode::FEE_REFUND];
        for (code, amount) in codes.into_iter().zip([cost.amount, cost.fee]) {
            self.write(cost.of, code, amount, &description, at, None);
        }
    }

    /// What new payouts are going to take out of a ledger.
    pub(super) fn promised(&self, of: &Listed) -> Decimal {
        self.payouts
            .iter()
            .map(|record| &record.payout)
            .filter(|payout| payout.status == PayoutStatus::New)
            .filter_map(|payout| self.payout_cost(payout))
            .filter(|cost| cost.of.code == of.code)
            .fold(Decimal::ZERO, |sum, cost| sum.saturating_add(cost.total()))
    }
}
