//! What both clients make of what comes back, faults included.

use std::error::Error as StdError;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use bitpay_conformance::{Front, Listening, MockBitPay, Reply, Server, both_fronts, data, json};
use bitpay_core::error::{ApiError, ApiErrorKind as Api, TransportErrorKind as Transport};
use bitpay_core::model::invoice::{CancelInvoice, GetInvoice};
use bitpay_core::retry::RetryPolicy;
use bitpay_core::{Effect, Error, ErrorKind};

use wiremock::matchers::{any, method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::values::{
    INVOICE, KEY, MADE, MERCHANT_TOKEN, config, config_for, create, made, merchant, once,
};

both_fronts! {
    each_form_of_refusal_is_read_whatever_the_status,
    a_page_that_is_not_json_is_neither_lost_nor_taken_for_bitpay,
    a_body_that_ends_early_is_not_an_answer,
    harmless_oddities_do_not_spoil_an_answer,
    a_redirect_is_not_followed,
    a_redirect_is_not_an_answer_on_a_ready_made_client,
    a_silent_server_does_not_hold_the_caller,
    a_closed_connection_does_not_pass_for_an_answer,
    a_connection_closed_between_two_calls_does_not_fail_the_second,
    a_closed_port_is_not_an_unknown_outcome,
    a_body_over_the_limit_is_not_kept,
    a_server_without_tls_is_not_talked_to,
    what_is_not_http_is_not_an_answer,
}

fn get() -> GetInvoice {
    GetInvoice::new(INVOICE.parse().unwrap())
}

fn cancel() -> CancelInvoice {
    CancelInvoice::new(INVOICE.parse().unwrap())
}

/// What no error may show: its parts of eight characters, in any form of the error.
fn shows_no_secret(error: &Error, signatures: &[String]) {
    let mut forms = vec![
        format!("{error}"),
        format!("{error:?}"),
        format!("{error:#?}"),
    ];
    let mut source = error.source();
    while let Some(cause) = source {
        forms.push(format!("{cause}"));
        forms.push(format!("{cause:?}"));
        source = cause.source();
    }
    let secrets = [MERCHANT_TOKEN, KEY]
        .into_iter()
        .chain(signatures.iter().map(String::as_str));
    for secret in secrets {
        for window in secret.as_bytes().windows(8) {
            let window = std::str::from_utf8(window).unwrap();
            // The beginning of every signature, and of this one's DER length.
            for form in &forms {
                assert!(!form.contains(window), "{window} of a secret in {form}");
            }
        }
    }
    for form in &forms[..1] {
        assert!(
            !form.contains("http://") && !form.contains("https://"),
            "{form}"
        );
        assert!(!form.contains('\n') && form.len() < 400, "{form}");
    }
}

/// Makes a call that must fail, once, and looks for secrets in the error.
fn fails<F: Front>(server: &impl Listening) -> Error {
    let client = F::new(&once(server)).unwrap();
    let error = client.call(&merchant(), &get()).unwrap_err();
    let signatures: Vec<String> = server
        .received()
        .iter()
        .filter_map(|received| received.header("x-signature").map(str::to_owned))
        .collect();
    shows_no_secret(&error, &signatures);
    assert_eq!(error.operation(), "get_invoice");
    // A read has no effect, whatever happens to it.
    assert_eq!(error.effect(), Effect::Nothing);
    error
}

fn api(error: &Error) -> &ApiError {
    error.api().unwrap_or_else(|| panic!("{error:?}"))
}

fn transport(error: &Error) -> Transport {
    match error.kind() {
        ErrorKind::Transport(error) => error.kind,
        _ => panic!("{error:?}"),
    }
}

fn each_form_of_refusal_is_read_whatever_the_status<F: Front>() {
    type Row = (
        &'static str,
        Api,
        &'static str,
        Option<&'static str>,
        &'static [(&'static str, &'static str)],
    );
    let rows: [Row; 19] = [
        (
            r#"{"error":"Unauthorized sin"}"#,
            Api::NotPaired,
            "Unauthorized sin",
            None,
            &[],
        ),
        (
            r#"{"error":"ID not associated with a BitPay user"}"#,
            Api::NotPaired,
            "ID not associated with a BitPay user",
            None,
            &[],
        ),
        (
            r#"{"error":"Invalid token"}"#,
            Api::InvalidToken,
            "Invalid token",
            None,
            &[],
        ),
        (
            r#"{"error":"Invalid signature"}"#,
            Api::InvalidSignature,
            "Invalid signature",
            None,
            &[],
        ),
        (
            r#"{"error":"Bad public key from identity"}"#,
            Api::InvalidSignature,
            "Bad public key from identity",
            None,
            &[],
        ),
        (
            r#"{"error":"This endpoint does not support the `user` facade"}"#,
            Api::WrongFacade,
            "This endpoint does not support the `user` facade",
            None,
            &[],
        ),
        (
            r#"{"error":"Unable to create token"}"#,
            Api::PairingRefused,
            "Unable to create token",
            None,
            &[],
        ),
        (
            r#"{"error":"Unable to create token because of too many requests."}"#,
            Api::RateLimited,
            "Unable to create token because of too many requests.",
            None,
            &[],
        ),
        (
            r#"{"error":"Object not found"}"#,
            Api::NotFound,
            "Object not found",
            None,
            &[],
        ),
        (
            r#"{"error":"Account not setup completely yet."}"#,
            Api::AccountIncomplete,
            "Account not setup completely yet.",
            None,
            &[],
        ),
        (
            r#"{"error":"Account is suspended"}"#,
            Api::AccountSuspended,
            "Account is suspended",
            None,
            &[],
        ),
        (
            r#"{"error":{"type":"limitExceeded","message":"Invoice not created due to account limits"}}"#,
            Api::AccountLimit,
            "limitExceeded: Invoice not created due to account limits",
            None,
            &[],
        ),
        (
            r#"{"errors":[{"error":"Missing required parameter.","param":"price"},{"error":"Missing required parameter.","param":"currency"}]}"#,
            Api::InvalidParams,
            "",
            None,
            &[
                ("price", "Missing required parameter."),
                ("currency", "Missing required parameter."),
            ],
        ),
        (
            r#"{"status":"error","code":"010207","data":null,"error":"Invalid invoice state for refund"}"#,
            Api::Other,
            "Invalid invoice state for refund",
            Some("010207"),
            &[],
        ),
        (
            r#"{"status":"error","code":"500","data":{},"message":"Something odd"}"#,
            Api::Other,
            "Something odd",
            Some("500"),
            &[],
        ),
        (
            r#"{"status":"error","code":20101,"error":"Invoice not found"}"#,
            Api::NotFound,
            "Invoice not found",
            Some("20101"),
            &[],
        ),
        (
            r#"{"status":"error","code":"020101","error":"gone"}"#,
            Api::NotFound,
            "gone",
            Some("020101"),
            &[],
        ),
        (
            r#"{"status":"error","code":"010002","message":"Invalid params"}"#,
            Api::InvalidParams,
            "Invalid params",
            Some("010002"),
            &[],
        ),
        (
            r#"{"status":"error","data":null,"message":"No such recipient is known"}"#,
            Api::Other,
            "No such recipient is known",
            None,
            &[],
        ),
    ];
    for (body, kind, message, code, params) in rows {
        for status in [200, 400, 401, 404, 422, 500] {
            let server = MockBitPay::answering(json(status, body));
            let error = fails::<F>(&server);
            let said = api(&error);
            // Without a word that says more, the status does.
            let kind = match (kind, status) {
                (Api::Other, 404) => Api::NotFound,
                (kind, _) => kind,
            };
            assert_eq!(said.kind, kind, "{body} {status}");
            assert_eq!(said.message, message, "{body} {status}");
            assert_eq!(said.status, status);
            assert_eq!(said.code.as_ref().map(|code| code.as_str()), code, "{body}");
            let said_params: Vec<_> = said
                .params
                .iter()
                .map(|p| (p.param.as_str(), p.error.as_str()))
                .collect();
            assert_eq!(said_params, params, "{body}");
            assert_eq!(said.body(), body);
            assert_eq!(said.content_type.as_deref(), Some("application/json"));
            match kind.remedy() {
                Some(remedy) => assert_eq!(error.remedy(), Some(remedy)),
                None => {
                    let is_published = matches!(code, Some("010207" | "010002"));
                    assert_eq!(error.remedy().is_some(), is_published, "{body}");
                }
            }
            assert_eq!(
                error.is_retryable(),
                kind == Api::RateLimited,
                "{body} {status}"
            );
            assert_eq!(error.tries(), 1);
        }
    }
}

fn a_page_that_is_not_json_is_neither_lost_nor_taken_for_bitpay<F: Front>() {
    let page = "<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head>\n<body>Sorry</body></html>";
    for (status, body, passes) in [
        (403, page, false),
        (502, page, true),
        (503, "", true),
        (520, page, true),
        (500, page, true),
        (500, "", true),
        (404, "Not Found", false),
        (200, page, false),
        (200, "", false),
        (200, "  \r\n", false),
        (200, "OK", false),
    ] {
        let answer = ResponseTemplate::new(status)
            .insert_header("cf-ray", "7d0f-FRA")
            .set_body_raw(body, "text/html; charset=utf-8");
        let server = MockBitPay::answering(answer);
        let error = fails::<F>(&server);
        let said = api(&error);
        assert_eq!((said.kind, said.status), (Api::NotJson, status));
        assert_eq!(
            said.content_type.as_deref(),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(said.ray.as_deref(), Some("7d0f-FRA"));
        assert_eq!(said.body(), body);
        assert_eq!(error.is_retryable(), passes, "{status} {body}");
        assert_eq!(said.message.contains("Attention Required"), body == page);
    }
}

fn a_body_that_ends_early_is_not_an_answer<F: Front>() {
    let whole = format!("{{\"data\":{MADE}}}");
    // Announced longer than it is.
    let cut = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{}",
        whole.len() + 9,
        whole
    );
    let server = Server::always(Reply::SendAndClose(cut.into_bytes()));
    assert_eq!(transport(&fails::<F>(&server)), Transport::Closed);
    // Chunked, without the last chunk.
    let cut = format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{whole}\r\n",
        whole.len()
    );
    let server = Server::always(Reply::SendAndClose(cut.into_bytes()));
    assert_eq!(transport(&fails::<F>(&server)), Transport::Closed);
    // In the middle of the head.
    let server = Server::always(Reply::SendAndClose(
        b"HTTP/1.1 200 OK\r\ncontent-le".to_vec(),
    ));
    assert_eq!(transport(&fails::<F>(&server)), Transport::Closed);
    // Of the right length, but cut before it was framed.
    for length in [1, 2, 20, whole.len() / 2, whole.len() - 1] {
        let server = MockBitPay::answering(json(200, &whole[..length]));
        let error = fails::<F>(&server);
        let ErrorKind::Decode(problem) = error.kind() else {
            panic!("{error:?}");
        };
        assert_eq!(problem.status, 200);
        assert_eq!(problem.body(), &whole.as_bytes()[..length]);
        if length > 60 {
            assert_eq!(problem.id.as_deref(), Some(INVOICE));
        }
    }
}

