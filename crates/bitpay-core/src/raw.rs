//! A way to what this crate has no name for: any path, with the client's credential.
//!
//! What is known of the API has its own method, with types, checks and the right rule for retrying.
//! Use this for the rest: it is signed like any other call, its envelope is read, and its errors are
//! those of any other call.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use http::Method;
use serde::de::{Deserialize, Deserializer, IgnoredAny};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::credential::Credential;
use crate::encode::Encoder;
use crate::error::BuildError;
use crate::facade::Facade;
use crate::model::InvalidRequest;
use crate::operation::{Allows, Endpoint, Operation, RetryClass, Sending, Signing, TokenPlace};
use crate::stream::{Form, Streamable};

/// A request to any path.
///
/// It carries the token of the client's credential, in the query of a `GET` or `DELETE` and in the
/// body of others, unless told otherwise; and it is signed when the credential has a key. It is sent
/// once: [`RawRequest::reads`] says that it may be repeated.
///
/// ```
/// use bitpay_core::RawRequest;
/// use http::Method;
///
/// // GET /vouchers/A%2F1/uses?limit=10&token=..
/// let uses = RawRequest::new(Method::GET, ["vouchers", "A/1", "uses"]).query("limit", 10).reads();
///
/// // POST /vouchers, {"token":"..","amount":10}
/// let make = RawRequest::new(Method::POST, ["vouchers"]).body(&serde_json::json!({"amount": 10}))?;
/// # Ok::<(), bitpay_core::error::BuildError>(())
/// ```
#[derive(Clone)]
pub struct RawRequest {
    method: Method,
    path: Vec<String>,
    query: Vec<(String, String)>,
    body: Option<Box<RawValue>>,
    token: TokenPlace,
    retry: RetryClass,
}

/// Stands in the place of a row of the table.
static RAW: Operation = Operation {
    name: "raw",
    doc: "Calls any path.",
    link: "https://developer.bitpay.com/reference/making-requests",
    method: Method::POST,
    path: "",
    facades: &[
        Facade::Public,
        Facade::Pos,
        Facade::Merchant,
        Facade::Payout,
    ],
    identity: false,
    token: TokenPlace::None,
    signing: Signing::WhenKeyed,
    retry: RetryClass::Never,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[],
};

impl RawRequest {
    /// A request to the path of these parts, such as `["invoices", id]`. Each is percent-encoded, so
    /// that a part stays one part.
    #[must_use]
    pub fn new<P: fmt::Display>(method: Method, path: impl IntoIterator<Item = P>) -> Self {
        let token = if [Method::GET, Method::HEAD, Method::DELETE].contains(&method) {
            TokenPlace::Query
        } else {
            TokenPlace::Body
        };
        Self {
            method,
            path: path.into_iter().map(|part| part.to_string()).collect(),
            query: Vec::new(),
            body: None,
            token,
            retry: RetryClass::Never,
        }
    }

    /// Adds a query parameter. Name and value are percent-encoded.
    #[must_use]
    pub fn query(mut self, name: impl fmt::Display, value: impl fmt::Display) -> Self {
        self.query.push((name.to_string(), value.to_string()));
        self
    }

    /// Sets the body: anything that serialises to a JSON object, such as a struct of yours, or a
    /// [`RawValue`] to write it yourself. Money belongs in an [`Amount`](crate::Amount), and not in
    /// `serde_json::json!`, which makes a float of it.
    ///
    /// # Errors
    /// When it does not serialise, or not to an object.
    pub fn body<T: Serialize + ?Sized>(mut self, body: &T) -> Result<Self, BuildError> {
        let text = serde_json::to_string(body).ok();
        let raw = text.and_then(|text| RawValue::from_string(text).ok());
        match raw.filter(|raw| raw.get().starts_with('{')) {
            Some(raw) => self.body = Some(raw),
            None => return Err(BuildError::Json { field: "body" }),
        }
        Ok(self)
    }

    /// Puts the credential's token somewhere else, or with [`TokenPlace::None`] nowhere: then the
    /// request brings its own, such as a resource's, or none at all.
    #[must_use]
    pub fn token(mut self, place: TokenPlace) -> Self {
        self.token = place;
        self
    }

    /// Says that the request only reads: it is repeated when its outcome is unknown. What is not a
    /// read may then happen twice.
    #[must_use]
    pub fn reads(mut self) -> Self {
        self.retry = RetryClass::Read;
        self
    }

    fn takes_no_body(&self) -> bool {
        [Method::GET, Method::HEAD, Method::DELETE].contains(&self.method)
    }

    /// A token of the caller's own would stand beside the credential's.
    fn brings_token(&self) -> bool {
        match (self.token, &self.body) {
            (TokenPlace::Query, _) => self.query.iter().any(|(name, _)| name == "token"),
            (TokenPlace::Body, Some(body)) => {
                serde_json::from_str::<BTreeMap<String, IgnoredAny>>(body.get())
                    .map_or(true, |members| members.contains_key("token"))
            }
            _ => false,
        }
    }
}

impl Endpoint for RawRequest {
    type Response = RawData;
    const OPERATION: &'static Operation = &RAW;

    fn sending(&self) -> Sending<'_> {
        Sending {
            method: &self.method,
            token: self.token,
            retry: self.retry,
        }
    }

    fn check(&self) -> Result<(), InvalidRequest> {
        // The HTTP libraries do not agree on what they do with it.
        if self.takes_no_body() && (self.body.is_some() || self.token == TokenPlace::Body) {
            let problem = "a GET, HEAD or DELETE has none: use the query";
            return Err(InvalidRequest::new("body", problem));
        }
        Ok(())
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        if self.brings_token() {
            return Err(BuildError::TwoTokens);
        }
        for part in &self.path {
            out.segment("path", part)?;
        }
        for (name, value) in &self.query {
            out.named_query(name, value);
        }
        match &self.body {
            Some(body) => out.members(body.get()),
            // Not every HTTP library sends a POST without a body.
            None if !self.takes_no_body() => out.members("{}"),
            None => {}
        }
        Ok(())
    }
}

impl<C: Credential> Allows<C> for RawRequest {}

/// A list that this crate does not know can be read as it comes as well.
impl Streamable for RawRequest {
    type Item = RawData;
    const FORM: Form = Form::List;
}

/// Shows neither values nor the body: a token or personal data may be in there.
impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("method", &self.method)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// What the envelope or a field held, as the JSON that it is. Equality is equality of the text.
#[derive(Clone)]
pub struct RawData(Box<RawValue>);

impl RawData {
    /// `null`.
    pub(crate) fn nothing() -> Self {
        Self(RawValue::NULL.to_owned())
    }

    /// The JSON of an answer that was read before.
    pub(crate) fn of(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok().map(Self)
    }

    /// The JSON.
    #[must_use]
    pub fn json(&self) -> &RawValue {
        &self.0
    }

    /// Reads it as a type of yours.
    ///
    /// # Errors
    /// When it is not of this type.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.0.get())
    }
}

impl<'de> Deserialize<'de> for RawData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Deserialize::deserialize(deserializer).map(Self)
    }
}

impl Serialize for RawData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl PartialEq for RawData {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl Eq for RawData {}

/// Shows the length only: a token or personal data may be in there.
impl fmt::Debug for RawData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawData({} bytes)", self.0.get().len())
    }
}
