//! Compares a merchant's own books with what BitPay tells: which orders were paid, fulfilled, refunded, and
//! whether the sums agree.
//!
//! What a status says of the money: <https://developer.bitpay.com/reference/invoices>; the entries of a ledger:
//! <https://developer.bitpay.com/reference/ledgers>.
//!
//! ```
//! use bitpay_core::model::invoice::{Invoice, InvoiceStatus};
//! use bitpay_core::reconcile::{Order, Problem, reconcile};
//! use bitpay_core::Currency;
//!
//! let mut paid = Invoice::new("i1".parse()?, InvoiceStatus::Complete, "12.50".parse()?, Currency::EUR);
//! paid.order_id = Some("order-17".to_owned());
//! let orders = [
//!     Order::new("order-17", "12.50".parse()?, Currency::EUR),
//!     Order::new("order-18", "3".parse()?, Currency::EUR).fulfilled(true),
//! ];
//! let report = reconcile(&orders, &[paid], &[])?;
//! assert_eq!(report.findings[0].problem, Problem::NotFulfilled);
//! assert_eq!(report.findings[1].problem, Problem::NotPaid);
//! // 12.50 came that nobody shipped for, and 3 was shipped that nobody paid.
//! assert_eq!(report.totals["EUR"].difference, "9.5".parse()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

use crate::amount::Amount;
use crate::by_currency::EntryError;
use crate::currency::Currency;
use crate::id::InvoiceId;
use crate::model::invoice::{ExceptionStatus, Invoice, InvoiceStatus};
use crate::model::ledger::{LedgerCode, LedgerEntry};
use crate::model::settlement::RefundInfo;

/// An order as the merchant's own books have it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Order {
    /// The order's id: the `orderId` of its invoices.
    pub id: String,
    /// Its price, in units of the currency.
    pub price: Amount,
    /// The currency of the price.
    pub currency: Currency,
    /// The buyer got what was ordered.
    pub is_fulfilled: bool,
}

impl Order {
    /// An order that is not fulfilled.
    #[must_use]
    pub fn new(id: impl Into<String>, price: Amount, currency: Currency) -> Self {
        Self {
            id: id.into(),
            price,
            currency,
            is_fulfilled: false,
        }
    }

    /// Whether the buyer got what was ordered.
    #[must_use]
    pub const fn fulfilled(mut self, is_fulfilled: bool) -> Self {
        self.is_fulfilled = is_fulfilled;
        self
    }
}

/// The entries of a ledger, in the currency in which it is kept.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Ledger {
    /// The ledger's currency.
    pub currency: Currency,
    /// Its entries, in any order.
    pub entries: Vec<LedgerEntry>,
}

impl Ledger {
    /// A ledger with these entries.
    #[must_use]
    pub const fn new(currency: Currency, entries: Vec<LedgerEntry>) -> Self {
        Self { currency, entries }
    }
}

/// Something that a person has to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Problem {
    /// An invoice of the order is confirmed or complete, and the order is not fulfilled.
    NotFulfilled,
    /// The order is fulfilled, and no invoice of it is confirmed or complete.
    NotPaid,
    /// More than one invoice of the order is confirmed or complete.
    PaidTwice,
    /// The invoice is not of the order's price.
    OtherPrice,
    /// An invoice is confirmed or complete, and is of no order that is known.
    NoOrder,
    /// Less was paid than asked; BitPay gives it back.
    Underpaid,
    /// More was paid than asked; BitPay gives back what is too much.
    Overpaid,
    /// It was paid after it had expired.
    Late,
    /// Money went back to the buyer.
    Refunded,
    /// The invoice is complete, and on none of the ledgers.
    NotSettled,
}

impl Problem {
    /// All of them, with a few words for people.
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::NotFulfilled, "paid, not fulfilled"),
        (Self::NotPaid, "fulfilled, not paid"),
        (Self::PaidTwice, "paid more than once"),
        (Self::OtherPrice, "paid at another price"),
        (Self::NoOrder, "paid, of no known order"),
        (Self::Underpaid, "underpaid"),
        (Self::Overpaid, "overpaid"),
        (Self::Late, "paid late"),
        (Self::Refunded, "refunded"),
        (Self::NotSettled, "complete, not on a ledger"),
    ];
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = Self::ALL.iter().find(|(problem, _)| problem == self);
        f.write_str(found.map_or("", |(_, words)| words))
    }
}

