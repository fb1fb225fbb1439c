//! Answers that are read as they come, by both clients.

use std::time::Duration;

use bitpay_conformance::{Front, Listening as _, Reply, Server};
use bitpay_core::error::{ErrorKind, TransportErrorKind};
use bitpay_core::model::invoice::{CreateInvoice, InvoiceStatus, ListInvoices};
use bitpay_core::model::ledger::GetLedgerEntries;
use bitpay_core::model::settlement::{GetSettlementReport, ListSettlements};
use bitpay_core::retry::RetryPolicy;
use bitpay_core::{Config, Currency, Effect, Environment, Grant, InvoiceId, Merchant, PrivateKey};
use bitpay_sandbox::{Fault, Sandbox};

fn grant() -> Grant<Merchant> {
    let token = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";
    Grant::new(
        token.parse().unwrap(),
        PrivateKey::from_bytes(&[7; 32]).unwrap(),
    )
}

fn config(url: &str) -> Config {
    Config::new(url.parse::<Environment>().unwrap())
}

/// A sandbox, and a merchant whose ledger has entries of several days and a settlement.
fn merchant_with_ledger() -> (Sandbox, Grant<Merchant>) {
    let began = "2026-03-01T12:00:00Z".parse().unwrap();
    let sandbox = Sandbox::builder().seed(5).frozen_at(began).start().unwrap();
    let grant = sandbox.grant::<Merchant>(PrivateKey::from_bytes(&[5; 32]).unwrap());
    let client = bitpay_blocking::Client::new(sandbox.environment()).unwrap();
    let client = client.with(grant.clone());
    for day in 0..6 {
        for number in 0..3 {
            let order = CreateInvoice::for_order(format!("{day} {number}"), 20u32, Currency::USD);
            let invoice = client.create_invoice(&order).unwrap();
            sandbox.pay(&invoice.id, InvoiceStatus::Complete).unwrap();
        }
        sandbox.advance(Duration::from_secs(24 * 60 * 60));
    }
    (sandbox, grant)
}

fn days<T>(of: impl Fn(jiff::civil::Date, jiff::civil::Date) -> T) -> T {
    of("2026-02-28".parse().unwrap(), "2026-03-10".parse().unwrap())
}

fn a_ledger_is_streamed_whole_and_in_windows<F: Front>() {
    let (sandbox, grant) = merchant_with_ledger();
    let front = F::new(&Config::new(sandbox.environment())).unwrap();
    let request = days(|from, to| GetLedgerEntries::new(Currency::USD, from, to));
    let whole = front.call(&grant, &request).unwrap().into_value();
    // An invoice and its fee each, and the settlements.
    assert!(whole.len() >= 36, "{}", whole.len());

    let (streamed, end) = front.stream(&grant, &request);
    assert_eq!(streamed, whole);
    assert!(end.unwrap().unwrap().is_empty());

    let before = sandbox.requests().len();
    let (walked, end) = front.rows(&grant, &request, Some(1));
    end.unwrap();
    assert!(sandbox.requests().len() > before + 8, "a request a day");
    let ids = |entries: &[bitpay_core::model::ledger::LedgerEntry]| {
        let mut ids: Vec<String> = entries.iter().map(|it| it.id.to_string()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&walked), ids(&whole));
}

fn a_report_is_streamed<F: Front>() {
    let (sandbox, grant) = merchant_with_ledger();
    let front = F::new(&Config::new(sandbox.environment())).unwrap();
    let list = days(ListSettlements::new);
    let settlements = front.call(&grant, &list).unwrap().into_value();
    let settlement = settlements.into_iter().next().unwrap();
    let request = GetSettlementReport::new(settlement.id, settlement.token.unwrap());
    let whole = front.call(&grant, &request).unwrap().into_value();
    assert!(!whole.ledger_entries.is_empty());
    let (entries, rest) = front.stream(&grant, &request);
    assert_eq!(entries, whole.ledger_entries);
    let mut rest = rest.unwrap().unwrap().into_value();
    rest.ledger_entries = entries;
    assert_eq!(rest, whole);
    assert_eq!(rest.adds_up(), Some(true));
}

fn list() -> ListInvoices {
    days(ListInvoices::new)
}

