//! The walk over a list, without a server.

use std::collections::BTreeMap;

use bitpay_core::model::invoice::{Invoice, InvoiceStatus, ListInvoices};
use bitpay_core::model::ledger::{GetLedgerEntries, LedgerCode, LedgerEntry};
use bitpay_core::paging::Walk;
use bitpay_core::time::Timestamp;
use bitpay_core::{Amount, Currency};
use jiff::{SignedDuration, Span};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn row(number: usize) -> Invoice {
    Invoice::new(
        format!("i{number}").parse().unwrap(),
        InvoiceStatus::New,
        Amount::from(1),
        Currency::USD,
    )
}

fn pages(limit: u32) -> Walk<ListInvoices> {
    let day = "2026-03-01".parse().unwrap();
    Walk::of(ListInvoices::new(day, day).limit(limit))
}

/// Tells the walk an answer; gives back the ids of the rows that are new.
fn told(walk: &mut Walk<ListInvoices>, rows: &[Invoice]) -> Vec<String> {
    let new = rows.iter().filter(|row| walk.keep(row));
    let new = new.map(|row| row.id.to_string()).collect();
    walk.end_of_answer();
    new
}

#[test]
fn a_server_that_repeats_its_page_does_not_hold_the_walk_for_ever() {
    let mut walk = pages(2);
    let mut asked = 0;
    let mut got = 0;
    while walk.next_request().is_some() {
        asked += 1;
        got += told(&mut walk, &[row(1), row(2)]).len();
    }
    assert_eq!(got, 2);
    assert!(asked <= 4, "asked {asked} times");
}

/// A server of ledger entries: in which zone its days begin, and whether the last day is in.
#[derive(Clone, Copy, Debug)]
struct Server {
    zone: i64,
    includes_last: bool,
}

impl Server {
    fn answers(self, request: &GetLedgerEntries, entries: &BTreeMap<u32, Timestamp>) -> Vec<u32> {
        let begins = |day: jiff::civil::Date| {
            let utc = jiff::tz::TimeZone::UTC
                .to_timestamp(day.at(0, 0, 0, 0))
                .unwrap();
            utc - SignedDuration::from_hours(self.zone)
        };
        let last = if self.includes_last {
            request.end_date.tomorrow().unwrap()
        } else {
            request.end_date
        };
        let window = begins(request.start_date)..begins(last);
        let inside = entries.iter().filter(|(_, time)| window.contains(time));
        inside.map(|(number, _)| *number).collect()
    }
}

fn entry(number: u32, time: Timestamp) -> LedgerEntry {
    let id = format!("e{number}").parse().unwrap();
    LedgerEntry::new(id, LedgerCode::INVOICE, 1.into(), 1.into(), time)
}

#[test]
fn a_ledger_is_asked_for_a_month_at_a_time_and_neighbours_share_a_day() {
    let days = ["2026-01-01", "2026-03-15"].map(|day| day.parse().unwrap());
    let mut walk = Walk::of(GetLedgerEntries::new(Currency::USD, days[0], days[1]));
    let mut asked = Vec::new();
    while let Some(request) = walk.next_request() {
        asked.push(format!("{} {}", request.start_date, request.end_date));
        walk.end_of_answer();
    }
    assert_eq!(
        asked,
        [
            "2026-01-01 2026-02-01",
            "2026-02-01 2026-03-04",
            "2026-03-04 2026-03-15"
        ]
    );
}

#[test]
fn pages_of_windows_are_walked_as_well() {
    let days = ["2026-01-01", "2026-01-03"].map(|day| day.parse().unwrap());
    let mut walk = Walk::of(ListInvoices::new(days[0], days[1]).limit(2).offset(1));
    walk.every(1);
    let mut asked = Vec::new();
    let mut got = Vec::new();
    // Each window has three rows; the last of one is the first of the next.
    let mut base = 0;
    while let Some(list) = walk.next_request() {
        let offset = list.offset.unwrap();
        asked.push(format!("{} {} {offset}", list.date_start, list.date_end));
        let rows: Vec<Invoice> = (base..base + 3).map(row).collect();
        let page: Vec<Invoice> = rows.iter().skip(offset as usize).take(2).cloned().collect();
        if page.len() < 2 {
            base += 2;
        }
        got.extend(told(&mut walk, &page));
    }
    assert_eq!(
        asked,
        [
            "2026-01-01 2026-01-02 1",
            "2026-01-01 2026-01-02 3",
            "2026-01-02 2026-01-03 0",
            "2026-01-02 2026-01-03 2",
            // A page that is not full may be what the server gives at a time.
            "2026-01-02 2026-01-03 3"
        ]
    );
    assert_eq!(got, ["i1", "i2", "i3", "i4"]);
}

