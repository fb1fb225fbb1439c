//! What holds for every key, SIN, signature and text.

use bitpay_core::{
    key::{PrivateKey, PublicKey},
    signature::{Digest, Signature},
    sin::Sin,
    webhook::Verifier,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn config() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

prop_compose! {
    fn key()(mut bytes: [u8; 32]) -> [u8; 32] {
        // Below the order of the curve, and not zero.
        bytes[0] &= 0x7F;
        bytes[31] |= 1;
        bytes
    }
}

/// Texts that resemble the real forms, so that the parsers get beyond their first check.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9a-fA-F]{0,160}",
        "30[0-9a-f]{2}02[0-9a-f]{60,150}",
        "[1-9A-HJ-NP-Za-km-z]{0,60}",
        "T[ef][1-9A-HJ-NP-Za-km-z]{33}",
        "[A-Za-z0-9+/=]{0,60}",
        "-----BEGIN (EC )?PRIVATE KEY-----\n[A-Za-z0-9+/=\n]{0,200}\n-----END (EC )?PRIVATE KEY-----\n",
        "-----BEGIN [A-Z ]{0,20}-----\r?\n\\PC{0,40}\n-----END [A-Z ]{0,20}-----",
    ]
}

fn pem_of(der: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let body = STANDARD.encode(der);
    format!("-----BEGIN EC PRIVATE KEY-----\n{body}\n-----END EC PRIVATE KEY-----\n")
}

fn der_of(pem: &str) -> Vec<u8> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(body).unwrap()
}

