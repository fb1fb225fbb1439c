//! One call, as a state machine without IO: a front moves bytes, tells the time and sleeps.
//!
//! ```text
//! loop {
//!     match call.step(now, chance) {
//!         Step::Sign(input)   => call.signed(signer.sign(input)),
//!         Step::Note(entry)   => call.noted(journal.write(&entry)),
//!         Step::Send(request) => exchange it: call.head(..), call.body(..)*, call.end()  or  call.failed(..)
//!         Step::Sleep(pause)  => sleep(pause),
//!         Step::Done(result)  => return result,
//!     }
//! }
//! ```

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use jiff::SignedDuration;
use zeroize::Zeroizing;

use crate::answer::{self, Answer, Reading};
use crate::config::Config;
use crate::credential::{Credential, Identity};
use crate::encode::{Encoder, hex_of};
use crate::environment::BaseUrl;
use crate::error::{
    ApiErrorKind, BuildError, DecodeError, Effect, Error, ErrorKind, Replay, SignError,
    TransportError, TransportErrorKind,
};
use crate::find_out::{self, Shown};
use crate::guid::Guid;
use crate::journal::{Entry, Intent, IntentId, JournalError, NotTold, Source};
use crate::json;
use crate::key::PublicKey;
use crate::limit::Limits;
use crate::observe::{self, Mask, Observers, Outcome, Watch};
use crate::operation::{Allows, Endpoint, Operation, RetryClass, Signing, TokenPlace};
use crate::raw::RawData;
use crate::retry::{self, Fault, Next, RetryPolicy};
use crate::signature::{Digest, Signature};
use crate::time::Timestamp;

/// How old an answer to a create may be, beyond the time that the call took: the age is the
/// server's own, so no clocks are compared.
const FRESH: Duration = Duration::from_secs(5);

/// The largest head of an answer, in bytes: names and values, and four bytes for each line. The HTTP libraries
/// have limits of their own besides: ureq takes 128 lines at most, and hyper, below reqwest, 100.
pub const MAX_HEAD: usize = 64 << 10;

/// What a client sends and accepts, whatever the operation: made once from a [`Config`].
#[derive(Clone, Debug)]
pub struct Settings {
    retry: RetryPolicy,
    max_body: usize,
    max_items: usize,
    headers: HeaderMap,
    observers: Observers,
    journal: bool,
    limits: Limits,
}

impl Settings {
    /// The settings of this set-up.
    ///
    /// # Errors
    /// When a text of it cannot be a header.
    pub fn new(config: &Config) -> Result<Self, BuildError> {
        const USER_AGENT_TEXT: &str = concat!("bitpay-rust/", env!("CARGO_PKG_VERSION"));
        const PLUGIN_INFO: &str = concat!("BitPay_Rust_Client_v", env!("CARGO_PKG_VERSION"));
        let text = |text: &str| HeaderValue::from_str(text).map_err(|_| BuildError::Http);
        let mut headers = HeaderMap::new();
        let mut set = |name, value| headers.insert(HeaderName::from_static(name), value);
        set("x-accept-version", HeaderValue::from_static("2.0.0"));
        set(
            "x-bitpay-plugin-info",
            HeaderValue::from_static(PLUGIN_INFO),
        );
        set("x-bitpay-api-frame", HeaderValue::from_static("std"));
        set(
            "x-bitpay-api-frame-version",
            HeaderValue::from_static("1.0.0"),
        );
        if let Some(platform) = &config.platform_info {
            set("x-bitpay-platform-info", text(platform)?);
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let agent = config.user_agent.as_deref().unwrap_or(USER_AGENT_TEXT);
        headers.insert(USER_AGENT, text(agent)?);
        Ok(Self {
            retry: config.retry,
            max_body: config.max_body,
            max_items: config.max_items,
            headers,
            observers: config.observers.clone(),
            journal: false,
            limits: Limits::new(&config.limits),
        })
    }

    /// Has calls that can change something give out [`Step::Note`], for a journal.
    #[must_use]
    pub fn with_journal(mut self) -> Self {
        self.journal = true;
        self
    }

    /// The same, but for when to try again. Limits are shared.
    #[must_use]
    pub fn with_retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// When to try again.
    #[must_use]
    pub fn retry(&self) -> &RetryPolicy {
        &self.retry
    }
}

/// What a signer elsewhere is asked to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SigningInput {
    /// Whose signature is wanted.
    pub public_key: PublicKey,
    /// The SHA-256 of the URL and the body. It is signed as it is, without hashing again.
    pub digest: Digest,
}

/// What a front tells of an answer, as it comes.
pub trait Incoming {
    /// Tells the head of the answer. False when nothing more is wanted.
    #[must_use]
    fn head(&mut self, status: StatusCode, headers: HeaderMap) -> bool;

