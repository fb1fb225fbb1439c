//! `doctor`: what stands between this machine and calls that work, in a report that is safe to paste.

use std::env;
use std::error::Error as _;
use std::net::ToSocketAddrs as _;
use std::sync::{Arc, Mutex, PoisonError};

use bitpay_blocking::config::ProxyUrl;
use bitpay_blocking::diagnose::{Diagnosis, Evidence};
use bitpay_blocking::error::{ErrorKind, TransportErrorKind};
use bitpay_blocking::observe::{Event, Happening};
use bitpay_blocking::retry::RetryPolicy;
use bitpay_blocking::{
    Anonymous, AnyGrant, AnyToken, BaseUrl, Client, Config, Environment, Error, Facade,
};
use bitpay_store::Profile;
use clap::Args;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use serde::Serialize;
use serde_json::json;

use crate::context::{Context, token_facade};
use crate::failure::Failure;
use crate::stores::Kind;
use crate::{key, pair};

/// More than a slow answer and a clock that is never set explain, in seconds.
const CLOCK_OFF: i64 = 60;

/// The variables that a proxy is taken from, the first one first.
pub(crate) const PROXIES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

#[derive(Args)]
#[command(after_help = "\
No key, token, code or password is in the report, and it changes nothing: it asks BitPay for the tokens of the
key, for an invoice that does not exist, and for the wallets that it knows.

Exit code: 1 when there is a problem.")]
pub(crate) struct DoctorArgs {
    /// Look at this token only: pos, merchant or payout. Otherwise at all that the profile holds
    #[arg(long)]
    facade: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    /// Worth a look; calls work all the same.
    Note,
    Problem,
    /// Not looked at, because of what was found before.
    Skipped,
}

#[derive(Debug, Serialize)]
struct Check {
    check: String,
    state: State,
    found: String,
    /// What to do about it.
    next: Option<String>,
}

#[derive(Default)]
struct Report(Vec<Check>);

impl Report {
    fn add(&mut self, check: &str, state: State, found: impl Into<String>, next: Option<String>) {
        self.0.push(Check {
            check: check.to_owned(),
            state,
            found: without_home(found.into()),
            next: next.map(without_home),
        });
    }

    fn ok(&mut self, check: &str, found: impl Into<String>) {
        self.add(check, State::Ok, found, None);
    }

    fn note(&mut self, check: &str, found: impl Into<String>, next: impl Into<String>) {
        self.add(check, State::Note, found, Some(next.into()));
    }

    fn problem(&mut self, check: &str, found: impl Into<String>, next: impl Into<String>) {
        self.add(check, State::Problem, found, Some(next.into()));
    }

    fn skipped(&mut self, check: &str, found: impl Into<String>) {
        self.add(check, State::Skipped, found, None);
    }

    /// What names both what is wrong and what to do.
    fn failed(&mut self, check: &str, found: impl ToString) {
        self.add(check, State::Problem, found.to_string(), None);
    }

    fn problems(&self) -> usize {
        let is_problem = |check: &&Check| check.state == State::Problem;
        self.0.iter().filter(is_problem).count()
    }

    fn text(&self) -> String {
        let width = self.0.iter().map(|check| check.check.len()).max();
        let width = width.unwrap_or(0);
        let mut text = String::new();
        for check in &self.0 {
            let state = match check.state {
                State::Ok => "ok",
                State::Note => "note",
                State::Problem => "PROBLEM",
                State::Skipped => "-",
            };
            text += &format!("{:width$}  {state:7}  {}\n", check.check, check.found);
            if let Some(next) = &check.next {
                text += &format!("{:width$}  {:7}  next: {next}\n", "", "");
            }
        }
        text
    }
}

/// The user's name is a part of the paths below their home, and nobody's business.
fn without_home(text: String) -> String {
    match env::home_dir().as_deref().and_then(|home| home.to_str()) {
        Some(home) if home.len() > 1 => text.replace(home, "~"),
        _ => text,
    }
}

