//! How a client is set up. Both clients take the same [`Config`].

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use http::Uri;

use crate::bounds;
use crate::environment::{BaseUrl, Environment};
use crate::limit::{Limit, Rate};
use crate::observe::{Observer, Observers};
use crate::operation::Endpoint;
use crate::retry::RetryPolicy;
use crate::setup::SetupError;

/// How a client is set up: where BitPay is, and how long to wait for it.
///
/// There is no default environment.
///
/// ```
/// use core::time::Duration;
/// use bitpay_core::{Config, Environment};
///
/// let config = Config::new(Environment::Test).timeout(Duration::from_secs(10)).user_agent("web-shop/1.2");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The BitPay to talk to.
    pub environment: Environment,
    /// When to try again.
    pub retry: RetryPolicy,
    /// How long making a connection may take. Ten seconds unless set.
    pub connect_timeout: Duration,
    /// How long one try may take, from the connection to the last byte. Thirty seconds unless set.
    pub timeout: Duration,
    /// How long an answer that is read as it comes may take, from the connection to the last byte: a
    /// list, or one connection to a stream of events, which is then made again. Ten minutes unless set.
    pub stream_timeout: Duration,
    /// How long it may take until an answer begins, within [`timeout`](Self::timeout). As long as that
    /// unless set.
    pub first_byte_timeout: Option<Duration>,
    /// The largest answer that is read, in bytes; of one that is read as it comes, the longest row. 64 MiB
    /// unless set.
    pub max_body: usize,
    /// How many items the lists of an answer may have together; of one that is read as it comes, those of a
    /// row. 100 000 unless set: that many invoices take about 170 MB.
    pub max_items: usize,
    /// The `User-Agent`; this crate's name and version unless set.
    pub user_agent: Option<String>,
    /// The platform that uses this client, for BitPay's support.
    pub platform_info: Option<String>,
    /// The proxy to go through. From the environment unless set.
    pub proxy: Proxy,
    /// Certificates, in PEM, that are trusted besides the usual ones.
    pub extra_roots: Vec<Vec<u8>>,
    pub(crate) observers: Observers,
    pub(crate) limits: Vec<Limit>,
}

