//! A small HTTP/1.1 server on a thread of its own. It knows nothing of what it serves.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::time::{Interval, interval_at};

const BODY_LIMIT: usize = 1024 * 1024;
const HEAD_LIMIT: usize = 64 * 1024;
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// What the server sends back.
pub(crate) struct Answer {
    /// `None` closes the connection.
    pub(crate) response: Option<Response<Bytes>>,
    /// Closes the connection after so many bytes of the body.
    pub(crate) cut: Option<usize>,
    pub(crate) delay: Duration,
    /// The answer waits for this. If it fails, a 503 that says so takes its place.
    pub(crate) saved: Option<oneshot::Receiver<Result<(), String>>>,
    /// What follows the answer, as long as the connection is open.
    pub(crate) stream: Option<UnboundedReceiver<Bytes>>,
    /// Called when the answer was handed to the connection.
    pub(crate) sent: Option<Box<dyn FnOnce() + Send>>,
}

impl Answer {
    pub(crate) fn new(response: Response<Bytes>) -> Self {
        Self {
            response: Some(response),
            cut: None,
            delay: Duration::ZERO,
            saved: None,
            stream: None,
            sent: None,
        }
    }
}

/// What speaks TLS with clients.
#[cfg(feature = "tls")]
pub(crate) type Tls = tokio_rustls::TlsAcceptor;
#[cfg(not(feature = "tls"))]
pub(crate) type Tls = Infallible;

pub(crate) type Handler = Arc<dyn Fn(Request<Bytes>) -> Answer + Send + Sync>;

/// A server that runs until it is dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Listens, and serves on a thread of its own, beside which `background` runs.
    pub(crate) fn start(
        listen: SocketAddr,
        handler: Handler,
        tls: Option<Tls>,
        background: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(listen)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("bitpay-sandbox".to_owned())
            .spawn(move || {
                runtime.block_on(async move {
                    tokio::spawn(background);
                    tokio::select! {
                        _ = stopped => {}
                        () = accept(listener, handler, tls) => {}
                    }
                });
            })?;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Waits for the server to end, which it does only when something breaks.
    pub(crate) fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            // From an event's callback, the thread would wait for itself.
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, handler: Handler, tls: Option<Tls>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, for example: some may be free again soon.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let handler = handler.clone();
        match &tls {
            None => drop(tokio::spawn(connection(stream, handler))),
            #[cfg(feature = "tls")]
            Some(tls) => {
                let tls = tls.clone();
                tokio::spawn(async move {
                    let accepted = tokio::time::timeout(READ_TIMEOUT, tls.accept(stream)).await;
                    // A client that does not trust the certificate tells its own user.
                    if let Ok(Ok(stream)) = accepted {
                        connection(stream, handler).await;
                    }
                });
            }
            #[cfg(not(feature = "tls"))]
            Some(never) => match *never {},
        }
    }
}

async fn connection(
    stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    handler: Handler,
) {
    let service = service_fn(move |request| serve(handler.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIMEOUT)
        .max_buf_size(HEAD_LIMIT)
        .serve_connection(TokioIo::new(stream), service);
    // The client is gone, or it was to be cut off: nobody is left to tell.
    let _ = connection.await;
}

async fn serve(handler: Handler, request: Request<Incoming>) -> io::Result<Response<Part>> {
    let (head, body) = request.into_parts();
    let body = tokio::time::timeout(READ_TIMEOUT, Limited::new(body, BODY_LIMIT).collect()).await;
    let mut answer = match body {
        Ok(Ok(body)) => handler(Request::from_parts(head, body.to_bytes())),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Answer::new(text(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body is longer than {BODY_LIMIT} bytes"),
        )),
        Ok(Err(error)) => Answer::new(text(
            StatusCode::BAD_REQUEST,
            format!("the body cannot be read: {error}"),
        )),
        Err(_) => Answer::new(text(
            StatusCode::REQUEST_TIMEOUT,
            format!("the body did not come within {READ_TIMEOUT:?}"),
        )),
    };
    if let Some(saved) = answer.saved.take()
        && let Err(why) = saved.await.unwrap_or_else(|_| Err(String::new()))
    {
        answer.response = Some(unavailable(why));
        answer.cut = None;
        answer.stream = None;
    }
    if answer.delay > Duration::ZERO {
        tokio::time::sleep(answer.delay).await;
    }
    let response = answer
        .response
        .ok_or_else(|| io::Error::other("the answer is to be lost"))?;
    let (mut head, mut data) = response.into_parts();
    if answer.stream.is_none() {
        head.headers.insert(CONTENT_LENGTH, data.len().into());
    }
    let is_cut = answer.cut.is_some();
    if let Some(after) = answer.cut {
        data.truncate(after);
    }
    let part = Part {
        data: Some(data),
        is_cut,
        stream: answer.stream.filter(|_| !is_cut).map(Stream::new),
        sent: answer.sent.take(),
    };
    Ok(Response::from_parts(head, part))
}

/// Not what was done is in doubt, but whether it will be remembered.
pub(crate) fn unavailable(why: String) -> Response<Bytes> {
    text(StatusCode::SERVICE_UNAVAILABLE, why)
}

fn text(status: StatusCode, why: String) -> Response<Bytes> {
    let mut response = Response::new(why.into());
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// The body of an answer, or a part of it.
struct Part {
    data: Option<Bytes>,
    is_cut: bool,
    stream: Option<Stream>,
    sent: Option<Box<dyn FnOnce() + Send>>,
}

/// What follows an answer: chunks, and a comment now and then, so that a listener knows that the
/// connection is alive.
struct Stream {
    chunks: UnboundedReceiver<Bytes>,
    quiet: Interval,
}

const QUIET: Duration = Duration::from_secs(15);

impl Stream {
    fn new(chunks: UnboundedReceiver<Bytes>) -> Self {
        Self {
            chunks,
            quiet: interval_at(tokio::time::Instant::now() + QUIET, QUIET),
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        match self.chunks.poll_recv(context) {
            Poll::Pending => self
                .quiet
                .poll_tick(context)
                .map(|_| Some(Bytes::from_static(b":\n\n"))),
            ready => ready,
        }
    }
}

impl Body for Part {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let data = self.data.take();
        if let (None, Some(stream)) = (&data, &mut self.stream) {
            let chunk = stream.poll(context);
            return chunk.map(|chunk| chunk.map(|chunk| Ok(Frame::data(chunk))));
        }
        Poll::Ready(match data {
            Some(data) if !data.is_empty() => Some(Ok(Frame::data(data))),
            _ if self.is_cut => Some(Err(io::Error::other("the answer is to be cut off"))),
            _ => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        !self.is_cut && self.stream.is_none() && self.data.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.data {
            Some(data) if !self.is_cut && self.stream.is_none() => {
                SizeHint::with_exact(data.len() as u64)
            }
            _ => SizeHint::default(),
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if let Some(sent) = self.sent.take() {
            sent();
        }
    }
}
