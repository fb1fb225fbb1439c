//! What was signed instead of what was sent is found, alone and two at a time.

use bitpay_core::PrivateKey;
use bitpay_core::server::{SignedInstead, SignedRequest, Verdict};
use bitpay_core::signature::Digest;

use SignedInstead::*;

const BASE: &str = "http://localhost:8088";
const BODY: &str = r#"{"url":"https://a.example/é","price":5}"#;

fn key() -> PrivateKey {
    PrivateKey::from_bytes(&[7; 32]).unwrap()
}

fn judged(base: &str, target: &str, body: &str, signed: &str) -> Verdict {
    let request = SignedRequest::new(base, target, body.as_bytes());
    let signature = key().sign(&Digest::of(&[signed.as_bytes()]));
    request.judge(key().public_key(), &signature)
}

#[test]
fn each_known_mistake_is_found_alone_and_with_another() {
    let plain = "https://bitpay.com";
    let get = "/invoices/?token=a%20b";
    let post = "/invoices";
    let python = r#"{"url": "https://a.example/é", "price": 5}"#;
    let slashes = r#"{"url":"https:\/\/a.example\/é","price":5}"#;
    let letters = r#"{"url":"https://a.example/\u00e9","price":5}"#;
    let php = r#"{"url":"https:\/\/a.example\/\u00e9","price":5}"#;
    let cases: &[(&str, &str, &str, String, &[SignedInstead])] = &[
        (
            BASE,
            post,
            BODY,
            format!("https://localhost:8088{post}{BODY}"),
            &[Https],
        ),
        (
            plain,
            post,
            BODY,
            format!("http://bitpay.com{post}{BODY}"),
            &[Http],
        ),
        (
            BASE,
            post,
            BODY,
            format!("http://localhost{post}{BODY}"),
            &[NoPort],
        ),
        (
            plain,
            post,
            BODY,
            format!("{plain}:443{post}{BODY}"),
            &[Port443],
        ),
        (
            plain,
            post,
            BODY,
            format!("{plain}:80{post}{BODY}"),
            &[Port80],
        ),
        (BASE, post, BODY, format!("{post}{BODY}"), &[PathAlone]),
        (BASE, post, BODY, format!("{BASE}{post}/{BODY}"), &[Slash]),
        (
            BASE,
            get,
            "",
            format!("{BASE}/invoices?token=a%20b"),
            &[NoSlash],
        ),
        (BASE, get, "", format!("{BASE}/invoices/"), &[NoQuery]),
        (
            BASE,
            get,
            "",
            format!("{BASE}/invoices/?token=a b"),
            &[PlainQuery],
        ),
        (BASE, post, BODY, format!("{BASE}{post}"), &[NoBody]),
        (BASE, get, "", format!("{BASE}{get}{{}}"), &[EmptyObject]),
        (BASE, get, "", format!("{BASE}{get}null"), &[Null]),
        (
            BASE,
            post,
            python,
            format!("{BASE}{post}{BODY}"),
            &[CompactJson],
        ),
        (
            BASE,
            post,
            BODY,
            format!("{BASE}{post}{python}"),
            &[SpacedJson],
        ),
        (
            BASE,
            post,
            BODY,
            format!("{BASE}{post}{slashes}"),
            &[EscapedSlashes],
        ),
        (
            BASE,
            post,
            slashes,
            format!("{BASE}{post}{BODY}"),
            &[PlainSlashes],
        ),
        (
            BASE,
            post,
            BODY,
            format!("{BASE}{post}{letters}"),
            &[EscapedLetters],
        ),
        (BASE, post, BODY, format!("{BASE}{post}{php}"), &[PhpJson]),
        (
            plain,
            post,
            BODY,
            format!("http://bitpay.com:80{post}{BODY}"),
            &[Http, Port80],
        ),
        (
            BASE,
            post,
            python,
            format!("https://localhost:8088{post}{BODY}"),
            &[Https, CompactJson],
        ),
        (
            plain,
            get,
            "",
            format!("{plain}:443/invoices?token=a%20b"),
            &[Port443, NoSlash],
        ),
    ];
    for (base, target, body, signed, expected) in cases {
        let verdict = judged(base, target, body, signed);
        assert_eq!(verdict, Verdict::Instead(expected.to_vec()), "{signed}");
        assert!(expected.iter().all(|it| it.to_string().len() > 20));
    }
}

#[test]
fn what_was_hashed_twice_is_found() {
    let request = SignedRequest::new(BASE, "/invoices", BODY.as_bytes());
    let once = request.digest();
    assert_eq!(once, Digest::of(&[&request.bytes()]));
    let hex: String = once
        .as_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    for (again, expected) in [
        (Digest::of(&[once.as_bytes()]), HashedTwice),
        (Digest::of(&[hex.as_bytes()]), HashedHex),
    ] {
        let verdict = request.judge(key().public_key(), &key().sign(&again));
        assert_eq!(verdict, Verdict::Instead(vec![expected]));
    }
}

#[test]
fn what_nobody_signs_by_mistake_is_not_guessed_at() {
    assert_eq!(
        judged(BASE, "/invoices", BODY, &format!("{BASE}/invoices{BODY}")),
        Verdict::Valid
    );
    for body in [BODY, "{\"open", "\\", "\u{0}", ""] {
        assert_eq!(
            judged(BASE, "/invoices", body, "something else"),
            Verdict::Unknown
        );
    }
    for base in ["", "localhost", "://", "http://"] {
        assert_eq!(judged(base, "", BODY, "something else"), Verdict::Unknown);
    }
    let other = PrivateKey::from_bytes(&[9; 32]).unwrap();
    let request = SignedRequest::new(BASE, "/invoices", BODY.as_bytes());
    let verdict = request.judge(other.public_key(), &key().sign(&request.digest()));
    assert_eq!(verdict, Verdict::Unknown, "the signature of another key");
}
