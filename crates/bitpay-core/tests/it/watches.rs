//! The watch over an invoice, without a server: what it asks, and what it takes for news.

use std::time::Duration;

use bitpay_core::error::{BuildError, Error};
use bitpay_core::model::invoice::{Invoice, InvoiceEventToken, InvoiceStatus, Transaction};
use bitpay_core::retry::RetryPolicy;
use bitpay_core::time::Timestamp;
use bitpay_core::watch::{Next, Watch};
use bitpay_core::{Amount, Currency, Environment, ResourceToken};

fn watch() -> Watch {
    let base = Environment::Test.base_url();
    Watch::new("i1".parse().unwrap(), base, RetryPolicy::default())
}

fn invoice(status: InvoiceStatus, second: i64) -> Invoice {
    let id = "i1".parse().unwrap();
    let mut invoice = Invoice::new(id, status, Amount::from(5), Currency::USD);
    invoice.current_time = Timestamp::from_second(second).ok();
    invoice
}

fn pass(url: &str) -> InvoiceEventToken {
    InvoiceEventToken::new(url, ResourceToken::new("pass"))
}

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// Connects and fetches, as a front does.
fn connect(watch: &mut Watch, fetched: Invoice) -> Option<Invoice> {
    if let Next::Pass(_) = watch.next(NOW, 0) {
        watch.admitted(Ok(pass("https://test.bitpay.com/events")));
    }
    assert!(matches!(watch.next(NOW, 0), Next::Connect(_)));
    watch.connected(Ok(()));
    assert!(matches!(watch.next(NOW, 0), Next::Fetch(_)));
    watch.fetched(Ok(fetched))
}

fn refused() -> Error {
    Error::build("get_invoice", BuildError::Http)
}

#[test]
fn each_change_is_news_once_and_complete_is_the_end() {
    let mut watch = watch();
    assert!(connect(&mut watch, invoice(InvoiceStatus::New, 1)).is_some());
    assert!(matches!(watch.next(NOW, 0), Next::Listen));
    assert!(watch.heard(invoice(InvoiceStatus::New, 2)).is_none());
    assert!(watch.heard(invoice(InvoiceStatus::Paid, 3)).is_some());
    assert!(watch.heard(invoice(InvoiceStatus::Paid, 4)).is_none());
    let mut confirmed = invoice(InvoiceStatus::Paid, 5);
    let mut payment = Transaction::default();
    payment.confirmations = Some(1);
    confirmed.transactions = vec![payment];
    assert!(watch.heard(confirmed).is_some(), "a confirmation is news");
    assert!(matches!(watch.next(NOW, 0), Next::Listen));
    assert!(watch.heard(invoice(InvoiceStatus::Complete, 6)).is_some());
    assert!(matches!(watch.next(NOW, 0), Next::Over));
}

#[test]
fn declined_is_the_end() {
    let mut watch = watch();
    assert!(connect(&mut watch, invoice(InvoiceStatus::Paid, 1)).is_some());
    assert!(matches!(watch.next(NOW, 0), Next::Listen));
    assert!(watch.heard(invoice(InvoiceStatus::Declined, 2)).is_some());
    assert!(matches!(watch.next(NOW, 0), Next::Over));
}

#[test]
fn expired_and_invalid_are_not_the_end() {
    for status in [InvoiceStatus::Expired, InvoiceStatus::Invalid] {
        let mut watch = watch();
        assert!(connect(&mut watch, invoice(status, 1)).is_some());
        assert!(matches!(watch.next(NOW, 0), Next::Listen));
        assert!(watch.heard(invoice(InvoiceStatus::Complete, 2)).is_some());
        assert!(matches!(watch.next(NOW, 0), Next::Over));
    }
}

#[test]
fn what_happened_between_two_connections_is_caught_up_with() {
    let mut watch = watch();
    connect(&mut watch, invoice(InvoiceStatus::New, 1));
    watch.ended(None, Some(Duration::from_secs(7)));
    let Next::Sleep(pause) = watch.next(NOW, 0) else {
        panic!("a pause, as the server asked for")
    };
    assert_eq!(pause, Duration::from_secs(7));
    let later = Timestamp::from_second(7).unwrap();
    assert!(matches!(watch.next(later, 0), Next::Connect(_)));
    assert!(connect(&mut watch, invoice(InvoiceStatus::Complete, 9)).is_some());
    assert!(matches!(watch.next(later, 0), Next::Over));
}

