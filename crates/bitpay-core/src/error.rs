//! What can go wrong, and whether money may have moved.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write as _};
use core::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::facade::Facade;
use crate::guid::Guid;
use crate::model::InvalidRequest;

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
    guid: Option<Guid>,
    found_by: Option<&'static str>,
}

/// May the request have taken effect?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// Nothing happened.
    Nothing,
    /// It may have happened. Find out before trying again: [`Error::guid`] and
    /// [`Error::found_by`] say how.
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
    /// The request did not arrive, or the answer did not.
    Transport(TransportError),
    /// The server refused.
    Api(ApiError),
    /// The server answered with something that was made before. It is in the error.
    Replay(Replay),
    /// The server did it, but its answer cannot be read. The id is in the error, if there was one.
    Decode(DecodeError),
}

impl Error {
    pub(crate) fn new(operation: &'static str, kind: impl Into<ErrorKind>, effect: Effect) -> Self {
        Self(Box::new(Inner {
            kind: kind.into(),
            effect,
            operation,
            tries: 0,
            guid: None,
            found_by: None,
        }))
    }

    pub(crate) fn after(
        mut self,
        tries: u32,
        guid: Option<Guid>,
        found_by: Option<&'static str>,
    ) -> Self {
        self.0.tries = tries;
        self.0.guid = guid;
        self.0.found_by = found_by;
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
        self.0.guid.as_ref()
    }

    /// The operation that finds out what happened, given [`Error::guid`].
    #[must_use]
    pub fn found_by(&self) -> Option<&'static str> {
        self.0.found_by
    }

    /// Is the same call worth making again, now or after a pause, without risk? Only when nothing
    /// happened and the cause may pass.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.effect() == Effect::Nothing
            && match &self.0.kind {
                ErrorKind::Transport(error) => error.kind.may_pass(),
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
            ErrorKind::Api(error) => error.kind.remedy(),
            ErrorKind::Transport(error) => Some(error.kind.remedy()),
            ErrorKind::Replay(_) => Some(
                "take the existing resource from the error if it is yours, or use a new guid for a new order",
            ),
            ErrorKind::Decode(_) => Some("fetch the resource by its id; it was made"),
            ErrorKind::Build(_) | ErrorKind::Sign(_) => None,
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
            ErrorKind::Transport(error) => write!(f, "not sent or not answered: {error}"),
            ErrorKind::Api(error) => write!(f, "refused: {error}"),
            ErrorKind::Replay(error) => write!(f, "the guid is taken: {error}"),
            ErrorKind::Decode(error) => write!(f, "answer not understood: {error}"),
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
            .field("guid", &self.0.guid)
            .finish()
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.0.kind {
            ErrorKind::Build(error) => Some(error),
            ErrorKind::Sign(error) => Some(error),
            ErrorKind::Transport(error) => Some(error),
            ErrorKind::Api(error) => Some(error),
            ErrorKind::Replay(error) => Some(error),
            ErrorKind::Decode(error) => Some(error),
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
    #[error("{operation} must be signed, and this credential has no key")]
    NoKey {
        /// The operation.
        operation: &'static str,
    },
    /// A part of the path is empty, `.` or `..`.
    #[error("{parameter} cannot be part of a path")]
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
    /// The token or another part of the request has no form in HTTP.
    #[error("the request cannot be written as HTTP")]
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
    #[error("the key lives elsewhere, and the client has no signer for it")]
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

/// Why a request or its answer did not arrive.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
#[non_exhaustive]
pub struct TransportError {
    /// What happened.
    pub kind: TransportErrorKind,
    /// What the HTTP library said.
    pub source: Option<Box<dyn core::error::Error + Send + Sync>>,
}

impl TransportError {
    /// A fault, with what the HTTP library said. The caller takes care that this text holds no
    /// address: a query may hold a token.
    #[must_use]
    pub fn new(
        kind: TransportErrorKind,
        source: Option<Box<dyn core::error::Error + Send + Sync>>,
    ) -> Self {
        Self { kind, source }
    }
}

/// The kinds of [`TransportError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection: the name is unknown, the port closed, the network down. Nothing was sent.
    #[error("no connection to the server")]
    Connect,
    /// No connection in time. Nothing was sent.
    #[error("no connection to the server in time")]
    ConnectTimeout,
    /// The server's certificate is not trusted, or TLS failed. Nothing was sent.
    #[error("no TLS connection: the server's certificate is not trusted or not valid")]
    Tls,
    /// The proxy refused or could not be reached. Nothing was sent.
    #[error("no connection through the proxy")]
    Proxy,
    /// The answer did not come in time.
    #[error("no answer in time")]
    Timeout,
    /// The connection was closed before the answer was complete.
    #[error("the connection was closed before the answer was complete")]
    Closed,
    /// The answer is larger than the client takes.
    #[error("the answer is too large")]
    TooLarge,
    /// Not HTTP, or another failure while the exchange was under way.
    #[error("the exchange failed")]
    Broken,
}

impl TransportErrorKind {
    /// Is it certain that the request did not reach the server?
    #[must_use]
    pub fn is_before_sending(self) -> bool {
        matches!(
            self,
            Self::Connect | Self::ConnectTimeout | Self::Tls | Self::Proxy
        )
    }

    fn may_pass(self) -> bool {
        !matches!(self, Self::Tls | Self::TooLarge)
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::Connect | Self::ConnectTimeout => {
                "check the network and the environment's address"
            }
            Self::Tls => {
                "check the clock and the trusted roots; SSL_CERT_FILE names a file of them"
            }
            Self::Proxy => "check the proxy: HTTPS_PROXY and NO_PROXY are honoured",
            Self::Timeout | Self::Closed | Self::Broken => {
                "find out whether it happened before trying again"
            }
            Self::TooLarge => "raise the client's limit, or ask for less",
        }
    }
}

