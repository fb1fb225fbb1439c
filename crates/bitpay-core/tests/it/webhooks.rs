//! Webhooks: what is refused, and what events are read from.

use bitpay_core::webhook::{
    Claim, Entry, Event, EventCode, Fingerprint, InvoiceEvent, Seen, SeenInMemory, Verifier,
    WebhookError,
};

fn read(body: &str) -> Result<Event, WebhookError> {
    let header = Verifier::sign("token", body.as_bytes());
    Verifier::new()
        .with("pos", "token")
        .verify(body.as_bytes(), &header)
        .unwrap()
        .event()
}

fn invoice(body: &str) -> InvoiceEvent {
    match read(body).unwrap() {
        Event::Invoice(event) => event,
        other => panic!("{other:?}"),
    }
}

// https://developer.bitpay.com/reference/notifications
const FLAT: &str = r#"{"id":"Hpqc62dfE1ZjzeeH4kEycF","url":"https://bitpay.com/invoice?id=Hpqc62dfE1ZjzeeH4kEycF","posData":"tx46518","status":"confirmed","price":10,"currency":"USD","invoiceTime":1620669854224,"expirationTime":1620670754224,"currentTime":1620671313184,"exceptionStatus":false,"buyerFields":{"buyerName":"John Doe","buyerNotify":true,"buyerEmail":"john@doe.com"},"paymentSubtotals":{"BTC":17500,"PAX":10000000000000000000},"paymentTotals":{"BTC":29800,"PAX":10000000000000000000},"exchangeRates":{"BTC":{"USD":57204.49}},"amountPaid":700700,"orderId":"20210511_abcde","transactionCurrency":"BCH"}"#;

// https://github.com/bitpay/hmac-tester, README
const EXTENDED: &str = r#"{"data":{"id":"LXXgiWHZuKbt9yurP5RpMQ","url":"https://test.bitpay.com/invoice?id=LXXgiWHZuKbt9yurP5RpMQ","status":"complete","price":100,"currency":"USD","invoiceTime":1720196480461,"expirationTime":1720197380461,"currentTime":1720196481431,"exceptionStatus":false,"buyerFields":{"buyerName":"Test"},"paymentSubtotals":{"BTC":176951,"PAX":100000000000000000000},"paymentTotals":{"BTC":180506},"exchangeRates":{},"amountPaid":180506,"transactionCurrency":"BTC"},"event":{"code":1006,"name":"invoice_completed","timestamp":1720196481452}}"#;

#[test]
fn the_flat_form_has_no_event() {
    let event = invoice(FLAT);
    assert_eq!((event.code, event.name), (None, None));
    assert_eq!(event.invoice_id.as_str(), "Hpqc62dfE1ZjzeeH4kEycF");
    assert_eq!(event.status.as_str(), "confirmed");
    assert_eq!(event.price.unwrap().to_string(), "10");
    assert_eq!(event.currency.unwrap().as_str(), "USD");
    assert_eq!(event.order_id.unwrap(), "20210511_abcde");
    assert_eq!(event.pos_data.unwrap(), "tx46518");
    assert_eq!(
        event.current_time.unwrap().as_millisecond(),
        1_620_671_313_184
    );
}

#[test]
fn the_extended_form_is_read_in_any_order() {
    let event = invoice(EXTENDED);
    assert_eq!(event.code, Some(EventCode::INVOICE_COMPLETED));
    assert_eq!(event.name.as_deref(), Some("invoice_completed"));
    assert_eq!(event.timestamp.unwrap().as_millisecond(), 1_720_196_481_452);
    assert_eq!(event.status.as_str(), "complete");

    let event = invoice(
        r#"{"event":{"name":"invoice_expired","code":"1004"},"data":{"currency":"USD","price":"1.10","status":"expired","id":"abc","orderId":7,"currentTime":"1720196481431"}}"#,
    );
    assert_eq!(event.code, Some(EventCode::INVOICE_EXPIRED));
    assert_eq!(event.timestamp, None);
    assert_eq!(event.price.unwrap(), "1.1".parse().unwrap());
    assert_eq!(event.order_id.as_deref(), Some("7"));
    assert_eq!(
        event.current_time.unwrap().as_millisecond(),
        1_720_196_481_431
    );
}

#[test]
fn an_unknown_invoice_event_is_one_all_the_same() {
    let body = r#"{"event":{"code":1077,"name":"invoice_teleported"},"data":{"id":"abc","status":"elsewhere","price":{"new":"form"}}}"#;
    let event = invoice(body);
    assert_eq!(event.code, Some(EventCode(1077)));
    assert_eq!(event.status.as_str(), "elsewhere");
    assert_eq!((event.price, event.currency), (None, None));
}

