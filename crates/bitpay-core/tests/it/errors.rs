//! BitPay's error codes: what each means, and whether the refused request may have taken effect.

use bitpay_core::call::{Call, Incoming as _, Settings, Step};
use bitpay_core::error::{
    ApiErrorKind, BuildError, ErrorCode, ErrorCodeKind as Kind, ErrorCodeResource, SignError,
};
use bitpay_core::model::invoice::{CancelInvoice, CreateInvoice, GetInvoice, Invoice};
use bitpay_core::model::refund::CreateRefund;
use bitpay_core::model::token_sin::LinkTokenSin;
use bitpay_core::time::Timestamp;
use bitpay_core::{
    Allows, Config, Currency, Effect, Environment, Error, Grant, Guid, Merchant, PrivateKey,
};
use http::{HeaderMap, Method, StatusCode};
use jiff::SignedDuration;

/// https://developer.bitpay.com/reference/error-codes, and what only the SDKs' pages have.
const CODES: [(&str, Kind, &str, ApiErrorKind); 28] = [
    (
        "0000",
        Kind::General,
        "Generic server error",
        ApiErrorKind::Other,
    ),
    (
        "0001",
        Kind::NotFound,
        "Resource not found",
        ApiErrorKind::NotFound,
    ),
    (
        "0002",
        Kind::InvalidParams,
        "Invalid params",
        ApiErrorKind::InvalidParams,
    ),
    (
        "0003",
        Kind::MissingParams,
        "Missing params",
        ApiErrorKind::InvalidParams,
    ),
    (
        "0100",
        Kind::GeneralInvoice,
        "Generic invoice error",
        ApiErrorKind::Other,
    ),
    (
        "0101",
        Kind::InvoiceNotFound,
        "Invoice not found",
        ApiErrorKind::NotFound,
    ),
    (
        "0102",
        Kind::InvalidInvoiceParams,
        "Invalid params",
        ApiErrorKind::InvalidParams,
    ),
    (
        "0103",
        Kind::MissingInvoiceParams,
        "Missing params",
        ApiErrorKind::InvalidParams,
    ),
    (
        "0107",
        Kind::InvoiceStateForCancel,
        "Invalid invoice state for cancel",
        ApiErrorKind::Other,
    ),
    (
        "0108",
        Kind::MissingContact,
        "Invoice is missing email or sms",
        ApiErrorKind::Other,
    ),
    (
        "0109",
        Kind::SmsNotVerified,
        "Sms is not verified",
        ApiErrorKind::Other,
    ),
    (
        "0110",
        Kind::PriceBelowMinimum,
        "Invoice price is below minimum threshold",
        ApiErrorKind::Other,
    ),
    (
        "0111",
        Kind::PriceAboveMaximum,
        "Invoice price is above maximum threshold",
        ApiErrorKind::Other,
    ),
    (
        "0112",
        Kind::InvalidSms,
        "Invalid sms number",
        ApiErrorKind::Other,
    ),
    (
        "0113",
        Kind::SmsVerificationFailed,
        "Error verifying sms",
        ApiErrorKind::Other,
    ),
    (
        "0114",
        Kind::ContactIsFixed,
        "Unable to update contact information on high value transaction",
        ApiErrorKind::Other,
    ),
    (
        "0115",
        Kind::EmailAlreadySet,
        "Email already set on invoice",
        ApiErrorKind::Other,
    ),
    (
        "0116",
        Kind::DemoOnly,
        "Unable to perform action outside of demo environment",
        ApiErrorKind::Other,
    ),
    (
        "0117",
        Kind::InvoiceState,
        "Invalid invoice state",
        ApiErrorKind::Other,
    ),
    (
        "0118",
        Kind::AccountMisconfigured,
        "Misconfigured account",
        ApiErrorKind::AccountIncomplete,
    ),
    (
        "0119",
        Kind::MockTransactionFailed,
        "Unable to apply mock transaction",
        ApiErrorKind::Other,
    ),
    (
        "0200",
        Kind::GeneralRefund,
        "Generic refund error",
        ApiErrorKind::Other,
    ),
    (
        "0201",
        Kind::RefundNotFound,
        "Refund not found",
        ApiErrorKind::NotFound,
    ),
    (
        "0202",
        Kind::InvalidRefundParams,
        "Invalid params",
        ApiErrorKind::InvalidParams,
    ),
    (
        "0203",
        Kind::MissingRefundParams,
        "Missing params",
        ApiErrorKind::InvalidParams,
    ),
    (
        "0204",
        Kind::RefundIsActive,
        "Active refund request already exists",
        ApiErrorKind::Other,
    ),
    (
        "0207",
        Kind::InvoiceStateForRefund,
        "Invalid invoice state for refund",
        ApiErrorKind::Other,
    ),
    (
        "0208",
        Kind::FeesExceedRefund,
        "Fees are greater than refund amount",
        ApiErrorKind::Other,
    ),
];

