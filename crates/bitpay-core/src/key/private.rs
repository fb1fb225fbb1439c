use alloc::{boxed::Box, string::String};
use core::fmt;

use secp256k1::SecretKey;
use zeroize::Zeroizing;

use super::{KeyError, KeyForm, PublicKey, blinding::BlindedSigner, der, pem};
use crate::{
    signature::{Digest, Signature},
    sin::Sin,
};

/// A private key on secp256k1. It is never cloned, shown or serialised by accident: the one way
/// out is [`to_pem`](Self::to_pem).
///
/// It may be shared between threads. Signing is deterministic, and defended against observers of
/// timing by a blinded context that is renewed as signatures are made.
pub struct PrivateKey {
    secret: Secret,
    signer: BlindedSigner,
    public: PublicKey,
    sin: Sin,
}

impl PrivateKey {
    /// Makes a new key from the caller's random source, which fills the slice that it is given
    /// with 32 unpredictable bytes.
    ///
    /// A draw outside of `1..n` is drawn again. That happens once in 2^128 draws, so the source is
    /// called once, unless it is broken: a source that gives the same bad bytes for ever keeps
    /// this function busy for ever, which is better than a key that others can guess.
    ///
    /// # Errors
    ///
    /// Only what `fill` returns.
    ///
    /// ```no_run
    /// use bitpay_core::key::PrivateKey;
    ///
    /// # use std::io::Read as _;
    /// # let fill_from_the_system = |bytes: &mut [u8]| std::fs::File::open("/dev/urandom")?.read_exact(bytes);
    /// // For example `PrivateKey::generate(getrandom::fill)`.
    /// let key = PrivateKey::generate(fill_from_the_system)?;
    /// println!("made the client {}", key.sin());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn generate<E>(mut fill: impl FnMut(&mut [u8]) -> Result<(), E>) -> Result<Self, E> {
        let mut bytes = Zeroizing::new([0; 32]);
        loop {
            fill(bytes.as_mut())?;
            if let Ok(key) = Self::from_bytes(&bytes) {
                return Ok(key);
            }
        }
    }

    /// Takes a big-endian number in `1..n`. The caller erases its own copy.
    ///
    /// # Errors
    ///
    /// [`KeyError::Range`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let secret = Secret::new(bytes)?;
        let signer = BlindedSigner::new(&secret.0);
        let public = PublicKey::new(signer.public_key(&secret.0));
        let sin = public.sin();
        Ok(Self {
            secret,
            signer,
            public,
            sin,
        })
    }

    /// Reads exactly 64 hex digits, in upper or lower case; white space around them is ignored.
    ///
    /// # Errors
    ///
    /// [`KeyError::Form`] for anything else (a path, PEM, a pairing code, …), [`KeyError::Range`]
    /// for a number outside of `1..n`.
    ///
    /// ```
    /// use bitpay_core::key::{KeyError, LooksLike, PrivateKey};
    ///
    /// let error = PrivateKey::from_hex("/etc/bitpay/private_key.key").unwrap_err();
    /// assert!(matches!(error, KeyError::Form { found: LooksLike::Path, .. }));
    /// ```
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim_ascii(), bytes.as_mut())
            .map_err(|_| KeyError::form(KeyForm::PrivateHex, text))?;
        Self::from_bytes(&bytes)
    }

    /// Reads one PEM block, `EC PRIVATE KEY`
    /// ([RFC 5915](https://www.rfc-editor.org/rfc/rfc5915)) or `PRIVATE KEY`
    /// ([RFC 5208](https://www.rfc-editor.org/rfc/rfc5208)), whose curve is secp256k1 by its name or by all
    /// of its parameters.
    /// White space around the block is ignored. A public key in it must be the right one.
    ///
    /// # Errors
    ///
    /// Each thing that may be wrong has its own [`KeyError`].
    ///
    /// ```
    /// use bitpay_core::key::PrivateKey;
    ///
    /// let key = PrivateKey::from_pem(
    ///     "-----BEGIN EC PRIVATE KEY-----
    /// MHQCAQEEICg7E4NN53YkaWuAwpoqjfAofjzKI7Jq1f532dX+0O6QoAcGBSuBBAAK
    /// oUQDQgAEjZcNa6Kdz6GQwXcUD9iJ+t1tJZCx7hpqBuJV2/IrQBfue8jh8H7Q/4vX
    /// fAArmNMaGotTpjdnymWlMfszzXJhlw==
    /// -----END EC PRIVATE KEY-----",
    /// )?;
    /// assert_eq!(key.sin().as_str(), "TeyN4LPrXiG5t2yuSamKqP3ynVk3F52iHrX");
    /// # Ok::<(), bitpay_core::key::KeyError>(())
    /// ```
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        Self::found(&pem::read(text)?)
    }

    /// Reads the bytes of a DER file, SEC1 ([RFC 5915](https://www.rfc-editor.org/rfc/rfc5915)) or PKCS#8
    /// ([RFC 5208](https://www.rfc-editor.org/rfc/rfc5208)), whose curve is secp256k1 by its name or by all of
    /// its parameters, as BitPay's Java client writes them. A public key in it must be the right one.
    ///
    /// # Errors
    ///
    /// Each thing that may be wrong has its own [`KeyError`].
    pub fn from_der(bytes: &[u8]) -> Result<Self, KeyError> {
        Self::found(&der::read(bytes)?)
    }

    /// Reads a decimal number of at most 78 digits, as BitPay's C# client keeps it; white space around it is
    /// ignored.
    ///
    /// # Errors
    ///
    /// [`KeyError::Form`] for anything else, [`KeyError::Range`] for a number outside of `1..n`.
    ///
    /// ```
    /// use bitpay_core::key::PrivateKey;
    ///
    /// let key = PrivateKey::from_decimal(
    ///     "75371435315047800683080420474719166774492308988314944856528163960396135344086",
    /// )?;
    /// assert_eq!(key.sin().as_str(), "TexMWFXCdLzC3kVkLP3iz4hKvUfPAM57MNm");
    /// # Ok::<(), bitpay_core::key::KeyError>(())
    /// ```
    pub fn from_decimal(text: &str) -> Result<Self, KeyError> {
        let digits = text.trim_ascii();
        if !(1..=78).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(KeyError::form(KeyForm::PrivateDecimal, text));
        }
        let mut number = Zeroizing::new([0_u8; 32]);
        for digit in digits.bytes() {
            let mut carry = u16::from(digit - b'0');
            for byte in number.iter_mut().rev() {
                let sum = u16::from(*byte) * 10 + carry;
                let [high, low] = sum.to_be_bytes();
                (*byte, carry) = (low, u16::from(high));
            }
            if carry > 0 {
                return Err(KeyError::Range);
            }
        }
        Self::from_bytes(&number)
    }

    fn found(found: &der::Found) -> Result<Self, KeyError> {
        let key = Self::from_bytes(&found.secret)?;
        if found.public.is_some_and(|public| public != key.public) {
            return Err(KeyError::Mismatch);
        }
        Ok(key)
    }

    /// The key as PEM, byte for byte as `openssl ecparam -name secp256k1 -genkey -noout` writes
    /// it. **This is the secret.** The text is erased when it is dropped.
    #[must_use]
    pub fn to_pem(&self) -> Zeroizing<String> {
        pem::write(&Zeroizing::new(self.secret.0.secret_bytes()), &self.public)
    }

    /// The public key that belongs to this key.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// The SIN of this key.
    #[must_use]
    pub const fn sin(&self) -> &Sin {
        &self.sin
    }

    /// Signs a digest: deterministic ([RFC 6979](https://www.rfc-editor.org/rfc/rfc6979)), with a
    /// low `s`.
    ///
    /// ```
    /// use bitpay_core::{key::PrivateKey, signature::Digest};
    ///
    /// let key = PrivateKey::from_bytes(&[7; 32])?;
    /// let digest = Digest::of(&[b"https://test.bitpay.com/tokens"]);
    /// let signature = key.sign(&digest);
    /// assert!(signature.is_low_s());
    /// assert!(key.public_key().verify(&digest, &signature));
    /// # Ok::<(), bitpay_core::key::KeyError>(())
    /// ```
    #[must_use]
    pub fn sign(&self, digest: &Digest) -> Signature {
        Signature::new(self.signer.sign(digest, &self.secret.0))
    }

    /// Mixes 32 random bytes of the caller into the blinding. Signatures stay the same.
    ///
    /// This is optional: the blinding starts from a hash of the key, which no observer has.
    pub fn blind(&self, entropy: &[u8; 32]) {
        self.signer.blind(&self.secret.0, entropy);
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey(<redacted>, sin={})", self.sin)
    }
}

/// On the heap, so that moving a key does not leave copies of it behind.
struct Secret(Box<SecretKey>);

impl Secret {
    fn new(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let mut key = SecretKey::from_byte_array(*bytes).map_err(|_| KeyError::Range)?;
        let secret = Self(Box::new(key));
        key.non_secure_erase();
        Ok(secret)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.non_secure_erase();
    }
}

#[cfg(test)]
mod tests {
    use alloc::sync::Arc;

    use super::*;

    #[test]
    fn entropy_of_the_caller_is_mixed_in() {
        let key = PrivateKey::from_bytes(&[7; 32]).unwrap();
        let before = key.signer.context();
        key.blind(&[1; 32]);
        assert!(!Arc::ptr_eq(&before, &key.signer.context()));
    }
}
