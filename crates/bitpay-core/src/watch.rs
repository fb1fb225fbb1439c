//! Watches an invoice until it is complete or declined, without IO: says what to ask, and what is new.
//!
//! A stream of events tells only of what happens while it is open. So each connection is followed by a
//! fetch, and what was missed before it is caught up with; and a connection that ends is made again.

use core::time::Duration;

use jiff::SignedDuration;

use crate::environment::BaseUrl;
use crate::error::{Error, ErrorKind};
use crate::id::InvoiceId;
use crate::model::invoice::{
    ExceptionStatus, GetInvoice, GetInvoiceEventToken, Invoice, InvoiceEventToken, InvoiceStatus,
    SubscribeInvoiceEvents,
};
use crate::operation::Endpoint;
use crate::retry::{RetryPolicy, backoff};
use crate::time::Timestamp;

/// What a front does next.
#[derive(Debug)]
#[non_exhaustive]
pub enum Next {
    /// Ask for the token of the invoice's events, and tell [`Watch::admitted`].
    Pass(GetInvoiceEventToken),
    /// Connect, until the answer begins, and tell [`Watch::connected`].
    Connect(SubscribeInvoiceEvents),
    /// Fetch the invoice, and tell [`Watch::fetched`].
    Fetch(GetInvoice),
    /// Tell [`Watch::heard`] of each event, and [`Watch::ended`] when there are no more.
    Listen,
    /// Let this much time pass.
    Sleep(Duration),
    /// Report this. The watch goes on, unless it says so.
    Failed(Error),
    /// It is over.
    Over,
}

/// A watch over one invoice.
///
/// It ends when the invoice is complete, or declined: `expired` and `invalid` are not the end, for late payments are
/// applied and slow ones confirm. Or it ends when the caller asks no more.
#[derive(Debug)]
pub struct Watch {
    id: InvoiceId,
    base: BaseUrl,
    policy: RetryPolicy,
    pass: Option<InvoiceEventToken>,
    /// The pass is of an earlier connection: it may have run out.
    is_old: bool,
    state: State,
    last: Option<Standing>,
    /// Rounds in a row that came to nothing.
    failures: u32,
    /// Connections in a row that ended soon and brought no news: a server that cannot keep them open is
    /// not asked more and more often than it allows.
    brief: u32,
    /// Since when the connection is listened to.
    since: Option<Timestamp>,
}

#[derive(Debug)]
enum State {
    Begin,
    Connected,
    Listening,
    Pausing(Timestamp),
    Waiting(Duration),
    Failed(Error),
    Refused(Error),
    Over,
}

/// What of an invoice makes news.
#[derive(Debug, PartialEq)]
struct Standing {
    status: InvoiceStatus,
    exception: Option<ExceptionStatus>,
    confirmations: Option<u32>,
    paid: Option<crate::amount::SubUnits>,
    at: Option<Timestamp>,
}

impl Watch {
    /// A watch over this invoice. Nothing is asked yet.
    #[must_use]
    pub fn new(id: InvoiceId, base: BaseUrl, policy: RetryPolicy) -> Self {
        Self {
            id,
            base,
            policy,
            pass: None,
            is_old: false,
            state: State::Begin,
            last: None,
            failures: 0,
            brief: 0,
            since: None,
        }
    }

    /// The invoice.
    #[must_use]
    pub fn invoice(&self) -> &InvoiceId {
        &self.id
    }

