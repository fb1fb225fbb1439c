//! Keys: who a client is.
//!
//! A client is a key pair on secp256k1. It signs requests with the [`PrivateKey`], sends the
//! [`PublicKey`] along, and is known to BitPay by the [`Sin`] of that key. See
//! [BitAuth](https://github.com/bitpay/bitauth) and
//! [Making requests](https://developer.bitpay.com/reference/making-requests).
//!
//! Each form of a key has its own constructor. There is none that guesses, for a text that is
//! taken for the wrong thing (a mistyped path read as a key) gives another identity and no error.
//!
//! # Secrets
//!
//! Private keys and the buffers they are read through are overwritten when dropped. This is best
//! effort: the optimiser and libsecp256k1 may leave copies in registers and on the stack.

mod blinding;
mod der;
mod error;
mod pem;
mod private;
mod public;

pub use crate::looks::LooksLike;
#[cfg(doc)]
use crate::sin::Sin;
pub use error::{KeyError, KeyForm};
pub use private::PrivateKey;
pub use public::PublicKey;
