//! Keys, their names and what they sign.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitpay_core::key::{PrivateKey, PublicKey};
use bitpay_core::signature::Signature;
use bitpay_core::{Environment, PairingCode, Sin};
use sha2::{Digest as _, Sha256};

use super::{not_repeated, text};

/// The order of secp256k1.
const ORDER: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE,
    0xBA, 0xAE, 0xDC, 0xE6, 0xAF, 0x48, 0xA0, 0x3B, 0xBF, 0xD2, 0x5E, 0x8C, 0xD0, 0x36, 0x41, 0x41,
];

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// A SIN is read exactly when a second reading finds 22 bytes, `0F 02` first, and their checksum. It
/// prints as it was read, and with any character changed it is refused. The bytes are read as a text, and
/// also written as one with the right checksum.
pub fn sin(data: &[u8]) {
    if let Some(text) = text(data) {
        sin_text(text);
    }
    let payload = &data[..data.len().min(30)];
    let sum = checksum(payload);
    sin_text(&to_base58(&[payload, &sum].concat()));
}

fn sin_text(text: &str) {
    let payload = from_base58(text).and_then(|bytes| {
        let (payload, sum) = bytes.split_at_checked(22)?;
        (sum == checksum(payload) && payload.starts_with(&[0x0F, 2])).then(|| payload.to_vec())
    });
    let read = Sin::parse(text);
    assert_eq!(read.is_ok(), payload.is_some(), "{text:?}: {read:?}");
    let Ok(sin) = read else { return };
    assert_eq!((sin.as_str(), sin.to_string().as_str()), (text, text));
    for at in 0..text.len() {
        let mut other = text.as_bytes().to_vec();
        other[at] = if other[at] == b'2' { b'3' } else { b'2' };
        let other = String::from_utf8(other).expect("ASCII");
        assert!(Sin::parse(&other).is_err(), "{other} for {text}");
    }
}

fn checksum(bytes: &[u8]) -> [u8; 4] {
    let hash = Sha256::digest(Sha256::digest(bytes));
    [hash[0], hash[1], hash[2], hash[3]]
}

fn from_base58(text: &str) -> Option<Vec<u8>> {
    if text.len() > 64 {
        return None;
    }
    // Little-endian.
    let mut number: Vec<u8> = Vec::new();
    for byte in text.bytes() {
        let mut carry = BASE58.iter().position(|digit| *digit == byte)?;
        for digit in &mut number {
            carry += usize::from(*digit) * 58;
            *digit = (carry % 256) as u8;
            carry /= 256;
        }
        if carry > 0 {
            number.push(carry as u8);
        }
    }
    let zeros = text.bytes().take_while(|byte| *byte == b'1').count();
    number.extend(std::iter::repeat_n(0, zeros));
    number.reverse();
    Some(number)
}

