//! What observers are told of calls, and that no secret is in it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bitpay_core::call::{Call, Incoming as _, Settings, Step};
use bitpay_core::error::{TransportError, TransportErrorKind};
use bitpay_core::model::invoice::{CreateInvoice, GetInvoice, UpdateInvoice};
use bitpay_core::model::settlement::GetSettlementReport;
use bitpay_core::observe::{Event, Happening, Observer, Outcome};
use bitpay_core::operation::Operation;
use bitpay_core::pairing::{ClaimPairing, ListTokens};
use bitpay_core::raw::RawRequest;
use bitpay_core::retry::RetryPolicy;
use bitpay_core::stream::StreamCall;
use bitpay_core::time::Timestamp;
use bitpay_core::{
    Allows, Anonymous, Config, Credential, Currency, Environment, Grant, Guid, Identity, Merchant,
    PrivateKey, ResourceToken,
};
use http::{HeaderMap, Method, StatusCode};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const TOKEN: &str = "9XQJZ7KVWYQ9ZXj4kVQWZ8JXQ7VKZWJQ5XZVKQ3JWZX2";
const OTHER: &str = "8nPJSGgi7omxcbGGZ4KsSgqdi6juypBe9pVpSURDeAwx4VDQx1XfWPy5";
const ID: &str = "Hpqc63wvE1ZjzeeH4kEycF";

fn identity() -> Identity {
    Identity::new(PrivateKey::from_bytes(&[9; 32]).unwrap())
}

fn grant() -> Grant<Merchant> {
    Grant::new(TOKEN.parse().unwrap(), identity())
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

/// The lines that observers print, and the settings that have them print.
fn printing() -> (Settings, Arc<Mutex<String>>) {
    let lines: Arc<Mutex<String>> = Arc::default();
    let into = lines.clone();
    let config = Config::new(Environment::Test)
        .retry(RetryPolicy::off())
        .observer(Arc::new(move |event: &Event<'_>| {
            // Both, so that neither shows what the other hides.
            let text = format!("{event}\n{:?}\n", event.happening);
            into.lock().unwrap().push_str(&text);
        }));
    (Settings::new(&config).unwrap(), lines)
}

/// What is printed of one try.
fn printed<C: Credential, E: Allows<C>>(
    credential: &C,
    request: &E,
    status: u16,
    body: &[u8],
) -> String {
    let (settings, lines) = printing();
    let base = Environment::Test.base_url();
    let mut call = Call::new(request, &base, credential, &settings).unwrap();
    assert!(matches!(call.step(at(0), 0), Step::Send(_)));
    let mut headers = HeaderMap::new();
    headers.insert("set-cookie", "session=swordfish".parse().unwrap());
    headers.insert("cf-ray", "8c1f-VIE".parse().unwrap());
    assert!(call.head(StatusCode::from_u16(status).unwrap(), headers));
    assert!(call.body(body));
    call.end();
    assert!(matches!(call.step(at(1), 0), Step::Done(_)));
    lines.lock().unwrap().clone()
}

/// No run of eight characters of it.
#[track_caller]
fn hides(text: &str, secret: &str) {
    for window in secret.as_bytes().windows(8.min(secret.len())) {
        let window = std::str::from_utf8(window).unwrap();
        assert!(!text.contains(window), "{window} of a secret in {text}");
    }
}

/// What happened, in a word each.
fn words() -> (Config, Arc<Mutex<Vec<String>>>) {
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let into = told.clone();
    let observer = move |event: &Event<'_>| {
        let word = match &event.happening {
            Happening::Begun => "begun".to_owned(),
            Happening::Sent(sent) => format!("sent {} {}", sent.method, sent.looking_up),
            Happening::Item(_) => "item".to_owned(),
            Happening::Answered(it) => format!("answered {} {:?}", it.status.as_u16(), it.took),
            Happening::Failed { error, took } => format!("failed {:?} {took:?}", error.kind),
            Happening::Paused(pause) => format!("paused {pause:?}"),
            Happening::Ended(end) => {
                let how = match &end.outcome {
                    Outcome::Done => "done",
                    Outcome::Failed(_) => "failed",
                    Outcome::Dropped => "dropped",
                    _ => "otherwise",
                };
                format!(
                    "{how} {:?} {:?} {:?} {}",
                    end.status, end.took, end.effect, end.looked_up
                )
            }
            _ => "something".to_owned(),
        };
        let word = format!("{} {}: {word}", event.operation.name, event.tries);
        into.lock().unwrap().push(word);
    };
    (
        Config::new(Environment::Test).observer(Arc::new(observer)),
        told,
    )
}