    /// Tells a part of the body. False when nothing more is wanted: it is larger than allowed, say.
    #[must_use]
    fn body(&mut self, chunk: &[u8]) -> bool;

    /// Tells that the answer is complete.
    fn end(&mut self);

    /// Tells that the exchange failed.
    fn failed(&mut self, error: TransportError);
}

/// What the front does next. `Debug` does not show the request, which may hold the token.
pub enum Step<T> {
    /// Ask the signer, then tell [`Call::signed`]. Only when the key lives elsewhere.
    Sign(SigningInput),
    /// Write this to the journal, then tell [`Call::noted`]. Only with [`Settings::with_journal`], and
    /// only when the call can change something: before its first request, and when its outcome is known.
    Note(Entry),
    /// Send this, then tell [`Call::head`], [`Call::body`] and [`Call::end`], or [`Call::failed`].
    /// Its URL may hold the token: keep it out of logs.
    Send(Request<Bytes>),
    /// Let this much time pass.
    Sleep(Duration),
    /// The call is over.
    Done(Result<T, Error>),
}

impl<T: fmt::Debug> fmt::Debug for Step<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Sign(input) => f.debug_tuple("Sign").field(input).finish(),
            Step::Note(entry) => f.debug_tuple("Note").field(entry).finish(),
            Step::Send(request) => write!(f, "Send({}, ..)", request.method()),
            Step::Sleep(pause) => f.debug_tuple("Sleep").field(pause).finish(),
            Step::Done(result) => f.debug_tuple("Done").field(result).finish(),
        }
    }
}

/// One call of one operation.
pub struct Call<'e, E: Endpoint> {
    endpoint: &'e E,
    exchange: Exchange,
    /// The result, while its outcome is written to the journal.
    result: Option<Result<Answer<E::Response>, Error>>,
}

impl<E: Endpoint> fmt::Debug for Call<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &E::OPERATION.name)
            .field("tries", &self.exchange.tries)
            .finish_non_exhaustive()
    }
}

impl<'e, E: Endpoint> Call<'e, E> {
    /// Builds the call: checks it, writes it, and knows what to sign. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ErrorKind::Build`], when the request breaks a rule or the credential does not allow it.
    pub fn new<C: Credential>(
        endpoint: &'e E,
        base: &BaseUrl,
        credential: &C,
        settings: &Settings,
    ) -> Result<Self, Error>
    where
        E: Allows<C>,
    {
        let exchange = Exchange::new(endpoint, base, credential, settings)
            .map_err(|error| Error::build(E::OPERATION.name, error))?;
        Ok(Self {
            endpoint,
            exchange,
            result: None,
        })
    }

    /// What to do next, at this instant. `chance` is any random number: it spreads retries, and names
    /// the intent in the journal.
    pub fn step(&mut self, now: Timestamp, chance: u64) -> Step<Answer<E::Response>> {
        let step = self.advance(now, chance);
        if let Step::Done(result) = &step {
            let looked_up = result.as_ref().is_ok_and(Answer::was_looked_up);
            self.exchange.ended(now, result.as_ref().err(), looked_up);
        }
        step
    }

    fn advance(&mut self, now: Timestamp, chance: u64) -> Step<Answer<E::Response>> {
        if let Some(result) = self.result.take() {
            return Step::Done(result);
        }
        let mut value = None;
        let mut take = |text: &[u8]| {
            value = answer::value_in(text);
            value.is_some()
        };
        let mut result = match self.exchange.step(now, chance, &mut take) {
            Progress::Sign(input) => return Step::Sign(input),
            Progress::Note(entry) => return Step::Note(entry),
            Progress::Send(request) => return Step::Send(request),
            Progress::Sleep(pause) => return Step::Sleep(pause),
            Progress::Failed(error) => Err(self.exchange.told(error)),
            Progress::Data { data, body, status } => match value {
                Some(value) => self.check(value, None, body, now),
                None => self.decode(data, body, status, now),
            },
        };
        let told = || match &result {
            Ok(answer) => (Effect::Happened, answer::find_id_and_url(answer.body()).0),
            Err(error) => (error.effect(), error.made()),
        };
        let Some(entry) = self.exchange.outcome(told, now) else {
            return Step::Done(result);
        };
        set_unrecorded(&mut result, true);
        self.result = Some(result);
        Step::Note(entry)
    }

    /// Tells whether the journal took the entry of [`Step::Note`]. Without its intent nothing is sent; its
    /// outcome is not worth losing the result for, which then says so ([`Answer::is_unrecorded`]).
    pub fn noted(&mut self, result: Result<(), Box<dyn core::error::Error + Send + Sync>>) {
        match &mut self.result {
            Some(ended) => set_unrecorded(ended, result.is_err()),
            None => self.exchange.noted(result),
        }
    }

