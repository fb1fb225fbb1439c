//! Calls, driven by hand: what comes back, how long it takes and what the time is are arguments.

use std::time::Duration;

use bitpay_core::call::{Call, Incoming as _, Settings, Step};
use bitpay_core::environment::BaseUrl;
use bitpay_core::error::{TransportError, TransportErrorKind as Transport};
use bitpay_core::journal::Entry;
use bitpay_core::model::invoice::{
    CancelInvoice, CreateInvoice, GetInvoice, GetInvoiceByGuid, Invoice, InvoiceStatus,
    ListInvoices, UpdateInvoice,
};
use bitpay_core::model::payout::{CreatePayout, Payee};
use bitpay_core::model::rate::{GetRate, GetRatesFor};
use bitpay_core::model::recipient::RemoveRecipient;
use bitpay_core::model::refund::CreateRefund;
use bitpay_core::pairing::{ClaimPairing, RequestPairing};
use bitpay_core::retry::RetryPolicy;
use bitpay_core::signature::{Digest, Signature};
use bitpay_core::time::Timestamp;
use bitpay_core::{
    Allows, Anonymous, Answer, Config, Credential, Currency, Effect, Environment, Error, ErrorKind,
    Facade, Grant, Guid, Merchant, Payout, PrivateKey,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

const ID: &str = "G3viJEJgE8Jk2oekSdgT2A";

fn key() -> PrivateKey {
    PrivateKey::from_bytes(&[7; 32]).unwrap()
}

fn merchant() -> Grant<Merchant> {
    Grant::new(
        "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5"
            .parse()
            .unwrap(),
        key(),
    )
}

fn payouts() -> Grant<Payout> {
    Grant::new(
        "G7XM9fcM1gtCN7DUr8ZWtPGVFLTKiYWanHR4kvqsnjP3"
            .parse()
            .unwrap(),
        key(),
    )
}

fn guid() -> Guid {
    Guid::from_random([7; 16])
}

fn create() -> CreateInvoice {
    CreateInvoice::new(
        guid(),
        "10.10".parse::<bitpay_core::Amount>().unwrap(),
        Currency::USD,
    )
    .order_id("1042")
}

fn made() -> Value {
    json!({
        "id": ID, "url": format!("https://test.bitpay.com/invoice?id={ID}"), "status": "new",
        "price": 10.1, "currency": "usd", "orderId": "1042", "guid": guid().as_str(),
        "invoiceTime": 1_620_669_854_224_i64, "currentTime": 1_620_669_854_224_i64,
    })
}

fn refund() -> CreateRefund {
    let mut invoice = made();
    invoice["status"] = "complete".into();
    let invoice: Invoice = serde_json::from_value(invoice).unwrap();
    CreateRefund::full(&invoice, guid()).unwrap()
}

fn refunded() -> Value {
    json!({
        "id": "WoE46gSLkJQS48RJEiNw3L", "guid": guid().as_str(), "status": "created",
        "amount": "10.10", "currency": "USD", "invoice": ID,
        "requestDate": "2021-08-29T20:45:35.000Z",
    })
}

/// It has no guid.
fn pay_out() -> CreatePayout {
    let payee = Payee::Recipient("LDxRZCGq174SF8AnQpdBPB".parse().unwrap());
    CreatePayout::new("May, Ada", payee, 10u32, Currency::USD, Currency::USD)
}

fn paid_out() -> Value {
    json!({ "id": "JMwv8wQCXANoU2ZZQ9a9GH", "status": "new", "amount": 10, "currency": "USD",
        "reference": "May, Ada", "token": "x" })
}

fn payer() -> Grant<Payout> {
    let token = merchant().token().expose().parse().unwrap();
    Grant::new(token, key())
}

fn cancel() -> CancelInvoice {
    CancelInvoice::new(ID.parse().unwrap())
}

fn claim() -> ClaimPairing {
    ClaimPairing::new(key().sin().clone(), "Wp4RRAz".parse().unwrap())
}

fn pairing() -> RequestPairing {
    RequestPairing::new(key().sin().clone(), Facade::Merchant, guid())
}

fn paired() -> Value {
    json!([{"token": "G7XM9fcM1gtCN7DUr8ZWtPGVFLTKiYWanHR4kvqsnjP3", "facade": "merchant"}])
}

/// What happens to a try.
#[derive(Clone, Debug)]
enum Event {
    Fails(Transport),
    /// A status, `Retry-After`, and a body.
    Answers(u16, Option<String>, String),
}

use Event::{Answers, Fails};

fn data(data: &Value) -> Event {
    Answers(200, None, json!({ "data": data }).to_string())
}

fn says(status: u16, text: &str) -> Event {
    Answers(status, None, json!({ "error": text }).to_string())
}

fn page(status: u16) -> Event {
    Answers(status, None, "<h1>Sorry</h1>".to_owned())
}

fn busy(after: &str) -> Event {
    Answers(
        429,
        Some(after.to_owned()),
        json!({"error": "slow down"}).to_string(),
    )
}

impl Event {
    /// Is it certain that the try had no effect?
    fn is_harmless(&self) -> bool {
        match self {
            Fails(kind) => kind.is_before_sending(),
            // A redirect, or a firewall's page.
            Answers(300..500, ..) => true,
            Answers(_, _, body) if body.contains("too many requests") => true,
            Answers(500, _, body) => {
                let published = ["Unauthorized sin", "not found"];
                published.iter().any(|text| body.contains(text))
            }
            Answers(status, _, body) => {
                body.starts_with("{\"error\"") && !matches!(status, 502..=504 | 520..=527)
            }
        }
    }
}

/// What a call did.
struct Ran<T> {
    result: Result<Answer<T>, Error>,
    sent: Vec<Request<Bytes>>,
    pauses: Vec<Duration>,
    /// When each request went out, and when the call ended, counted from its beginning.
    times: Vec<Duration>,
    /// What the journal was told, and how many requests had gone out then.
    notes: Vec<(usize, Entry)>,
}

impl<T> Ran<T> {
    fn methods(&self) -> Vec<&str> {
        self.sent.iter().map(|one| one.method().as_str()).collect()
    }
}

fn began() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn policy(tries: u32) -> RetryPolicy {
    let mut policy = RetryPolicy::default();
    policy.tries = tries;
    policy
}

/// Drives a call to its end. Each exchange takes as long as told.
fn run<C: Credential, E: Allows<C>>(
    credential: &C,
    request: &E,
    policy: RetryPolicy,
    chance: u64,
    mut event: impl FnMut(&Request<Bytes>, usize) -> (Event, Duration),
) -> Ran<E::Response> {
    let config = Config::new(Environment::Test).retry(policy);
    let settings = Settings::new(&config).unwrap().with_journal();
    let base = config.environment.base_url();
    let mut call = Call::new(request, &base, credential, &settings).unwrap();
    let mut notes = Vec::new();
    let mut now = began();
    let pass = |now: &mut Timestamp, time: Duration| {
        *now += SignedDuration::try_from(time).unwrap();
    };
    let since = |now: Timestamp| Duration::try_from(now.duration_since(began())).unwrap();
    let (mut sent, mut pauses, mut times) = (Vec::new(), Vec::new(), Vec::new());
    loop {
        assert!(sent.len() < 50, "the call does not end");
        match call.step(now, chance) {
            Step::Note(entry) => {
                notes.push((sent.len(), entry));
                call.noted(Ok(()));
            }
            Step::Sign(_) => panic!("the key is in memory"),
            Step::Sleep(pause) => {
                assert!(!pause.is_zero());
                pauses.push(pause);
                pass(&mut now, pause);
            }
            Step::Send(request) => {
                let (event, time) = event(&request, sent.len());
                sent.push(request);
                times.push(since(now));
                // A front keeps to the time that is left.
                let left = call.time_left(now);
                assert!(sent.len() == 1 || !left.is_zero());
                if time > left {
                    pass(&mut now, left);
                    call.failed(TransportError::new(Transport::Timeout, None));
                    continue;
                }
                pass(&mut now, time);
                match event {
                    Fails(kind) => call.failed(TransportError::new(kind, None)),
                    Answers(status, after, body) => {
                        let mut headers = HeaderMap::new();
                        if let Some(after) = after {
                            headers.insert("retry-after", HeaderValue::from_str(&after).unwrap());
                        }
                        if call.head(StatusCode::from_u16(status).unwrap(), headers)
                            && call.body(body.as_bytes())
                        {
                            call.end();
                        }
                    }
                }
            }
            Step::Done(result) => {
                times.push(since(now));
                return Ran {
                    result,
                    sent,
                    pauses,
                    times,
                    notes,
                };
            }
        }
    }
}

/// Runs a script in which each exchange takes 10 ms; the last event repeats.
fn script<C: Credential, E: Allows<C>>(
    credential: &C,
    request: &E,
    events: &[Event],
) -> Ran<E::Response> {
    run(credential, request, policy(4), 500, |_, number| {
        let event = events.get(number).or(events.last()).unwrap();
        (event.clone(), Duration::from_millis(10))
    })
}

#[test]
fn a_read_is_not_given_up_for_what_may_pass() {
    let get = GetInvoice::new(ID.parse().unwrap());
    for fault in [
        Fails(Transport::Connect),
        Fails(Transport::ConnectTimeout),
        Fails(Transport::Proxy),
        Fails(Transport::Timeout),
        Fails(Transport::Closed),
        Fails(Transport::Broken),
        page(502),
        page(500),
        page(520),
        says(503, "down"),
        Answers(500, None, String::new()),
        Answers(200, None, String::new()),
        Answers(200, None, "{\"data\":{".to_owned()),
        busy("1"),
        says(500, "Unable to do that because of too many requests."),
    ] {
        let ran = script(
            &merchant(),
            &get,
            &[fault.clone(), fault.clone(), data(&made())],
        );
        assert_eq!(ran.result.unwrap().tries(), 3, "{fault:?}");
        assert_eq!(ran.pauses.len(), 2);
    }
    for last in [
        Fails(Transport::Tls),
        Fails(Transport::TooLarge),
        says(500, "Unauthorized sin"),
        says(400, "Invalid signature"),
        says(404, "Object not found"),
        page(403),
        page(404),
        page(302),
        Answers(
            200,
            None,
            json!({"status": "error", "error": "no"}).to_string(),
        ),
    ] {
        let ran = script(&merchant(), &get, &[last.clone(), data(&made())]);
        let error = ran.result.unwrap_err();
        assert_eq!(
            (error.tries(), error.effect()),
            (1, Effect::Nothing),
            "{last:?}"
        );
    }
}

#[test]
fn pauses_do_not_shrink_or_grow_without_bound() {
    let get = GetInvoice::new(ID.parse().unwrap());
    for chance in [0, 500, 1000, u64::MAX] {
        let mut policy = policy(12);
        policy.deadline = Duration::from_secs(100_000);
        let ran = run(&merchant(), &get, policy, chance, |_, _| {
            (page(502), Duration::ZERO)
        });
        assert_eq!(ran.sent.len(), 12);
        for (index, pause) in ran.pauses.iter().enumerate() {
            let whole = Duration::from_millis(500 << index).min(Duration::from_secs(60));
            assert!(whole / 2 <= *pause && *pause <= whole, "{index}: {pause:?}");
        }
    }
}

#[test]
fn a_wait_that_the_server_asks_for_is_not_cut_short() {
    let rates = GetRatesFor::new(Currency::BTC);
    let ran = script(&Anonymous, &rates, &[busy("7"), data(&json!([]))]);
    assert_eq!(ran.pauses, [Duration::from_secs(7)]);
    // As a date: `began` is 12:00:00, and the answer comes 10 ms later.
    let ran = script(
        &Anonymous,
        &rates,
        &[busy("Sun, 01 Mar 2026 12:00:30 GMT"), data(&json!([]))],
    );
    assert_eq!(ran.pauses, [Duration::from_millis(29_990)]);
    let ran = script(
        &Anonymous,
        &rates,
        &[busy("Sun, 01 Mar 2026 11:00:00 GMT"), data(&json!([]))],
    );
    assert_eq!(ran.pauses, [Duration::ZERO; 0]);
    assert_eq!(ran.result.unwrap().tries(), 2);
    // What is no time at all is not obeyed.
    let ran = script(&Anonymous, &rates, &[busy("soon"), data(&json!([]))]);
    assert_eq!(ran.pauses, [Duration::from_millis(375)]);
    // Longer than this client waits, or than is left.
    for after in ["61", "99999999999999999999", "18446744073709551615"] {
        let ran = script(&Anonymous, &rates, &[busy(after), data(&json!([]))]);
        if after.len() == 20 && after.starts_with('9') {
            // More than a number holds: not a time.
            assert!(ran.result.is_ok());
            continue;
        }
        let error = ran.result.unwrap_err();
        assert_eq!(error.tries(), 1, "{after}");
        assert!(error.is_retryable());
        let asked = Duration::from_secs(after.parse().unwrap());
        assert_eq!(error.api().unwrap().retry_after, Some(asked));
    }
}

#[test]
fn a_lost_answer_does_not_make_a_second_invoice() {
    for lost in [
        Fails(Transport::Timeout),
        Fails(Transport::Closed),
        Fails(Transport::Broken),
        Fails(Transport::TooLarge),
        page(502),
        page(504),
        page(200),
        Answers(200, None, "{\"data\":{\"id\":".to_owned()),
        Answers(500, None, String::new()),
    ] {
        let ran = script(&merchant(), &create(), &[lost.clone(), data(&made())]);
        assert_eq!(ran.methods(), ["POST", "GET"], "{lost:?}");
        let url = ran.sent[1].uri().to_string();
        assert!(
            url.starts_with(&format!(
                "https://test.bitpay.com/invoices/guid/{}?token=",
                guid()
            )),
            "{url}"
        );
        assert!(ran.result.unwrap().was_looked_up());

        let not_found = says(404, "Invoice not found");
        let ran = script(
            &merchant(),
            &create(),
            &[lost.clone(), not_found, data(&made())],
        );
        assert_eq!(ran.methods(), ["POST", "GET", "POST"]);
        assert_eq!(ran.sent[0].body(), ran.sent[2].body());
        assert_eq!(ran.sent[0].headers(), ran.sent[2].headers());
        assert!(!ran.result.unwrap().was_looked_up());
    }
    // The look-up fails as well: it is the create whose failure is told.
    let ran = script(
        &merchant(),
        &create(),
        &[Fails(Transport::Timeout), says(500, "Unauthorized sin")],
    );
    assert_eq!(ran.methods(), ["POST", "GET"]);
    let error = ran.result.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Transport(fault) if fault.kind == Transport::Timeout)
    );
    assert_eq!((error.effect(), error.tries()), (Effect::Unknown, 2));
    assert_eq!(
        (error.guid(), error.found_by()),
        (Some(&guid()), Some("get_invoice_by_guid"))
    );
    let ran = script(&merchant(), &create(), &[Fails(Transport::Timeout)]);
    assert_eq!(ran.methods(), ["POST", "GET", "GET", "GET"]);
    assert_eq!(ran.result.unwrap_err().effect(), Effect::Unknown);
}

