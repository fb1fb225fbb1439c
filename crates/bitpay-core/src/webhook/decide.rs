use super::confirmed::Confirmed;
use crate::model::invoice::{Invoice, InvoiceStatus, TransactionSpeed};

/// When to fulfil an order: ship it, open the gate, credit the account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FulfilOn {
    /// When the money is the merchant's.
    Complete,
    /// As soon as the invoice is confirmed, if that means as much as this speed, or more.
    ///
    /// Under `Confirmed(Medium)`, an invoice whose own speed is `high` is not fulfilled before it is
    /// complete, for its `confirmed` means no confirmation at all; nor is one that does not tell its
    /// speed. `Confirmed(High)` fulfils on an unconfirmed payment, which may never arrive: only for
    /// what can be taken back.
    Confirmed(TransactionSpeed),
}

/// What to do about a fetched invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Nothing: it is no further than what is stored, or `confirmed` and that does not count. Keep
    /// what is stored.
    Ignore,
    /// Store the fetched status, and do nothing else.
    Record,
    /// Store the fetched status and fulfil the order: now, and never again.
    Fulfil {
        /// The money is the merchant's: also do what [`Action::Settle`] asks for.
        settled: bool,
    },
    /// Store the fetched status and book the money: the order was fulfilled before.
    Settle,
    /// The order was fulfilled on `confirmed`, and the payment has failed or was given back since.
    /// Tell a person. Keep what is stored: the invoice may still become complete, and the order must
    /// not be fulfilled a second time.
    Alarm,
}

/// Decides what to do about an invoice that was fetched because of a webhook.
///
/// `stored` is the status that you stored when an earlier decision said so, `None` before the first.
/// Decide and store in one transaction of your database; then it does not matter how late, how often
/// and in which order webhooks come, or whether some never do. `fulfil_on` must stay the same for
/// one invoice:
///
/// - The order is fulfilled once, and the money is booked once.
/// - It is booked at `complete` and at no other status, and nothing goes back from there.
/// - `expired` and `invalid` are not the end: late payments are applied, and slow ones confirm. A
///   settled status beats a dead one, whichever comes first.
/// - A status that this version does not know changes nothing.
///
/// Make sure first that it is the right invoice: [`Confirmed::expect_order`] and
/// [`Confirmed::expect_price`].
///
/// Source: <https://developer.bitpay.com/reference/invoices>.
#[must_use]
pub fn decide(
    stored: Option<&InvoiceStatus>,
    fetched: &Confirmed<Invoice>,
    fulfil_on: FulfilOn,
) -> Action {
    // Whether `confirmed` counts is asked of the stored status only once: when it is stored, it did.
    let (counts, is_fulfilled) = match &fulfil_on {
        FulfilOn::Complete => (true, stored == Some(&InvoiceStatus::Complete)),
        FulfilOn::Confirmed(least) => (
            means_enough(fetched.transaction_speed.as_ref(), least),
            matches!(
                stored,
                Some(InvoiceStatus::Confirmed | InvoiceStatus::Complete)
            ),
        ),
    };
    let is_news = match rank(&fetched.status) {
        None => false,
        rank => rank > stored.and_then(self::rank),
    };
    match &fetched.status {
        _ if !is_news => Action::Ignore,
        InvoiceStatus::Complete if is_fulfilled => Action::Settle,
        InvoiceStatus::Complete => Action::Fulfil { settled: true },
        InvoiceStatus::Confirmed if !counts => Action::Ignore,
        InvoiceStatus::Confirmed if fulfil_on != FulfilOn::Complete => {
            Action::Fulfil { settled: false }
        }
        _ if is_fulfilled => Action::Alarm,
        _ => Action::Record,
    }
}

/// Is this status from before that one? Of what is not known, nothing is told.
pub(super) fn is_behind(shown: &InvoiceStatus, told: &InvoiceStatus) -> bool {
    matches!((rank(shown), rank(told)), (Some(shown), Some(told)) if shown < told)
}

/// How far a status is. What cannot follow from a higher one is from before it.
fn rank(status: &InvoiceStatus) -> Option<u8> {
    Some(match status {
        InvoiceStatus::New => 0,
        // A late payment may still be applied.
        InvoiceStatus::Expired => 1,
        InvoiceStatus::Paid => 2,
        InvoiceStatus::Confirmed => 3,
        // Not confirmed in time: after `paid`, and at high speed after `confirmed`.
        InvoiceStatus::Invalid => 4,
        InvoiceStatus::Declined => 5,
        InvoiceStatus::Complete => 6,
        InvoiceStatus::Other(_) => return None,
    })
}

/// Does `confirmed` mean as much under this speed as under that one? Under a speed that is not told
/// or not known it means nothing.
fn means_enough(speed: Option<&TransactionSpeed>, least: &TransactionSpeed) -> bool {
    match least {
        TransactionSpeed::High => true,
        TransactionSpeed::Medium => matches!(
            speed,
            Some(TransactionSpeed::Medium | TransactionSpeed::Low)
        ),
        TransactionSpeed::Low => speed == Some(&TransactionSpeed::Low),
        TransactionSpeed::Other(_) => false,
    }
}