#[test]
fn every_published_code_is_known() {
    let methods = [
        ("00", None),
        ("01", Some(Method::POST)),
        ("02", Some(Method::GET)),
        ("03", Some(Method::PUT)),
        ("04", Some(Method::DELETE)),
    ];
    assert_eq!(Kind::KNOWN, CODES.map(|(_, kind, ..)| kind));
    for (digits, kind, text, _) in CODES {
        let resource = match &digits[..2] {
            "00" => ErrorCodeResource::General,
            "01" => ErrorCodeResource::Invoice,
            _ => ErrorCodeResource::Refund,
        };
        for (prefix, method) in &methods {
            let written = format!("{prefix}{digits}");
            let code = ErrorCode::from(written.as_str());
            assert_eq!(code.as_str(), written);
            assert_eq!(code.kind(), kind);
            assert_eq!(code.method(), *method);
            assert_eq!(code.resource(), Some(resource));
            assert_eq!(code.kind().text(), Some(text));
            assert!(code.meaning().is_some());
        }
    }
}

#[test]
fn a_code_that_came_as_a_number_is_the_same_code() {
    let code = ErrorCode::from("10207");
    assert_eq!(code.kind(), Kind::InvoiceStateForRefund);
    assert_eq!(code.method(), Some(Method::POST));
    assert_eq!(code.to_string(), "10207");
}

