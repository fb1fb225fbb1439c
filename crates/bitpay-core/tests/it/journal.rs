//! What a call tells its journal, what it does when that fails, and what is read back.

use bitpay_core::call::{Call, Incoming as _, Settings, Step};
use bitpay_core::find_out::{Doubt, Finding, Plan, Why};
use bitpay_core::journal::{Entry, Intent, OpenIntents, Source};
use bitpay_core::model::bill::{BillItem, CreateBill};
use bitpay_core::model::invoice::{CancelInvoice, CreateInvoice, GetInvoice, UpdateInvoice};
use bitpay_core::model::payout::CreatePayout;
use bitpay_core::model::recipient::{NewRecipient, RemoveRecipient, SubmitRecipients};
use bitpay_core::pairing::ClaimPairing;
use bitpay_core::stream::StreamCall;
use bitpay_core::time::Timestamp;
use bitpay_core::{
    Allows, Amount, Anonymous, AnyGrant, Config, Credential, Currency, Effect, Environment, Error,
    ErrorKind, Grant, Guid, Identity, Merchant, Operation, Payout, Pos, PrivateKey, RawRequest,
};
use http::{HeaderMap, Method, StatusCode};
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};

const MERCHANT_TOKEN: &str = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";
const PAYOUT_TOKEN: &str = "G7XM9fcM1gtCN7DUr8ZWtPGVFLTKiYWanHR4kvqsnjP3";
const ID: &str = "G3viJEJgE8Jk2oekSdgT2A";

fn key() -> PrivateKey {
    PrivateKey::from_bytes(&[0x5a; 32]).unwrap()
}

fn merchant() -> Grant<Merchant> {
    Grant::new(MERCHANT_TOKEN.parse().unwrap(), key())
}

fn payouts() -> Grant<Payout> {
    Grant::new(PAYOUT_TOKEN.parse().unwrap(), key())
}

fn now() -> Timestamp {
    "2026-03-01T12:00:00.123Z".parse().unwrap()
}

fn settings() -> Settings {
    let mut config = Config::new(Environment::Test);
    config.retry.tries = 1;
    Settings::new(&config).unwrap().with_journal()
}

fn create() -> CreateInvoice {
    CreateInvoice::new(Guid::from_random([7; 16]), 20u32, Currency::USD).order_id("1042")
}

fn pay() -> CreatePayout {
    CreatePayout::new(
        "payroll-7",
        bitpay_core::model::payout::Payee::invite("payee@example.com"),
        "4321.98".parse::<Amount>().unwrap(),
        Currency::USD,
        Currency::EUR,
    )
}

fn cancel() -> CancelInvoice {
    CancelInvoice::new(ID.parse().unwrap())
}

fn call<'e, C: Credential, E: Allows<C>>(credential: &C, request: &'e E) -> Call<'e, E> {
    Call::new(
        request,
        &Environment::Test.base_url(),
        credential,
        &settings(),
    )
    .unwrap()
}

/// The intent of a call whose answer is lost, and the error.
fn lost<C: Credential, E: Allows<C>>(credential: &C, request: &E) -> (Intent, Error)
where
    E::Response: std::fmt::Debug,
{
    let mut call = call(credential, request);
    let Step::Note(Entry::Intent(intent)) = call.step(now(), 1) else {
        panic!("the intent comes first");
    };
    call.noted(Ok(()));
    assert!(matches!(call.step(now(), 2), Step::Send(_)));
    let Step::Note(Entry::Outcome(outcome)) = call.step(now(), 3) else {
        panic!("the outcome follows");
    };
    assert_eq!((outcome.id, outcome.effect), (intent.id, Effect::Unknown));
    call.noted(Ok(()));
    let Step::Done(result) = call.step(now(), 4) else {
        panic!("it is over");
    };
    let error = result.unwrap_err();
    assert_eq!(error.intent(), Some(&intent));
    assert!(!error.is_unrecorded());
    (intent, error)
}