impl Config {
    /// The default set-up for this environment.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        Self {
            environment,
            retry: RetryPolicy::default(),
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            stream_timeout: Duration::from_secs(600),
            first_byte_timeout: None,
            max_body: 64 << 20,
            max_items: bounds::ITEMS,
            user_agent: None,
            platform_info: None,
            proxy: Proxy::FromEnvironment,
            extra_roots: Vec::new(),
            observers: Observers::default(),
            limits: Vec::new(),
        }
    }

    /// Sets when to try again; [`RetryPolicy::off`] switches it off.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets how long making a connection may take.
    #[must_use]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Sets how long one try may take.
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Sets how long it may take until an answer begins.
    #[must_use]
    pub fn first_byte_timeout(mut self, limit: Duration) -> Self {
        self.first_byte_timeout = Some(limit);
        self
    }

    /// Keeps all requests of this client, and of those made from it, to a rate: those of retries and
    /// look-ups as well. Who would be over it waits, and not beyond the deadline of the call
    /// ([`ErrorKind::Limit`](crate::ErrorKind::Limit)). See [`limit`](crate::limit).
    #[must_use]
    pub fn limit_all(mut self, rate: Rate) -> Self {
        let operation = None;
        self.limits.push(Limit { operation, rate });
        self
    }

    /// Keeps the requests of one operation to a rate. BitPay allows 100 invoices an hour:
    ///
    /// ```
    /// use bitpay_core::limit::Rate;
    /// use bitpay_core::model::invoice::CreateInvoice;
    /// use bitpay_core::{Config, Environment};
    ///
    /// let config = Config::new(Environment::Test)
    ///     .limit::<CreateInvoice>(Rate::per_hour(100))
    ///     .limit_all(Rate::per_second(10));
    /// ```
    #[must_use]
    pub fn limit<E: Endpoint>(mut self, rate: Rate) -> Self {
        let operation = Some(E::OPERATION.name);
        self.limits.push(Limit { operation, rate });
        self
    }

    /// Sets how long an answer that is read as it comes may take.
    #[must_use]
    pub fn stream_timeout(mut self, limit: Duration) -> Self {
        self.stream_timeout = limit;
        self
    }

    /// Sets the largest answer that is read, in bytes.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = bytes;
        self
    }

    /// Sets how many items the lists of an answer may have together. An item takes as much memory as its type,
    /// however few bytes it came in, so this bounds what [`max_body`](Self::max_body) cannot. Rows that are read
    /// as they come (the clients' `stream` and `rows`) are not counted: there may be any number of them.
    #[must_use]
    pub fn max_items(mut self, items: usize) -> Self {
        self.max_items = items;
        self
    }

    /// Sets the `User-Agent`.
    #[must_use]
    pub fn user_agent(mut self, text: impl Into<String>) -> Self {
        self.user_agent = Some(text.into());
        self
    }

    /// Names the platform that uses this client, in `X-BitPay-Platform-Info`.
    #[must_use]
    pub fn platform_info(mut self, text: impl Into<String>) -> Self {
        self.platform_info = Some(text.into());
        self
    }

    /// Sets the proxy to go through.
    #[must_use]
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = proxy;
        self
    }

    /// Trusts the certificates in this PEM text, besides the usual ones.
    #[must_use]
    pub fn extra_root(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.extra_roots.push(pem.into());
        self
    }

    /// Has this told of what happens in calls, beside those that are told already: see
    /// [`observe`](crate::observe).
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observers.add(observer);
        self
    }

    /// The proxy for this set-up, given the variables of the process. For the fronts.
    ///
    /// # Errors
    /// When the variable that counts holds no address of a proxy.
    #[doc(hidden)]
    pub fn proxy_url(
        &self,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<ProxyUrl>, SetupError> {
        match &self.proxy {
            Proxy::None => Ok(None),
            Proxy::Url(url) => Ok(Some(url.clone())),
            Proxy::FromEnvironment => from_environment(&self.environment.base_url(), variable),
        }
    }
}

/// The variables of the environment that [`Proxy::FromEnvironment`] looks at: the first that is set counts.
pub const PROXY_VARIABLES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// Which proxy to go through.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proxy {
    /// For `https`, the one that `HTTPS_PROXY` or `ALL_PROXY` names, unless `NO_PROXY` has the host.
    /// Their lower-case names come first, as in curl. This machine is never reached by a proxy. One that cannot
    /// be used ([`ProxyUrl::parse`]) is an error of the set-up: nothing is sent past it.
    FromEnvironment,
    /// None.
    None,
    /// This one.
    Url(ProxyUrl),
}

/// The address of a proxy, as `http://user:password@host:port`. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl(String);

/// The text is not the address of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the address of a proxy: it has the form http://host:port")]
pub struct ProxyUrlError;

impl ProxyUrl {
    /// Reads the address of an HTTP proxy. Without a scheme, `http://` is meant.
    ///
    /// # Errors
    /// When the text is not one.
    pub fn parse(text: &str) -> Result<Self, ProxyUrlError> {
        let text = if text.contains("://") {
            text.to_owned()
        } else {
            alloc::format!("http://{text}")
        };
        let uri: Uri = text.parse().map_err(|_| ProxyUrlError)?;
        let scheme_ok = matches!(uri.scheme_str(), Some("http" | "https"));
        if scheme_ok && uri.host().is_some_and(|host| !host.is_empty()) {
            Ok(Self(text))
        } else {
            Err(ProxyUrlError)
        }
    }

    /// The address. It may hold a password.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProxyUrl(..)")
    }
}

