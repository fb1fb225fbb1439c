//! A key in whichever form an SDK keeps it. The forms exclude each other; what two of them could be is
//! refused.

use std::fmt;

use bitpay_core::PrivateKey;
use bitpay_core::key::{KeyError, LooksLike};
use zeroize::Zeroizing;

use super::{ImportError, LARGEST, php};

/// How a key was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// 64 hex digits.
    Hex,
    /// PEM, SEC1 or PKCS#8.
    Pem,
    /// The bytes of DER, SEC1 or PKCS#8.
    Der,
    /// The same as hex.
    DerHex,
    /// A decimal number.
    Decimal,
    /// The encrypted file of the PHP SDK.
    PhpEncrypted,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Hex => "hex",
            Self::Pem => "PEM",
            Self::Der => "DER",
            Self::DerHex => "DER as hex",
            Self::Decimal => "a decimal number",
            Self::PhpEncrypted => "encrypted by the PHP SDK",
        })
    }
}

type Read = (PrivateKey, Form);

/// Whether this is the hex of a private key.
pub(super) fn is_hex(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

pub(super) fn read(content: &[u8], password: Option<&str>) -> Result<Read, ImportError> {
    if content.len() > LARGEST {
        return Err(ImportError::TooLarge);
    }
    let is_text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    match std::str::from_utf8(content) {
        Ok(text) if content.iter().all(is_text) => of_text(text.trim_ascii(), password),
        // DER begins with a sequence, and has control characters in any case.
        _ if content.first() == Some(&0x30) => Ok((PrivateKey::from_der(content)?, Form::Der)),
        _ => Err(ImportError::Form(LooksLike::Unknown)),
    }
}

fn of_text(text: &str, password: Option<&str>) -> Result<Read, ImportError> {
    if text.contains("-----BEGIN ") {
        return Ok((PrivateKey::from_pem(text)?, Form::Pem));
    }
    let all = |test: fn(&u8) -> bool| text.bytes().all(|byte| test(&byte));
    let is_hex_text = all(u8::is_ascii_hexdigit) && !text.is_empty();
    if let Some(digits) = text.strip_prefix("0x").filter(|digits| is_hex(digits)) {
        return Ok((PrivateKey::from_hex(digits)?, Form::Hex));
    }
    if all(u8::is_ascii_digit) && !text.is_empty() {
        match text.len() {
            64 if all(|byte| *byte == b'0') => return Err(KeyError::Range.into()),
            64 => return Err(ImportError::Ambiguous),
            // A random key has as many; fewer are a code or an id in the wrong place.
            70..=78 => return Ok((PrivateKey::from_decimal(text)?, Form::Decimal)),
            _ if all(|byte| *byte == b'0') => return Err(KeyError::Range.into()),
            _ => {}
        }
    }
    if is_hex(text) {
        return Ok((PrivateKey::from_hex(text)?, Form::Hex));
    }
    // A key in DER has more than a hundred of them, an encrypted one several hundred.
    if is_hex_text && text.len() >= 80 {
        let mut bytes = Zeroizing::new(vec![0; text.len() / 2]);
        let whole = text.get(..text.len() / 2 * 2).unwrap_or_default();
        if hex::decode_to_slice(whole, &mut bytes).is_err() {
            return Err(KeyError::DamagedDer.into());
        }
        let is_whole = text.len().is_multiple_of(2);
        if begins_der(&bytes) {
            return if is_whole {
                Ok((PrivateKey::from_der(&bytes)?, Form::DerHex))
            } else {
                Err(KeyError::DamagedDer.into())
            };
        }
        if !is_whole {
            return Err(ImportError::KeyCutOff);
        }
        return Ok((php::decrypt(&mut bytes, password)?, Form::PhpEncrypted));
    }
    match PrivateKey::from_hex(text) {
        Err(KeyError::Form { found, .. }) => Err(ImportError::Form(found)),
        Err(error) => Err(error.into()),
        Ok(key) => Ok((key, Form::Hex)),
    }
}

/// A sequence that begins with the version of SEC1 or PKCS#8: of what is encrypted, one in 2^31 begins so.
fn begins_der(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0x30, 0x82, _, _, 2, 1, 0 | 1, ..]
            | [0x30, 0x81, _, 2, 1, 0 | 1, ..]
            | [0x30, _, 2, 1, 0 | 1, ..]
    )
}
