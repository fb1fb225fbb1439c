//! Percent-encoding: only `A-Z a-z 0-9 - . _ ~` and `%XX` leave this crate, so that no HTTP
//! library rewrites an address after it was signed.

use alloc::string::String;
use core::fmt::{self, Write as _};

pub(crate) fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Writes percent-encoded text into a string.
pub(crate) struct Encoded<'a>(pub(crate) &'a mut String);

impl fmt::Write for Encoded<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        const HEX: &[u8; 16] = b"0123456789ABCDEF";
        for byte in text.bytes() {
            if is_unreserved(byte) {
                self.0.push(char::from(byte));
            } else {
                self.0.push('%');
                self.0.push(char::from(HEX[usize::from(byte >> 4)]));
                self.0.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
        Ok(())
    }
}

/// Appends a value, percent-encoded.
pub(crate) fn push_encoded(out: &mut String, value: &impl fmt::Display) {
    // Writing into a string fails only when the value's own `Display` does, and ours do not.
    let _ = write!(Encoded(out), "{value}");
}

/// Reads percent-encoded text, `+` as a space when it is from a query. `None` when it is not UTF-8
/// or an escape is cut off.
#[cfg(feature = "server")]
pub(crate) fn decode(text: &str, plus_is_space: bool) -> Option<String> {
    let mut bytes = alloc::vec::Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' if plus_is_space => b' ',
            b'%' => {
                let high = char::from(rest.next()?).to_digit(16)?;
                let low = char::from(rest.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}