pub(crate) fn run(context: &mut Context<'_>, args: &DoctorArgs) -> Result<(), Failure> {
    let facade = token_facade(args.facade.as_ref())?;
    let mut report = Report::default();
    report.ok(
        "program",
        format!(
            "bitpay {} on {} {}",
            env!("CARGO_PKG_VERSION"),
            env::consts::OS,
            env::consts::ARCH
        ),
    );
    let profile = match context.profile() {
        Ok(profile) => Some(profile),
        Err(Failure::Store(error)) => {
            report.failed("profile", error);
            None
        }
        Err(failure) => return Err(failure),
    };
    let environment = match &profile {
        Some(profile) => {
            look_at_profile(&mut report, context, profile);
            Some(profile.environment().clone())
        }
        None => context.environment()?,
    };
    match &environment {
        Some(environment) => {
            look_at_network(&mut report, context, environment, profile.as_ref(), facade);
        }
        None => report.skipped("server", "which one is not known: say --env"),
    }

    let problems = report.problems();
    let json = json!({
        "ok": problems == 0,
        "environment": environment.as_ref().map(ToString::to_string),
        "sin": profile.as_ref().map(|profile| profile.identity().sin()),
        "checks": report.0,
    });
    context.result(&json, || report.text());
    match problems {
        0 => Ok(()),
        1 => Err(Failure::Refused("there is a problem".to_owned())),
        many => Err(Failure::Refused(format!("there are {many} problems"))),
    }
}

/// What is on this machine. A profile that was read is one that nobody else can read.
fn look_at_profile(report: &mut Report, context: &Context<'_>, profile: &Profile) {
    let option = key::option(profile);
    let kept = context.store().map(|store| store.place(profile.name()));
    report.ok(
        "profile",
        match kept {
            Ok(place) => format!("`{}`, in {place}", profile.name()),
            Err(_) => format!("`{}`", profile.name()),
        },
    );
    report.ok("key", profile.identity().sin().as_str());
    match context.store_kind() {
        Ok(Kind::File | Kind::Encrypted) if cfg!(unix) => {
            report.ok("permissions", "only you can read it");
        }
        Ok(Kind::File | Kind::Encrypted) => {
            report.skipped("permissions", "they are those of your own directory");
        }
        _ => report.skipped("permissions", "there is no file of this program's own"),
    }
    if let Some(other) = profile.rotation() {
        report.note(
            "rotation",
            format!("a second key, {}, is not done with", other.identity().sin()),
            format!("bitpay key rotate{option}"),
        );
    }
    let open = context
        .store()
        .and_then(|store| Ok(store.journal(profile.name())?.open_intents()?));
    match open.map(|open| open.intents().len()) {
        Ok(0) => report.ok("journal", "whatever was begun has an outcome"),
        Ok(open) => report.note(
            "journal",
            format!("calls without an outcome: {open}"),
            format!("bitpay recover{option}"),
        ),
        Err(failure) => report.failed("journal", failure),
    }
}

/// What is between here and the server, one thing after the other, until one does not work.
fn look_at_network(
    report: &mut Report,
    context: &Context<'_>,
    environment: &Environment,
    profile: Option<&Profile>,
    facade: Option<Facade>,
) {
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
    let is_proxied = look_at_proxy(report, &config);
    if is_proxied {
        report.skipped("DNS", "the proxy does it");
    } else if !look_at_name(report, host_and_port(&base)) {
        report.skipped("server", "its address is not known");
        return;
    }

    let seen: Arc<Mutex<Seen>> = Arc::default();
    let see = seen.clone();
    config = config.observer(Arc::new(move |event: &Event<'_>| {
        let mut seen = see.lock().unwrap_or_else(PoisonError::into_inner);
        seen.tell(event);
    }));
    let client = match Client::from_config(&config) {
        Ok(client) => client,
        Err(error) => return report.failed("TLS", error),
    };
    // It needs neither key nor token, and its headers show when observed.
    let error = client.get_supported_wallets().err();
    let is_reached = look_at_answer(report, &base, error.as_ref());
    if !is_reached {
        return;
    }
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    look_at_clock(report, &seen);
    drop(seen);
    if let Some(profile) = profile {
        look_at_tokens(report, &client, profile, facade);
    }
}

