//! Private keys in DER: SEC1 ([RFC 5915](https://www.rfc-editor.org/rfc/rfc5915)) and PKCS#8
//! ([RFC 5208](https://www.rfc-editor.org/rfc/rfc5208)).

use secp256k1::constants::{CURVE_ORDER, FIELD_SIZE, GENERATOR_X, GENERATOR_Y};
use zeroize::Zeroizing;

use super::{KeyError, PublicKey};

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_ID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const CONTEXT_0: u8 = 0xA0;
const CONTEXT_1: u8 = 0xA1;

/// 1.2.840.10045.2.1
const ID_EC_PUBLIC_KEY: [u8; 7] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
/// 1.3.132.0.10
const SECP256K1: [u8; 5] = [0x2B, 0x81, 0x04, 0x00, 0x0A];
/// 1.2.840.10045.1.1
const PRIME_FIELD: [u8; 7] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x01, 0x01];
/// The curve is y^2 = x^3 + 7.
const A: [u8; 32] = [0; 32];
const B: [u8; 32] = {
    let mut b = [0; 32];
    b[31] = 7;
    b
};

/// A private key as it was found, not yet checked against its range or its public key.
pub(super) struct Found {
    pub(super) secret: Zeroizing<[u8; 32]>,
    pub(super) public: Option<PublicKey>,
}

/// Reads either: the version, which is the first field of both, tells them apart.
pub(super) fn read(der: &[u8]) -> Result<Found, KeyError> {
    let mut fields = Reader(Reader(der).value(SEQUENCE)?);
    match fields.value(INTEGER)? {
        [0] => read_pkcs8(der),
        _ => read_sec1(der),
    }
}

/// Reads a SEC1 `ECPrivateKey` that says its curve.
pub(super) fn read_sec1(der: &[u8]) -> Result<Found, KeyError> {
    read_ec_private_key(der, false)
}

/// Reads a PKCS#8 `PrivateKeyInfo` with an `ECPrivateKey` in it.
pub(super) fn read_pkcs8(der: &[u8]) -> Result<Found, KeyError> {
    let mut reader = Reader(der);
    let mut info = Reader(reader.value(SEQUENCE)?);
    reader.end()?;
    if info.value(INTEGER)? != [0] {
        return Err(KeyError::DamagedDer);
    }
    let mut algorithm = Reader(info.value(SEQUENCE)?);
    if algorithm.value(OBJECT_ID)? != ID_EC_PUBLIC_KEY {
        return Err(KeyError::OtherPem);
    }
    algorithm.curve()?;
    let key = info.value(OCTET_STRING)?;
    info.end()?;
    read_ec_private_key(key, true)
}

/// Writes the form that OpenSSL writes: named curve, uncompressed public key.
pub(super) fn write_sec1(secret: &[u8; 32], public: &PublicKey) -> Zeroizing<[u8; 118]> {
    const HEAD: [u8; 7] = [SEQUENCE, 116, INTEGER, 1, 1, OCTET_STRING, 32];
    const CURVE: [u8; 4] = [CONTEXT_0, 7, OBJECT_ID, 5];
    const PUBLIC: [u8; 5] = [CONTEXT_1, 68, BIT_STRING, 66, 0];
    let public = public.to_uncompressed();
    let parts: [&[u8]; 6] = [&HEAD, secret, &CURVE, &SECP256K1, &PUBLIC, &public];
    let mut der = Zeroizing::new([0; 118]);
    for (to, from) in der.iter_mut().zip(parts.iter().copied().flatten()) {
        *to = *from;
    }
    der
}

fn read_ec_private_key(der: &[u8], curve_is_known: bool) -> Result<Found, KeyError> {
    let mut reader = Reader(der);
    let mut fields = Reader(reader.value(SEQUENCE)?);
    reader.end()?;
    if fields.value(INTEGER)? != [1] {
        return Err(KeyError::DamagedDer);
    }
    let number = fields.value(OCTET_STRING)?;
    match fields.next_tag() {
        Some(CONTEXT_0) => Reader(fields.value(CONTEXT_0)?).curve()?,
        _ if curve_is_known => {}
        _ => return Err(KeyError::OtherCurve),
    }
    let public = match fields.next_tag() {
        Some(CONTEXT_1) => Some(Reader(fields.value(CONTEXT_1)?).public_key()?),
        _ => None,
    };
    fields.end()?;

    // BitPay's Go client drops leading zero bytes. Such a key is taken only if the public key
    // beside it can show that nothing else is missing.
    let shortest = if public.is_some() { 1 } else { 32 };
    if !(shortest..=32).contains(&number.len()) {
        return Err(KeyError::DamagedDer);
    }
    let mut secret = Zeroizing::new([0; 32]);
    secret[32 - number.len()..].copy_from_slice(number);
    Ok(Found { secret, public })
}

