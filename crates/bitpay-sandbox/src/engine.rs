//! The sandbox without IO: requests and time in, answers and webhooks out.

use std::time::Duration;

use bitpay_core::operation::{self, Operation};
use bitpay_core::server::Received;
use bitpay_core::time::Timestamp;
use bitpay_core::{Amount, Currency, Guid};
use bytes::Bytes;
use http::header::HOST;
use http::uri::PathAndQuery;
use http::{Request, Response};

use crate::events::{EventStream, Heard};
use crate::fault::{FaultKind, Faults};
use crate::handlers::bills::BillRecord;
use crate::handlers::invoices::InvoiceRecord;
use crate::handlers::ledgers::Ledger;
use crate::handlers::payouts::PayoutRecord;
use crate::handlers::recipients::RecipientRecord;
use crate::handlers::refunds::RefundRecord;
use crate::handlers::subscriptions::SubscriptionRecord;
use crate::handlers::tokens::TokenRecord;
use crate::index::Index;
use crate::log::Log;
use crate::market::Market;
use crate::operations::dispatch;
use crate::outcomes;
use crate::random::Random;
use crate::refused::Refused;
use crate::reply::{Refusal, Reply};
use crate::state::Once;
use crate::table::{Table, Texts, Timers};
use crate::timeline::Due;
use crate::{Change, Delivery, Fault, Settings};

/// A BitPay as a value: it has no clock, no sockets and no randomness but its seed.
///
/// ```
/// use bitpay_sandbox::Engine;
/// use bytes::Bytes;
///
/// let mut engine = Engine::new(7);
/// let request = http::Request::get("/rates/BTC/USD").header("host", "localhost").body(Bytes::new())?;
/// let outcome = engine.handle(&request, "2026-01-01T00:00:00Z".parse()?);
/// let answer = outcome.response.ok_or("no answer")?;
/// assert_eq!(answer.body(), r#"{"data":{"code":"USD","name":"US Dollar","rate":65000}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Engine {
    pub(crate) settings: Settings,
    pub(crate) seed: u64,
    /// The rates of the settings it began with.
    pub(crate) first_rates: Vec<(Currency, Amount)>,
    pub(crate) market: Market,
    pub(crate) random: Random,
    /// How far the clock was moved.
    pub(crate) moved: Duration,
    /// The instant of what is being done.
    pub(crate) now: Timestamp,
    /// The instant to which time passes meanwhile.
    pub(crate) until: Timestamp,
    /// Clients come by HTTPS: links and what is signed begin with that.
    pub(crate) https: bool,
    /// The address of this server, as the client of what is being done sees it.
    pub(crate) base: String,
    /// What forms must hold, so that only pages of this process can send them.
    pub(crate) form_key: String,
    pub(crate) tokens: Table<TokenRecord>,
    pub(crate) invoices: Table<InvoiceRecord>,
    pub(crate) refunds: Table<RefundRecord>,
    pub(crate) ledger: Ledger,
    pub(crate) recipients: Table<RecipientRecord>,
    pub(crate) payouts: Table<PayoutRecord>,
    pub(crate) bills: Table<BillRecord>,
    pub(crate) subscriptions: Table<SubscriptionRecord>,
    pub(crate) index: Index,
    /// What happens by itself, and when.
    pub(crate) timers: Timers<Due>,
    pub(crate) faults: Faults,
    /// What asked in its request for one failure, and had it.
    pub(crate) failed: Texts,
    pub(crate) outbox: Vec<Delivery>,
    pub(crate) heard: Vec<Heard>,
    pub(crate) log: Log,
    pub(crate) refused: Refused,
    pub(crate) next_delivery: u64,
    /// What the clock showed when something was saved last, in the process before this one.
    pub(crate) not_before: Option<Timestamp>,
    /// What changes is given out.
    pub(crate) saves: bool,
    /// What was given out last of what there is one of.
    pub(crate) saved: Option<Once>,
}

/// What came of a request.
#[derive(Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The answer; `None` closes the connection without one.
    pub response: Option<Response<Bytes>>,
    /// Closes the connection after so many bytes of the answer's body.
    pub cut: Option<usize>,
    /// Waits for so long before the answer.
    pub delay: Duration,
    /// The operation, if the request was for one.
    pub operation: Option<&'static str>,
    /// The connection is to be kept open after the answer, for what is heard.
    pub event_stream: Option<EventStream>,
    /// The webhooks that are due.
    pub deliver: Vec<Delivery>,
    /// What those who listen are to hear.
    pub heard: Vec<Heard>,
    /// What must be on disk before the answer and the webhooks go out; nothing but for
    /// [`Engine::saving`].
    pub persist: Vec<Change>,
}

