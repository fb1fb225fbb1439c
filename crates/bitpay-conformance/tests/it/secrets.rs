//! No secret shows, whatever is printed, logged or traced: every operation and every fault, both clients and
//! the program.
//!
//! What is secret is taken from what the servers received and answered, by means of its own: it shares no code
//! with what masks.

use std::collections::{BTreeSet, HashSet};
use std::error::Error as StdError;
use std::fmt::Debug;
use std::io;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bitpay_conformance::{Async, Authority, Blocking, Front, Reply, Tunnel};
use bitpay_core::config::{Proxy, ProxyUrl};
use bitpay_core::model::invoice::{GetInvoice, UpdateInvoice};
use bitpay_core::observe::{Event, Tracing};
use bitpay_core::operation::{OPERATIONS, Operation};
use bitpay_core::pairing::ClaimPairing;
use bitpay_core::retry::RetryPolicy;
use bitpay_core::server::{EveryOperation, FromRequest, Received, visit_operations};
use bitpay_core::webhook::{Unverified, Verifier};
use bitpay_core::{
    Allows, AnyGrant, AnyToken, Config, Error, ErrorKind, Facade, Guid, Identity, PrivateKey,
};
use bitpay_sandbox::{Fault, FaultError, Sandbox, SeenRequest};
use tracing_subscriber::fmt::format::FmtSpan;

use crate::operations::{GROUPS, key};
use crate::values::{INVOICE, KEY, MADE, MERCHANT_TOKEN, merchant};

/// Set in the process that does it: what it listens to is the whole process.
const ALONE: &str = "BITPAY_SECRETS_ALONE";

/// Everything that was printed, logged and traced.
static OUTPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn is_alone() -> bool {
    std::env::var_os(ALONE).is_some()
}

fn output() -> std::sync::MutexGuard<'static, Vec<u8>> {
    OUTPUT.lock().unwrap_or_else(PoisonError::into_inner)
}

fn print(text: &str) {
    let mut output = output();
    output.extend_from_slice(text.as_bytes());
    output.push(b'\n');
}

/// What an operation gave.
pub(crate) fn shown(value: &impl Debug) {
    if is_alone() {
        show(value);
    }
}

/// What a program may print of it.
fn show(value: &impl Debug) {
    print(&format!("{value:?}"));
    print(&format!("{value:#?}"));
}

fn show_error(error: &(dyn StdError + 'static)) {
    let mut next = Some(error);
    while let Some(error) = next {
        show(&error);
        print(&error.to_string());
        next = error.source();
    }
}

/// A set-up of which everything is told: to `tracing`, and as a program would print it.
pub(crate) fn observed(config: Config, front: &'static str) -> Config {
    if !is_alone() {
        return config.observer(Arc::new(Tracing));
    }
    config
        .observer(Arc::new(Tracing))
        .observer(Arc::new(move |event: &Event<'_>| {
            print(&format!("{front} {event}\n{event:?}"));
        }))
}

/// The seed of a sandbox. What is random in two of them must not be the same by chance: it would be a secret
/// in one, and none in the other.
pub(crate) fn seed() -> u64 {
    static SEED: AtomicU64 = AtomicU64::new(7);
    if is_alone() {
        SEED.fetch_add(1, Ordering::Relaxed)
    } else {
        7
    }
}

/// The secrets that are looked for.
#[derive(Default)]
struct Planted {
    texts: BTreeSet<String>,
}

impl Planted {
    fn add(&mut self, secret: &str) {
        assert!(secret.len() >= 6, "too short to be looked for: {secret}");
        self.texts.insert(secret.to_owned());
    }

    /// The tokens and codes in a request or an answer, wherever they are.
    fn add_all_in(&mut self, text: &str, names: &[&str]) {
        for name in names {
            for (at, _) in text.match_indices(&format!("\"{name}\"")) {
                let rest = text[at + name.len() + 2..].trim_start();
                let Some(rest) = rest.strip_prefix(':') else {
                    continue;
                };
                if let Some((value, _)) = rest
                    .trim_start()
                    .strip_prefix('"')
                    .and_then(|it| it.split_once('"'))
                    && !value.is_empty()
                {
                    self.add(value);
                }
            }
        }
    }

