//! BitPay's error codes, from `errors.toml`.

use alloc::string::String;
use core::fmt;

use super::ApiErrorKind;

mod generated;

pub(crate) use generated::TEXTS;
pub use generated::{ErrorCodeKind, ErrorCodeResource};

/// BitPay's error code: `MMRREE`, the method, the resource and the error.
///
/// The known ones have a [`kind`](Self::kind) and a [`meaning`](Self::meaning); others are kept as
/// they came. docs/errors.md lists all that is known.
///
/// Source: <https://developer.bitpay.com/reference/error-codes>.
///
/// ```
/// use bitpay_core::error::{ErrorCode, ErrorCodeKind, ErrorCodeResource};
///
/// let code = ErrorCode::from("010207");
/// assert_eq!(code.kind(), ErrorCodeKind::InvoiceStateForRefund);
/// assert_eq!(code.resource(), Some(ErrorCodeResource::Refund));
/// assert_eq!(code.method(), Some(http::Method::POST));
///
/// let news = ErrorCode::from("010299");
/// assert_eq!((news.kind(), news.as_str()), (ErrorCodeKind::Unknown, "010299"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ErrorCode(String);

impl From<&str> for ErrorCode {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for ErrorCode {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl ErrorCode {
    /// The code as BitPay wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it says; [`ErrorCodeKind::Unknown`] for a code that this version does not know.
    #[must_use]
    pub fn kind(&self) -> ErrorCodeKind {
        self.parts()
            .and_then(|(_, resource, error)| ErrorCodeKind::of(resource, error))
            .unwrap_or(ErrorCodeKind::Unknown)
    }

    /// The method of the refused request; `None` where the code does not tell (`00`).
    #[must_use]
    pub fn method(&self) -> Option<http::Method> {
        generated::method(self.parts()?.0)
    }

    /// What the refused request was about, where the code tells. Known for unknown errors as well.
    #[must_use]
    pub fn resource(&self) -> Option<ErrorCodeResource> {
        ErrorCodeResource::of(self.parts()?.1)
    }

    /// What it means, and what to do; `None` for a code that this version does not know.
    #[must_use]
    pub fn meaning(&self) -> Option<&'static str> {
        self.kind().meaning()
    }

    /// Method, resource and error, two digits each. A code that came as a number has lost a zero at
    /// its front.
    fn parts(&self) -> Option<(u8, u8, u8)> {
        let text = self.0.as_str();
        if !matches!(text.len(), 5 | 6) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number: u32 = text.parse().ok()?;
        let two = |number: u32| u8::try_from(number % 100).ok();
        Some((two(number / 10_000)?, two(number / 100)?, two(number)?))
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ErrorCodeKind {
    /// What a refusal with this code means, where the code says it by itself.
    pub(crate) fn refusal(self) -> Option<ApiErrorKind> {
        Some(self.api_kind()).filter(|kind| *kind != ApiErrorKind::Other)
    }
}