/// What came of time passing.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ticked {
    /// The webhooks that are due.
    pub deliver: Vec<Delivery>,
    /// What those who listen are to hear.
    pub heard: Vec<Heard>,
    /// What must be on disk before the webhooks go out; nothing but for [`Engine::saving`].
    pub persist: Vec<Change>,
    /// When there is something to do again, by the clock that [`Engine::tick`] is told.
    pub next: Option<Timestamp>,
}

/// The names by which clients may come over HTTPS: this machine's, and BitPay's where a hosts entry leads
/// them here.
pub(crate) const NAMES: [&str; 3] = ["localhost", "bitpay.com", "test.bitpay.com"];

/// A payment that is not confirmed for this long makes its invoice invalid.
pub(crate) const CONFIRM_WITHIN: Duration = Duration::from_secs(60 * 60);

/// No client waits for so long.
const STALLED: Duration = Duration::from_secs(24 * 60 * 60);

impl Engine {
    /// A sandbox as BitPay is documented. The seed decides every id, token and code.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::with_settings(seed, Settings::default())
    }

    /// A sandbox with settings.
    #[must_use]
    pub fn with_settings(seed: u64, settings: Settings) -> Self {
        let mut random = Random::new(seed);
        Self {
            market: Market::new(&settings),
            form_key: random.token(),
            random,
            seed,
            first_rates: settings.rates.clone(),
            settings,
            moved: Duration::ZERO,
            now: Timestamp::UNIX_EPOCH,
            until: Timestamp::UNIX_EPOCH,
            https: false,
            base: String::new(),
            tokens: Table::default(),
            invoices: Table::default(),
            refunds: Table::default(),
            ledger: Ledger::default(),
            recipients: Table::default(),
            payouts: Table::default(),
            bills: Table::default(),
            subscriptions: Table::default(),
            index: Index::default(),
            timers: Timers::default(),
            faults: Faults::new(seed),
            failed: Texts::default(),
            outbox: Vec::new(),
            heard: Vec::new(),
            log: Log::default(),
            refused: Refused::default(),
            next_delivery: 1,
            not_before: None,
            saves: false,
            saved: None,
        }
    }

    /// Answers a request: of the API, for a page, or to the sandbox itself. The request's address is
    /// the path and the query as they came; the host is in the header `Host`.
    pub fn handle(&mut self, request: &Request<Bytes>, clock: Timestamp) -> Outcome {
        self.pass_to(clock);
        self.base = self.base_for(request);
        let mut outcome = match crate::gate::other_than_api(self, request) {
            Some(response) => Outcome::of(response),
            None => self.api(request),
        };
        // What was asked for may be due at once, and the clock may have been moved.
        self.run_until(self.until);
        outcome.deliver = std::mem::take(&mut self.outbox);
        outcome.heard = std::mem::take(&mut self.heard);
        outcome.persist = self.save();
        outcome
    }

    /// Makes something go wrong with one of the next answers.
    pub fn inject(&mut self, fault: Fault) {
        self.faults.add(fault);
    }

    /// Nothing goes wrong any more.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
        self.failed.clear();
    }

    /// Forgets everything, and begins anew with the seed it began with, or another one: the clock is not
    /// moved any more, and rates are those of the settings. Numbers of webhooks go on, because one that is
    /// under way is still to be reported.
    pub fn reset(&mut self, seed: Option<u64>, clock: Timestamp) {
        let seed = seed.unwrap_or(self.seed);
        // Whoever listens is cut off.
        let listened = self
            .invoices
            .iter()
            .filter(|record| record.events.is_some());
        let gone = listened.map(|record| Heard::end_of(&record.invoice.id));
        self.heard.extend(gone.collect::<Vec<_>>());
        self.tokens.clear();
        self.invoices.clear();
        self.refunds.clear();
        self.recipients.clear();
        self.payouts.clear();
        self.bills.clear();
        self.subscriptions.clear();
        self.ledger.clear();
        self.timers.retain(|_| false);
        self.index = Index::default();
        self.log.clear();
        self.refused.clear();
        self.outbox.clear();
        self.clear_faults();
        self.faults.reset(seed);
        self.settings.rates.clone_from(&self.first_rates);
        self.market = Market::new(&self.settings);
        self.random = Random::new(seed);
        // As at the start: the pages that are open keep the key of their forms.
        self.random.token();
        self.seed = seed;
        self.moved = Duration::ZERO;
        self.until = self.now(clock);
        self.now = self.until;
    }

    /// The operation that a request asks for, by its name.
    #[must_use]
    pub fn operation_of(&self, request: &Request<Bytes>) -> Option<&'static str> {
        // The guid decides nothing here.
        let received = self.received(request, Guid::from_random([0; 16])).ok()?;
        operation::route(&received).map(|operation| operation.name)
    }

    fn received(&self, request: &Request<Bytes>, guid: Guid) -> Result<Received, Refusal> {
        let target = self.target(request);
        Ok(Received::new(
            request.method().clone(),
            target,
            request.body(),
            guid,
        )?)
    }

    /// The path of the public address, without a slash at the end.
    pub(crate) fn prefix(&self) -> &str {
        let Some(url) = &self.settings.public_url else {
            return "";
        };
        let after_scheme = url.as_str().split_once("://").map(|(_, rest)| rest);
        after_scheme
            .and_then(|rest| rest.strip_prefix(url.authority()))
            .unwrap_or_default()
    }

    /// The path and the query, without the path of the public address: a proxy may keep that or not.
    pub(crate) fn target<'a>(&self, request: &'a Request<Bytes>) -> &'a str {
        let target = request
            .uri()
            .path_and_query()
            .map_or("/", PathAndQuery::as_str);
        target
            .strip_prefix(self.prefix())
            .filter(|rest| rest.starts_with('/'))
            .unwrap_or(target)
    }

    fn base_for(&self, request: &Request<Bytes>) -> String {
        match &self.settings.public_url {
            Some(url) => url.as_str().to_owned(),
            None => format!("{}://{}", self.scheme(), host(request)),
        }
    }

    /// The scheme of this server, where it has no public address.
    pub(crate) const fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    fn api(&mut self, request: &Request<Bytes>) -> Outcome {
        let guid = self.random.guid();
        let received = match self.received(request, guid) {
            Ok(received) => received,
            Err(refusal) => return Outcome::of(self.refuse(request, refusal)),
        };
        let Some(operation) = operation::route(&received) else {
            return Outcome::of(self.refuse(request, Refusal::unknown_path()));
        };
        let fault = self
            .faults
            .strike(operation.name)
            .or_else(|| outcomes::fault_of(operation.name, request.body(), &mut self.failed));
        let (response, event_stream) = match &fault {
            Some(fault) if !fault.works => (Response::default(), None),
            _ => match self.answer(operation, &received, request) {
                Ok(reply) => reply.into_parts(),
                Err(refusal) => (self.refuse(request, refusal), None),
            },
        };
        let mut outcome = Outcome::of(response);
        outcome.event_stream = event_stream;
        outcome.operation = Some(operation.name);
        match fault.map(|fault| fault.kind) {
            Some(FaultKind::Lost) => outcome.response = None,
            Some(FaultKind::Answer(response)) => {
                outcome.response = Some(response);
                outcome.event_stream = None;
            }
            Some(FaultKind::Cut(after)) => outcome.cut = Some(after),
            Some(FaultKind::Malformed) => {
                if let Some(response) = &mut outcome.response {
                    let end = response.body().len().saturating_sub(1);
                    response.body_mut().truncate(end);
                }
            }
            Some(FaultKind::Delay(by)) => outcome.delay = by,
            Some(FaultKind::Stall) => outcome.delay = STALLED,
            None => {}
        }
        outcome
    }

    fn refuse(&mut self, request: &Request<Bytes>, refusal: Refusal) -> Response<Bytes> {
        let response = refusal.into_response();
        self.take_refusal_down(request, &response);
        response
    }

    fn answer(
        &mut self,
        operation: &'static Operation,
        received: &Received,
        request: &Request<Bytes>,
    ) -> Result<Reply, Refusal> {
        let caller = self.authorise(operation, received, request)?;
        dispatch(self, operation, &caller, received)
    }
}

impl Outcome {
    fn of(response: Response<Bytes>) -> Self {
        Self {
            response: Some(response),
            cut: None,
            delay: Duration::ZERO,
            operation: None,
            event_stream: None,
            deliver: Vec::new(),
            heard: Vec::new(),
            persist: Vec::new(),
        }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("tokens", &self.tokens.len())
            .field("invoices", &self.invoices.len())
            .field("refunds", &self.refunds.len())
            .finish_non_exhaustive()
    }
}

pub(crate) fn host(request: &Request<Bytes>) -> &str {
    request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("localhost")
}
