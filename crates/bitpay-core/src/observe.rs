//! What happens in calls, told as it happens: for metrics, for traces, for support.
//!
//! A [`Config`](crate::Config) takes any number of [`Observer`]s, and both clients tell them the same. Nothing
//! that they are given shows a secret: addresses, headers and bodies are [`Masked`], and are written only when
//! somebody prints them. Without an observer nothing is told, and it costs nothing.
//!
//! Counting:
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::sync::{Arc, Mutex};
//! use bitpay_core::observe::{Event, Happening};
//! use bitpay_core::{Config, Environment};
//!
//! let counts: Arc<Mutex<BTreeMap<(&str, Option<u16>), u64>>> = Arc::default();
//! let shown = counts.clone();
//! let config = Config::new(Environment::Test).observer(Arc::new(move |event: &Event<'_>| {
//!     if let Happening::Ended(end) = &event.happening {
//!         *counts.lock().unwrap().entry((event.operation.name, end.status)).or_default() += 1;
//!         // end.took, event.tries and end.effect are there as well.
//!     }
//! }));
//! // .. calls .. and then:
//! for ((operation, status), count) in &*shown.lock().unwrap() {
//!     println!("{operation} {status:?} {count}");
//! }
//! ```
//!
//! Printing each exchange, as `bitpay --verbose` does:
//!
//! ```
//! use std::sync::Arc;
//! use bitpay_core::observe::Event;
//! use bitpay_core::{Config, Environment};
//!
//! let config = Config::new(Environment::Test).observer(Arc::new(|event: &Event<'_>| eprintln!("{event}")));
//! ```
//!
//! With the feature `tracing`, `Tracing` makes a span of each call: `config.observer(Arc::new(Tracing))`.
//!
//! # What is masked
//! Whatever the call itself carries as a secret, wherever it turns up; the values of members, parameters and
//! headers that are named like a token, a key, a signature, a password, a pairing code or an SMS code; words
//! that have the form of a token; and what an answer to a key without a token holds, which is its tokens.
//! Personal data of buyers, recipients and account holders as well: names, addresses, emails, telephone
//! numbers, bank accounts. All else is shown, among it what you wrote yourself: order ids, descriptions,
//! references and labels of tokens.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use zeroize::Zeroizing;

use crate::error::{Effect, Error, TransportError};
use crate::operation::Operation;
use crate::time::Timestamp;

mod mask;
#[cfg(feature = "tracing")]
mod spanned;
#[cfg(feature = "tracing")]
mod spans;

pub use mask::Masked;
pub(crate) use mask::{Mask, secret_values};
#[cfg(feature = "tracing")]
pub use spanned::Tracing;

/// Is told what happens in calls. Any `Fn(&Event<'_>)` is one.
///
/// It is called where the call is made, in the middle of it: it should be quick, and must not panic.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn tell(&self, event: &Event<'_>);

    /// Gives an observer of its own to a call that begins: one that keeps something of it, such as a span.
    /// That one is then told, in place of this one.
    fn for_call(&self, operation: &'static Operation) -> Option<Box<dyn Observer>> {
        let _ = operation;
        None
    }
}

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for F {
    fn tell(&self, event: &Event<'_>) {
        self(event);
    }
}

/// Something that happened in a call. `Display` is a line, or a few, without a secret in it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Event<'a> {
    /// What is called. A call of any path is named `raw`.
    pub operation: &'static Operation,
    /// When, by the clock of the call; of an item, when the call last asked it.
    pub at: Timestamp,
    /// How many requests were sent so far.
    pub tries: u32,
    /// What happened.
    pub happening: Happening<'a>,
}

