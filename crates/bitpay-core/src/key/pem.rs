//! The text around the DER, after [RFC 7468](https://www.rfc-editor.org/rfc/rfc7468).

use alloc::{string::String, vec::Vec};

use base64::{Engine as _, decoded_len_estimate, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{
    KeyError, KeyForm, PublicKey,
    der::{self, Found},
};

/// Far above any elliptic curve key, so that a wrong file costs nothing.
const LONGEST_TEXT: usize = 16 * 1024;
const LINE: usize = 64;

/// Reads one block with a private key.
pub(super) fn read(text: &str) -> Result<Found, KeyError> {
    let text = text.trim_ascii();
    let (label, body) = split(text)?;
    let read_der = match label {
        "EC PRIVATE KEY" => der::read_sec1,
        "PRIVATE KEY" => der::read_pkcs8,
        "ENCRYPTED PRIVATE KEY" => return Err(KeyError::Encrypted),
        "PUBLIC KEY" | "RSA PUBLIC KEY" => return Err(KeyError::PublicPem),
        _ if label.contains("CERTIFICATE") => return Err(KeyError::CertificatePem),
        _ => return Err(KeyError::OtherPem),
    };
    if body.contains("Proc-Type:") {
        return Err(KeyError::Encrypted);
    }
    read_der(&decode(body)?)
}

/// Writes an `EC PRIVATE KEY` block as OpenSSL does.
pub(super) fn write(secret: &[u8; 32], public: &PublicKey) -> Zeroizing<String> {
    let der = der::write_sec1(secret, public);
    let mut base64 = Zeroizing::new(String::with_capacity(256));
    STANDARD.encode_string(*der, &mut base64);
    // Large enough never to move, which would leave a copy behind.
    let mut text = Zeroizing::new(String::with_capacity(256));
    text.push_str("-----BEGIN EC PRIVATE KEY-----\n");
    for (index, character) in base64.char_indices() {
        if index > 0 && index % LINE == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    text.push_str("\n-----END EC PRIVATE KEY-----\n");
    text
}

/// The label, and what is between the first and the last line.
fn split(text: &str) -> Result<(&str, &str), KeyError> {
    const BEGIN: &str = "-----BEGIN ";
    if text.matches(BEGIN).nth(1).is_some() {
        return Err(KeyError::ManyPemBlocks);
    }
    if !text.contains(BEGIN) {
        return Err(KeyError::form(KeyForm::PrivatePem, text));
    }
    let split = || {
        let (first, rest) = text.split_once('\n')?;
        let (body, last) = rest.rsplit_once('\n')?;
        let label = first
            .trim_ascii_end()
            .strip_prefix(BEGIN)?
            .strip_suffix("-----")?;
        let end = last.strip_prefix("-----END ")?.strip_suffix("-----")?;
        (label == end).then_some((label, body))
    };
    split()
        .filter(|_| text.len() <= LONGEST_TEXT)
        .ok_or(KeyError::DamagedPem)
}

fn decode(body: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let mut base64 = Zeroizing::new(Vec::with_capacity(body.len()));
    for line in body.lines() {
        base64.extend_from_slice(line.trim_ascii_end().as_bytes());
    }
    let mut bytes = Zeroizing::new(alloc::vec![0; decoded_len_estimate(base64.len())]);
    let length = STANDARD
        .decode_slice(&**base64, &mut bytes)
        .map_err(|_| KeyError::DamagedPem)?;
    bytes.truncate(length);
    Ok(bytes)
}
