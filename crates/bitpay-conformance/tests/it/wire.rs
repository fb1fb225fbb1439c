//! What goes on the wire.

use bitpay_conformance::{
    Async, Blocking, Front, Listening, MockBitPay, Received, Reply, Server, both_fronts, data,
    signed, unsigned,
};
use bitpay_core::model::invoice::{
    CancelInvoice, CreateInvoice, GetInvoice, GetPublicInvoice, InvoiceStatus, ListInvoices,
};
use bitpay_core::model::rate::GetRates;
use bitpay_core::pairing::{ListTokens, RequestPairing};
use bitpay_core::{Anonymous, Facade, Identity};
use wiremock::Mock;
use wiremock::matchers::{any, body_string, method, path, path_regex, query_param};

use crate::values::{
    INVOICE, MADE, MERCHANT_TOKEN, POS_TOKEN, config, config_for, create, guid, key, keyed_pos,
    made, merchant, unsigned_pos,
};

both_fronts! {
    a_create_sends_the_documented_method_target_headers_and_bytes,
    a_read_sends_its_token_first_and_no_body,
    odd_text_arrives_unchanged_and_signed,
    odd_query_values_arrive_unchanged_and_signed,
    a_public_call_after_a_signed_one_carries_no_signature,
    a_pos_grant_signs_exactly_when_it_has_a_key,
    the_signed_address_is_the_one_that_the_server_sees,
    a_cookie_is_not_kept,
}

/// The headers that do not depend on the HTTP library.
fn own_headers(received: &Received) -> Vec<(String, String)> {
    let mut headers: Vec<_> = received
        .headers
        .iter()
        .filter(|(name, _)| {
            name.starts_with("x-")
                || ["content-type", "accept", "user-agent", "content-length"]
                    .contains(&name.as_str())
        })
        .cloned()
        .collect();
    headers.sort();
    headers
}

