//! Every operation, through both fronts, against the sandbox: equal requests, equal results.
//!
//! A group of operations is a file below `operations/` with a macro of its calls, and a line in the
//! test here.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::LazyLock;

use bitpay_core::model::invoice::Invoice;
use bitpay_core::operation::OPERATIONS;
use bitpay_core::{Answer, Config, Guid, Identity, PrivateKey};
use bitpay_sandbox::Sandbox;

/// Makes the runs of a group: `$calls!(seen, client, run)` makes its calls on a client without a
/// credential, as `run!(client.some_call(..))`, and shows each answer to `seen.see(..)`.
macro_rules! group {
    ($calls:ident) => {
        /// The calls through both fronts.
        pub(super) fn runs() -> [Run; 2] {
            let mut seen = Recorder::new();
            let config = config_of(&seen.sandbox, "blocking");
            let client = bitpay_blocking::Client::from_config(&config).unwrap();
            $calls!(seen, client, now);
            let blocking = seen.finish();

            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let awaited = runtime.block_on(async {
                let mut seen = Recorder::new();
                let config = config_of(&seen.sandbox, "async");
                let client = bitpay_async::Client::from_config(&config).unwrap();
                $calls!(seen, client, later);
                seen.finish()
            });
            [blocking, awaited]
        }
    };
}

macro_rules! now {
    ($call:expr) => {
        $call.unwrap()
    };
}

macro_rules! later {
    ($call:expr) => {
        $call.await.unwrap()
    };
}

mod invoices;
mod ledgers;
mod merchant;
mod payouts;

/// What one front did: the requests as the sandbox received them, and the results.
pub(crate) struct Run {
    requests: Vec<(String, String)>,
    results: Vec<String>,
    operations: BTreeSet<String>,
    /// The bodies of the answers, each with its operation.
    pub(crate) answers: Vec<(&'static str, String)>,
    /// What it was done with, as it stands afterwards.
    pub(crate) sandbox: Sandbox,
}

/// Everything is told, to whoever listens: see `secrets.rs`.
fn config_of(sandbox: &Sandbox, front: &'static str) -> Config {
    crate::secrets::observed(Config::new(sandbox.environment()), front)
}

struct Recorder {
    sandbox: Sandbox,
    results: Vec<String>,
    answers: Vec<(&'static str, String)>,
}

/// The groups, each through both fronts.
pub(crate) static GROUPS: LazyLock<[[Run; 2]; 4]> = LazyLock::new(|| {
    [
        invoices::runs(),
        ledgers::runs(),
        merchant::runs(),
        payouts::runs(),
    ]
});

impl Recorder {
    fn new() -> Self {
        let began = "2026-03-01T12:00:00Z".parse().unwrap();
        let sandbox = Sandbox::builder()
            .seed(crate::secrets::seed())
            .frozen_at(began)
            .start()
            .unwrap();
        Self {
            sandbox,
            results: Vec::new(),
            answers: Vec::new(),
        }
    }

    fn see<T: Debug>(&mut self, answer: &Answer<T>) {
        crate::secrets::shown(answer);
        let body = String::from_utf8_lossy(answer.body()).into_owned();
        self.results.push(format!("{:?} {body}", &**answer));
        self.answers.push((answer.operation(), body));
    }

    /// An item of the stream of events, which is no answer of its own.
    fn show(&mut self, invoice: &Invoice) {
        crate::secrets::shown(invoice);
        self.results.push(format!("{invoice:?}"));
        let written = serde_json::to_string(invoice).unwrap();
        self.answers.push(("subscribe_invoice_events", written));
    }

    fn finish(self) -> Run {
        let log = self.sandbox.requests();
        let describe = |request: &bitpay_sandbox::SeenRequest| {
            let mut headers: Vec<String> = request
                .headers
                .iter()
                .filter(|(name, _)| {
                    name.as_str().starts_with("x-")
                        || name.as_str() == "content-type"
                        || *name == "accept"
                })
                // The port, which is signed, differs from one sandbox to the next.
                .filter(|(name, _)| name.as_str() != "x-signature")
                .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
                .collect();
            headers.sort();
            let body = String::from_utf8_lossy(&request.body);
            format!("{} {} {headers:?} {body}", request.method, request.target)
        };
        Run {
            requests: log
                .iter()
                .map(|request| {
                    (
                        request.operation.unwrap_or("none").to_owned(),
                        describe(request),
                    )
                })
                .collect(),
            results: self
                .results
                .into_iter()
                .map(|text| without_port(&text))
                .collect(),
            operations: log
                .iter()
                .filter_map(|request| request.operation)
                .map(str::to_owned)
                .collect(),
            answers: self.answers,
            sandbox: self.sandbox,
        }
    }
}

/// Links in the results hold the sandbox's own address.
fn without_port(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("127.0.0.1:") {
        let after = at + "127.0.0.1:".len();
        out.push_str(&rest[..after]);
        rest = rest[after..].trim_start_matches(|c: char| c.is_ascii_digit());
    }
    out + rest
}

fn guid(text: &str) -> Guid {
    Guid::derived("every operation", text)
}

pub(crate) fn key(byte: u8) -> Identity {
    Identity::new(PrivateKey::from_bytes(&[byte; 32]).unwrap())
}

#[test]
fn both_fronts_send_and_read_the_same_for_every_operation() {
    let mut called = BTreeSet::new();
    for [blocking, awaited] in &*GROUPS {
        assert_eq!(blocking.requests.len(), awaited.requests.len());
        for (blocking, awaited) in blocking.requests.iter().zip(&awaited.requests) {
            assert_eq!(blocking, awaited);
        }
        assert_eq!(blocking.results.len(), awaited.results.len());
        for (blocking, awaited) in blocking.results.iter().zip(&awaited.results) {
            assert_eq!(blocking, awaited);
        }
        called.extend(blocking.operations.iter().cloned());
    }
    let every: BTreeSet<String> = OPERATIONS
        .iter()
        .map(|operation| operation.name.to_owned())
        .collect();
    assert_eq!(
        called, every,
        "an operation of the table is not called here"
    );
}