    fn add_request(&mut self, request: &SeenRequest) {
        for name in ["x-signature", "authorization", "proxy-authorization"] {
            if let Some(value) = request.headers.get(name) {
                self.add(value.to_str().unwrap());
            }
        }
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((&request.target, ""));
        for pair in query.split('&') {
            if let Some(token) = pair.strip_prefix("token=").filter(|it| !it.is_empty()) {
                self.add(token);
            }
        }
        if let Some((token, _)) = path
            .strip_prefix("/tokens/")
            .and_then(|it| it.split_once('/'))
        {
            self.add(token);
        }
        let body = String::from_utf8_lossy(&request.body);
        self.add_all_in(&body, &["token", "pairingCode", "smsCode"]);
    }

    fn add_answer(&mut self, operation: &str, body: &str) {
        self.add_all_in(body, &["token", "pairingCode"]);
        if operation == "list_tokens" {
            self.add_all_in(body, &["pos", "merchant", "payout"]);
        }
    }

    /// Fails when eight characters in a row of a secret are in the output, or all of a short one. Of hex, which
    /// is in the output as well for other reasons, sixteen.
    #[track_caller]
    fn assert_hidden(&self, output: &[u8]) {
        for width in [6, 7, 8, 16] {
            let is_hex = |text: &str| text.bytes().all(|it| it.is_ascii_hexdigit());
            let of_width = |text: &&String| match text.len() {
                length @ (6 | 7) => width == length,
                _ if is_hex(text) && text.len() >= 16 => width == 16,
                _ => width == 8,
            };
            let texts = self.texts.iter().filter(of_width);
            let windows: HashSet<&[u8]> =
                texts.flat_map(|it| it.as_bytes().windows(width)).collect();
            if windows.is_empty() {
                continue;
            }
            // Most places are passed over by their first three letters.
            let beginning = |text: &[u8]| {
                let letter = |at: usize| usize::from(text[at] & 127);
                letter(0) << 14 | letter(1) << 7 | letter(2)
            };
            let mut begins = vec![false; 1 << 21];
            for window in &windows {
                begins[beginning(window)] = true;
            }
            for (at, window) in output.windows(width).enumerate() {
                if begins[beginning(window)] && windows.contains(window) {
                    let has =
                        |text: &&String| text.as_bytes().windows(width).any(|it| it == window);
                    let secret = self.texts.iter().find(has);
                    panic!("a part of {secret:?} in: {}", around(output, at));
                }
            }
        }
    }
}

fn around(output: &[u8], at: usize) -> String {
    let from = at.saturating_sub(300);
    let to = output.len().min(at + 100);
    String::from_utf8_lossy(&output[from..to]).into_owned()
}

/// The faults of the sandbox, by the names that it lists, and some that answers have.
fn faults(operation: &str, token: &str) -> Vec<Fault> {
    let unknown = "no such fault".parse::<Fault>().unwrap_err();
    assert!(matches!(unknown, FaultError::Unknown(_)));
    let listed = unknown.to_string();
    let (_, names) = listed.split_once("it is one of ").unwrap();
    let mut faults: Vec<Fault> = names
        .split(", ")
        .map(|name| name.parse().unwrap())
        .collect();
    assert!(faults.len() >= 11, "{names}");
    // Cut off in the middle, where it is a token's turn; and what repeats what it was sent.
    faults.extend([90, 250, 700].map(Fault::cut));
    let echo = format!(
        r#"{{"error":"Invalid token {token}","errors":[{{"param":"{token}","error":"{token}"}}]}}"#
    );
    for (status, kind, body) in [
        (400, "application/json", echo),
        (
            400,
            "application/json",
            format!(r#"{{"data":{{"token":"{token}"#),
        ),
        (
            502,
            "text/html",
            format!("<html><a href=\"/x?token={token}\">{token}</a></html>"),
        ),
        (302, "text/html", format!("moved to /x?token={token}")),
    ] {
        faults.push(Fault::answer(status, kind, body).without_work());
    }
    let on = |fault: Fault| fault.on(operation.to_owned());
    faults.into_iter().map(on).collect()
}

/// Calls each operation once more for each fault.
struct Faulty<'a, F: Front> {
    front: F,
    sandbox: &'a Sandbox,
    requests: &'a [SeenRequest],
    planted: Planted,
    called: BTreeSet<&'static str>,
}

