//! When both clients try again, over sockets. The rules themselves are tested in the core, without.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bitpay_conformance::{
    Front, Listening, MockBitPay, Received, Reply, Server, both_fronts, data, json,
};
use bitpay_core::error::{ApiErrorKind, TransportErrorKind};
use bitpay_core::model::invoice::{CancelInvoice, GetInvoice};
use bitpay_core::model::rate::GetRates;
use bitpay_core::pairing::ClaimPairing;
use bitpay_core::retry::RetryPolicy;
use bitpay_core::{Anonymous, Effect, ErrorKind, InvoiceId};

use wiremock::matchers::any;
use wiremock::{Mock, ResponseTemplate};

use crate::values::{
    INVOICE, MADE, MERCHANT_TOKEN, REFUNDED, config, create, guid, key, merchant, quick, refund,
};

both_fronts! {
    a_read_does_not_fail_for_two_bad_moments,
    a_wait_that_the_server_asks_for_is_not_cut_short,
    a_considered_refusal_is_not_repeated,
    an_answer_lost_after_the_work_does_not_make_a_second_invoice,
    an_answer_lost_before_the_work_does_not_lose_the_invoice,
    an_invoice_that_shows_late_is_not_made_twice,
    a_refund_is_never_posted_twice,
    what_cannot_be_found_by_guid_is_not_repeated,
    a_policy_of_one_try_sends_once,
}

fn id() -> InvoiceId {
    INVOICE.parse().unwrap()
}

fn methods(received: &[Received]) -> Vec<&str> {
    received.iter().map(|one| one.method.as_str()).collect()
}

/// Did the HTTP library send again by itself what the core sent once? Both are counted.
fn tries_are<T>(server: &impl Listening, tries: u32, of: &T) -> bool
where
    T: std::fmt::Debug,
{
    let came = server.received().len();
    assert_eq!(came, usize::try_from(tries).unwrap(), "{of:?}");
    true
}

/// Answers this so many times, and from then on that.
fn first(times: u64, this: ResponseTemplate, that: &str) -> MockBitPay {
    let server = MockBitPay::start();
    server.expect(Mock::given(any()).respond_with(this).up_to_n_times(times));
    server.expect(Mock::given(any()).respond_with(data(that)));
    server
}

fn a_read_does_not_fail_for_two_bad_moments<F: Front>() {
    let page = ResponseTemplate::new(503).set_body_raw("<h1>Busy</h1>", "text/html");
    let server = first(2, page, MADE);
    let client = F::new(&config(&server)).unwrap();
    let invoice = client.call(&merchant(), &GetInvoice::new(id())).unwrap();
    assert_eq!(invoice.tries(), 3);
    assert!(!invoice.was_looked_up());
    let received = server.received();
    assert_eq!(received.len(), 3);
    assert!(received.iter().all(|one| *one == received[0]));
}