fn harmless_oddities_do_not_spoil_an_answer<F: Front>() {
    let whole = format!("{{\"data\":{MADE}}}");
    let chunked = format!(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7;ext=1\r\n{}\r\n{:X}\r\n{}\r\n0\r\ntrailer: x\r\n\r\n",
        &whole[..7],
        whole.len() - 7,
        &whole[7..]
    );
    let until_close = format!("HTTP/1.1 200 OK\r\n\r\n{whole}");
    for raw in [
        Reply::Send(chunked.into_bytes()),
        Reply::SendAndClose(until_close.into_bytes()),
    ] {
        reads::<F>(&Server::always(raw));
    }
    for answer in [
        json(200, format!("\u{feff}{whole}")),
        json(200, format!("\r\n {whole} \n")),
        json(201, &whole),
        // Without the envelope.
        json(200, MADE),
        ResponseTemplate::new(200).set_body_raw(whole.as_str(), "text/html"),
        ResponseTemplate::new(200).set_body_bytes(whole),
    ] {
        reads::<F>(&MockBitPay::answering(answer));
    }
}

fn reads<F: Front>(server: &impl Listening) {
    let client = F::new(&once(server)).unwrap();
    let invoice = client.call(&merchant(), &get()).unwrap();
    assert_eq!(invoice.id.as_str(), INVOICE);
    assert_eq!(invoice.tries(), 1);
}

