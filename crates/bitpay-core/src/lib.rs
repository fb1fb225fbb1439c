//! BitPay identity, facades, operations and models, without any IO.
#![no_std]
extern crate alloc;

pub mod amount;
pub mod by_currency;
pub mod currency;
pub mod guid;
pub mod id;
pub mod key;
pub mod model;
mod open_enum;
pub mod signature;
pub mod sin;
pub mod time;
pub mod webhook;
