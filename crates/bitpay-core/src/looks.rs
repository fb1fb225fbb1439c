//! What a text looks like, so that an error can name what was pasted into the wrong place.

use core::fmt;

use crate::sin::{Sin, SinError};

/// What a text looks like that was given for something else. A guess, for the error message only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LooksLike {
    /// Nothing, or only white space.
    Nothing,
    /// A PEM block.
    Pem,
    /// The path of a file.
    Path,
    /// A pairing code: 7 letters and digits.
    PairingCode,
    /// A SIN.
    Sin,
    /// An API token.
    Token,
    /// A private key as hex.
    PrivateHex,
    /// A public key as hex.
    PublicHex,
    /// A private key in DER form as hex, as BitPay's Java client stores it.
    DerHex,
    /// A private key as a decimal number, as BitPay's C# client stores it.
    Decimal,
    /// Hex digits of another length.
    Hex {
        /// The number of hex digits.
        digits: usize,
    },
    /// An address.
    Url,
    /// Something else.
    Unknown,
}

impl LooksLike {
    pub(crate) fn guess(text: &str) -> Self {
        let text = text.trim_ascii();
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let all = |test: fn(&u8) -> bool| digits.bytes().all(|byte| test(&byte));
        let hex = all(u8::is_ascii_hexdigit);
        if text.is_empty() {
            return Self::Nothing;
        }
        if text.contains("-----BEGIN ") {
            return Self::Pem;
        }
        if text.contains("://") {
            return Self::Url;
        }
        match Sin::parse(text) {
            Err(SinError::LooksLikePairingCode) => return Self::PairingCode,
            Ok(_) | Err(SinError::Checksum) => return Self::Sin,
            _ => {}
        }
        match digits.len() {
            64 if hex => Self::PrivateHex,
            66 | 130 if hex && digits.starts_with('0') => Self::PublicHex,
            236.. if hex && digits.starts_with("30") => Self::DerHex,
            70..=78 if all(u8::is_ascii_digit) => Self::Decimal,
            digits if hex => Self::Hex { digits },
            20..=256 if all(u8::is_ascii_alphanumeric) => Self::Token,
            _ if is_path(text) => Self::Path,
            _ => Self::Unknown,
        }
    }
}

fn is_path(text: &str) -> bool {
    let ending = [".pem", ".key", ".txt", ".der", ".json", ".yml"];
    !text.contains('\n')
        && (text.contains(['/', '\\']) || ending.iter().any(|end| text.ends_with(end)))
}

impl fmt::Display for LooksLike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing: the text is empty",
            Self::Pem => "PEM",
            Self::Path => "the path of a file: read the file first",
            Self::PairingCode => "a pairing code",
            Self::Sin => "a SIN",
            Self::Token => "a token",
            Self::PrivateHex => "a private key as hex",
            Self::PublicHex => "a public key",
            Self::DerHex => "the hex of a DER file",
            Self::Decimal => "a decimal number",
            Self::Hex { digits } => return write!(f, "{digits} hex digits"),
            Self::Url => "an address",
            Self::Unknown => "something else",
        })
    }
}
