//! Where a BitPay key and its tokens rest between two runs of a program.
//!
//! A [`Profile`] is an environment, a private key, the tokens that were granted to it, and a
//! pairing that waits for approval. A [`Store`] keeps each profile in a JSON file of its own, which
//! only its owner can read, in a directory that only its owner can enter.
//!
//! - Loading never makes a key. A profile that is not there is an error that says how to make it.
//! - A file is replaced as a whole: whenever the process or the machine stops, what is on disk is
//!   the old profile or the new one.
//! - Two processes cannot change a profile at the same time: [`Store::lock`] waits a short time,
//!   then says so. Reading takes no lock.
//! - A file or a directory that others can access is refused, not mended: who could read it has
//!   perhaps done so. The error names the command that mends it.
//!
//! ```
//! use bitpay_core::{Environment, Guid, PrivateKey, Facade};
//! use bitpay_store::Store;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = std::env::temp_dir().join(format!("bitpay-store-doc-{}", std::process::id()));
//! # let key = PrivateKey::from_bytes(&[7; 32])?;
//! let store = Store::open(&dir)?; // or Store::user()?
//! store.create("shop", Environment::Test, key)?;
//!
//! let mut guard = store.lock("shop")?;
//! guard.update(|profile| {
//!     let token = bitpay_core::AnyToken::parse(Facade::Merchant, "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5")?;
//!     profile.set_token(token);
//!     Ok::<(), bitpay_core::TokenError>(())
//! })??;
//! drop(guard);
//!
//! let profile = store.profile("shop")?;
//! let grant = profile.grant::<bitpay_core::Merchant>()?;
//! # let _ = grant;
//! # std::fs::remove_dir_all(&dir)?;
//! # Ok(())
//! # }
//! ```
//!
//! What a client is about to do, and what came of it, goes into a [`FileJournal`] beside the profile, one
//! line each, which survives a crash of the process or the machine:
//!
//! ```
//! # let dir = std::env::temp_dir().join(format!("bitpay-journal-doc-{}", std::process::id()));
//! use bitpay_store::Store;
//!
//! let journal = Store::open(&dir)?.journal("shop")?; // for `client.with_journal(Arc::new(journal))`
//! for intent in journal.open_intents()?.intents() {
//!     println!("{} at {}: what became of it?", intent.operation, intent.at);
//! }
//! # Ok::<(), bitpay_store::StoreError>(())
//! ```
//!
//! # Other places
//!
//! Files are one place of several, and a [`Backend`] of your own is another:
//!
//! - [`Store::environment`]: environment variables, or files that they name, as containers are given secrets.
//! - `Store::encrypted`, with the feature `encrypted`: files that a passphrase locks.
//! - `Keyring`, with the feature `keyring`: the keyring of the system.
//!
//! Without a passphrase a key is protected by the permissions of its file, as an SSH key without one is. On
//! Windows, the user's own directory is what protects it.
//!
//! With the feature `import`, the module `import` reads what BitPay's official SDKs keep.

mod backend;
mod environment;
mod error;
mod files;
mod format;
#[cfg(feature = "import")]
pub mod import;
mod journal;
#[cfg(feature = "keyring")]
mod keyring;
mod profile;
#[cfg(feature = "encrypted")]
mod sealed;
mod store;

pub use backend::Backend;
pub use environment::Variable;
pub use error::StoreError;
pub use files::Step;
pub use journal::FileJournal;
#[cfg(feature = "keyring")]
pub use keyring::Keyring;
pub use profile::{Answered, Pending, Profile, Rotation, RotationStage};
#[cfg(feature = "encrypted")]
pub use sealed::Passphrase;
pub use store::{ProfileGuard, Store};
pub use zeroize::Zeroizing;
