//! The part of a call that does not depend on its type: what is sent when, and what comes back.

use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Request, StatusCode};
use jiff::SignedDuration;
use zeroize::Zeroizing;

mod verdict;

use super::prepared::{Prepared, header_of};
use super::{MAX_HEAD, Settings, SigningInput};
use crate::credential::{Credential, Identity};
use crate::encode::{Encoder, hex_of};
use crate::environment::BaseUrl;
use crate::error::{
    BuildError, Effect, Error, ErrorKind, SignError, TransportError, TransportErrorKind,
};
use crate::facade::Facade;
use crate::find_out;
use crate::guid::Guid;
use crate::journal::{Entry, Intent, IntentId, JournalError, NotTold, Source};
use crate::observe::{self, Outcome, Watch};
use crate::operation::{Endpoint, Operation, RetryClass, Signing, TokenPlace};
use crate::raw::RawData;
use crate::signature::Signature;
use crate::time::Timestamp;

/// The tokens of a request, and what else in it is a secret. It is looked for when something is shown only.
fn secrets(operation: &Operation, tokens: &Tokens, request: &Prepared) -> Vec<Zeroizing<String>> {
    let mut secrets: Vec<_> = tokens
        .facade
        .iter()
        .chain(&tokens.resource)
        .cloned()
        .collect();
    observe::secret_values(operation, &request.body, &mut secrets);
    secrets
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

/// So much memory is taken at once for an answer, when its head says that it is as long, in bytes. Longer ones
/// get more as they come: who says so need not send it.
const TRUSTED_LENGTH: usize = 32 << 10;

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

/// The tokens that a request carries.
struct Tokens {
    facade: Option<Zeroizing<String>>,
    resource: Option<Zeroizing<String>>,
}

/// What is known from the beginning of a call that can change something.
struct Intended {
    facade: Option<Facade>,
    bears_token: bool,
    guid: Option<Guid>,
    reference: Option<String>,
    resource: Option<String>,
    /// Names the intent.
    chance: u64,
}

/// The part of a call that does not depend on its type.
pub(crate) struct Exchange {
    operation: &'static Operation,
    retry: RetryClass,
    base: BaseUrl,
    main: Prepared,
    /// What looks up what became of the request: written when it is needed, which is seldom.
    lookup: Option<Prepared>,
    identity: Option<Identity>,
    tokens: Tokens,
    settings: Settings,
    /// What is asked for, when it is not JSON.
    accept: Option<HeaderValue>,
    state: State,
    /// What the call is about to do, when it is more than to read.
    intended: Option<Intended>,
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

        let owned = |token: &str| Zeroizing::new(token.to_owned());
        let tokens = Tokens {
            facade: facade_token.map(owned),
            resource: endpoint.resource_token().map(owned),
        };
        let intended = (sending.retry != RetryClass::Read).then(|| Intended {
            facade: credential.facade().filter(|_| bears_token),
            bears_token,
            guid: endpoint.guid().cloned(),
            reference: endpoint.reference().map(ToOwned::to_owned),
            resource: endpoint.resource().map(ToOwned::to_owned),
            chance: 0,
        });
        Ok(Self {
            operation,
            retry: sending.retry,
            noted: match &intended {
                Some(_) if settings.0.journal => Noted::IntentDue,
                _ => Noted::Nothing,
            },
            intended,
            base: base.clone(),
            main,
            lookup: None,
            identity,
            tokens,
            watch: settings.0.observers.watch(operation),
            settings: settings.clone(),
            accept: None,
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
    pub(crate) fn since_sent(&self, now: Timestamp) -> Duration {
        self.sent
            .and_then(|sent| Duration::try_from(now.duration_since(sent)).ok())
            .unwrap_or_default()
    }

    pub(crate) fn time_left(&self, now: Timestamp) -> Duration {
        let deadline = self.settings.0.retry.deadline;
        deadline.saturating_sub(self.elapsed(now))
    }

    pub(crate) fn tries(&self) -> u32 {
        self.tries
    }

    pub(crate) fn is_looking_up(&self) -> bool {
        self.looking_up
    }

    /// The error with what is known of the call.
    pub(crate) fn told(&self, error: Error) -> Error {
        let holds = self.holds.as_ref().and_then(|data| RawData::of(data));
        error.after(self.tries, self.intent(), holds)
    }

    fn intent(&self) -> Option<Intent> {
        let intended = self.intended.as_ref()?;
        let at = self.began.unwrap_or_default();
        Some(Intent {
            id: IntentId::new(&self.main.digest, at, intended.chance),
            at,
            operation: Cow::Borrowed(self.operation.name),
            server: self.base.as_str().to_owned(),
            facade: intended.facade,
            sin: (self.identity.as_ref()).map(|identity| identity.sin().clone()),
            guid: intended.guid.clone(),
            reference: intended.reference.clone(),
            resource: intended.resource.clone(),
            hash: (intended.bears_token).then(|| hex_of(self.main.digest.as_bytes())),
        })
    }

    /// What finds out what became of the request: an operation, and what finds it there.
    fn look_up(&self) -> Option<(&'static Operation, &str)> {
        let intended = self.intended.as_ref()?;
        let key = match self.retry {
            // Looked up by whoever reads the error: others may have used the same reference.
            RetryClass::LookupByReference => None,
            class => find_out::key(
                class,
                intended.guid.as_ref().map(Guid::as_str),
                None,
                intended.resource.as_deref(),
            ),
        };
        Some((self.operation.look_up()?, key?))
    }

    fn write_look_up(&self) -> Result<Prepared, BuildError> {
        let (looked_up, key) = self.look_up().ok_or(BuildError::Http)?;
        let mut encoder = Encoder::new(&self.base);
        match (looked_up.token, &self.tokens.facade) {
            (TokenPlace::Query, Some(token)) => encoder.query("token", &**token),
            (TokenPlace::Path, Some(token)) => encoder.keep_token(token),
            _ => {}
        }
        find_out::write(self.operation, looked_up, key, &mut encoder)?;
        Prepared::new(looked_up.method.clone(), encoder, self.identity.is_some())
    }

    pub(crate) fn max_body(&self) -> usize {
        self.settings.0.max_body
    }

    pub(crate) fn max_items(&self) -> usize {
        self.settings.0.max_items
    }

    /// Asks for something that is not JSON.
    pub(crate) fn accept(&mut self, kind: HeaderValue) {
        self.accept = Some(kind);
    }

    /// The status of the answer that is coming.
    pub(crate) fn status(&self) -> u16 {
        self.head.as_ref().map_or(0, |(status, _)| status.as_u16())
    }

    /// The call only reads, whatever its class: there is nothing to find out later.
    pub(crate) fn has_no_intent(&mut self) {
        self.intended = None;
        self.noted = Noted::Nothing;
    }

    pub(crate) fn begun(&mut self) {
        self.begun = true;
    }

    /// Ends the call: what has come cannot be used.
    pub(crate) fn refuse(&mut self, kind: ErrorKind) {
        self.state = State::Failed(kind);
    }

    fn current(&self) -> &Prepared {
        match (&self.lookup, self.looking_up) {
            (Some(lookup), true) => lookup,
            _ => &self.main,
        }
    }

    fn current_mut(&mut self) -> &mut Prepared {
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
            if let Some(intended) = &mut self.intended {
                intended.chance = chance;
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
                State::Over(failure) => {
                    if let Some(end) = self.weigh(failure, now, chance, take) {
                        return end;
                    }
                }
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
        if self.looking_up && self.lookup.is_none() {
            match self.write_look_up() {
                Ok(lookup) => self.lookup = Some(lookup),
                Err(error) => return Some(self.fail(error.into())),
            }
        }
        let identity = self.identity.clone();
        let prepared = self.current_mut();
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
        let limits = &self.settings.0.limits;
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
        // After signing and waiting: there is no intent to do what cannot be sent.
        if self.noted == Noted::IntentDue
            && let Some(intent) = self.intent()
        {
            self.state = State::Noting;
            return Progress::Note(Entry::Intent(intent));
        }
        let (identity, accept) = (self.identity.as_ref(), self.accept.as_ref());
        let prepared = self.current();
        match prepared.request(identity, &self.settings.0.headers, accept) {
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
        let prepared = self.current_mut();
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
        if core::mem::replace(&mut self.noted, Noted::Nothing) != Noted::OutcomeDue {
            return None;
        }
        let (effect, resource) = told();
        let outcome = self.intent()?.outcome(effect, resource, Source::Call, now);
        Some(Entry::Outcome(outcome))
    }

    pub(crate) fn head(&mut self, status: StatusCode, headers: HeaderMap) -> bool {
        let announced = headers
            .get(http::header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        let announced = announced.unwrap_or(0);
        let goes_on = self.head_of_stream(status, headers) && self.has_room(announced);
        if goes_on {
            self.received.reserve(announced.min(TRUSTED_LENGTH));
        }
        goes_on
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
        let fits = self.settings.0.max_body.saturating_sub(self.received.len()) >= more;
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

    pub(crate) fn is_read(&self) -> bool {
        self.retry == RetryClass::Read
    }

    /// Ends the call. When a try may have taken effect, its failure is the one to report.
    fn fail(&mut self, kind: ErrorKind) -> Progress {
        Progress::Failed(match self.uncertain.take() {
            Some(error) => error,
            None => Error::new(self.operation.name, kind, Effect::Nothing),
        })
    }
}
