//! Ids, tokens and codes in BitPay's forms, from a seed.

use std::str::FromStr;

use bitpay_core::{Guid, PairingCode};
use serde::{Deserialize, Serialize};

const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const ALPHANUMERIC: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";

/// Not for secrets that matter: whoever knows the seed knows every token.
#[derive(Clone, Deserialize, Serialize)]
#[serde(from = "u64", into = "u64")]
pub(crate) struct Random(fastrand::Rng);

impl From<u64> for Random {
    fn from(state: u64) -> Self {
        Self::new(state)
    }
}

impl From<Random> for u64 {
    fn from(random: Random) -> Self {
        random.state()
    }
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// What goes on where this is now.
    pub(crate) fn state(&self) -> u64 {
        self.0.get_seed()
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .filter_map(|_| self.0.choice(alphabet).copied())
            .map(char::from)
            .collect()
    }

    /// Draws until it is one; the first always is.
    fn parsed<T: FromStr>(&mut self, alphabet: &[u8], length: usize) -> T {
        loop {
            if let Ok(value) = self.text(alphabet, length).parse() {
                return value;
            }
        }
    }

    /// The id of a resource.
    pub(crate) fn id<T: FromStr>(&mut self) -> T {
        self.parsed(BASE58, 22)
    }

    /// The token of a facade.
    pub(crate) fn token(&mut self) -> String {
        self.text(BASE58, 44)
    }

    /// The token of a resource.
    pub(crate) fn resource_token(&mut self) -> String {
        self.text(BASE58, 66)
    }

    pub(crate) fn code(&mut self) -> PairingCode {
        self.parsed(ALPHANUMERIC, 7)
    }

    pub(crate) fn guid(&mut self) -> Guid {
        let mut bytes = [0; 16];
        self.0.fill(&mut bytes);
        Guid::from_random(bytes)
    }

    /// From 0 to 99.
    pub(crate) fn percent(&mut self) -> u8 {
        self.0.u8(0..100)
    }

    /// The id of a transaction on a blockchain.
    pub(crate) fn txid(&mut self) -> String {
        self.text(HEX, 64)
    }
}