#[test]
fn without_its_intent_in_the_journal_nothing_is_sent() {
    // The journal fails, or the front says nothing of it.
    for told in [true, false] {
        let create = create();
        let mut call = call(&merchant(), &create);
        assert!(matches!(call.step(now(), 0), Step::Note(Entry::Intent(_))));
        if told {
            call.noted(Err("the disk is full".into()));
        }
        let Step::Done(Err(error)) = call.step(now(), 0) else {
            panic!("nothing goes out, and no outcome is written");
        };
        assert!(matches!(error.kind(), ErrorKind::Journal(_)), "{error:?}");
        assert_eq!((error.effect(), error.tries()), (Effect::Nothing, 0));
        let source = std::error::Error::source(&error).unwrap();
        let source = source.source().unwrap().to_string();
        assert_eq!(source.contains("disk is full"), told);
    }
}

#[test]
fn a_result_is_not_lost_because_its_outcome_cannot_be_written() {
    let made = json!({ "data": {
        "id": ID, "url": "https://test.bitpay.com/invoice?id=1", "status": "new", "price": 20,
        "currency": "USD", "orderId": "1042", "guid": create().guid.as_str(),
    }})
    .to_string();
    for answered in [true, false] {
        for told in [Some(Ok(())), Some(Err("the disk is full".into())), None] {
            let is_written = matches!(told, Some(Ok(())));
            let create = create();
            let mut call = call(&merchant(), &create);
            assert!(matches!(call.step(now(), 0), Step::Note(_)));
            call.noted(Ok(()));
            assert!(matches!(call.step(now(), 0), Step::Send(_)));
            if answered {
                assert!(call.head(StatusCode::OK, HeaderMap::new()));
                assert!(call.body(made.as_bytes()));
                call.end();
            }
            let Step::Note(Entry::Outcome(outcome)) = call.step(now(), 0) else {
                panic!("there is an outcome");
            };
            assert_eq!(outcome.by, Source::Call);
            assert_eq!(outcome.resource.as_deref(), answered.then_some(ID));
            if let Some(told) = told {
                call.noted(told);
            }
            let Step::Done(result) = call.step(now(), 0) else {
                panic!("it is over");
            };
            let unrecorded = match result {
                Ok(answer) => answer.is_unrecorded(),
                Err(error) => error.is_unrecorded(),
            };
            assert_eq!(unrecorded, !is_written);
        }
    }
}

#[test]
fn there_is_no_intent_to_do_what_cannot_be_signed() {
    let identity = Identity::elsewhere(*key().public_key());
    let merchant: Grant<Merchant> = Grant::new(MERCHANT_TOKEN.parse().unwrap(), identity);
    let create = create();
    let mut refused = call(&merchant, &create);
    assert!(matches!(refused.step(now(), 0), Step::Sign(_)));
    refused.signed(Err(bitpay_core::error::SignError::NoSigner));
    assert!(matches!(refused.step(now(), 0), Step::Done(Err(_))));

    let mut signed = call(&merchant, &create);
    let Step::Sign(input) = signed.step(now(), 0) else {
        panic!("the key is elsewhere");
    };
    signed.signed(Ok(key().sign(&input.digest)));
    let Step::Note(Entry::Intent(intent)) = signed.step(now(), 0) else {
        panic!("then the intent");
    };
    // What it has of the request is what is signed.
    assert_eq!(intent.hash, Some(hex::encode(input.digest.as_bytes())));
    signed.noted(Ok(()));
    assert!(matches!(signed.step(now(), 0), Step::Send(_)));
}

#[test]
fn what_only_reads_has_nothing_for_the_journal() {
    let get = GetInvoice::new(ID.parse().unwrap());
    assert!(matches!(
        call(&merchant(), &get).step(now(), 0),
        Step::Send(_)
    ));
    let raw = RawRequest::new(Method::GET, ["vouchers"]).reads();
    assert!(matches!(
        call(&merchant(), &raw).step(now(), 0),
        Step::Send(_)
    ));
    // Of a path that is not known, it is not known either.
    let raw = RawRequest::new(Method::POST, ["vouchers"]);
    assert!(matches!(
        call(&merchant(), &raw).step(now(), 0),
        Step::Note(_)
    ));
    let base = Environment::Test.base_url();
    let error = StreamCall::new(&raw, &base, &merchant(), &settings()).unwrap_err();
    assert!(error.to_string().contains("only a GET"), "{error}");
}