impl<F: Front> EveryOperation for Faulty<'_, F> {
    fn operation<E>(&mut self)
    where
        E: FromRequest + Allows<AnyGrant> + PartialEq + Debug,
        E::Response: serde::Serialize + PartialEq + Debug,
    {
        let operation = E::OPERATION;
        let asks = |it: &&SeenRequest| it.operation == Some(operation.name);
        let Some(seen) = self.requests.iter().find(asks) else {
            return;
        };
        let guid = Guid::from_random([3; 16]);
        let received = Received::new(seen.method.clone(), &seen.target, &seen.body, guid).unwrap();
        let request = E::from_request(&received).unwrap();
        let credential = credential(operation, &received);
        show(&request);
        show(&credential);
        let token = received
            .token_of(operation)
            .unwrap_or_else(|| MERCHANT_TOKEN.to_owned());
        self.planted.add(&token);
        for fault in faults(operation.name, &token) {
            self.sandbox.inject(fault);
            match self.front.call(&credential, &request) {
                Ok(answer) => {
                    show(&answer);
                    let body = String::from_utf8_lossy(answer.body()).into_owned();
                    self.planted.add_answer(operation.name, &body);
                }
                Err(error) => {
                    show_error(&error);
                    self.planted.add_answer(operation.name, &body_of(&error));
                }
            }
        }
        self.called.insert(operation.name);
    }
}

/// What came, which an error keeps and does not show.
fn body_of(error: &Error) -> String {
    let body = match error.kind() {
        ErrorKind::Api(error) => error.body(),
        ErrorKind::Decode(error) => error.body(),
        _ => return String::new(),
    };
    String::from_utf8_lossy(body).into_owned()
}

/// The token that the request was made with, and a key for it.
fn credential(operation: &Operation, received: &Received) -> AnyGrant {
    let facade = operation
        .facades
        .iter()
        .rev()
        .find(|it| **it != Facade::Public);
    let facade = facade.copied().unwrap_or(Facade::Merchant);
    let key = key(if facade == Facade::Payout { 3 } else { 1 });
    // The resource's token is in the request itself.
    let token = received.token_of(operation).filter(|it| it.len() >= 20);
    let token = token.unwrap_or_else(|| MERCHANT_TOKEN.to_owned());
    AnyGrant::new(AnyToken::parse(facade, &token).unwrap(), key)
}

fn impatient(config: Config) -> Config {
    let mut policy = RetryPolicy::default();
    policy.tries = 2;
    policy.first_pause = Duration::from_millis(1);
    policy.longest_pause = Duration::from_millis(2);
    config.retry(policy).timeout(Duration::from_millis(25))
}

fn every_operation_with_every_fault(planted: &mut Planted) {
    for run in GROUPS.iter().flatten() {
        for (operation, body) in &run.answers {
            planted.add_answer(operation, body);
        }
    }
    let names: Vec<[BTreeSet<_>; 2]> = std::thread::scope(|scope| {
        let groups: Vec<_> = GROUPS
            .iter()
            .map(|[run, _]| {
                scope.spawn(|| {
                    let blocking = with_every_fault::<Blocking>(&run.sandbox);
                    [blocking, with_every_fault::<Async>(&run.sandbox)]
                })
            })
            .collect();
        let mut names = Vec::new();
        for group in groups {
            names.push(group.join().unwrap().map(|(called, found)| {
                planted.texts.extend(found.texts);
                called
            }));
        }
        names
    });
    for run in GROUPS.iter().flatten() {
        for request in run.sandbox.requests() {
            planted.add_request(&request);
        }
    }
    for front in 0..2 {
        let called: BTreeSet<_> = names.iter().flat_map(|it| &it[front]).collect();
        assert_eq!(called.len(), OPERATIONS.len(), "{called:?}");
    }
}

/// The operations that were called once more, and the secrets that came.
fn with_every_fault<F: Front>(sandbox: &Sandbox) -> (BTreeSet<&'static str>, Planted) {
    let config = impatient(Config::new(sandbox.environment()));
    let mut faulty = Faulty {
        front: F::new(&observed(config, F::NAME)).unwrap(),
        sandbox,
        requests: &sandbox.requests(),
        planted: Planted::default(),
        called: BTreeSet::new(),
    };
    visit_operations(&mut faulty);
    (faulty.called, faulty.planted)
}

