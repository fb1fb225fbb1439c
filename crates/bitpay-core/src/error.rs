//! What can go wrong, and whether money may have moved.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::facade::Facade;
use crate::guid::Guid;
use crate::journal::{Intent, JournalError};
use crate::limit::LimitError;
use crate::model::InvalidRequest;
use crate::operation::Operation;
use crate::raw::RawData;
use crate::webhook::Behind;

mod api;
mod code;
mod transport;

pub use crate::bounds::Bound;
pub use api::{ApiError, ApiErrorKind, ParamError};
pub(crate) use code::TEXTS;
pub use code::{ErrorCode, ErrorCodeKind, ErrorCodeResource};
pub use transport::{TransportError, TransportErrorKind};

/// A call that failed.
///
/// Ask [`Error::effect`] whether the request may have taken effect, [`Error::kind`] what happened,
/// and [`Error::remedy`] what to do. `Display` is one short phrase without an address, a token, a
/// key or a body.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    effect: Effect,
    operation: &'static str,
    tries: u32,
    intent: Option<Intent>,
    items: u64,
    unrecorded: bool,
    holds: Option<RawData>,
}

/// May the request have taken effect?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Effect {
    /// Nothing happened.
    Nothing,
    /// It may have happened. Find out before trying again: the clients' `find_out` does it, given the
    /// error. [`Error::found_by`] says how, with [`Error::guid`] or [`Error::reference`].
    Unknown,
    /// It happened; the failure came after.
    Happened,
}

/// What happened, by the phase of the call.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request was not built: nothing was sent.
    Build(BuildError),
    /// The request was not signed: nothing was sent.
    Sign(SignError),
    /// The journal did not take the intent: nothing was sent.
    Journal(JournalError),
    /// One of the client's own limits is reached for longer than the call may wait: nothing was sent.
    Limit(LimitError),
    /// The request did not arrive, or the answer did not.
    Transport(TransportError),
    /// The server refused.
    Api(ApiError),
    /// The server answered with something that was made before. It is in the error.
    Replay(Replay),
    /// The server did it, but its answer cannot be read. The id is in the error, if there was one.
    Decode(DecodeError),
    /// An invoice that was fetched because of a webhook is not as far as the webhook says.
    Behind(Behind),
}

impl Error {
    pub(crate) fn new(operation: &'static str, kind: impl Into<ErrorKind>, effect: Effect) -> Self {
        Self(Box::new(Inner {
            kind: kind.into(),
            effect,
            operation,
            tries: 0,
            intent: None,
            items: 0,
            unrecorded: false,
            holds: None,
        }))
    }

    pub(crate) fn after(
        mut self,
        tries: u32,
        intent: Option<Intent>,
        holds: Option<RawData>,
    ) -> Self {
        self.0.tries = tries;
        self.0.intent = intent;
        self.0.holds = holds;
        self
    }

    pub(crate) fn set_unrecorded(&mut self, unrecorded: bool) {
        self.0.unrecorded = unrecorded;
    }

    /// Tells how many items were given out before. For the fronts.
    #[doc(hidden)]
    #[must_use]
    pub fn after_items(mut self, items: u64) -> Self {
        self.0.items = items;
        self
    }

    /// An error of building, for a call that a front makes up itself.
    #[must_use]
    pub fn build(operation: &'static str, error: BuildError) -> Self {
        Self::new(operation, error, Effect::Nothing)
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// May the request have taken effect?
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.0.effect
    }

    /// The operation that was called.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// How many requests were sent.
    #[must_use]
    pub fn tries(&self) -> u32 {
        self.0.tries
    }

    /// The guid of the request, by which what it may have made is found.
    #[must_use]
    pub fn guid(&self) -> Option<&Guid> {
        self.0.intent.as_ref()?.guid.as_ref()
    }

