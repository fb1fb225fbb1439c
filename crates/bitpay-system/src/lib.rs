//! What these crates need of the operating system: a clock, randomness, trusted roots, files that only their
//! owner can read. What differs between systems is here, so that the others need not know of it.
//!
//! Programs use it through the clients.

mod clock;
pub mod files;
mod proxy;
mod random;
mod roots;

pub use clock::Clock;
pub use proxy::proxy;
pub use random::{chance, generate_key, new_guid};
pub use roots::roots;
