//! The proxy to go through: the same for both clients.

use bitpay_core::config::ProxyUrl;
use bitpay_core::{Config, SetupError};

/// The proxy that the configuration, or the environment, names.
///
/// # Errors
/// When a variable holds no address of a proxy.
pub fn proxy(config: &Config) -> Result<Option<ProxyUrl>, SetupError> {
    // What is no text is no address either, and must not be passed by.
    config.proxy_url(|name| Some(std::env::var_os(name)?.to_string_lossy().into_owned()))
}