fn to_base58(bytes: &[u8]) -> String {
    let mut digits: Vec<u8> = Vec::new();
    for byte in bytes {
        let mut carry = usize::from(*byte);
        for digit in &mut digits {
            carry += usize::from(*digit) * 256;
            *digit = (carry % 58) as u8;
            carry /= 58;
        }
        while carry > 0 {
            digits.push((carry % 58) as u8);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    digits.extend(std::iter::repeat_n(0, zeros));
    let text = digits.iter().rev();
    text.map(|digit| char::from(BASE58[usize::from(*digit)]))
        .collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|pair| match pair {
            [high, low] if pair.iter().all(u8::is_ascii_hexdigit) => {
                let value = |digit: &u8| char::from(*digit).to_digit(16);
                Some((value(high)? * 16 + value(low)?) as u8)
            }
            _ => None,
        })
        .collect()
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// In the PEM that a key writes, the number is at its place.
fn secret_of(key: &PrivateKey) -> [u8; 32] {
    let pem = key.to_pem();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = STANDARD.decode(body).expect("our own base64");
    assert_eq!(der.len(), 118);
    der[7..39].try_into().expect("32 bytes")
}

/// A key that is read is the number that a second reading finds. It writes a PEM that reads back as the
/// same key, and no error repeats what was given.
pub fn key(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let hex = from_hex(text.trim_ascii()).filter(|bytes| {
        bytes.len() == 32 && bytes.iter().any(|byte| *byte != 0) && bytes[..] < ORDER[..]
    });
    let by_hex = PrivateKey::from_hex(text);
    assert_eq!(by_hex.is_ok(), hex.is_some(), "{by_hex:?}");
    let decimal = from_decimal(text.trim_ascii());
    let by_decimal = PrivateKey::from_decimal(text);
    assert_eq!(by_decimal.is_ok(), decimal.is_some(), "{by_decimal:?}");
    if let (Ok(key), Some(number)) = (&by_decimal, decimal) {
        assert_eq!(secret_of(key), number);
    }
    for read in [by_hex, PrivateKey::from_pem(text), by_decimal] {
        match read {
            Ok(key) => {
                assert!(!text.contains("-----BEGIN ") || is_closed(text), "{text}");
                let secret = secret_of(&key);
                let hex = hex.as_ref().filter(|_| decimal.is_none());
                assert!(hex.as_ref().is_none_or(|hex| hex[..] == secret));
                let again = PrivateKey::from_hex(&to_hex(&secret)).expect("our own number");
                assert_eq!(again.public_key(), key.public_key());
                let again = PrivateKey::from_pem(&key.to_pem()).expect("our own PEM");
                assert_eq!(again.public_key(), key.public_key());
                assert_eq!(key.sin(), &Sin::of(key.public_key()));
                assert_eq!(key.sin(), &Sin::parse(key.sin().as_str()).expect("a SIN"));
            }
            Err(error) => no_digits_repeated(text, &error.to_string()),
        }
    }
    match PublicKey::from_hex(text) {
        Ok(key) => {
            let bytes = from_hex(text).expect("hex");
            let compressed = key.to_bytes();
            match bytes.len() {
                33 => assert_eq!(bytes, compressed),
                length => {
                    let odd = bytes[64] % 2;
                    assert_eq!((length, bytes[0]), (65, 4));
                    assert_eq!(bytes[1..33], compressed[1..]);
                    assert_eq!(compressed[0], 2 + odd);
                }
            }
            assert_eq!(PublicKey::from_hex(&key.to_hex()), Ok(key));
        }
        Err(error) => no_digits_repeated(text, &error.to_string()),
    }
}

/// The first line and the last one of a PEM block name the same.
fn is_closed(text: &str) -> bool {
    let mut lines = text.trim_ascii().lines();
    let first = lines.next().unwrap_or_default().trim_ascii_end();
    lines.next_back() == Some(&first.replacen("-----BEGIN ", "-----END ", 1))
}

/// The number in range, by long division: each round gives the lowest byte.
fn from_decimal(text: &str) -> Option<[u8; 32]> {
    let mut digits: Vec<u16> = text
        .chars()
        .map(|c| c.to_digit(10).and_then(|digit| u16::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    if !(1..=78).contains(&digits.len()) {
        return None;
    }
    let mut number = [0; 32];
    for byte in number.iter_mut().rev() {
        let mut rest = 0;
        for digit in &mut digits {
            let value = rest * 10 + *digit;
            (*digit, rest) = (value / 256, value % 256);
        }
        *byte = rest as u8;
    }
    let is_over = digits.iter().all(|digit| *digit == 0);
    (is_over && number != [0; 32] && number < ORDER).then_some(number)
}

fn no_digits_repeated(text: &str, error: &str) {
    let mut runs = text.split(|c: char| !c.is_ascii_hexdigit());
    // Shorter runs are in English words.
    assert!(!runs.any(|run| run.len() >= 8 && error.contains(run)));
}

/// A key file is read exactly when it is one of the few that a second writer makes of the key: DER says
/// each thing in one way. The first byte picks the label of the PEM block.
pub fn der(data: &[u8]) {
    let Some((pick, der)) = data.split_first() else {
        return;
    };
    let pkcs8 = pick % 2 == 1;
    let label = if pkcs8 {
        "PRIVATE KEY"
    } else {
        "EC PRIVATE KEY"
    };
    let body = STANDARD.encode(der);
    let lines: Vec<&str> = body
        .as_bytes()
        .chunks(64)
        .filter_map(|line| std::str::from_utf8(line).ok())
        .collect();
    let lines = lines.join("\n");
    let pem = format!("-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n");
    let by_bytes = PrivateKey::from_der(der);
    let Ok(key) = PrivateKey::from_pem(&pem) else {
        // The label is wrong at most.
        if let Ok(key) = by_bytes {
            assert_writable(&key, der, !pkcs8);
        }
        return;
    };
    let by_bytes = by_bytes.expect("what a label does not change");
    assert_eq!(by_bytes.public_key(), key.public_key());
    let again = PrivateKey::from_pem(&key.to_pem()).expect("our own PEM");
    assert_eq!(again.public_key(), key.public_key());
    assert_writable(&key, der, pkcs8);
}

fn assert_writable(key: &PrivateKey, der: &[u8], pkcs8: bool) {
    let written = every_der(&secret_of(key), key, pkcs8);
    assert!(
        written.iter().any(|one| one == der),
        "no writer makes {} of a key",
        to_hex(der)
    );
}

/// Every DER of a key that may be read.
fn every_der(secret: &[u8; 32], key: &PrivateKey, pkcs8: bool) -> Vec<Vec<u8>> {
    const EC: &[u8] = &[6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1];
    let pem = key.to_pem();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let whole = STANDARD.decode(body).expect("our own base64");
    let (_, uncompressed) = whole.split_at(118 - 65);
    let zeros = secret.iter().take_while(|byte| **byte == 0).count();
    let mut all = Vec::new();
    for dropped in 0..=zeros {
        for point in [&[][..], uncompressed, &key.public_key().to_bytes()] {
            for curve in curves().iter().map(Some).chain([None]) {
                // Only with its public key is it certain that no other digits are missing.
                if (dropped > 0 && point.is_empty()) || (curve.is_none() && !pkcs8) {
                    continue;
                }
                let mut fields = [tlv(2, &[1]), tlv(4, &secret[dropped..])].concat();
                if let Some(curve) = curve {
                    fields.extend(tlv(0xA0, curve));
                }
                if !point.is_empty() {
                    let bits = tlv(3, &[&[0], point].concat());
                    fields.extend(tlv(0xA1, &bits));
                }
                let sec1 = tlv(0x30, &fields);
                if !pkcs8 {
                    all.push(sec1);
                    continue;
                }
                for curve in curves() {
                    let algorithm = tlv(0x30, &[EC, &curve].concat());
                    let info = [tlv(2, &[0]), algorithm, tlv(4, &sec1)];
                    all.push(tlv(0x30, &info.concat()));
                }
            }
        }
    }
    all
}

/// The curve by its name, and by its parameters with each form of the generator.
fn curves() -> [Vec<u8>; 3] {
    const NAME: [u8; 7] = [6, 5, 0x2B, 0x81, 0x04, 0, 0x0A];
    const FIELD: [u8; 9] = [6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 1, 1];
    // The public key of 1 is the generator.
    let mut one = [0; 32];
    one[31] = 1;
    let one = PrivateKey::from_bytes(&one).expect("in range");
    let pem = one.to_pem();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let whole = STANDARD.decode(body).expect("our own base64");
    // 2^256 - 2^32 - 977
    let mut prime = [0xFF; 32];
    (prime[27], prime[30], prime[31]) = (0xFE, 0xFC, 0x2F);
    let mut seven = [0; 32];
    seven[31] = 7;
    let explicit = |generator: &[u8]| {
        let positive = |number: &[u8]| tlv(2, &[&[0], number].concat());
        let parts = [
            tlv(2, &[1]),
            tlv(0x30, &[&FIELD[..], &positive(&prime)].concat()),
            tlv(0x30, &[tlv(4, &[0; 32]), tlv(4, &seven)].concat()),
            tlv(4, generator),
            positive(&ORDER),
            tlv(2, &[1]),
        ];
        tlv(0x30, &parts.concat())
    };
    [
        NAME.to_vec(),
        explicit(&whole[118 - 65..]),
        explicit(&one.public_key().to_bytes()),
    ]
}

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len();
    let head = match length {
        0..0x80 => vec![tag, length as u8],
        0x80..0x100 => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [&head, value].concat()
}

/// A signature is read exactly when a second reading of strict DER finds two numbers in range, and is
/// written as it was read; its hex likewise.
pub fn signature(data: &[u8]) {
    signature_bytes(data);
    let Some(text) = text(data) else { return };
    let read = Signature::from_hex(text);
    let bytes = from_hex(text);
    match (&read, &bytes) {
        (Ok(signature), Some(bytes)) => {
            assert_eq!(Signature::from_der(bytes).as_ref(), Ok(signature));
            assert_eq!(signature.to_hex(), text.to_ascii_lowercase());
        }
        (Ok(_), None) => panic!("not hex"),
        (Err(_), Some(bytes)) => assert!(Signature::from_der(bytes).is_err()),
        (Err(_), None) => {}
    }
    if let Some(bytes) = bytes {
        signature_bytes(&bytes);
    }
}

fn signature_bytes(der: &[u8]) {
    let read = Signature::from_der(der);
    let numbers = two_numbers(der);
    assert_eq!(read.is_ok(), numbers.is_some(), "{}", to_hex(der));
    let (Ok(signature), Some((r, s))) = (read, numbers) else {
        return;
    };
    assert_eq!(signature.to_der(), der);
    // Its twin has the order less `s`.
    let low = signature.to_low_s();
    let (same_r, low_s) = two_numbers(&low.to_der()).expect("our own DER");
    assert_eq!(same_r, r);
    let other = less(&s);
    assert_eq!(low_s, s.min(other));
    assert_eq!(signature.is_low_s(), s <= other);
    assert!(low.is_low_s());
}

/// The order less this number.
fn less(number: &[u8; 32]) -> [u8; 32] {
    let mut out = [0; 32];
    let mut borrow = 0;
    for at in (0..32).rev() {
        let digit = i16::from(ORDER[at]) - i16::from(number[at]) - borrow;
        borrow = i16::from(digit < 0);
        out[at] = digit.rem_euclid(256) as u8;
    }
    out
}

/// Two integers between 1 and the order, in DER and nothing else.
fn two_numbers(der: &[u8]) -> Option<([u8; 32], [u8; 32])> {
    let [0x30, length, rest @ ..] = der else {
        return None;
    };
    let (r, rest) = number(rest)?;
    let (s, rest) = number(rest)?;
    (rest.is_empty() && usize::from(*length) == der.len() - 2).then_some((r, s))
}

fn number(der: &[u8]) -> Option<([u8; 32], &[u8])> {
    let [2, length, rest @ ..] = der else {
        return None;
    };
    let (digits, rest) = rest.split_at_checked(usize::from(*length))?;
    let digits = match digits {
        // A zero at the front is there only for the sign.
        [0, next, ..] if *next >= 0x80 => &digits[1..],
        [] | [0, ..] => return None,
        [first, ..] if *first >= 0x80 => return None,
        digits => digits,
    };
    let mut out = [0; 32];
    out[32_usize.checked_sub(digits.len())?..].copy_from_slice(digits);
    (out < ORDER).then_some((out, rest))
}

/// A pairing code is seven letters and digits and nothing else; it is written as it was read, and no error
/// repeats what was given.
pub fn pairing_code(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let json = serde_json::to_string(text).expect("a text");
    let by_json = serde_json::from_str::<PairingCode>(&json).ok();
    match text.parse::<PairingCode>() {
        Ok(code) => {
            assert!(text.len() == 7 && text.chars().all(|c| c.is_ascii_alphanumeric()));
            assert_eq!((code.as_str(), code.to_string().as_str()), (text, text));
            assert_eq!(serde_json::to_string(&code).expect("a text"), json);
            let url = code.approval_url(&Environment::Test);
            assert!(url.ends_with(&format!("?pairingCode={text}")));
            assert_eq!(by_json, Some(code));
        }
        Err(error) => {
            assert!(text.len() != 7 || !text.chars().all(|c| c.is_ascii_alphanumeric()));
            not_repeated(text, &error.to_string());
            assert_eq!(by_json, None);
        }
    }
}
