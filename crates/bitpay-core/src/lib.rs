//! BitPay identity, facades, operations and models, without any IO.
#![no_std]
extern crate alloc;

pub mod amount;
pub mod answer;
pub mod by_currency;
pub mod call;
pub mod config;
pub mod credential;
pub mod currency;
pub mod diagnose;
mod encode;
pub mod environment;
pub mod error;
pub mod facade;
pub mod guid;
pub mod id;
pub mod key;
mod looks;
pub mod model;
mod open_enum;
pub mod operation;
pub mod pairing;
pub mod retry;
mod secret;
#[cfg(feature = "server")]
pub mod server;
pub mod setup;
pub mod signature;
pub mod sin;
pub mod time;
pub mod token;
mod url;
pub mod webhook;

pub use amount::Amount;
pub use answer::Answer;
pub use call::{Call, Settings, SigningInput, Step};
pub use config::Config;
pub use credential::{Anonymous, AnyGrant, Credential, Grant, Identity};
pub use currency::Currency;
pub use encode::Encoder;
pub use environment::{BaseUrl, Environment, EnvironmentError};
pub use error::{Effect, Error, ErrorKind};
pub use facade::{Facade, FacadeKind, Merchant, Payout, Pos};
pub use guid::Guid;
pub use id::{InvoiceId, RefundId};
pub use key::{KeyError, PrivateKey, PublicKey};
pub use looks::LooksLike;
pub use operation::{Allows, Endpoint, Operation};
pub use pairing::{Pairing, PairingCode};
pub use setup::SetupError;
pub use sin::{Sin, SinError};
pub use token::{AnyToken, ResourceToken, Token, TokenError};
