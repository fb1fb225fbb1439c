//! Both clients, tested alike: a test is written once, over [`Front`], and runs against each.
//!
//! # In scope
//! What goes on the wire and what is made of what comes back, with servers on this machine that
//! answer as scripted, faults included.
//!
//! Beside it, in `sdk`, are BitPay's official SDKs for Node and Python against the sandbox; `cargo xtask
//! conformance` runs them.
//!
//! # Out of scope
//! What needs no socket: the core's own tests drive a call by hand.

// This crate is test code throughout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod front;
pub mod hostile;
pub mod memory;
mod mock;
mod server;
pub mod storm;
mod tls;

pub use front::{Async, Blocking, End, Front, SignFn, Streamed};
pub use mock::{MockBitPay, data, json, signed, unsigned};
pub use server::{Listening, Received, Reply, Server};
pub use tls::{Authority, Tunnel};

/// Makes a test of each named function for each client.
#[macro_export]
macro_rules! both_fronts {
    ($($name:ident),* $(,)?) => {
        mod blocking {
            $(#[test] fn $name() { super::$name::<$crate::Blocking>(); })*
        }
        mod asynchronous {
            $(#[test] fn $name() { super::$name::<$crate::Async>(); })*
        }
    };
}

/// The code of each page runs as a test.
macro_rules! pages {
    ($($name:ident: $file:literal,)+) => {
        $(
            #[doc = concat!("The code of `", $file, "`.")]
            #[cfg(doctest)]
            #[doc = include_str!(concat!("../../../", $file))]
            pub struct $name;
        )+
    };
}

pages! {
    Readme: "README.md",
    AddingAnOperation: "docs/adding-an-operation.md",
    Errors: "docs/what-errors-mean.md",
    Invoices: "docs/invoices.md",
    MovingIn: "docs/moving-in.md",
    Operations: "docs/operations-at-scale.md",
    Payouts: "docs/paying-out.md",
    Refunds: "docs/refunds.md",
    Retries: "docs/retries.md",
    StartHere: "docs/start-here.md",
    Stores: "docs/stores.md",
    Facades: "docs/facades.md",
    Webhooks: "docs/webhooks.md",
}