#[test]
fn a_server_that_gives_fewer_rows_than_asked_for_does_not_cut_the_list_off() {
    for (rows, most, asks) in [(0, 3, 1), (2, 3, 2), (3, 3, 2), (8, 3, 4)] {
        let mut walk = pages(100);
        let mut got = Vec::new();
        let mut asked = 0;
        while let Some(list) = walk.next_request() {
            asked += 1;
            let all = (0..rows).map(row).skip(list.offset.unwrap() as usize);
            let page: Vec<Invoice> = all.take(most).collect();
            got.extend(told(&mut walk, &page));
        }
        assert_eq!((got.len(), asked), (rows, asks), "{rows} rows");
    }
    // As many rows as it gives at a time come in front while it is asked.
    let mut walk = pages(100);
    let mut all: Vec<usize> = (0..7).collect();
    let mut got = Vec::new();
    while let Some(list) = walk.next_request() {
        let page = all.iter().skip(list.offset.unwrap() as usize).take(3);
        let page: Vec<Invoice> = page.map(|number| row(*number)).collect();
        got.extend(told(&mut walk, &page));
        if all.len() == 7 {
            all.splice(0..0, 100..103);
        }
    }
    assert_eq!(got, (0..7).map(|it| format!("i{it}")).collect::<Vec<_>>());
    // One that does not page repeats itself, and is not asked for ever.
    let mut walk = pages(100);
    let mut asked = 0;
    while walk.next_request().is_some() {
        asked += 1;
        told(&mut walk, &[row(1), row(2)]);
    }
    assert_eq!(walk.count(), 2);
    assert!(asked <= 4, "asked {asked} times");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, rng_seed: RngSeed::Fixed(31), ..ProptestConfig::default() })]

    /// The newest row is first; before each page some are added.
    #[test]
    fn what_was_there_at_the_start_comes_once(
        start in 0usize..40, limit in 1u32..6, added in proptest::collection::vec(0usize..3, 0..12),
    ) {
        let mut rows: Vec<usize> = (0..start).rev().collect();
        let mut walk = pages(limit);
        let mut got: Vec<String> = Vec::new();
        let mut added = added.into_iter();
        while let Some(list) = walk.next_request() {
            let (from, limit) = (list.offset.unwrap() as usize, list.limit.unwrap() as usize);
            let page: Vec<Invoice> = rows.iter().skip(from).take(limit).map(|number| row(*number)).collect();
            got.extend(told(&mut walk, &page));
            for _ in 0..added.next().unwrap_or(0) {
                rows.insert(0, rows.len());
            }
        }
        prop_assert_eq!(walk.count(), got.len() as u64);
        let mut once = got.clone();
        once.sort();
        once.dedup();
        prop_assert_eq!(once.len(), got.len(), "repeated");
        // As many rows as a page holds may be added before each, and that is more than a walk's patience.
        if limit > 2 {
            for number in 0..start {
                prop_assert!(got.contains(&format!("i{number}")), "skipped {}", number);
            }
        }
    }

    /// Split windows give what one window gives, each row once, whatever the server takes a day to be.
    #[test]
    fn split_windows_skip_and_repeat_nothing(
        minutes in proptest::collection::vec(0i64..40 * 24 * 60, 0..60), length in 0i64..30, days in 1u32..9,
        zone in -12i64..=14, includes_last: bool,
    ) {
        let server = Server { zone, includes_last };
        let began: Timestamp = "2026-02-25T00:00:00Z".parse().unwrap();
        let entries: BTreeMap<u32, Timestamp> = minutes
            .iter()
            .enumerate()
            .map(|(number, minute)| (number as u32, began + SignedDuration::from_mins(*minute)))
            .collect();
        let first = jiff::civil::date(2026, 3, 1);
        let list = GetLedgerEntries::new(Currency::USD, first, first + Span::new().days(length));
        let whole = server.answers(&list, &entries);
        let mut walk = Walk::of(list);
        walk.every(days);
        let mut got = Vec::new();
        while let Some(request) = walk.next_request() {
            for number in server.answers(&request, &entries) {
                if walk.keep(&entry(number, entries[&number])) {
                    got.push(number);
                }
            }
            walk.end_of_answer();
        }
        got.sort_unstable();
        prop_assert_eq!(got, whole);
    }
}