#[test]
fn a_lost_answer_does_not_make_a_second_refund() {
    let lost = Fails(Transport::Closed);
    let not_found = says(404, "Refund not found");
    // It shows a little late.
    let ran = script(
        &merchant(),
        &refund(),
        &[lost.clone(), not_found.clone(), data(&refunded())],
    );
    assert_eq!(ran.methods(), ["POST", "GET", "GET"]);
    assert!(ran.result.unwrap().was_looked_up());
    // It does not show at all.
    let ran = script(&merchant(), &refund(), &[lost, not_found]);
    assert_eq!(ran.methods(), ["POST", "GET", "GET", "GET"]);
    let error = ran.result.unwrap_err();
    assert_eq!(
        (error.effect(), error.found_by()),
        (Effect::Unknown, Some("get_refund_by_guid"))
    );
    assert!(!error.is_retryable());
}

#[test]
fn a_pairing_whose_answer_was_lost_is_not_lost() {
    // It has no look-up: the same request with the same guid asks for the same token.
    let ran = script(
        &Anonymous,
        &pairing(),
        &[Fails(Transport::Closed), data(&paired())],
    );
    assert_eq!(ran.methods(), ["POST", "POST"]);
    assert_eq!(ran.sent[0].body(), ran.sent[1].body());
    ran.result.unwrap();
}