    /// How long this call may still take, for the front's time limits.
    #[must_use]
    pub fn time_left(&self, now: Timestamp) -> Duration {
        self.exchange.time_left(now)
    }

    /// Tells what the signer elsewhere said.
    pub fn signed(&mut self, result: Result<Signature, SignError>) {
        self.exchange.signed(result);
    }

    fn fail<T>(&self, kind: ErrorKind, effect: Effect) -> Result<T, Error> {
        let error = Error::new(E::OPERATION.name, kind, effect);
        Err(self.exchange.told(error))
    }

    fn decode(
        &self,
        data: Bytes,
        body: Bytes,
        status: u16,
        now: Timestamp,
    ) -> Result<Answer<E::Response>, Error> {
        match json::read_bytes(&data) {
            Ok(value) => self.check(value, Some(data), body, now),
            Err(error) => {
                let made = if self.exchange.is_read() {
                    Effect::Nothing
                } else {
                    Effect::Happened
                };
                let error = DecodeError::new(answer::problem(&error), status, body);
                self.fail(error.into(), made)
            }
        }
    }

    /// Holds what was made against what was asked for.
    fn check(
        &self,
        value: E::Response,
        data: Option<Bytes>,
        body: Bytes,
        now: Timestamp,
    ) -> Result<Answer<E::Response>, Error> {
        let exchange = &self.exchange;
        if self.endpoint.guid().is_some() && !exchange.is_read() {
            let echo = self.endpoint.echo(&value);
            let is_old = echo.older_than(exchange.since_sent(now) + FRESH);
            if is_old || !echo.matches() {
                // What is old was not made by this call. What differs and is not known to be old may
                // have been made by a call of a moment ago, or by this one and then changed.
                let effect = if is_old {
                    Effect::Nothing
                } else {
                    Effect::Unknown
                };
                let data = data.unwrap_or_else(|| answer::data_of(&body));
                return self.fail(Replay::new(echo.differs, echo.age, data).into(), effect);
            }
        }
        Ok(Answer::new(
            E::OPERATION.name,
            value,
            body,
            exchange.tries,
            exchange.looking_up,
        ))
    }
}

fn set_unrecorded<T>(result: &mut Result<Answer<T>, Error>, unrecorded: bool) {
    match result {
        Ok(answer) => answer.set_unrecorded(unrecorded),
        Err(error) => error.set_unrecorded(unrecorded),
    }
}

impl<E: Endpoint> Incoming for Call<'_, E> {
    fn head(&mut self, status: StatusCode, headers: HeaderMap) -> bool {
        self.exchange.head(status, headers)
    }

    fn body(&mut self, chunk: &[u8]) -> bool {
        self.exchange.body(chunk)
    }

    fn end(&mut self) {
        self.exchange.end();
    }

    fn failed(&mut self, error: TransportError) {
        self.exchange.failed(error);
    }
}

/// The tokens of a request, and what else in it is a secret. It is looked for when something is shown only.
fn secrets(
    operation: &Operation,
    tokens: &[Zeroizing<String>],
    request: &Prepared,
) -> Vec<Zeroizing<String>> {
    let mut secrets = tokens.to_vec();
    observe::secret_values(operation, &request.body, &mut secrets);
    secrets
}

/// A request with its signature, made once and sent as often as needed.
struct Prepared {
    method: Method,
    uri: Uri,
    body: Bytes,
    /// What is signed, where the request is.
    digest: Digest,
    is_signed: bool,
    signature: Option<HeaderValue>,
}

impl Prepared {
    fn new(method: Method, encoder: Encoder, is_signed: bool) -> Result<Self, BuildError> {
        let (url, body) = encoder.finish();
        let uri = Uri::try_from(url.as_str()).map_err(|_| BuildError::Http)?;
        Ok(Self {
            method,
            uri,
            digest: Digest::of(&[url.as_bytes(), &body]),
            body,
            is_signed,
            signature: None,
        })
    }

    fn request(
        &self,
        identity: Option<&Identity>,
        headers: &HeaderMap,
    ) -> Result<Request<Bytes>, BuildError> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = headers.clone();
        if self.is_signed {
            let (Some(identity), Some(signature)) = (identity, &self.signature) else {
                return Err(BuildError::Http);
            };
            let public_key = HeaderValue::from_str(&identity.public_key().to_hex())
                .map_err(|_| BuildError::Http)?;
            request
                .headers_mut()
                .insert(HeaderName::from_static("x-identity"), public_key);
            request
                .headers_mut()
                .insert(HeaderName::from_static("x-signature"), signature.clone());
        }
        Ok(request)
    }
}