/// What happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Happening<'a> {
    /// A call begins. One that cannot be built does not begin.
    Begun,
    /// A request goes out.
    Sent(Sent<'a>),
    /// A row or an event of an answer that is read as it comes.
    Item(Masked<'a>),
    /// The answer to the request is complete.
    Answered(Answered<'a>),
    /// The request did not arrive, or its answer did not.
    Failed {
        /// What went wrong.
        error: &'a TransportError,
        /// How long the try took.
        took: Duration,
    },
    /// Nothing happens for so long, and then the call goes on.
    Paused(Duration),
    /// The call is over. This is told once of each call that has begun.
    Ended(Ended<'a>),
}

/// A request that goes out.
#[derive(Debug)]
#[non_exhaustive]
pub struct Sent<'a> {
    /// Is it a look-up of what an earlier try may have made?
    pub looking_up: bool,
    /// The method.
    pub method: &'a Method,
    /// The address.
    pub address: Masked<'a>,
    /// The headers, one a line; the HTTP library adds a few.
    pub headers: Masked<'a>,
    /// The length of the body, in bytes.
    pub size: usize,
    /// The body.
    pub body: Masked<'a>,
}

/// An answer that is complete.
#[derive(Debug)]
#[non_exhaustive]
pub struct Answered<'a> {
    /// The status.
    pub status: StatusCode,
    /// How long it took, from the request to the last byte.
    pub took: Duration,
    /// The headers, one a line.
    pub headers: Masked<'a>,
    /// The length of the body, in bytes; of an answer that is read as it comes, of what is around its items.
    pub size: usize,
    /// The body, or what is around the items.
    pub body: Masked<'a>,
}

/// The end of a call.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ended<'a> {
    /// How it ended.
    pub outcome: Outcome<'a>,
    /// How long it took, with all tries and pauses. Of a call that was dropped, until it was last heard of.
    pub took: Duration,
    /// The status of the last answer that came.
    pub status: Option<u16>,
    /// May something have changed?
    pub effect: Effect,
    /// Was the answer to the create lost, and the resource found by its guid?
    pub looked_up: bool,
}

/// How a call ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// It gave an answer.
    Done,
    /// It failed.
    Failed(&'a Error),
    /// Nobody waits for it any more: its future, or its iterator, was dropped.
    Dropped,
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.operation.name;
        match &self.happening {
            Happening::Begun => write!(f, "* {name}"),
            Happening::Sent(sent) => {
                let again = match (sent.looking_up, self.tries) {
                    (true, _) => ", looking up",
                    (false, 0 | 1) => "",
                    (false, _) => ", again",
                };
                write!(f, "> {} {}{again}", sent.method, sent.address)?;
                write_lines(f, ">", &sent.headers, &sent.body)
            }
            Happening::Item(item) => write!(f, "< {item}"),
            Happening::Answered(answer) => {
                let Answered { status, took, .. } = answer;
                write!(f, "< {} after {took:.0?}", status.as_u16())?;
                write_lines(f, "<", &answer.headers, &answer.body)
            }
            Happening::Failed { error, took } => write!(f, "< {error}, after {took:.0?}"),
            Happening::Paused(pause) => write!(f, "* a pause of {pause:.0?}"),
            Happening::Ended(end) => {
                match &end.outcome {
                    Outcome::Done => write!(f, "* {name}: done")?,
                    Outcome::Failed(error) => write!(f, "* {error}")?,
                    Outcome::Dropped => write!(f, "* {name}: dropped")?,
                }
                let found = if end.looked_up { ", looked up" } else { "" };
                let tries = if self.tries == 1 { "try" } else { "tries" };
                write!(f, "{found}; {} {tries}, {:.0?}", self.tries, end.took)
            }
        }
    }
}

fn write_lines(
    f: &mut fmt::Formatter<'_>,
    mark: &str,
    headers: &Masked<'_>,
    body: &Masked<'_>,
) -> fmt::Result {
    for line in [headers, body] {
        let text = alloc::format!("{line}");
        for line in text.lines() {
            write!(f, "\n{mark} {line}")?;
        }
    }
    Ok(())
}

/// The observers of a set-up. `Debug` tells how many there are.
#[derive(Clone, Default)]
pub(crate) struct Observers(Vec<Arc<dyn Observer>>);

impl Observers {
    pub(crate) fn add(&mut self, observer: Arc<dyn Observer>) {
        self.0.push(observer);
    }