#[test]
fn what_may_have_happened_is_not_repeated_without_a_guid() {
    for lost in [Fails(Transport::Timeout), page(502), page(200)] {
        let ran = script(&Anonymous, &claim(), &[lost, data(&paired())]);
        assert_eq!(ran.methods(), ["POST"]);
        let error = ran.result.unwrap_err();
        assert_eq!(
            (error.effect(), error.guid(), error.found_by()),
            (Effect::Unknown, None, None)
        );
    }
    // What did not happen is, unless a code is spent by it.
    let ran = script(
        &merchant(),
        &cancel(),
        &[Fails(Transport::Connect), data(&made())],
    );
    assert_eq!(ran.result.unwrap().tries(), 2);
    let ran = script(
        &Anonymous,
        &claim(),
        &[Fails(Transport::Connect), data(&paired())],
    );
    let error = ran.result.unwrap_err();
    assert_eq!((error.effect(), error.tries()), (Effect::Nothing, 1));
}

#[test]
fn a_delete_whose_answer_was_lost_is_followed_by_a_read_and_what_holds_is_told() {
    let mut cancelled = made();
    cancelled["isCancelled"] = true.into();
    for lost in [Fails(Transport::Timeout), page(502), page(200)] {
        // It shows a little late.
        let events = [lost.clone(), data(&made()), data(&cancelled)];
        let ran = script(&merchant(), &cancel(), &events);
        assert_eq!(ran.methods(), ["DELETE", "GET", "GET"]);
        let url = ran.sent[1].uri().to_string();
        let expected = format!("https://test.bitpay.com/invoices/{ID}?token=");
        assert!(url.starts_with(&expected), "{url}");
        let answer = ran.result.unwrap();
        assert!(answer.was_looked_up() && answer.is_cancelled == Some(true));
        // It does not show at all: it may still be on its way.
        let ran = script(&merchant(), &cancel(), &[lost.clone(), data(&made())]);
        assert_eq!(ran.methods(), ["DELETE", "GET", "GET", "GET"]);
        let error = ran.result.unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown);
        assert_eq!(error.found_by(), Some("get_invoice"));
        let invoice: Invoice = error.holds().unwrap().read().unwrap();
        assert_eq!(invoice.id.as_str(), ID);
        // It cannot be read: it is the delete whose failure is told.
        let events = [lost.clone(), says(500, "Unauthorized sin")];
        let ran = script(&merchant(), &cancel(), &events);
        assert_eq!(ran.methods(), ["DELETE", "GET"]);
        let error = ran.result.unwrap_err();
        assert_eq!((error.effect(), error.holds()), (Effect::Unknown, None));
        assert!(error.api().is_none_or(|api| api.status != 500));
    }
    // Whether an email address is the right one, only who has set it knows: one look is enough.
    let update = UpdateInvoice::new(ID.parse().unwrap()).buyer_email("ada@example.com");
    let ran = script(
        &merchant(),
        &update,
        &[Fails(Transport::Timeout), data(&made())],
    );
    assert_eq!(ran.methods(), ["PUT", "GET"]);
    let error = ran.result.unwrap_err();
    assert_eq!(error.effect(), Effect::Unknown);
    assert!(error.holds().is_some());
    // Of somebody who was removed there may be nothing left.
    let remove = RemoveRecipient::new("ReCipientReCipient1234".parse().unwrap());
    let gone = says(404, "Recipient not found");
    let ran = script(&payouts(), &remove, &[Fails(Transport::Timeout), gone]);
    assert_eq!(ran.methods(), ["DELETE", "GET"]);
    assert!(ran.result.unwrap().was_looked_up());
}

