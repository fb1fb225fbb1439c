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

mod exchange;
mod prepared;

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use http::{HeaderMap, Request, StatusCode};

pub(crate) use self::exchange::{Exchange, Progress};

use crate::answer::{self, Answer};
use crate::config::Config;
use crate::credential::Credential;
use crate::environment::BaseUrl;
use crate::error::{
    BuildError, DecodeError, Effect, Error, ErrorKind, Replay, SignError, TransportError,
};
use crate::journal::Entry;
use crate::json;
use crate::key::PublicKey;
use crate::limit::Limits;
use crate::observe::Observers;
use crate::operation::{Allows, Endpoint};
use crate::retry::RetryPolicy;
use crate::signature::{Digest, Signature};
use crate::time::Timestamp;

/// How old an answer to a create may be, beyond the time that the call took: the age is the
/// server's own, so no clocks are compared.
const FRESH: Duration = Duration::from_secs(5);

/// The largest head of an answer, in bytes: names and values, and four bytes for each line. The HTTP libraries
/// have limits of their own besides: ureq takes 128 lines at most, and hyper, below reqwest, 100.
pub const MAX_HEAD: usize = 64 << 10;

/// What a client sends and accepts, whatever the operation: made once from a [`Config`]. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Settings(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
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
        Ok(Self(Arc::new(Inner {
            retry: config.retry,
            max_body: config.max_body,
            max_items: config.max_items,
            headers,
            observers: config.observers.clone(),
            journal: false,
            limits: Limits::new(&config.limits),
        })))
    }

    /// Has calls that can change something give out [`Step::Note`], for a journal.
    #[must_use]
    pub fn with_journal(mut self) -> Self {
        Arc::make_mut(&mut self.0).journal = true;
        self
    }

    /// The same, but for when to try again. Limits are shared.
    #[must_use]
    pub fn with_retry(mut self, policy: RetryPolicy) -> Self {
        Arc::make_mut(&mut self.0).retry = policy;
        self
    }

    /// When to try again.
    #[must_use]
    pub fn retry(&self) -> &RetryPolicy {
        &self.0.retry
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
            .field("tries", &self.exchange.tries())
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
        match json::read_bytes::<Box<_>>(&data) {
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
        value: Box<E::Response>,
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
            exchange.tries(),
            exchange.is_looking_up(),
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
