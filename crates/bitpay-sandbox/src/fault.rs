//! What goes wrong on request: answers that are lost, late, or not what they should be.

use std::collections::VecDeque;
use std::str::FromStr;
use std::time::Duration;

use bitpay_core::operation::Operation;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::{Deserialize, Serialize};

use crate::random::Random;
use crate::table::{Change, json};

/// Something that goes wrong with one of the next answers, or with some of them.
///
/// A request takes the first fault that is for its operation or for any, and that strikes.
///
/// ```
/// use bitpay_sandbox::Fault;
///
/// // The invoice is made, and the client never hears of it.
/// let lost = Fault::lost().on("create_invoice");
/// // Nothing is done, and a proxy answers; three times.
/// let proxy = Fault::answer(502, "text/html", "<h1>Bad gateway</h1>").without_work().times(3);
/// // Every fifth call or so is to be tried again in two seconds.
/// let busy = Fault::rate_limited(2).percent(20);
/// // The same by its name, as on a command line.
/// let busy: Fault = "rate-limited,percent=20".parse()?;
/// # Ok::<(), bitpay_sandbox::FaultError>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Fault {
    operation: Option<String>,
    pub(crate) works: bool,
    pub(crate) kind: FaultKind,
    /// So many that it would be for are passed over first.
    after: u32,
    /// How often it strikes; `None` for always.
    times: Option<u32>,
    /// How likely it strikes, in hundredths.
    percent: u8,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum FaultKind {
    Lost,
    #[serde(with = "answer")]
    Answer(Response<Bytes>),
    Cut(usize),
    Malformed,
    Delay(Duration),
    Stall,
}

/// An answer, as it is saved.
mod answer {
    use bytes::Bytes;
    use http::Response;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize, Serialize)]
    struct Saved {
        status: u16,
        headers: Vec<(String, Vec<u8>)>,
        body: Vec<u8>,
    }

    pub(super) fn serialize<S: Serializer>(
        answer: &Response<Bytes>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            (name.as_str().to_owned(), value.as_bytes().to_vec())
        };
        let saved = Saved {
            status: answer.status().as_u16(),
            headers: answer.headers().iter().map(header).collect(),
            body: answer.body().to_vec(),
        };
        saved.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Response<Bytes>, D::Error> {
        let saved = Saved::deserialize(deserializer)?;
        let mut answer = Response::builder().status(saved.status);
        for (name, value) in saved.headers {
            answer = answer.header(name, value);
        }
        answer.body(saved.body.into()).map_err(D::Error::custom)
    }
}

/// A text that names no fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// There is no fault of this name.
    #[error("there is no fault {0:?}: it is one of {names}", names = Named::names())]
    Unknown(String),
    /// There is no operation of this name.
    #[error(
        "there is no operation {0:?}: they are named like the methods of a client, create_invoice"
    )]
    Operation(String),
    /// What follows the name is not understood.
    #[error(
        "{0:?} is none of on=OPERATION, times=N, times=always, percent=1..100, after=N, work=yes, work=no"
    )]
    Option(String),
}

/// A fault with a name.
pub(crate) struct Named {
    pub(crate) name: &'static str,
    pub(crate) does: &'static str,
    pub(crate) make: fn() -> Fault,
}

const fn named(name: &'static str, does: &'static str, make: fn() -> Fault) -> Named {
    Named { name, does, make }
}

/// Every fault that has a name.
pub(crate) const NAMED: &[Named] = &[
    named(
        "rate-limited",
        "429 with `Retry-After: 1`; nothing is done",
        || Fault::rate_limited(1),
    ),
    named(
        "server-error",
        "500 with BitPay's JSON of a generic error; nothing is done",
        || {
            let body =
                r#"{"status":"error","code":"000000","data":null,"error":"Generic server error"}"#;
            Fault::answer(500, "application/json", body).without_work()
        },
    ),
    named(
        "empty-500",
        "500 without a body, after the work was done",
        || Fault::answer(500, "text/plain", ""),
    ),
    named(
        "bad-gateway",
        "502 with the HTML page of a proxy; nothing is done",
        || {
            let body = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
            Fault::answer(502, "text/html", body).without_work()
        },
    ),
    named(
        "html",
        "200 with HTML in place of the answer; nothing is done",
        || {
            Fault::answer(
                200,
                "text/html",
                "<html><body>Checking your browser</body></html>",
            )
            .without_work()
        },
    ),
    named(
        "malformed",
        "the answer is whole by its length and broken as JSON",
        Fault::malformed,
    ),
    named(
        "truncated",
        "the connection is closed after 20 bytes of the answer",
        || Fault::cut(20),
    ),
    named(
        "closed",
        "the connection is closed, and nothing is done",
        || Fault::lost().without_work(),
    ),
    named(
        "lost",
        "the work is done, and the connection is closed without an answer",
        Fault::lost,
    ),
    named(
        "stalled",
        "the work is done, and no answer comes",
        Fault::stalled,
    ),
    named("slow", "the answer comes two seconds later", || {
        Fault::delay(Duration::from_secs(2))
    }),
];

