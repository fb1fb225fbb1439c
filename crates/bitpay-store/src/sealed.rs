//! A document under a passphrase: Argon2id makes a key of it, XChaCha20-Poly1305 encrypts with that.
//!
//! ```text
//! "bitpay-sealed" 1          14 bytes: what it is, and its version
//! memory  passes  lanes      3 bytes: 2^memory KiB; what Argon2id is to spend
//! salt                       16 bytes
//! nonce                      24 bytes
//! the document, encrypted    padded to 1024 bytes, and 16 bytes that tell any change
//! ```
//!
//! All that comes before the encrypted part is authenticated with it.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::StoreError;

const MAGIC: &[u8; 14] = b"bitpay-sealed\x01";
const HEAD: usize = MAGIC.len() + 3 + SALT + NONCE;
const SALT: usize = 16;
const NONCE: usize = 24;
const TAG: usize = 16;
/// So that the length of a file does not tell which tokens are in it.
const STEP: usize = 1024;

/// The second recommendation of RFC 9106: 64 MiB, three passes, four lanes.
const COSTS: [u8; 3] = [16, 3, 4];
/// A file from elsewhere cannot ask for more than 1 GiB and for minutes.
const MOST: [u8; 3] = [20, 16, 16];

/// What locks the files of a store. `Debug` does not show it.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes a passphrase as it is, down to the white space in it.
    ///
    /// # Errors
    /// [`StoreError::NoPassphrase`] when it is empty.
    pub fn new(text: &str) -> Result<Self, StoreError> {
        if text.is_empty() {
            return Err(StoreError::NoPassphrase);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase([redacted])")
    }
}

/// Why a file is not opened.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unsealed {
    /// It has not the form of such a file.
    Damaged(&'static str),
    /// It is of a newer version.
    Newer(u8),
    /// The passphrase is another one, or a byte was changed: which, nobody can tell.
    Refused,
}

impl Unsealed {
    pub(crate) fn at(self, place: String) -> StoreError {
        match self {
            Self::Refused => StoreError::Sealed { place },
            Self::Newer(found) => StoreError::Newer {
                place,
                found: found.into(),
                known: MAGIC[MAGIC.len() - 1].into(),
            },
            Self::Damaged(problem) => StoreError::Damaged {
                place,
                problem: problem.to_owned(),
            },
        }
    }
}

/// The cipher for a head, which says the costs and the salt.
fn cipher(passphrase: &Passphrase, head: &[u8]) -> Result<XChaCha20Poly1305, Unsealed> {
    let strange = Unsealed::Damaged("it asks for costs that there are not");
    let (Some(costs), Some(salt)) = (
        head.get(MAGIC.len()..MAGIC.len() + 3),
        head.get(MAGIC.len() + 3..MAGIC.len() + 3 + SALT),
    ) else {
        return Err(strange);
    };
    let &[memory, passes, lanes] = costs else {
        return Err(strange);
    };
    if costs.iter().zip(MOST).any(|(cost, most)| *cost > most) {
        return Err(strange);
    }
    let Ok(params) = Params::new(1 << memory, passes.into(), lanes.into(), Some(32)) else {
        return Err(strange);
    };
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.0.as_bytes(), salt, &mut *key)
        .map_err(|_| strange)?;
    Ok(XChaCha20Poly1305::new(&Key::from(*key)))
}

pub(crate) fn seal(
    document: &[u8],
    passphrase: &Passphrase,
    place: &str,
) -> Result<Vec<u8>, StoreError> {
    seal_at(COSTS, document, passphrase).ok_or_else(|| {
        StoreError::other(
            place.to_owned(),
            "the system gives no random numbers or no memory",
        )
    })
}

fn seal_at(costs: [u8; 3], document: &[u8], passphrase: &Passphrase) -> Option<Vec<u8>> {
    let mut random = [0; SALT + NONCE];
    getrandom::fill(&mut random).ok()?;
    let mut file = [&MAGIC[..], &costs, &random].concat();
    let nonce = XNonce::try_from(file.get(HEAD - NONCE..)?).ok()?;
    let padded_length = document.len().next_multiple_of(STEP);
    let mut padded = Zeroizing::new(Vec::with_capacity(padded_length));
    padded.extend_from_slice(document);
    // White space after JSON is nothing.
    padded.resize(padded_length, b' ');
    let payload = Payload {
        msg: &padded,
        aad: &file,
    };
    let encrypted = cipher(passphrase, &file).ok()?.encrypt(&nonce, payload);
    file.extend(encrypted.ok()?);
    Some(file)
}