#[test]
fn observers_are_told_of_each_step_of_a_call() {
    let (config, told) = words();
    let settings = Settings::new(&config).unwrap();
    let order = CreateInvoice::new("order-1".parse().unwrap(), 20u32, Currency::USD);
    let base = Environment::Test.base_url();
    let mut call = Call::new(&order, &base, &grant(), &settings).unwrap();
    let failed = || TransportError::new(TransportErrorKind::Closed, None);

    assert!(matches!(call.step(at(0), 0), Step::Send(_)));
    call.failed(failed());
    let Step::Sleep(pause) = call.step(at(2), 0) else {
        panic!("the next try is a look-up, and not at once");
    };
    assert!(matches!(call.step(at(5), 0), Step::Send(_)));
    assert!(call.head(StatusCode::OK, HeaderMap::new()));
    let made = format!(
        r#"{{"data":{{"id":"{ID}","status":"new","price":20,"currency":"USD","guid":"order-1"}}}}"#
    );
    assert!(call.body(made.as_bytes()));
    call.end();
    assert!(matches!(call.step(at(6), 0), Step::Done(Ok(_))));
    drop(call);
    let expected = [
        "create_invoice 0: begun".to_owned(),
        "create_invoice 1: sent POST false".to_owned(),
        "create_invoice 1: failed Closed 2s".to_owned(),
        format!("create_invoice 1: paused {pause:?}"),
        "create_invoice 2: sent GET true".to_owned(),
        "create_invoice 2: answered 200 1s".to_owned(),
        "create_invoice 2: done Some(200) 6s Happened true".to_owned(),
    ];
    assert_eq!(*told.lock().unwrap(), expected);
}