fn redirect(status: u16, target: &str) -> ResponseTemplate {
    json(status, "{\"data\":{}}").insert_header("location", target)
}

fn a_redirect_is_not_followed<F: Front>() {
    for status in [301, 302, 303, 307, 308] {
        for target in [
            "/invoices/elsewhere",
            "https://example.org/",
            "//example.org",
            "",
        ] {
            let server = MockBitPay::start();
            for sent in ["GET", "POST"] {
                let answer = redirect(status, target);
                server.expect(Mock::given(method(sent)).respond_with(answer).expect(1));
            }
            let error = fails::<F>(&server);
            assert_eq!(
                (api(&error).kind, api(&error).status),
                (Api::Redirect, status)
            );
            assert!(!error.is_retryable());
            let client = F::new(&config(&server)).unwrap();
            let error = client.call(&merchant(), &create()).unwrap_err();
            assert_eq!(
                (api(&error).kind, error.effect()),
                (Api::Redirect, Effect::Nothing)
            );
        }
    }
}

fn a_redirect_is_not_an_answer_on_a_ready_made_client<F: Front>() {
    for status in [301, 302, 303, 307, 308] {
        let server = MockBitPay::start();
        server.expect(Mock::given(path("/elsewhere")).respond_with(data(MADE)));
        server.expect(Mock::given(any()).respond_with(redirect(status, "/elsewhere")));
        let client = F::following_redirects(&once(&server));
        let error = client.call(&merchant(), &get()).unwrap_err();
        shows_no_secret(&error, &[]);
        let error = client.call(&merchant(), &create()).unwrap_err();
        shows_no_secret(&error, &[]);
        // To itself, as a GET: only the blocking HTTP library can be kept from following.
        if F::NAME == "blocking" {
            let server = MockBitPay::answering(redirect(status, "/invoices"));
            let client = F::following_redirects(&once(&server));
            let error = client.call(&merchant(), &create()).unwrap_err();
            assert_eq!(api(&error).kind, Api::Redirect);
            assert_eq!(server.only().method, "POST");
        }
    }
}

