//! What went wrong on the way.

use alloc::boxed::Box;

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

    pub(super) fn may_pass(self) -> bool {
        !matches!(self, Self::Tls | Self::TooLarge)
    }

    pub(super) fn remedy(self) -> &'static str {
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