/// What no group does: codes that are wrong, a proxy with a password, TLS.
fn by_other_ways<F: Front>(planted: &mut Planted) {
    let sandbox = Sandbox::builder().seed(seed()).start().unwrap();
    let config = impatient(Config::new(sandbox.environment()));
    let front = F::new(&observed(config, F::NAME)).unwrap();
    let update = UpdateInvoice::new(INVOICE.parse().unwrap())
        .buyer_sms("+15551234567")
        .sms_code("83920174");
    planted.add("83920174");
    show(&update);
    show_error(&front.call(&merchant(), &update).unwrap_err());
    let claim = ClaimPairing::new(key(1).sin().clone(), "Zq4RRAz".parse().unwrap());
    planted.add("Zq4RRAz");
    show(&claim);
    show_error(&front.call(&bitpay_core::Anonymous, &claim).unwrap_err());
    for request in sandbox.requests() {
        planted.add_request(&request);
    }

    let authority = Authority::new();
    let host = "bitpay.sandbox.test";
    let (server, received) = authority.serve(host, |_| Reply::data(MADE));
    let get = GetInvoice::new(INVOICE.parse().unwrap());
    for tunnel in [Tunnel::to(server.port()), Tunnel::refusing(407)] {
        let proxy = format!(
            "http://user:sword-fish-91@127.0.0.1:{}",
            tunnel.server.port()
        );
        let proxy = Proxy::Url(ProxyUrl::parse(&proxy).unwrap());
        let config = Config::new(format!("https://{host}/").parse().unwrap())
            .proxy(proxy)
            .extra_root(authority.pem.clone())
            .timeout(Duration::from_secs(4));
        show(&config);
        let front = F::new(&observed(config.retry(RetryPolicy::off()), F::NAME)).unwrap();
        show(&front);
        match front.call(&merchant(), &get) {
            Ok(answer) => show(&answer),
            Err(error) => show_error(&error),
        }
        // As it goes to the proxy.
        planted.add("sword-fish-91");
        planted.add("dXNlcjpzd29yZC1maXNoLTkx");
        assert!(!tunnel.asked().is_empty() || received.lock().unwrap().is_empty());
    }
    for one in received.lock().unwrap().iter() {
        planted.add(one.header("x-signature").unwrap());
    }
    assert_eq!(received.lock().unwrap().len(), 1, "{}", F::NAME);
    planted.add(MERCHANT_TOKEN);
    planted.add(KEY);
    show(&merchant());
    show(&Identity::new(PrivateKey::from_hex(KEY).unwrap()));
}

fn webhooks(planted: &mut Planted) {
    let secret = "Kq3wJXn8rVbYtPzL5mGdHs7FcA2eU9iR";
    let body = br#"{"id":"G3viJEJgE8Jk2oekSdgT2A","event":{"code":1003,"name":"invoice_paidInFull"},"data":{}}"#;
    let signature = Verifier::sign(secret, body);
    planted.add(secret);
    planted.add(&signature);
    let verifier = Verifier::new().with("merchant", secret);
    show(&verifier);
    show(&verifier.verify(body, &signature));
    show(
        &verifier
            .verify(body, &signature)
            .map(|verified| verified.event()),
    );
    show(&Unverified::read(body));
    for wrong in [
        &signature[1..],
        "",
        &format!("{signature}x"),
        &Verifier::sign("other", body),
    ] {
        let error = verifier.verify(body, wrong).unwrap_err();
        show_error(&error);
    }
    show_error(&verifier.verify(b"{}", &signature).unwrap_err());
}