fn a_create_sends_the_documented_method_target_headers_and_bytes<F: Front>() {
    let server = MockBitPay::start();
    let body = format!(
        r#"{{"token":"{MERCHANT_TOKEN}","guid":"{}","price":10.10,"currency":"USD"}}"#,
        guid()
    );
    server.expect(
        Mock::given(method("POST"))
            .and(path("/invoices"))
            .and(body_string(body))
            .and(signed)
            .respond_with(data(MADE))
            .expect(1),
    );
    let client = F::new(&config(&server).platform_info("web-shop 1.2")).unwrap();
    client.call(&merchant(), &create()).unwrap();
    let received = server.only();
    assert_eq!(received.target, "/invoices");
    let version = env!("CARGO_PKG_VERSION");
    let length = received.body.len().to_string();
    let signature = received.header("x-signature").unwrap().to_owned();
    let mut expected = [
        ("accept", "application/json"),
        ("content-length", &length),
        ("content-type", "application/json"),
        ("user-agent", &format!("bitpay-rust/{version}")),
        ("x-accept-version", "2.0.0"),
        ("x-bitpay-api-frame", "std"),
        ("x-bitpay-api-frame-version", "1.0.0"),
        ("x-bitpay-platform-info", "web-shop 1.2"),
        (
            "x-bitpay-plugin-info",
            &format!("BitPay_Rust_Client_v{version}"),
        ),
        ("x-identity", &key().public_key().to_hex()),
        ("x-signature", &signature),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    expected.sort();
    assert_eq!(own_headers(&received), expected);
    // Nothing but what the HTTP library needs is added.
    assert_eq!(received.headers.len(), expected.len() + 1);
    assert_eq!(
        received.header("host"),
        Some(&server.url()["http://".len()..])
    );
}

fn list() -> ListInvoices {
    let day = jiff::civil::date(2024, 2, 29);
    ListInvoices::new(day, day)
        .order_id("a b&c")
        .status(InvoiceStatus::Paid)
        .limit(10)
        .offset(0)
}

fn a_read_sends_its_token_first_and_no_body<F: Front>() {
    let server = MockBitPay::start();
    server.expect(
        Mock::given(method("GET"))
            .and(path("/invoices"))
            .and(query_param("token", MERCHANT_TOKEN))
            .and(query_param("orderId", "a b&c"))
            .and(body_string(""))
            .and(signed)
            .respond_with(data("[]"))
            .expect(1),
    );
    let client = F::new(&config(&server)).unwrap();
    client.call(&merchant(), &list()).unwrap();
    assert_eq!(
        server.only().target,
        format!(
            "/invoices?token={MERCHANT_TOKEN}&dateStart=2024-02-29&dateEnd=2024-02-29\
             &status=paid&orderId=a%20b%26c&limit=10&offset=0"
        )
    );
}

/// Texts that libraries have been seen to change.
const ODD: [&str; 9] = [
    "na\u{ef}ve \u{1f980} caf\u{e9}",
    "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{202e}abc",
    "line\u{2028}separator\u{2029}",
    "e\u{301} and \u{fffd}",
    "\"quotes\" \\ and 'apostrophes' </script>",
    "tab\tnewline\nnul\u{0}del\u{7f}",
    "\u{10ffff}\u{200d}\u{fe0f}",
    " spaces at both ends ",
    "%2F + & = ? # / ;",
];

fn odd_text_arrives_unchanged_and_signed<F: Front>() {
    for text in ODD {
        let echoed = serde_json::to_string(text).unwrap();
        let echo = MADE.replacen('{', &format!("{{\"orderId\":{echoed},"), 1);
        let server = MockBitPay::start();
        server.expect(Mock::given(signed).respond_with(data(echo)).expect(1));
        let client = F::new(&config(&server)).unwrap();
        let request = create().item_desc(text).order_id(text);
        let invoice = client.call(&merchant(), &request).unwrap();
        assert_eq!(invoice.order_id.as_deref(), Some(text));
        let received = server.only();
        let body: serde_json::Value = serde_json::from_slice(&received.body).unwrap();
        assert_eq!(body["itemDesc"], *text, "{text:?}");
        assert_eq!(body["orderId"], *text, "{text:?}");
    }
}

/// Reads one query parameter, independently of the core.
fn query(target: &str, name: &str) -> String {
    let query = target.split_once('?').unwrap().1;
    let prefix = format!("{name}=");
    let value = query
        .split('&')
        .find_map(|pair| pair.strip_prefix(&prefix))
        .unwrap();
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}

fn odd_query_values_arrive_unchanged_and_signed<F: Front>() {
    let server = Server::always(Reply::data("[]"));
    let client = F::new(&config(&server)).unwrap();
    let day = jiff::civil::date(2024, 2, 29);
    let odd = ["a b", "&", "+", "%2F", "\u{e9}", "'", "{x}", "/../", "#?="];
    for text in odd.into_iter().chain(ODD) {
        let request = ListInvoices::new(day, day)
            .order_id(text)
            .status(InvoiceStatus::from(text));
        client.call(&merchant(), &request).unwrap();
        let received = server.received().pop().unwrap();
        assert!(
            received
                .target
                .starts_with(&format!("/invoices?token={MERCHANT_TOKEN}&")),
            "{}",
            received.target
        );
        assert_eq!(query(&received.target, "orderId"), text);
        assert_eq!(query(&received.target, "status"), text);
        assert_eq!(query(&received.target, "dateStart"), "2024-02-29");
        assert!(received.verifies(), "{text:?}");
    }
}

fn a_public_call_after_a_signed_one_carries_no_signature<F: Front>() {
    let server = MockBitPay::start();
    let invoice = format!("/invoices/{INVOICE}");
    let once_signed = Mock::given(path(&invoice)).and(signed);
    server.expect(once_signed.respond_with(data(MADE)).expect(1));
    for (public, answer, times) in [("/rates", "[]", 2), (&invoice, MADE, 1)] {
        let expected = Mock::given(path(public)).and(unsigned);
        server.expect(expected.respond_with(data(answer)).expect(times));
    }
    let client = F::new(&config(&server)).unwrap();
    let id = || INVOICE.parse().unwrap();
    client.call(&merchant(), &GetInvoice::new(id())).unwrap();
    client.call(&merchant(), &GetRates::new()).unwrap();
    client
        .call(&merchant(), &GetPublicInvoice::new(id()))
        .unwrap();
    client.call(&Anonymous, &GetRates::new()).unwrap();
    for public in &server.received()[1..] {
        assert!(!public.target.contains("token"), "{}", public.target);
    }
}

fn a_pos_grant_signs_exactly_when_it_has_a_key<F: Front>() {
    let server = MockBitPay::start();
    server.expect(Mock::given(unsigned).respond_with(data(MADE)).expect(1));
    server.expect(Mock::given(signed).respond_with(data(MADE)).expect(1));
    let client = F::new(&config(&server)).unwrap();
    client.call(&unsigned_pos(), &create()).unwrap();
    client.call(&keyed_pos(), &create()).unwrap();
    let [unsigned, keyed] = <[_; 2]>::try_from(server.received()).unwrap();
    assert!(keyed.verifies());
    assert_eq!(unsigned.body, keyed.body);
    assert!(unsigned.text().contains(POS_TOKEN));
}

fn the_signed_address_is_the_one_that_the_server_sees<F: Front>() {
    let server = Server::always(Reply::data(MADE));
    let port = server.port();
    let mut urls = vec![
        (
            format!("http://127.0.0.1:{port}/"),
            "",
            format!("127.0.0.1:{port}"),
        ),
        (
            format!("HTTP://127.0.0.1:{port}/pre-fix/v1.0/_~/"),
            "/pre-fix/v1.0/_~",
            format!("127.0.0.1:{port}"),
        ),
        (
            format!("http://LocalHost:{port}/BitPay"),
            "/BitPay",
            format!("localhost:{port}"),
        ),
    ];
    let six = Server::on("[::1]:0", |_| Reply::data(MADE));
    if let Ok(six) = &six {
        let port = six.port();
        urls.push((
            format!("http://[0:0::1]:{port}/six/"),
            "/six",
            format!("[::1]:{port}"),
        ));
    }
    for (url, prefix, host) in urls {
        let server = match &six {
            Ok(six) if host.starts_with('[') => six,
            _ => &server,
        };
        let client = F::new(&config_for(&url)).unwrap();
        client.call(&merchant(), &create()).unwrap();
        client
            .call(&merchant(), &GetInvoice::new(INVOICE.parse().unwrap()))
            .unwrap();
        let received = server.received();
        let [post, get] = received.last_chunk().unwrap();
        assert_eq!(post.target, format!("{prefix}/invoices"));
        assert!(
            get.target
                .starts_with(&format!("{prefix}/invoices/{INVOICE}?token="))
        );
        for received in [post, get] {
            assert_eq!(received.header("host"), Some(host.as_str()));
            assert!(received.verifies(), "{url}");
        }
    }
}

fn a_cookie_is_not_kept<F: Front>() {
    let answer = data("[]").insert_header("set-cookie", "connect.sid=1");
    let server = MockBitPay::answering(answer);
    let client = F::new(&config(&server)).unwrap();
    for _ in 0..2 {
        client.call(&Anonymous, &GetRates::new()).unwrap();
    }
    let received = server.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0], received[1]);
}