#[test]
fn an_event_from_before_the_fetch_takes_nothing_back() {
    let mut watch = watch();
    connect(&mut watch, invoice(InvoiceStatus::Confirmed, 10));
    assert!(watch.heard(invoice(InvoiceStatus::Paid, 9)).is_none());
    assert!(watch.heard(invoice(InvoiceStatus::Expired, 11)).is_some());
}

#[test]
fn another_invoice_is_not_heard() {
    let mut watch = watch();
    connect(&mut watch, invoice(InvoiceStatus::New, 1));
    let id = "i2".parse().unwrap();
    let other = Invoice::new(id, InvoiceStatus::Complete, Amount::from(5), Currency::USD);
    assert!(watch.heard(other).is_none());
    assert!(matches!(watch.next(NOW, 0), Next::Listen));
}

#[test]
fn a_refusal_ends_the_watch_and_is_told_once() {
    let mut watch = watch();
    assert!(matches!(watch.next(NOW, 0), Next::Pass(_)));
    watch.admitted(Err(refused()));
    assert!(matches!(watch.next(NOW, 0), Next::Failed(_)));
    assert!(matches!(watch.next(NOW, 0), Next::Over));
}

#[test]
fn an_address_that_is_none_ends_the_watch() {
    let mut watch = watch();
    assert!(matches!(watch.next(NOW, 0), Next::Pass(_)));
    watch.admitted(Ok(pass("http://elsewhere.example.com/events")));
    let Next::Failed(error) = watch.next(NOW, 0) else {
        panic!("refused")
    };
    assert_eq!(error.operation(), "subscribe_invoice_events");
    assert!(matches!(watch.next(NOW, 0), Next::Over));
}

/// The pause after a connection that lasted this long and told nothing; ends at the next connection.
fn pause_after(watch: &mut Watch, now: &mut Timestamp, lasted: Duration) -> Duration {
    if let Next::Pass(_) = watch.next(*now, 0) {
        watch.admitted(Ok(pass("https://test.bitpay.com/events")));
    }
    assert!(matches!(watch.next(*now, 0), Next::Connect(_)));
    watch.connected(Ok(()));
    assert!(matches!(watch.next(*now, 0), Next::Fetch(_)));
    watch.fetched(Ok(invoice(InvoiceStatus::New, 1)));
    assert!(matches!(watch.next(*now, 0), Next::Listen));
    *now += lasted;
    watch.ended(None, None);
    let Next::Sleep(pause) = watch.next(*now, 0) else {
        panic!("a pause")
    };
    *now += pause;
    pause
}

#[test]
fn a_server_that_ends_every_connection_is_asked_less_and_less_often() {
    let (mut watch, mut now) = (watch(), NOW);
    let pauses: Vec<Duration> = (0..12)
        .map(|_| pause_after(&mut watch, &mut now, Duration::ZERO))
        .collect();
    assert!(pauses.is_sorted(), "{pauses:?}");
    let longest = RetryPolicy::default().longest_pause;
    assert!(pauses[11] >= longest / 2, "{pauses:?}");
    // One that lasts is as good as the first.
    assert_eq!(pause_after(&mut watch, &mut now, longest), pauses[0]);
}

#[test]
fn news_makes_up_for_a_brief_connection() {
    let (mut watch, mut now) = (watch(), NOW);
    let first = pause_after(&mut watch, &mut now, Duration::ZERO);
    assert!(pause_after(&mut watch, &mut now, Duration::ZERO) > first);
    assert!(watch.heard(invoice(InvoiceStatus::Paid, 5)).is_some());
    watch.ended(None, None);
    let Next::Sleep(pause) = watch.next(now, 0) else {
        panic!("a pause")
    };
    assert_eq!(pause, first);
}

#[test]
fn a_server_cannot_put_a_watch_to_sleep() {
    let mut watch = watch();
    connect(&mut watch, invoice(InvoiceStatus::New, 1));
    watch.ended(None, Some(Duration::from_secs(u64::MAX)));
    let Next::Sleep(pause) = watch.next(NOW, 0) else {
        panic!("a pause")
    };
    assert_eq!(pause, RetryPolicy::default().longest_pause);
}
