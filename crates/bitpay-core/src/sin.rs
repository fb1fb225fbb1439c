//! The SIN, BitPay's name for a client: a short text made from a public key.
//!
//! A SIN is the Base58Check form of `RIPEMD160(SHA256(public key))` behind the two bytes `0F 02`
//! (a SIN, of the type that is recorded nowhere). See
//! [Identity protocol v1](https://en.bitcoin.it/wiki/Identity_protocol_v1) and
//! [BitAuth](https://github.com/bitpay/bitauth).

use alloc::{borrow::Cow, boxed::Box, string::String};
use core::{fmt, str::FromStr};

use ripemd::Ripemd160;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

use crate::key::PublicKey;

const VERSION: u8 = 0x0F;
const TYPE_EPHEMERAL: u8 = 0x02;
const HASHED: usize = 22;
const BYTES: usize = 26;
/// Longer texts are never a SIN; decoding Base58 is quadratic, so they are not decoded.
const LONGEST_DECODED: usize = 39;

/// The public identity of a client: 35 characters that start with `T`.
///
/// It is derived from a [`PublicKey`] and carries a checksum, so a mistyped SIN is refused. A SIN
/// is not a secret: it may be shown and logged.
///
/// ```
/// use bitpay_core::sin::Sin;
///
/// let sin: Sin = "TfG4ScDgysrSpodWD4Re5UtXmcLbY5CiUHA".parse()?;
/// assert_eq!(sin.to_string(), "TfG4ScDgysrSpodWD4Re5UtXmcLbY5CiUHA");
/// # Ok::<(), bitpay_core::sin::SinError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sin(Box<str>);

impl Sin {
    /// The SIN of a public key.
    ///
    /// ```
    /// use bitpay_core::{key::PublicKey, sin::Sin};
    ///
    /// let key = PublicKey::from_hex(
    ///     "02326209e52f6f17e987ec27c56a1321acf3d68088b8fb634f232f12ccbc9a4575",
    /// )?;
    /// assert_eq!(Sin::of(&key).as_str(), "Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR");
    /// # Ok::<(), bitpay_core::key::KeyError>(())
    /// ```
    #[must_use]
    pub fn of(public_key: &PublicKey) -> Self {
        let hash = Ripemd160::digest(Sha256::digest(public_key.to_bytes()));
        let mut bytes = [0; BYTES];
        bytes[0] = VERSION;
        bytes[1] = TYPE_EPHEMERAL;
        bytes[2..HASHED].copy_from_slice(&hash);
        let sum = checksum(&bytes[..HASHED]);
        bytes[HASHED..].copy_from_slice(&sum);
        Self(bs58::encode(bytes).into_string().into_boxed_str())
    }

    /// Reads a SIN and checks its length, version, type and checksum.
    ///
    /// # Errors
    ///
    /// [`SinError`] says what is wrong, and recognises a pairing code and a token.
    ///
    /// ```
    /// use bitpay_core::sin::{Sin, SinError};
    ///
    /// assert_eq!(Sin::parse("Tf1Jc1xSbqasm5QLwwSQc5umddx2h7mAMhX"), Err(SinError::Checksum));
    /// assert_eq!(Sin::parse("QKK31Q1"), Err(SinError::LooksLikePairingCode));
    /// ```
    pub fn parse(text: &str) -> Result<Self, SinError> {
        if text.len() == 7 && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(SinError::LooksLikePairingCode);
        }
        if text.len() > LONGEST_DECODED {
            let base58 = text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() && !b"0OIl".contains(&b));
            return Err(if base58 {
                SinError::LooksLikeToken
            } else {
                SinError::NotBase58
            });
        }
        let mut buffer = [0; LONGEST_DECODED];
        let length = bs58::decode(text)
            .onto(&mut buffer)
            .map_err(|_| SinError::NotBase58)?;
        let bytes = <&[u8; BYTES]>::try_from(&buffer[..length])
            .map_err(|_| SinError::Length { bytes: length })?;
        if bytes[0] != VERSION {
            return Err(SinError::Version(bytes[0]));
        }
        if bytes[1] != TYPE_EPHEMERAL {
            return Err(SinError::Type(bytes[1]));
        }
        if bytes[HASHED..] != checksum(&bytes[..HASHED]) {
            return Err(SinError::Checksum);
        }
        Ok(Self(text.into()))
    }

    /// The SIN as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

// By hand: the `check` feature of bs58 would bring in a second sha2.
fn checksum(bytes: &[u8]) -> [u8; 4] {
    let hash = Sha256::digest(Sha256::digest(bytes));
    [hash[0], hash[1], hash[2], hash[3]]
}

/// Why a text is not a [`Sin`]. The text itself is not in the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SinError {
    /// A character outside the Base58 alphabet.
    #[error("not Base58; a SIN is 35 characters starting with T")]
    NotBase58,
    /// Base58 of another length than 26 bytes.
    #[error("{bytes} bytes, not 26; a SIN is 35 characters starting with T")]
    Length {
        /// The number of bytes that were found.
        bytes: usize,
    },
    /// The first byte is not `0F`.
    #[error("version byte {0:#04x}, not 0x0f; a SIN is 35 characters starting with T")]
    Version(u8),
    /// The second byte is not `02`.
    #[error("type byte {0:#04x}, not 0x02; a SIN of this API starts with Te or Tf")]
    Type(u8),
    /// The checksum does not match: the SIN was mistyped or cut.
    #[error("checksum does not match; was the SIN mistyped?")]
    Checksum,
    /// Seven letters and digits: a [pairing code](https://developer.bitpay.com/reference/get-token).
    #[error("this looks like a pairing code; a SIN is 35 characters starting with T")]
    LooksLikePairingCode,
    /// A longer Base58 text: an API token.
    #[error("this looks like a token; a SIN is 35 characters starting with T")]
    LooksLikeToken,
}

impl fmt::Display for Sin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Sin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for Sin {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for Sin {
    type Err = SinError;

    fn from_str(text: &str) -> Result<Self, SinError> {
        Self::parse(text)
    }
}

impl TryFrom<&str> for Sin {
    type Error = SinError;

    fn try_from(text: &str) -> Result<Self, SinError> {
        Self::parse(text)
    }
}

impl From<Sin> for String {
    fn from(sin: Sin) -> Self {
        sin.0.into_string()
    }
}

impl Serialize for Sin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Sin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}