/// Whether the text shows any four bytes of the secret, as hex in either case or as text.
fn leaks(text: &str, secret: &[u8]) -> bool {
    let lower = text.to_lowercase();
    secret.windows(4).any(|window| {
        lower.contains(&hex::encode(window))
            || std::str::from_utf8(window).is_ok_and(|window| text.contains(window))
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_sin_prints_as_it_was_read(bytes in key()) {
        let key = PrivateKey::from_bytes(&bytes).unwrap();
        let text = key.sin().to_string();
        prop_assert_eq!(text.len(), 35);
        prop_assert!(text.starts_with('T'));
        prop_assert_eq!(&Sin::parse(&text).unwrap(), key.sin());
        let json = serde_json::to_string(key.sin()).unwrap();
        prop_assert_eq!(&json, &format!("\"{text}\""));
        prop_assert_eq!(&serde_json::from_str::<Sin>(&json).unwrap(), key.sin());
    }

    #[test]
    fn a_sin_with_one_other_character_is_refused(
        bytes in key(),
        place in 0_usize..35,
        character in "[ -~]",
    ) {
        let mut text = PrivateKey::from_bytes(&bytes).unwrap().sin().to_string();
        prop_assume!(text[place..=place] != character);
        text.replace_range(place..=place, &character);
        prop_assert!(Sin::parse(&text).is_err());
    }

    #[test]
    fn what_a_key_signs_it_verifies(bytes in key(), message: Vec<u8>, bit: prop::sample::Index) {
        let key = PrivateKey::from_bytes(&bytes).unwrap();
        let digest = Digest::of(&[&message]);
        let signature = key.sign(&digest);
        prop_assert!(signature.is_low_s());
        prop_assert!(key.public_key().verify(&digest, &signature));
        prop_assert_eq!(&key.sign(&digest), &signature);

        if !message.is_empty() {
            let bit = bit.index(message.len() * 8);
            let mut other = message;
            other[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!key.public_key().verify(&Digest::of(&[&other]), &signature));
        }
    }

    #[test]
    fn a_signature_prints_as_it_was_read(bytes in key(), message: Vec<u8>) {
        let signature = PrivateKey::from_bytes(&bytes).unwrap().sign(&Digest::of(&[&message]));
        prop_assert_eq!(&Signature::from_der(&signature.to_der()).unwrap(), &signature);
        prop_assert_eq!(&Signature::from_hex(&signature.to_hex()).unwrap(), &signature);
        prop_assert!(signature.to_der().len() <= 72);
    }

    #[test]
    fn a_changed_signature_is_refused_or_another_one(
        bytes in key(),
        at: prop::sample::Index,
        flip in 1_u8..,
    ) {
        let key = PrivateKey::from_bytes(&bytes).unwrap();
        let digest = Digest::of(&[b"message"]);
        let mut der = key.sign(&digest).to_der();
        let at = at.index(der.len());
        der[at] ^= flip;
        if let Ok(other) = Signature::from_der(&der) {
            prop_assert_eq!(other.to_der(), der);
            prop_assert!(!key.public_key().verify(&digest, &other));
        }
    }

    #[test]
    fn the_parts_of_a_digest_are_joined(a: Vec<u8>, b: Vec<u8>) {
        prop_assert_eq!(Digest::of(&[&a, &b]), Digest::of(&[&[a, b].concat()]));
    }

    #[test]
    fn a_key_survives_every_form(bytes in key()) {
        let key = PrivateKey::from_bytes(&bytes).unwrap();
        let again = PrivateKey::from_hex(&hex::encode(bytes)).unwrap();
        prop_assert_eq!(again.public_key(), key.public_key());
        let again = PrivateKey::from_pem(&key.to_pem()).unwrap();
        prop_assert_eq!(again.public_key(), key.public_key());
        prop_assert_eq!(again.to_pem(), key.to_pem());
        let public = PublicKey::from_hex(&key.public_key().to_hex()).unwrap();
        prop_assert_eq!(&public, key.public_key());
        prop_assert_eq!(&PublicKey::from_bytes(&public.to_bytes()).unwrap(), &public);
    }

    #[test]
    fn a_changed_key_file_is_refused(bytes in key(), at: prop::sample::Index, flip in 1_u8..) {
        let key = PrivateKey::from_bytes(&bytes).unwrap();
        let mut der = der_of(&key.to_pem());
        let at = at.index(der.len());
        der[at] ^= flip;
        prop_assert!(PrivateKey::from_pem(&pem_of(&der)).is_err());
    }

    #[test]
    fn no_text_makes_a_parser_panic_and_only_documented_forms_are_read(text in hostile()) {
        let private = PrivateKey::from_hex(&text);
        let documented = text.trim_ascii().len() == 64 && hex::decode(text.trim_ascii()).is_ok();
        prop_assert!(private.is_err() || documented);
        prop_assert!(PrivateKey::from_pem(&text).is_err());
        if let Ok(public) = PublicKey::from_hex(&text) {
            prop_assert!(matches!((&text[..2], text.len()), ("02" | "03", 66) | ("04", 130)));
            prop_assert!(public.to_hex().eq_ignore_ascii_case(&text) || text.len() == 130);
        }
        if let Ok(sin) = Sin::parse(&text) {
            prop_assert_eq!(sin.as_str(), &text);
        }
        if let Ok(signature) = Signature::from_hex(&text) {
            prop_assert_eq!(signature.to_hex(), text.to_lowercase());
        }
        prop_assert!(Verifier::new().with("a", "secret").verify(b"", &text).is_err());
    }

    #[test]
    fn no_bytes_make_a_parser_panic(bytes: Vec<u8>) {
        let _ = Signature::from_der(&bytes);
        let _ = PublicKey::from_bytes(&bytes);
        prop_assert!(PrivateKey::from_pem(&pem_of(&bytes)).is_err());
    }

    #[test]
    fn debug_shows_no_secret(bytes in key(), token in "[!-~]{20,60}") {
        let key = PrivateKey::from_bytes(&bytes).unwrap();
        for text in [format!("{key:?}"), format!("{key:#?}")] {
            prop_assert!(!leaks(&text, &bytes));
        }
        let verifier = Verifier::new().with("label", &token);
        for text in [format!("{verifier:?}"), format!("{verifier:#?}")] {
            prop_assert!(text.contains("label") && !leaks(&text, token.as_bytes()));
        }
    }

    #[test]
    fn errors_do_not_echo_the_text(secret in "[!-~]{8,80}") {
        let errors = [
            PrivateKey::from_hex(&secret).map(|_| ()).map_err(|e| format!("{e} {e:?}")),
            PrivateKey::from_pem(&secret).map(|_| ()).map_err(|e| format!("{e} {e:?}")),
            PublicKey::from_hex(&secret).map(|_| ()).map_err(|e| format!("{e} {e:?}")),
            Sin::parse(&secret).map(|_| ()).map_err(|e| format!("{e} {e:?}")),
            Signature::from_hex(&secret).map(|_| ()).map_err(|e| format!("{e} {e:?}")),
        ];
        for error in errors.into_iter().filter_map(Result::err) {
            let echoed = secret
                .as_bytes()
                .windows(8)
                .any(|window| error.contains(std::str::from_utf8(window).unwrap()));
            prop_assert!(!echoed);
        }
    }

    #[test]
    fn a_webhook_verifies_with_its_own_secret_and_body_only(
        secrets in prop::collection::vec("[a-zA-Z0-9]{8,44}", 1..5),
        body: Vec<u8>,
        which: prop::sample::Index,
        flip: prop::sample::Index,
    ) {
        let which = which.index(secrets.len());
        let verifier = secrets
            .iter()
            .enumerate()
            .fold(Verifier::new(), |all, (n, secret)| all.with(n.to_string(), secret));
        let header = Verifier::sign(&secrets[which], &body);
        let verified = verifier.verify(&body, &header).unwrap();
        let first = secrets.iter().position(|secret| *secret == secrets[which]).unwrap();
        prop_assert_eq!(verified.matched(), first.to_string());
        prop_assert_eq!(verified.body(), &body);

        let mut longer = body.clone();
        longer.push(b'\n');
        prop_assert!(verifier.verify(&longer, &header).is_err());
        if !body.is_empty() {
            let bit = flip.index(body.len() * 8);
            let mut other = body;
            other[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(verifier.verify(&other, &header).is_err());
        }
    }
}

#[test]
fn ten_thousand_signatures_are_low_and_the_same_after_each_blinding() {
    let key = PrivateKey::from_bytes(&[7; 32]).unwrap();
    for number in 0..10_000_u32 {
        let signature = key.sign(&Digest::of(&[&number.to_be_bytes()]));
        assert!(signature.is_low_s());
        if number % 1000 == 0 {
            key.blind(&[number.to_be_bytes()[2]; 32]);
            let fresh = PrivateKey::from_bytes(&[7; 32]).unwrap();
            assert_eq!(fresh.sign(&Digest::of(&[&number.to_be_bytes()])), signature);
        }
    }
}

#[test]
fn threads_share_a_key() {
    let key = PrivateKey::from_bytes(&[7; 32]).unwrap();
    let digests: Vec<_> = (0..600_u32)
        .map(|n| Digest::of(&[&n.to_be_bytes()]))
        .collect();
    let expected: Vec<_> = digests.iter().map(|digest| key.sign(digest)).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for (digest, expected) in digests.iter().zip(&expected) {
                    assert_eq!(key.sign(digest), *expected);
                }
            });
        }
    });
}

