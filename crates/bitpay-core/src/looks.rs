//! What a text looks like, so that an error can name what was pasted into the wrong place.

use core::fmt;

/// The form that a text has. A guess for error messages only: nothing is decided by it but a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Looks {
    /// Seven letters and digits.
    PairingCode,
    /// 35 characters starting with `T`, with a checksum that holds.
    Sin,
    /// A long text of letters and digits.
    Token,
    /// 64 hexadecimal digits.
    HexKey,
    /// A PEM block.
    Pem,
    /// An address.
    Url,
}

impl fmt::Display for Looks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Looks::PairingCode => "this looks like a pairing code",
            Looks::Sin => "this looks like a SIN, the public name of a key",
            Looks::Token => "this looks like a token",
            Looks::HexKey => "this looks like a private key in hex",
            Looks::Pem => "this looks like a key in PEM",
            Looks::Url => "this looks like an address",
        })
    }
}

/// What the text looks like, if it looks like anything that BitPay's world knows.
pub(crate) fn like(text: &str) -> Option<Looks> {
    if text.contains("-----BEGIN") {
        return Some(Looks::Pem);
    }
    if text.contains("://") {
        return Some(Looks::Url);
    }
    if crate::sin::Sin::parse(text).is_ok() {
        return Some(Looks::Sin);
    }
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Some(Looks::HexKey);
    }
    let alphanumeric = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
    match text.len() {
        7 if alphanumeric => Some(Looks::PairingCode),
        20..=256 if alphanumeric => Some(Looks::Token),
        _ => None,
    }
}
