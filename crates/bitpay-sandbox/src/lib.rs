//! A BitPay that runs on this machine, for tests and development.
//!
//! [`Sandbox`] is a running server: it pairs, signs, makes invoices and refunds, and sends webhooks, in
//! BitPay's own words and with its own rules. What a person does at BitPay's pages, a test does by a
//! method: approve, pay, let a day pass, lose an answer. [`Engine`] is the same without sockets and
//! clock: requests and time in, answers and webhooks out. [`WebhookInbox`] receives webhooks.
//!
//! What it knows of BitPay is from public documentation and from how the official SDKs behave; that it
//! accepts a request does not prove that BitPay does.
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

mod caller;
mod control;
mod engine;
mod fault;
mod gate;
mod handlers;
mod inbox;
mod market;
mod net;
mod operations;
mod pages;
mod random;
mod reply;
mod server;
mod settings;
mod webhook;

pub use control::ControlError;
pub use engine::{Engine, Outcome, Ticked};
pub use fault::Fault;
pub use inbox::{ReceivedWebhook, WebhookInbox};
pub use server::{Builder, Event, Moment, Sandbox, SeenRequest};
pub use settings::{GuidRepeat, Settings};
pub use webhook::{Delivered, Delivery, DeliveryRecord};
