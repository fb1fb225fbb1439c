//! Tests of the public API, in one binary: it links once.

// Clippy's allowance for tests does not reach the helper functions of an integration test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bounds;
mod calls;
mod environments;
mod errors;
mod events;
#[cfg(feature = "server")]
mod fixtures;
mod identity_laws;
mod journal;
mod key_forms;
#[cfg(all(feature = "server", feature = "schema"))]
mod laws;
mod least;
mod limits;
mod models;
mod models_ledgers;
mod models_merchant;
mod models_payouts;
mod observed;
mod paging;
mod pairing;
mod reconciled;
#[cfg(feature = "server")]
mod requests;
mod retry;
mod secrets;
mod sent;
mod shown;
#[cfg(feature = "server")]
mod signed;
mod streams;
mod values;
mod vectors;
mod watches;
mod webhooks;