/// A problem with an order, an invoice, or both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// What is to be looked at.
    pub problem: Problem,
    /// The order, where it is known.
    pub order: Option<String>,
    /// The invoice, where it is about one.
    pub invoice: Option<InvoiceId>,
    /// The amount that it is about, in units of `currency`: the price; of a refund, what went back; of an
    /// under- or overpayment, what is missing or too much. `None` where BitPay does not tell.
    pub amount: Option<Amount>,
    /// The currency of the amount.
    pub currency: Option<Currency>,
}

/// The sums of one currency of prices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Totals {
    /// The prices of the orders that are fulfilled.
    pub fulfilled: Amount,
    /// The prices of the invoices that are confirmed or complete.
    pub paid: Amount,
    /// What went back to buyers of what counts as paid.
    pub refunded: Amount,
    /// What was paid, less what was refunded and fulfilled: 0 when all is as it should be.
    pub difference: Amount,
}

/// The sums of one ledger, in its currency. Debits are less than 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LedgerTotals {
    /// What came in for invoices.
    pub invoices: Amount,
    /// BitPay's fees, less those that it gave back.
    pub fees: Amount,
    /// What went out for refunds.
    pub refunds: Amount,
    /// What was paid out to the merchant, less what came back because it failed.
    pub settlements: Amount,
    /// Everything else: exchanges, payouts, corrections.
    pub other: Amount,
    /// The sum of all entries.
    pub sum: Amount,
}

/// What [`reconcile`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reconciliation {
    /// What a person has to look at: by order, in the order of their ids, and then what has no order.
    pub findings: Vec<Finding>,
    /// The sums of orders and invoices, by the currency of their prices.
    pub totals: BTreeMap<String, Totals>,
    /// The sums of the ledgers, by currency.
    pub ledgers: BTreeMap<String, LedgerTotals>,
}

/// The books cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReconcileError {
    /// A sum has more digits than an amount can hold.
    #[error("the sum of {0} has more than 28 digits")]
    TooLarge(String),
    /// An entry's amount is not exact.
    #[error("the amount of the ledger entry {0} cannot be read exactly")]
    Entry(String),
    /// The amount of a refund is not exact.
    #[error("the amount of a refund of the invoice {0} cannot be read exactly")]
    Refund(String),
    /// Two orders have one id.
    #[error("the order {0} is there twice")]
    OrderTwice(String),
}

/// Compares orders with their invoices, by [`Invoice::order_id`], and sums up the ledgers.
///
/// Nothing is rounded, and the sequence of what is given does not matter. An invoice counts as paid when it is
/// `confirmed` or `complete`; one that is `paid` may still fail, and counts when it is confirmed. With no
/// ledgers, nothing is [`Problem::NotSettled`].
///
/// # Errors
/// When two orders have one id, or a sum is not exact.
pub fn reconcile(
    orders: &[Order],
    invoices: &[Invoice],
    ledgers: &[Ledger],
) -> Result<Reconciliation, ReconcileError> {
    let mut report = Reconciliation::default();
    let mut by_order: BTreeMap<Option<&str>, Vec<&Invoice>> = BTreeMap::new();
    for invoice in invoices {
        let order = invoice.order_id.as_deref();
        by_order.entry(order).or_default().push(invoice);
        if is_paid(invoice) {
            let totals = sums_of(&mut report.totals, &invoice.currency);
            add(&mut totals.paid, invoice.price, &invoice.currency)?;
            for refund in &invoice.refund_info {
                let amount = refunded(invoice, refund)?;
                if let Some(amount) = amount
                    && !is_of_overpayment(invoice, refund)
                {
                    add(&mut totals.refunded, amount, &invoice.currency)?;
                }
            }
        }
    }
    let mut known: BTreeMap<&str, &Order> = BTreeMap::new();
    for order in orders {
        if known.insert(&order.id, order).is_some() {
            return Err(ReconcileError::OrderTwice(order.id.clone()));
        }
        if order.is_fulfilled {
            let totals = sums_of(&mut report.totals, &order.currency);
            add(&mut totals.fulfilled, order.price, &order.currency)?;
        }
    }
    for (currency, totals) in &mut report.totals {
        totals.difference = (totals.paid)
            .checked_sub(totals.refunded)
            .and_then(|it| it.checked_sub(totals.fulfilled))
            .ok_or_else(|| ReconcileError::TooLarge(currency.clone()))?;
    }
    let settled = sum_up(ledgers, &mut report.ledgers)?;
    for (id, order) in &known {
        let invoices = by_order.remove(&Some(*id)).unwrap_or_default();
        report.findings.extend(compare(order, &invoices));
        let of_invoices = about_each(Some(id), &invoices, settled.as_ref())?;
        report.findings.extend(of_invoices);
    }
    for (order, invoices) in by_order {
        for invoice in invoices.iter().filter(|invoice| is_paid(invoice)) {
            report
                .findings
                .push(of_invoice(Problem::NoOrder, order, invoice));
        }
        let of_invoices = about_each(order, &invoices, settled.as_ref())?;
        report.findings.extend(of_invoices);
    }
    Ok(report)
}