/// What the server said when it refused.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiError {
    /// What the refusal means.
    pub kind: ApiErrorKind,
    /// The HTTP status. BitPay uses 500 for ordinary mistakes.
    pub status: u16,
    /// BitPay's own code, such as `010207`.
    pub code: Option<ErrorCode>,
    /// BitPay's own text, with the caller's token and signature taken out, should they be in there.
    pub message: String,
    /// The parameters that are wrong, with the reason.
    pub params: Vec<ParamError>,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
    /// The media type of the answer.
    pub content_type: Option<String>,
    /// The id by which BitPay's support (Cloudflare's `CF-RAY`) finds the request.
    pub ray: Option<String>,
    body: Bytes,
}

impl ApiError {
    pub(crate) fn new(kind: ApiErrorKind, status: u16, message: String, body: Bytes) -> Self {
        Self {
            kind,
            status,
            code: None,
            message,
            params: Vec::new(),
            retry_after: None,
            content_type: None,
            ray: None,
            body,
        }
    }

    /// The body of the answer as it came.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The server, or something before it, is down: the refusal is not BitPay's considered answer.
    #[must_use]
    pub fn is_server_down(&self) -> bool {
        match self.status {
            502..=504 | 520..=527 => true,
            status => status >= 500 && self.kind == ApiErrorKind::NotJson,
        }
    }
}

impl fmt::Display for ApiError {
    /// Shows as much of the text as belongs in a log. The fields have all of it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind == ApiErrorKind::NotJson {
            f.write_str("the answer is not BitPay's: ")?;
        }
        let mut text = Shortened { out: f, left: 301 };
        text.write_str(&self.message)?;
        for (index, param) in self.params.iter().enumerate() {
            let is_first = index == 0 && self.message.is_empty();
            write!(text, "{}{param}", if is_first { "" } else { "; " })?;
        }
        match &self.code {
            Some(code) => write!(f, " (code {:.20}, HTTP {})", code.as_str(), self.status),
            None => write!(f, " (HTTP {})", self.status),
        }
    }
}

/// Passes on so many characters less one, and an ellipsis in place of the rest.
struct Shortened<'a, 'b> {
    out: &'a mut fmt::Formatter<'b>,
    left: usize,
}