fn a_wait_that_the_server_asks_for_is_not_cut_short<F: Front>() {
    let busy = |after: &str| {
        json(429, r#"{"error":"Too many requests"}"#).insert_header("retry-after", after)
    };
    // A date that has passed, and no time at all: the next try may come at once.
    for after in ["0", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        let server = first(1, busy(after), "[]");
        let client = F::new(&config(&server)).unwrap();
        let began = Instant::now();
        assert_eq!(
            client.call(&Anonymous, &GetRates::new()).unwrap().tries(),
            2
        );
        assert!(began.elapsed() < Duration::from_secs(1), "{after}");
    }
    let server = first(1, busy("1"), MADE);
    let client = F::new(&config(&server)).unwrap();
    let began = Instant::now();
    let invoice = client.call(&merchant(), &create()).unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
    // The server did nothing, so nothing is looked up.
    assert_eq!(methods(&server.received()), ["POST", "POST"]);
    assert_eq!(invoice.tries(), 2);
    // Longer than the caller waits for.
    let server = first(1, busy("60"), "[]");
    let client = F::new(&config(&server)).unwrap();
    let error = client.call(&Anonymous, &GetRates::new()).unwrap_err();
    let api = error.api().unwrap();
    assert_eq!(
        (api.kind, api.retry_after),
        (ApiErrorKind::RateLimited, Some(Duration::from_secs(60)))
    );
    assert!(error.is_retryable() && tries_are(&server, 1, &error));
}

fn a_considered_refusal_is_not_repeated<F: Front>() {
    let server = MockBitPay::answering(json(500, r#"{"error":"Unauthorized sin"}"#));
    let client = F::new(&config(&server)).unwrap();
    let error = client
        .call(&merchant(), &GetInvoice::new(id()))
        .unwrap_err();
    assert_eq!((error.tries(), error.effect()), (1, Effect::Nothing));
    let error = client.call(&merchant(), &create()).unwrap_err();
    assert_eq!((error.tries(), error.effect()), (1, Effect::Nothing));
    assert_eq!(error.api().unwrap().kind, ApiErrorKind::NotPaired);
    assert_eq!(server.received().len(), 2);
}

/// A server that loses the answer to the first create, before or after doing the work, and finds
/// what was made from the `shows`-th look-up on.
fn forgetful(works: bool, shows: usize) -> (Server, Arc<Mutex<Vec<String>>>) {
    let made: Arc<Mutex<Vec<String>>> = Arc::default();
    let record = made.clone();
    let (mut posts, mut looks) = (0, 0);
    let server = Server::answering(move |received| {
        let mut made = record.lock().unwrap();
        if received.method == "POST" {
            posts += 1;
            let known = made.contains(&received.text().to_owned());
            if (works || posts > 1) && !known {
                made.push(received.text().to_owned());
            }
            return if posts == 1 {
                Reply::Close
            } else {
                Reply::data(MADE)
            };
        }
        assert!(
            received
                .target
                .starts_with(&format!("/invoices/guid/{}?token={MERCHANT_TOKEN}", guid()))
        );
        looks += 1;
        if !made.is_empty() && looks >= shows {
            Reply::data(MADE)
        } else {
            Reply::json(
                404,
                r#"{"status":"error","code":"020101","error":"Invoice not found"}"#,
            )
        }
    });
    (server, made)
}

fn an_answer_lost_after_the_work_does_not_make_a_second_invoice<F: Front>() {
    let (server, made) = forgetful(true, 1);
    let client = F::new(&config(&server)).unwrap();
    let invoice = client.call(&merchant(), &create()).unwrap();
    assert!(invoice.was_looked_up());
    assert_eq!((invoice.tries(), invoice.id.as_str()), (2, INVOICE));
    let received = server.received();
    assert_eq!(methods(&received), ["POST", "GET"]);
    assert!(received.iter().all(Received::verifies));
    assert_eq!(made.lock().unwrap().len(), 1);
}

fn an_answer_lost_before_the_work_does_not_lose_the_invoice<F: Front>() {
    let (server, made) = forgetful(false, 1);
    let client = F::new(&config(&server)).unwrap();
    let invoice = client.call(&merchant(), &create()).unwrap();
    assert!(!invoice.was_looked_up());
    assert_eq!(invoice.tries(), 3);
    let received = server.received();
    assert_eq!(methods(&received), ["POST", "GET", "POST"]);
    assert_eq!(received[0], received[2]);
    assert_eq!(made.lock().unwrap().len(), 1);
}

fn an_invoice_that_shows_late_is_not_made_twice<F: Front>() {
    let (server, made) = forgetful(true, 2);
    let client = F::new(&config(&server)).unwrap();
    let invoice = client.call(&merchant(), &create()).unwrap();
    assert_eq!(invoice.id.as_str(), INVOICE);
    // The guid of the second request is that of the first, so the server knows it again.
    let received = server.received();
    assert_eq!(methods(&received), ["POST", "GET", "POST"]);
    assert_eq!(received[0].body, received[2].body);
    assert_eq!(made.lock().unwrap().len(), 1);
}

fn a_refund_is_never_posted_twice<F: Front>() {
    for found in [false, true] {
        let server = Server::answering(move |received| match received.method.as_str() {
            "POST" => Reply::Close,
            _ if found => Reply::data(REFUNDED),
            _ => Reply::json(
                404,
                r#"{"status":"error","code":"020201","error":"Refund not found"}"#,
            ),
        });
        let client = F::new(&config(&server)).unwrap();
        let result = client.call(&merchant(), &refund());
        let received = server.received();
        assert_eq!(methods(&received)[..2], ["POST", "GET"]);
        assert_eq!(
            received.iter().filter(|one| one.method == "POST").count(),
            1
        );
        assert!(
            received[1]
                .target
                .starts_with(&format!("/refunds/guid/{}?token=", guid()))
        );
        match result {
            Ok(refund) => assert!(found && refund.was_looked_up()),
            Err(error) => {
                assert!(!found);
                // It may still show: not found now is not the same as not made.
                assert_eq!(error.effect(), Effect::Unknown);
                assert_eq!(error.guid(), Some(&guid()));
                assert_eq!(error.found_by(), Some("get_refund_by_guid"));
                assert!(!error.is_retryable() && tries_are(&server, error.tries(), &error));
                let ErrorKind::Transport(fault) = error.kind() else {
                    panic!("{error:?}");
                };
                assert_eq!(fault.kind, TransportErrorKind::Closed);
            }
        }
    }
}

fn what_cannot_be_found_by_guid_is_not_repeated<F: Front>() {
    for reply in [
        Reply::Close,
        Reply::json(502, "<h1>Bad gateway</h1>"),
        Reply::json(200, "{\"data\":"),
    ] {
        let server = Server::always(reply);
        let client = F::new(&config(&server)).unwrap();
        let error = client
            .call(&merchant(), &CancelInvoice::new(id()))
            .unwrap_err();
        assert_eq!((error.effect(), error.guid()), (Effect::Unknown, None));
        let claim = ClaimPairing::new(key().sin().clone(), "Wp4RRAz".parse().unwrap());
        let error = client.call(&Anonymous, &claim).unwrap_err();
        assert_eq!(
            (error.effect(), error.tries()),
            (Effect::Unknown, 1),
            "{error:?}"
        );
        // The cancel went out once, and then it was looked whether it holds.
        let received = server.received();
        let expected = ["DELETE", "GET", "GET", "GET", "POST"];
        assert_eq!(methods(&received), expected);
    }
}

fn a_policy_of_one_try_sends_once<F: Front>() {
    let server = Server::always(Reply::Close);
    let client = F::new(&config(&server).retry(RetryPolicy::off())).unwrap();
    let error = client
        .call(&merchant(), &GetInvoice::new(id()))
        .unwrap_err();
    assert!(tries_are(&server, error.tries(), &error));
    let error = client.call(&merchant(), &create()).unwrap_err();
    assert_eq!((error.tries(), error.effect()), (1, Effect::Unknown));
    assert_eq!(
        (error.guid(), error.found_by()),
        (Some(&guid()), Some("get_invoice_by_guid"))
    );
    assert_eq!(server.received().len(), 2);
    assert!(quick().tries > 1);
}
