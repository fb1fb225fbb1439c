//! The sandbox without IO: requests and time in, answers and webhooks out.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use bitpay_core::operation::{self, Operation, TokenPlace};
use bitpay_core::server::Received;
use bitpay_core::signature::{Digest, Signature};
use bitpay_core::time::Timestamp;
use bitpay_core::{Facade, Guid, PublicKey, Sin};
use bytes::Bytes;
use http::header::HOST;
use http::uri::PathAndQuery;
use http::{Request, Response};

use crate::caller::{Caller, Role};
use crate::events::{EventStream, Heard};
use crate::fault::FaultKind;
use crate::handlers::bills::BillRecord;
use crate::handlers::invoices::InvoiceRecord;
use crate::handlers::ledgers::Ledger;
use crate::handlers::payouts::PayoutRecord;
use crate::handlers::recipients::RecipientRecord;
use crate::handlers::refunds::RefundRecord;
use crate::handlers::subscriptions::SubscriptionRecord;
use crate::handlers::tokens::TokenRecord;
use crate::market::Market;
use crate::operations::dispatch;
use crate::random::Random;
use crate::reply::{Refusal, Reply};
use crate::webhook::{self, Event};
use crate::{Delivered, Delivery, DeliveryRecord, Fault, Settings};

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
    pub(crate) market: Market,
    pub(crate) random: Random,
    /// How far the clock was moved.
    moved: Duration,
    /// The instant of what is being done.
    pub(crate) now: Timestamp,
    /// Clients come by HTTPS: links and what is signed begin with that.
    pub(crate) https: bool,
    /// The address of this server, as the client of what is being done sees it.
    pub(crate) base: String,
    /// What forms must hold, so that only pages of this process can send them.
    pub(crate) form_key: String,
    pub(crate) tokens: Vec<TokenRecord>,
    pub(crate) invoices: Vec<InvoiceRecord>,
    pub(crate) refunds: Vec<RefundRecord>,
    pub(crate) ledger: Ledger,
    pub(crate) recipients: Vec<RecipientRecord>,
    pub(crate) payouts: Vec<PayoutRecord>,
    pub(crate) bills: Vec<BillRecord>,
    pub(crate) subscriptions: Vec<SubscriptionRecord>,
    pub(crate) index: Index,
    /// When which invoice has something to do.
    pub(crate) timers: BTreeSet<(Timestamp, usize)>,
    faults: VecDeque<Fault>,
    outbox: Vec<Delivery>,
    pub(crate) heard: Vec<Heard>,
    log: VecDeque<DeliveryRecord>,
    next_delivery: u64,
}

/// Where things are, by what they are called.
#[derive(Default)]
pub(crate) struct Index {
    pub(crate) by_token: HashMap<String, Owner>,
    pub(crate) codes: HashMap<String, usize>,
    pub(crate) pairings: HashMap<(Sin, String), usize>,
    pub(crate) invoices: HashMap<String, usize>,
    pub(crate) invoice_guids: HashMap<String, Vec<usize>>,
    pub(crate) refunds: HashMap<String, usize>,
    pub(crate) refund_guids: HashMap<String, Vec<usize>>,
}

/// What a token is of.
#[derive(Clone, Copy)]
pub(crate) enum Owner {
    Facade(usize),
    Invoice(usize),
    Refund(usize),
    Bill(usize),
    Subscription(usize),
    Settlement,
    /// The stream of an invoice's events.
    Events(usize),
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
}

/// What came of time passing.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ticked {
    /// The webhooks that are due.
    pub deliver: Vec<Delivery>,
    /// What those who listen are to hear.
    pub heard: Vec<Heard>,
    /// When there is something to do again, by the clock that [`Engine::tick`] is told.
    pub next: Option<Timestamp>,
}

/// So many webhooks are remembered.
const LOG: usize = 1_000;

/// The names by which clients may come over HTTPS: this machine's, and BitPay's where a hosts entry leads
/// them here.
pub(crate) const NAMES: [&str; 3] = ["localhost", "bitpay.com", "test.bitpay.com"];