fn a_silent_server_does_not_hold_the_caller<F: Front>() {
    let limit = Duration::from_millis(150);
    let server = Server::always(Reply::Stall);
    let client = F::new(&once(&server).timeout(limit)).unwrap();
    let began = Instant::now();
    let error = client.call(&merchant(), &get()).unwrap_err();
    let took = began.elapsed();
    assert_eq!(transport(&error), Transport::Timeout);
    assert!(error.is_retryable());
    assert!(took >= limit && took < limit * 6, "{took:?}");
    // What is not a read may have happened.
    let error = client.call(&merchant(), &cancel()).unwrap_err();
    assert_eq!(
        (transport(&error), error.effect()),
        (Transport::Timeout, Effect::Unknown)
    );
    assert!(!error.is_retryable());
    shows_no_secret(&error, &[]);
    // The deadline of the whole call holds as well.
    let mut policy = RetryPolicy::default();
    policy.deadline = limit;
    let client = F::new(&config(&server).retry(policy)).unwrap();
    let began = Instant::now();
    let error = client.call(&merchant(), &get()).unwrap_err();
    assert_eq!((transport(&error), error.tries()), (Transport::Timeout, 1));
    assert!(began.elapsed() < limit * 6);
}

fn a_closed_connection_does_not_pass_for_an_answer<F: Front>() {
    // After the request was read.
    let server = Server::always(Reply::Close);
    let error = fails::<F>(&server);
    assert_eq!(transport(&error), Transport::Closed);
    assert!(error.is_retryable());
    let client = F::new(&config(&server)).unwrap();
    let error = client.call(&merchant(), &cancel()).unwrap_err();
    assert_eq!(
        (transport(&error), error.effect()),
        (Transport::Closed, Effect::Unknown)
    );
    // The cancel, and then reads of what it may have cancelled.
    assert_eq!(error.tries(), 4);
    assert!(!error.is_retryable());
    // Before: for all that the client knows, it was read.
    let server = Server::raw(|stream| {
        drop(stream);
        Ok(())
    });
    let client = F::new(&once(&server)).unwrap();
    let error = client.call(&merchant(), &cancel()).unwrap_err();
    assert_eq!(
        (transport(&error), error.effect()),
        (Transport::Closed, Effect::Unknown)
    );
    shows_no_secret(&error, &[]);
}