fn from_environment(
    base: &BaseUrl,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<ProxyUrl>, SetupError> {
    if base.is_plain() || base.is_loopback() {
        return Ok(None);
    }
    let first = |names: &[&'static str]| {
        let values = names.iter().map(|name| (*name, variable(name)));
        let mut given = values.filter_map(|(name, value)| Some((name, value?)));
        given.find(|(_, value)| !value.is_empty())
    };
    let excluded = first(&["no_proxy", "NO_PROXY"]);
    if excluded.is_some_and(|(_, list)| is_excluded(base.host(), &list)) {
        return Ok(None);
    }
    let Some((variable, url)) = first(&PROXY_VARIABLES) else {
        return Ok(None);
    };
    let url = ProxyUrl::parse(&url).map_err(|source| SetupError::Proxy { variable, source })?;
    Ok(Some(url))
}

/// Does a `NO_PROXY` list have this host: `*`, the host itself, or a domain that it is in?
fn is_excluded(host: &str, list: &str) -> bool {
    list.split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .any(|entry| {
            let domain = entry
                .trim_start_matches("*.")
                .trim_start_matches('.')
                .to_ascii_lowercase();
            entry == "*"
                || host == domain
                || host
                    .strip_suffix(&domain)
                    .is_some_and(|rest| rest.ends_with('.'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(environment: &str, variables: &[(&str, &str)]) -> Option<String> {
        let config = Config::new(environment.parse().unwrap());
        let variable = |name: &str| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        };
        let url = config.proxy_url(variable).unwrap();
        url.map(|url| url.expose().to_owned())
    }

    #[test]
    fn a_proxy_of_the_environment_that_cannot_be_used_is_not_passed_by() {
        for value in ["socks5://proxy.example:1080", "http://", "://", "a b"] {
            let chosen = |environment: &str, proxy: Proxy| {
                let config = Config::new(environment.parse().unwrap()).proxy(proxy);
                config.proxy_url(|name| (name == "ALL_PROXY").then(|| value.to_owned()))
            };
            let error = chosen("test", Proxy::FromEnvironment).unwrap_err();
            let told = alloc::format!("{error}");
            assert!(told.contains("ALL_PROXY"), "{told}");
            assert!(!told.contains("proxy.example"), "{told}");
            // Where it is not asked for, it does not matter.
            assert_eq!(chosen("test", Proxy::None).unwrap(), None);
            let sandbox = chosen("https://127.0.0.1:9", Proxy::FromEnvironment);
            assert_eq!(sandbox.unwrap(), None);
        }
    }

    #[test]
    fn the_proxy_of_the_environment_is_taken_unless_excluded() {
        let proxy = ("HTTPS_PROXY", "http://proxy.example:3128");
        let taken = Some("http://proxy.example:3128".to_owned());
        assert_eq!(chosen("test", &[proxy]), taken);
        assert_eq!(
            chosen("test", &[("all_proxy", "proxy.example:3128")]),
            taken
        );
        assert_eq!(
            chosen("test", &[proxy, ("NO_PROXY", "example.org, pay.com")]),
            taken
        );
        for excluded in [
            "*",
            "bitpay.com",
            ".bitpay.com",
            "*.bitpay.com",
            "x.org,test.bitpay.com",
        ] {
            assert_eq!(
                chosen("test", &[proxy, ("no_proxy", excluded)]),
                None,
                "{excluded}"
            );
        }
        assert_eq!(chosen("https://127.0.0.1:9", &[proxy]), None);
        assert_eq!(chosen("http://localhost:9", &[proxy]), None);
        assert_eq!(chosen("test", &[]), None);
    }

    #[test]
    fn a_proxy_does_not_show_its_password() {
        let url = ProxyUrl::parse("http://user:swordfish@proxy.example:3128").unwrap();
        assert!(!alloc::format!("{:?}", Proxy::Url(url)).contains("swordfish"));
        assert_eq!(
            ProxyUrl::parse("socks5://proxy.example"),
            Err(ProxyUrlError)
        );
        assert_eq!(ProxyUrl::parse(""), Err(ProxyUrlError));
    }
}
