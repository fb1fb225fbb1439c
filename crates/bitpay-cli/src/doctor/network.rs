//! What is between this machine and the server.

use std::env;
use std::error::Error as _;
use std::net::ToSocketAddrs as _;
use std::sync::{Arc, Mutex, PoisonError};

use bitpay_blocking::error::{ErrorKind, TransportErrorKind};
use bitpay_blocking::observe::{Event, Happening};
use bitpay_blocking::retry::RetryPolicy;
use bitpay_blocking::{Anonymous, BaseUrl, Client, Config, Environment, Error, SetupError};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::{Report, State};
use crate::context::Context;

/// More than a slow answer and a clock that is never set explain, in seconds.
const CLOCK_OFF: i64 = 60;

/// What is between here and the server, one thing after the other, until one does not work.
///
/// Returns a client if BitPay can be asked about tokens.
pub(super) fn look_at(
    report: &mut Report,
    context: &Context<'_>,
    environment: &Environment,
) -> Option<Client<Anonymous>> {
    let base = environment.base_url();
    if base.is_plain() && !base.is_loopback() {
        report.problem(
            "address",
            format!("{base} is plain http: whoever is in between reads the tokens and changes the answers"),
            "use https; plain http is for a sandbox in a private network",
        );
    } else {
        report.ok("address", base.to_string());
    }

    let mut config = context.config(environment).retry(RetryPolicy::off());
    let Some(is_proxied) = look_at_proxy(report, &config) else {
        report.skipped("server", "there is no way to it");
        return None;
    };
    if is_proxied {
        report.skipped("DNS", "the proxy does it");
    } else if !look_at_name(report, host_and_port(&base)) {
        report.skipped("server", "its address is not known");
        return None;
    }

    let seen: Arc<Mutex<Seen>> = Arc::default();
    let see = seen.clone();
    config = config.observer(Arc::new(move |event: &Event<'_>| {
        let mut seen = see.lock().unwrap_or_else(PoisonError::into_inner);
        seen.tell(event);
    }));
    let client = match Client::from_config(&config) {
        Ok(client) => client,
        Err(error) => {
            report.failed("TLS", error);
            return None;
        }
    };
    // It needs neither key nor token, and its headers show when observed.
    let error = client.get_supported_wallets().err();
    if !look_at_answer(report, &base, error.as_ref()) {
        return None;
    }
    look_at_clock(report, &seen.lock().unwrap_or_else(PoisonError::into_inner));
    Some(client)
}

/// Says which proxy is in force, without its password. True if there is one; `None` if it cannot be used.
fn look_at_proxy(report: &mut Report, config: &Config) -> Option<bool> {
    match proxy(config) {
        Ok(Some(proxy)) => {
            report.ok("proxy", proxy);
            Some(true)
        }
        Ok(None) => {
            report.ok("proxy", "none");
            Some(false)
        }
        Err(error) => {
            report.problem(
                "proxy",
                error.to_string(),
                "until then, nothing is sent: it would go past the proxy",
            );
            None
        }
    }
}

