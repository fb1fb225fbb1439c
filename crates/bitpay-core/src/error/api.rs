//! What the server said when it refused.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write as _};
use core::time::Duration;

use bytes::Bytes;

use super::{ErrorCode, ErrorCodeKind};

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

    /// The server, or something before it, failed: this is not BitPay's considered answer, and what
    /// was asked for may have happened.
    #[must_use]
    pub fn is_server_down(&self) -> bool {
        if self.kind == ApiErrorKind::Other
            && self
                .code
                .as_ref()
                .is_some_and(|code| code.kind().is_failure())
        {
            return true;
        }
        match self.status {
            502..=504 | 520..=527 => true,
            status => status >= 500 && self.kind == ApiErrorKind::NotJson,
        }
    }

    /// An HTTP status of 500 or more, with JSON whose code BitPay does not publish and whose text means nothing here. It
    /// may be an ordinary mistake, or a failure half way: it is not worth repeating, and what a change did is not known.
    #[must_use]
    pub fn is_unexplained(&self) -> bool {
        self.status >= 500
            && !self.is_server_down()
            && self.kind == ApiErrorKind::Other
            && (self.code.as_ref()).is_none_or(|code| code.kind() == ErrorCodeKind::Unknown)
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
                 environment is another one or was reset: `diagnose` of a client, or `bitpay doctor`, finds out which; \
                 a pos token made with \"Require Authentication\" ticked is refused without a key"
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
