//! One call, as a state machine without IO: a front moves bytes, tells the time and sleeps.
//!
//! ```text
//! loop {
//!     match call.step(now, chance) {
//!         Step::Sign(input)   => call.signed(signer.sign(input)),
//!         Step::Send(request) => exchange it: call.head(..), call.body(..)*, call.end()  or  call.failed(..)
//!         Step::Sleep(pause)  => sleep(pause),
//!         Step::Done(result)  => return result,
//!     }
//! }
//! ```

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use zeroize::Zeroizing;

use crate::answer::{self, Answer, Reading};
use crate::config::Config;
use crate::credential::{Credential, Identity};
use crate::encode::Encoder;
use crate::environment::BaseUrl;
use crate::error::{
    ApiErrorKind, BuildError, DecodeError, Effect, Error, ErrorKind, Replay, SignError,
    TransportError, TransportErrorKind,
};
use crate::json;
use crate::key::PublicKey;
use crate::operation::{Allows, Endpoint, Operation, RetryClass, Signing, TokenPlace};
use crate::retry::{self, Fault, Next, RetryPolicy};
use crate::signature::{Digest, Signature};
use crate::time::Timestamp;

/// How old an answer to a create may be, beyond the time that the call took: the age is the
/// server's own, so no clocks are compared.
const FRESH: Duration = Duration::from_secs(5);

/// The largest head of an answer, in bytes. The HTTP libraries have limits of their own, which differ.
pub const MAX_HEAD: usize = 64 << 10;

