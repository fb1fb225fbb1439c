//! An async BitPay client.
//!
//! [`Client`] has every call of the API, by what it is about; the modules hold what it takes and gives.
//!
//! # In scope
//! A pool of connections, a clock, pauses, TLS and proxies. It runs on tokio.
//!
//! # Logs
//! What happens in calls is told to observers, for metrics and traces: see [`observe`]. What the HTTP library
//! logs holds no secret, at any level; a ready-made client must not be built with `connection_verbose`, which
//! logs every byte.
//!
//! # Out of scope
//! What a call is: its address, its signature, its answer, and when to try again. That comes from
//! [`bitpay_core`], the same for this client and for the blocking one.

mod client;
mod exchange;
mod flow;
mod invoice_watch;
mod operations;
mod rows;
mod streaming;

pub use bitpay_core as core;
pub use bitpay_core::*;
pub use bitpay_system::{generate_key, new_guid};
pub use client::{Client, Signer, Signing};
pub use invoice_watch::InvoiceWatch;
pub use rows::Rows;
pub use streaming::Streaming;
