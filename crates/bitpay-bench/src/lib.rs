//! What the clients and the sandbox cost, beside the least that anybody could pay. `cargo xtask bench` builds
//! and runs it, and `docs/benchmarks.md` says what came of it.

// This crate is test code throughout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use bitpay_blocking as client;

pub mod pure;
pub mod samples;