/// What a client sends and accepts, whatever the operation: made once from a [`Config`].
#[derive(Clone, Debug)]
pub struct Settings {
    retry: RetryPolicy,
    max_body: usize,
    headers: HeaderMap,
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
            headers,
        })
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
        Ok(Self { endpoint, exchange })
    }

    /// What to do next, at this instant. `chance` is any random number: it spreads retries.
    pub fn step(&mut self, now: Timestamp, chance: u64) -> Step<Answer<E::Response>> {
        match self.exchange.step(now, chance) {
            Progress::Sign(input) => Step::Sign(input),
            Progress::Send(request) => Step::Send(request),
            Progress::Sleep(pause) => Step::Sleep(pause),
            Progress::Failed(error) => Step::Done(Err(error.after(
                self.exchange.tries,
                self.endpoint.guid().cloned(),
                self.endpoint.reference(),
                E::OPERATION.lookup,
            ))),
            Progress::Data { data, body, status } => {
                Step::Done(self.decode(data, body, status, now))
            }
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

    fn decode(
        &self,
        data: Bytes,
        body: Bytes,
        status: u16,
        now: Timestamp,
    ) -> Result<Answer<E::Response>, Error> {
        let exchange = &self.exchange;
        let guid = self.endpoint.guid();
        let fail = |kind: ErrorKind, effect| {
            Err(Error::new(E::OPERATION.name, kind, effect).after(
                exchange.tries,
                guid.cloned(),
                self.endpoint.reference(),
                E::OPERATION.lookup,
            ))
        };
        let made = if exchange.is_read() {
            Effect::Nothing
        } else {
            Effect::Happened
        };
        let value: E::Response = match json::read_bytes(&data) {
            Ok(value) => value,
            Err(error) => {
                return fail(
                    DecodeError::new(answer::problem(&error), status, body).into(),
                    made,
                );
            }
        };
        if guid.is_some() && !exchange.is_read() {
            let echo = self.endpoint.echo(&value);
            let is_old = echo.older_than(exchange.elapsed(now) + FRESH);
            if is_old || !echo.matches() {
                // What is old was not made by this call. What differs and is not known to be old may
                // have been made by a call of a moment ago, or by this one and then changed.
                let effect = if is_old {
                    Effect::Nothing
                } else {
                    Effect::Unknown
                };
                return fail(Replay::new(echo.differs, echo.age, data).into(), effect);
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

/// A request with its signature, made once and sent as often as needed.
struct Prepared {
    method: Method,
    uri: Uri,
    body: Bytes,
    /// What is to be signed; `None` when the request goes unsigned.
    digest: Option<Digest>,
    signature: Option<HeaderValue>,
}

impl Prepared {
    fn new(method: Method, encoder: Encoder, sign: bool) -> Result<Self, BuildError> {
        let (url, body) = encoder.finish();
        let uri = Uri::try_from(url.as_str()).map_err(|_| BuildError::Http)?;
        let digest = sign.then(|| Digest::of(&[url.as_bytes(), &body]));
        Ok(Self {
            method,
            uri,
            body,
            digest,
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
        if self.digest.is_some() {
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
    Signing,
    Sending,
    Pausing(Timestamp),
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
    Send(Request<Bytes>),
    Sleep(Duration),
    Failed(Error),
    Data {
        data: Bytes,
        body: Bytes,
        status: u16,
    },
}

/// The part of a call that does not depend on its type.
pub(crate) struct Exchange {
    operation: &'static Operation,
    retry: RetryClass,
    main: Prepared,
    lookup: Option<Prepared>,
    identity: Option<Identity>,
    /// The tokens that the request carries: a server may repeat them in what it says.
    tokens: Vec<Zeroizing<String>>,
    settings: Settings,
    state: State,
    looking_up: bool,
    tries: u32,
    began: Option<Timestamp>,
    /// The failure of a try that may have taken effect.
    uncertain: Option<Error>,
    head: Option<(StatusCode, HeaderMap)>,
    received: Vec<u8>,
    /// A part of the answer was given out: it cannot be asked for again.
    begun: bool,
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
        match (sending.token, facade_token, endpoint.resource_token()) {
            (TokenPlace::Query, Some(token), _) | (TokenPlace::ResourceQuery, _, Some(token)) => {
                encoder.query("token", &token);
            }
            (TokenPlace::Path, Some(token), _) => encoder.keep_token(token),
            (TokenPlace::Body, Some(token), _) | (TokenPlace::ResourceBody, _, Some(token)) => {
                encoder.body("token", token)?;
            }
            _ => {}
        }
        endpoint.encode(&mut encoder)?;
        let method = sending.method.clone();
        let main = Prepared::new(method, encoder, identity.is_some())?;

        let mut encoder = Encoder::new(base);
        if let (Some(_), Some(token)) = (endpoint.guid(), facade_token) {
            // Every look-up is a GET by guid, with the token in the query.
            encoder.query("token", &token);
        }
        let lookup = match endpoint.encode_lookup(&mut encoder)? {
            Some(operation) => {
                let method = operation.method.clone();
                Some(Prepared::new(method, encoder, identity.is_some())?)
            }
            None => None,
        };
        Ok(Self {
            operation,
            retry: sending.retry,
            main,
            lookup,
            identity,
            tokens: [facade_token, endpoint.resource_token()]
                .into_iter()
                .flatten()
                .map(|token| Zeroizing::new(token.to_owned()))
                .collect(),
            settings: settings.clone(),
            state: State::Ready,
            looking_up: false,
            tries: 0,
            began: None,
            uncertain: None,
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

    pub(crate) fn time_left(&self, now: Timestamp) -> Duration {
        let deadline = self.settings.retry.deadline;
        deadline.saturating_sub(self.elapsed(now))
    }

    pub(crate) fn tries(&self) -> u32 {
        self.tries
    }

    pub(crate) fn max_body(&self) -> usize {
        self.settings.max_body
    }

    /// What is asked for, when it is not JSON.
    pub(crate) fn accept(&mut self, kind: HeaderValue) {
        self.settings.headers.insert(ACCEPT, kind);
    }

    /// The status of the answer that is coming.
    pub(crate) fn status(&self) -> u16 {
        self.head.as_ref().map_or(0, |(status, _)| status.as_u16())
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

    pub(crate) fn step(&mut self, now: Timestamp, chance: u64) -> Progress {
        self.began.get_or_insert(now);
        loop {
            match core::mem::replace(&mut self.state, State::Done) {
                State::Ready => return self.send(),
                State::Pausing(until) if now < until => {
                    let left = until.duration_since(now);
                    self.state = State::Pausing(until);
                    return Progress::Sleep(Duration::try_from(left).unwrap_or_default());
                }
                State::Pausing(_) => self.state = State::Ready,
                State::Over(fault) => match self.judge(fault, now) {
                    Judged::Data(data, body, status) => {
                        return Progress::Data { data, body, status };
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
                State::Done => {
                    return self.fail(TransportError::new(TransportErrorKind::Broken, None).into());
                }
            }
        }
    }

    fn send(&mut self) -> Progress {
        let identity = self.identity.clone();
        let prepared = self.current();
        if let (Some(identity), Some(digest), None) =
            (&identity, &prepared.digest, &prepared.signature)
        {
            match identity.sign(digest) {
                Some(signature) => prepared.signature = header_of(&signature),
                None => {
                    let input = SigningInput {
                        public_key: *identity.public_key(),
                        digest: *digest,
                    };
                    self.state = State::Signing;
                    return Progress::Sign(input);
                }
            }
        }
        let headers = self.settings.headers.clone();
        match self.current().request(identity.as_ref(), &headers) {
            Ok(request) => {
                self.state = State::Sending;
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
            match &prepared.digest {
                Some(digest) if identity.public_key().verify(digest, &signature) => Ok(signature),
                _ => Err(SignError::WrongKey),
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

    /// What the try gave.
    fn judge(&mut self, failure: Option<TransportError>, now: Timestamp) -> Judged {
        if let Some(error) = failure {
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
        let signature = self.current().signature.clone();
        let secrets: Vec<&str> = self
            .tokens
            .iter()
            .map(|token| token.as_str())
            .chain(signature.as_ref().and_then(|value| value.to_str().ok()))
            .collect();
        match answer::read(status, &headers, &body, now, &secrets) {
            Reading::Data(data) => Judged::Data(data, body, status.as_u16()),
            Reading::Garbled(error) => Judged::Fault(Fault::Unknown, error.into()),
            Reading::Refused(error) => {
                let fault = match error.kind {
                    ApiErrorKind::RateLimited => Fault::Busy(error.retry_after),
                    ApiErrorKind::NotJson if status.is_success() => Fault::Unknown,
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
        let not_found =
            matches!(&kind, ErrorKind::Api(error) if error.kind == ApiErrorKind::NotFound);
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
        let until = now.checked_add(jiff::SignedDuration::try_from(pause).unwrap_or_default());
        self.state = until.map_or(State::Ready, State::Pausing);
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

fn header_of(signature: &Signature) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&signature.to_hex()).ok()?;
    value.set_sensitive(true);
    Some(value)
}
