//! Where BitPay is: test, production, or an address of one's own. There is no default.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

/// The BitPay to talk to.
///
/// ```
/// use bitpay_core::Environment;
///
/// assert_eq!("TEST".parse(), Ok(Environment::Test));
/// assert!("sandbox".parse::<Environment>().is_err());
/// let local: Environment = "http://127.0.0.1:8080/prefix/".parse()?;
/// assert_eq!(local.base_url().as_str(), "http://127.0.0.1:8080/prefix");
/// # Ok::<(), bitpay_core::EnvironmentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// `https://test.bitpay.com`: test coins, accounts of its own, reset now and then.
    Test,
    /// `https://bitpay.com`: real money.
    Production,
    /// Any other server: a sandbox, a gateway, BTCPay Server.
    Custom(BaseUrl),
}

const TEST: &str = "https://test.bitpay.com";
const PRODUCTION: &str = "https://bitpay.com";

impl Environment {
    /// The address that every call starts with.
    #[must_use]
    pub fn base_url(&self) -> BaseUrl {
        let known = |text: &str| BaseUrl {
            text: text.into(),
            host_start: 8,
            host_end: text.len(),
        };
        match self {
            Environment::Test => known(TEST),
            Environment::Production => known(PRODUCTION),
            Environment::Custom(base) => base.clone(),
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Environment::Test => f.write_str("test"),
            Environment::Production => f.write_str("production"),
            Environment::Custom(base) => f.write_str(base.as_str()),
        }
    }
}

impl FromStr for Environment {
    type Err = EnvironmentError;

    /// Reads `test`, `prod` or `production` in any case, or an `https` address (`http` for this
    /// machine only). Anything else is an error: nothing falls through to production.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is = |name: &str| text.eq_ignore_ascii_case(name);
        if is("test") {
            Ok(Environment::Test)
        } else if is("prod") || is("production") {
            Ok(Environment::Production)
        } else if text.contains("://") {
            BaseUrl::parse(text).map(Environment::Custom)
        } else {
            Err(EnvironmentError::UnknownName)
        }
    }
}

impl From<BaseUrl> for Environment {
    fn from(base: BaseUrl) -> Self {
        Environment::Custom(base)
    }
}

/// Why a text is not an environment. It does not repeat the text, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// No environment of that name.
    #[error("unknown environment: say `test`, `prod`, or an address that starts with https://")]
    UnknownName,
    /// Neither `https://` nor `http://`.
    #[error("the address must start with https:// (or http:// for this machine)")]
    Scheme,
    /// Plain HTTP to another machine.
    #[error(
        "plain http is for this machine only (localhost, 127.0.0.1, [::1]): use https, \
         or allow it explicitly for a sandbox in a private network"
    )]
    PlainHttp,
    /// One of BitPay's own hosts, given as an address.
    #[error("this is one of BitPay's own hosts: say `test` or `prod` instead of its address")]
    BitPayHost,
    /// A user name or a password in the address.
    #[error("the address must not hold a user name or a password")]
    UserInfo,
    /// The host is not one that every HTTP library reads in the same way.
    #[error("the host is not valid: use a plain ASCII name, an IPv4 or a bracketed IPv6 address")]
    Host,
    /// The port is not a number from 1 to 65535.
    #[error("the port must be a number from 1 to 65535")]
    Port,
    /// The path holds something that HTTP libraries rewrite.
    #[error(
        "the path may hold only letters, digits, `-`, `_`, `.`, `~` and `/`, without `.` or `..` parts"
    )]
    Path,
    /// A query or a fragment.
    #[error("the address must end with its path: no `?` and no `#`")]
    Query,
}

/// An address that every call starts with, in the one form that every HTTP library leaves alone:
/// lower-case host, no default port, no slash at the end, its path prefix kept.
///
/// That matters because the address is part of what is signed, and BitPay rebuilds it from the
/// `Host` header that it receives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    /// Shared, because each call has a copy.
    text: Arc<str>,
    host_start: usize,
    /// Where the authority (host and port) ends.
    host_end: usize,
}

impl BaseUrl {
    /// Reads an address: `https`, or `http` for a loopback host.
    ///
    /// # Errors
    /// Says what in the address is not acceptable, and BitPay's own hosts are refused: they are
    /// [`Environment::Test`] and [`Environment::Production`].
    pub fn parse(text: &str) -> Result<Self, EnvironmentError> {
        Self::read(text)?.not_of_bitpay()?.secure()
    }

    /// Reads an address that an answer names: it may be BitPay's own.
    pub(crate) fn named_by_bitpay(text: &str) -> Result<Self, EnvironmentError> {
        Self::read(text)?.secure()
    }

