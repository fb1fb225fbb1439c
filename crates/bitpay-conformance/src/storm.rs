//! Storms: many creates of invoices, refunds and payouts while much goes wrong, and at the end a
//! comparison of what the server has with what the application knows.
//!
//! [`simulated`] runs client, network, clock, disks and server in one thread from one seed.

pub mod simulated;
pub mod world;

use std::collections::BTreeMap;
use std::fmt;

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
