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

/// The examples of the README run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

/// The examples of the guide to webhooks run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/webhooks.md")]
pub struct Webhooks;
/// As are those of the guides.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/moving-in.md")]
pub struct MovingIn;

/// Where keys rest.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/stores.md")]
pub struct Stores;