#[test]
fn a_500_whose_text_nobody_knows_is_neither_repeated_nor_taken_for_nothing() {
    let odd = [
        says(500, "Something went wrong"),
        Answers(
            500,
            None,
            json!({"status": "error", "code": "500", "data": {}, "message": "oops"}).to_string(),
        ),
        Answers(
            500,
            None,
            json!({"status": "error", "code": "019999"}).to_string(),
        ),
    ];
    for odd in odd {
        // Of a payout only its reference is left.
        let ran = script(&payer(), &pay_out(), &[odd.clone(), data(&paid_out())]);
        assert_eq!(ran.methods(), ["POST"]);
        let error = ran.result.unwrap_err();
        assert_eq!(
            (error.effect(), error.is_retryable()),
            (Effect::Unknown, false)
        );
        assert!(error.api().unwrap().is_unexplained());
        // An invoice that was made all the same is found.
        let found = [odd.clone(), data(&made())];
        let ran = script(&merchant(), &create(), &found);
        assert_eq!(ran.methods(), ["POST", "GET"]);
        assert!(ran.result.unwrap().was_looked_up());
        let events = [odd.clone(), says(404, "Invoice not found")];
        let ran = script(&merchant(), &create(), &events);
        assert_eq!(ran.methods(), ["POST", "GET", "GET", "GET"]);
        assert_eq!(ran.result.unwrap_err().effect(), Effect::Unknown);
        // Nothing happens by reading, and the same would come again.
        let get = GetInvoice::new(ID.parse().unwrap());
        let ran = script(&merchant(), &get, &[odd, data(&made())]);
        assert_eq!(ran.methods(), ["GET"]);
        assert_eq!(ran.result.unwrap_err().effect(), Effect::Nothing);
    }
    // Where nothing can be looked up, it ends at once.
    let ran = script(
        &Anonymous,
        &pairing(),
        &[says(500, "oops"), data(&paired())],
    );
    assert_eq!(ran.methods(), ["POST"]);
    assert_eq!(ran.result.unwrap_err().effect(), Effect::Unknown);
    // What is published is an answer, and so is whatever comes as the caller's mistake.
    for plain in [
        says(500, "Account is suspended"),
        says(400, "Recipient is asleep"),
    ] {
        let ran = script(&payer(), &pay_out(), &[plain]);
        assert_eq!(ran.result.unwrap_err().effect(), Effect::Nothing);
    }
}

