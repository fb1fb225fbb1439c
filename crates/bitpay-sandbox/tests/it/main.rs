//! The sandbox's tests, in one binary: it links once.

// Clippy's allowance for tests does not reach the helper functions of an integration test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod client;
mod faults;
mod invoices;
mod ledgers;
mod pages;
mod pairing;
mod refunds;
mod server;
mod support;
mod webhooks;