#[test]
fn generate_draws_again_only_outside_the_range() {
    let mut draws = [[0; 32], [0xFF; 32], [7; 32]].into_iter();
    let key = PrivateKey::generate(|bytes| {
        bytes.copy_from_slice(&draws.next().ok_or("too many draws")?);
        Ok::<(), &str>(())
    });
    assert_eq!(
        key.unwrap().sin(),
        PrivateKey::from_bytes(&[7; 32]).unwrap().sin()
    );
    assert_eq!(
        PrivateKey::generate(|_| Err("no entropy")).unwrap_err(),
        "no entropy"
    );
}

mod signature_forms {
    use super::*;
    use bitpay_core::signature::SignatureError;

    const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

    #[test]
    fn only_strict_der_of_numbers_in_range_is_read() {
        for (text, expected) in [
            ("", SignatureError::NotDer),
            ("3", SignatureError::NotHex),
            ("zz", SignatureError::NotHex),
            (&"30".repeat(100), SignatureError::NotDer),
            ("3006020101020100", SignatureError::Range),
            ("3006020100020101", SignatureError::Range),
            (&format!("3026022100{ORDER}020101"), SignatureError::Range),
            (&format!("3026020101022100{ORDER}"), SignatureError::Range),
            // A negative number, a needless zero, a long length, a byte too many.
            ("3006020181020101", SignatureError::Range),
            ("300702020001020101", SignatureError::NotDer),
            ("308106020101020101", SignatureError::NotDer),
            ("300602010102010100", SignatureError::NotDer),
        ] {
            assert_eq!(Signature::from_hex(text), Err(expected), "{text}");
        }
        assert!(Signature::from_hex("3006020101020101").is_ok());
    }
}