#[test]
fn an_unknown_outcome_is_not_forgotten_for_a_later_refusal() {
    // Lost, not found, and then refused: the first try may still take effect.
    let events = [
        Fails(Transport::Timeout),
        says(404, "Invoice not found"),
        says(500, "Account is suspended"),
    ];
    let ran = script(&merchant(), &create(), &events);
    assert_eq!(ran.methods(), ["POST", "GET", "POST"]);
    assert_eq!(ran.result.unwrap_err().effect(), Effect::Unknown);
}

#[test]
fn the_deadline_is_not_passed() {
    let mut policy = policy(100);
    policy.deadline = Duration::from_secs(10);
    let get = GetInvoice::new(ID.parse().unwrap());
    let ran = run(&merchant(), &get, policy, 0, |_, _| {
        (page(502), Duration::from_secs(3))
    });
    assert!(ran.sent.len() >= 3);
    assert!(
        *ran.times.last().unwrap() <= policy.deadline,
        "{:?}",
        ran.times
    );
    assert!(ran.result.is_err());
}

#[test]
fn a_replay_is_not_taken_for_what_was_asked_for() {
    let with = |changes: Value| {
        let mut made = made();
        for (name, value) in changes.as_object().unwrap() {
            made[name] = value.clone();
        }
        script(&merchant(), &create(), &[data(&made)])
    };
    // The same value in another form.
    for same in [
        json!({"price": 10.10}),
        json!({"price": "10.1"}),
        json!({"currency": "USD"}),
        json!({}),
    ] {
        with(same).result.unwrap();
    }
    for (other, differs) in [
        (json!({"price": 10.11}), vec!["price"]),
        (json!({"currency": "EUR"}), vec!["currency"]),
        (json!({"orderId": "1043"}), vec!["order_id"]),
        (json!({"orderId": null}), vec!["order_id"]),
        (
            json!({"price": 1, "currency": "BTC", "orderId": ""}),
            vec!["price", "currency", "order_id"],
        ),
    ] {
        let error = with(other).result.unwrap_err();
        let replay = error.replay().unwrap();
        assert_eq!(replay.differs, differs);
        assert_eq!(replay.existing::<Invoice>().unwrap().id.as_str(), ID);
        // It is no older than this call: whose it is cannot be told.
        assert_eq!(
            (error.effect(), error.guid()),
            (Effect::Unknown, Some(&guid()))
        );
        assert!(!error.is_retryable() && error.remedy().is_some());
    }
    // By its age on the server's clock. The call took 10 ms.
    for (age, replayed) in [
        (0, false),
        (5000, false),
        (5010, false),
        (5011, true),
        (358_000, true),
        (-9000, false),
    ] {
        let ran = with(json!({"currentTime": 1_620_669_854_224_i64 + age}));
        assert_eq!(ran.result.is_err(), replayed, "{age}");
        if let Err(error) = ran.result {
            let replay = error.replay().unwrap();
            assert!(replay.differs.is_empty());
            assert_eq!(
                replay.age,
                Some(Duration::from_millis(age.try_into().unwrap()))
            );
        }
    }
    // A slow call makes what it made look older.
    let slow = Duration::from_secs(20);
    let mut old = made();
    old["currentTime"] = (1_620_669_854_224_i64 + 24_999).into();
    let ran = run(&merchant(), &create(), policy(4), 0, |_, _| {
        (data(&old), slow)
    });
    ran.result.unwrap();
    old["currentTime"] = (1_620_669_854_224_i64 + 25_001).into();
    let ran = run(&merchant(), &create(), policy(4), 0, |_, _| {
        (data(&old), slow)
    });
    assert!(ran.result.unwrap_err().replay().is_some());
    // A refund of another amount, found by the look-up.
    let mut other = refunded();
    other["amount"] = 5.into();
    let ran = script(
        &merchant(),
        &refund(),
        &[Fails(Transport::Closed), data(&other)],
    );
    assert_eq!(
        ran.result.unwrap_err().replay().unwrap().differs,
        ["amount"]
    );
}

#[test]
fn an_answer_that_cannot_be_read_does_not_lose_what_was_made() {
    let mut unread = 0;
    for field in [
        "status",
        "price",
        "currency",
        "orderId",
        "guid",
        "invoiceTime",
        "currentTime",
        "itemDesc",
        "buyer",
        "transactions",
        "exchangeRates",
        "paymentCodes",
    ] {
        for wrong in [
            json!(null),
            json!(7),
            json!("x"),
            json!([7]),
            json!({"a": {"b": 1}}),
            json!(true),
            json!(1.5e300),
        ] {
            let mut odd = made();
            odd[field] = wrong.clone();
            let ran = script(&merchant(), &create(), &[data(&odd)]);
            assert_eq!(ran.sent.len(), 1, "{field}: {wrong}");
            let Err(error) = ran.result else { continue };
            if error.replay().is_some() {
                continue;
            }
            let ErrorKind::Decode(problem) = error.kind() else {
                panic!("{error:?}");
            };
            unread += 1;
            assert_eq!(error.effect(), Effect::Happened);
            assert_eq!(problem.id.as_deref(), Some(ID));
            assert_eq!(problem.url.as_deref(), made()["url"].as_str());
            assert_eq!(problem.status, 200);
            assert_eq!(error.guid(), Some(&guid()));
            assert!(!error.is_retryable());
            let body: Value = serde_json::from_slice(problem.body()).unwrap();
            assert_eq!(body["data"], odd);
        }
    }
    assert!(unread > 5, "{unread}");
    // A read that cannot be read had no effect.
    let get = GetInvoice::new(ID.parse().unwrap());
    let ran = script(&merchant(), &get, &[data(&json!({"id": ID}))]);
    assert_eq!(ran.result.unwrap_err().effect(), Effect::Nothing);
}

