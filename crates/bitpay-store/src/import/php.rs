//! The encrypted key file of the PHP SDK: AES-128 in CBC mode, without anything that would tell a change.
//!
//! The key is the beginning of the password's base64, or of the password itself, filled up with zeros; the
//! initialisation vector is sixteen times the digit 0. Inside is the key as PHP's `serialize` writes it.

use aes::Aes128;
use aes::cipher::{Block, BlockCipherDecrypt as _, KeyInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitpay_core::PrivateKey;
use zeroize::Zeroizing;

use super::ImportError;

const BLOCK: usize = 16;
const VECTOR: [u8; BLOCK] = [b'0'; BLOCK];

pub(super) fn decrypt(
    encrypted: &mut [u8],
    password: Option<&str>,
) -> Result<PrivateKey, ImportError> {
    if !encrypted.len().is_multiple_of(BLOCK) {
        return Err(ImportError::KeyCutOff);
    }
    let password = password.ok_or(ImportError::PasswordNeeded)?;
    let as_base64 = Zeroizing::new(STANDARD.encode(password));
    for text in [as_base64.as_str(), password] {
        let mut key = Zeroizing::new([0; BLOCK]);
        for (to, from) in key.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        let aes = Aes128::new(&(*key).into());
        let mut first = Zeroizing::new([0; BLOCK]);
        first.copy_from_slice(encrypted.get(..BLOCK).ok_or(ImportError::KeyCutOff)?);
        block(&aes, &mut *first, &VECTOR);
        if !begins(&*first) {
            continue;
        }
        let mut before = VECTOR;
        for chunk in encrypted.chunks_exact_mut(BLOCK) {
            let mut now = [0; BLOCK];
            now.copy_from_slice(chunk);
            block(&aes, chunk, &before);
            before = now;
        }
        return read(encrypted);
    }
    Err(ImportError::WrongPassword)
}

fn block(aes: &Aes128, chunk: &mut [u8], before: &[u8; BLOCK]) {
    if let Ok(block) = <&mut Block<Aes128>>::try_from(&mut *chunk) {
        aes.decrypt_block(block);
    }
    for (byte, mask) in chunk.iter_mut().zip(before) {
        *byte ^= mask;
    }
}

/// `C:35:"BitPay..` or `O:35:"BitPay..`, as an object begins: only the right password gives that.
fn begins(plain: &[u8]) -> bool {
    let Some((b'C' | b'O', rest)) = plain.split_first() else {
        return false;
    };
    let mut parts = rest.splitn(3, |byte| *byte == b':');
    let length = parts.nth(1).unwrap_or_default();
    (1..=3).contains(&length.len())
        && length.iter().all(u8::is_ascii_digit)
        && parts.next().is_some_and(|name| name.starts_with(b"\""))
}

/// The fourth member is the key as hex, the fifth the same number in decimal digits.
fn read(plain: &[u8]) -> Result<PrivateKey, ImportError> {
    let padding = plain.last().copied().unwrap_or_default();
    let length = usize::from(padding);
    let padded = (1..=BLOCK).contains(&length)
        && plain
            .get(plain.len().saturating_sub(length)..)
            .is_some_and(|end| end.iter().all(|byte| *byte == padding));
    if !padded {
        return Err(ImportError::KeyDamaged);
    }
    let text = plain.get(..plain.len() - length).unwrap_or_default();
    let hex = after(text, b"i:3;s:64:\"")
        .and_then(|rest| rest.get(..64))
        .ok_or(ImportError::KeyDamaged)?;
    let key = match std::str::from_utf8(hex) {
        Ok(hex) if super::key::is_hex(hex) => PrivateKey::from_hex(hex)?,
        _ => return Err(ImportError::KeyDamaged),
    };
    // Nothing else would tell that a digit was changed.
    let again = after(text, b"i:4;s:").and_then(|rest| rest.split(|byte| *byte == b'"').nth(1));
    if let Some(again) = again {
        let same = std::str::from_utf8(again)
            .ok()
            .and_then(|digits| PrivateKey::from_decimal(digits).ok())
            .is_some_and(|again| again.sin() == key.sin());
        if !same {
            return Err(ImportError::KeyDamaged);
        }
    }
    Ok(key)
}

fn after<'a>(text: &'a [u8], start: &[u8]) -> Option<&'a [u8]> {
    let at = text
        .windows(start.len())
        .position(|window| window == start)?;
    text.get(at + start.len()..)
}