#[test]
fn other_shapes_keep_their_text() {
    for (body, code, name) in [
        (
            r#"{"event":{"code":2001,"name":"bill_paid"},"data":{"id":"3Zpmji8bRKxWJo2NJbWX5H","status":"paid","price":1}}"#,
            Some(2001),
            Some("bill_paid"),
        ),
        // The code and the name disagree.
        (
            r#"{"event":{"code":1006,"name":"refund_success"},"data":{"id":"GZBBLcsgQamua3PN8GX92s","status":"complete","price":1}}"#,
            Some(1006),
            Some("refund_success"),
        ),
        (
            r#"{"event":{"code":5003,"name":"payout_completed"},"data":{"id":"a/b","status":"complete"}}"#,
            Some(5003),
            Some("payout_completed"),
        ),
        (
            r#"{"event":{"code":1006,"name":"invoice_completed"},"data":{"id":"../tokens","status":"complete"}}"#,
            Some(1006),
            Some("invoice_completed"),
        ),
        (r#"{"event":{"code":1006}}"#, Some(1006), None),
        (r#"{"event":"invoice_completed","data":{}}"#, None, None),
        (r#"{"id":"test"}"#, None, None),
        (
            r#"{"id":"a","id":"b","status":"paid","price":1}"#,
            None,
            None,
        ),
        (r#"[["a","paid",1]]"#, None, None),
        ("null", None, None),
    ] {
        let Event::Other {
            code: found,
            name: called,
            raw,
            ..
        } = read(body).unwrap()
        else {
            panic!("{body}");
        };
        assert_eq!(
            (found, called.as_deref()),
            (code.map(EventCode), name),
            "{body}"
        );
        assert_eq!(raw, body);
    }
}

#[test]
fn what_is_not_json_is_an_error() {
    for body in [r#"{"data":{"test":true}"#, "", "id=abc", "{} {}"] {
        assert!(
            matches!(read(body), Err(WebhookError::Decode { .. })),
            "{body}"
        );
    }
    let header = Verifier::sign("token", b"\"\xFF\"");
    let verifier = Verifier::new().with("pos", "token");
    let verified = verifier.verify(b"\"\xFF\"", &header).unwrap();
    assert_eq!(
        verified.event(),
        Err(WebhookError::Decode { line: 0, column: 0 })
    );
}

#[test]
fn each_refusal_has_its_own_error() {
    let body = br#"{"id":"test"}"#;
    let header = Verifier::sign("test", body);
    let verifier = Verifier::new().with("pos", "test");
    let verify = |body: &[u8], header: &str| verifier.verify(body, header).map(|_| ()).unwrap_err();

    assert_eq!(
        Verifier::new().verify(body, &header).unwrap_err(),
        WebhookError::NoSecret
    );
    for empty in ["", "\0"] {
        assert_eq!(
            Verifier::new()
                .with("pos", "test")
                .with("old", empty)
                .verify(body, &header)
                .unwrap_err(),
            WebhookError::EmptySecret,
        );
    }
    for missing in ["", "  "] {
        assert_eq!(verify(body, missing), WebhookError::MissingHeader);
    }
    let no_padding = header.trim_end_matches('=');
    let url_safe = header.replace('/', "_");
    let twice = format!("{header},{header}");
    let short = "0KkGd2YCcbkhX15N8QF1mg==";
    let hex = "d0a906776602";
    for bad in [
        no_padding,
        &url_safe,
        &twice,
        short,
        hex,
        "sha256=abc",
        "\u{1F980}",
    ] {
        assert_eq!(verify(body, bad), WebhookError::BadHeader, "{bad}");
    }
    assert_eq!(
        verify(br#"{ "id": "test" }"#, &header),
        WebhookError::Mismatch
    );
    assert_eq!(
        verify(body, &Verifier::sign("tes", body)),
        WebhookError::Mismatch
    );
    assert!(verify(b"", &header).to_string().contains("raw bytes"));
}

#[test]
fn the_first_of_two_labels_with_one_secret_is_the_one_that_matched() {
    let verifier = Verifier::new().with("a", "token").with("b", "token");
    let header = Verifier::sign("token", b"");
    assert_eq!(verifier.verify(b"", &header).unwrap().matched(), "a");
}

#[test]
fn a_secret_of_any_length_is_the_key_of_rfc_2104() {
    // RFC 4231, test case 2.
    let cases = [
        (
            String::from("Jefe"),
            "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        // Made with Python's hmac: a key longer than a block, and one that fills it.
        (
            "a".repeat(131),
            "Test Using Larger Than Block-Size Key - Hash Key First",
            "d021303c2f34bf3ae541b4ec9c672691694c6f71c5c0c55781545a66115b14a7",
        ),
        (
            "a".repeat(64),
            "exactly one block",
            "f83807bcc2c7ce305454ffd52939240ce257c42c4474700898f9c69e73c4cd44",
        ),
    ];
    for (secret, body, expected) in cases {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        let mac = STANDARD
            .decode(Verifier::sign(&secret, body.as_bytes()))
            .unwrap();
        assert_eq!(hex::encode(mac), expected);
    }
}

const BODY: &[u8] = br#"{"id":"Hpqc62dfE1ZjzeeH4kEycF","status":"complete","price":10}"#;
const SHA_256: &str = "b0f26b86f4ef172a61789332e9ec0386e6e239f4c026e13d9a8062f902d553c0";

/// Enters with this body, signed as it should be.
fn enter<'a>(seen: &'a SeenInMemory, body: &[u8]) -> Entry<'a, SeenInMemory> {
    let verifier = Verifier::new().with("pos", "token");
    let header = Verifier::sign("token", body);
    seen.enter(&verifier.verify(body, &header).unwrap())
        .unwrap()
}

#[test]
fn a_webhook_is_marked_only_when_its_handler_has_committed() {
    let seen = SeenInMemory::new();
    // A handler that fails, panics or is dropped leaves it to be handled.
    for _ in 0..3 {
        assert!(matches!(enter(&seen, BODY), Entry::New(_)));
    }
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _handling = enter(&seen, BODY);
        panic!("the handler fails");
    }));
    assert!(panicked.is_err());
    let Entry::New(handling) = enter(&seen, BODY) else {
        panic!("it was not handled");
    };
    let name = handling.fingerprint().to_string();
    let shown = format!("Fingerprint({name})");
    assert_eq!(format!("{:?}", handling.fingerprint()), shown);
    assert!(format!("{handling:?}").contains(&shown), "{handling:?}");
    // As `sha256sum` has it.
    assert_eq!(name, SHA_256);
    handling.commit().unwrap();
    for _ in 0..3 {
        assert!(matches!(enter(&seen, BODY), Entry::Handled));
    }
    // A byte makes another one.
    assert!(matches!(enter(&seen, b"{}"), Entry::New(_)));
}

#[test]
fn two_deliveries_at_the_same_time_are_not_both_handled() {
    let seen = SeenInMemory::new();
    let first = enter(&seen, BODY);
    assert!(matches!(first, Entry::New(_)));
    assert!(matches!(enter(&seen, BODY), Entry::Busy));
    drop(first);
    // The other one did not commit: now it is this one's.
    let Entry::New(second) = enter(&seen, BODY) else {
        panic!("nobody is handling it");
    };
    second.commit().unwrap();
    assert!(matches!(enter(&seen, BODY), Entry::Handled));
    // Whoever comes first among many has it.
    let seen = SeenInMemory::new();
    let new = std::sync::atomic::AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                if let Entry::New(handling) = enter(&seen, BODY) {
                    new.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                    handling.commit().unwrap();
                }
            });
        }
    });
    assert_eq!(new.into_inner(), 1);
}

