//! What both BitPay clients need of the operating system: a clock, randomness, trusted roots.
//!
//! Programs use it through the clients.

mod clock;
mod random;
mod roots;

pub use clock::Clock;
pub use random::{chance, generate_key, new_guid};
pub use roots::roots;
