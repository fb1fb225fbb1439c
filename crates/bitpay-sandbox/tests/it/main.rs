//! The sandbox's tests, in one binary: it links once.

// Clippy's allowance for tests does not reach the helper functions of an integration test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod buttons;
mod client;
mod controls;
mod faults;
mod funding;
mod histories;
mod invoices;
mod ledgers;
mod life_cycles;
mod merchant;
mod outcomes;
mod pages;
mod pairing;
mod pairings;
mod payouts;
mod refunds;
mod refused;
mod retries;
mod server;
mod state;
mod support;
mod webhooks;