    /// The caller's own reference in the request, by which what it may have made is found. Others may
    /// have used the same one: more than one row, or an older one, is for a person to judge.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.0.intent.as_ref()?.reference.as_deref()
    }

    /// The operation that finds out what happened, given [`Error::guid`], [`Error::reference`] or the id of
    /// the resource.
    #[must_use]
    pub fn found_by(&self) -> Option<&'static str> {
        Operation::named(self.0.operation)?.lookup
    }

    /// What was found when it was read, after a try to change it of which the outcome is unknown: the
    /// resource as it is now, which does not show that it was changed.
    #[must_use]
    pub fn holds(&self) -> Option<&RawData> {
        self.0.holds.as_ref()
    }

    /// A finding that the journal did not take. For the fronts.
    #[doc(hidden)]
    #[must_use]
    pub fn unwritten(
        operation: &'static str,
        source: Box<dyn core::error::Error + Send + Sync>,
    ) -> Self {
        Self::new(operation, JournalError::new(source), Effect::Nothing)
    }

    /// What the call was about to do, where it can change something: the clients' `find_out` takes it, or
    /// this error.
    #[must_use]
    pub fn intent(&self) -> Option<&Intent> {
        self.0.intent.as_ref()
    }

    /// The client has a journal, and this outcome could not be written to it: the intent stays open there,
    /// and is found again by whoever reads the journal.
    #[must_use]
    pub fn is_unrecorded(&self) -> bool {
        self.0.unrecorded
    }

    /// How many rows or events were given out before, where the answer was read as it came. After a walk
    /// over a list, begin again from the last one: rows are known by their ids.
    #[must_use]
    pub fn items_received(&self) -> u64 {
        self.0.items
    }

    /// Is the same call worth making again, now or after a pause, without risk? Only when nothing
    /// happened and the cause may pass.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.effect() == Effect::Nothing
            && match &self.0.kind {
                ErrorKind::Transport(error) => error.kind.may_pass(),
                ErrorKind::Limit(_) | ErrorKind::Behind(_) => true,
                ErrorKind::Api(error) => {
                    error.kind == ApiErrorKind::RateLimited || error.is_server_down()
                }
                _ => false,
            }
    }

    /// What to do about it, in a sentence.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        match &self.0.kind {
            ErrorKind::Api(error) => {
                let of_code = || error.code.as_ref().and_then(ErrorCode::meaning);
                error.kind.remedy().or_else(of_code)
            }
            ErrorKind::Transport(error) => Some(error.kind.remedy()),
            ErrorKind::Replay(_) => Some(
                "take the existing resource from the error if it is yours, or use a new guid for a new order",
            ),
            ErrorKind::Decode(error) => Some(match error.bound {
                None => "fetch the resource by its id; it was made",
                Some(Bound::Items(_)) => {
                    "read the rows as they come, with `stream` or `rows`, or raise `Config::max_items`"
                }
                Some(_) => "BitPay sends nothing of the kind: find out who answered in its place",
            }),
            ErrorKind::Behind(_) => {
                Some("answer the webhook with 503: what is true comes again, and shows by then")
            }
            ErrorKind::Limit(_) => Some("wait, or give the call a longer deadline"),
            ErrorKind::Journal(_) => {
                Some("see to the journal's place: is there room, and may it be written?")
            }
            ErrorKind::Build(_) | ErrorKind::Sign(_) => None,
        }
    }

    /// The id of what was made all the same.
    pub(crate) fn made(&self) -> Option<String> {
        match &self.0.kind {
            ErrorKind::Decode(error) if self.0.effect == Effect::Happened => error.id.clone(),
            _ => None,
        }
    }

    /// The error of the server, if it is one.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        match &self.0.kind {
            ErrorKind::Api(error) => Some(error),
            _ => None,
        }
    }

    /// The resource that existed before, if this is a [`Replay`].
    #[must_use]
    pub fn replay(&self) -> Option<&Replay> {
        match &self.0.kind {
            ErrorKind::Replay(replay) => Some(replay),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.0.operation)?;
        match &self.0.kind {
            ErrorKind::Build(error) => write!(f, "not built: {error}"),
            ErrorKind::Sign(error) => write!(f, "not signed: {error}"),
            ErrorKind::Journal(error) => write!(f, "not sent: {error}"),
            ErrorKind::Limit(error) => write!(f, "not sent: {error}"),
            ErrorKind::Transport(error) => write!(f, "not sent or not answered: {error}"),
            ErrorKind::Api(error) => write!(f, "refused: {error}"),
            ErrorKind::Replay(error) => write!(f, "the guid is taken: {error}"),
            ErrorKind::Decode(error) => write!(f, "answer not understood: {error}"),
            ErrorKind::Behind(error) => write!(f, "not confirmed: {error}"),
        }?;
        match self.0.items {
            0 => Ok(()),
            items => write!(f, ", after {items} items had come"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("operation", &self.0.operation)
            .field("kind", &self.0.kind)
            .field("effect", &self.0.effect)
            .field("tries", &self.0.tries)
            .field("guid", &self.guid())
            .field("reference", &self.reference())
            .finish()
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.0.kind {
            ErrorKind::Build(error) => Some(error),
            ErrorKind::Sign(error) => Some(error),
            ErrorKind::Journal(error) => Some(error),
            ErrorKind::Limit(error) => Some(error),
            ErrorKind::Transport(error) => Some(error),
            ErrorKind::Api(error) => Some(error),
            ErrorKind::Replay(error) => Some(error),
            ErrorKind::Decode(error) => Some(error),
            ErrorKind::Behind(error) => Some(error),
        }
    }
}

/// Why a request was not built. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The request breaks one of BitPay's rules.
    #[error(transparent)]
    Invalid(#[from] InvalidRequest),
    /// The credential's facade does not allow the operation.
    #[error("{operation} needs the facade {}, and this credential {}: pair with `bitpay pair --facade {}`",
        Names(needs), Have(*have), needs.first().map_or("pos", |facade| facade.as_str()))]
    WrongFacade {
        /// The operation.
        operation: &'static str,
        /// The facades that allow it, the least first.
        needs: &'static [Facade],
        /// The facade of the credential; `None` without a token.
        have: Option<Facade>,
    },
    /// The operation must be signed, and the credential has no key.
    #[error(
        "{operation} must be signed, and this credential has no key: use a grant, which is a token with its key"
    )]
    NoKey {
        /// The operation.
        operation: &'static str,
    },
    /// What is not a `GET` is not read as it comes: should the answer be lost in the middle, nobody would
    /// know what happened.
    #[error("only a GET is read as it comes: use `call`")]
    NotARead,
    /// A part of the path is empty, `.` or `..`.
    #[error("{parameter} cannot be part of a path: it is empty, `.` or `..`")]
    Path {
        /// The parameter.
        parameter: &'static str,
    },
    /// A value has no JSON form.
    #[error("{field} cannot be written as JSON")]
    Json {
        /// The field.
        field: &'static str,
    },
    /// The request brings a token where the credential's goes.
    #[error(
        "the request brings a token where the credential's goes: say `token(TokenPlace::None)`"
    )]
    TwoTokens,
    /// The token or another part of the request has no form in HTTP.
    #[error(
        "the request cannot be written as HTTP: its path or a header holds what an address or a header cannot"
    )]
    Http,
}

