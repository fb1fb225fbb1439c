//! Tests of the public API, in one binary: it links once.

// Clippy's allowance for tests does not reach the helper functions of an integration test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod calls;
mod environments;
mod errors;
mod events;
mod identity_laws;
mod key_forms;
mod least;
mod models;
mod models_ledgers;
mod models_merchant;
mod models_payouts;
mod names;
mod names_ledgers;
mod names_merchant;
mod names_payouts;
mod paging;
mod pairing;
#[cfg(feature = "server")]
mod requests;
#[cfg(feature = "server")]
mod requests_ledgers;
#[cfg(feature = "server")]
mod requests_merchant;
#[cfg(feature = "server")]
mod requests_payouts;
mod secrets;
#[cfg(feature = "server")]
mod signed;
mod streams;
mod values;
mod vectors;
mod watches;
mod webhooks;