#[test]
fn an_unknown_code_is_kept() {
    for (text, method, resource) in [
        (
            "010299",
            Some(Method::POST),
            Some(ErrorCodeResource::Refund),
        ),
        (
            "010205",
            Some(Method::POST),
            Some(ErrorCodeResource::Refund),
        ),
        (
            "020104",
            Some(Method::GET),
            Some(ErrorCodeResource::Invoice),
        ),
        ("015501", Some(Method::POST), None),
        ("990199", None, Some(ErrorCodeResource::Invoice)),
        ("500", None, None),
        ("0102071", None, None),
        ("+10207", None, None),
        ("01020x", None, None),
        ("\u{661}10207", None, None),
        ("limitExceeded", None, None),
        ("", None, None),
    ] {
        let code = ErrorCode::from(text);
        assert_eq!((code.kind(), code.as_str()), (Kind::Unknown, text));
        assert_eq!(
            (code.method(), code.resource()),
            (method, resource),
            "{text}"
        );
        assert_eq!((code.meaning(), code.kind().text()), (None, None));
        assert!(!code.kind().is_failure());
    }
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

/// What a call comes to when each request is answered with this.
fn refused<E: Allows<Grant<Merchant>>>(request: &E, body: &str) -> Error {
    refused_with(StatusCode::INTERNAL_SERVER_ERROR, request, body)
}

fn refused_with<E: Allows<Grant<Merchant>>>(status: StatusCode, request: &E, body: &str) -> Error {
    let config = Config::new(Environment::Test);
    let settings = Settings::new(&config).unwrap();
    let base = Environment::Test.base_url();
    let mut call = Call::new(request, &base, &merchant(), &settings).unwrap();
    let mut now = Timestamp::UNIX_EPOCH;
    loop {
        match call.step(now, 0) {
            Step::Send(_) => {
                assert!(call.head(status, HeaderMap::new()));
                assert!(call.body(body.as_bytes()));
                call.end();
            }
            Step::Sleep(pause) => now += SignedDuration::try_from(pause).unwrap(),
            Step::Note(_) => panic!("there is no journal"),
            Step::Sign(_) => panic!("the key is here"),
            Step::Done(Ok(_)) => panic!("taken for a success"),
            Step::Done(Err(error)) => return error,
        }
    }
}

#[test]
fn a_refusal_that_comes_as_a_success_is_one() {
    let sin = PrivateKey::from_bytes(&[8; 32]).unwrap().sin().clone();
    for (body, message) in [
        (
            r#"{"status":"false","data":{},"message":null}"#,
            "not done; BitPay does not say why",
        ),
        (
            r#"{"status":false,"data":{},"message":"Token is gone"}"#,
            "Token is gone",
        ),
        (r#"{"success":false}"#, "not done; BitPay does not say why"),
        (
            r#"{"data":{"success":"false"}}"#,
            "not done; BitPay does not say why",
        ),
    ] {
        let error = refused_with(StatusCode::OK, &LinkTokenSin::new(sin.clone()), body);
        let refusal = error.api().unwrap_or_else(|| panic!("{error:?}"));
        assert_eq!((refusal.message.as_str(), refusal.status), (message, 200));
        assert_eq!(error.effect(), Effect::Nothing);
        assert_eq!(
            (error.tries(), refusal.body().as_ref()),
            (1, body.as_bytes())
        );
    }
}

#[test]
fn a_code_tells_a_refusal_from_a_failure() {
    let id = || "G3viJEJgE8Jk2oekSdgT2A".parse().unwrap();
    let guid = || Guid::from_random([7; 16]);
    let invoice: Invoice = serde_json::from_str(
        r#"{"id":"G3viJEJgE8Jk2oekSdgT2A","status":"complete","price":10,"currency":"USD"}"#,
    )
    .unwrap();
    let create = CreateInvoice::new(guid(), 10u32, Currency::USD);
    let refund = CreateRefund::full(&invoice, guid()).unwrap();
    for (digits, kind, text, meaning) in CODES {
        // The server failed, and does not say at what.
        let failed = ["0000", "0100", "0200"].contains(&digits);
        assert_eq!(kind.is_failure(), failed);
        let body = |method: &str| {
            format!(
                r#"{{"status":"error","code":"{method}{digits}","data":null,"error":"{text}"}}"#
            )
        };
        let writes = [
            refused(&create, &body("01")),
            refused(&refund, &body("01")),
            refused(&CancelInvoice::new(id()), &body("04")),
        ];
        let read = refused(&GetInvoice::new(id()), &body("02"));
        for error in writes.iter().chain([&read]) {
            let api = error.api().unwrap();
            assert_eq!((api.kind, &*api.message), (meaning, text), "{digits}");
            assert_eq!(api.code.as_ref().unwrap().kind(), kind);
            assert_eq!(api.is_server_down(), failed);
        }
        for error in &writes {
            let effect = if failed {
                Effect::Unknown
            } else {
                Effect::Nothing
            };
            assert_eq!(error.effect(), effect, "{digits} {error}");
            assert!(!error.is_retryable());
        }
        assert_eq!(read.effect(), Effect::Nothing);
        assert_eq!(read.is_retryable(), failed);
        // What is final is said once; a cancel is not repeated in any case, but looked after.
        let tries = [&writes[0], &writes[1], &writes[2], &read].map(Error::tries);
        assert_eq!(tries, if failed { [4; 4] } else { [1; 4] }, "{digits}");
    }
}

#[test]
fn each_published_refusal_and_each_mistake_says_what_to_do() {
    let create = CreateInvoice::new(Guid::from_random([7; 16]), 10u32, Currency::USD);
    for (digits, _, text, _) in CODES {
        let error = refused(
            &create,
            &format!(r#"{{"status":"error","code":"01{digits}","error":"{text}"}}"#),
        );
        assert!(error.remedy().is_some_and(|it| it.len() > 20), "{digits}");
    }
    let told = |error: BuildError| error.to_string();
    let operation = "get_invoice";
    for (error, to_do) in [
        (told(BuildError::NoKey { operation }), "use a grant"),
        (told(BuildError::Path { parameter: "id" }), "it is empty"),
        (told(BuildError::Http), "holds what"),
        (told(BuildError::NotARead), "use `call`"),
        (SignError::NoSigner.to_string(), "with_signer"),
    ] {
        assert!(error.contains(to_do), "{to_do} is not in {error}");
    }
}

#[test]
fn a_text_that_says_more_than_a_generic_code_is_final() {
    let create = CreateInvoice::new(Guid::from_random([7; 16]), 10u32, Currency::USD);
    let error = refused(
        &create,
        r#"{"status":"error","code":"010000","error":"Unauthorized sin"}"#,
    );
    assert_eq!((error.effect(), error.tries()), (Effect::Nothing, 1));
    assert_eq!(error.api().unwrap().kind, ApiErrorKind::NotPaired);
}