#[test]
fn the_two_clients_cannot_differ_in_what_they_send() {
    fn sent<F: Front>() -> Vec<Received> {
        let server = MockBitPay::start();
        let pairing = format!(r#"[{{"token":"{MERCHANT_TOKEN}"}}]"#);
        let tokens = Mock::given(method("POST")).and(path("/tokens"));
        server.expect(tokens.respond_with(data(pairing)));
        let lists = Mock::given(method("GET")).and(path_regex("^/(tokens|rates|invoices)$"));
        server.expect(lists.respond_with(data("[]")));
        server.expect(Mock::given(any()).respond_with(data(MADE)));
        let client = F::new(&config(&server)).unwrap();
        let id = || INVOICE.parse().unwrap();
        let identity = Identity::new(key());
        let pairing = RequestPairing::new(identity.sin().clone(), Facade::Pos, guid());
        client
            .call(&merchant(), &create().item_desc("\u{1f980}"))
            .unwrap();
        client.call(&keyed_pos(), &create()).unwrap();
        client.call(&unsigned_pos(), &create()).unwrap();
        client.call(&merchant(), &GetInvoice::new(id())).unwrap();
        client.call(&merchant(), &list()).unwrap();
        client.call(&merchant(), &CancelInvoice::new(id())).unwrap();
        client.call(&identity, &ListTokens::new()).unwrap();
        client.call(&Anonymous, &pairing).unwrap();
        client.call(&Anonymous, &GetRates::new()).unwrap();
        server
            .received()
            .into_iter()
            .map(|mut received| {
                received.headers = own_headers(&received);
                // The port, and so the signature, differs between two servers.
                received.headers.retain(|(name, _)| name != "x-signature");
                received
            })
            .collect()
    }
    let sent_blocking = sent::<Blocking>();
    assert_eq!(sent_blocking.len(), 9);
    assert_eq!(sent_blocking, sent::<Async>());

    // To one server, the signatures are equal as well: they are deterministic.
    let server = made();
    let request = CreateInvoice::clone(&create());
    for _ in 0..2 {
        Blocking::new(&config(&server))
            .unwrap()
            .call(&merchant(), &request)
            .unwrap();
        Async::new(&config(&server))
            .unwrap()
            .call(&merchant(), &request)
            .unwrap();
    }
    let received = server.received();
    for other in &received[1..] {
        assert_eq!(own_headers(other), own_headers(&received[0]));
        assert_eq!(other.body, received[0].body);
    }
}
