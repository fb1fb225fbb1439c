//! What goes wrong on request: answers that are lost, late, or not what they should be.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Deserialize;

/// Something that goes wrong with one of the next answers.
///
/// Faults are consumed in order: a request takes the first that is for its operation or for any.
///
/// ```
/// use bitpay_sandbox::Fault;
///
/// // The invoice is made, and the client never hears of it.
/// let lost = Fault::lost().on("create_invoice");
/// // Nothing is done, and a proxy answers.
/// let proxy = Fault::answer(502, "text/html", "<h1>Bad gateway</h1>").without_work();
/// // Try again in two seconds.
/// let busy = Fault::answer(429, "application/json", r#"{"error":"slow down"}"#)
///     .header("retry-after", "2")
///     .without_work();
/// ```
#[derive(Clone, Debug)]
pub struct Fault {
    operation: Option<String>,
    pub(crate) works: bool,
    pub(crate) kind: FaultKind,
}

#[derive(Clone, Debug)]
pub(crate) enum FaultKind {
    Lost,
    Answer(Response<Bytes>),
    Cut(usize),
    Delay(Duration),
}

impl Fault {
    const fn new(kind: FaultKind) -> Self {
        Self {
            operation: None,
            works: true,
            kind,
        }
    }

    /// The connection is closed without an answer.
    #[must_use]
    pub const fn lost() -> Self {
        Self::new(FaultKind::Lost)
    }

    /// Another answer takes the place of the real one. A status out of range is a 500.
    #[must_use]
    pub fn answer(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let mut response = Response::new(body.into());
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::new(FaultKind::Answer(response)).header("content-type", content_type)
    }

    /// The connection is closed after so many bytes of the answer's body.
    #[must_use]
    pub const fn cut(after: usize) -> Self {
        Self::new(FaultKind::Cut(after))
    }

    /// The answer comes so much later.
    #[must_use]
    pub const fn delay(by: Duration) -> Self {
        Self::new(FaultKind::Delay(by))
    }

    /// Adds a header to the answer of [`Fault::answer`]; what is no header is left out.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let FaultKind::Answer(response) = &mut self.kind
            && let Ok(name) = name.parse::<HeaderName>()
            && let Ok(value) = value.parse::<HeaderValue>()
        {
            response.headers_mut().insert(name, value);
        }
        self
    }

    /// For this operation only, by its name in the table of operations.
    #[must_use]
    pub fn on(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// What was asked is not done. Without this it is done, and only the answer goes wrong.
    #[must_use]
    pub const fn without_work(mut self) -> Self {
        self.works = false;
        self
    }

    pub(crate) fn is_for(&self, operation: &str) -> bool {
        self.operation.as_deref().is_none_or(|it| it == operation)
    }
}

/// A fault as programs ask for it, in JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FaultRequest {
    kind: String,
    operation: Option<String>,
    #[serde(default = "yes")]
    work: bool,
    #[serde(default = "once")]
    pub(crate) times: u32,
    status: Option<u16>,
    content_type: Option<String>,
    #[serde(default)]
    body: String,
    retry_after: Option<u32>,
    #[serde(default)]
    bytes: usize,
    #[serde(default)]
    milliseconds: u64,
}

const fn yes() -> bool {
    true
}

const fn once() -> u32 {
    1
}

impl FaultRequest {
    /// `None` for a kind that there is not.
    pub(crate) fn fault(&self) -> Option<Fault> {
        let mut fault = match self.kind.as_str() {
            "lost" => Fault::lost(),
            "answer" => Fault::answer(
                self.status.unwrap_or(500),
                self.content_type.as_deref().unwrap_or("text/html"),
                self.body.clone(),
            ),
            "cut" => Fault::cut(self.bytes),
            "delay" => Fault::delay(Duration::from_millis(self.milliseconds)),
            _ => return None,
        };
        if let Some(seconds) = self.retry_after {
            fault = fault.header("retry-after", &seconds.to_string());
        }
        fault.operation.clone_from(&self.operation);
        fault.works = self.work;
        Some(fault)
    }
}
