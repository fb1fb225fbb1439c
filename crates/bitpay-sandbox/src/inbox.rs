//! A place where webhooks arrive, for tests and demonstrations.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};

use crate::net::{Answer, Handler, Running};

/// Receives webhooks on this machine, and answers them with 200 and an empty body.
///
/// ```
/// use std::time::Duration;
/// use bitpay_sandbox::WebhookInbox;
///
/// let inbox = WebhookInbox::start()?;
/// assert!(inbox.url().starts_with("http://127.0.0.1:"));
/// assert!(inbox.wait(Duration::from_millis(1)).is_none());
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct WebhookInbox {
    server: Running,
    received: Mutex<mpsc::Receiver<ReceivedWebhook>>,
    status: Arc<AtomicU16>,
}

/// A webhook as it came.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReceivedWebhook {
    /// All headers.
    pub headers: HeaderMap,
    /// The raw body: what the signature is over.
    pub body: Bytes,
}

impl ReceivedWebhook {
    /// The header `x-signature`; empty when it is missing.
    #[must_use]
    pub fn signature(&self) -> &str {
        self.headers
            .get("x-signature")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

impl WebhookInbox {
    /// Listens on a free port of the loopback interface.
    ///
    /// # Errors
    /// When there is none.
    pub fn start() -> io::Result<Self> {
        let (sender, received) = mpsc::channel();
        let status = Arc::new(AtomicU16::new(200));
        let answer_with = status.clone();
        let handler: Handler = Arc::new(move |request| {
            let (head, body) = request.into_parts();
            let headers = head.headers;
            // The inbox may be gone already.
            let _ = sender.send(ReceivedWebhook { headers, body });
            let mut response = Response::default();
            *response.status_mut() = StatusCode::from_u16(answer_with.load(Ordering::Relaxed))
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Answer::new(response)
        });
        let server = Running::start(
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            handler,
            None,
            std::future::ready(()),
        )?;
        Ok(Self {
            server,
            received: Mutex::new(received),
            status,
        })
    }

    /// The address to give as an invoice's notification URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/webhook", self.server.address)
    }

    /// Answers with another status from now on: BitPay takes all but 200 for a failure.
    pub fn answer_with(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    /// The next webhook, waiting for it at most so long.
    #[must_use]
    pub fn wait(&self, timeout: Duration) -> Option<ReceivedWebhook> {
        self.received
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv_timeout(timeout)
            .ok()
    }
}

impl std::fmt::Debug for WebhookInbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WebhookInbox({})", self.url())
    }
}
