//! The program as its user runs it, against a sandbox in the same process.
#![cfg(unix)]
// Clippy's allowance for tests does not reach the helper functions of an integration test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bills;
mod call;
mod commands;
mod forms;
mod import;
mod kept;
mod killed;
mod ledgers;
mod operations;
mod payouts;
mod program;
mod quickstart;
mod record;
mod recover;
mod server;
mod stores;
mod verbose;
