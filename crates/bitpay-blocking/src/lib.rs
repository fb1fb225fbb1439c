//! A blocking BitPay client.
//!
//! [`Client`] has every call of the API, by what it is about; the modules hold what it takes and gives.
//!
//! # In scope
//! A pool of connections, a clock, pauses, TLS and proxies.
//!
//! # Out of scope
//! What a call is: its address, its signature, its answer, and when to try again. That comes from
//! [`bitpay_core`], the same for this client and for the async one.

mod client;
mod exchange;
mod hush;
mod invoice_watch;
mod operations;
mod rows;
mod streaming;

pub use bitpay_core as core;
pub use bitpay_core::*;
pub use bitpay_system::{generate_key, new_guid};
pub use client::{Client, Signer};
pub use invoice_watch::InvoiceWatch;
pub use rows::Rows;
pub use streaming::Streaming;
