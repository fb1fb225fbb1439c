//! Both clients against servers on this machine, in one binary: it links once.

// Clippy's allowance for tests does not reach the helper functions of an integration test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod approvals;
// These two are shown in docs/testing-with-the-sandbox.md.
mod beside;
mod checkout_async;
mod checkout_blocking;
mod confirms;
#[allow(unreachable_pub, reason = "the laws are shared with the fuzz targets")]
mod corpora;
mod dropped;
mod examples;
mod guide;
// What a process takes is read where Linux tells it.
#[cfg(target_os = "linux")]
mod hostile;
mod hush;
mod journal;
mod openapi;
mod operations;
mod paging;
mod pos;
mod raw;
mod receivers;
mod restarts;
mod retries;
mod sandbox_tls;
mod schemas;
mod secrets;
mod sharing;
mod signatures;
mod signers;
mod storm;
mod streams;
mod tls;
mod values;
mod wire;