pub(crate) fn open(file: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, Unsealed> {
    match file.split_at_checked(MAGIC.len()) {
        Some((magic, _)) if magic == MAGIC => {}
        Some((magic, _)) if magic.starts_with(&MAGIC[..MAGIC.len() - 1]) => {
            return Err(Unsealed::Newer(magic[MAGIC.len() - 1]));
        }
        _ => return Err(Unsealed::Damaged("it is not an encrypted profile")),
    }
    let whole = |length: usize| length > 0 && length.is_multiple_of(STEP);
    let (head, encrypted) = file
        .split_at_checked(HEAD)
        .filter(|(_, rest)| rest.len().checked_sub(TAG).is_some_and(whole))
        .ok_or(Unsealed::Damaged("it is cut off"))?;
    let cipher = cipher(passphrase, head)?;
    let nonce = XNonce::try_from(&head[HEAD - NONCE..]).map_err(|_| Unsealed::Refused)?;
    let payload = Payload {
        msg: encrypted,
        aad: head,
    };
    cipher
        .decrypt(&nonce, payload)
        .map(Zeroizing::new)
        .map_err(|_| Unsealed::Refused)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// As cheap as Argon2 goes.
    const CHEAP: [u8; 3] = [3, 1, 1];

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text).unwrap()
    }

    #[test]
    fn what_was_sealed_is_opened_with_its_passphrase_and_no_other() {
        for length in [0, 1, STEP - 1, STEP, STEP + 1] {
            let document: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            let file = seal_at(CHEAP, &document, &passphrase("horse")).unwrap();
            if length == 0 {
                continue;
            }
            let opened = open(&file, &passphrase("horse")).unwrap();
            assert_eq!(opened[..length], document);
            assert!(opened[length..].iter().all(|byte| *byte == b' '));
            for other in ["Horse", "horse ", "hors"] {
                assert_eq!(open(&file, &passphrase(other)), Err(Unsealed::Refused));
            }
            // Never the same twice.
            assert_ne!(
                seal_at(CHEAP, &document, &passphrase("horse")).unwrap(),
                file
            );
        }
        assert!(matches!(Passphrase::new(""), Err(StoreError::NoPassphrase)));
    }

    #[test]
    fn any_change_is_refused_and_costs_no_memory() {
        let file = seal_at(CHEAP, b"document", &passphrase("horse")).unwrap();
        for at in 0..file.len() {
            for bit in 0..8 {
                let mut changed = file.clone();
                changed[at] ^= 1 << bit;
                // More memory than these few bytes' worth is asked for by a changed cost only.
                if at == MAGIC.len() && changed[at] > 12 {
                    changed[at] = 255;
                }
                assert!(open(&changed, &passphrase("horse")).is_err(), "{at}");
            }
        }
        for length in 0..file.len() {
            let error = open(&file[..length], &passphrase("horse")).unwrap_err();
            assert!(matches!(error, Unsealed::Damaged(_)), "{length}");
        }
        let longer = [&file[..], b"x"].concat();
        assert!(open(&longer, &passphrase("horse")).is_err());
        let mut newer = file;
        newer[MAGIC.len() - 1] = 2;
        assert_eq!(open(&newer, &passphrase("horse")), Err(Unsealed::Newer(2)));
    }

    #[test]
    fn nothing_of_the_document_or_the_passphrase_is_in_the_file() {
        let document = b"DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5 environment merchant";
        let file = seal_at(CHEAP, document, &passphrase("correct horse battery")).unwrap();
        for secret in [&document[..], b"correct horse battery"] {
            for window in secret.windows(4) {
                assert!(!file.windows(4).any(|found| found == window));
            }
        }
        // Neither does its length tell how much is in it.
        let short = seal_at(CHEAP, b"x", &passphrase("horse")).unwrap();
        assert_eq!(short.len(), file.len());
    }
}
