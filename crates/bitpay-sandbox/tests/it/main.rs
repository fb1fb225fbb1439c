//! The sandbox's tests, in one binary: it links once.

// Clippy's allowance for tests does not reach the helper functions of an integration test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod client;
mod faults;
mod funding;
mod invoices;
mod ledgers;
mod merchant;
mod pages;
mod pairing;
mod payouts;
mod refunds;
mod server;
mod support;
mod webhooks;
