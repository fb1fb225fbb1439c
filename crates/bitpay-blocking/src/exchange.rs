//! Moves the bytes of one exchange, and says what went wrong in the core's words.

use std::error::Error as StdError;
use std::io::{self, Read};
use std::time::Duration;

use bitpay_core::call::Incoming;
use bitpay_core::error::{TransportError, TransportErrorKind as Kind};
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Method, Request, Response};
use ureq::{Agent, AsSendBody, Body, BodyReader, SendBody, Timeout};

use crate::hush::Hush;

/// A pool of connections.
#[derive(Clone)]
pub(crate) struct Transport {
    pub(crate) agent: Agent,
    /// The time limit that the agent has by itself, when it was set up here.
    pub(crate) preset: Option<Duration>,
    /// Every connection goes to the proxy of the set-up.
    pub(crate) proxied: bool,
}

/// How far a request has come when it fails.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// Not completely: the server cannot have acted on it, or it only reads.
    No,
    /// It has no body from whose sending this could be told.
    Perhaps,
    Yes,
}

/// A body that knows whether it was asked for. The HTTP library does so after it has connected and
/// sent the head; before that, no server can have acted on the request.
struct Watched<'a> {
    rest: &'a [u8],
    asked_for: bool,
}

impl Read for Watched<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.asked_for = true;
        self.rest.read(out)
    }
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
pub(crate) fn exchange(
    transport: &Transport,
    request: Request<Bytes>,
    limits: Limits,
    call: &mut impl Incoming,
) {
    let Some(mut body) = open(transport, request, limits, call) else {
        return;
    };
    while receive(&mut body, call) {}
}

/// Sends a request, and tells the call the head of the answer. The body is still to come, if it is wanted.
pub(crate) fn open(
    transport: &Transport,
    request: Request<Bytes>,
    limits: Limits,
    call: &mut impl Incoming,
) -> Option<BodyReader<'static>> {
    let (mut parts, body) = request.into_parts();
    // Not longer than the library has the bytes: what observers log is theirs.
    let hush = Hush::begin();
    let (answer, sent) = if body.is_empty() {
        let only_reads = parts.method == Method::GET;
        let sent = if only_reads { Sent::No } else { Sent::Perhaps };
        (
            send(transport, Request::from_parts(parts, ()), limits),
            sent,
        )
    } else {
        parts.headers.insert(CONTENT_LENGTH, body.len().into());
        let mut body = Watched {
            rest: &body,
            asked_for: false,
        };
        let request = Request::from_parts(parts, SendBody::from_reader(&mut body));
        let answer = send(transport, request, limits);
        (answer, if body.asked_for { Sent::Yes } else { Sent::No })
    };
    drop(hush);
    let (head, body) = match answer {
        Ok(response) => response.into_parts(),
        Err(error) => {
            let mut fault = fault(error, sent);
            if transport.proxied && matches!(fault.kind, Kind::Connect | Kind::ConnectTimeout) {
                fault.kind = Kind::Proxy;
            }
            call.failed(fault);
            return None;
        }
    };
    call.head(head.status, head.headers)
        .then(|| body.into_reader())
}

/// Tells the call the next part of the body. False when no more is to come.
pub(crate) fn receive(body: &mut BodyReader<'static>, call: &mut impl Incoming) -> bool {
    let mut chunk = [0; 16 << 10];
    let hush = Hush::begin();
    let read = body.read(&mut chunk);
    drop(hush);
    match read {
        Ok(0) => call.end(),
        Ok(length) => return call.body(chunk.get(..length).unwrap_or_default()),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => return true,
        Err(error) => call.failed(fault(error.into(), Sent::Yes)),
    }
    false
}

/// The settings that a signed request needs are made here, so that they hold for an agent of the
/// caller's as well. Where the agent has them by itself, they are not repeated: the HTTP library
/// would read the trusted roots anew for each connection of a request with settings of its own.
fn send(
    Transport { agent, preset, .. }: &Transport,
    request: Request<impl AsSendBody>,
    limits: Limits,
) -> Result<Response<Body>, ureq::Error> {
    if *preset == Some(limits.whole) && limits.head >= limits.whole {
        return agent.run(request);
    }
    let request = agent
        .configure_request(request)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_global(Some(limits.whole))
        .timeout_recv_response(Some(limits.head))
        .build();
    agent.run(request)
}

fn fault(error: ureq::Error, sent: Sent) -> TransportError {
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
        // Its type cannot be named.
        ureq::Error::Protocol(error) if error.to_string().contains("too many headers") => {
            Kind::TooLarge
        }
        ureq::Error::Io(error) => io_fault(error, sent),
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

/// The HTTP library gives the same error for a fault of the connection before the request as for
/// one after it. What only seems to come before is not told so once the request may be out: that
/// would be taken for leave to send it again.
fn io_fault(error: &io::Error, sent: Sent) -> Kind {
    let inner = error.get_ref();
    if let Some(error) = inner.and_then(|inner| inner.downcast_ref::<ureq::Error>()) {
        return match error {
            ureq::Error::Timeout(_) => Kind::Timeout,
            _ => Kind::Closed,
        };
    }
    if is_unknown_host(error) {
        return Kind::Connect;
    }
    if error.kind() == io::ErrorKind::InvalidData
        && let Some(inner) = inner
    {
        // rustls says so, of a certificate that it does not trust or of a record that it cannot read.
        return match sent {
            Sent::No => Kind::Tls,
            Sent::Perhaps if is_distrust(inner) => Kind::Tls,
            _ => Kind::Broken,
        };
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused | io::ErrorKind::AddrNotAvailable => Kind::Connect,
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown => match sent {
            Sent::No => Kind::Connect,
            _ => Kind::Closed,
        },
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Kind::Timeout,
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Kind::Closed,
        _ => Kind::Broken,
    }
}

/// The certificate was refused: no request goes out after that.
fn is_distrust(error: &(dyn StdError + Send + Sync + 'static)) -> bool {
    matches!(
        error.downcast_ref::<rustls::Error>(),
        Some(rustls::Error::InvalidCertificate(_))
    )
}

/// The standard library has no kind for a name that cannot be resolved.
fn is_unknown_host(error: &io::Error) -> bool {
    // Of Windows: `WSAHOST_NOT_FOUND` and the three that follow it.
    matches!(error.raw_os_error(), Some(11001..=11004)) && cfg!(windows)
        || error
            .to_string()
            .starts_with("failed to lookup address information")
}
