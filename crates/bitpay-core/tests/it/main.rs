//! Integration tests of the core, in one binary.

// Clippy's allowance for tests does not reach the helper functions of an integration test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod identity_laws;
mod key_forms;
mod vectors;
mod webhooks;
