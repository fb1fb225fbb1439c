use core::fmt;

use crate::looks::LooksLike;

/// Why a key was refused. No part of the text that was given is in the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The text has another form than the constructor reads.
    #[error("expected {expected}; this looks like {found}")]
    Form {
        /// What the constructor reads.
        expected: KeyForm,
        /// What the text looks like.
        found: LooksLike,
    },
    /// A private key must be at least 1 and below the order of the curve.
    #[error("the private key is zero or too large for secp256k1")]
    Range,
    /// A public key must be 33 bytes (`02` or `03` first) or 65 bytes (`04` first).
    #[error("a public key has 33 bytes (02 or 03 first) or 65 bytes (04 first)")]
    PublicKeyBytes,
    /// The public key is not a point of secp256k1.
    #[error("the public key is not a point of secp256k1")]
    NotOnCurve,
    /// The PEM block is encrypted.
    #[error("the PEM block is encrypted; decrypt it first, for example with `openssl ec`")]
    Encrypted,
    /// The PEM block holds a public key.
    #[error("the PEM block holds a public key; expected a private key")]
    PublicPem,
    /// The PEM block holds a certificate or a request for one.
    #[error("the PEM block holds a certificate; expected a private key")]
    CertificatePem,
    /// The PEM block holds something else, or a key of another algorithm (RSA, Ed25519).
    #[error(
        "not an elliptic curve private key: another kind of PEM block, or a key of another algorithm"
    )]
    OtherPem,
    /// More than one PEM block.
    #[error(
        "more than one PEM block; keep only the private key \
         (`openssl ecparam` writes EC PARAMETERS first: use -noout)"
    )]
    ManyPemBlocks,
    /// The lines or the base64 of the PEM block are damaged.
    #[error("the PEM block is damaged: its lines or its base64 are not as they should be")]
    DamagedPem,
    /// It is not what it should be, byte for byte: cut off, changed, or something else.
    #[error("not a private key in strict DER form: cut off, changed, or something else")]
    DamagedDer,
    /// The key is on another curve, or does not say on which.
    #[error("the key is not on secp256k1, the curve that BitPay uses")]
    OtherCurve,
    /// The public key that comes with the private key is not its own.
    #[error("the public key beside the private key does not belong to it")]
    Mismatch,
}

impl KeyError {
    pub(super) fn form(expected: KeyForm, text: &str) -> Self {
        Self::Form {
            expected,
            found: LooksLike::guess(text),
        }
    }
}

/// The forms in which a key is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyForm {
    /// A private key as 64 hex digits.
    PrivateHex,
    /// A private key as PEM.
    PrivatePem,
    /// A private key as a decimal number.
    PrivateDecimal,
    /// A public key as 66 or 130 hex digits.
    PublicHex,
}

impl fmt::Display for KeyForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PrivateHex => "a private key as 64 hex digits",
            Self::PrivatePem => "a private key as PEM (BEGIN EC PRIVATE KEY or BEGIN PRIVATE KEY)",
            Self::PrivateDecimal => "a private key as a decimal number of at most 78 digits",
            Self::PublicHex => "a public key as 66 hex digits (02 or 03 first) or 130 (04 first)",
        })
    }
}