#[test]
fn only_the_last_webhooks_are_remembered() {
    let seen = SeenInMemory::last(3);
    let body = |number: u32| format!("{{\"id\":{number}}}").into_bytes();
    for number in 0..5 {
        let Entry::New(handling) = enter(&seen, &body(number)) else {
            panic!("{number} is new");
        };
        handling.commit().unwrap();
    }
    for number in 2..5 {
        assert!(matches!(enter(&seen, &body(number)), Entry::Handled));
    }
    for number in 0..2 {
        assert!(matches!(enter(&seen, &body(number)), Entry::New(_)));
    }
}

/// A store that cannot write.
struct Full(SeenInMemory);

impl Seen for Full {
    type Error = &'static str;

    fn claim(&self, webhook: &Fingerprint) -> Result<Claim, Self::Error> {
        self.0.claim(webhook).map_err(|_| "never")
    }

    fn commit(&self, _: &Fingerprint) -> Result<(), Self::Error> {
        Err("the disk is full")
    }

    fn release(&self, webhook: &Fingerprint) {
        self.0.release(webhook);
    }
}

#[test]
fn a_commit_that_fails_leaves_the_webhook_to_be_handled() {
    let seen = Full(SeenInMemory::new());
    let verifier = Verifier::new().with("pos", "token");
    let header = Verifier::sign("token", BODY);
    let verified = verifier.verify(BODY, &header).unwrap();
    for _ in 0..2 {
        let Ok(Entry::New(handling)) = seen.enter(&verified) else {
            panic!("it was not handled");
        };
        assert_eq!(handling.commit(), Err("the disk is full"));
    }
}