fn is_paid(invoice: &Invoice) -> bool {
    matches!(
        invoice.status,
        InvoiceStatus::Confirmed | InvoiceStatus::Complete
    )
}

fn add(sum: &mut Amount, amount: Amount, currency: &Currency) -> Result<(), ReconcileError> {
    let new = sum.checked_add(amount);
    *sum = new.ok_or_else(|| ReconcileError::TooLarge(currency.to_string()))?;
    Ok(())
}

/// The sums of a currency, however its code is written: of several forms, the first in the alphabet names it.
fn sums_of<'a, T: Default>(sums: &'a mut BTreeMap<String, T>, currency: &Currency) -> &'a mut T {
    let code = currency.as_str();
    let mut codes = sums.keys();
    let known = codes.find(|it| it.eq_ignore_ascii_case(code)).cloned();
    match known {
        Some(known) if known.as_str() <= code => sums.entry(known).or_default(),
        known => {
            let so_far = known.and_then(|known| sums.remove(&known));
            sums.entry(code.to_owned())
                .or_insert_with(|| so_far.unwrap_or_default())
        }
    }
}

/// What went back in this currency; `None` where BitPay does not tell.
fn back_in(refund: &RefundInfo, currency: &Currency) -> Result<Option<Amount>, EntryError> {
    let codes = refund.amounts.codes();
    let code = codes
        .iter()
        .find(|it| it.eq_ignore_ascii_case(currency.as_str()));
    match code {
        Some(code) => refund.amounts.get(code),
        None => Ok(None),
    }
}

/// What went back to the buyer, in the currency of the price; `None` where BitPay does not tell.
fn refunded(invoice: &Invoice, refund: &RefundInfo) -> Result<Option<Amount>, ReconcileError> {
    let amount = back_in(refund, &invoice.currency);
    amount.map_err(|_| ReconcileError::Refund(invoice.id.to_string()))
}

/// What was too much is no part of the price: its return takes nothing from what was paid.
fn is_of_overpayment(invoice: &Invoice, refund: &RefundInfo) -> bool {
    let coin = invoice.transaction_currency.as_ref();
    let back = coin.and_then(|coin| back_in(refund, coin).ok().flatten());
    invoice.exception_status == Some(ExceptionStatus::PaidOver)
        && back.is_some()
        && back == invoice.overpaid_amount
}

fn of_invoice(problem: Problem, order: Option<&str>, invoice: &Invoice) -> Finding {
    Finding {
        problem,
        order: order.map(ToOwned::to_owned),
        invoice: Some(invoice.id.clone()),
        amount: Some(invoice.price),
        currency: Some(invoice.currency.clone()),
    }
}

