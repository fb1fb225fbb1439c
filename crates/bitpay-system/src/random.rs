//! The system's randomness.

use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::time::Instant;

use bitpay_core::{Guid, PrivateKey};

/// A number that spreads the retries of many clients. Nobody needs to be unable to guess it, so the system is asked
/// once for each thread; the time tells processes apart that were forked.
#[must_use]
pub fn chance() -> u64 {
    RandomState::new().hash_one(Instant::now())
}

/// Makes a key from the system's randomness.
///
/// # Errors
/// When the system has none.
pub fn generate_key() -> io::Result<PrivateKey> {
    PrivateKey::generate(getrandom::fill).map_err(io::Error::from)
}

/// Makes a guid from the system's randomness. For an order, [`Guid::for_order`] is better: after a
/// restart it is the same.
///
/// # Errors
/// When the system has none.
pub fn new_guid() -> io::Result<Guid> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)?;
    Ok(Guid::from_random(random))
}