#[test]
fn the_end_of_a_call_is_told_once_whatever_it_is() {
    let get = GetInvoice::new(ID.parse().unwrap());
    let order = CreateInvoice::new(Guid::from_random([1; 16]), 20u32, Currency::USD);
    let base = Environment::Test.base_url();
    let (config, told) = words();
    let settings = Settings::new(&config.retry(RetryPolicy::off())).unwrap();
    // Not begun, so there is no end.
    drop(Call::new(&get, &base, &grant(), &settings).unwrap());
    assert_eq!(*told.lock().unwrap(), [""; 0]);

    let mut read = Call::new(&get, &base, &grant(), &settings).unwrap();
    assert!(matches!(read.step(at(0), 0), Step::Send(_)));
    drop(read);
    let mut made = Call::new(&order, &base, &grant(), &settings).unwrap();
    assert!(matches!(made.step(at(0), 0), Step::Send(_)));
    drop(made);
    let mut refused = Call::new(&get, &base, &grant(), &settings).unwrap();
    assert!(matches!(refused.step(at(0), 0), Step::Send(_)));
    assert!(refused.head(StatusCode::NOT_FOUND, HeaderMap::new()));
    assert!(refused.body(br#"{"error":"Invoice not found"}"#));
    refused.end();
    assert!(matches!(refused.step(at(3), 0), Step::Done(Err(_))));
    let ends: Vec<_> = told
        .lock()
        .unwrap()
        .iter()
        .filter(|word| word.contains("Nothing") || word.contains("Unknown"))
        .cloned()
        .collect();
    assert_eq!(
        ends,
        [
            "get_invoice 1: dropped None 0ns Nothing false",
            "create_invoice 1: dropped None 0ns Unknown false",
            "get_invoice 1: failed Some(404) 3s Nothing false",
        ]
    );
}

#[test]
fn an_observer_may_have_one_of_its_own_for_each_call() {
    struct Names(Arc<Mutex<Vec<String>>>);
    struct Own(&'static str, Arc<Mutex<Vec<String>>>);
    impl Observer for Names {
        fn tell(&self, _: &Event<'_>) {
            panic!("each call has its own");
        }
        fn for_call(&self, operation: &'static Operation) -> Option<Box<dyn Observer>> {
            Some(Box::new(Own(operation.name, self.0.clone())))
        }
    }
    impl Observer for Own {
        fn tell(&self, event: &Event<'_>) {
            assert_eq!(self.0, event.operation.name);
            self.1.lock().unwrap().push(self.0.to_owned());
        }
    }
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let (config, words) = words();
    let config = config.observer(Arc::new(Names(told.clone())));
    let settings = Settings::new(&config).unwrap();
    let base = Environment::Test.base_url();
    let get = GetInvoice::new(ID.parse().unwrap());
    let mut call = Call::new(&get, &base, &grant(), &settings).unwrap();
    assert!(matches!(call.step(at(0), 0), Step::Send(_)));
    drop(call);
    // Begun, sent, dropped; and the other observer as well.
    assert_eq!(told.lock().unwrap().len(), 3);
    assert_eq!(words.lock().unwrap().len(), 3);
}

#[test]
fn rows_that_are_read_as_they_come_are_told_and_masked() {
    let (settings, lines) = printing();
    let report = GetSettlementReport::new("set1".parse().unwrap(), ResourceToken::new(OTHER));
    let base = Environment::Test.base_url();
    let mut call = StreamCall::new(&report, &base, &grant(), &settings).unwrap();
    assert!(matches!(call.step(at(0), 0), Step::Send(_)));
    assert!(call.head(StatusCode::OK, HeaderMap::new()));
    let row = format!(r#"{{"code":1000,"amount":5,"description":"for {TOKEN}"}}"#);
    let body =
        format!(r#"{{"data":{{"id":"set1","token":"{OTHER}","ledgerEntries":[{row},{row}]}}}}"#);
    // In pieces, which are not those of the rows.
    for piece in body.as_bytes().chunks(7) {
        assert!(call.body(piece));
    }
    call.end();
    let _ = call.step(at(2), 0);
    let text = lines.lock().unwrap().clone();
    assert_eq!(text.matches("Item(").count(), 2, "{text}");
    assert!(text.contains(r#""description":"for [masked]""#), "{text}");
    assert!(text.contains(r#""token":"[masked]""#), "{text}");
    hides(&text, TOKEN);
    hides(&text, OTHER);
}

#[test]
fn a_call_is_printed_with_everything_but_its_secrets() {
    let answer = format!(
        r#"{{"facade":"merchant/invoice","data":{{"id":"{ID}","token":"{OTHER}","price":20,"currency":"USD","status":"new","orderId":"order 17","buyer":{{"name":"Zo\u00eb","notify":true}},"buyerPaysRefundFee":true}}}}"#
    );
    let order = CreateInvoice::new("guid-1".parse().unwrap(), 20u32, Currency::USD)
        .order_id("order 17")
        .notification_email("shop@example.com");
    let text = printed(&grant(), &order, 200, answer.as_bytes());
    for shown in [
        "* create_invoice\n",
        "> POST https://test.bitpay.com/invoices\n",
        "> x-signature: [masked]\n",
        "> x-accept-version: 2.0.0\n",
        r#"> {"token":"[masked]","#,
        r#""orderId":"order 17""#,
        r#""notificationEmail":"[masked]""#,
        "< 200 after 1s\n",
        "< set-cookie: [masked]\n",
        "< cf-ray: 8c1f-VIE\n",
        r#""buyer":"[masked]","buyerPaysRefundFee":true"#,
        "* create_invoice: done; 1 try, 1s\n",
    ] {
        assert!(text.contains(shown), "{shown} is not in {text}");
    }
    for secret in [TOKEN, OTHER, "shop@example", "swordfish", "Zo\\u00eb"] {
        hides(&text, secret);
    }
    let get = GetInvoice::new(ID.parse().unwrap());
    let text = printed(&grant(), &get, 404, br#"{"error":"Invoice not found"}"#);
    let address = format!("> GET https://test.bitpay.com/invoices/{ID}?token=[masked]\n");
    assert!(text.contains(&address), "{text}");
    assert!(text.contains("* get_invoice: refused: "), "{text}");
}

#[test]
fn tokens_are_masked_where_their_names_are_facades() {
    let tokens = format!(r#"{{"data":[{{"merchant":"{OTHER}"}},{{"new-facade":"shorttoken1"}}]}}"#);
    let text = printed(&identity(), &ListTokens::new(), 200, tokens.as_bytes());
    hides(&text, OTHER);
    hides(&text, "shorttoken1");
    assert!(
        text.contains(r#"{"data":[{"merchant":"[masked]"},{"new-facade":"[masked]"}]}"#),
        "{text}"
    );
    let refused = br#"{"error":"Unauthorized sin"}"#;
    let text = printed(&identity(), &ListTokens::new(), 401, refused);
    assert!(text.contains("Unauthorized sin"), "{text}");
}

#[test]
fn a_secret_of_the_request_is_masked_in_whatever_comes_back() {
    let id = ID.parse().unwrap();
    let update = UpdateInvoice::new(id)
        .buyer_sms("+15551234567")
        .sms_code("739016");
    let claim = ClaimPairing::new(identity().sin().clone(), "Wp4RRAz".parse().unwrap());
    let raw = RawRequest::new(Method::POST, ["vouchers"])
        .body(&serde_json::json!({ "apiKey": "swordfish" }))
        .unwrap();
    let sends = |said: &str, print: &dyn Fn(&[u8]) -> String| {
        for body in [
            format!(r#"{{"error":"{said} is wrong"}}"#),
            format!(r#"{{"errors":[{{"param":"{said}","error":"not {said}"}}],"code":"{said}"}}"#),
            format!("<html><p class=\"it\">{said}</p></html>"),
            format!(r#"{{"error":"what you sent: {said}"#),
            format!(r#"{{"{said}":1}}"#),
        ] {
            hides(&print(body.as_bytes()), said);
        }
    };
    sends("739016", &|body| printed(&grant(), &update, 500, body));
    sends(TOKEN, &|body| printed(&grant(), &update, 500, body));
    sends("Wp4RRAz", &|body| printed(&Anonymous, &claim, 500, body));
    sends("swordfish", &|body| printed(&grant(), &raw, 500, body));
    hides(&printed(&grant(), &update, 500, b""), "15551234567");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(35), ..ProptestConfig::default() })]

    /// Wherever an answer is cut off, however it is written, and whatever is around the secret.
    #[test]
    fn no_part_of_a_secret_shows_of_any_answer(
        before in "[a-z{}\\[\\],:\"\\\\ ]{0,30}",
        space in "[ \n]{0,2}",
        name in prop::sample::select(vec!["token", "Token", "event_token", "smsCode", "pairingCode", "x-signature"]),
        secret in "[A-Za-z0-9]{8,60}",
        cut in 0.0..1.0f64,
        status in prop::sample::select(vec![200u16, 400, 500]),
    ) {
        let get = GetInvoice::new(ID.parse().unwrap());
        // In its own place, and that of the request anywhere.
        let body = format!(
            r#"{{"data":{{"id":"{ID}","{name}"{space}:{space}"{secret}","note":"{TOKEN}"}},"{TOKEN}":[{{"{name}":["{secret}"]}}]}}"#,
        );
        let whole = printed(&grant(), &get, status, body.as_bytes());
        hides(&whole, TOKEN);
        hides(&whole, &secret);
        let length = (body.len() as f64 * cut) as usize;
        let part = printed(&grant(), &get, status, &body.as_bytes()[..length]);
        hides(&part, TOKEN);
        hides(&part, &secret);
        let strange = format!("{before}{TOKEN}{body}");
        hides(&printed(&grant(), &get, status, strange.as_bytes()), TOKEN);
    }

    /// What is no secret stays as it is.
    #[test]
    fn what_is_no_secret_is_shown_as_it_came(text in "[ -~]{0,60}", number in any::<i64>()) {
        let body = serde_json::json!({ "data": { "orderId": text, "price": number, "guid": "a" } }).to_string();
        let get = GetInvoice::new(ID.parse().unwrap());
        let shown = printed(&grant(), &get, 200, body.as_bytes());
        prop_assert!(shown.contains(&body), "{} is not in {}", body, shown);
    }
}

#[test]
fn a_set_up_does_not_show_its_observers_and_can_do_without() {
    let (config, _) = words();
    assert!(format!("{config:?}").contains("1 observers"));
    assert_eq!(
        Config::new(Environment::Test).timeout,
        Duration::from_secs(30)
    );
}