fn a_connection_closed_between_two_calls_does_not_fail_the_second<F: Front>() {
    // Nothing in the answer tells that the connection is not kept.
    let Reply::Send(bytes) = Reply::data(MADE) else {
        panic!("data is sent whole")
    };
    let server = Server::always(Reply::SendAndClose(bytes));
    let client = F::new(&config(&server)).unwrap();
    for _ in 0..5 {
        client.call(&merchant(), &get()).unwrap();
        let invoice = client.call(&merchant(), &create()).unwrap();
        assert_eq!(invoice.id.as_str(), INVOICE);
    }
}

fn a_closed_port_is_not_an_unknown_outcome<F: Front>() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let client = F::new(&config_for(&format!("http://127.0.0.1:{port}"))).unwrap();
    let error = client.call(&merchant(), &get()).unwrap_err();
    assert_eq!((transport(&error), error.tries()), (Transport::Connect, 4));
    assert!(error.is_retryable());
    shows_no_secret(&error, &[]);
    let error = client.call(&merchant(), &cancel()).unwrap_err();
    // Nothing was sent, so it is tried again even where an unknown outcome would not be.
    assert_eq!(
        (transport(&error), error.effect(), error.tries()),
        (Transport::Connect, Effect::Nothing, 4)
    );
    assert!(error.is_retryable());
}

fn a_body_over_the_limit_is_not_kept<F: Front>() {
    let whole = format!("{{\"data\":{MADE}}}");
    let big = format!("{whole}{}", " ".repeat(1 << 20));
    let mut chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for part in big.as_bytes().chunks(1000) {
        chunked.extend_from_slice(format!("{:x}\r\n", part.len()).as_bytes());
        chunked.extend_from_slice(part);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let announced = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n".to_vec();
    let limit = whole.len();
    is_too_large::<F>(&MockBitPay::answering(json(200, &big)), limit);
    for raw in [chunked, announced] {
        is_too_large::<F>(&Server::always(Reply::Send(raw)), limit);
    }
    let server = made();
    let client = F::new(&config(&server).max_body(limit)).unwrap();
    client.call(&merchant(), &get()).unwrap();
}

fn is_too_large<F: Front>(server: &impl Listening, limit: usize) {
    let client = F::new(&config(server).max_body(limit)).unwrap();
    let error = client.call(&merchant(), &get()).unwrap_err();
    assert_eq!(
        (transport(&error), error.effect()),
        (Transport::TooLarge, Effect::Nothing)
    );
    // Asking again would give the same.
    assert_eq!(error.tries(), 1);
    assert!(!error.is_retryable());
    let error = client.call(&merchant(), &cancel()).unwrap_err();
    assert_eq!(
        (transport(&error), error.effect()),
        (Transport::TooLarge, Effect::Unknown)
    );
}

fn a_server_without_tls_is_not_talked_to<F: Front>() {
    let server = Server::raw(|mut stream| {
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")?;
        stream.read(&mut [0; 4096]).map(drop)
    });
    let url = format!("https://127.0.0.1:{}", server.port());
    let client = F::new(&config_for(&url)).unwrap();
    let reading = client.call(&merchant(), &get()).unwrap_err();
    let creating = client.call(&merchant(), &create()).unwrap_err();
    for error in [reading, creating] {
        assert_eq!(
            (transport(&error), error.effect()),
            (Transport::Tls, Effect::Nothing),
            "{error:?}"
        );
        assert!(!error.is_retryable());
        shows_no_secret(&error, &[]);
    }
}

fn what_is_not_http_is_not_an_answer<F: Front>() {
    for garbage in [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    ] {
        let server = Server::always(Reply::SendAndClose(garbage.as_bytes().to_vec()));
        let error = fails::<F>(&server);
        assert!(
            matches!(transport(&error), Transport::Broken | Transport::Closed),
            "{garbage}: {error:?}"
        );
        let client = F::new(&config(&server)).unwrap();
        let error = client.call(&merchant(), &cancel()).unwrap_err();
        assert_eq!(error.effect(), Effect::Unknown, "{garbage}: {error:?}");
    }
}
