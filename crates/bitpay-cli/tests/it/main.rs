//! The program as its user runs it, against a sandbox in the same process.
#![cfg(unix)]
// Clippy's allowance for tests does not reach the helper functions of an integration test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bills;
mod call;
mod commands;
mod doctor;
mod downloads;
mod forms;
mod import;
mod kept;
mod killed;
mod ledgers;
mod lists;
mod manual;
mod operations;
mod payout_runs;
mod payouts;
mod program;
mod quickstart;
mod reconciled;
mod record;
mod recover;
mod rotation;
mod server;
mod shown;
mod signed;
mod snapshots;
mod stores;
mod verbose;
mod webhooks;
