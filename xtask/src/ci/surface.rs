//! Whose types our public interfaces name: a new major version of such a crate is one of ours.
//!
//! Read from rustdoc's JSON, which only a nightly rustdoc writes, or one that is told that it is
//! nightly. This program stands in for rustdoc to tell it, and only it: told to all compilers, it
//! would build every dependency once more.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use serde::Deserialize;
use serde_json::Value;

use crate::{Outcome, api, root};

/// What each library shows of others.
const SHOWN: &[(&str, &[&str])] = &[
    (
        "bitpay_core",
        &[
            "bytes::Bytes",
            "http::HeaderMap",
            "http::Method",
            "http::Request",
            "http::StatusCode",
            "jiff::Date",
            "jiff::Timestamp",
            "rust_decimal::Decimal",
            "schemars::JsonSchema",
            "schemars::Schema",
            "schemars::SchemaGenerator",
            "schemars::schemars",
            "serde_core::Deserialize",
            "serde_core::DeserializeOwned",
            "serde_core::Deserializer",
            "serde_core::Serialize",
            "serde_core::Serializer",
            "serde_json::Error",
            "serde_json::RawValue",
            "zeroize::Zeroizing",
        ],
    ),
    ("bitpay_blocking", &["ureq::Agent in from_agent"]),
    (
        "bitpay_async",
        &["futures_core::Stream", "reqwest::Client in from_http"],
    ),
    (
        "bitpay_store",
        &[
            "jiff::Timestamp",
            "keyring_core::CredentialStore",
            "zeroize::Zeroizing",
        ],
    ),
    (
        "bitpay_sandbox",
        &[
            "bytes::Bytes",
            "http::HeaderMap",
            "http::Method",
            "http::Request",
            "http::Response",
            "jiff::Timestamp",
            "serde_core::Deserialize",
            "serde_core::Deserializer",
            "serde_core::Serialize",
            "serde_core::Serializer",
            "serde_json::Value",
        ],
    ),
    (
        "bitpay_system",
        &["jiff::Timestamp", "rustls_pki_types::CertificateDer"],
    ),
];

/// Whose types are in no signature, but for that of one constructor.
const HELD: &[&str] = &["reqwest", "ureq"];

/// Set for the rustdoc that this program stands in for.
const STAND_IN: &str = "XTASK_IS_RUSTDOC";

#[derive(Deserialize)]
struct Interface {
    index: BTreeMap<String, Item>,
    paths: BTreeMap<String, Named>,
    external_crates: BTreeMap<String, Crate>,
}

#[derive(Deserialize)]
struct Item {
    crate_id: u32,
    name: Option<String>,
    inner: Value,
}

#[derive(Deserialize)]
struct Named {
    crate_id: u32,
    path: Vec<String>,
}

#[derive(Deserialize)]
struct Crate {
    name: String,
}

/// Has rustdoc write its JSON of every library.
pub(crate) fn make_json() -> Outcome {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    crate::run(
        Command::new("cargo")
            .args(["doc", "--workspace", "--lib", "--no-deps", "--all-features"])
            .args(["--target-dir", "target"])
            .env("RUSTDOC", this)
            .env(STAND_IN, "1")
            .env("RUSTDOCFLAGS", "-Zunstable-options --output-format json")
            .current_dir(root()),
    )
}

/// Where it is, of one of them.
pub(crate) fn json_of(library: &str) -> PathBuf {
    root().join(format!("target/doc/{}.json", library.replace('-', "_")))
}

/// That the interfaces are those that are written down, and show of others what they may.
pub(super) fn check() -> Outcome {
    make_json()?;
    let mut problems: Vec<String> = api::compare().err().into_iter().collect();
    for (library, allowed) in SHOWN {
        let shown = shown(&read(library)?);
        if shown.is_empty() {
            problems.push(format!(
                "{library}: nothing found, not even what is expected"
            ));
        }
        let allowed: BTreeSet<String> = allowed.iter().map(|&it| it.to_owned()).collect();
        for name in shown.difference(&allowed) {
            problems.push(format!(
                "{library}: {name} is in a signature, and not on the list"
            ));
        }
        for name in allowed.difference(&shown) {
            problems.push(format!(
                "{library}: {name} is on the list, and in no signature"
            ));
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("\n"))
    }
}

/// Does rustdoc's work, if that is what this program was started for.
pub(crate) fn stand_in() -> Option<ExitCode> {
    std::env::var_os(STAND_IN)?;
    let mut rustdoc = Command::new("rustdoc");
    rustdoc
        .args(std::env::args_os().skip(1))
        .env("RUSTC_BOOTSTRAP", "1");
    Some(match crate::run(&mut rustdoc) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    })
}

fn read(library: &str) -> Result<Interface, String> {
    let file = json_of(library);
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))
}

/// Each type and trait of others, as its crate and its name.
fn shown(interface: &Interface) -> BTreeSet<String> {
    // What every type has, because others wrote an impl for every type.
    let of_others: HashSet<String> = (interface.index.values())
        .filter_map(|item| item.inner.get("impl"))
        .filter(|it| is_of_others(it))
        .filter_map(|it| it.get("items")?.as_array())
        .flatten()
        .map(Value::to_string)
        .collect();
    let mut shown = BTreeSet::new();
    for (id, item) in &interface.index {
        if item.crate_id != 0
            || of_others.contains(id)
            || item.inner.get("impl").is_some_and(is_of_others)
        {
            continue;
        }
        let mut named = Vec::new();
        names(&item.inner, &mut named);
        for named in named.iter().filter_map(|id| interface.paths.get(id)) {
            let of = interface.external_crates.get(&named.crate_id.to_string());
            let Some(of) = of.map(|it| it.name.as_str()) else {
                continue;
            };
            if ["core", "alloc", "std"].contains(&of) || of.starts_with("bitpay_") {
                continue;
            }
            let last = named.path.last().map_or("", String::as_str);
            shown.insert(match &item.name {
                Some(place) if HELD.contains(&of) => format!("{of}::{last} in {place}"),
                _ => format!("{of}::{last}"),
            });
        }
    }
    shown
}

fn is_of_others(it: &Value) -> bool {
    let blanket = it.get("blanket_impl").is_some_and(|it| !it.is_null());
    blanket || it.get("is_synthetic") == Some(&Value::Bool(true))
}

/// The ids of what is named anywhere in a signature, or exported under another name.
fn names(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(parts) => parts.iter().for_each(|it| names(it, found)),
        Value::Object(parts) => {
            let is_path = parts.contains_key("path") && parts.contains_key("args");
            if let Some(id) = parts.get("id")
                && (is_path || parts.contains_key("is_glob"))
            {
                found.push(id.to_string());
            }
            parts.values().for_each(|it| names(it, found));
        }
        _ => {}
    }
}