enum State {
    /// The current request can go out, once it is signed.
    Ready,
    /// So it can, and its place among all that the limits allow has come.
    Due,
    Signing,
    /// The journal is told of the intent.
    Noting,
    Sending,
    Pausing(Timestamp),
    /// Waits for its place among all that the limits allow.
    Queueing(Timestamp),
    /// The answer is complete, or the exchange failed.
    Over(Option<TransportError>),
    /// Nothing more can come of it.
    Failed(ErrorKind),
    Done,
}

/// What a try gave: the data with the whole body and the status, or a fault to decide about.
enum Judged {
    Data(Bytes, Bytes, u16),
    Fault(Fault, ErrorKind),
}

pub(crate) enum Progress {
    Sign(SigningInput),
    Note(Entry),
    Send(Request<Bytes>),
    Sleep(Duration),
    Failed(Error),
    Data {
        data: Bytes,
        body: Bytes,
        status: u16,
    },
}

/// How far the journal is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Noted {
    /// There is none, or nothing more for it.
    Nothing,
    /// The intent is to be written before the first request.
    IntentDue,
    /// The outcome is to be written.
    OutcomeDue,
}

/// The part of a call that does not depend on its type.
pub(crate) struct Exchange {
    operation: &'static Operation,
    retry: RetryClass,
    main: Prepared,
    lookup: Option<Prepared>,
    identity: Option<Identity>,
    /// The tokens that the request carries.
    tokens: Vec<Zeroizing<String>>,
    settings: Settings,
    state: State,
    /// What the call is about to do, when it is more than to read.
    intent: Option<Intent>,
    noted: Noted,
    looking_up: bool,
    tries: u32,
    began: Option<Timestamp>,
    sent: Option<Timestamp>,
    /// The failure of a try that may have taken effect.
    uncertain: Option<Error>,
    /// What a look-up found, which does not show that it did.
    holds: Option<Bytes>,
    head: Option<(StatusCode, HeaderMap)>,
    received: Vec<u8>,
    /// A part of the answer was given out: it cannot be asked for again.
    begun: bool,
    /// Tells the observers, if there are any.
    watch: Option<Box<Watch>>,
}

impl Exchange {
    pub(crate) fn new<E: Endpoint>(
        endpoint: &E,
        base: &BaseUrl,
        credential: &impl Credential,
        settings: &Settings,
    ) -> Result<Self, BuildError> {
        let operation = E::OPERATION;
        endpoint.check()?;
        operation.permit(credential)?;
        let facade_token = credential.token_text();
        let identity = match operation.signing {
            Signing::Never => None,
            Signing::WhenKeyed | Signing::Always => credential.signer().cloned(),
        };
        let sending = endpoint.sending();
        let base = endpoint.at().unwrap_or(base);
        let mut encoder = Encoder::new(base);
        let mut bears_token = true;
        match (sending.token, facade_token, endpoint.resource_token()) {
            (TokenPlace::Query, Some(token), _) | (TokenPlace::ResourceQuery, _, Some(token)) => {
                encoder.query("token", &token);
            }
            (TokenPlace::Path, Some(token), _) => encoder.keep_token(token),
            (TokenPlace::Body, Some(token), _) | (TokenPlace::ResourceBody, _, Some(token)) => {
                encoder.body("token", token)?;
            }
            _ => bears_token = false,
        }
        endpoint.encode(&mut encoder)?;
        let method = sending.method.clone();
        let main = Prepared::new(method, encoder, identity.is_some())?;

        let key = match sending.retry {
            // Looked up by whoever reads the error: others may have used the same reference.
            RetryClass::LookupByReference => None,
            class => find_out::key(
                class,
                endpoint.guid().map(Guid::as_str),
                None,
                endpoint.resource(),
            ),
        };
        let lookup = match (operation.look_up(), key) {
            (Some(looked_up), Some(key)) => {
                let mut encoder = Encoder::new(base);
                match (looked_up.token, facade_token) {
                    (TokenPlace::Query, Some(token)) => encoder.query("token", &token),
                    (TokenPlace::Path, Some(token)) => encoder.keep_token(token),
                    _ => {}
                }
                find_out::write(operation, looked_up, key, &mut encoder)?;
                let method = looked_up.method.clone();
                Some(Prepared::new(method, encoder, identity.is_some())?)
            }
            _ => None,
        };
        let tokens = [facade_token, endpoint.resource_token()]
            .into_iter()
            .flatten()
            .map(|token| Zeroizing::new(token.to_owned()))
            .collect();
        let intent = (sending.retry != RetryClass::Read).then(|| Intent {
            id: IntentId::NONE,
            at: Timestamp::UNIX_EPOCH,
            operation: Cow::Borrowed(operation.name),
            server: base.as_str().to_owned(),
            facade: credential.facade().filter(|_| bears_token),
            sin: identity.as_ref().map(|identity| identity.sin().clone()),
            guid: endpoint.guid().cloned(),
            reference: endpoint.reference().map(ToOwned::to_owned),
            resource: endpoint.resource().map(ToOwned::to_owned),
            hash: bears_token.then(|| hex_of(main.digest.as_bytes())),
        });
        Ok(Self {
            operation,
            retry: sending.retry,
            noted: match &intent {
                Some(_) if settings.journal => Noted::IntentDue,
                _ => Noted::Nothing,
            },
            intent,
            main,
            lookup,
            identity,
            tokens,
            watch: settings.observers.watch(operation),
            settings: settings.clone(),
            state: State::Ready,
            looking_up: false,
            tries: 0,
            began: None,
            sent: None,
            uncertain: None,
            holds: None,
            head: None,
            received: Vec::new(),
            begun: false,
        })
    }

