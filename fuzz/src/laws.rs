//! What must hold for any bytes at all.

mod answers;
mod calls;
mod identity;
mod import;
mod requests;
mod sandbox;
mod streams;
mod values;
mod webhooks;
mod world;

pub use answers::{answer, error_envelope};
pub use calls::calls;
pub use identity::{der, key, pairing_code, signature, sin};
pub use import::import;
pub use requests::request;
pub use sandbox::sandbox;
pub use streams::{events, rows};
pub use values::value;
pub use webhooks::webhook;

use std::sync::OnceLock;

use bitpay_core::token::AnyToken;
use bitpay_core::{AnyGrant, Facade, Identity, Operation, PrivateKey};

/// The token of the facade, in what the fixtures hold.
const TOKEN: &str = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";

fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// Does an error repeat what was given? Words of a language are shorter.
fn not_repeated(text: &str, error: &str) {
    let mut runs = text.split(|c: char| !c.is_ascii_alphanumeric());
    assert!(
        !runs.any(|run| run.len() >= 16 && error.contains(run)),
        "{error}"
    );
}

/// One who may call it, of the most power.
fn caller(operation: &Operation) -> AnyGrant {
    static IDENTITY: OnceLock<Identity> = OnceLock::new();
    let key = || Identity::new(PrivateKey::from_bytes(&[9; 32]).expect("in range"));
    let identity = IDENTITY.get_or_init(key).clone();
    match operation.facades.last() {
        Some(Facade::Public) => AnyGrant::anonymous(),
        None => AnyGrant::identity(identity),
        Some(facade) => {
            let token = AnyToken::parse(*facade, TOKEN).expect("a token");
            AnyGrant::new(token, identity)
        }
    }
}