impl fmt::Write for Shortened<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match self.left {
                0 => return Ok(()),
                1 => self.out.write_char('…')?,
                _ => self.out.write_char(c)?,
            }
            self.left -= 1;
        }
        Ok(())
    }
}

impl fmt::Debug for ApiError {
    /// Shows all but the body, of which it gives the length.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("kind", &self.kind)
            .field("status", &self.status)
            .field("code", &self.code)
            .field("message", &self.message)
            .field("params", &self.params)
            .field("body_length", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl core::error::Error for ApiError {}

/// A parameter that BitPay refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParamError {
    /// The name of the parameter.
    pub param: String,
    /// What is wrong with it.
    pub error: String,
}

impl ParamError {
    pub(crate) fn new(param: String, error: String) -> Self {
        Self { param, error }
    }
}

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.param, self.error)
    }
}

/// BitPay's error code: `MMRREE`, the method, the resource and the error.
///
/// Source: <https://developer.bitpay.com/reference/error-codes>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorCode(String);

impl ErrorCode {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// The code as BitPay writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last two digits of a six-digit code on this resource (`01` invoice, `02` refund).
    pub(crate) fn error_on(&self, resource: &str) -> Option<&str> {
        (self.0.len() == 6 && self.0.get(2..4) == Some(resource))
            .then(|| self.0.get(4..))
            .flatten()
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiErrorKind {
    /// `Unauthorized sin`: BitPay does not know this key for this token.
    NotPaired,
    /// `Invalid token`: BitPay does not know the token.
    InvalidToken,
    /// `Invalid signature`: what BitPay received is not what was signed.
    InvalidSignature,
    /// The facade of the credential does not allow the call.
    WrongFacade,
    /// `Unable to create token`: the pairing code is unknown, used, expired or of another environment.
    PairingRefused,
    /// No such resource.
    NotFound,
    /// Too many requests. Wait before the next one.
    RateLimited,
    /// The merchant's account is not set up completely.
    AccountIncomplete,
    /// The merchant's account is suspended.
    AccountSuspended,
    /// The merchant's account is over its limits.
    AccountLimit,
    /// A parameter is missing or wrong.
    InvalidParams,
    /// A redirect. It is not followed: the signature would not hold, and the token would leak.
    Redirect,
    /// Not JSON: a proxy's page, or no BitPay at all.
    NotJson,
    /// Any other refusal: see its code and message.
    Other,
}

impl ApiErrorKind {
    /// What to do about it.
    #[must_use]
    pub fn remedy(self) -> Option<&'static str> {
        Some(match self {
            Self::NotPaired => {
                "the token for this key was not approved yet, or the key is not the one that was paired, or the \
                 environment is another one or was reset: `diagnose` finds out which; a pos token made with \
                 \"Require Authentication\" ticked is refused without a key"
            }
            Self::InvalidToken => {
                "the token is not of this environment, was cut off or revoked, or the environment was reset: pair again"
            }
            Self::InvalidSignature => {
                "something between here and BitPay changes the request: look at proxies and the base address"
            }
            Self::WrongFacade => {
                "pair for a facade that allows the call, or use the resource's own token where it is asked for"
            }
            Self::PairingRefused => {
                "the pairing code is unknown, used, older than 24 hours or of another environment: ask for a new one"
            }
            Self::RateLimited => "wait a minute, then try again; nothing happened",
            Self::AccountIncomplete => "set up settlement in the BitPay dashboard first",
            Self::AccountSuspended | Self::AccountLimit => "ask BitPay's support about the account",
            Self::Redirect => {
                "give the final address as the environment: redirects are not followed"
            }
            Self::NotJson => {
                "a proxy or a firewall answered in BitPay's place, or the address is not BitPay's"
            }
            Self::NotFound => {
                "check the id, and that it is of this environment and of this merchant"
            }
            Self::InvalidParams | Self::Other => return None,
        })
    }
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
            body,
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
    Build(BuildError), Sign(SignError), Transport(TransportError), Api(ApiError), Replay(Replay), Decode(DecodeError)
}
