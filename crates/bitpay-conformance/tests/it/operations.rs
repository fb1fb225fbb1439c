//! Every operation, through both fronts, against the sandbox: equal requests, equal results.
//!
//! A group of operations is a file below `operations/` with a macro of its calls, and a line in the
//! test here.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::LazyLock;

use bitpay_core::operation::OPERATIONS;
use bitpay_core::{Answer, Guid, Identity, PrivateKey};
use bitpay_sandbox::Sandbox;

/// Makes the runs of a group: `$calls!(seen, client, run)` makes its calls on a client without a
/// credential, as `run!(client.some_call(..))`, and shows each answer to `seen.see(..)`.
macro_rules! group {
    ($calls:ident) => {
        /// The calls through both fronts.
        pub(super) fn runs() -> [Run; 2] {
            let mut seen = Recorder::new();
            let client = bitpay_blocking::Client::new(seen.sandbox.environment()).unwrap();
            $calls!(seen, client, now);
            let blocking = seen.finish();

            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let awaited = runtime.block_on(async {
                let mut seen = Recorder::new();
                let client = bitpay_async::Client::new(seen.sandbox.environment()).unwrap();
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
        let sandbox = Sandbox::builder().seed(7).frozen_at(began).start().unwrap();
        Self {
            sandbox,
            results: Vec::new(),
            answers: Vec::new(),
        }
    }

    fn see<T: Debug>(&mut self, answer: &Answer<T>) {
        let body = String::from_utf8_lossy(answer.body()).into_owned();
        self.results.push(format!("{:?} {body}", &**answer));
        self.answers.push((answer.operation(), body));
    }

    fn show(&mut self, item: &impl Debug) {
        self.results.push(format!("{item:?}"));
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

fn key(byte: u8) -> Identity {
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