struct Names<'a>(&'a [Facade]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, facade) in self.0.iter().enumerate() {
            write!(f, "{}{facade}", if index == 0 { "" } else { " or " })?;
        }
        Ok(())
    }
}

struct Have(Option<Facade>);

impl fmt::Display for Have {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(facade) => write!(f, "is of the facade {facade}"),
            None => f.write_str("has no token"),
        }
    }
}

/// Why a request was not signed. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The key lives elsewhere and the client was given no signer for it.
    #[error(
        "the key lives elsewhere, and the client has no signer for it: give it one with `with_signer`"
    )]
    NoSigner,
    /// The signer failed.
    #[error("the signer failed")]
    Signer(#[source] Box<dyn core::error::Error + Send + Sync>),
    /// The signature is not by the identity's key: the wrong key was asked.
    #[error(
        "the signer's signature does not verify with the identity's public key: is it another key?"
    )]
    WrongKey,
}

/// The server answered a create with something that was made before: its guid was used already.
///
/// When [`Replay::differs`] is empty, it is what was asked for, made by an earlier call.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replay {
    /// The fields in which it differs from what was asked for.
    pub differs: Vec<&'static str>,
    /// How long before it was made, by the server's clock, where it tells.
    pub age: Option<Duration>,
    data: Bytes,
}

impl Replay {
    pub(crate) fn new(differs: Vec<&'static str>, age: Option<Duration>, data: Bytes) -> Self {
        Self { differs, age, data }
    }

    /// The resource that exists: an [`Invoice`](crate::model::invoice::Invoice), say.
    ///
    /// # Errors
    /// When it is not of the type that was asked for.
    pub fn existing<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.data)
    }
}

impl fmt::Display for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.differs.is_empty() {
            f.write_str("what was asked for exists already under this guid")?;
        } else {
            f.write_str("something else exists under this guid: another ")?;
            for (index, field) in self.differs.iter().enumerate() {
                write!(f, "{}{field}", if index == 0 { "" } else { ", " })?;
            }
        }
        match self.age {
            Some(age) if age.as_secs() > 0 => write!(f, " (made {} s before)", age.as_secs()),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("differs", &self.differs)
            .field("age", &self.age)
            .finish_non_exhaustive()
    }
}

impl core::error::Error for Replay {}

/// An answer that cannot be read. For a create, what was made exists: its id is here.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeError {
    /// What does not fit, and where, without the text of the answer.
    pub problem: String,
    /// The HTTP status.
    pub status: u16,
    /// The id in the answer, if there is one.
    pub id: Option<String>,
    /// The address in the answer, if there is one: for an invoice, its page.
    pub url: Option<String>,
    /// The bound that the answer goes beyond, if that is the problem.
    pub bound: Option<Bound>,
    body: Bytes,
}

impl DecodeError {
    pub(crate) fn new(problem: String, status: u16, body: Bytes) -> Self {
        let (id, url) = crate::answer::find_id_and_url(&body);
        Self {
            problem,
            status,
            id,
            url,
            bound: None,
            body,
        }
    }

    /// Of what is not read because it goes beyond a bound.
    pub(crate) fn beyond(bound: Bound, status: u16, body: Bytes) -> Self {
        let problem = match bound {
            Bound::Items(_) => format!(
                "{bound}, which `Config::max_items` does not allow; what is read with `stream` or `rows` has \
                 no such limit for its rows"
            ),
            _ => bound.to_string(),
        };
        Self {
            bound: Some(bound),
            ..Self::new(problem, status, body)
        }
    }

    /// The body of the answer as it came.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.problem)?;
        match &self.id {
            Some(id) => write!(f, " (id {id})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("problem", &self.problem)
            .field("status", &self.status)
            .field("id", &self.id)
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl core::error::Error for DecodeError {}

macro_rules! kinds {
    ($($variant:ident($type:ty)),*) => {$(
        impl From<$type> for ErrorKind {
            fn from(error: $type) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}

kinds! {
    Build(BuildError), Sign(SignError), Journal(JournalError), Limit(LimitError), Transport(TransportError), Api(ApiError), Replay(Replay), Decode(DecodeError)
}