/// The proxy that this set-up goes through, without its password.
pub(crate) fn proxy(config: &Config) -> Result<Option<String>, SetupError> {
    let url = bitpay_system::proxy(config)?;
    let uri = url.and_then(|url| url.expose().parse::<http::Uri>().ok());
    Ok(uri.and_then(|uri| {
        let host = uri.host()?;
        Some(match uri.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    }))
}

/// The host of the server, without brackets, and its port.
fn host_and_port(base: &BaseUrl) -> (&str, u16) {
    let default = if base.is_plain() { 80 } else { 443 };
    let host = base.host();
    let port = base.authority().get(host.len()..).unwrap_or_default();
    let port = port.trim_start_matches(':').parse().unwrap_or(default);
    (host.trim_start_matches('[').trim_end_matches(']'), port)
}

/// Looks up the name of the server. True if it is known.
fn look_at_name(report: &mut Report, (host, port): (&str, u16)) -> bool {
    match (host, port).to_socket_addrs() {
        Ok(addresses) => {
            let addresses: Vec<String> = addresses.map(|at| at.ip().to_string()).collect();
            report.ok("DNS", format!("{host} is {}", addresses.join(", ")));
            true
        }
        Err(error) => {
            report.problem(
                "DNS",
                format!("{host} is not found: {error}"),
                "check the name, and that this machine is on a network whose name server works; behind a proxy, set \
                 HTTPS_PROXY",
            );
            false
        }
    }
}

/// What is seen of the answer.
#[derive(Default)]
struct Seen {
    date: Option<String>,
    at: Option<Timestamp>,
}

impl Seen {
    fn tell(&mut self, event: &Event<'_>) {
        if let Happening::Answered(answered) = &event.happening
            && self.at.is_none()
        {
            self.at = Some(Timestamp::now());
            let headers = answered.headers.to_string();
            let mut lines = headers.lines();
            self.date = lines.find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_date = name.trim().eq_ignore_ascii_case("date");
                is_date.then(|| value.trim().to_owned())
            });
        }
    }
}

/// Whether somebody answered, and whether it was BitPay.
fn look_at_answer(report: &mut Report, base: &BaseUrl, error: Option<&Error>) -> bool {
    if let Some(error) = error
        && let ErrorKind::Transport(transport) = error.kind()
    {
        let check = match transport.kind {
            TransportErrorKind::Tls => "TLS",
            TransportErrorKind::Proxy => "proxy",
            _ => "server",
        };
        let mut found = transport.kind.to_string();
        let mut source = transport.source();
        while let Some(cause) = source {
            found += &format!(": {cause}");
            source = cause.source();
        }
        report.add(check, State::Problem, found, error.remedy().map(Into::into));
        return false;
    }
    if base.is_plain() {
        report.skipped("TLS", "plain http");
    } else {
        let roots = match env::var_os("SSL_CERT_FILE") {
            Some(_) => "the certificate is trusted, by the roots in SSL_CERT_FILE",
            None => "the certificate is trusted",
        };
        report.ok("TLS", roots);
    }
    match error {
        None => report.ok("server", "it answers"),
        Some(error) => {
            let next = error.remedy().map(Into::into);
            report.add("server", State::Problem, error.to_string(), next);
        }
    }
    true
}

fn look_at_clock(report: &mut Report, seen: &Seen) {
    let date = seen.date.as_deref().map(|date| {
        let parser = rfc2822::DateTimeParser::new();
        parser.parse_timestamp(date)
    });
    let (Some(Ok(theirs)), Some(ours)) = (date, seen.at) else {
        report.skipped("clock", "the server did not say what time it is");
        return;
    };
    let off = ours.as_second().saturating_sub(theirs.as_second());
    if off.abs() <= CLOCK_OFF {
        report.ok("clock", "it agrees with the server's");
        return;
    }
    let which = if off > 0 { "ahead of" } else { "behind" };
    report.problem(
        "clock",
        format!("this machine's is {} s {which} the server's", off.abs()),
        "set it by the network: certificates, pairing codes and dates in requests depend on it",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_nobody_knows_is_a_problem() {
        let mut report = Report::default();
        // Longer than a part of a name may be, so that no name server is asked.
        let unknown = format!("{}.example", "a".repeat(64));
        assert!(!look_at_name(&mut report, (&unknown, 443)));
        let text = report.text();
        assert!(
            text.contains("PROBLEM") && text.contains("is not found"),
            "{text}"
        );
        assert!(text.contains("next: check the name"), "{text}");
    }

    #[test]
    fn the_host_and_the_port_are_taken_apart() {
        for (base, expected) in [
            ("https://pay.example", ("pay.example", 443)),
            ("https://[::1]:8443/x", ("::1", 8443)),
            ("http://[::1]", ("::1", 80)),
            ("http://127.0.0.1:8080", ("127.0.0.1", 8080)),
        ] {
            assert_eq!(host_and_port(&base.parse().unwrap()), expected);
        }
    }
}
