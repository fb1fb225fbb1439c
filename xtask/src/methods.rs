//! Reads `methods.toml`: what the methods of BitPay's official SDKs are called here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde::Deserialize;

use crate::ci::tidy::rust_files;
use crate::root;
use crate::table::Row;

/// Where the table is, below the workspace.
pub(crate) const PATH: &str = "crates/bitpay-conformance/sdk/methods.toml";

/// Crates whose methods may be named.
const OURS: &[&str] = &["bitpay-blocking", "bitpay-core", "bitpay-store"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Methods {
    node: Sdk,
    python: Sdk,
    pub(crate) read: Vec<ReadSdk>,
    #[serde(rename = "group")]
    pub(crate) groups: Vec<Group>,
}

/// One that is installed and compared.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sdk {
    /// As its driver says it, with the version.
    pub(crate) sdk: String,
    pub(crate) column: String,
}

/// One whose source was read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadSdk {
    /// Of its names in a call.
    key: String,
    pub(crate) source: String,
    pub(crate) column: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) heading: String,
    pub(crate) calls: Vec<Call>,
}

// A field that is not known is taken for the key of one that was read, so `parse` looks at the keys.
#[derive(Deserialize)]
pub(crate) struct Call {
    #[serde(default)]
    pub(crate) node: Vec<String>,
    #[serde(default)]
    pub(crate) python: Vec<String>,
    pub(crate) here: Vec<String>,
    #[serde(default)]
    pub(crate) note: String,
    /// By the keys of those that were read.
    #[serde(flatten)]
    read: BTreeMap<String, Vec<String>>,
}

/// The table, if all that it says of us is true.
pub(crate) fn read(rows: &[Row]) -> Result<Methods, String> {
    let text = fs::read_to_string(root().join(PATH)).map_err(|error| format!("{PATH}: {error}"))?;
    let methods = parse(&text)?;
    let mut sources = Vec::new();
    for name in OURS {
        for file in rust_files(&root().join("crates").join(name).join("src"))? {
            let source = fs::read_to_string(&file)
                .map_err(|error| format!("{}: {error}", file.display()))?;
            sources.push(source);
        }
    }
    let unknown: Vec<&str> = methods
        .calls()
        .flat_map(|call| &call.here)
        .map(String::as_str)
        .filter(|name| !is_ours(name, rows, &sources))
        .collect();
    if unknown.is_empty() {
        Ok(methods)
    } else {
        Err(format!("{PATH}: we have no {}", unknown.join(", ")))
    }
}

/// The table, if each call is of SDKs that it has.
fn parse(text: &str) -> Result<Methods, String> {
    let methods: Methods = toml::from_str(text).map_err(|error| format!("{PATH}: {error}"))?;
    let is_known = |key: &&String| methods.read.iter().any(|sdk| sdk.key == **key);
    let unknown = methods
        .calls()
        .flat_map(|call| call.read.keys())
        .find(|key| !is_known(key));
    match unknown {
        Some(key) => Err(format!("{PATH}: there is no [[read]] of {key}")),
        None => Ok(methods),
    }
}

impl Call {
    /// The names for it in an SDK that was read.
    pub(crate) fn in_read(&self, sdk: &ReadSdk) -> &[String] {
        self.read.get(&sdk.key).map_or(&[], Vec::as_slice)
    }
}

impl Methods {
    fn calls(&self) -> impl Iterator<Item = &Call> {
        self.groups.iter().flat_map(|group| &group.calls)
    }

    /// Those that are compared, and their names for the same.
    pub(crate) fn installed(&self) -> [(&Sdk, BTreeSet<&str>); 2] {
        let names = |of: fn(&Call) -> &Vec<String>| -> BTreeSet<&str> {
            self.calls().flat_map(of).map(String::as_str).collect()
        };
        [
            (&self.node, names(|call| &call.node)),
            (&self.python, names(|call| &call.python)),
        ]
    }

    /// How many names for methods an SDK that was read has. One that is overloaded is one name.
    pub(crate) fn count_read(&self, sdk: &ReadSdk) -> usize {
        let names: BTreeSet<&String> = self.calls().flat_map(|call| call.in_read(sdk)).collect();
        names.len()
    }