/// Reads DER from its beginning. Only lengths below 64 KiB, each in its shortest form.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn next_tag(&self) -> Option<u8> {
        self.0.first().copied()
    }

    fn value(&mut self, tag: u8) -> Result<&'a [u8], KeyError> {
        let (length, rest) = match *self.0 {
            [found, ..] if found != tag => return Err(KeyError::DamagedDer),
            [_, 0x81, length, ref rest @ ..] if length >= 0x80 => (usize::from(length), rest),
            [_, 0x82, high, low, ref rest @ ..] if high != 0 => {
                (usize::from(u16::from_be_bytes([high, low])), rest)
            }
            [_, length, ref rest @ ..] if length < 0x80 => (usize::from(length), rest),
            _ => return Err(KeyError::DamagedDer),
        };
        let (value, rest) = rest.split_at_checked(length).ok_or(KeyError::DamagedDer)?;
        self.0 = rest;
        Ok(value)
    }

    fn end(&self) -> Result<(), KeyError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(KeyError::DamagedDer)
        }
    }

    /// The curve, by its name or by its parameters, which must be all that is left.
    fn curve(mut self) -> Result<(), KeyError> {
        let is_ours = match self.next_tag() {
            Some(SEQUENCE) => Reader(self.value(SEQUENCE)?).parameters()?,
            Some(_) => self.value(OBJECT_ID)? == SECP256K1,
            None => return Err(KeyError::OtherCurve),
        };
        self.end()?;
        if is_ours {
            Ok(())
        } else {
            Err(KeyError::OtherCurve)
        }
    }

    /// Whether these parameters are those of secp256k1, each of them: with another generator alone, anyone
    /// could make a private key for a public key of their choice. `ECParameters` of SEC1, as bitcoinj and
    /// OpenSSL write them.
    fn parameters(mut self) -> Result<bool, KeyError> {
        let version = self.value(INTEGER)?;
        let mut field = Reader(self.value(SEQUENCE)?);
        let mut curve = Reader(self.value(SEQUENCE)?);
        let generator = self.value(OCTET_STRING)?;
        let order = self.value(INTEGER)?;
        let cofactor = self.value(INTEGER)?;
        self.end()?;
        if field.value(OBJECT_ID)? != PRIME_FIELD {
            return Ok(false);
        }
        let prime = field.value(INTEGER)?;
        field.end()?;
        let (a, b) = (curve.value(OCTET_STRING)?, curve.value(OCTET_STRING)?);
        // A seed may follow, which secp256k1 does not have.
        let is_over = curve.end().is_ok();
        let is_generator = match generator {
            [4, point @ ..] => point.split_at_checked(32) == Some((&GENERATOR_X, &GENERATOR_Y)),
            // 2, because its other coordinate is even.
            [2, x @ ..] => x == GENERATOR_X,
            [_, ..] => false,
            [] => false,
        };
        // Their first bit is set, so that a zero in front says that they are not negative.
        let is = |found: &[u8], wanted: &[u8; 32]| found.strip_prefix(&[0]) == Some(wanted);
        Ok(version == [1]
            && is(prime, &FIELD_SIZE)
            && (a, b) == (&A[..], &B[..])
            && is_over
            && is_generator
            && is(order, &CURVE_ORDER)
            && cofactor == [1])
    }

    /// The public key, which must be all that is left.
    fn public_key(mut self) -> Result<PublicKey, KeyError> {
        let bits = self.value(BIT_STRING)?;
        self.end()?;
        match bits {
            [0, point @ ..] => PublicKey::from_bytes(point),
            _ => Err(KeyError::DamagedDer),
        }
    }
}
