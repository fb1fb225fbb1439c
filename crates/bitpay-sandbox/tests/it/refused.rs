//! The page of refused calls: it says what was wrong with each.

use bitpay_core::signature::Digest;

use crate::pages::{get, pending};
use crate::support::{Bench, HOST, key, request};

#[test]
fn a_refused_signature_shows_what_was_to_be_signed() {
    let mut bench = Bench::new();
    let token = bench.merchant.clone();
    let body = format!("{{\"token\":\"{token}\",\"price\":5,\"currency\":\"USD\"}}");
    let url = format!("http://{HOST}/invoices");
    let mut call = request("POST", "/invoices", body.clone(), Some(&bench.key));
    let forgotten = bench.key.sign(&Digest::of(&[url.as_bytes()])).to_hex();
    let headers = call.headers_mut();
    headers.insert("x-signature", forgotten.parse().unwrap());
    assert_eq!(bench.ask(&call).0, 400);

    let (_, list) = get(&mut bench, "/dashboard/refused");
    assert!(list.contains("the body is part of what is signed"));
    let (_, page) = get(&mut bench, "/dashboard/refusal?id=1");
    let exact = format!("{url}{body}").replace('"', "&quot;");
    let masked = exact.replace(&token, &format!("{}\u{2026}", &token[..6]));
    let (before, after) = page.split_once("show it with its tokens").unwrap();
    assert!(before.contains(&masked) && !before.contains(&token));
    assert!(after.contains(&exact));
    assert_eq!(page.matches(&token).count(), 1, "in one place only");
    let sha256 = Digest::of(&[url.as_bytes(), body.as_bytes()]);
    assert!(
        page.contains(
            &format!("{sha256:?}")
                .replace("Digest(", "")
                .replace(')', "")
        )
    );
    assert!(page.contains(bench.key.sin().as_str()));

    let garbled = call.headers_mut();
    garbled.insert("x-signature", "30".parse().unwrap());
    assert_eq!(bench.ask(&call).0, 400);
    let (_, page) = get(&mut bench, "/dashboard/refusal?id=2");
    assert!(page.contains("The header X-Signature: not an ECDSA signature"));
}

#[test]
fn each_refusal_says_what_is_wrong() {
    let mut bench = Bench::new();
    let code = pending(&mut bench);
    let (merchant, pos) = (bench.merchant.clone(), bench.pos.clone());
    let strange = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";
    let own = bench.key.sin().as_str().to_owned();
    let stranger = key(9).sin().as_str().to_owned();
    let get_with = |token: &str| format!("/invoices/x?token={token}");
    let cases = [
        (
            request("GET", "/tokens", "", Some(&key(9))),
            "no token of that key was approved yet",
        ),
        (
            request("GET", &get_with(&merchant), "", Some(&key(9))),
            &*format!(
                "The token is for the key of {own}. The call is signed by the key of {stranger}."
            ),
        ),
        (
            request("GET", &get_with(&merchant), "", None),
            "the headers X-Identity and X-Signature are missing",
        ),
        (
            request("GET", &get_with(strange), "", Some(&bench.key)),
            "no such token: it begins with DsyNv4, and has 44 letters",
        ),
        (
            request("GET", &format!("/ledgers?token={pos}"), "", None),
            "takes a token of the facade merchant, as ?token= in the address",
        ),
        (request("GET", "/ledgers", "", None), "came without a token"),
        (
            request("PATCH", "/invoices", "", None),
            "There is nothing for PATCH at this path, only for GET, POST.",
        ),
        (
            request("GET", "/invoice-list", "", None),
            "BitPay has no such path.",
        ),
        (
            request("POST", "/invoices", "{'price'", None),
            "The body is not JSON: ",
        ),
    ];
    for (index, (call, expected)) in cases.iter().enumerate() {
        assert!(bench.ask(call).0 >= 400, "{expected}");
        let (_, page) = get(&mut bench, &format!("/dashboard/refusal?id={}", index + 1));
        assert!(page.contains(expected), "{expected}");
        for token in [&merchant, &pos, strange] {
            assert!(!page.contains(token), "{expected}");
        }
    }
    let token = get(&mut bench, "/dashboard/tokens").1;
    let token = token.split("<summary>show</summary><code>").nth(1).unwrap();
    let token = token.split('<').next().unwrap();
    let early = request("GET", &get_with(token), "", Some(&key(9)));
    assert_eq!(bench.ask(&early).0, 500, "{code} is not approved");
    let (_, page) = get(&mut bench, "/dashboard/refused");
    assert!(page.contains("The token waits for approval"));

    // Of a long body the beginning is shown, and no token that its end cuts through.
    let filler = "x".repeat(16 * 1024 - 40);
    let body = format!(r#"{{"filler":"{filler}","token":"{merchant}","price":}}"#);
    assert!(bench.ask(&request("POST", "/invoices", &body, None)).0 >= 400);
    let (_, page) = get(&mut bench, "/dashboard/refused");
    assert!(!page.contains(&merchant[..10]), "{page}");

    let many = request("GET", "/tokens", "", Some(&key(9)));
    for _ in 0..300 {
        bench.handle(&many);
    }
    let (_, page) = get(&mut bench, "/dashboard/refused");
    assert!(page.contains("300 times") && page.contains("The token waits for approval"));
}
