//! The walk over a list, without a server.

use bitpay_core::model::invoice::{Invoice, InvoiceStatus, ListInvoices};
use bitpay_core::paging::Pages;
use bitpay_core::{Amount, Currency};
use proptest::prelude::*;

fn row(number: usize) -> Invoice {
    Invoice::new(
        format!("i{number}").parse().unwrap(),
        InvoiceStatus::New,
        Amount::from(1),
        Currency::USD,
    )
}

fn pages(limit: u32) -> Pages<ListInvoices> {
    let day = "2026-03-01".parse().unwrap();
    Pages::of(ListInvoices::new(day, day).limit(limit))
}

#[test]
fn a_server_that_repeats_its_page_does_not_hold_the_walk_for_ever() {
    let mut walk = pages(2);
    let mut asked = 0;
    let mut got = 0;
    while walk.next_page().is_some() {
        asked += 1;
        got += walk.told(vec![row(1), row(2)]).len();
    }
    assert_eq!(got, 2);
    assert!(asked <= 4, "asked {asked} times");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// The newest row is first; before each page some are added.
    #[test]
    fn what_was_there_at_the_start_comes_once(
        start in 0usize..40, limit in 1u32..6, added in proptest::collection::vec(0usize..3, 0..12),
    ) {
        let mut rows: Vec<usize> = (0..start).rev().collect();
        let mut walk = pages(limit);
        let mut got: Vec<String> = Vec::new();
        let mut added = added.into_iter();
        while let Some(list) = walk.next_page() {
            let (from, limit) = (list.offset.unwrap() as usize, list.limit.unwrap() as usize);
            let page = rows.iter().skip(from).take(limit).map(|number| row(*number)).collect();
            got.extend(walk.told(page).iter().map(|row| row.id.to_string()));
            for _ in 0..added.next().unwrap_or(0) {
                rows.insert(0, rows.len());
            }
        }
        prop_assert_eq!(walk.count(), got.len());
        let mut once = got.clone();
        once.sort();
        once.dedup();
        prop_assert_eq!(once.len(), got.len(), "repeated");
        // A walk may meet more added rows than its patience only when a page is a single row.
        if limit > 2 {
            for number in 0..start {
                prop_assert!(got.contains(&format!("i{number}")), "skipped {}", number);
            }
        }
    }
}
