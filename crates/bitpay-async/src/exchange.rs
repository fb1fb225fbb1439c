//! Moves the bytes of one exchange, and says what went wrong in the core's words.

use std::error::Error as StdError;
use std::time::Duration;

use bitpay_core::call::Incoming;
use bitpay_core::error::{TransportError, TransportErrorKind as Kind};
use bytes::Bytes;
use http::Request;
use reqwest::{Client, Response};
use tokio::task::yield_now;
use tokio::time::timeout;

/// A pool of connections.
#[derive(Clone)]
pub(crate) struct Transport {
    pub(crate) http: Client,
    /// Every connection goes to the proxy of the set-up.
    pub(crate) proxied: bool,
}

/// How long an exchange may take.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// Until the answer begins.
    pub(crate) head: Duration,
    /// Until its last byte.
    pub(crate) whole: Duration,
}

/// Sends a request, and tells the call what comes back.
pub(crate) async fn exchange(
    transport: &Transport,
    request: Request<Bytes>,
    limits: Limits,
    call: &mut (impl Incoming + Send),
) {
    let Some(mut response) = open(transport, request, limits, call).await else {
        return;
    };
    while receive(&mut response, call).await {}
}

/// Sends a request, and tells the call the head of the answer. The body is still to come, if it is wanted.
pub(crate) async fn open(
    transport: &Transport,
    request: Request<Bytes>,
    limits: Limits,
    call: &mut (impl Incoming + Send),
) -> Option<Response> {
    match send(transport, request, limits).await {
        Ok(mut response) => call
            .head(response.status(), std::mem::take(response.headers_mut()))
            .then_some(response),
        Err(fault) => {
            call.failed(fault);
            None
        }
    }
}

async fn send(
    transport: &Transport,
    request: Request<Bytes>,
    limits: Limits,
) -> Result<Response, TransportError> {
    let mut request = reqwest::Request::try_from(request).map_err(fault)?;
    *request.timeout_mut() = Some(limits.whole);
    // Has the runtime ask the system once what came on which connection. The HTTP library closes a connection
    // at rest on which something came, but it looks only where the runtime says that there is something. A
    // runtime of one thread that stood still since the last call, as between two of `block_on`, does not know;
    // this request would go out, and what came before it would be taken for its answer. With a time limit, as
    // the request has one: a runtime that asks while no timer runs is woken up by the next timer that is set.
    let _ = timeout(limits.whole, yield_now()).await;
    let url = request.url().clone();
    let answer = transport.http.execute(request);
    let answer = if limits.head < limits.whole {
        let answer = timeout(limits.head, answer).await;
        answer.map_err(|_| TransportError::new(Kind::Timeout, None))?
    } else {
        // The HTTP library keeps this limit, and tells a connection that was not made in time.
        answer.await
    };
    let response = answer.map_err(|error| {
        let mut fault = fault(error);
        if transport.proxied && matches!(fault.kind, Kind::Connect | Kind::ConnectTimeout) {
            fault.kind = Kind::Proxy;
        }
        fault
    })?;
    if *response.url() != url {
        // A client of the caller's followed a redirect: whatever this is, it is not the answer.
        return Err(TransportError::new(Kind::Broken, None));
    }
    Ok(response)
}

/// Tells the call the next part of the body. False when no more is to come.
pub(crate) async fn receive(response: &mut Response, call: &mut (impl Incoming + Send)) -> bool {
    match response.chunk().await {
        Ok(Some(chunk)) => return call.body(&chunk),
        Ok(None) => call.end(),
        Err(error) => call.failed(fault(error)),
    }
    false
}

fn fault(error: reqwest::Error) -> TransportError {
    // Its text would hold the whole address, and with it the token.
    let error = error.without_url();
    let kind = match (error.is_connect(), error.is_timeout()) {
        (true, true) => Kind::ConnectTimeout,
        (true, false) if has_cause::<rustls::Error>(&error) => Kind::Tls,
        (true, false) if says(&error, &["proxy", "tunnel"]) => Kind::Proxy,
        (true, false) => Kind::Connect,
        (false, true) => Kind::Timeout,
        (false, false) if says(&error, TOO_LARGE) => Kind::TooLarge,
        (false, false) if says(&error, NOT_HTTP) => Kind::Broken,
        (false, false) if error.is_request() || error.is_body() || error.is_decode() => {
            Kind::Closed
        }
        (false, false) => Kind::Broken,
    };
    TransportError::new(kind, Some(error.into()))
}

fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error: &&'a (dyn StdError + 'static)| {
        // `io::Error` hides what it wraps from `source`, which gives the cause of that instead.
        match error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
        {
            Some(inner) => Some(inner as &(dyn StdError + 'static)),
            None => error.source(),
        }
    })
}

fn has_cause<T: StdError + 'static>(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|cause| cause.is::<T>())
}

/// How the HTTP library says that a head, a chunk's extension or a trailer is too large. Its type is hidden.
const TOO_LARGE: &[&str] = &["head is too large", "over limit", "count overflow"];

/// How it says that what came is no HTTP.
const NOT_HTTP: &[&str] = &["parsed", "nvalid chunk"];

/// The HTTP library has no type for a proxy's refusal.
fn says(error: &(dyn StdError + 'static), texts: &[&str]) -> bool {
    causes(error).any(|cause| {
        let text = cause.to_string();
        texts.iter().any(|what| text.contains(what))
    })
}
