//! How often each step asks for memory: more often is slower, on every machine.

// This crate is test code throughout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use allocation_counter::measure;
use bitpay_bench::pure::Pure;

/// The fewest of several runs: what is made once is not counted.
fn allocations(mut work: impl FnMut()) -> u64 {
    (0..3)
        .map(|_| measure(&mut work).count_total)
        .min()
        .unwrap()
}

#[test]
fn a_signature_takes_its_text_and_no_more() {
    let pure = Pure::default();
    assert_eq!(allocations(|| pure.sign()), 1);
}

#[test]
fn a_call_less_its_signature_is_prepared_with_twelve_at_most() {
    let pure = Pure::default();
    let made = allocations(|| drop(pure.prepare())) - allocations(|| pure.sign());
    assert!(made <= 12, "{made} allocations");
}

#[test]
fn an_answer_is_read_with_fifty_seven_at_most() {
    let pure = Pure::default();
    let with_call = allocations(|| pure.receive(&mut pure.prepare().0));
    let made = with_call - allocations(|| drop(pure.prepare()));
    assert!(made <= 57, "{made} allocations");
}
