//! Answers and refusals, in BitPay's words.

use std::borrow::Cow;

use bitpay_core::Facade;
use bitpay_core::model::invoice::Invoice;
use bitpay_core::model::{Acknowledged, InvalidRequest};
use bitpay_core::server::{BadParam, BadRequest};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::caller::{Caller, Role};
use crate::events::EventStream;
use crate::handlers::invoices::views::Whole;

/// An answer that grants what was asked.
pub(crate) struct Reply {
    body: Vec<u8>,
    event_stream: Option<EventStream>,
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    facade: Option<String>,
    data: &'a T,
}

/// `{}`.
#[derive(Debug, Serialize)]
struct Nothing {}

/// The envelope of payouts, with `status` and `message`.
#[derive(Debug, Serialize)]
struct Told<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    facade: Option<String>,
    data: Option<T>,
    status: &'static str,
    message: Option<Cow<'static, str>>,
}

impl Reply {
    pub(crate) fn new(
        resource: Option<&str>,
        caller: &Caller,
        data: &impl Serialize,
    ) -> Result<Self, Refusal> {
        let facade = resource.map(|resource| format!("{}/{resource}", caller.facade()));
        Self::of(&Envelope { facade, data })
    }

    /// An invoice, as this caller sees it.
    pub(crate) fn invoice(caller: &Caller, invoice: &Invoice) -> Result<Self, Refusal> {
        match caller.role {
            Role::Facade(Facade::Merchant) => {
                Self::new(Some("invoice"), caller, &Whole::new(invoice))
            }
            _ => Self::new(Some("invoice"), caller, invoice),
        }
    }

    /// A merchant's invoices.
    pub(crate) fn invoices(caller: &Caller, invoices: &[Invoice]) -> Result<Self, Refusal> {
        let invoices: Vec<_> = invoices.iter().map(Whole::new).collect();
        Self::new(Some("invoice"), caller, &invoices)
    }

    /// With the words that payouts have around their data.
    pub(crate) fn with_status(
        resource: Option<&str>,
        caller: &Caller,
        data: &impl Serialize,
    ) -> Result<Self, Refusal> {
        let facade = resource.map(|resource| format!("{}/{resource}", caller.facade()));
        Self::of(&Told {
            facade,
            data: Some(data),
            status: "success",
            message: None,
        })
    }

    /// Did as it was told, in the words of payouts.
    pub(crate) fn success(_: Acknowledged) -> Result<Self, Refusal> {
        Self::of(&Told {
            facade: None,
            data: Some(Nothing {}),
            status: "success",
            message: None,
        })
    }

    /// Without anything around the data.
    pub(crate) fn bare(data: &impl Serialize) -> Result<Self, Refusal> {
        Self::of(data)
    }

