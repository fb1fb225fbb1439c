//! A BitPay that runs on this machine, for tests and development.
//!
//! # In scope
//! [`Sandbox`] is a running server: it pairs, checks signatures, makes invoices, refunds and payouts, and
//! sends webhooks, in BitPay's own words and by its rules. What a person does at BitPay's pages, a test
//! does by a method: approve, pay, let a day pass, lose an answer; and the pages are there too. [`Engine`]
//! is the same without sockets and clock: requests and time in, answers and webhooks out.
//! [`WebhookInbox`] receives webhooks. Where nobody can call a method, a request itself asks for its
//! outcome: an invoice with the order id `sandbox-complete-17` pays itself.
//!
//! # Out of scope
//! Real coins and accounts; anything on disk, but for [`Builder::data`]: all else is forgotten when it
//! stops. It is not for a public network: pages and controls have no password, and whoever knows the seed knows the tokens. What it
//! knows of BitPay is from public documentation and from how the official SDKs behave; that it takes a
//! request does not prove that BitPay does.
//!
//! ```
//! use bitpay_core::{Facade, PrivateKey};
//! use bitpay_sandbox::Sandbox;
//!
//! let sandbox = Sandbox::start()?;
//! let code = sandbox.make_code(Facade::Pos, "till");
//! // A client for `sandbox.environment()` can claim the code now.
//! # Ok::<(), std::io::Error>(())
//! ```

mod authority;
mod caller;
mod calls;
mod control;
mod deliveries;
mod demo;
mod engine;
mod events;
mod fault;
mod gate;
mod handlers;
mod inbox;
mod index;
mod log;
mod market;
mod net;
#[cfg(feature = "openapi")]
mod openapi;
mod operations;
mod outcomes;
mod pages;
mod random;
mod refused;
mod reply;
mod server;
mod settings;
mod state;
mod store;
mod table;
mod timeline;
#[cfg(feature = "tls")]
mod tls;
mod webhook;

pub use control::ControlError;
pub use demo::Demo;
pub use engine::{Engine, Outcome, Ticked};
pub use events::{EventStream, Heard};
pub use fault::{Fault, FaultError};
pub use inbox::{ReceivedWebhook, WebhookInbox};
#[cfg(feature = "openapi")]
pub use openapi::openapi;
pub use server::{Builder, Event, Moment, Sandbox, SeenRequest};
pub use settings::{GuidRepeat, LatePayment, Pace, Settings};
pub use store::DataError;
pub use table::{Change, RestoreError};
pub use webhook::{Delivered, Delivery, DeliveryRecord, Try};
