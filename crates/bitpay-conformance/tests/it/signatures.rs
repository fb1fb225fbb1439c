//! Our signatures beside those of a second implementation: the same bytes, for it too is
//! deterministic (RFC 6979) and takes the low S.

use bitpay_core::PrivateKey;
use bitpay_core::signature::Digest;
use k256::ecdsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use k256::ecdsa::{Signature, SigningKey, VerifyingKey};

#[test]
fn signatures_are_those_of_a_second_implementation() {
    for number in 0..200u32 {
        let secret = *Digest::of(&[b"key", &number.to_be_bytes()]).as_bytes();
        let digest = Digest::of(&[b"message", &number.to_be_bytes()]);
        let ours = PrivateKey::from_bytes(&secret).unwrap();
        let theirs = SigningKey::from_slice(&secret).unwrap();
        let signature: Signature = theirs.sign_prehash(digest.as_bytes()).unwrap();
        let signature = signature.normalize_s();
        assert_eq!(ours.sign(&digest).to_der(), signature.to_der().as_bytes());

        let key = VerifyingKey::from_sec1_bytes(&ours.public_key().to_bytes()).unwrap();
        let ours = Signature::from_der(&ours.sign(&digest).to_der()).unwrap();
        assert!(key.verify_prehash(digest.as_bytes(), &ours).is_ok());
    }
}
