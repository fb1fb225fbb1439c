//! Storms: many creates of invoices, refunds and payouts while much goes wrong, and at the end a
//! comparison of what the server has with what the application knows.
//!
//! [`simulated`] runs client, network, clock, disks and server in one thread from one seed; [`real`] runs both
//! clients in processes that are killed, over sockets, with journals on the disk.

pub mod real;
pub mod simulated;
pub mod world;

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use bitpay_core::find_out::Finding;
use bitpay_core::journal::{Entry, Intent, IntentId, Outcome};
use bitpay_core::model::invoice::{CreateInvoice, Invoice};
use bitpay_core::model::payout::{CreatePayout, Payee};
use bitpay_core::model::refund::CreateRefund;
use bitpay_core::{Currency, Effect, Error, Guid};

/// An order id that asks the sandbox to have its invoice paid, and then its refunds: so that a second refund
/// would not be refused for the first.
const PAID: &str = "sandbox-refund-success";

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An invoice: a repeat is safe by its guid.
    Invoice,
    /// A refund: its guid finds it, and protects from nothing.
    Refund,
    /// A payout: it has a reference only.
    Payout,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invoice => "invoice",
            Self::Refund => "refund",
            Self::Payout => "payout",
        })
    }
}

/// Every kind.
pub const KINDS: [Kind; 3] = [Kind::Invoice, Kind::Refund, Kind::Payout];

impl Kind {
    /// What requests of this kind are found by: a guid, or a reference.
    fn key(self, name: &str) -> String {
        match self {
            Self::Invoice => Guid::for_order(name).to_string(),
            Self::Refund => refund_guid(name).to_string(),
            Self::Payout => name.to_owned(),
        }
    }

    /// May this be asked for, without knowing more? An invoice always: its guid protects it.
    fn may_ask(self, known: &Known) -> bool {
        match known {
            Known::NotMade => true,
            Known::Made(_) => false,
            Known::Unknown => self == Self::Invoice,
        }
    }
}

fn refund_guid(name: &str) -> Guid {
    Guid::derived("refund", name)
}

fn invoice_of(name: &str) -> CreateInvoice {
    CreateInvoice::for_order(name, 20u32, Currency::USD)
}

fn refund_of(name: &str, paid: &Invoice) -> CreateRefund {
    CreateRefund::new(paid, refund_guid(name), 1u32).unwrap()
}

fn payout_of(name: &str, payee: &Payee) -> CreatePayout {
    CreatePayout::new(name, payee.clone(), 10u32, Currency::USD, Currency::USD)
}

/// The jobs by the guids and references of their requests.
fn keyed(names: &[String]) -> HashMap<String, Name> {
    let all = names
        .iter()
        .flat_map(|name| KINDS.map(|kind| (kind.key(name), (kind, name.clone()))));
    all.collect()
}

/// The job that an intent is of.
fn job_of(jobs: &HashMap<String, Name>, intent: &Intent) -> Name {
    let guid = intent.guid.as_ref().map(|guid| guid.as_str());
    let key = guid.or(intent.reference.as_deref()).unwrap_or_default();
    jobs.get(key).expect("an intent is one of a job").clone()
}

/// What a journal holds: the intents in their order, and the last outcome of each. What a kill has torn at
/// its end is left out.
fn history(journal: &[u8]) -> (Vec<Intent>, BTreeMap<IntentId, Outcome>) {
    let end = journal.iter().rposition(|byte| *byte == b'\n');
    let whole = journal.get(..end.map_or(0, |end| end + 1));
    let text = std::str::from_utf8(whole.unwrap_or_default()).unwrap();
    let (mut intents, mut outcomes) = (Vec::new(), BTreeMap::new());
    for line in text.lines() {
        match Entry::parse(line).unwrap() {
            Entry::Intent(intent) => intents.push(intent),
            Entry::Outcome(outcome) => _ = outcomes.insert(outcome.id, outcome),
            _ => {}
        }
    }
    (intents, outcomes)
}

/// What an outcome in the journal says; `None` when it has to be found out.
fn written(outcome: Option<&Outcome>) -> Option<Known> {
    match outcome? {
        Outcome {
            effect: Effect::Happened,
            resource: Some(id),
            ..
        } => Some(Known::Made(id.clone())),
        Outcome {
            effect: Effect::Nothing,
            ..
        } => Some(Known::NotMade),
        _ => None,
    }
}

/// What an answer says, or the doubt that it leaves.
fn answered(answer: Result<String, Error>) -> Result<Known, Error> {
    let error = match answer {
        Ok(id) => return Ok(Known::Made(id)),
        Err(error) => error,
    };
    match (error.effect(), error.replay()) {
        // What an earlier process made.
        (_, Some(replay)) => {
            let existing = replay.existing::<Invoice>().unwrap();
            Ok(Known::Made(existing.id.to_string()))
        }
        (Effect::Nothing, _) => Ok(Known::NotMade),
        _ => Err(error),
    }
}

/// Does an error say by what to find what may have happened?
fn is_named(error: &Error) -> bool {
    (error.guid().is_some() || error.reference().is_some()) && error.found_by().is_some()
}

/// What was found out.
fn found(finding: Result<Finding, Error>) -> Known {
    match finding {
        Ok(Finding::Happened(found)) => Known::Made(found.id.unwrap()),
        Ok(Finding::NotFound {
            may_send_again: true,
        }) => Known::NotMade,
        _ => Known::Unknown,
    }
}

/// What the application knows of something that it asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// It does not exist: it was not asked for, or is known to have been refused.
    NotMade,
    /// It exists, with this id.
    Made(String),
    /// It may exist, and a person decides: it has its name.
    Unknown,
}

/// By what something is found: the order id of an invoice, the guid of a refund, the reference of a payout.
pub type Name = (Kind, String);

/// What the application knows, of everything that it was to ask for.
pub type Book = BTreeMap<Name, Known>;

/// What the server has: the ids by their names.
pub type Held = BTreeMap<Name, Vec<String>>;

/// What is wrong: what is there twice, what nobody asked for, what is believed to be there or not and is
/// not so.
#[must_use]
pub fn wrong(book: &Book, held: &Held) -> Vec<String> {
    let mut wrong = Vec::new();
    for ((kind, name), ids) in held {
        if !book.contains_key(&(*kind, name.clone())) {
            wrong.push(format!("{kind} {name} was made, and nobody asked for it"));
        }
        if ids.len() > 1 {
            wrong.push(format!("{kind} {name} was made {} times", ids.len()));
        }
    }
    for ((kind, name), known) in book {
        let ids = held
            .get(&(*kind, name.clone()))
            .map_or(&[][..], Vec::as_slice);
        match (known, ids) {
            (Known::NotMade, []) | (Known::Unknown, _) => {}
            (Known::Made(id), [made, ..]) if id == made => {}
            (Known::Made(id), []) => {
                wrong.push(format!("{kind} {name} is not there, and is known as {id}"));
            }
            (Known::Made(id), _) => wrong.push(format!("{kind} {name} is another one than {id}")),
            (Known::NotMade, _) => {
                wrong.push(format!(
                    "{kind} {name} was made, and is believed not to be there"
                ));
            }
        }
    }
    wrong
}