fn row(number: u32) -> String {
    format!(r#"{{"id":"i{number}","status":"new","price":5,"currency":"USD"}}"#)
}

/// An answer that ends in the middle of its third row.
fn half_a_list() -> Reply {
    let body = format!("{{\"data\":[{},{},{{\"id\":\"i3", row(1), row(2));
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n";
    Reply::SendAndClose(format!("{head}{body}").into_bytes())
}

fn half_a_list_says_how_far_it_came<F: Front>() {
    let server = Server::always(half_a_list());
    let front = F::new(&config(&server.url())).unwrap();
    let (rows, end) = front.rows(&grant(), &list(), None);
    let error = end.unwrap_err();
    assert_eq!((rows.len(), error.items_received()), (2, 2), "{}", F::NAME);
    assert!(
        matches!(error.kind(), ErrorKind::Transport(it) if it.kind == TransportErrorKind::Closed)
    );
    assert_eq!(error.effect(), Effect::Nothing);
    // What was given out is not asked for again.
    assert_eq!(server.received().len(), 1);
}

fn a_later_page_that_fails_counts_what_came_before<F: Front>() {
    let mut page = 0;
    let server = Server::answering(move |_| {
        page += 1;
        match page {
            1 => Reply::data(format!("[{},{}]", row(8), row(9))),
            _ => half_a_list(),
        }
    });
    let front = F::new(&config(&server.url())).unwrap();
    let (rows, end) = front.rows(&grant(), &list().limit(2), None);
    assert_eq!((rows.len(), end.unwrap_err().items_received()), (4, 4));
}

fn a_stream_that_stalls_ends_in_time<F: Front>() {
    let body = format!("{{\"data\":[{}", row(1));
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n";
    let stall = Reply::Drip(
        format!("{head}{body}").into_bytes(),
        Duration::from_millis(20),
    );
    let server = Server::always(stall);
    let config = config(&server.url()).stream_timeout(Duration::from_millis(300));
    let front = F::new(&config).unwrap();
    let (rows, end) = front.stream(&grant(), &list());
    let error = end.unwrap_err();
    // The row is not complete before what follows it.
    assert!(rows.len() <= 1);
    assert!(
        matches!(error.kind(), ErrorKind::Transport(it) if it.kind == TransportErrorKind::Timeout),
        "{error:?}"
    );

    // Silence before the answer is not waited for as long as a list may take.
    let silent = Server::always(Reply::Stall);
    let config = config_of_patience(&silent.url());
    let (_, end) = F::new(&config).unwrap().stream(&grant(), &list());
    assert!(
        matches!(end.unwrap_err().kind(), ErrorKind::Transport(it) if it.kind == TransportErrorKind::Timeout)
    );
}

fn config_of_patience(url: &str) -> Config {
    config(url)
        .timeout(Duration::from_millis(200))
        .stream_timeout(Duration::from_secs(600))
        .retry(RetryPolicy::off())
}

fn invoice_to_watch() -> (Sandbox, Grant<Merchant>, InvoiceId) {
    let sandbox = Sandbox::builder().seed(6).start().unwrap();
    let grant = sandbox.grant::<Merchant>(PrivateKey::from_bytes(&[6; 32]).unwrap());
    let client = bitpay_blocking::Client::new(sandbox.environment()).unwrap();
    let order = CreateInvoice::for_order("watched", 20u32, Currency::USD);
    let invoice = client.with(grant.clone()).create_invoice(&order).unwrap();
    (sandbox, grant, invoice.id.clone())
}

fn an_invoice_is_watched_until_it_is_complete<F: Front>() {
    let (sandbox, grant, id) = invoice_to_watch();
    let front = F::new(&Config::new(sandbox.environment())).unwrap();
    let mut seen = Vec::new();
    front.watch(&grant, &id, |change| {
        let status = change.unwrap().status;
        let next = match status {
            InvoiceStatus::New => Some(InvoiceStatus::Paid),
            InvoiceStatus::Paid => Some(InvoiceStatus::Confirmed),
            InvoiceStatus::Confirmed => Some(InvoiceStatus::Complete),
            _ => None,
        };
        seen.push(status);
        if let Some(next) = next {
            sandbox.pay(&id, next).unwrap();
        }
        true
    });
    let all = ["new", "paid", "confirmed", "complete"];
    assert_eq!(
        seen.iter().map(InvoiceStatus::as_str).collect::<Vec<_>>(),
        all
    );
}

/// The connection is made again, and what happened meanwhile is caught up with.
fn a_watch_goes_on_where_a_connection_ends<F: Front>() {
    let (sandbox, grant, id) = invoice_to_watch();
    let mut quick = RetryPolicy::default();
    quick.first_pause = Duration::from_millis(1);
    // Every connection ends after a moment, and some do not begin.
    let config = Config::new(sandbox.environment())
        .stream_timeout(Duration::from_millis(100))
        .retry(quick);
    for fault in [
        Fault::lost(),
        Fault::answer(503, "text/plain", ""),
        Fault::answer(500, "application/json", "{\"error\":\"Invalid token\"}"),
    ] {
        sandbox.inject(fault.on("subscribe_invoice_events"));
    }
    let front = F::new(&config).unwrap();
    let mut seen = Vec::new();
    front.watch(&grant, &id, |change| {
        // The last of the faults is a refusal, which is reported: the token was fresh.
        let Ok(invoice) = change else {
            seen.push("refused".to_owned());
            return true;
        };
        seen.push(invoice.status.to_string());
        true
    });
    assert_eq!(seen, ["refused"]);

    let mut seen = Vec::new();
    front.watch(&grant, &id, |change| {
        let status = change.unwrap().status;
        seen.push(status.to_string());
        if status == InvoiceStatus::New {
            // Longer than a connection lasts.
            std::thread::sleep(Duration::from_millis(150));
            sandbox.pay(&id, InvoiceStatus::Complete).unwrap();
        }
        true
    });
    assert_eq!(seen.first().map(String::as_str), Some("new"));
    assert_eq!(seen.last().map(String::as_str), Some("complete"));
}

bitpay_conformance::both_fronts!(
    a_ledger_is_streamed_whole_and_in_windows,
    a_report_is_streamed,
    half_a_list_says_how_far_it_came,
    a_later_page_that_fails_counts_what_came_before,
    a_stream_that_stalls_ends_in_time,
    an_invoice_is_watched_until_it_is_complete,
    a_watch_goes_on_where_a_connection_ends
);