/// The order against its invoices.
fn compare(order: &Order, invoices: &[&Invoice]) -> Vec<Finding> {
    let paid: Vec<&Invoice> = (invoices.iter().copied())
        .filter(|invoice| is_paid(invoice))
        .collect();
    let mut findings = Vec::new();
    match paid.as_slice() {
        [] if order.is_fulfilled => findings.push(Finding {
            problem: Problem::NotPaid,
            order: Some(order.id.clone()),
            invoice: None,
            amount: Some(order.price),
            currency: Some(order.currency.clone()),
        }),
        [] => {}
        [first, ..] if !order.is_fulfilled => {
            findings.push(of_invoice(Problem::NotFulfilled, Some(&order.id), first));
        }
        _ => {}
    }
    for invoice in paid.iter().skip(1) {
        findings.push(of_invoice(Problem::PaidTwice, Some(&order.id), invoice));
    }
    for invoice in paid {
        if invoice.price != order.price || !invoice.currency.same_as(&order.currency) {
            findings.push(of_invoice(Problem::OtherPrice, Some(&order.id), invoice));
        }
    }
    findings
}

/// What an invoice tells of itself.
fn about_each(
    order: Option<&str>,
    invoices: &[&Invoice],
    settled: Option<&BTreeSet<&InvoiceId>>,
) -> Result<Vec<Finding>, ReconcileError> {
    let mut findings = Vec::new();
    for invoice in invoices {
        let coin = &invoice.transaction_currency;
        let odd = match invoice.exception_status {
            Some(ExceptionStatus::PaidPartial) => {
                Some((Problem::Underpaid, invoice.underpaid_amount, coin.clone()))
            }
            Some(ExceptionStatus::PaidOver) => {
                Some((Problem::Overpaid, invoice.overpaid_amount, coin.clone()))
            }
            Some(ExceptionStatus::PaidLate) => Some((
                Problem::Late,
                Some(invoice.price),
                Some(invoice.currency.clone()),
            )),
            _ => None,
        };
        let mut back = (!invoice.refund_info.is_empty()).then_some(Some(Amount::ZERO));
        for refund in &invoice.refund_info {
            match (refunded(invoice, refund)?, &mut back) {
                (Some(amount), Some(Some(sum))) => add(sum, amount, &invoice.currency)?,
                // Where one is not told, no sum is.
                _ => back = Some(None),
            }
        }
        let refund = back.map(|amount| {
            let currency = Some(invoice.currency.clone());
            (Problem::Refunded, amount, currency)
        });
        for (problem, amount, currency) in odd.into_iter().chain(refund) {
            findings.push(Finding {
                amount,
                currency,
                ..of_invoice(problem, order, invoice)
            });
        }
        if let Some(settled) = settled
            && invoice.status == InvoiceStatus::Complete
            && !settled.contains(&invoice.id)
        {
            findings.push(of_invoice(Problem::NotSettled, order, invoice));
        }
    }
    Ok(findings)
}

/// The sums of the ledgers, and the invoices for which something came in; `None` without ledgers.
fn sum_up<'a>(
    ledgers: &'a [Ledger],
    sums: &mut BTreeMap<String, LedgerTotals>,
) -> Result<Option<BTreeSet<&'a InvoiceId>>, ReconcileError> {
    let mut settled = BTreeSet::new();
    for ledger in ledgers {
        let totals = sums_of(sums, &ledger.currency);
        for entry in &ledger.entries {
            let amount = entry
                .decimal()
                .ok_or_else(|| ReconcileError::Entry(entry.id.to_string()))?;
            let kind = match entry.code {
                LedgerCode::INVOICE => {
                    settled.extend(&entry.invoice_id);
                    &mut totals.invoices
                }
                LedgerCode::INVOICE_FEE
                | LedgerCode::REFUND_FEE
                | LedgerCode::EXCHANGE_FEE
                | LedgerCode::PAYOUT_FEE
                | LedgerCode::FEE_REFUND => &mut totals.fees,
                LedgerCode::INVOICE_REFUND | LedgerCode::IMMEDIATE_INVOICE_REFUND => {
                    &mut totals.refunds
                }
                LedgerCode::ACCOUNT_SETTLEMENT | LedgerCode::FAILED_SETTLEMENT => {
                    &mut totals.settlements
                }
                _ => &mut totals.other,
            };
            add(kind, amount, &ledger.currency)?;
            add(&mut totals.sum, amount, &ledger.currency)?;
        }
    }
    Ok((!ledgers.is_empty()).then_some(settled))
}
