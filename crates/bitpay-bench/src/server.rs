//! What the programs call: servers that answer the same bytes whatever is asked.

use std::convert::Infallible;
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bitpay_core::Merchant;
use bitpay_core::key::PublicKey;
use bitpay_core::signature::{Digest, Signature};
use bitpay_sandbox::Sandbox;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

use bitpay_bench::samples;

struct Fixed {
    invoice: Bytes,
    entries: u64,
    connections: AtomicU64,
    /// The last request that made an invoice.
    request: Mutex<Vec<u8>>,
}

/// Answers each create with one invoice, and a ledger with so many entries, until this process is killed.
/// `/connections` tells how many there were, `/request` shows what was asked last.
pub(crate) fn fixed(entries: u64) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    let fixed = Arc::new(Fixed {
        invoice: Bytes::from_static(samples::INVOICE),
        entries,
        connections: AtomicU64::new(0),
        request: Mutex::default(),
    });
    for socket in listener.incoming() {
        let (socket, fixed) = (socket.unwrap(), Arc::clone(&fixed));
        // Who hangs up is done.
        std::thread::spawn(move || drop(serve(&socket, &fixed)));
    }
}

fn serve(socket: &TcpStream, fixed: &Fixed) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    let mut reader = BufReader::new(socket);
    let mut is_first = true;
    loop {
        let mut seen = Vec::new();
        let mut length = 0;
        loop {
            let start = seen.len();
            if reader.read_until(b'\n', &mut seen)? == 0 {
                return Ok(());
            }
            let line = String::from_utf8_lossy(&seen[start..]).to_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let head = seen.len();
        seen.resize(head + length, 0);
        reader.read_exact(&mut seen[head..])?;
        let asked = String::from_utf8_lossy(&seen[..head]).into_owned();
        if is_first && asked.starts_with("POST") {
            fixed.connections.fetch_add(1, Ordering::Relaxed);
            is_first = false;
        }
        if asked.starts_with("POST") {
            answer(socket, &fixed.invoice)?;
            *fixed.request.lock().unwrap() = seen;
        } else if asked.starts_with("GET /ledgers") {
            ledger(socket, fixed.entries)?;
            return Ok(());
        } else if asked.starts_with("GET /request") {
            let request = fixed.request.lock().unwrap().clone();
            answer(socket, &request)?;
        } else {
            let connections = fixed.connections.swap(0, Ordering::Relaxed);
            answer(socket, connections.to_string().as_bytes())?;
        }
    }
}

fn answer(mut socket: &TcpStream, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    socket.write_all(&[head.as_bytes(), body].concat())
}

/// An answer as long as it must be, which is nowhere in memory as a whole.
fn ledger(socket: &TcpStream, entries: u64) -> std::io::Result<()> {
    let (begin, end) = ("{\"status\":\"success\",\"data\":[", "]}");
    let size = samples::entry(0).len() + 1;
    let length = begin.len() + size * usize::try_from(entries).unwrap() - 1 + end.len();
    let mut socket = BufWriter::with_capacity(64 << 10, socket);
    write!(
        socket,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n{begin}"
    )?;
    for number in 0..entries {
        if number > 0 {
            socket.write_all(b",")?;
        }
        socket.write_all(samples::entry(number).as_bytes())?;
    }
    socket.write_all(end.as_bytes())?;
    socket.flush()
}

/// The least that a BitPay could do: verify one signature, and answer the same bytes.
#[tokio::main]
pub(crate) async fn handler() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base: Arc<str> = format!("http://{}", listener.local_addr().unwrap()).into();
    println!("{base}");
    let invoice = Bytes::from_static(samples::INVOICE);
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        socket.set_nodelay(true).unwrap();
        let (base, invoice) = (Arc::clone(&base), invoice.clone());
        tokio::spawn(async move {
            let service = service_fn(|request| verified(request, &base, &invoice));
            let connection = hyper::server::conn::http1::Builder::new();
            // Who hangs up is done.
            drop(
                connection
                    .serve_connection(TokioIo::new(socket), service)
                    .await,
            );
        });
    }
}

async fn verified(
    request: Request<Incoming>,
    base: &str,
    invoice: &Bytes,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let header = |name| head.headers.get(name)?.to_str().ok();
    let key = header("x-identity").and_then(|text| PublicKey::from_hex(text).ok());
    let signature = header("x-signature").and_then(|text| Signature::from_hex(text).ok());
    let url = format!("{base}{}", head.uri);
    let body = body.collect().await.unwrap().to_bytes();
    let digest = Digest::of(&[url.as_bytes(), &body]);
    let is_good =
        matches!((key, signature), (Some(key), Some(signature)) if key.verify(&digest, &signature));
    let mut answer = Response::new(Full::new(invoice.clone()));
    if !is_good {
        *answer.status_mut() = StatusCode::UNAUTHORIZED;
    }
    Ok(answer)
}

/// The sandbox, until this process is killed.
pub(crate) fn sandbox() {
    let sandbox = Sandbox::builder().seed(1).start().unwrap();
    let grant = sandbox.grant::<Merchant>(samples::key());
    println!("{} {}", sandbox.base_url(), grant.token().expose());
    let _ = sandbox.wait();
}
