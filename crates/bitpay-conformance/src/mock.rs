//! A mock of BitPay for the contract of the wire: what a request has to be like, how often it may
//! come, and what it is answered.

use tokio::runtime::Builder;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::{Listening, Received};

/// A mock server on this machine. Expectations that were not met panic when it is dropped.
#[derive(Debug)]
pub struct MockBitPay(MockServer);

impl MockBitPay {
    /// One that knows no request yet.
    #[must_use]
    pub fn start() -> Self {
        Self(block_on(MockServer::start()))
    }

    /// One that answers every request alike.
    #[must_use]
    pub fn answering(answer: ResponseTemplate) -> Self {
        let bitpay = Self::start();
        bitpay.expect(Mock::given(any()).respond_with(answer));
        bitpay
    }

    /// Takes up an expectation. Of several that fit a request, the first one answers.
    pub fn expect(&self, mock: Mock) {
        block_on(self.0.register(mock));
    }
}

impl Listening for MockBitPay {
    fn url(&self) -> String {
        self.0.uri()
    }

    fn received(&self) -> Vec<Received> {
        let requests = block_on(self.0.received_requests()).unwrap();
        requests.iter().map(Received::from).collect()
    }
}

// The server has a thread and a runtime of its own: nothing has to run between two of these.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread().build().unwrap();
    runtime.block_on(future)
}

impl From<&Request> for Received {
    /// The mock server reads a target and writes it anew: see [`Server`](crate::Server) for odd ones.
    fn from(request: &Request) -> Self {
        let headers = request.headers.iter();
        Self {
            method: request.method.to_string(),
            target: request.url[url::Position::BeforePath..].to_owned(),
            headers: headers
                .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
                .collect(),
            body: request.body.clone(),
        }
    }
}

/// Matches what carries a signature that holds.
#[must_use]
pub fn signed(request: &Request) -> bool {
    Received::from(request).verifies()
}

/// Matches what carries neither an identity nor a signature.
#[must_use]
pub fn unsigned(request: &Request) -> bool {
    let has = |name| request.headers.contains_key(name);
    !has("x-identity") && !has("x-signature")
}

/// An answer of JSON, to the byte.
#[must_use]
pub fn json(status: u16, body: impl AsRef<[u8]>) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body.as_ref(), "application/json")
}

/// A success with this data.
#[must_use]
pub fn data(data: impl std::fmt::Display) -> ResponseTemplate {
    json(200, format!("{{\"data\":{data}}}"))
}