/// The program, with all that it can be made to say.
fn program(planted: &mut Planted) {
    let sandbox = Sandbox::builder().seed(seed()).start().unwrap();
    let url = sandbox.base_url().to_string();
    let run = |args: &[&str], input: &str| -> String {
        print(&args.join(" "));
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let io = bitpay_cli::Io::new(input.as_bytes(), &mut out, &mut err);
        let io = io.verbose(Arc::new(|text| print(&format!("program {text}"))));
        let args = [&["bitpay", "--verbose"], args].concat();
        let code = bitpay_cli::run(args, io);
        let out = String::from_utf8(out).unwrap();
        print(&format!("{code} {out} {}", String::from_utf8_lossy(&err)));
        out
    };
    let asked = run(
        &["pair", "--env", &url, "--facade", "merchant", "--json"],
        "",
    );
    // It is shown to be approved: that is what it is for.
    let (_, code) = asked
        .split_once("pairingCode")
        .or_else(|| asked.split_once("code"))
        .unwrap();
    let code: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(7)
        .collect();
    sandbox.approve(&code.parse().unwrap()).unwrap();
    run(&["pair"], "");
    let id = run(&["invoice", "create", "20", "USD", "--json"], "");
    let (_, id) = id.split_once(r#""id":""#).unwrap();
    let id = id.split('"').next().unwrap();
    for args in [
        &["whoami"][..],
        &["tokens"],
        &["invoice", "get", id],
        &["invoice", "list"],
        &["ledger"],
        &["rates"],
        &["sin", "list"],
        &["doctor"],
        &["config"],
        &["call", "list_tokens", "--json"],
        &[
            "call",
            "get_invoice_event_token",
            "--data",
            &format!("{{\"id\":\"{id}\"}}"),
        ],
        &[
            "call",
            "resend_invoice_webhook",
            "--data",
            &format!("{{\"id\":\"{id}\"}}"),
        ],
        &["call", "GET", "/tokens", "--facade", "merchant"],
        &[
            "call",
            "GET",
            "/invoices/none",
            "--facade",
            "merchant",
            "--json",
        ],
    ] {
        run(args, "");
    }
    for fault in ["malformed", "truncated", "bad-gateway"] {
        sandbox.inject(fault.parse::<Fault>().unwrap());
        run(&["invoice", "get", id], "");
    }
    let sms = format!(r#"{{"id":"{id}","buyerSms":"+15551234567","smsCode":"60918273"}}"#);
    planted.add("60918273");
    run(&["call", "update_invoice", "--data", "-"], &sms);
    run(&["call", "update_invoice", "--json", "--data", "-"], &sms);
    let requests = sandbox.requests();
    assert!(
        requests
            .iter()
            .any(|it| it.operation == Some("update_invoice"))
    );
    for request in &requests {
        planted.add_request(request);
    }
    let home = std::env::var("BITPAY_HOME").unwrap();
    let profile = std::fs::read_to_string(format!("{home}/default.json")).unwrap();
    for line in profile
        .split('"')
        .filter(|it| it.len() >= 32 && !it.contains([' ', ':', '/']))
    {
        planted.add(line);
    }
    // Its journal is for everyone to read who may read the profile's name.
    for entry in std::fs::read_dir(&home).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && !path.ends_with("default.json") {
            print(&std::fs::read_to_string(path).unwrap());
        }
    }
    planted.texts.remove(&code);
    // The name of a key is none.
    planted
        .texts
        .retain(|it| bitpay_core::Sin::parse(it).is_err());
}

#[test]
fn no_secret_shows_in_any_output_at_any_level() {
    if !is_alone() {
        let home = tempfile::tempdir().unwrap();
        let name = "secrets::no_secret_shows_in_any_output_at_any_level";
        let done = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture"])
            .env(ALONE, "1")
            .env("BITPAY_HOME", home.path().join("store"))
            .env_remove("RUST_LOG")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned()
            + &String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    struct Output;
    impl io::Write for Output {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            output().extend_from_slice(text);
            Ok(text.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    // With it comes what is written by the crate `log`.
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(|| Output)
        .init();

    let mut planted = Planted::default();
    every_operation_with_every_fault(&mut planted);
    by_other_ways::<Blocking>(&mut planted);
    by_other_ways::<Async>(&mut planted);
    webhooks(&mut planted);
    program(&mut planted);
    log::trace!("what others write at this level is there when no call is under way");

    let output = std::mem::take(&mut *output());
    let text = String::from_utf8_lossy(&output);
    // It can only fail when it has seen something.
    for operation in OPERATIONS {
        let name = operation.name;
        for seen in [
            format!("blocking * {name}\n"),
            format!("async * {name}\n"),
            format!("DEBUG {name}: bitpay: request number=1"),
            format!("TRACE {name}: bitpay: request headers="),
            format!("TRACE {name}: bitpay: answer headers="),
            format!(" INFO {name}{{"),
        ] {
            assert!(text.contains(&seen), "{seen} was not seen");
        }
    }
    for seen in [
        "DEBUG ureq::",
        "DEBUG ureq_proto::",
        "DEBUG reqwest::",
        "TRACE hyper_util::",
        "DEBUG rustls::",
        "program * ",
        "no call is under way",
    ] {
        assert!(text.contains(seen), "{seen} was not seen");
    }
    let signatures = planted.texts.iter().filter(|text| text.starts_with("304"));
    assert!(signatures.count() > OPERATIONS.len() && planted.texts.len() > 150);
    println!(
        "{} secrets, {} bytes of output",
        planted.texts.len(),
        output.len()
    );
    planted.assert_hidden(&output);
}

/// The check itself finds what it should.
#[test]
#[should_panic = "a part of"]
fn a_secret_that_shows_is_found() {
    let mut planted = Planted::default();
    planted.add_answer("get_invoice", r#"{"data":{"token" : "8nPJSGgi7omxcbGG"}}"#);
    planted.assert_hidden(b"some text, and Ggi7omxc in it");
}