impl Named {
    /// The fault whose name is meant; the longest one.
    pub(crate) fn of(is: impl Fn(&str) -> bool) -> Option<&'static Self> {
        NAMED
            .iter()
            .filter(|named| is(named.name))
            .max_by_key(|named| named.name.len())
    }

    fn names() -> String {
        let names: Vec<_> = NAMED.iter().map(|named| named.name).collect();
        names.join(", ")
    }
}

impl Fault {
    const fn new(kind: FaultKind) -> Self {
        Self {
            operation: None,
            works: true,
            kind,
            after: 0,
            times: Some(1),
            percent: 100,
        }
    }

    /// The connection is closed without an answer.
    #[must_use]
    pub const fn lost() -> Self {
        Self::new(FaultKind::Lost)
    }

    /// The connection is left open, and no answer comes.
    #[must_use]
    pub const fn stalled() -> Self {
        Self::new(FaultKind::Stall)
    }

    /// Another answer takes the place of the real one. A status out of range is a 500.
    #[must_use]
    pub fn answer(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let mut response = Response::new(body.into());
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::new(FaultKind::Answer(response)).header("content-type", content_type)
    }

    /// Nothing is done, and the client is to come again in so many seconds: a status of 429.
    #[must_use]
    pub fn rate_limited(retry_after: u32) -> Self {
        Self::answer(429, "application/json", r#"{"error":"Too many requests"}"#)
            .header("retry-after", &retry_after.to_string())
            .without_work()
    }

    /// The connection is closed after so many bytes of the answer's body.
    #[must_use]
    pub const fn cut(after: usize) -> Self {
        Self::new(FaultKind::Cut(after))
    }

    /// The answer's last byte is missing, and its length says so: it came whole, and is no JSON.
    #[must_use]
    pub const fn malformed() -> Self {
        Self::new(FaultKind::Malformed)
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

    /// Strikes so many times, and not once.
    #[must_use]
    pub const fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Strikes until the faults are cleared.
    #[must_use]
    pub const fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// Lets so many requests pass first.
    #[must_use]
    pub const fn after(mut self, requests: u32) -> Self {
        self.after = requests;
        self
    }

    /// Strikes with this likelihood, in hundredths, again and again. The sandbox's seed decides when.
    #[must_use]
    pub const fn percent(mut self, percent: u8) -> Self {
        self.percent = percent;
        self.times = None;
        self
    }

    fn is_for(&self, operation: &str) -> bool {
        self.operation.as_deref().is_none_or(|it| it == operation)
    }

    /// How programs and people see it in a list.
    pub(crate) fn shown(&self) -> serde_json::Value {
        let kind = match &self.kind {
            FaultKind::Lost => "lost".to_owned(),
            FaultKind::Answer(response) => format!("answer {}", response.status().as_u16()),
            FaultKind::Cut(after) => format!("cut after {after} bytes"),
            FaultKind::Malformed => "malformed".to_owned(),
            FaultKind::Delay(by) => format!("delay of {by:?}"),
            FaultKind::Stall => "stalled".to_owned(),
        };
        serde_json::json!({
            "kind": kind,
            "operation": self.operation,
            "work": self.works,
            "after": self.after,
            "times": self.times,
            "percent": self.percent,
        })
    }
}

/// By its name, and what it is limited to: `lost,on=create_invoice`, `slow,percent=10`,
/// `rate-limited,times=3,after=5`.
impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let mut parts = text.split(',').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let named = Named::of(|known| known == name);
        let unknown = || FaultError::Unknown(name.to_owned());
        let mut fault = (named.ok_or_else(unknown)?.make)();
        let mut times = None;
        for part in parts {
            let wrong = || FaultError::Option(part.to_owned());
            match part.split_once('=').ok_or_else(wrong)? {
                ("on", operation) => fault = fault.on(known(operation)?),
                ("times", "always") => times = Some(None),
                ("times", count) => times = Some(Some(count.parse().map_err(|_| wrong())?)),
                ("after", count) => fault.after = count.parse().map_err(|_| wrong())?,
                ("percent", percent) => {
                    let percent = percent.parse().ok().filter(|it| (1..=100).contains(it));
                    fault = fault.percent(percent.ok_or_else(wrong)?);
                }
                ("work", "yes") => fault.works = true,
                ("work", "no") => fault.works = false,
                _ => return Err(wrong()),
            }
        }
        if let Some(times) = times {
            fault.times = times;
        }
        Ok(fault)
    }
}

