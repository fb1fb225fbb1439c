//! Whether what is measured is what is answered.

// This crate is test code throughout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use bitpay_bench::samples;
use bitpay_blocking::{Client, Grant, Merchant};
use bitpay_core::model::ledger::{LedgerCode, LedgerEntry};
use bitpay_sandbox::Sandbox;
use serde_json::Value;

#[test]
fn the_sample_has_the_members_of_an_answer() {
    let sandbox = Sandbox::builder().seed(1).start().unwrap();
    let grant: Grant<Merchant> = sandbox.grant(samples::key());
    let shop = Client::new(sandbox.environment()).unwrap().with(grant);
    let made = shop.create_invoice(&samples::order()).unwrap();
    let names = |answer: &[u8]| -> BTreeSet<String> {
        let answer: Value = serde_json::from_slice(answer).unwrap();
        answer["data"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    assert_eq!(names(samples::INVOICE), names(made.body()));
}

#[test]
fn entries_of_the_sample_are_read_and_are_all_as_long() {
    let length = samples::entry(0).len();
    for number in [0, 9, 99_999, 999_999] {
        let text = samples::entry(number);
        assert_eq!(text.len(), length);
        let entry: LedgerEntry = serde_json::from_str(&text).unwrap();
        assert_eq!(entry.code, LedgerCode::INVOICE);
    }
}
