use alloc::string::String;
use core::{fmt, str::FromStr};

use secp256k1::{Message, Secp256k1, VerifyOnly};
use spin::Once;

use super::{KeyError, KeyForm};
use crate::encode::hex_of;
use crate::{
    signature::{Digest, Signature},
    sin::Sin,
};

/// A public key on secp256k1: what the header `X-Identity` carries.
///
/// Uncompressed keys are read as well (BitPay's Ruby client sends them), and are the same key:
/// the SIN is always made from the compressed form.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicKey(secp256k1::PublicKey);

impl PublicKey {
    /// Reads 66 hex digits (compressed, `02` or `03` first) or 130 (uncompressed, `04` first), in
    /// upper or lower case.
    ///
    /// # Errors
    ///
    /// [`KeyError::Form`] for anything else, [`KeyError::NotOnCurve`] if there is no such point.
    ///
    /// ```
    /// use bitpay_core::key::PublicKey;
    ///
    /// let key = PublicKey::from_hex(
    ///     "038D970D6BA29DCFA190C177140FD889FADD6D2590B1EE1A6A06E255DBF22B4017",
    /// )?;
    /// assert_eq!(key.sin().as_str(), "TeyN4LPrXiG5t2yuSamKqP3ynVk3F52iHrX");
    /// # Ok::<(), bitpay_core::key::KeyError>(())
    /// ```
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        let refused = || KeyError::form(KeyForm::PublicHex, text);
        let mut buffer = [0; 65];
        let bytes = buffer.get_mut(..text.len() / 2).ok_or_else(refused)?;
        hex::decode_to_slice(text, bytes).map_err(|_| refused())?;
        Self::from_bytes(bytes).map_err(|error| match error {
            KeyError::PublicKeyBytes => refused(),
            other => other,
        })
    }

    /// Reads 33 bytes (`02` or `03` first) or 65 bytes (`04` first).
    ///
    /// # Errors
    ///
    /// [`KeyError::PublicKeyBytes`] for another length or first byte, [`KeyError::NotOnCurve`] if
    /// there is no such point.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        match (bytes.first(), bytes.len()) {
            (Some(2 | 3), 33) | (Some(4), 65) => secp256k1::PublicKey::from_slice(bytes)
                .map(Self)
                .map_err(|_| KeyError::NotOnCurve),
            _ => Err(KeyError::PublicKeyBytes),
        }
    }

    /// The compressed key as 66 lower-case hex digits: the value of the header `X-Identity`.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex_of(&self.to_bytes())
    }

    /// The compressed key.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 33] {
        self.0.serialize()
    }

    /// The SIN of this key.
    #[must_use]
    pub fn sin(&self) -> Sin {
        Sin::of(self)
    }

    /// Whether the signature is one of this key over the digest.
    ///
    /// A high `s` is accepted, as BitPay does: some of its own clients make such signatures. So
    /// two different signature texts may verify; never use the text as a key to deduplicate by.
    #[must_use]
    pub fn verify(&self, digest: &Digest, signature: &Signature) -> bool {
        // Making one takes a tenth of a verification, and no secret is in it.
        static CONTEXT: Once<Secp256k1<VerifyOnly>> = Once::new();
        // libsecp256k1 verifies low `s` only.
        let low = signature.to_low_s();
        CONTEXT
            .call_once(Secp256k1::verification_only)
            .verify_ecdsa(
                Message::from_digest(*digest.as_bytes()),
                low.inner(),
                &self.0,
            )
            .is_ok()
    }

    pub(super) const fn new(key: secp256k1::PublicKey) -> Self {
        Self(key)
    }

    pub(super) fn to_uncompressed(self) -> [u8; 65] {
        self.0.serialize_uncompressed()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_hex())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_hex())
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::from_hex(text)
    }
}
