//! `docs/sandbox.md`, which no package has.

use std::collections::BTreeSet;

use bitpay_sandbox::Sandbox;
use serde_json::Value;

const GUIDE: &str = include_str!("../../../../docs/sandbox.md");

#[test]
fn the_guide_has_every_call_outcome_and_fault_as_the_sandbox_lists_them() {
    let sandbox = Sandbox::start().unwrap();
    let base = sandbox.base_url();
    let mut list = ureq::get(format!("{base}/sandbox/")).call().unwrap();
    let list: Value = serde_json::from_str(&list.body_mut().read_to_string().unwrap()).unwrap();
    let list = &list["data"];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut rows = Vec::new();
    for call in list["calls"].as_array().unwrap() {
        let example = match text(&call["example"]).as_str() {
            "" => String::new(),
            example => format!("`{example}`"),
        };
        let (method, path) = (text(&call["method"]), text(&call["path"]));
        rows.push(format!(
            "| `{method} {path}` | {example} | {} |",
            text(&call["does"])
        ));
    }
    for kind in ["orderIds", "emails", "faults"] {
        for named in list[kind].as_array().unwrap() {
            rows.push(format!(
                "| `{}` | {} |",
                text(&named["name"]),
                text(&named["does"])
            ));
        }
    }
    assert!(rows.len() > 40);
    for row in &rows {
        assert!(GUIDE.contains(row.as_str()), "docs/sandbox.md lacks\n{row}");
    }
    // And no more than these, in the tables before the last section.
    let (tables, _) = GUIDE
        .split_once("## What BitPay's documentation leaves open")
        .unwrap();
    let lines = tables.lines().filter(|line| line.starts_with("| `"));
    let header = |line: &&str| !line.starts_with("| `orderId`");
    let lines: BTreeSet<_> = lines.filter(header).collect();
    let rows: BTreeSet<_> = rows.iter().map(String::as_str).collect();
    let more: Vec<_> = lines.difference(&rows).collect();
    assert!(more.is_empty(), "the sandbox has none of {more:#?}");
}
