//! Events of every kind, and what is decided by what was fetched.

use bitpay_core::call::{Call, Incoming as _, Settings, Step};
use bitpay_core::model::invoice::{
    GetInvoice, GetPublicInvoice, Invoice, InvoiceStatus, TransactionSpeed,
};
use bitpay_core::model::payout::PayoutStatus;
use bitpay_core::model::recipient::RecipientStatus;
use bitpay_core::model::refund::RefundStatus;
use bitpay_core::time::Timestamp;
use bitpay_core::webhook::{
    Action, Confirmed, Event, EventCode, FulfilOn, Mismatch, Subject, Unverified, Verifier,
    WebhookError, decide,
};
use bitpay_core::{
    Allows, Amount, Answer, Config, Currency, Effect, Environment, Error, ErrorKind, Grant,
    InvoiceId, Merchant, PrivateKey,
};
use http::{HeaderMap, StatusCode};

fn read(body: &str) -> Event {
    let header = Verifier::sign("token", body.as_bytes());
    let verifier = Verifier::new().with("merchant", "token");
    verifier
        .verify(body.as_bytes(), &header)
        .unwrap()
        .event()
        .unwrap()
}

/// https://developer.bitpay.com/reference/notification-codes
const CODES: [(u32, &str); 24] = [
    (1003, "invoice_paidInFull"),
    (1004, "invoice_expired"),
    (1005, "invoice_confirmed"),
    (1006, "invoice_completed"),
    (1012, "invoice_manuallyNotified"),
    (1013, "invoice_failedToConfirm"),
    (1016, "invoice_refundComplete"),
    (1019, "invoice_declined"),
    (4001, "recipient_invited"),
    (4002, "recipient_unverified"),
    (4003, "recipient_verified"),
    (4004, "recipient_active"),
    (4005, "recipient_paused"),
    (4006, "recipient_removed"),
    (4007, "recipient_manuallyNotified"),
    (5001, "payout_funded"),
    (5002, "payout_processing"),
    (5003, "payout_completed"),
    (5004, "payout_cancelled"),
    (5005, "payout_manuallyNotified"),
    (7001, "refund_created"),
    (7002, "refund_pending"),
    (7003, "refund_success"),
    (7004, "refund_failure"),
];