#[test]
fn an_error_names_the_phase_in_which_it_came() {
    let told = |event: Event| {
        let ran = script(&merchant(), &create(), &[event]);
        ran.result.unwrap_err().to_string()
    };
    let mut free = create();
    free.price = 0u32.into();
    let config = Config::new(Environment::Test);
    let (base, settings) = (
        config.environment.base_url(),
        Settings::new(&config).unwrap(),
    );
    let built = Call::new(&free, &base, &merchant(), &settings);
    let built = built.map(drop).unwrap_err().to_string();
    assert!(built.starts_with("create_invoice: not built: "), "{built}");
    let unreadable = json!({ "id": ID });
    for (told, phase) in [
        (told(Fails(Transport::Tls)), "not sent or not answered: "),
        (told(says(500, "Account is suspended")), "refused: "),
        (told(data(&unreadable)), "answer not understood: "),
    ] {
        assert!(
            told.starts_with(&format!("create_invoice: {phase}")),
            "{told}"
        );
    }
}

#[test]
fn a_dropped_call_loses_nothing() {
    let settings = Settings::new(&Config::new(Environment::Test)).unwrap();
    let base = Environment::Test.base_url();
    let request = create();
    let mut bodies = Vec::new();
    for _ in 0..2 {
        let mut call = Call::new(&request, &base, &merchant(), &settings).unwrap();
        let Step::Send(sent) = call.step(began(), 0) else {
            panic!();
        };
        bodies.push(sent.into_body());
        // Dropped here, as a future is.
    }
    assert_eq!(bodies[0], bodies[1]);
    assert!(String::from_utf8_lossy(&bodies[0]).contains(request.guid.as_str()));
}

