//! `sign`: the signatures of a second implementation, and the mistakes that are often signed.

use std::fs;

use bitpay_core::signature::Digest;
use bitpay_core::{Environment, PrivateKey};
use serde_json::Value;

use crate::program::Home;

/// Of the vectors that BitPay's SDKs are tested with.
const KEY: &str = "43bfc5bbdcd54f1c67da5ab87afa21a8f2d9e54ca84a58ed5b8bd4da4a8ba5cb";

fn home() -> Home {
    let home = Home::new();
    let key = PrivateKey::from_hex(KEY).unwrap();
    home.store()
        .create("default", Environment::Test, key)
        .unwrap();
    home
}

#[test]
fn what_is_signed_is_shown_and_verifies() {
    let home = home();
    let token = "9kv7gGqZLoQ2fxbKEgfgndLoxwjp5na6VtGSH3sN7buX";
    let request = format!("POST /invoices\n\n{{\"token\":\"{token}\",\"price\":5}}\n");
    let shown = home.run_with(&["sign", "-"], &request).ok();
    assert!(
        shown.out.contains("https://test.bitpay.com/invoices{"),
        "{shown:?}"
    );
    assert!(!shown.out.contains(token));
    let revealed = home.run_with(&["sign", "-", "--reveal", "--json"], &request);
    let json: Value = revealed.json();
    let body = format!("{{\"token\":\"{token}\",\"price\":5}}");
    let signed = format!("https://test.bitpay.com/invoices{body}");
    assert_eq!(json["signed"], signed);
    assert_eq!(json["sha256"], Digest::of(&[signed.as_bytes()]).to_string());
    // What it shows is what it takes.
    let headers = &json["headers"];
    let of = |name: &str| headers[name].as_str().unwrap().to_owned();
    let whole = format!(
        "POST https://test.bitpay.com/invoices HTTP/1.1\r\nX-Identity: {}\r\nx-signature: {}\r\n\r\n{body}",
        of("x-identity"),
        of("x-signature")
    );
    let path = home.path().with_file_name("request.http");
    fs::write(&path, &whole).unwrap();
    let path = path.to_str().unwrap();
    let right = home.run(&["sign", path, "--check"]).ok();
    assert!(right.out.contains("is right"));
    // Signed for one BitPay, and sent to another.
    home.run(&["sign", path, "--check", "--env", "prod"])
        .fails(2, "neither a path nor one of https://bitpay.com");
    let path_only = whole.replace("https://test.bitpay.com/invoices", "/invoices");
    home.run_with(&["sign", "-", "--check", "--env", "prod"], &path_only)
        .fails(1, "the signature is wrong");
}

#[test]
fn a_signature_over_something_else_is_explained() {
    let home = home();
    let key = PrivateKey::from_hex(KEY).unwrap();
    let signed_over = |text: &str| key.sign(&Digest::of(&[text.as_bytes()])).to_hex();
    let request = |signature: &str| {
        format!(
            "POST /invoices\nX-Identity: {}\nX-Signature: {signature}\n\n{{\"price\": 5}}",
            key.public_key().to_hex()
        )
    };
    let base = "https://test.bitpay.com/invoices";
    for (signed, why) in [
        (base.to_owned(), "the body is part of what is signed"),
        (format!("{base}{{\"price\":5}}"), "signed without spaces"),
        (format!("{base}/{{\"price\": 5}}"), "a slash at its end"),
        ("something else".to_owned(), "none of the usual mistakes"),
    ] {
        let told = home.run_with(&["sign", "-", "--check"], &request(&signed_over(&signed)));
        assert_eq!(told.code, 1);
        assert!(told.out.contains(why), "{why}: {told:?}");
    }
    for (request, why) in [
        (request("3045"), "X-Signature: "),
        (
            request("").replace("X-Identity: 0", "X-Identity: 9"),
            "X-Identity: ",
        ),
    ] {
        home.run_with(&["sign", "-", "--check"], &request)
            .fails(1, why);
    }
    for (request, why) in [
        ("POST /invoices\n\n{}".to_owned(), "no header X-Identity"),
        (
            "{\"price\":5}".to_owned(),
            "its first line is not as `GET /path`",
        ),
        ("GET /a\nX-Identity 02\n\n".to_owned(), "is no header"),
    ] {
        home.run_with(&["sign", "-", "--check"], &request)
            .fails(2, why);
    }
    home.run(&["sign", "/no/such/file"])
        .fails(2, "the request: ");
}