    fn elapsed(&self, now: Timestamp) -> Duration {
        self.began
            .and_then(|began| Duration::try_from(now.duration_since(began)).ok())
            .unwrap_or_default()
    }

    /// How long ago the first request went out: before that the call may have waited.
    fn since_sent(&self, now: Timestamp) -> Duration {
        self.sent
            .and_then(|sent| Duration::try_from(now.duration_since(sent)).ok())
            .unwrap_or_default()
    }

    pub(crate) fn time_left(&self, now: Timestamp) -> Duration {
        let deadline = self.settings.retry.deadline;
        deadline.saturating_sub(self.elapsed(now))
    }

    pub(crate) fn tries(&self) -> u32 {
        self.tries
    }

    /// The error with what is known of the call.
    pub(crate) fn told(&self, error: Error) -> Error {
        let holds = self.holds.as_ref().and_then(|data| RawData::of(data));
        error.after(self.tries, self.intent.as_ref(), holds)
    }

    pub(crate) fn max_body(&self) -> usize {
        self.settings.max_body
    }

    pub(crate) fn max_items(&self) -> usize {
        self.settings.max_items
    }

    /// What is asked for, when it is not JSON.
    pub(crate) fn accept(&mut self, kind: HeaderValue) {
        self.settings.headers.insert(ACCEPT, kind);
    }

    /// The status of the answer that is coming.
    pub(crate) fn status(&self) -> u16 {
        self.head.as_ref().map_or(0, |(status, _)| status.as_u16())
    }

    /// The call only reads, whatever its class: there is nothing to find out later.
    pub(crate) fn has_no_intent(&mut self) {
        self.intent = None;
        self.noted = Noted::Nothing;
    }

    pub(crate) fn begun(&mut self) {
        self.begun = true;
    }

    /// Ends the call: what has come cannot be used.
    pub(crate) fn refuse(&mut self, kind: ErrorKind) {
        self.state = State::Failed(kind);
    }

    fn current(&mut self) -> &mut Prepared {
        match (&mut self.lookup, self.looking_up) {
            (Some(lookup), true) => lookup,
            _ => &mut self.main,
        }
    }

