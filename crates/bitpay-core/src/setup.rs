//! Why a client could not be set up.

use alloc::boxed::Box;

use crate::config::ProxyUrlError;
use crate::error::BuildError;

/// Why a client could not be set up. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// A text of the configuration cannot be a header.
    #[error("the user agent or the platform info cannot be a header: use printable ASCII")]
    Header(#[from] BuildError),
    /// A variable of the environment names a proxy that cannot be used.
    #[error(
        "{variable} is {source}; mend it, or name the host in NO_PROXY if the way to it needs none"
    )]
    Proxy {
        /// The variable.
        variable: &'static str,
        /// What is wrong with it.
        source: ProxyUrlError,
    },
    /// A file of trusted certificates could not be read, or holds none.
    #[error("the trusted certificates in {origin} cannot be read: they must be in PEM")]
    Roots {
        /// Where they were to come from.
        origin: &'static str,
        /// What went wrong.
        source: Option<Box<dyn core::error::Error + Send + Sync>>,
    },
    /// The HTTP library refused the configuration.
    #[error("the HTTP library refused the configuration")]
    Http(#[source] Box<dyn core::error::Error + Send + Sync>),
}
