//! BitPay identity, facades, operations and models, without any IO.
//!
//! # In scope
//! Keys and SINs, signatures, facades and tokens, pairing, every operation with its request and its
//! answer, errors, when to try again, webhooks.
//!
//! # Out of scope
//! Sockets, files, clocks, randomness. `bitpay-blocking` and `bitpay-async` bring them: a program uses
//! one of these two, and finds this crate re-exported there. Use it directly to bring an HTTP client
//! of your own: [`Call`] says what to send and reads what comes back.
//!
//! ```
//! use bitpay_core::call::{Call, Incoming as _, Settings, Step};
//! use bitpay_core::model::rate::GetRate;
//! use bitpay_core::time::Timestamp;
//! use bitpay_core::{Anonymous, Config, Currency, Environment};
//!
//! let config = Config::new(Environment::Test);
//! let settings = Settings::new(&config)?;
//! let request = GetRate::new(Currency::BTC, Currency::EUR);
//! let mut call = Call::new(&request, &config.environment.base_url(), &Anonymous, &settings)?;
//!
//! let now = Timestamp::UNIX_EPOCH; // yours to tell
//! let Step::Send(http) = call.step(now, 0) else { panic!("nothing to sign, nothing to wait for") };
//! assert_eq!(http.uri(), "https://test.bitpay.com/rates/BTC/EUR");
//!
//! // Send it as you like, then tell the call what came back.
//! assert!(call.head(http::StatusCode::OK, http::HeaderMap::new()));
//! assert!(call.body(br#"{"data":{"code":"EUR","name":"Eurozone Euro","rate":85012.34}}"#));
//! call.end();
//! let Step::Done(answer) = call.step(now, 0) else { panic!("a complete answer ends the call") };
//! assert_eq!(answer?.rate.as_text(), "85012.34");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
extern crate alloc;

pub mod amount;
pub mod answer;
mod bounds;
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
pub mod find_out;
pub mod guid;
pub mod id;
pub mod journal;
mod json;
pub mod key;
pub mod limit;
mod looks;
pub mod model;
pub mod observe;
mod open_enum;
pub mod operation;
pub mod paging;
pub mod pairing;
pub mod raw;
pub mod reconcile;
pub mod retry;
#[cfg(feature = "schema")]
pub mod schema;
mod secret;
#[cfg(feature = "server")]
pub mod server;
pub mod setup;
pub mod signature;
pub mod sin;
pub mod stream;
pub mod time;
pub mod token;
mod url;
pub mod watch;
pub mod webhook;

pub use amount::Amount;
pub use answer::Answer;
pub use call::{Call, Incoming, Settings, SigningInput, Step};
pub use config::Config;
pub use credential::{Anonymous, AnyGrant, Credential, Grant, Identity};
pub use currency::Currency;
pub use encode::Encoder;
pub use environment::{BaseUrl, Environment, EnvironmentError};
pub use error::{Effect, Error, ErrorKind};
pub use facade::{Facade, FacadeKind, Merchant, Payout, Pos};
pub use guid::Guid;
pub use id::{
    BillId, InvoiceId, LedgerEntryId, PayoutGroupId, PayoutId, RecipientId, RefundId, SettlementId,
    ShopperId, SubscriptionId,
};
pub use journal::Journal;
pub use key::{KeyError, PrivateKey, PublicKey};
pub use looks::LooksLike;
pub use operation::{Allows, Endpoint, Operation};
pub use pairing::{Pairing, PairingCode};
pub use raw::{RawData, RawRequest};
pub use setup::SetupError;
pub use sin::{Sin, SinError};
pub use token::{AnyToken, ResourceToken, Token, TokenError};