#[test]
fn no_secret_and_no_amount_is_in_the_journal() {
    const SMS: &str = "87123456";
    let resend = bitpay_core::model::invoice::ResendInvoiceWebhook::new(
        ID.parse().unwrap(),
        serde_json::from_value(json!("TokenOfTheResource123456789")).unwrap(),
    );
    let update = UpdateInvoice::new(ID.parse().unwrap())
        .buyer_sms("+491701234567")
        .sms_code(SMS);
    let claim = ClaimPairing::new(key().sin().clone(), "Wp4RRAz".parse().unwrap());
    let bill = CreateBill::new(
        Currency::EUR,
        "payee@example.com",
        vec![BillItem::new(
            "Tea",
            "4321.98".parse::<Amount>().unwrap(),
            3,
        )],
    );
    let invite = SubmitRecipients::new(
        Guid::from_random([9; 16]),
        vec![NewRecipient::new(
            Guid::from_random([8; 16]),
            "payee@example.com",
        )],
    );
    let pos: Grant<Pos> = Grant::unsigned(PAYOUT_TOKEN.parse().unwrap());
    let intents = [
        lost(&merchant(), &create()).0,
        lost(&pos, &create()).0,
        lost(&payouts(), &pay()).0,
        lost(&merchant(), &update).0,
        lost(&merchant(), &resend).0,
        lost(&merchant(), &bill).0,
        lost(&payouts(), &invite).0,
        lost(&Anonymous, &claim).0,
    ];
    let secrets = [
        MERCHANT_TOKEN,
        PAYOUT_TOKEN,
        "TokenOfTheResource123456789",
        "payee@example.com",
        "+491701234567",
        SMS,
        "Wp4RRAz",
        "4321.98",
        // The key.
        "5a5a5a5a",
    ];
    for intent in intents {
        let line = Entry::Intent(intent.clone()).to_line();
        for secret in secrets {
            let length = secret.len().min(8);
            for window in secret.as_bytes().windows(length) {
                let window = std::str::from_utf8(window).unwrap();
                assert!(!line.contains(window), "{window} in {line}");
            }
        }
        // A hash of what has no token in it could be tried against every pairing code.
        let hashed = intent.hash.is_some();
        assert_eq!(hashed, intent.operation != "claim_pairing", "{line}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(7), cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn an_entry_is_read_as_it_was_written(
        id in "[0-9a-f]{32}",
        time in 0i64..4_000_000_000_000,
        reference in any::<Option<String>>(),
        guid in prop::option::of("[a-zA-Z0-9_-]{1,40}"),
        resource in any::<Option<String>>(),
        facade in prop::option::of("pos|merchant|payout"),
        effect in "nothing|unknown|happened",
        by in "call|look-up|person|[a-z]{1,9}",
    ) {
        let at = Timestamp::from_millisecond(time).unwrap().to_string();
        let intent = json!({
            "entry": "intent", "id": id, "at": at, "operation": "create_payout",
            "server": "https://test.bitpay.com", "facade": facade, "reference": reference,
            "guid": guid, "resource": resource, "hash": "00",
        });
        let outcome = json!({
            "entry": "outcome", "id": id, "at": at, "effect": effect, "resource": resource, "by": by,
            // What a later version may add.
            "more": {"in": ["it"]},
        });
        for (value, reference) in [(intent, reference), (outcome, None)] {
            let entry = Entry::parse(&value.to_string()).unwrap();
            let line = entry.to_line();
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(Entry::parse(&line).unwrap(), entry.clone());
            if let Entry::Intent(intent) = &entry {
                prop_assert_eq!(&intent.reference, &reference);
            }
            let written: Value = serde_json::from_str(&line).unwrap();
            prop_assert_eq!(&written["id"], &value["id"]);
        }
    }

    /// However the entries of several calls follow one another, and wherever the file is torn: open is
    /// what has an intent and no outcome that settles it.
    #[test]
    fn open_is_what_has_no_outcome_that_settles_it(
        steps in prop::collection::vec((0u32..6, 0u8..4), 0..40),
        torn in 0usize..200,
    ) {
        let mut text = String::new();
        let mut expected: Vec<u32> = Vec::new();
        let mut begun: Vec<u32> = Vec::new();
        let mut torn_off = String::new();
        for (index, (number, what)) in steps.iter().enumerate() {
            let line = match what {
                0 if begun.contains(number) => continue,
                0 => format!(r#"{{"entry":"intent","id":"{number:032x}","at":"2026-05-01T12:00:00Z","operation":"create_bill","server":"https://test.bitpay.com"}}"#),
                what => {
                    let effect = ["nothing", "unknown", "happened"][usize::from(*what) - 1];
                    format!(r#"{{"entry":"outcome","id":"{number:032x}","at":"2026-05-01T12:00:00Z","effect":"{effect}","by":"call"}}"#)
                }
            };
            if index + 1 == steps.len() && torn < line.len() {
                torn_off = line[..torn].to_owned();
                break;
            }
            text.push_str(&line);
            text.push('\n');
            match what {
                0 => { begun.push(*number); expected.push(*number); }
                2 => {}
                _ => expected.retain(|open| open != number),
            }
        }
        text.push_str(&torn_off);
        let mut open = OpenIntents::new();
        open.read_all(text.as_bytes()).unwrap();
        let ids: Vec<String> = open.intents().iter().map(|intent| intent.id.to_string()).collect();
        let expected: Vec<String> = expected.iter().map(|number| format!("{number:032x}")).collect();
        prop_assert_eq!(ids, expected);
    }
}

#[test]
fn a_damaged_line_is_refused_by_its_number_and_not_repeated() {
    let good = Entry::Intent(lost(&payouts(), &pay()).0).to_line();
    for bad in [
        "",
        "SECRET",
        "{\"entry\":\"secret\"}",
        "{\"entry\":\"intent\",\"id\":\"SECRET\"}",
        "{\"entry\":\"outcome\",\"id\":7}",
    ] {
        let text = format!("{good}\n{bad}\n{good}\n");
        let error = OpenIntents::new().read_all(text.as_bytes()).unwrap_err();
        assert_eq!(error.line, 2, "{bad}");
        assert!(!format!("{error:?} {error}").contains("SECRET"), "{error}");
    }
    let mut open = OpenIntents::new();
    assert_eq!(open.read_all(b"\xff\n{}").unwrap_err().line, 1);
}

#[test]
fn each_intent_has_a_name_of_its_own() {
    let name = |request: &CreateInvoice, now, chance| {
        let mut call = call(&merchant(), request);
        match call.step(now, chance) {
            Step::Note(Entry::Intent(intent)) => intent.id,
            other => panic!("{other:?}"),
        }
    };
    let other = CreateInvoice::new(Guid::from_random([8; 16]), 20u32, Currency::USD);
    let later = now() + SignedDuration::from_nanos(1);
    let names = [
        name(&create(), now(), 1),
        name(&create(), now(), 2),
        name(&create(), later, 1),
        name(&other, now(), 1),
    ];
    for (index, one) in names.iter().enumerate() {
        assert!(!names[index + 1..].contains(one), "{names:?}");
        assert_eq!(one.to_string().parse(), Ok(*one));
    }
}

/// What is found out when the look-up is answered so.
fn find<C: Credential>(
    credential: &C,
    doubt: &impl Doubt,
    status: u16,
    answer: &Value,
) -> (String, Finding) {
    let base = Environment::Test.base_url();
    let Plan::Ask(look_up) = Plan::of(doubt, &base, credential).unwrap() else {
        panic!("it is asked");
    };
    let mut call = call(credential, &look_up);
    let Step::Send(sent) = call.step(now(), 0) else {
        panic!("a look-up only reads");
    };
    assert_eq!(sent.method(), Method::GET);
    assert!(call.head(StatusCode::from_u16(status).unwrap(), HeaderMap::new()));
    assert!(call.body(answer.to_string().as_bytes()));
    call.end();
    let Step::Done(result) = call.step(now(), 0) else {
        panic!("it is over");
    };
    let path = sent.uri().path().to_owned();
    (path, look_up.judge(result).unwrap())
}

fn unknown(finding: Finding) -> Why {
    match finding {
        Finding::Unknown { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

fn not_found() -> Value {
    json!({"status": "error", "error": "Object not found"})
}

#[test]
fn an_invoice_is_found_by_its_guid_or_may_be_made_again() {
    let (intent, error) = lost(&merchant(), &create());
    let made = json!({"data": {"id": ID, "price": 20}});
    let (path, finding) = find(&merchant(), &error, 200, &made);
    assert_eq!(path, format!("/invoices/guid/{}", create().guid));
    let Finding::Happened(found) = &finding else {
        panic!("{finding:?}");
    };
    assert_eq!(found.id.as_deref(), Some(ID));
    let outcome = finding.outcome(&intent, now()).unwrap();
    assert_eq!(
        (outcome.effect, outcome.by),
        (Effect::Happened, Source::LookUp)
    );

    let (_, finding) = find(&merchant(), &intent, 404, &not_found());
    assert_eq!(
        finding,
        Finding::NotFound {
            may_send_again: true
        }
    );
    // While the call may be under way in another process, nothing is settled by that.
    let soon = now() + SignedDuration::from_secs(119);
    let late = now() + SignedDuration::from_secs(120);
    assert_eq!(finding.outcome(&intent, soon), None);
    let outcome = finding.outcome(&intent, late).unwrap();
    assert_eq!(outcome.effect, Effect::Nothing);
}

#[test]
fn a_payout_that_is_not_the_only_one_or_older_is_for_a_person() {
    let (intent, _) = lost(&payouts(), &pay());
    let row = |reference: &str, time: &str| json!({"id": ID, "reference": reference, "requestDate": time, "token": "t"});
    let new = row("payroll-7", "2026-03-01T12:00:01.000Z");
    let old = row("payroll-7", "2026-03-01T11:58:00.000Z");
    let other = row("payroll-70", "2026-03-01T12:00:01.000Z");
    let asked = |rows: &[&Value]| {
        let answer = json!({"status": "success", "data": rows});
        let (path, finding) = find(&payouts(), &intent, 200, &answer);
        assert_eq!(path, "/payouts");
        finding
    };
    assert!(matches!(asked(&[&other, &new]), Finding::Happened(_)));
    let nothing = Finding::NotFound {
        may_send_again: false,
    };
    assert_eq!(asked(&[]), nothing);
    assert_eq!(asked(&[&other]), nothing);
    // What is not found now may still show: the intent stays open, however old it is.
    let late = now() + SignedDuration::from_hours(1000);
    assert_eq!(nothing.outcome(&intent, late), None);
    assert_eq!(unknown(asked(&[&old])), Why::Older);
    assert_eq!(unknown(asked(&[&new, &new])), Why::Several(2));
    assert_eq!(unknown(asked(&[&old, &new])), Why::Several(2));
    let undated = json!({"id": ID, "reference": "payroll-7"});
    assert_eq!(unknown(asked(&[&undated])), Why::Older);
    // A clock that is a little ahead of the server's does not make a stranger of it.
    let clocks = row("payroll-7", "2026-03-01T11:59:30.000Z");
    assert!(matches!(asked(&[&clocks]), Finding::Happened(_)));
}

#[test]
fn what_was_to_be_changed_is_read_back() {
    let (_, error) = lost(&merchant(), &cancel());
    let answer = |cancelled: bool| json!({"data": {"id": ID, "isCancelled": cancelled}});
    let (path, finding) = find(&merchant(), &error, 200, &answer(true));
    assert_eq!(path, format!("/invoices/{ID}"));
    assert!(matches!(finding, Finding::Happened(_)));
    let (_, finding) = find(&merchant(), &error, 200, &answer(false));
    assert_eq!(unknown(finding), Why::NotDone);
    let (_, finding) = find(&merchant(), &error, 404, &not_found());
    assert_eq!(unknown(finding), Why::NotDone);

    let update = UpdateInvoice::new(ID.parse().unwrap()).buyer_email("ada@example.com");
    let (_, error) = lost(&merchant(), &update);
    let (_, finding) = find(&merchant(), &error, 200, &answer(false));
    assert_eq!(unknown(finding), Why::LookAtIt);

    let remove = RemoveRecipient::new(ID.parse().unwrap());
    let (_, error) = lost(&payouts(), &remove);
    let (path, finding) = find(&payouts(), &error, 404, &not_found());
    assert_eq!(path, format!("/recipients/{ID}"));
    assert!(matches!(finding, Finding::Happened(_)));
}

#[test]
fn what_nothing_finds_is_named_and_nobody_looks_in_the_wrong_place() {
    let base = Environment::Test.base_url();
    let known = |doubt: &dyn Fn() -> Intent, credential: &AnyGrant, base| match Plan::of(
        &doubt(),
        base,
        credential,
    )
    .unwrap()
    {
        Plan::Known(finding) => unknown(finding),
        Plan::Ask(look_up) => panic!("{look_up:?}"),
    };
    let merchant = AnyGrant::from(merchant());
    let bill = CreateBill::new(
        Currency::EUR,
        "a@b.example",
        vec![BillItem::new("Tea", 4u32, 3)],
    );
    let bill = || lost(&merchant, &bill).0;
    assert_eq!(known(&bill, &merchant, &base), Why::NothingFindsIt);
    let raw = || lost(&merchant, &RawRequest::new(Method::POST, ["vouchers"])).0;
    assert_eq!(known(&raw, &merchant, &base), Why::NothingFindsIt);
    let strange = || {
        let mut intent = bill();
        intent.operation = "create_castle".into();
        intent
    };
    assert_eq!(known(&strange, &merchant, &base), Why::UnknownOperation);

    let create = || lost(&merchant, &create()).0;
    let other = PrivateKey::from_bytes(&[8; 32]).unwrap();
    let other = AnyGrant::from(Grant::<Merchant>::new(
        MERCHANT_TOKEN.parse().unwrap(),
        other,
    ));
    assert_eq!(known(&create, &other, &base), Why::OtherCaller);
    let pos = AnyGrant::from(Grant::<Pos>::new(MERCHANT_TOKEN.parse().unwrap(), key()));
    assert_eq!(known(&create, &pos, &base), Why::OtherCaller);
    let prod = Environment::Production.base_url();
    assert_eq!(known(&create, &merchant, &prod), Why::OtherCaller);
    // Where nothing happened there is nothing to find out.
    let refused = Error::build("create_invoice", bitpay_core::error::BuildError::Http);
    assert!(matches!(
        Plan::of(&refused, &base, &merchant),
        Ok(Plan::Known(Finding::NotFound {
            may_send_again: true
        }))
    ));
}

#[test]
fn whatever_can_change_something_is_found_or_named() {
    use bitpay_core::operation::{OPERATIONS, RetryClass};
    // Those that nothing finds: a person looks for them in the dashboard.
    const UNFOUND: [&str; 12] = [
        "request_pairing",
        "claim_pairing",
        "mint_token",
        "resend_invoice_webhook",
        "resend_refund_notification",
        "resend_payout_notification",
        "create_payout_group",
        "submit_recipients",
        "resend_recipient_notification",
        "create_bill",
        "deliver_bill",
        "create_subscription",
    ];
    let unfound: Vec<&str> = OPERATIONS
        .iter()
        .filter(|row| row.retry != RetryClass::Read && row.lookup.is_none())
        .map(|row| row.name)
        .collect();
    assert_eq!(unfound, UNFOUND);
    for row in OPERATIONS.iter().filter(|row| row.method == Method::DELETE) {
        let lookup = row.lookup.and_then(Operation::named);
        assert!(lookup.is_some(), "{} is followed by a read", row.name);
    }
}