    /// What is not as in the table, of an SDK that says which it is and what its methods are.
    pub(crate) fn wrong(&self, sdk: &str, there: &[String]) -> Vec<String> {
        let known = self.installed();
        let of_it =
            |(known, _): &&(&Sdk, BTreeSet<&str>)| sdk.starts_with(&format!("{},", known.sdk));
        let Some((_, listed)) = known.iter().find(of_it) else {
            return vec![format!("{PATH}: not of this version: {sdk}")];
        };
        let there: BTreeSet<&str> = there.iter().map(String::as_str).collect();
        let missing = there
            .difference(listed)
            .map(|it| format!("{PATH}: lacks {it} of {sdk}"));
        let stale = listed
            .difference(&there)
            .map(|it| format!("{PATH}: {sdk} has no {it}"));
        missing.chain(stale).collect()
    }
}

/// An operation, or a method of a type.
fn is_ours(name: &str, rows: &[Row], sources: &[String]) -> bool {
    let Some((of, method)) = name.split_once("::") else {
        return rows.iter().any(|row| row.method_name() == name);
    };
    let is_impl = |line: &str| {
        line.starts_with("impl")
            && [" {", "<"]
                .iter()
                .any(|end| line.contains(&format!(" {of}{end}")))
    };
    let is_method = |line: &str| {
        let declared = line.trim_start().strip_prefix("pub ");
        declared.is_some_and(|it| {
            ["(", "<"]
                .iter()
                .any(|end| it.contains(&format!("fn {method}{end}")))
        })
    };
    let has = |source: &&String| source.lines().any(is_impl) && source.lines().any(is_method);
    sources.iter().any(|source| has(&source))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_is_missing_or_gone_is_named() {
        let rows = crate::table::read().unwrap().rows;
        let methods = read(&rows).unwrap();
        let [(node, names), _] = methods.installed();
        let version = format!("{}, Node v20", node.sdk);
        let mut there: Vec<String> = names.iter().map(|it| (*it).to_owned()).collect();
        assert!(methods.wrong(&version, &there).is_empty());
        there[0] = "brandNew".to_owned();
        let problems = methods.wrong(&version, &there).join("; ");
        assert!(problems.contains("lacks brandNew"), "{problems}");
        assert!(problems.contains("has no cancelInvoice"), "{problems}");
        assert_eq!(
            methods
                .wrong("npm bitpay-sdk 9.0.0, Node v20", &there)
                .len(),
            1
        );
    }

    #[test]
    fn a_column_that_there_is_not_is_named() {
        let table = |call: &str| {
            format!(
                "node = {{ sdk = \"n\", column = \"N\" }}\npython = {{ sdk = \"p\", column = \"P\" }}\n\
                 read = [{{ key = \"java\", column = \"Java\", source = \"S\" }}]\n\
                 [[group]]\nheading = \"H\"\ncalls = [{{ {call}, here = [] }}, {{ java = [\"a\", \"b\"], here = [] }}]\n"
            )
        };
        let methods = parse(&table("java = [\"a\"]")).unwrap();
        assert_eq!(methods.count_read(&methods.read[0]), 2);
        assert_eq!(
            methods.groups[0].calls[1].in_read(&methods.read[0]).len(),
            2
        );
        let problem = parse(&table("jva = [\"a\"]")).err().unwrap();
        assert!(problem.contains("no [[read]] of jva"), "{problem}");
    }

    #[test]
    fn a_method_of_ours_that_there_is_not_is_named() {
        let rows = crate::table::read().unwrap().rows;
        let sources = [
            "impl<C> Client<C> {\n    pub fn with<D>(&self) {}\n    fn hidden() {}\n}\n".to_owned(),
        ];
        for (name, is_there) in [
            ("create_invoice", true),
            ("Client::with", true),
            ("make_invoice", false),
            ("Client::wit", false),
            ("Client::hidden", false),
            ("Clien::with", false),
        ] {
            assert_eq!(is_ours(name, &rows, &sources), is_there, "{name}");
        }
    }
}