    fn secure(self) -> Result<Self, EnvironmentError> {
        if self.is_plain() && !self.is_loopback() {
            return Err(EnvironmentError::PlainHttp);
        }
        Ok(self)
    }

    /// Reads an address and allows plain `http` to any host but BitPay's own: for a sandbox in a
    /// container network. Tokens and answers can then be read by whoever shares that network.
    ///
    /// # Errors
    /// As [`BaseUrl::parse`].
    pub fn parse_allowing_plain_http(text: &str) -> Result<Self, EnvironmentError> {
        Self::read(text)?.not_of_bitpay()
    }

    fn not_of_bitpay(self) -> Result<Self, EnvironmentError> {
        let host = self.host();
        if host == "bitpay.com" || host.ends_with(".bitpay.com") {
            return Err(EnvironmentError::BitPayHost);
        }
        Ok(self)
    }

    fn read(text: &str) -> Result<Self, EnvironmentError> {
        let (scheme, rest) = text.split_once("://").ok_or(EnvironmentError::Scheme)?;
        let (scheme, default_port) = if scheme.eq_ignore_ascii_case("https") {
            ("https", 443)
        } else if scheme.eq_ignore_ascii_case("http") {
            ("http", 80)
        } else {
            return Err(EnvironmentError::Scheme);
        };
        if rest.contains(['?', '#']) {
            return Err(EnvironmentError::Query);
        }
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        if authority.contains('@') {
            return Err(EnvironmentError::UserInfo);
        }
        let (host, port) = split_port(authority)?;
        let host = normal_host(host)?;
        let path = normal_path(path)?;
        let host_start = scheme.len() + 3;
        let mut text = format!("{scheme}://{host}");
        if let Some(port) = port.filter(|port| *port != default_port) {
            text.push_str(&format!(":{port}"));
        }
        let host_end = text.len();
        text.push_str(path);
        Ok(Self {
            text: text.into(),
            host_start,
            host_end,
        })
    }

    /// The address, without a slash at the end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host with its port, if that is not the default one: the `Host` header.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.text
            .get(self.host_start..self.host_end)
            .unwrap_or_default()
    }

    /// The host without its port. An IPv6 address keeps its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        let authority = self.authority();
        match authority.rfind(':') {
            Some(at) if !authority.ends_with(']') => &authority[..at],
            _ => authority,
        }
    }

    /// Is this plain `http`?
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.text.starts_with("http://")
    }

    /// Is the host this machine?
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(self.host())
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for BaseUrl {
    type Err = EnvironmentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Is this host (IPv6 in brackets) the machine itself?
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    if let Some(v6) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return v6.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback());
    }
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), EnvironmentError> {
    let colon = match authority.rfind(']') {
        Some(bracket) => authority[bracket..].find(':').map(|at| bracket + at),
        None => authority.find(':'),
    };
    let Some(colon) = colon else {
        return Ok((authority, None));
    };
    let digits = &authority[colon + 1..];
    // `u16::from_str` takes a leading `+`, which no URL has.
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(EnvironmentError::Port);
    }
    match digits.parse::<u16>() {
        Ok(port) if port > 0 => Ok((&authority[..colon], Some(port))),
        _ => Err(EnvironmentError::Port),
    }
}

fn normal_host(host: &str) -> Result<String, EnvironmentError> {
    if let Some(inner) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        let ip: Ipv6Addr = inner.parse().map_err(|_| EnvironmentError::Host)?;
        // An IPv4 address inside an IPv6 one is printed in two ways by two libraries.
        if ip.to_ipv4().is_some() && !ip.is_loopback() && !ip.is_unspecified() {
            return Err(EnvironmentError::Host);
        }
        return Ok(format!("[{ip}]"));
    }
    let host = host.to_ascii_lowercase();
    let label_ok = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
            && !label.starts_with("xn--")
    };
    if host.len() > 253 || !host.split('.').all(label_ok) {
        return Err(EnvironmentError::Host);
    }
    // URL libraries read a host whose last part is a number as an IPv4 address, however written.
    let last = host.rsplit('.').next().unwrap_or_default();
    let numeric = last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x");
    if numeric && host.parse::<Ipv4Addr>().is_err() {
        return Err(EnvironmentError::Host);
    }
    Ok(host)
}

fn normal_path(path: &str) -> Result<&str, EnvironmentError> {
    let path = path.trim_end_matches('/');
    let part_ok = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part.bytes().all(crate::url::is_unreserved)
    };
    if path.is_empty() || path.split('/').skip(1).all(part_ok) {
        Ok(path)
    } else {
        Err(EnvironmentError::Path)
    }
}