#[test]
fn a_front_that_skips_a_step_does_not_hang_or_send_twice() {
    let settings = Settings::new(&Config::new(Environment::Test)).unwrap();
    let base = Environment::Test.base_url();
    let cancel = cancel();
    let mut call = Call::new(&cancel, &base, &merchant(), &settings).unwrap();
    let mut now = began();
    let mut sent = Vec::new();
    let error = loop {
        match call.step(now, 0) {
            // Nothing is told of any of them.
            Step::Send(request) => sent.push(request.method().clone()),
            Step::Sleep(pause) => now += SignedDuration::try_from(pause).unwrap(),
            Step::Done(result) => break result.unwrap_err(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        sent,
        [Method::DELETE, Method::GET, Method::GET, Method::GET]
    );
    assert_eq!(error.effect(), Effect::Unknown);
    assert!(matches!(call.step(began(), 0), Step::Done(Err(_))));
}

#[test]
fn a_server_that_repeats_the_request_does_not_make_an_error_show_it() {
    const TOKEN: &str = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";
    let get = GetInvoice::new(ID.parse().unwrap());
    for number in 0..140 {
        let filler = "x".repeat(number);
        let tags = "<p><b>".repeat(number);
        let texts = [
            format!("{tags} token={TOKEN} is not known"),
            format!("<p>{filler} GET /invoices/{ID}?token={TOKEN} is not known"),
            json!({"error": format!("{filler}{TOKEN} {TOKEN}")}).to_string(),
            json!({"error": {"type": TOKEN, "message": TOKEN}}).to_string(),
            json!({"error": {"odd": [TOKEN]}}).to_string(),
            json!({"errors": [{"param": format!("token {TOKEN}"), "error": format!("{TOKEN} is wrong")}]}).to_string(),
            json!({"errors": {"token": TOKEN}}).to_string(),
            json!({"status": "error", "code": TOKEN, "message": "no"}).to_string(),
            json!({"status": "error", "code": {"for": TOKEN}, "message": "no"}).to_string(),
        ];
        for text in texts {
            for status in [200, 400, 500] {
                let ran = script(&merchant(), &get, &[Answers(status, None, text.clone())]);
                let error = ran.result.unwrap_err();
                for shown in [format!("{error}"), format!("{error:?}")] {
                    for window in TOKEN.as_bytes().windows(8) {
                        let window = std::str::from_utf8(window).unwrap();
                        assert!(!shown.contains(window), "{shown} of {text}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_long_refusal_does_not_fill_the_log() {
    let refusal = |body: Value| {
        let answer = Answers(400, None, body.to_string());
        let get = GetInvoice::new(ID.parse().unwrap());
        script(&merchant(), &get, &[answer]).result.unwrap_err()
    };
    let (whole, long) = ("\u{e9}".repeat(300), "\u{e9}".repeat(301));
    let error = refusal(json!({ "error": whole }));
    assert!(error.to_string().ends_with(&format!(" {whole} (HTTP 400)")));
    let error = refusal(json!({ "error": long }));
    assert!(
        error
            .to_string()
            .ends_with(&format!(" {whole}… (HTTP 400)"))
    );
    assert_eq!(error.api().unwrap().message, long);
    let wrong = vec![json!({"param": "price", "error": "Missing required parameter."}); 1000];
    let error = refusal(json!({ "errors": wrong, "code": "1".repeat(1000) }));
    assert!(error.to_string().chars().count() < 400, "{error}");
    assert!(error.to_string().contains('…'));
    assert_eq!(error.api().unwrap().params.len(), 1000);
}

fn event() -> impl Strategy<Value = Event> {
    use Transport::{Broken, Closed, Connect, ConnectTimeout, Proxy, Timeout, Tls, TooLarge};
    prop_oneof![
        prop::sample::select(vec![
            Broken,
            Closed,
            Connect,
            ConnectTimeout,
            Proxy,
            Timeout,
            Tls,
            TooLarge
        ])
        .prop_map(Fails),
        (0u64..100).prop_map(|seconds| busy(&seconds.to_string())),
        prop::sample::select(vec![200u16, 302, 403, 500, 502, 503, 504, 520]).prop_map(page),
        prop::sample::select(vec![400u16, 401, 404, 500, 503]).prop_flat_map(|status| {
            prop::sample::select(vec![
                "Unauthorized sin",
                "Invoice not found",
                "too many requests",
                "no",
            ])
            .prop_map(move |text| says(status, text))
        }),
        Just(Answers(200, None, "{\"data\":".to_owned())),
        Just(Answers(200, None, "found".to_owned())),
    ]
}

fn any_policy() -> impl Strategy<Value = RetryPolicy> {
    (0u32..7, 0u64..200_000, 0u64..100_000, 0u64..100_000).prop_map(
        |(tries, deadline, first, longest)| {
            let mut policy = RetryPolicy::default();
            policy.tries = tries;
            policy.deadline = Duration::from_millis(deadline);
            policy.first_pause = Duration::from_millis(first);
            policy.longest_pause = Duration::from_millis(longest);
            policy
        },
    )
}

/// The journal has the intent before anything was sent, and then the outcome, as the caller is told it.
/// What only reads is not in it.
fn is_noted<T>(only_reads: bool, ran: &Ran<T>) -> Result<(), TestCaseError> {
    if only_reads {
        prop_assert!(ran.notes.is_empty());
        return Ok(());
    }
    let [(0, Entry::Intent(intent)), (sent, Entry::Outcome(outcome))] = ran.notes.as_slice() else {
        return Err(TestCaseError::fail(format!("{:?}", ran.notes)));
    };
    prop_assert_eq!(*sent, ran.sent.len());
    prop_assert_eq!(outcome.id, intent.id);
    let effect = match &ran.result {
        Ok(_) => Effect::Happened,
        Err(error) => error.effect(),
    };
    prop_assert_eq!(outcome.effect, effect);
    if let Err(error) = &ran.result {
        prop_assert_eq!(error.intent(), Some(intent));
    }
    Ok(())
}

/// What holds for every call, whatever happens to it. `found` is what a success answers.
fn obeys<C: Credential, E: Allows<C>>(
    credential: &C,
    request: &E,
    found: &Value,
    policy: RetryPolicy,
    chance: u64,
    events: &[(Event, u64)],
) -> Result<(), TestCaseError>
where
    E::Response: std::fmt::Debug,
{
    use bitpay_core::operation::RetryClass;
    let mut happened: Vec<Event> = Vec::new();
    let ran = run(credential, request, policy, chance, |_, number| {
        let (event, time) = events.get(number).cloned().unwrap_or((page(502), 0));
        let event = match event {
            Answers(200, _, body) if body == "found" => data(found),
            other => other,
        };
        happened.push(event.clone());
        (event, Duration::from_millis(time))
    });
    let class = E::OPERATION.retry;
    let allowed = policy.tries.max(1);
    prop_assert!(ran.sent.len() <= usize::try_from(allowed).unwrap());
    for pause in &ran.pauses {
        prop_assert!(*pause <= policy.longest_pause);
    }
    for time in &ran.times[1..] {
        prop_assert!(
            *time <= policy.deadline,
            "{:?} of {:?}",
            ran.times,
            policy.deadline
        );
    }
    if class == RetryClass::Never {
        prop_assert_eq!(ran.sent.len(), 1);
    }
    let is_main = |one: &Request<Bytes>| one.method() == E::OPERATION.method;
    let mut lost = false;
    for (one, event) in ran.sent.iter().zip(&happened) {
        if E::OPERATION.method == Method::GET || !is_main(one) {
            continue;
        }
        prop_assert_eq!(one.body(), ran.sent[0].body());
        prop_assert_eq!(one.uri(), ran.sent[0].uri());
        let replays = class == RetryClass::ReplayByGuid;
        prop_assert!(!lost || replays, "sent again after an unknown outcome");
        // A slow exchange times out, whatever the event was to be.
        lost |= !event.is_harmless();
    }
    is_noted(class == RetryClass::Read, &ran)?;
    match &ran.result {
        Ok(answer) => prop_assert_eq!(usize::try_from(answer.tries()).unwrap(), ran.sent.len()),
        Err(error) => {
            prop_assert_eq!(usize::try_from(error.tries()).unwrap(), ran.sent.len());
            if class == RetryClass::Read {
                prop_assert_eq!(error.effect(), Effect::Nothing);
            } else if lost {
                prop_assert_ne!(
                    error.effect(),
                    Effect::Nothing,
                    "{:?} after {:?}",
                    error,
                    happened
                );
            }
            if error.is_retryable() {
                prop_assert_eq!(error.effect(), Effect::Nothing);
            }
        }
    }
    Ok(())
}

/// A host, or something like one.
fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9_-]{1,12}(\\.[a-zA-Z0-9_-]{1,12}){0,3}\\.?",
        "[0-9]{1,4}(\\.[0-9]{1,3}){0,4}",
        "0[xX][0-9a-fA-F]{0,8}(\\.[0-9a-z]{1,3}){0,3}",
        any::<[u8; 4]>().prop_map(|ip| std::net::Ipv4Addr::from(ip).to_string()),
        any::<[u8; 16]>().prop_map(|ip| format!("[{}]", std::net::Ipv6Addr::from(ip))),
        any::<[u8; 4]>().prop_map(|ip| format!("[::ffff:{}]", std::net::Ipv4Addr::from(ip))),
        any::<[u8; 4]>().prop_map(|ip| format!("[::{}]", std::net::Ipv4Addr::from(ip))),
        any::<[u16; 3]>().prop_map(|[a, b, c]| format!("[{a:X}:0:0:{b:x}::{c:04x}]")),
        Just("[::1]".to_owned()),
        Just("[::]".to_owned()),
        Just("LocalHost".to_owned()),
        "\\PC{1,8}",
    ]
}

fn base_url() -> impl Strategy<Value = BaseUrl> {
    let scheme = prop::sample::select(vec!["http", "https", "HTTPS", "Http"]);
    let port = prop_oneof![
        3 => Just(String::new()),
        3 => any::<u16>().prop_map(|port| format!(":{port}")),
        1 => Just(":443".to_owned()),
        1 => Just(":80".to_owned()),
        1 => Just(":00080".to_owned()),
        1 => Just(":".to_owned()),
    ];
    let path = prop_oneof![
        Just(String::new()),
        "(/[a-zA-Z0-9._~-]{0,6}){0,4}/{0,2}",
        "(/[ -~]{0,4}){0,3}",
    ];
    (scheme, host(), port, path).prop_filter_map("not an address", |(scheme, host, port, path)| {
        BaseUrl::parse_allowing_plain_http(&format!("{scheme}://{host}{port}{path}")).ok()
    })
}

fn is_left_alone<C: Credential, E: Allows<C>>(
    base: &BaseUrl,
    credential: &C,
    request: &E,
) -> Result<(), TestCaseError> {
    let settings = Settings::new(&Config::new(Environment::Test)).unwrap();
    let Ok(mut call) = Call::new(request, base, credential, &settings) else {
        // A dot as a part of the path: nothing is sent.
        return Ok(());
    };
    let Step::Send(sent) = call.step(began(), 0) else {
        panic!();
    };
    let text = sent.uri().to_string();
    prop_assert!(text.starts_with(base.as_str()), "{} {}", text, base);
    // reqwest's URL and ureq's, each read from what the other one writes.
    let url =
        url::Url::parse(&text).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
    prop_assert_eq!(url.as_str(), &text);
    prop_assert_eq!(
        url.as_str().parse::<http::Uri>().unwrap().to_string(),
        text.clone()
    );
    let target = sent.uri().path_and_query().unwrap().as_str();
    let in_url = &url[url::Position::BeforePath..];
    prop_assert_eq!(in_url, target);
    // Both make the `Host` header of it that was signed.
    prop_assert_eq!(sent.uri().authority().unwrap().as_str(), base.authority());
    prop_assert_eq!(
        &url[url::Position::BeforeHost..url::Position::AfterPort],
        base.authority()
    );
    if let Some(signature) = sent.headers().get("x-signature") {
        let signature = Signature::from_hex(signature.to_str().unwrap()).unwrap();
        let digest = Digest::of(&[text.as_bytes(), sent.body()]);
        prop_assert!(key().public_key().verify(&digest, &signature));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(7), cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_call_oversteps_what_its_operation_allows(
        policy in any_policy(),
        chance in any::<u64>(),
        events in prop::collection::vec((event(), 0u64..60_000), 0..8),
    ) {
        let get = GetInvoice::new(ID.parse().unwrap());
        obeys(&merchant(), &get, &made(), policy, chance, &events)?;
        obeys(&merchant(), &create(), &made(), policy, chance, &events)?;
        obeys(&merchant(), &refund(), &refunded(), policy, chance, &events)?;
        obeys(&payer(), &pay_out(), &paid_out(), policy, chance, &events)?;
        obeys(&merchant(), &cancel(), &made(), policy, chance, &events)?;
        obeys(&Anonymous, &pairing(), &paired(), policy, chance, &events)?;
        obeys(&Anonymous, &claim(), &paired(), policy, chance, &events)?;
    }

    #[test]
    fn no_library_rewrites_an_address(
        base in base_url(),
        id in "[a-zA-Z0-9_-]{1,64}",
        guid in "[a-zA-Z0-9._-]{1,40}",
        order in any::<String>(),
        status in any::<String>(),
        currency in any::<String>(),
        day in -4_000_000i32..2_000_000,
        limit in any::<u32>(),
    ) {
        is_left_alone(&base, &merchant(), &GetInvoice::new(id.parse().unwrap()))?;
        if let Ok(guid) = guid.parse::<Guid>() {
            is_left_alone(&base, &merchant(), &GetInvoiceByGuid::new(guid))?;
        }
        let day = jiff::civil::date(1970, 1, 1)
            .checked_add(jiff::Span::new().days(day))
            .unwrap_or(jiff::civil::date(2024, 2, 29));
        let list = ListInvoices::new(day, day)
            .order_id(order)
            .status(InvoiceStatus::from(status.as_str()))
            .limit(limit);
        is_left_alone(&base, &merchant(), &list)?;
        is_left_alone(&base, &merchant(), &create())?;
        if let Ok(currency) = currency.parse::<Currency>() {
            is_left_alone(&base, &Anonymous, &GetRate::new(currency.clone(), currency))?;
        }
    }
}