/// What an event came out as.
fn came_out(event: &Event) -> (Option<Subject>, Option<EventCode>, Option<&str>) {
    match event {
        Event::Invoice(it) => (Some(Subject::Invoice), it.code, it.name.as_deref()),
        Event::Refund(it) => (Some(Subject::Refund), it.code, it.name.as_deref()),
        Event::Payout(it) => (Some(Subject::Payout), it.code, it.name.as_deref()),
        Event::Recipient(it) => (Some(Subject::Recipient), it.code, it.name.as_deref()),
        Event::Other { code, name, .. } => (None, *code, name.as_deref()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_published_event_has_its_type() {
    assert_eq!(EventCode::KNOWN, CODES.map(|(code, _)| EventCode(code)));
    for (number, name) in CODES {
        let code = EventCode(number);
        let subject = code.subject().unwrap();
        assert_eq!(code.name(), Some(name));
        let written = [
            format!(r#"{{"code":{number},"name":"{name}"}}"#),
            format!(r#"{{"name":"{name}","code":"{number}","timestamp":1720196481452}}"#),
        ];
        for head in written {
            let body = format!(r#"{{"event":{head},"data":{{"id":"abc","status":"any"}}}}"#);
            let event = read(&body);
            assert_eq!(came_out(&event), (Some(subject), Some(code), Some(name)));
        }
        // One of the two is enough.
        let body = format!(r#"{{"data":{{"id":"a","status":"b"}},"event":{{"code":{number}}}}}"#);
        assert_eq!(came_out(&read(&body)), (Some(subject), Some(code), None));
        let body = format!(r#"{{"data":{{"id":"a","status":"b"}},"event":{{"name":"{name}"}}}}"#);
        assert_eq!(came_out(&read(&body)), (Some(subject), None, Some(name)));
    }
}

#[test]
fn an_unknown_event_keeps_its_number_and_name() {
    for (number, name, subject) in [
        (1099, "invoice_lost", Some(Subject::Invoice)),
        (7099, "refund_lost", Some(Subject::Refund)),
        (5099, "payout_lost", Some(Subject::Payout)),
        (4099, "recipient_lost", Some(Subject::Recipient)),
        (9001, "subscription_lost", None),
    ] {
        let body = format!(
            r#"{{"event":{{"code":{number},"name":"{name}"}},"data":{{"id":"abc","status":"lost"}}}}"#
        );
        let code = EventCode(number);
        assert_eq!(code.name(), None);
        assert_eq!(came_out(&read(&body)), (subject, Some(code), Some(name)));
    }
}

fn amount(text: &str) -> Option<Amount> {
    Some(text.parse().unwrap())
}

fn moment(text: &str) -> Option<Timestamp> {
    Some(text.parse().unwrap())
}

#[test]
fn a_refund_event_is_read_whole() {
    // As in https://developer.bitpay.com/reference/notifications-refunds, some numbers as strings.
    let Event::Refund(event) = read(
        r#"{"event":{"code":7002,"name":"refund_pending","timestamp":"1641920303967"},"data":{
            "id":"GZBBLcsgQamua3PN8GX92s","invoice":"Wp9cpGphCz7cSeFh6MSYpb","supportRequest":"XuuYtZfTw7G99Ws3z38kWZ",
            "status":"pending","amount":"6.10","currency":"USD","lastRefundNotification":"2022-01-11T16:58:23.967Z",
            "refundFee":2.31,"immediate":false,"buyerPaysRefundFee":"true","requestDate":"2022-01-11T16:58:23.000Z",
            "reference":17,"guid":"g","type":"partial","txid":"t","refundAddress":"addr","transactionCurrency":"BTC",
            "transactionAmount":0.000145,"transactionRefundFee":"0.00005","news":{}}}"#,
    ) else {
        panic!("not a refund");
    };
    assert_eq!(event.code, Some(EventCode::REFUND_PENDING));
    assert_eq!(event.timestamp.unwrap().as_millisecond(), 1_641_920_303_967);
    assert_eq!(event.refund_id.as_str(), "GZBBLcsgQamua3PN8GX92s");
    assert_eq!(event.invoice_id.unwrap().as_str(), "Wp9cpGphCz7cSeFh6MSYpb");
    assert_eq!(event.status, RefundStatus::Pending);
    assert_eq!(
        (event.amount, event.currency),
        (amount("6.1"), Some(Currency::USD))
    );
    assert_eq!(event.refund_fee, amount("2.31"));
    assert_eq!(
        (event.immediate, event.buyer_pays_refund_fee),
        (Some(false), Some(true))
    );
    assert_eq!(
        event.support_request.as_deref(),
        Some("XuuYtZfTw7G99Ws3z38kWZ")
    );
    assert_eq!(event.request_date, moment("2022-01-11T16:58:23Z"));
    assert_eq!(
        event.last_refund_notification,
        moment("2022-01-11T16:58:23.967Z")
    );
    assert_eq!(event.reference.as_deref(), Some("17"));
    let texts = [event.guid, event.kind, event.txid, event.refund_address];
    assert_eq!(texts.map(Option::unwrap), ["g", "partial", "t", "addr"]);
    assert_eq!(event.transaction_currency, Some(Currency::BTC));
    assert_eq!(event.transaction_amount, amount("0.000145"));
    assert_eq!(event.transaction_refund_fee, amount("0.00005"));
}

#[test]
fn a_payout_event_is_read_whole() {
    let Event::Payout(event) = read(
        r#"{"data":{"id":"JMwv8wQCXANoU2ZZQ9a9GH","recipientId":"LDxRZCGq174SF8AnQpdBPB","shopperId":"7qohDf2zZnQK5Qanj8oyC2",
            "accountId":"acc","groupId":"grp","amount":"10.00","currency":"USD","ledgerCurrency":"GBP","email":"a@example.com",
            "exchangeRates":{"BTC":{"USD":39390.47}},"reference":"payout_1","label":"Alice","effectiveDate":"2021-05-27T09:00:00.000Z",
            "requestDate":"2021-05-27T10:47:37.834Z","dateExecuted":"2021-05-27T09:01:00.000Z","status":"complete",
            "transactions":[{"txid":"db53","amount":"0.000254","date":"2021-05-27T11:04:23.155Z","confirmations":6},7]},
            "event":{"code":5003,"name":"payout_completed"}}"#,
    ) else {
        panic!("not a payout");
    };
    assert_eq!(event.code, Some(EventCode::PAYOUT_COMPLETED));
    assert_eq!(event.payout_id.as_str(), "JMwv8wQCXANoU2ZZQ9a9GH");
    assert_eq!(event.status, PayoutStatus::Complete);
    assert_eq!((event.amount, event.price), (amount("10"), None));
    assert_eq!(
        (event.currency, event.ledger_currency),
        (Some(Currency::USD), Some(Currency::GBP))
    );
    assert_eq!(
        event.recipient_id.unwrap().as_str(),
        "LDxRZCGq174SF8AnQpdBPB"
    );
    let texts = [event.shopper_id, event.account_id, event.group_id];
    assert_eq!(
        texts.map(Option::unwrap),
        ["7qohDf2zZnQK5Qanj8oyC2", "acc", "grp"]
    );
    let texts = [event.email, event.reference, event.label];
    assert_eq!(
        texts.map(Option::unwrap),
        ["a@example.com", "payout_1", "Alice"]
    );
    assert_eq!(event.effective_date, moment("2021-05-27T09:00:00Z"));
    assert_eq!(event.request_date, moment("2021-05-27T10:47:37.834Z"));
    assert_eq!(event.date_executed, moment("2021-05-27T09:01:00Z"));
    let transactions = event.transactions.unwrap();
    assert_eq!(transactions.len(), 1);
    assert_eq!(transactions[0].txid.as_deref(), Some("db53"));
    assert_eq!(transactions[0].amount, amount("0.000254"));
    assert_eq!(transactions[0].date, moment("2021-05-27T11:04:23.155Z"));
}

#[test]
fn a_recipient_event_is_read_whole() {
    let Event::Recipient(event) = read(
        r#"{"event":{"code":4001,"name":"recipient_invited"},"data":{"email":"alice@example.com","label":"Alice",
            "status":"invited","id":"JA4cEtmBxCp5cybtnh1rds","shopperId":null}}"#,
    ) else {
        panic!("not a recipient");
    };
    assert_eq!(event.code, Some(EventCode::RECIPIENT_INVITED));
    assert_eq!(event.recipient_id.as_str(), "JA4cEtmBxCp5cybtnh1rds");
    assert_eq!(event.status, RecipientStatus::Invited);
    assert_eq!(event.email.as_deref(), Some("alice@example.com"));
    assert_eq!(
        (event.label.as_deref(), event.shopper_id),
        (Some("Alice"), None)
    );
}

#[test]
fn an_unverified_event_shows_what_to_fetch_and_nothing_more() {
    let read = |body: &str| Unverified::read(body.as_bytes()).unwrap();
    let flat = read(r#"{"id":"abc","status":"complete","price":10,"posData":"secret"}"#);
    assert_eq!(
        (flat.subject(), flat.id()),
        (Some(Subject::Invoice), Some("abc"))
    );
    assert_eq!(flat.invoice_id(), Some("abc".parse().unwrap()));
    assert_eq!(
        format!("{flat:?}"),
        r#"Unverified { subject: Some(Invoice), id: Some("abc") }"#
    );
    for (number, name) in CODES {
        let event = read(&format!(
            r#"{{"event":{{"code":{number},"name":"{name}"}},"data":{{"id":"abc","status":"x"}}}}"#
        ));
        assert_eq!(event.subject(), EventCode(number).subject());
        assert_eq!(event.id(), Some("abc"));
        assert_eq!(event.invoice_id().is_some(), name.starts_with("invoice_"));
        // Not even which event it claims to be.
        assert!(!format!("{event:?}").contains(&number.to_string()));
    }
    let hostile =
        read(r#"{"event":{"code":1006},"data":{"id":"../tokens?x","status":"complete"}}"#);
    assert_eq!((hostile.id(), hostile.invoice_id()), (None, None));
    let other = read(r#"{"hello":1}"#);
    assert_eq!((other.subject(), other.id()), (None, None));
    assert!(matches!(
        Unverified::read(b"id=abc"),
        Err(WebhookError::Decode { .. })
    ));
}

fn merchant() -> Grant<Merchant> {
    let key = PrivateKey::from_bytes(&[7; 32]).unwrap();
    Grant::new(
        "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5"
            .parse()
            .unwrap(),
        key,
    )
}

fn answered<E: Allows<Grant<Merchant>, Response = Invoice>>(
    request: &E,
    body: &str,
) -> Answer<Invoice> {
    let config = Config::new(Environment::Test);
    let settings = Settings::new(&config).unwrap();
    let base = Environment::Test.base_url();
    let mut call = Call::new(request, &base, &merchant(), &settings).unwrap();
    let Step::Send(_) = call.step(Timestamp::UNIX_EPOCH, 0) else {
        panic!("nothing to send")
    };
    assert!(call.head(StatusCode::OK, HeaderMap::new()));
    assert!(call.body(body.as_bytes()));
    call.end();
    let Step::Done(answer) = call.step(Timestamp::UNIX_EPOCH, 0) else {
        panic!("not over")
    };
    answer.unwrap()
}

fn id() -> InvoiceId {
    "abc".parse().unwrap()
}

fn fetch(body: &str) -> Result<Confirmed<Invoice>, Error> {
    Confirmed::fetched(&id(), answered(&GetInvoice::new(id()), body))
}

const INVOICE: &str =
    r#"{"data":{"id":"abc","status":"complete","price":"10.10","currency":"usd","orderId":"17"}}"#;

#[test]
fn what_was_not_fetched_is_not_confirmed() {
    assert!(fetch(INVOICE).is_ok());
    // Another invoice than was asked for, and the view that anyone has.
    let other = fetch(&INVOICE.replace("abc", "abd")).unwrap_err();
    let public = answered(&GetPublicInvoice::new(id()), INVOICE);
    let public = Confirmed::fetched(&id(), public).unwrap_err();
    for error in [other, public] {
        assert_eq!(
            (error.operation(), error.effect()),
            ("get_invoice", Effect::Nothing)
        );
        assert!(error.to_string().contains("not the invoice"), "{error}");
    }
}

/// Held against `decide`: what it would take for news after the fetched status was told too early.
#[test]
fn an_invoice_that_is_not_as_far_as_its_event_says_is_not_confirmed() {
    let statuses = [
        "new",
        "paid",
        "confirmed",
        "complete",
        "expired",
        "invalid",
        "declined",
        "unheard-of",
    ];
    for (told, shown) in statuses
        .iter()
        .flat_map(|told| statuses.map(|shown| (*told, shown)))
    {
        let body = format!(r#"{{"id":"abc","status":"{told}","price":10.1,"currency":"USD"}}"#);
        let Event::Invoice(event) = read(&body) else {
            panic!("{body}");
        };
        let answer = |status: &str| INVOICE.replace("complete", status);
        let confirmed =
            Confirmed::fetched(&event, answered(&GetInvoice::new(id()), &answer(shown)));
        let as_told = fetch(&answer(told)).unwrap();
        let shown = fetch(&answer(shown)).unwrap().into_value().status;
        let is_news = match decide(Some(&shown), &as_told, FulfilOn::Complete) {
            Action::Ignore => false,
            Action::Record | Action::Fulfil { .. } | Action::Settle => true,
            // Of a fulfilled order, where nothing is news.
            other => panic!("{other:?}"),
        };
        let is_known = !matches!(shown, InvoiceStatus::Other(_));
        match confirmed {
            Ok(_) => assert!(!is_news || !is_known, "{told} and {shown}"),
            Err(error) => {
                assert!(is_news, "{told} and {shown}: {error}");
                assert!(matches!(error.kind(), ErrorKind::Behind(_)), "{error:?}");
                assert_eq!(error.effect(), Effect::Nothing);
            }
        }
    }
}

#[test]
fn an_invoice_of_another_order_or_price_is_not_taken() {
    let invoice = fetch(INVOICE).unwrap();
    let price: Amount = "10.1".parse().unwrap();
    let matching = invoice
        .expect_order("17")
        .and_then(|it| it.expect_price(price, &Currency::USD));
    assert_eq!(matching, Ok(&invoice));
    assert_eq!(
        invoice.expect_order("18"),
        Err(Mismatch::Order {
            expected: "18".into(),
            found: Some("17".into())
        })
    );
    assert_eq!(
        invoice.expect_price(10u32, &Currency::USD),
        Err(Mismatch::Price {
            expected: 10u32.into(),
            found: price
        })
    );
    assert_eq!(
        invoice.expect_price(price, &Currency::EUR),
        Err(Mismatch::Currency {
            expected: Currency::EUR,
            found: "usd".parse().unwrap()
        })
    );
    assert_eq!(invoice.expect_invoice(&invoice.id), Ok(&invoice));
    let other = "SomebodyElsesInvoice12".parse().unwrap();
    let error = invoice.expect_invoice(&other).unwrap_err();
    assert!(matches!(error, Mismatch::Invoice { .. }), "{error}");
    let told = format!("the invoice is {}, not SomebodyElsesInvoice12", invoice.id);
    assert_eq!(error.to_string(), told);
    let without = fetch(&INVOICE.replace(r#","orderId":"17""#, "")).unwrap();
    let error = without.expect_order("17").unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"the invoice is for no order, not for order "17""#
    );
    assert!(without.expect_order("").is_err());
}

const STATUSES: [InvoiceStatus; 7] = [
    InvoiceStatus::New,
    InvoiceStatus::Expired,
    InvoiceStatus::Paid,
    InvoiceStatus::Confirmed,
    InvoiceStatus::Invalid,
    InvoiceStatus::Declined,
    InvoiceStatus::Complete,
];

fn at(status: &InvoiceStatus, speed: Option<&str>) -> Confirmed<Invoice> {
    let speed = speed.map_or(String::new(), |it| format!(r#","transactionSpeed":"{it}""#));
    fetch(&format!(
        r#"{{"data":{{"id":"abc","status":"{status}","price":1,"currency":"USD"{speed}}}}}"#
    ))
    .unwrap()
}

const SPEEDS: [Option<&str>; 5] = [
    None,
    Some("warp"),
    Some("high"),
    Some("medium"),
    Some("low"),
];

fn rules() -> [FulfilOn; 5] {
    let on = |speed: &str| FulfilOn::Confirmed(TransactionSpeed::from(speed));
    [
        FulfilOn::Complete,
        on("high"),
        on("medium"),
        on("low"),
        on("warp"),
    ]
}

/// Does `confirmed` count under this rule? Written out.
fn counts(rule: &FulfilOn, speed: Option<&str>) -> bool {
    match rule {
        FulfilOn::Confirmed(TransactionSpeed::High) => true,
        FulfilOn::Confirmed(TransactionSpeed::Medium) => matches!(speed, Some("medium" | "low")),
        FulfilOn::Confirmed(TransactionSpeed::Low) => speed == Some("low"),
        _ => false,
    }
}

#[test]
fn each_pair_of_statuses_has_its_action() {
    use Action::{Alarm, Fulfil, Ignore, Record, Settle};
    const NOW: Action = Fulfil { settled: false };
    const END: Action = Fulfil { settled: true };
    // Rows: what is stored, first nothing, then in the order of `STATUSES`. Columns: what was fetched.
    let on_complete = [
        [Record, Record, Record, Record, Record, Record, END],
        [Ignore, Record, Record, Record, Record, Record, END],
        [Ignore, Ignore, Record, Record, Record, Record, END],
        [Ignore, Ignore, Ignore, Record, Record, Record, END],
        [Ignore, Ignore, Ignore, Ignore, Record, Record, END],
        [Ignore, Ignore, Ignore, Ignore, Ignore, Record, END],
        [Ignore, Ignore, Ignore, Ignore, Ignore, Ignore, END],
        [Ignore; 7],
    ];
    let on_confirmed = [
        [Record, Record, Record, NOW, Record, Record, END],
        [Ignore, Record, Record, NOW, Record, Record, END],
        [Ignore, Ignore, Record, NOW, Record, Record, END],
        [Ignore, Ignore, Ignore, NOW, Record, Record, END],
        [Ignore, Ignore, Ignore, Ignore, Alarm, Alarm, Settle],
        [Ignore, Ignore, Ignore, Ignore, Ignore, Record, END],
        [Ignore, Ignore, Ignore, Ignore, Ignore, Ignore, END],
        [Ignore; 7],
    ];
    for rule in rules() {
        for speed in SPEEDS {
            for (column, fetched) in STATUSES.iter().enumerate() {
                let invoice = at(fetched, speed);
                for (row, stored) in std::iter::once(None)
                    .chain(STATUSES.iter().map(Some))
                    .enumerate()
                {
                    let table = if rule == FulfilOn::Complete {
                        on_complete
                    } else {
                        on_confirmed
                    };
                    let mut expected = table[row][column];
                    if expected == NOW && !counts(&rule, speed) {
                        expected = Ignore;
                    }
                    let action = decide(stored, &invoice, rule.clone());
                    assert_eq!(action, expected, "{stored:?} {fetched} {rule:?} {speed:?}");
                }
            }
            // What is not known changes nothing.
            let unknown = at(&InvoiceStatus::from("elsewhere"), speed);
            for stored in std::iter::once(None).chain(STATUSES.iter().map(Some)) {
                assert_eq!(decide(stored, &unknown, rule.clone()), Ignore);
            }
        }
    }
}

/// Every order of the statuses, each of which may come any number of times.
fn orders(left: &[usize], taken: &mut Vec<usize>, check: &mut impl FnMut(&[usize])) {
    check(taken);
    for (index, status) in left.iter().enumerate() {
        let mut rest = left.to_vec();
        rest.remove(index);
        taken.push(*status);
        orders(&rest, taken, check);
        taken.pop();
    }
}

#[test]
fn in_whatever_order_events_come_the_order_is_fulfilled_and_settled_once() {
    for (rule, speed) in [
        (FulfilOn::Complete, Some("medium")),
        (
            FulfilOn::Confirmed(TransactionSpeed::Medium),
            Some("medium"),
        ),
        (FulfilOn::Confirmed(TransactionSpeed::Medium), Some("high")),
        (FulfilOn::Confirmed(TransactionSpeed::High), None),
    ] {
        let invoices = STATUSES.map(|status| at(&status, speed));
        orders(&[0, 1, 2, 3, 4, 5, 6], &mut Vec::new(), &mut |order| {
            let mut stored: Option<InvoiceStatus> = None;
            let (mut fulfilled, mut settled) = (0, 0);
            for index in order {
                // Each one comes twice, and what came first comes once more.
                for again in [*index, *index, order[0]] {
                    let invoice = &invoices[again];
                    let action = decide(stored.as_ref(), invoice, rule.clone());
                    let (fulfil, settle, store) = match action {
                        Action::Ignore | Action::Alarm => (0, 0, false),
                        Action::Record => (0, 0, true),
                        Action::Fulfil { settled } => (1, i32::from(settled), true),
                        Action::Settle => (0, 1, true),
                        other => panic!("{other:?}"),
                    };
                    fulfilled += fulfil;
                    settled += settle;
                    assert!(settle == 0 || invoice.status == InvoiceStatus::Complete);
                    assert!(
                        fulfil == 0
                            || invoice.status == InvoiceStatus::Complete
                            || invoice.status == InvoiceStatus::Confirmed && counts(&rule, speed)
                    );
                    if store {
                        stored = Some(invoice.status.clone());
                    }
                }
            }
            let complete = order.contains(&6);
            assert_eq!(settled, i32::from(complete), "{order:?}");
            assert_eq!(
                stored == Some(InvoiceStatus::Complete),
                complete,
                "{order:?}"
            );
            assert!(fulfilled <= 1 && (fulfilled == 1 || !complete), "{order:?}");
        });
    }
}