/// Says which proxy is in force, without its password. True if there is one.
fn look_at_proxy(report: &mut Report, config: &Config) -> bool {
    let set = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let bad = |name: &&&str| set(name).is_some_and(|url| ProxyUrl::parse(&url).is_err());
    for name in PROXIES.iter().filter(bad) {
        report.problem(
            "proxy",
            format!("{name} is not the address of a proxy, and is ignored"),
            "it has the form http://host:port",
        );
    }
    match proxy(config) {
        Some(proxy) => {
            report.ok("proxy", proxy);
            true
        }
        None => {
            report.ok("proxy", "none");
            false
        }
    }
}

/// The proxy that this set-up goes through, without its password.
pub(crate) fn proxy(config: &Config) -> Option<String> {
    let url = config.proxy_url(|name| env::var(name).ok())?;
    let uri: http::Uri = url.expose().parse().ok()?;
    Some(match uri.port() {
        Some(port) => format!("{}:{port}", uri.host()?),
        None => uri.host()?.to_owned(),
    })
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

/// What the server says of each token.
fn look_at_tokens(
    report: &mut Report,
    client: &Client<Anonymous>,
    profile: &Profile,
    facade: Option<Facade>,
) {
    let is_wanted = |of: Facade| facade.is_none_or(|facade| facade == of);
    let held = profile.tokens().filter(|token| is_wanted(token.facade()));
    let held: Vec<&AnyToken> = held.collect();
    for token in &held {
        let diagnosis = diagnose(client, profile, token, Evidence::default());
        // The call that would tell is for other facades, so there is the list alone.
        if diagnosis == Diagnosis::Unclear
            && pair::listed(&client.with(profile.identity().clone()))
                .is_ok_and(|listed| !listed.contains(token))
        {
            let facade = token.facade();
            let option = key::option(profile);
            report.problem(
                &format!("{facade} token"),
                "it is not among the tokens of this key: it was revoked, or made for another key",
                format!("bitpay pair{option} --facade {facade}"),
            );
            continue;
        }
        look_at_token(report, token.facade(), &diagnosis);
    }
    let pending = profile.pending.as_ref();
    let pending = pending.filter(|pending| is_wanted(pending.facade));
    if let Some(answered) = pending.and_then(|pending| pending.answered.as_ref()) {
        let mut evidence = Evidence::default();
        evidence.code_expires_at = answered.expires_at;
        let diagnosis = diagnose(client, profile, &answered.token, evidence);
        let waited_for = answered.token.facade();
        // Others work meanwhile.
        if diagnosis == Diagnosis::NotApproved && !held.is_empty() {
            let option = key::option(profile);
            let next = format!("approve it, then bitpay pair{option}");
            report.note("pairing", format!("{waited_for}: {diagnosis}"), next);
        } else {
            look_at_token(report, waited_for, &diagnosis);
        }
    } else if held.is_empty() {
        let option = key::option(profile);
        report.problem(
            "token",
            "the profile holds none",
            match facade {
                Some(facade) => format!("bitpay pair{option} --facade {facade}"),
                None => format!("bitpay pair{option}"),
            },
        );
    }
}

fn diagnose(
    client: &Client<Anonymous>,
    profile: &Profile,
    token: &AnyToken,
    mut evidence: Evidence,
) -> Diagnosis {
    evidence.paired_in = Some(profile.environment().clone());
    evidence.paired_by = Some(profile.identity().sin().clone());
    let grant = AnyGrant::new(token.clone(), profile.identity().clone());
    client.with(grant).diagnose(&evidence)
}

fn look_at_token(report: &mut Report, facade: Facade, diagnosis: &Diagnosis) {
    let check = format!("{facade} token");
    match diagnosis {
        Diagnosis::Works => report.ok(&check, diagnosis.to_string()),
        _ => report.failed(&check, diagnosis),
    }
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
