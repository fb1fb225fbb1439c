//! What is signed (a [`Digest`]) and what signing makes (a [`Signature`]).
//!
//! BitPay signs the SHA-256 of the URL followed by the body and sends the ECDSA signature in the
//! header `X-Signature`, as the lower-case hex of its DER form. See
//! [Making requests](https://developer.bitpay.com/reference/making-requests).

use alloc::{string::String, vec::Vec};
use core::fmt;

use secp256k1::ecdsa;
use sha2::{Digest as _, Sha256};

use crate::encode::hex_of;

/// A SHA-256 hash: the message that is signed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The SHA-256 of the parts, one after another, with nothing between them.
    ///
    /// ```
    /// use bitpay_core::signature::Digest;
    ///
    /// let url = b"https://bitpay.com/invoices";
    /// let body = br#"{"price":500}"#;
    /// assert_eq!(
    ///     Digest::of(&[url, body]),
    ///     Digest::of(&[br#"https://bitpay.com/invoices{"price":500}"#]),
    /// );
    /// ```
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// Takes a hash that was made elsewhere.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the hash.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Its hexadecimal digits.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", hex::encode(self.0))
    }
}

/// An ECDSA signature on secp256k1.
///
/// The DER form has 70 to 72 bytes as a rule and may be shorter, so do not assume a length.
/// `Debug` does not show the signature, for a request's signature does not belong in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Signature(ecdsa::Signature);

impl Signature {
    /// Reads strict DER with `r` and `s` in `1..n`. `s` may be high: BitPay's own clients make
    /// such signatures, and [its verifier](https://github.com/bitpay/bitauth) takes them.
    ///
    /// # Errors
    ///
    /// [`SignatureError::NotDer`] or [`SignatureError::Range`].
    pub fn from_der(der: &[u8]) -> Result<Self, SignatureError> {
        let signature = ecdsa::Signature::from_der(der).map_err(|_| SignatureError::NotDer)?;
        // The parser reads a number that is too large as zero.
        let compact = signature.serialize_compact();
        let (r, s) = compact.split_at(32);
        if [r, s]
            .iter()
            .any(|number| number.iter().all(|byte| *byte == 0))
        {
            return Err(SignatureError::Range);
        }
        Ok(Self(signature))
    }

    /// Reads the hex of a DER signature, in upper or lower case.
    ///
    /// # Errors
    ///
    /// [`SignatureError::NotHex`], and those of [`from_der`](Self::from_der).
    ///
    /// ```
    /// use bitpay_core::signature::Signature;
    ///
    /// let header = "304402201bdd7cd768985f7478655205d107f5481ca6b4c2f7a22a661053c5466c74d6de\
    ///               02200a276d53e072a17aad9ace4cb158415803b7cedca6a3bbfdc1913c7544935ecd";
    /// let signature = Signature::from_hex(header)?;
    /// assert!(signature.is_low_s());
    /// assert_eq!(signature.to_hex(), header);
    /// # Ok::<(), bitpay_core::signature::SignatureError>(())
    /// ```
    pub fn from_hex(text: &str) -> Result<Self, SignatureError> {
        let mut buffer = [0; 72];
        let der = buffer
            .get_mut(..text.len() / 2)
            .ok_or(SignatureError::NotDer)?;
        hex::decode_to_slice(text, der).map_err(|_| SignatureError::NotHex)?;
        Self::from_der(der)
    }

    /// The DER form.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        self.0.serialize_der().to_vec()
    }

    /// The DER form as lower-case hex: the value of the header `X-Signature`.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex_of(&self.0.serialize_der())
    }

    /// Whether `s` is in the lower half of its range.
    #[must_use]
    pub fn is_low_s(&self) -> bool {
        self.to_low_s() == *self
    }

    /// The twin of this signature with a low `s`. Both verify for the same key and digest.
    #[must_use]
    pub fn to_low_s(&self) -> Self {
        let mut signature = self.0;
        signature.normalize_s();
        Self(signature)
    }

    pub(crate) const fn new(signature: ecdsa::Signature) -> Self {
        Self(signature)
    }

    pub(crate) const fn inner(&self) -> &ecdsa::Signature {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(..)")
    }
}

/// Why a text or some bytes are not a [`Signature`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// Not hex digits, or an odd number of them.
    #[error("a signature is sent as hex digits, two for each byte")]
    NotHex,
    /// Not the strict DER form of two numbers.
    #[error("not an ECDSA signature in strict DER form")]
    NotDer,
    /// `r` or `s` is zero, or not below the order of the curve.
    #[error("a number of the signature is zero or too large for secp256k1")]
    Range,
}