    /// Those of one call; `None` when nobody wants to know.
    pub(crate) fn watch(&self, operation: &'static Operation) -> Option<Box<Watch>> {
        if self.0.is_empty() {
            return None;
        }
        Some(Box::new(Watch {
            observers: self.0.clone(),
            own: Vec::new(),
            operation,
            tries: 0,
            began: None,
            now: Timestamp::UNIX_EPOCH,
            sent: Timestamp::UNIX_EPOCH,
            status: None,
            changes: false,
        }))
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} observers", self.0.len())
    }
}

/// Tells the observers of one call what happens in it.
pub(crate) struct Watch {
    observers: Vec<Arc<dyn Observer>>,
    /// Those that this call has of its own.
    own: Vec<Box<dyn Observer>>,
    operation: &'static Operation,
    tries: u32,
    /// `None` before the call begins, and after its end was told.
    began: Option<Timestamp>,
    now: Timestamp,
    /// When the last request went out.
    sent: Timestamp,
    status: Option<u16>,
    /// Something was sent that may change something.
    changes: bool,
}

impl Watch {
    fn tell(&self, happening: Happening<'_>) {
        let event = Event {
            operation: self.operation,
            at: self.now,
            tries: self.tries,
            happening,
        };
        let own = self.own.iter().map(|observer| &**observer);
        let others = self.observers.iter().map(|observer| &**observer);
        own.chain(others).for_each(|observer| observer.tell(&event));
    }

    fn mask<'a>(&self, secrets: &'a [&'a str]) -> Mask<'a> {
        Mask::new(self.operation, secrets)
    }

    /// The time, whenever the call learns it.
    pub(crate) fn at(&mut self, now: Timestamp, is_new: bool) {
        self.now = now;
        if is_new {
            self.began = Some(now);
            let (operation, own) = (self.operation, &mut self.own);
            self.observers
                .retain(|observer| match observer.for_call(operation) {
                    Some(observer) => {
                        own.push(observer);
                        false
                    }
                    None => true,
                });
            self.tell(Happening::Begun);
        }
    }

    pub(crate) fn sent(
        &mut self,
        request: &Request<Bytes>,
        looking_up: bool,
        is_read: bool,
        secrets: &[&str],
    ) {
        self.tries += 1;
        self.sent = self.now;
        self.changes |= !is_read && !looking_up;
        let mask = self.mask(secrets);
        self.tell(Happening::Sent(Sent {
            looking_up,
            method: request.method(),
            address: Masked::address(request.uri(), mask),
            headers: Masked::headers(request.headers(), mask),
            size: request.body().len(),
            body: Masked::text(request.body(), mask),
        }));
    }

    pub(crate) fn item(&self, text: &[u8], secrets: &[&str]) {
        self.tell(Happening::Item(Masked::text(text, self.mask(secrets))));
    }

    pub(crate) fn answered(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        secrets: &[&str],
    ) {
        self.status = Some(status.as_u16());
        let mask = self.mask(secrets);
        self.tell(Happening::Answered(Answered {
            status,
            took: between(self.sent, self.now),
            headers: Masked::headers(headers, mask),
            size: body.len(),
            body: Masked::text(body, mask),
        }));
    }

    pub(crate) fn failed(&self, error: &TransportError) {
        let took = between(self.sent, self.now);
        self.tell(Happening::Failed { error, took });
    }

    pub(crate) fn paused(&self, pause: Duration) {
        self.tell(Happening::Paused(pause));
    }

    /// The end, which is told once. `status` is that of an answer whose end the call was not told.
    pub(crate) fn ended(
        &mut self,
        outcome: Outcome<'_>,
        status: Option<u16>,
        effect: Effect,
        looked_up: bool,
    ) {
        let Some(began) = self.began.take() else {
            return;
        };
        self.tell(Happening::Ended(Ended {
            outcome,
            took: between(began, self.now),
            status: status.or(self.status),
            effect,
            looked_up,
        }));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let effect = if self.changes {
            Effect::Unknown
        } else {
            Effect::Nothing
        };
        self.ended(Outcome::Dropped, None, effect, false);
    }
}

fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

/// What a call carries that nobody may read, as texts.
pub(crate) fn texts(secrets: &[Zeroizing<String>]) -> Vec<&str> {
    secrets.iter().map(|secret| secret.as_str()).collect()
}
