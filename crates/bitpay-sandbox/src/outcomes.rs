//! Outcomes that are asked for in the request itself, as with the test numbers of payment cards: order
//! ids of invoices, references of refunds, and emails of those who are paid.

use std::borrow::Cow;

use bitpay_core::model::invoice::{Invoice, InvoiceStatus};
use bytes::Bytes;
use serde::Deserialize;

use crate::Engine;
use crate::fault::{Fault, Named};
use crate::table::Texts;
use crate::timeline::Due;

/// What all of them begin with.
pub(crate) const PREFIX: &str = "sandbox-";

/// What an order id asks of its invoice.
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) does: &'static str,
    acts: &'static [Act],
    /// How its refunds end by themselves, if they do.
    pub(crate) refunds: Option<End>,
}

/// How something ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Well,
    Badly,
}

/// One step of an outcome.
enum Act {
    /// So many hundredths are paid.
    Pay(u32),
    /// A block confirms the payment.
    Block,
    To(InvoiceStatus),
}

const EXPIRE: Act = Act::To(InvoiceStatus::Expired);
const COMPLETE: Act = Act::To(InvoiceStatus::Complete);
const FAIL: Act = Act::To(InvoiceStatus::Invalid);
const DECLINE: Act = Act::To(InvoiceStatus::Declined);

const fn outcome(name: &'static str, does: &'static str, acts: &'static [Act]) -> Outcome {
    Outcome {
        name,
        does,
        acts,
        refunds: None,
    }
}

/// The order ids, without what they begin with.
pub(crate) const ORDERS: &[Outcome] = &[
    outcome(
        "paid",
        "is paid, and waits for its confirmation",
        &[Act::Pay(100)],
    ),
    outcome(
        "confirmed",
        "is paid, and confirmed by one block",
        &[Act::Pay(100), Act::Block],
    ),
    outcome(
        "complete",
        "is paid, confirmed and complete",
        &[Act::Pay(100), Act::Block, COMPLETE],
    ),
    outcome(
        "underpaid",
        "is paid by half, and expires; what was paid is refunded",
        &[Act::Pay(50), EXPIRE],
    ),
    outcome(
        "overpaid",
        "is paid one and a half times, and complete; what was too much is refunded",
        &[Act::Pay(150), Act::Block, COMPLETE],
    ),
    outcome("expired", "expires at once", &[EXPIRE]),
    outcome(
        "late",
        "expires, is paid after that, and complete",
        &[EXPIRE, Act::Pay(100), Act::Block, COMPLETE],
    ),
    outcome(
        "invalid",
        "is paid, and the payment is not confirmed",
        &[Act::Pay(100), FAIL],
    ),
    outcome(
        "recovered",
        "is paid, invalid, and complete after all",
        &[Act::Pay(100), FAIL, COMPLETE],
    ),
    outcome(
        "declined",
        "is paid, declined, and refunded",
        &[Act::Pay(100), DECLINE],
    ),
    Outcome {
        refunds: Some(End::Well),
        ..outcome(
            "refund-success",
            "is complete, and its refunds are paid by themselves",
            &[Act::Pay(100), Act::Block, COMPLETE],
        )
    },
    Outcome {
        refunds: Some(End::Badly),
        ..outcome(
            "refund-failure",
            "is complete, and its refunds fail by themselves",
            &[Act::Pay(100), Act::Block, COMPLETE],
        )
    },
];

/// What an email asks of whoever has it.
pub(crate) struct Payee {
    pub(crate) name: &'static str,
    pub(crate) does: &'static str,
    /// How payouts to them end, if they do by themselves.
    pub(crate) payouts: Option<End>,
    /// They are paused once they are active.
    pub(crate) pauses: bool,
}

const fn payee(name: &'static str, does: &'static str, payouts: Option<End>) -> Payee {
    Payee {
        name,
        does,
        payouts,
        pauses: false,
    }
}

/// The emails, without what they begin with and from the `@`.
pub(crate) const PAYEES: &[Payee] = &[
    payee(
        "active",
        "accepts the invitation, is verified, and active",
        None,
    ),
    payee(
        "complete",
        "becomes active, and payouts to them are funded, sent and complete",
        Some(End::Well),
    ),
    payee(
        "failed",
        "becomes active, and payouts to them are funded, sent, and fail",
        Some(End::Badly),
    ),
    Payee {
        pauses: true,
        ..payee("paused", "becomes active, and is paused", None)
    },
];

