//! Moves the bytes of one exchange, and says what went wrong in the core's words.

use std::error::Error as StdError;
use std::time::Duration;

use bitpay_core::error::{TransportError, TransportErrorKind as Kind};
use bitpay_core::{Call, Endpoint};
use bytes::Bytes;
use http::Request;
use reqwest::Client;

/// A pool of connections.
#[derive(Clone)]
pub(crate) struct Transport {
    pub(crate) http: Client,
    /// Every connection goes to the proxy of the set-up.
    pub(crate) proxied: bool,
}

/// Sends a request, and tells the call what comes back.
pub(crate) async fn exchange<E: Endpoint>(
    transport: &Transport,
    request: Request<Bytes>,
    limit: Duration,
    call: &mut Call<'_, E>,
) {
    let mut request = match reqwest::Request::try_from(request) {
        Ok(request) => request,
        Err(error) => return call.failed(fault(error)),
    };
    *request.timeout_mut() = Some(limit);
    let url = request.url().clone();
    let mut response = match transport.http.execute(request).await {
        Ok(response) => response,
        Err(error) => {
            let mut fault = fault(error);
            if transport.proxied && matches!(fault.kind, Kind::Connect | Kind::ConnectTimeout) {
                fault.kind = Kind::Proxy;
            }
            return call.failed(fault);
        }
    };
    if *response.url() != url {
        // A client of the caller's followed a redirect: whatever this is, it is not the answer.
        return call.failed(TransportError::new(Kind::Broken, None));
    }
    if !call.head(response.status(), std::mem::take(response.headers_mut())) {
        return;
    }
    loop {
        match response.chunk().await {
            Ok(None) => return call.end(),
            Ok(Some(chunk)) => {
                if !call.body(&chunk) {
                    return;
                }
            }
            Err(error) => return call.failed(fault(error)),
        }
    }
}

fn fault(error: reqwest::Error) -> TransportError {
    // Its text would hold the whole address, and with it the token.
    let error = error.without_url();
    let kind = match (error.is_connect(), error.is_timeout()) {
        (true, true) => Kind::ConnectTimeout,
        (true, false) if has_cause::<rustls::Error>(&error) => Kind::Tls,
        (true, false) if says_proxy(&error) => Kind::Proxy,
        (true, false) => Kind::Connect,
        (false, true) => Kind::Timeout,
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

/// The HTTP library has no type for a proxy's refusal.
fn says_proxy(error: &(dyn StdError + 'static)) -> bool {
    causes(error).any(|cause| {
        let text = cause.to_string();
        text.contains("proxy") || text.contains("tunnel")
    })
}
