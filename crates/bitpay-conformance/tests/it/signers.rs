//! Keys that live elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bitpay_conformance::{Front, Listening, SignFn, both_fronts};
use bitpay_core::error::SignError;
use bitpay_core::model::invoice::GetInvoice;
use bitpay_core::signature::Signature;
use bitpay_core::{Effect, Error, ErrorKind, Grant, Identity, Merchant, PrivateKey};

use crate::values::{INVOICE, MERCHANT_TOKEN, config, create, key, made, merchant};

both_fronts! {
    a_high_signature_does_not_go_out,
    the_wrong_key_does_not_sign,
    a_failing_signer_sends_nothing,
    a_missing_signer_sends_nothing,
    a_key_elsewhere_does_not_sign_otherwise_than_one_in_memory,
}

fn elsewhere() -> Grant<Merchant> {
    let identity = Identity::elsewhere(*key().public_key());
    Grant::new(MERCHANT_TOKEN.parse().unwrap(), identity)
}

/// The other signature of the same message, with `n - s` for `s`.
fn high(signature: &Signature) -> Signature {
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xfe, 0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36,
        0x41, 0x41,
    ];
    let der = signature.to_der();
    let r_length = usize::from(der[3]);
    let (head, s) = der.split_at(4 + r_length);
    let s = &s[2..];
    let mut wide = [0; 32];
    wide[32 - s.len()..].copy_from_slice(s);
    let mut borrow = 0;
    let mut result = [0; 33];
    for index in (0..32).rev() {
        let difference = i16::from(ORDER[index]) - i16::from(wide[index]) - borrow;
        borrow = i16::from(difference < 0);
        result[index + 1] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    // `s` was low, so this is high and needs the leading zero.
    let mut out = head.to_vec();
    out.extend_from_slice(&[2, 33]);
    out.extend_from_slice(&result);
    out[1] = u8::try_from(out.len() - 2).unwrap();
    Signature::from_der(&out).unwrap()
}

fn signing(key: PrivateKey) -> Arc<SignFn> {
    Arc::new(move |input| Ok(key.sign(&input.digest)))
}

fn a_high_signature_does_not_go_out<F: Front>() {
    let server = made();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let key = key();
    let signer: Arc<SignFn> = Arc::new(move |input| {
        count.fetch_add(1, Ordering::SeqCst);
        assert_eq!(input.public_key, *key.public_key());
        let signature = high(&key.sign(&input.digest));
        assert!(!signature.is_low_s());
        Ok(signature)
    });
    let client = F::new(&config(&server)).unwrap().with_signer(signer);
    for number in 0..20 {
        let request = create().item_desc(format!("item {number}"));
        client.call(&elsewhere(), &request).unwrap();
    }
    let received = server.received();
    assert_eq!(received.len(), 20);
    // `verifies` asks for a low S as well.
    assert!(received.iter().all(|one| one.verifies()));
    assert_eq!(asked.load(Ordering::SeqCst), 20);
}

fn refused<F: Front>(signer: Option<Arc<SignFn>>) -> Error {
    let server = made();
    let mut client = F::new(&config(&server)).unwrap();
    if let Some(signer) = signer {
        client = client.with_signer(signer);
    }
    let error = client.call(&elsewhere(), &create()).unwrap_err();
    assert!(server.received().is_empty());
    assert_eq!((error.effect(), error.tries()), (Effect::Nothing, 0));
    assert!(!error.is_retryable());
    assert!(
        error
            .to_string()
            .starts_with("create_invoice: not signed: "),
        "{error}"
    );
    error
}

fn the_wrong_key_does_not_sign<F: Front>() {
    let error = refused::<F>(Some(signing(PrivateKey::from_bytes(&[9; 32]).unwrap())));
    assert!(matches!(error.kind(), ErrorKind::Sign(SignError::WrongKey)));
    // The right key, for another message.
    let key = key();
    let other = bitpay_core::signature::Digest::of(&[b"other"]);
    let error = refused::<F>(Some(Arc::new(move |_| Ok(key.sign(&other)))));
    assert!(matches!(error.kind(), ErrorKind::Sign(SignError::WrongKey)));
}

fn a_failing_signer_sends_nothing<F: Front>() {
    let error = refused::<F>(Some(Arc::new(|_| Err("the module is locked".into()))));
    let ErrorKind::Sign(SignError::Signer(source)) = error.kind() else {
        panic!("{error:?}");
    };
    assert_eq!(source.to_string(), "the module is locked");
}

fn a_missing_signer_sends_nothing<F: Front>() {
    let error = refused::<F>(None);
    assert!(matches!(error.kind(), ErrorKind::Sign(SignError::NoSigner)));
}

fn a_key_elsewhere_does_not_sign_otherwise_than_one_in_memory<F: Front>() {
    let server = made();
    let client = F::new(&config(&server))
        .unwrap()
        .with_signer(signing(key()));
    let get = GetInvoice::new(INVOICE.parse().unwrap());
    client.call(&merchant(), &create()).unwrap();
    client.call(&elsewhere(), &create()).unwrap();
    client.call(&merchant(), &get).unwrap();
    client.call(&elsewhere(), &get).unwrap();
    let received = server.received();
    assert_eq!(received[0], received[1]);
    assert_eq!(received[2], received[3]);
}
