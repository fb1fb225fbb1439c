//! Moves the bytes of one exchange, and says what went wrong in the core's words.

use std::io::{self, Read as _};
use std::time::Duration;

use bitpay_core::error::{TransportError, TransportErrorKind as Kind};
use bitpay_core::{Call, Endpoint};
use bytes::Bytes;
use http::{Request, Response};
use ureq::{Agent, AsSendBody, Body, Timeout};

/// Sends a request, and tells the call what comes back.
pub(crate) fn exchange<E: Endpoint>(
    agent: &Agent,
    request: Request<Bytes>,
    limit: Duration,
    call: &mut Call<'_, E>,
) {
    let (parts, body) = request.into_parts();
    let answer = if body.is_empty() {
        send(agent, Request::from_parts(parts, ()), limit)
    } else {
        send(agent, Request::from_parts(parts, &body[..]), limit)
    };
    let (head, body) = match answer {
        Ok(response) => response.into_parts(),
        Err(error) => return call.failed(fault(error)),
    };
    if !call.head(head.status, head.headers) {
        return;
    }
    let mut body = body.into_reader();
    let mut chunk = [0; 16 << 10];
    loop {
        match body.read(&mut chunk) {
            Ok(0) => return call.end(),
            Ok(length) => {
                if !call.body(chunk.get(..length).unwrap_or_default()) {
                    return;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return call.failed(fault(error.into())),
        }
    }
}

/// The settings that a signed request needs are made here, so that they hold for an agent of the
/// caller's as well.
fn send(
    agent: &Agent,
    request: Request<impl AsSendBody>,
    limit: Duration,
) -> Result<Response<Body>, ureq::Error> {
    let request = agent
        .configure_request(request)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(limit))
        .build();
    agent.run(request)
}

fn fault(error: ureq::Error) -> TransportError {
    let kind = match &error {
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => Kind::ConnectTimeout,
        ureq::Error::Timeout(_) => Kind::Timeout,
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => Kind::Connect,
        ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => Kind::Proxy,
        ureq::Error::Tls(_)
        | ureq::Error::Pem(_)
        | ureq::Error::Rustls(_)
        | ureq::Error::TlsRequired => Kind::Tls,
        ureq::Error::LargeResponseHeader(..) => Kind::TooLarge,
        ureq::Error::Io(error) => io_fault(error),
        _ => Kind::Broken,
    };
    // This one error has the whole address in it, and with it the token.
    let source = match error {
        ureq::Error::RequireHttpsOnly(_) | ureq::Error::BadUri(_) => None,
        ureq::Error::Io(error) => Some(error.into()),
        other => Some(other.into()),
    };
    TransportError::new(kind, source)
}

fn io_fault(error: &io::Error) -> Kind {
    if let Some(inner) = error.get_ref() {
        if let Some(error) = inner.downcast_ref::<ureq::Error>() {
            return match error {
                ureq::Error::Timeout(_) => Kind::Timeout,
                _ => Kind::Closed,
            };
        }
        if error.kind() == io::ErrorKind::InvalidData {
            // rustls says so of a certificate that it does not trust.
            return Kind::Tls;
        }
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable
        | io::ErrorKind::NotFound => Kind::Connect,
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Kind::Timeout,
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Kind::Closed,
        _ => Kind::Broken,
    }
}
