//! Reads a request as a server does: for the sandbox, for `bitpay call` and for tests. Behind the feature
//! `server`.
//!
//! It is more lenient than BitPay's documentation, because the official SDKs differ in what they
//! send: empty query values, `True` and `1` for true, numbers as text.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::answer::without_quotes;
use crate::credential::AnyGrant;
use crate::currency::Currency;
use crate::guid::Guid;
use crate::id::{
    BillId, InvoiceId, PayoutGroupId, PayoutId, RecipientId, RefundId, SettlementId, SubscriptionId,
};
use crate::model::bill::BillStatus;
use crate::model::invoice::{InvoiceEvent, InvoiceEventAction, InvoiceStatus};
use crate::model::payout::PayoutStatus;
use crate::model::recipient::RecipientStatus;
use crate::model::settlement::SettlementStatus;
use crate::model::subscription::SubscriptionStatus;
use crate::operation::{Allows, Endpoint, Operation, TokenPlace};
use crate::sin::Sin;
use crate::time::Date;
use crate::token::ResourceToken;
use crate::url::decode;

mod every;
pub use every::visit_operations;

/// A parameter that is missing or cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{param}: {}", .problem.as_deref().unwrap_or("missing"))]
#[non_exhaustive]
pub struct BadParam {
    /// The name on the wire.
    pub param: &'static str,
    /// What is wrong with it, without its value; `None` when it is missing.
    pub problem: Option<String>,
}

impl BadParam {
    fn missing(param: &'static str) -> Self {
        Self {
            param,
            problem: None,
        }
    }

    fn invalid(param: &'static str, problem: &impl fmt::Display) -> Self {
        Self {
            param,
            problem: Some(without_quotes(&problem.to_string())),
        }
    }
}

/// The request is not one that can be read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadRequest {
    /// The path or the query is not valid percent-encoded UTF-8.
    #[error("the address is not valid")]
    Target,
    /// The body is not a JSON object.
    #[error("the body is not a JSON object")]
    Body,
}

/// A request taken apart: the parts of its path, its query and its body.
/// `Debug` shows neither query nor body, nor what follows `tokens` in the path: they may hold a token.
#[derive(Clone)]
pub struct Received {
    /// The method.
    pub method: Method,
    /// The parts of the path, decoded, without empty ones.
    pub segments: Vec<String>,
    query: Vec<(String, String)>,
    body: BTreeMap<String, Box<RawValue>>,
    fallback_guid: Guid,
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("method", &self.method)
            .field("segments", &self.shown_segments())
            .finish_non_exhaustive()
    }
}

impl Received {
    /// A request of which the parts are known already.
    #[must_use]
    pub fn of_parts(
        operation: &Operation,
        segments: Vec<String>,
        query: Vec<(String, String)>,
        body: BTreeMap<String, Box<RawValue>>,
        fallback_guid: Guid,
    ) -> Self {
        Self {
            method: operation.method.clone(),
            segments,
            query,
            body,
            fallback_guid,
        }
    }