    /// What to do next. `take` may read an answer before anybody else does: see [`answer::read`].
    pub(crate) fn step(
        &mut self,
        now: Timestamp,
        chance: u64,
        take: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Progress {
        let is_new = self.began.is_none();
        if let Some(watch) = &mut self.watch {
            watch.at(now, is_new);
        }
        let progress = self.advance(now, chance, take);
        let is_read = self.is_read();
        let Some(watch) = &mut self.watch else {
            return progress;
        };
        match &progress {
            Progress::Send(request) => {
                let secrets = secrets(self.operation, &self.tokens, &self.main);
                watch.sent(request, self.looking_up, is_read, &observe::texts(&secrets));
            }
            Progress::Sleep(pause) => watch.paused(*pause),
            _ => {}
        }
        progress
    }

    /// Tells the observers that the call is over.
    pub(crate) fn ended(&mut self, now: Timestamp, failure: Option<&Error>, looked_up: bool) {
        let is_read = self.is_read();
        let status = self.head.as_ref().map(|(status, _)| status.as_u16());
        let Some(watch) = &mut self.watch else {
            return;
        };
        let effect = match failure {
            Some(error) => error.effect(),
            None if is_read => Effect::Nothing,
            None => Effect::Happened,
        };
        let outcome = failure.map_or(Outcome::Done, Outcome::Failed);
        watch.at(now, false);
        watch.ended(outcome, status, effect, looked_up);
    }

    /// Tells the observers of a part of an answer that is not kept as a whole.
    pub(crate) fn item(&self, text: &[u8]) {
        if let Some(watch) = &self.watch {
            let secrets = secrets(self.operation, &self.tokens, &self.main);
            watch.item(text, &observe::texts(&secrets));
        }
    }

    fn advance(
        &mut self,
        now: Timestamp,
        chance: u64,
        take: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Progress {
        if self.began.is_none() {
            self.began = Some(now);
            if let Some(intent) = &mut self.intent {
                intent.begin(&self.main.digest, now, chance);
            }
        }
        loop {
            match core::mem::replace(&mut self.state, State::Done) {
                State::Ready => match self.prepare(now) {
                    None => {}
                    Some(progress) => return progress,
                },
                State::Due => return self.send(now),
                State::Queueing(until) if now < until => {
                    let left = until.duration_since(now);
                    self.state = State::Queueing(until);
                    return Progress::Sleep(Duration::try_from(left).unwrap_or_default());
                }
                State::Queueing(_) => self.state = State::Due,
                State::Pausing(until) if now < until => {
                    let left = until.duration_since(now);
                    self.state = State::Pausing(until);
                    return Progress::Sleep(Duration::try_from(left).unwrap_or_default());
                }
                State::Pausing(_) => self.state = State::Ready,
                State::Over(fault) => match self.judge(fault, now, take) {
                    Judged::Data(data, body, status) if !self.is_reading_back() => {
                        return Progress::Data { data, body, status };
                    }
                    Judged::Data(data, body, status) => {
                        let shown = find_out::shows(self.operation, Some(&data));
                        if shown == Shown::Done {
                            return Progress::Data { data, body, status };
                        }
                        self.holds = Some(data);
                        // Of what only the caller can tell, once is enough.
                        let again = shown == Shown::NotDone;
                        if let Some(end) = self.read_back_again(again, now, chance) {
                            return end;
                        }
                    }
                    Judged::Fault(_, kind) if self.is_reading_back() && is_not_found(&kind) => {
                        if find_out::shows(self.operation, None) == Shown::Done {
                            let data = Bytes::from_static(b"null");
                            return Progress::Data {
                                body: data.clone(),
                                data,
                                status: StatusCode::NOT_FOUND.as_u16(),
                            };
                        }
                        self.holds = None;
                        if let Some(end) = self.read_back_again(true, now, chance) {
                            return end;
                        }
                    }
                    Judged::Fault(fault, kind) => {
                        let fault = if self.begun { Fault::Final } else { fault };
                        if let Some(end) = self.decide(fault, kind, now, chance) {
                            return end;
                        }
                    }
                },
                State::Failed(kind) => return self.fail(kind),
                // A front that steps on without telling what happened: nothing is known of it.
                State::Sending => {
                    self.state =
                        State::Over(Some(TransportError::new(TransportErrorKind::Broken, None)));
                }
                State::Signing => return self.fail(SignError::NoSigner.into()),
                State::Noting => return self.fail(JournalError::new(Box::new(NotTold)).into()),
                State::Done => {
                    return self.fail(TransportError::new(TransportErrorKind::Broken, None).into());
                }
            }
        }
    }

    /// Signs the current request and takes its place among all that the limits allow.
    fn prepare(&mut self, now: Timestamp) -> Option<Progress> {
        let identity = self.identity.clone();
        let prepared = self.current();
        if let (Some(identity), true, None) = (&identity, prepared.is_signed, &prepared.signature) {
            match identity.sign(&prepared.digest) {
                Some(signature) => prepared.signature = header_of(&signature),
                None => {
                    let input = SigningInput {
                        public_key: *identity.public_key(),
                        digest: prepared.digest,
                    };
                    self.state = State::Signing;
                    return Some(Progress::Sign(input));
                }
            }
        }
        let operation = match (self.looking_up, self.operation.look_up()) {
            (true, Some(looked_up)) => looked_up,
            _ => self.operation,
        };
        let limits = &self.settings.limits;
        match limits.take(operation, now, self.time_left(now)) {
            Ok(Duration::ZERO) => self.state = State::Due,
            Ok(wait) => {
                let until = now.checked_add(SignedDuration::try_from(wait).unwrap_or_default());
                self.state = until.map_or(State::Due, State::Queueing);
            }
            Err(error) => return Some(self.fail(error.into())),
        }
        None
    }

    fn send(&mut self, now: Timestamp) -> Progress {
        let identity = self.identity.clone();
        // After signing and waiting: there is no intent to do what cannot be sent.
        if let (Noted::IntentDue, Some(intent)) = (self.noted, &self.intent) {
            self.state = State::Noting;
            return Progress::Note(Entry::Intent(intent.clone()));
        }
        let headers = self.settings.headers.clone();
        match self.current().request(identity.as_ref(), &headers) {
            Ok(request) => {
                self.state = State::Sending;
                self.sent.get_or_insert(now);
                self.tries += 1;
                self.head = None;
                self.received.clear();
                Progress::Send(request)
            }
            Err(error) => self.fail(error.into()),
        }
    }

    pub(crate) fn signed(&mut self, result: Result<Signature, SignError>) {
        let Some(identity) = self.identity.clone() else {
            return;
        };
        let prepared = self.current();
        let checked = result.and_then(|signature| {
            let signature = signature.to_low_s();
            if prepared.is_signed && identity.public_key().verify(&prepared.digest, &signature) {
                Ok(signature)
            } else {
                Err(SignError::WrongKey)
            }
        });
        self.state = match checked {
            Ok(signature) => {
                prepared.signature = header_of(&signature);
                State::Ready
            }
            Err(error) => State::Failed(error.into()),
        };
    }

    pub(crate) fn noted(&mut self, result: Result<(), Box<dyn core::error::Error + Send + Sync>>) {
        if !matches!(self.state, State::Noting) {
            return;
        }
        self.state = match result {
            Ok(()) => {
                self.noted = Noted::OutcomeDue;
                State::Due
            }
            Err(error) => State::Failed(JournalError::new(error).into()),
        };
    }

    /// What the journal is to be told of the end of the call: once, and only after its intent.
    pub(crate) fn outcome(
        &mut self,
        told: impl FnOnce() -> (Effect, Option<String>),
        now: Timestamp,
    ) -> Option<Entry> {
        let intent = self.intent.as_ref()?;
        (core::mem::replace(&mut self.noted, Noted::Nothing) == Noted::OutcomeDue).then(|| {
            let (effect, resource) = told();
            Entry::Outcome(intent.outcome(effect, resource, Source::Call, now))
        })
    }

    pub(crate) fn head(&mut self, status: StatusCode, headers: HeaderMap) -> bool {
        let announced = headers
            .get(http::header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        self.head_of_stream(status, headers) && self.has_room(announced.unwrap_or(0))
    }

    /// The head of an answer that is not kept as a whole.
    pub(crate) fn head_of_stream(&mut self, status: StatusCode, headers: HeaderMap) -> bool {
        let line =
            |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 4;
        let fits = headers.iter().map(line).sum::<usize>() <= MAX_HEAD;
        self.head = Some((status, headers));
        if !fits {
            self.failed(TransportError::new(TransportErrorKind::TooLarge, None));
        }
        fits
    }

    pub(crate) fn body(&mut self, chunk: &[u8]) -> bool {
        let fits = self.has_room(chunk.len());
        if fits {
            self.received.extend_from_slice(chunk);
        }
        fits
    }

    fn has_room(&mut self, more: usize) -> bool {
        let fits = self.settings.max_body.saturating_sub(self.received.len()) >= more;
        if !fits {
            self.failed(TransportError::new(TransportErrorKind::TooLarge, None));
        }
        fits
    }

    pub(crate) fn end(&mut self) {
        if let State::Sending = self.state {
            self.state = State::Over(None);
        }
    }

    pub(crate) fn failed(&mut self, error: TransportError) {
        if let State::Sending = self.state {
            self.state = State::Over(Some(error));
        }
    }

    /// What the request carries that a server may repeat in what it says, and nobody else may read.
    fn secrets(&mut self) -> Vec<Zeroizing<String>> {
        let mut secrets = secrets(self.operation, &self.tokens, &self.main);
        let signature = self.current().signature.as_ref();
        let signature = signature.and_then(|value| value.to_str().ok());
        secrets.extend(signature.map(|text| Zeroizing::new(text.to_owned())));
        secrets
    }

    /// What the try gave.
    fn judge(
        &mut self,
        failure: Option<TransportError>,
        now: Timestamp,
        take: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Judged {
        if let Some(error) = failure {
            if let Some(watch) = &self.watch {
                watch.failed(&error);
            }
            let fault = match error.kind {
                // Trying again would give the same.
                TransportErrorKind::Tls => Fault::Final,
                kind if kind.is_before_sending() => Fault::NotSent,
                TransportErrorKind::TooLarge if self.looking_up || self.is_read() => Fault::Final,
                _ => Fault::Unknown,
            };
            return Judged::Fault(fault, error.into());
        }
        let Some((status, headers)) = self.head.take() else {
            let error = TransportError::new(TransportErrorKind::Broken, None);
            return Judged::Fault(Fault::Unknown, error.into());
        };
        let body = Bytes::from(core::mem::take(&mut self.received));
        if self.watch.is_some() {
            let secrets = self.secrets();
            if let Some(watch) = &mut self.watch {
                watch.answered(status, &headers, &body, &observe::texts(&secrets));
            }
        }
        // What a look-up finds is not yet the answer.
        let is_look_up = self.looking_up;
        let mut take = |text: &[u8]| !is_look_up && take(text);
        let max_items = self.settings.max_items;
        match answer::read(status, &headers, &body, max_items, now, &mut take) {
            Reading::Read => Judged::Data(body.clone(), body, status.as_u16()),
            Reading::Data(data) => Judged::Data(data, body, status.as_u16()),
            Reading::Garbled(error) => {
                let is_in_vain = error.bound.is_some() && (self.looking_up || self.is_read());
                let fault = if is_in_vain {
                    Fault::Final
                } else {
                    Fault::Unknown
                };
                Judged::Fault(fault, error.into())
            }
            Reading::Refused(error) => {
                let secrets = self.secrets();
                let secrets = observe::texts(&secrets);
                let error = answer::told(error, Mask::new(self.operation, &secrets));
                let fault = match error.kind {
                    ApiErrorKind::RateLimited => Fault::Busy(error.retry_after),
                    // No refusal by its status either: a page, or another protocol.
                    ApiErrorKind::NotJson if !status.is_client_error() => Fault::Unknown,
                    _ if error.is_server_down() => Fault::Unknown,
                    _ => Fault::Final,
                };
                Judged::Fault(fault, error.into())
            }
        }
    }

    fn is_read(&self) -> bool {
        self.retry == RetryClass::Read
    }

    /// Is what may have been changed being read?
    fn is_reading_back(&self) -> bool {
        self.looking_up && self.retry == RetryClass::ReadBack
    }

    /// What was to be changed does not show it: it is read again, as long as the policy allows, or the
    /// failure of the try that may have changed it is the end.
    fn read_back_again(&mut self, again: bool, now: Timestamp, chance: u64) -> Option<Progress> {
        let policy = &self.settings.retry;
        let elapsed = self.elapsed(now);
        let class = RetryClass::Read;
        match retry::decide(
            class,
            false,
            Fault::NotSent,
            self.tries,
            elapsed,
            policy,
            chance,
        ) {
            Next::Again(pause) if again => {
                self.pause(pause, now);
                None
            }
            _ => {
                let kind = TransportError::new(TransportErrorKind::Broken, None).into();
                Some(self.fail(kind))
            }
        }
    }

    fn pause(&mut self, pause: Duration, now: Timestamp) {
        let until = now.checked_add(SignedDuration::try_from(pause).unwrap_or_default());
        self.state = until.map_or(State::Ready, State::Pausing);
    }

    /// What follows from a fault: the end of the call, or a pause.
    fn decide(
        &mut self,
        fault: Fault,
        kind: ErrorKind,
        now: Timestamp,
        chance: u64,
    ) -> Option<Progress> {
        let elapsed = self.elapsed(now);
        let policy = self.settings.retry;
        let not_found = is_not_found(&kind);
        let next = if self.looking_up {
            // After a look-up that failed, it is looked up again; after one that found nothing, the
            // request goes out again, unless the guid does not protect from a second effect.
            let may_resend = self.retry == RetryClass::ReplayByGuid;
            let fault = if not_found { Fault::NotSent } else { fault };
            match retry::decide(
                RetryClass::Read,
                false,
                fault,
                self.tries,
                elapsed,
                &policy,
                chance,
            ) {
                Next::Again(pause) if not_found && may_resend => Next::Again(pause),
                Next::Again(pause) => Next::LookUp(pause),
                other => other,
            }
        } else {
            let can_look_up = self.lookup.is_some();
            retry::decide(
                self.retry,
                can_look_up,
                fault,
                self.tries,
                elapsed,
                &policy,
                chance,
            )
        };
        if !self.looking_up && fault == Fault::Unknown && !self.is_read() {
            self.uncertain = Some(Error::new(self.operation.name, kind, Effect::Unknown));
            if next == Next::GiveUp {
                return self.uncertain.take().map(Progress::Failed);
            }
        } else if next == Next::GiveUp {
            return Some(self.fail(kind));
        }
        let (looking_up, pause) = match next {
            Next::LookUp(pause) => (true, pause),
            Next::Again(pause) => (false, pause),
            Next::GiveUp => (self.looking_up, Duration::ZERO),
        };
        self.looking_up = looking_up;
        self.pause(pause, now);
        None
    }

    /// Ends the call. When a try may have taken effect, its failure is the one to report.
    fn fail(&mut self, kind: ErrorKind) -> Progress {
        Progress::Failed(match self.uncertain.take() {
            Some(error) => error,
            None => Error::new(self.operation.name, kind, Effect::Nothing),
        })
    }
}

fn is_not_found(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Api(error) if error.kind == ApiErrorKind::NotFound)
}

fn header_of(signature: &Signature) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&signature.to_hex()).ok()?;
    value.set_sensitive(true);
    Some(value)
}
