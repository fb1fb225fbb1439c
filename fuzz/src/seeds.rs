//! Inputs to begin with, made of the fixtures of the core: nothing is kept twice, and what is added there is
//! begun with here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use bitpay_core::Guid;
use bitpay_core::operation::OPERATIONS;
use bitpay_core::server::Received;

/// The fixtures, by the name of their operation.
fn fixtures() -> PathBuf {
    let below = "crates/bitpay-core/tests/fixtures";
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut above = here.ancestors().map(|folder| folder.join(below));
    above.find(|path| path.is_dir()).expect("the workspace")
}

/// The files of an operation with this ending, in their order.
fn files(operation: &str, ending: &str) -> Vec<String> {
    let folder = fixtures().join(operation);
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == ending));
    paths.sort();
    let read = |path: PathBuf| fs::read_to_string(&path).expect("a text");
    paths.into_iter().map(read).collect()
}

/// A request as it is written down: the request line, and after an empty line the body. Lines are joined.
fn joined(request: &str) -> (String, String) {
    let (line, body) = request.split_once("\n\n").unwrap_or((request, ""));
    let joined = |text: &str| text.lines().collect::<String>();
    (joined(line), joined(body))
}

fn read(line: &str, body: &str) -> Option<Received> {
    let (method, target) = line.split_once(' ')?;
    let fallback = Guid::derived("not", "used");
    Received::new(method.parse().ok()?, target, body.as_bytes(), fallback).ok()
}

/// The request of an operation that its fixtures answer.
pub fn request(operation: &str) -> &'static Received {
    static REQUESTS: OnceLock<BTreeMap<&str, Received>> = OnceLock::new();
    let all = REQUESTS.get_or_init(|| {
        let one = |name: &'static str| {
            let path = fixtures().join(name).join("request.http");
            let (line, body) = joined(&fs::read_to_string(path).expect("a request"));
            (name, read(&line, &body).expect("a request"))
        };
        OPERATIONS.iter().map(|it| one(it.name)).collect()
    });
    &all[operation]
}

/// What a target begins with, besides its corpus.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    if target == "import" {
        let folder = fixtures().join("../../../bitpay-store/tests/fixtures/import");
        let entries = fs::read_dir(folder).expect("what the SDKs keep");
        let mut paths: Vec<PathBuf> = entries.map(|it| it.expect("a file").path()).collect();
        paths.sort();
        for content in paths.iter().map(|path| fs::read(path).expect("a file")) {
            seeds.extend((0..3).map(|pick| [&[pick][..], &content].concat()));
        }
    }
    for (index, operation) in OPERATIONS.iter().enumerate() {
        let index = u8::try_from(index).expect("one byte picks an operation");
        match target {
            "answer" => {
                for body in files(operation.name, "json") {
                    seeds.push([&[index], body.as_bytes()].concat());
                }
            }
            "rows" => {
                let kind = match operation.name {
                    "list_invoices" => 1,
                    "get_ledger_entries" => 2,
                    "get_settlement_report" => 3,
                    _ => continue,
                };
                for body in files(operation.name, "json") {
                    seeds.push([&[kind, 7], body.as_bytes()].concat());
                    seeds.push([&[0, 3], body.as_bytes()].concat());
                }
            }
            "request" => {
                for request in files(operation.name, "http") {
                    let (line, body) = joined(&request);
                    seeds.push(format!("{line}\n{body}").into_bytes());
                }
            }
            _ => {}
        }
    }
    seeds
}

/// Writes them where a fuzz target that has just been started looks for its inputs: into the folder that
/// `FUZZ_SEEDS` names.
pub fn write(target: &str) {
    let Some(folder) = std::env::var_os("FUZZ_SEEDS") else {
        return;
    };
    for (number, seed) in of(target).iter().enumerate() {
        let path = Path::new(&folder).join(format!("seed-{number}"));
        fs::write(path, seed).expect("the folder is there");
    }
}