    /// What to do next, at this instant. `chance` is any random number: it spreads retries.
    pub fn next(&mut self, now: Timestamp, chance: u64) -> Next {
        match core::mem::replace(&mut self.state, State::Over) {
            State::Begin => {
                self.state = State::Begin;
                let Some(pass) = &self.pass else {
                    return Next::Pass(GetInvoiceEventToken::new(self.id.clone()));
                };
                match SubscribeInvoiceEvents::new(pass, &self.base) {
                    Ok(request) => Next::Connect(request),
                    Err(invalid) => {
                        self.state = State::Over;
                        let name = SubscribeInvoiceEvents::OPERATION.name;
                        Next::Failed(Error::build(name, invalid.into()))
                    }
                }
            }
            State::Connected => {
                self.state = State::Connected;
                Next::Fetch(GetInvoice::new(self.id.clone()))
            }
            State::Listening => {
                self.state = State::Listening;
                self.since.get_or_insert(now);
                Next::Listen
            }
            State::Waiting(least) => {
                if let Some(since) = self.since.take() {
                    let lasted = Duration::try_from(now.duration_since(since)).unwrap_or_default();
                    self.brief = match lasted < self.policy.longest_pause {
                        true => self.brief.saturating_add(1),
                        false => 0,
                    };
                }
                let rounds = self.failures.max(self.brief).max(1);
                // A server cannot stop the watch by asking for more.
                let least = least.min(self.policy.longest_pause);
                let pause = backoff(rounds, &self.policy, chance).max(least);
                let pause = SignedDuration::try_from(pause).unwrap_or_default();
                self.state = State::Pausing(now.checked_add(pause).unwrap_or(now));
                self.next(now, chance)
            }
            State::Pausing(until) if now < until => {
                self.state = State::Pausing(until);
                Next::Sleep(Duration::try_from(until.duration_since(now)).unwrap_or_default())
            }
            State::Pausing(_) => {
                self.state = State::Begin;
                self.next(now, chance)
            }
            State::Failed(error) => {
                self.failures = 0;
                self.state = State::Waiting(Duration::ZERO);
                Next::Failed(error)
            }
            State::Refused(error) => Next::Failed(error),
            State::Over => Next::Over,
        }
    }

    /// Tells what came of asking for the token.
    pub fn admitted(&mut self, result: Result<InvoiceEventToken, Error>) {
        match result {
            Ok(pass) => {
                self.pass = Some(pass);
                self.is_old = false;
            }
            Err(error) => self.failed(error),
        }
    }

    /// Tells whether the connection was made.
    pub fn connected(&mut self, result: Result<(), Error>) {
        match result {
            Ok(()) => self.state = State::Connected,
            // The token has run out: another one is to be had.
            Err(error) if self.is_old && matches!(error.kind(), ErrorKind::Api(_)) => {
                self.pass = None;
                self.state = State::Waiting(Duration::ZERO);
            }
            Err(error) => self.failed(error),
        }
    }

    /// Tells what came of fetching the invoice. Gives it back when it is news.
    pub fn fetched(&mut self, result: Result<Invoice, Error>) -> Option<Invoice> {
        match result {
            Ok(invoice) => {
                self.failures = 0;
                self.state = State::Listening;
                self.heard(invoice)
            }
            Err(error) => {
                self.failed(error);
                None
            }
        }
    }

    /// Tells what an event says. Gives it back when it is news.
    pub fn heard(&mut self, invoice: Invoice) -> Option<Invoice> {
        if invoice.id != self.id {
            return None;
        }
        let standing = Standing::of(&invoice);
        if let Some(last) = &self.last
            && (last.is_same(&standing) || last.is_after(&standing))
        {
            return None;
        }
        if standing.status.is_final() {
            self.state = State::Over;
        }
        self.last = Some(standing);
        self.brief = 0;
        Some(invoice)
    }

    /// Tells that the connection ended, and how long the server wants a client to wait.
    pub fn ended(&mut self, error: Option<Error>, wait: Option<Duration>) {
        self.is_old = true;
        match error {
            Some(error) if matches!(error.kind(), ErrorKind::Decode(_)) => self.failed(error),
            _ => self.state = State::Waiting(wait.unwrap_or(Duration::ZERO)),
        }
    }

    /// What may pass is tried again; a refusal ends the watch.
    fn failed(&mut self, error: Error) {
        let stays = match error.kind() {
            ErrorKind::Transport(_) => false,
            ErrorKind::Api(_) => !error.is_retryable(),
            _ => true,
        };
        self.failures += 1;
        self.state = if stays {
            State::Refused(error)
        } else if self.failures >= self.policy.tries {
            State::Failed(error)
        } else {
            State::Waiting(Duration::ZERO)
        };
    }
}

impl Standing {
    fn of(invoice: &Invoice) -> Self {
        let confirmations = invoice.transactions.iter();
        Self {
            status: invoice.status.clone(),
            exception: invoice.exception_status.clone(),
            confirmations: confirmations
                .filter_map(|transaction| transaction.confirmations)
                .min(),
            paid: invoice.amount_paid,
            at: invoice.current_time,
        }
    }

    /// Says the same, apart from when.
    fn is_same(&self, other: &Self) -> bool {
        self.status == other.status
            && self.exception == other.exception
            && self.confirmations == other.confirmations
            && self.paid == other.paid
    }

    /// An event that was sent before the fetch may be read after it.
    fn is_after(&self, other: &Self) -> bool {
        matches!((self.at, other.at), (Some(this), Some(other)) if other < this)
    }
}