    fn of(reply: &impl Serialize) -> Result<Self, Refusal> {
        // An invoice fits, without being moved as it grows.
        let mut body = Vec::with_capacity(12 << 10);
        serde_json::to_writer(&mut body, reply)
            .map(|()| Self {
                body,
                event_stream: None,
            })
            .map_err(|error| Refusal::plain(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
    }

    /// A stream of events, or no more of it.
    pub(crate) fn events(event_stream: Option<EventStream>) -> Result<Self, Refusal> {
        match event_stream {
            None => Self::of(&Envelope {
                facade: None,
                data: &Acknowledged,
            }),
            event_stream => Ok(Self {
                // Some proxies hold back an answer until its first bytes.
                body: b": listening\n\n".to_vec(),
                event_stream,
            }),
        }
    }

    pub(crate) fn into_parts(self) -> (Response<Bytes>, Option<EventStream>) {
        let mut response = json(StatusCode::OK, self.body);
        if self.event_stream.is_some() {
            let kind = HeaderValue::from_static("text/event-stream");
            response.headers_mut().insert(CONTENT_TYPE, kind);
        }
        (response, self.event_stream)
    }
}

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    body: Body,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Body {
    Plain {
        error: Cow<'static, str>,
    },
    Params {
        errors: [Param; 1],
    },
    Told(Told<Nothing>),
    Coded {
        status: &'static str,
        code: &'static str,
        data: (),
        error: &'static str,
    },
}

#[derive(Debug, Serialize)]
struct Param {
    error: &'static str,
    param: String,
}

impl Refusal {
    pub(crate) fn plain(status: StatusCode, error: impl Into<Cow<'static, str>>) -> Self {
        let error = error.into();
        Self {
            status,
            body: Body::Plain { error },
        }
    }

    /// BitPay answers 500 for ordinary mistakes.
    fn mistake(error: impl Into<Cow<'static, str>>) -> Self {
        Self::plain(StatusCode::INTERNAL_SERVER_ERROR, error)
    }

    /// In the words of payouts and recipients. BitPay publishes no texts of theirs: these are ours.
    pub(crate) fn told(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            body: Body::Told(Told {
                facade: None,
                data: Some(Nothing {}),
                status: "error",
                message: Some(message.into()),
            }),
        }
    }

    pub(crate) fn unknown_path() -> Self {
        Self::plain(StatusCode::NOT_FOUND, "Object not found")
    }

    pub(crate) fn unauthorized_sin() -> Self {
        Self::mistake("Unauthorized sin")
    }

    pub(crate) fn invalid_token() -> Self {
        Self::mistake("Invalid token")
    }

    pub(crate) fn invalid_signature() -> Self {
        Self::plain(StatusCode::BAD_REQUEST, "Invalid signature")
    }

    pub(crate) fn bad_public_key() -> Self {
        Self::plain(StatusCode::BAD_REQUEST, "Bad public key from identity")
    }

    pub(crate) fn no_token_made() -> Self {
        Self::mistake("Unable to create token")
    }

    pub(crate) fn wrong_facade(facade: &str) -> Self {
        Self::mistake(format!(
            "This endpoint does not support the `{facade}` facade"
        ))
    }

    pub(crate) fn invalid_param(param: impl Into<String>) -> Self {
        Self::param("Invalid parameter.", param.into())
    }

    fn param(error: &'static str, param: String) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            body: Body::Params {
                errors: [Param { error, param }],
            },
        }
    }

    /// A refusal by code: two digits for the method, two for the resource, two for the error.
    pub(crate) fn coded(code: &'static str) -> Self {
        let (error, status) = match code.get(2..).unwrap_or_default() {
            "0101" => ("Invoice not found", StatusCode::NOT_FOUND),
            "0102" | "0202" => ("Invalid params", StatusCode::BAD_REQUEST),
            "0107" => ("Invalid invoice state for cancel", SERVER_ERROR),
            "0108" => ("Invoice is missing email or sms", SERVER_ERROR),
            "0109" => ("Sms is not verified", SERVER_ERROR),
            "0110" => ("Invoice price is below minimum threshold", SERVER_ERROR),
            "0111" => ("Invoice price is above maximum threshold", SERVER_ERROR),
            "0112" => ("Invalid sms number", SERVER_ERROR),
            "0113" => ("Error verifying sms", SERVER_ERROR),
            "0115" => ("Email already set on invoice", SERVER_ERROR),
            "0117" => ("Invalid invoice state", SERVER_ERROR),
            "0200" => ("Generic refund error", SERVER_ERROR),
            "0201" => ("Refund not found", StatusCode::NOT_FOUND),
            "0204" => ("Active refund request already exists", SERVER_ERROR),
            "0207" => ("Invalid invoice state for refund", SERVER_ERROR),
            "0208" => ("Fees are greater than refund amount", SERVER_ERROR),
            _ => ("Generic server error", SERVER_ERROR),
        };
        Self {
            status,
            body: Body::Coded {
                status: "error",
                code,
                data: (),
                error,
            },
        }
    }

    pub(crate) fn into_response(self) -> Response<Bytes> {
        json(
            self.status,
            serde_json::to_vec(&self.body).unwrap_or_default(),
        )
    }
}

const SERVER_ERROR: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

impl From<BadParam> for Refusal {
    fn from(bad: BadParam) -> Self {
        let error = if bad.problem.is_none() {
            "Missing required parameter."
        } else {
            "Invalid parameter."
        };
        Self::param(error, bad.param.to_owned())
    }
}

impl From<BadRequest> for Refusal {
    fn from(bad: BadRequest) -> Self {
        Self::plain(StatusCode::BAD_REQUEST, bad.to_string())
    }
}

/// For the requests whose fields are named alike on the wire.
impl From<InvalidRequest> for Refusal {
    fn from(invalid: InvalidRequest) -> Self {
        Self::invalid_param(invalid.field)
    }
}

pub(crate) fn json(status: StatusCode, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    response
}