fn known(operation: &str) -> Result<&'static str, FaultError> {
    Operation::named(operation)
        .map(|operation| operation.name)
        .ok_or_else(|| FaultError::Operation(operation.to_owned()))
}

/// The faults that wait for their requests.
#[derive(Deserialize, Serialize)]
pub(crate) struct Faults {
    list: VecDeque<Fault>,
    /// Of its own, so that faults change no id.
    chance: Random,
    #[serde(skip)]
    changed: bool,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            list: VecDeque::new(),
            chance: Random::new(!seed),
            changed: false,
        }
    }

    /// Forgets all, and begins again.
    pub(crate) fn reset(&mut self, seed: u64) {
        *self = Self::new(seed);
        self.changed = true;
    }

    pub(crate) fn save(&mut self, table: &'static str, changes: &mut Vec<Change>) {
        if std::mem::take(&mut self.changed) {
            changes.push(Change {
                table,
                key: Vec::new(),
                value: Some(json(self)),
            });
        }
    }

    pub(crate) fn restore(&mut self, value: &[u8]) -> Result<(), String> {
        *self = serde_json::from_slice(value).map_err(|error| error.to_string())?;
        Ok(())
    }

    pub(crate) fn add(&mut self, fault: Fault) {
        self.list.push_back(fault);
        self.changed = true;
    }

    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.changed = true;
    }

    pub(crate) fn list(&self) -> impl Iterator<Item = &Fault> {
        self.list.iter()
    }

    /// The one that strikes a request for this operation.
    pub(crate) fn strike(&mut self, operation: &str) -> Option<Fault> {
        self.changed |= !self.list.is_empty();
        self.list.retain(|fault| fault.times != Some(0));
        for fault in &mut self.list {
            if !fault.is_for(operation) {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            if fault.percent < 100 && self.chance.percent() >= fault.percent {
                continue;
            }
            if let Some(times) = &mut fault.times {
                *times -= 1;
            }
            return Some(fault.clone());
        }
        None
    }
}

/// A fault as programs ask for it, in JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FaultRequest {
    kind: String,
    operation: Option<String>,
    work: Option<bool>,
    times: Option<u32>,
    #[serde(default)]
    always: bool,
    percent: Option<u8>,
    #[serde(default)]
    after: u32,
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

impl FaultRequest {
    pub(crate) fn fault(&self) -> Result<Fault, String> {
        let mut fault = match self.kind.as_str() {
            "answer" => Fault::answer(
                self.status.unwrap_or(500),
                self.content_type.as_deref().unwrap_or("text/html"),
                self.body.clone(),
            ),
            "cut" => Fault::cut(self.bytes),
            "delay" => Fault::delay(Duration::from_millis(self.milliseconds)),
            kind => match Named::of(|name| name == kind) {
                Some(named) => (named.make)(),
                None => {
                    let names = Named::names();
                    return Err(format!("kind is answer, cut, delay, or one of {names}"));
                }
            },
        };
        if let Some(seconds) = self.retry_after {
            fault = fault.header("retry-after", &seconds.to_string());
        }
        if let Some(operation) = &self.operation {
            fault = fault.on(known(operation).map_err(|error| error.to_string())?);
        }
        if let Some(percent) = self.percent {
            if !(1..=100).contains(&percent) {
                return Err("percent is from 1 to 100".to_owned());
            }
            fault = fault.percent(percent);
        }
        if let Some(times) = self.times {
            fault = fault.times(times);
        }
        if self.always {
            fault = fault.always();
        }
        fault.works = self.work.unwrap_or(fault.works);
        Ok(fault.after(self.after))
    }
}