/// What follows the name of an outcome that makes a call fail.
const FAILS: &str = "fails-";
const ONCE: &str = "once-";

/// What a text asks for: one of the names, or one of them with a dash and more, so that each order may
/// have an id of its own. The longest name counts.
fn asked<T>(
    all: &'static [T],
    name: impl Fn(&T) -> &'static str,
    text: &str,
) -> Option<&'static T> {
    let rest = text.strip_prefix(PREFIX)?;
    let is = |one: &&T| {
        let more = rest.strip_prefix(name(one));
        more.is_some_and(|more| more.is_empty() || more.starts_with('-'))
    };
    all.iter().filter(is).max_by_key(|one| name(one).len())
}

impl Outcome {
    pub(crate) fn of_order(invoice: &Invoice) -> Option<&'static Self> {
        asked(ORDERS, |one| one.name, invoice.order_id.as_deref()?)
    }
}

impl Payee {
    pub(crate) fn of_email(email: Option<&str>) -> Option<&'static Self> {
        let (local, _) = email?.split_once('@')?;
        asked(PAYEES, |one| one.name, local)
    }
}

/// Where a request may say that it is to fail.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asking<'a> {
    #[serde(borrow)]
    order_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    reference: Option<Cow<'a, str>>,
    #[serde(borrow)]
    email: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    recipients: Vec<Invited<'a>>,
}

#[derive(Deserialize)]
struct Invited<'a> {
    #[serde(borrow)]
    email: Option<Cow<'a, str>>,
}

/// The fault that a request asks for, if it does. `failed` are the texts that asked for one failure and
/// had it.
pub(crate) fn fault_of(operation: &str, body: &Bytes, failed: &mut Texts) -> Option<Fault> {
    // Most requests are looked at no further.
    let marked = body
        .windows(PREFIX.len())
        .any(|part| part == PREFIX.as_bytes());
    if !marked {
        return None;
    }
    let asking: Asking<'_> = serde_json::from_slice(body).ok()?;
    let texts = match operation {
        "create_invoice" => vec![asking.order_id],
        "create_refund" => vec![asking.reference],
        "create_payout" => vec![asking.reference, asking.email],
        "submit_recipients" => asking.recipients.into_iter().map(|it| it.email).collect(),
        _ => Vec::new(),
    };
    texts.into_iter().flatten().find_map(|text| {
        let start = text.split_once('@').map_or(&*text, |(local, _)| local);
        let rest = start.strip_prefix(PREFIX)?.strip_prefix(FAILS)?;
        let (rest, once) = match rest.strip_prefix(ONCE) {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let named = Named::of(|name| {
            let more = rest.strip_prefix(name);
            more.is_some_and(|more| more.is_empty() || more.starts_with('-'))
        })?;
        (!once || failed.insert(text.into_owned())).then(|| (named.make)())
    })
}

impl Engine {
    /// An invoice was made: what its order id asks for begins.
    pub(crate) fn begin_outcome(&mut self, index: usize) {
        let record = self.invoices.get(index);
        if record.is_some_and(|record| Outcome::of_order(&record.invoice).is_some()) {
            self.plan(self.settings.outcome_step, Due::Outcome(index, 0));
        }
    }

    /// One step of what an order id asks for. A step that is not possible any more is passed over.
    pub(crate) fn act_out(&mut self, index: usize, step: u8) {
        let outcome = self
            .invoices
            .get(index)
            .and_then(|record| Outcome::of_order(&record.invoice));
        let Some(act) = outcome.and_then(|outcome| outcome.acts.get(usize::from(step))) else {
            return;
        };
        let _ = match act {
            Act::Pay(percent) => self.pay_percent(index, *percent),
            Act::Block => self.add_confirmations(index, 1),
            Act::To(status) => self.bring_to(index, status),
        };
        let next = Due::Outcome(index, step.saturating_add(1));
        self.plan(self.settings.outcome_step, next);
    }
}
