//! The system's randomness.

use std::io;

use bitpay_core::{Guid, PrivateKey};

/// A number that spreads the retries of many clients. Without randomness, they are not spread.
#[must_use]
pub fn chance() -> u64 {
    getrandom::u64().unwrap_or_default()
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