/// A payment that is not confirmed for this long makes its invoice invalid.
pub(crate) const CONFIRM_WITHIN: Duration = Duration::from_secs(60 * 60);

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
            settings,
            moved: Duration::ZERO,
            now: Timestamp::UNIX_EPOCH,
            https: false,
            base: String::new(),
            tokens: Vec::new(),
            invoices: Vec::new(),
            refunds: Vec::new(),
            ledger: Ledger::default(),
            recipients: Vec::new(),
            payouts: Vec::new(),
            bills: Vec::new(),
            subscriptions: Vec::new(),
            index: Index::default(),
            timers: BTreeSet::new(),
            faults: VecDeque::new(),
            outbox: Vec::new(),
            heard: Vec::new(),
            log: VecDeque::new(),
            next_delivery: 1,
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
        self.run_timers();
        outcome.deliver = std::mem::take(&mut self.outbox);
        outcome.heard = std::mem::take(&mut self.heard);
        outcome
    }

    /// Lets time pass: invoices expire, and ledgers are settled.
    pub fn tick(&mut self, clock: Timestamp) -> Ticked {
        self.pass_to(clock);
        Ticked {
            deliver: std::mem::take(&mut self.outbox),
            heard: std::mem::take(&mut self.heard),
            next: self
                .timers
                .first()
                .map(|(at, _)| *at)
                .into_iter()
                .chain(self.ledger.due())
                .min()
                .and_then(|at| at.checked_sub(self.moved).ok()),
        }
    }

    /// Moves the sandbox's clock ahead of the real one. What is due then is done by the next
    /// [`tick`](Self::tick) or [`handle`](Self::handle).
    pub fn advance(&mut self, by: Duration) {
        self.moved = self.moved.saturating_add(by);
    }

    /// The sandbox's time when the clock shows this.
    #[must_use]
    pub fn now(&self, clock: Timestamp) -> Timestamp {
        clock.checked_add(self.moved).unwrap_or(Timestamp::MAX)
    }

    /// Makes something go wrong with one of the next answers.
    pub fn inject(&mut self, fault: Fault) {
        self.faults.push_back(fault);
    }

    /// Takes the result of a webhook down.
    pub fn delivered(&mut self, id: u64, outcome: Delivered) {
        if let Some(record) = self
            .log
            .iter_mut()
            .rev()
            .find(|record| record.delivery.id == id)
        {
            record.outcome = outcome;
        }
    }

    /// The last thousand webhooks, the oldest first.
    pub fn deliveries(&self) -> impl DoubleEndedIterator<Item = &DeliveryRecord> {
        self.log.iter()
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

    fn pass_to(&mut self, clock: Timestamp) {
        self.now = self.now(clock);
        self.run_timers();
    }

    fn run_timers(&mut self) {
        self.close_days();
        while let Some((at, index)) = self.timers.first().copied()
            && at <= self.now
        {
            self.timers.remove(&(at, index));
            self.invoice_is_due(index);
        }
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
            Err(refusal) => return Outcome::of(refusal.into_response()),
        };
        let Some(operation) = operation::route(&received) else {
            return Outcome::of(Refusal::unknown_path().into_response());
        };
        let fault = self
            .faults
            .iter()
            .position(|fault| fault.is_for(operation.name))
            .and_then(|place| self.faults.remove(place));
        let (response, event_stream) = match &fault {
            Some(fault) if !fault.works => (Response::default(), None),
            _ => match self.answer(operation, &received, request) {
                Ok(reply) => reply.into_parts(),
                Err(refusal) => (refusal.into_response(), None),
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
            Some(FaultKind::Delay(by)) => outcome.delay = by,
            None => {}
        }
        outcome
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

    /// In BitPay's order: the signature, the token, the facade, and then who may use the token.
    fn authorise(
        &self,
        operation: &Operation,
        received: &Received,
        request: &Request<Bytes>,
    ) -> Result<Caller, Refusal> {
        // Official SDKs repeat the signature of an earlier call on calls that need none.
        if operation.is_public() {
            return Ok(Caller::ANYBODY);
        }
        let sin = self.signer(request)?;
        let no_token = Caller {
            role: match sin {
                Some(_) => Role::User,
                None => Role::Facade(Facade::Public),
            },
            sin,
            token: None,
        };
        if operation.identity {
            return match no_token.role {
                Role::User => Ok(no_token),
                Role::Facade(_) => Err(Refusal::wrong_facade("public")),
            };
        }
        let Some(text) = received.token_of(operation) else {
            return Err(Refusal::wrong_facade(no_token.facade()));
        };
        let sin = no_token.sin;
        let (maker, resource) = match self.index.by_token.get(&text) {
            None => return Err(Refusal::invalid_token()),
            Some(owner) => self.maker_of(owner, sin.as_ref()),
        };
        let token = maker
            .and_then(|maker| self.tokens.get(maker))
            .ok_or_else(Refusal::invalid_token)?;
        let facade = token.facade;
        let of_resource = matches!(
            operation.token,
            TokenPlace::ResourceBody | TokenPlace::ResourceQuery
        );
        let fits = match resource {
            // Official SDKs send the facade's token in place of the resource's on these.
            None => {
                let tolerant = ["resend_refund_notification", "update_bill"];
                operation.facades.contains(&facade)
                    && (!of_resource || tolerant.contains(&operation.name))
            }
            // What an open pos token made may be read by anybody, and be changed by who signs.
            Some(_) if sin.is_none() && !operation.facades.contains(&facade) => false,
            Some("invoice") if operation.name == "list_refunds" => true,
            Some(resource) => {
                let reads = ["get_invoice", "get_bill", "get_subscription"];
                operation.path.starts_with(resource)
                    && (of_resource || reads.contains(&operation.name))
            }
        };
        if !fits {
            return Err(Refusal::wrong_facade(&match resource {
                None => facade.to_string(),
                Some(resource) => format!("{facade}/{resource}"),
            }));
        }
        if !token.allows(sin.as_ref()) {
            return Err(Refusal::unauthorized_sin());
        }
        Ok(Caller {
            role: Role::Facade(facade),
            sin,
            token: Some(token.text.clone()),
        })
    }

    /// The facade's token that made it, and what resource it is, if it is one.
    fn maker_of(
        &self,
        owner: &Owner,
        signer: Option<&Sin>,
    ) -> (Option<usize>, Option<&'static str>) {
        let of_invoice = |index: &usize| self.invoices.get(*index).map(|record| record.maker);
        match owner {
            Owner::Facade(index) => (Some(*index), None),
            Owner::Invoice(index) => (of_invoice(index), Some("invoice")),
            Owner::Events(index) => (of_invoice(index), Some("events")),
            Owner::Refund(index) => {
                let record = self.refunds.get(*index);
                (record.map(|record| record.maker), Some("refund"))
            }
            Owner::Bill(index) => {
                let record = self.bills.get(*index);
                (record.map(|record| record.maker), Some("bill"))
            }
            Owner::Subscription(index) => {
                let record = self.subscriptions.get(*index);
                (record.map(|record| record.maker), Some("subscription"))
            }
            // Nobody made it: it is of every merchant token.
            Owner::Settlement => {
                let mut merchants = self
                    .tokens
                    .iter()
                    .enumerate()
                    .filter(|(_, token)| token.facade == Facade::Merchant);
                let first = merchants.clone().next();
                let own = merchants.find(|(_, token)| token.allows(signer));
                (own.or(first).map(|(index, _)| index), Some("settlement"))
            }
        }
    }

    /// The key that signed, if any did. One of the two headers alone is no signature.
    fn signer(&self, request: &Request<Bytes>) -> Result<Option<Sin>, Refusal> {
        let header = |name: &str| request.headers().get(name);
        let (Some(identity), Some(signature)) = (header("x-identity"), header("x-signature"))
        else {
            return Ok(None);
        };
        let key = identity
            .to_str()
            .ok()
            .and_then(|text| PublicKey::from_hex(text.trim()).ok())
            .ok_or_else(Refusal::bad_public_key)?;
        let signature = signature
            .to_str()
            .ok()
            .and_then(|text| Signature::from_hex(text.trim()).ok())
            .ok_or_else(Refusal::invalid_signature)?;
        let (base, target) = (self.base.as_bytes(), self.target(request).as_bytes());
        let digest = Digest::of(&[base, target, request.body()]);
        if key.verify(&digest, &signature) {
            Ok(Some(key.sin()))
        } else {
            Err(Refusal::invalid_signature())
        }
    }

    /// Queues a webhook, or takes down why it is not sent.
    pub(crate) fn send(&mut self, url: &str, token: &str, event: Event, body: Option<Bytes>) {
        let Some(body) = body else { return };
        let delivery = Delivery {
            id: self.next_delivery,
            url: url.to_owned(),
            signature: webhook::signature(token, &body),
            body,
        };
        self.next_delivery += 1;
        let outcome = match webhook::barred(url, self.settings.deliver_anywhere) {
            Some(reason) => Delivered::Withheld(reason),
            None => {
                self.outbox.push(delivery.clone());
                Delivered::Underway
            }
        };
        if self.log.len() == LOG {
            self.log.pop_front();
        }
        self.log.push_back(DeliveryRecord {
            delivery,
            at: self.now,
            event: event.name,
            outcome,
        });
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