    /// Takes a request apart. `target` is the path and the query, without the server's own prefix.
    /// `fallback_guid` is for requests that carry none.
    ///
    /// # Errors
    /// When it is no request to a BitPay server at all.
    pub fn new(
        method: Method,
        target: &str,
        body: &[u8],
        fallback_guid: Guid,
    ) -> Result<Self, BadRequest> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let segments = path
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| decode(part, false).ok_or(BadRequest::Target))
            .collect::<Result<_, _>>()?;
        let query = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                Some((decode(name, true)?, decode(value, true)?))
            })
            .collect::<Option<_>>()
            .ok_or(BadRequest::Target)?;
        let body = if body.trim_ascii().is_empty() {
            BTreeMap::new()
        } else {
            serde_json::from_slice(body).map_err(|_| BadRequest::Body)?
        };
        Ok(Self {
            method,
            segments,
            query,
            body,
            fallback_guid,
        })
    }

    fn shown_segments(&self) -> Vec<&str> {
        let of_tokens = self.is_below("tokens");
        let shown = |(index, part)| if of_tokens && index == 1 { ".." } else { part };
        self.segments
            .iter()
            .map(String::as_str)
            .enumerate()
            .map(shown)
            .collect()
    }

    fn is_below(&self, collection: &str) -> bool {
        self.segments
            .first()
            .is_some_and(|part| part.eq_ignore_ascii_case(collection))
    }

    /// The token, from where the operation has it.
    #[must_use]
    pub fn token_of(&self, operation: &Operation) -> Option<String> {
        if operation.token != TokenPlace::Path {
            return self.token();
        }
        let place = operation
            .path
            .split('/')
            .position(|part| part == "{token}")?;
        self.segments.get(place).cloned()
    }

    /// The token, from the query or the body.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        self.query_text("token")
            .map(ToOwned::to_owned)
            .or_else(|| self.body("token").ok().flatten())
    }

    /// Does the body have this member?
    #[must_use]
    pub fn has_body(&self, name: &str) -> bool {
        self.body
            .get(name)
            .is_some_and(|value| value.get() != "null")
    }

    /// Does the request match this path, with its parameters in braces? Fixed parts are compared
    /// without regard to case.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let mut parts = path.split('/');
        let fits = |segment: &String| {
            parts
                .next()
                .is_some_and(|part| part.starts_with('{') || part.eq_ignore_ascii_case(segment))
        };
        self.segments.iter().all(fits) && parts.next().is_none()
    }

    fn query_text(&self, name: &str) -> Option<&str> {
        let (_, value) = self
            .query
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())?;
        Some(value)
    }

    pub(crate) fn segment<T: FromText>(
        &self,
        index: usize,
        param: &'static str,
    ) -> Result<T, BadParam> {
        let text = self.segments.get(index);
        let text = text.ok_or_else(|| BadParam::missing(param))?;
        T::from_text(text).map_err(|problem| BadParam::invalid(param, &problem))
    }

    pub(crate) fn query<T: FromText>(&self, param: &'static str) -> Result<Option<T>, BadParam> {
        let text = self.query_text(param);
        let read = |text| T::from_text(text).map_err(|problem| BadParam::invalid(param, &problem));
        text.map(read).transpose()
    }

    /// A parameter that may be there several times.
    pub(crate) fn query_all<T: FromText>(&self, param: &'static str) -> Result<Vec<T>, BadParam> {
        let values = self.query.iter().filter(|(name, _)| name == param);
        let read = |(_, value): &(String, String)| {
            T::from_text(value).map_err(|problem| BadParam::invalid(param, &problem))
        };
        values.map(read).collect()
    }

    pub(crate) fn body<T: DeserializeOwned>(
        &self,
        param: &'static str,
    ) -> Result<Option<T>, BadParam> {
        match self.body.get(param) {
            Some(value) => serde_json::from_str(value.get())
                .map_err(|problem| BadParam::invalid(param, &problem)),
            None => Ok(None),
        }
    }

    pub(crate) fn guid(&self) -> Result<Guid, BadParam> {
        Ok(self
            .body("guid")?
            .unwrap_or_else(|| self.fallback_guid.clone()))
    }
}

pub(crate) fn required<T>(value: Option<T>, param: &'static str) -> Result<T, BadParam> {
    value.ok_or_else(|| BadParam::missing(param))
}

/// A request that a server can read back. Implemented by generated code, from the table.
pub trait FromRequest: Endpoint + Sized {
    /// Reads the request.
    ///
    /// # Errors
    /// Names the parameter that is missing or wrong.
    fn from_request(received: &Received) -> Result<Self, BadParam>;
}

/// Does something with each operation, by its type: [`visit_operations`].
pub trait EveryOperation {
    /// Does it with one.
    fn operation<E>(&mut self)
    where
        E: FromRequest + Allows<AnyGrant> + PartialEq + fmt::Debug,
        E::Response: Serialize + PartialEq + fmt::Debug;
}

/// A value in a path or a query.
pub(crate) trait FromText: Sized {
    fn from_text(text: &str) -> Result<Self, String>;
}

impl FromText for bool {
    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "true" | "True" | "1" => Ok(true),
            "false" | "False" | "0" => Ok(false),
            _ => Err("neither true nor false".to_owned()),
        }
    }
}

impl<R> FromText for ResourceToken<R> {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Self::new(text))
    }
}

macro_rules! from_str {
    ($($type:ty),*) => {$(
        impl FromText for $type {
            fn from_text(text: &str) -> Result<Self, String> {
                text.parse().map_err(|error: <Self as FromStr>::Err| error.to_string())
            }
        }
    )*};
}

from_str!(
    u32,
    String,
    Date,
    Guid,
    InvoiceId,
    RefundId,
    SettlementId,
    Currency,
    InvoiceStatus,
    InvoiceEvent,
    InvoiceEventAction,
    SettlementStatus,
    PayoutId,
    PayoutGroupId,
    PayoutStatus,
    RecipientId,
    RecipientStatus,
    BillId,
    BillStatus,
    SubscriptionId,
    SubscriptionStatus,
    Sin
);
