//! The requests of late.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};

use super::lock;

/// A request as it came.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SeenRequest {
    /// The method.
    pub method: Method,
    /// The path and the query.
    pub target: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The raw body.
    pub body: Bytes,
    /// The operation that it asks for, by its name; `None` for a page and for what there is not.
    pub operation: Option<&'static str>,
}

/// So many requests are remembered, and so many bytes of them.
const MOST: usize = 10_000;
const MOST_BYTES: usize = 256 * 1024 * 1024;

#[derive(Default)]
pub(super) struct Seen(Mutex<Remembered>);

#[derive(Default)]
struct Remembered {
    requests: VecDeque<Arc<Packed>>,
    bytes: usize,
}

impl Remembered {
    fn forget(&mut self, most_bytes: usize) {
        while self.requests.len() > MOST || self.bytes > most_bytes {
            let Some(oldest) = self.requests.pop_front() else {
                return;
            };
            self.bytes -= oldest.bytes.len();
        }
    }
}

impl Seen {
    pub(super) fn add(&self, packed: Arc<Packed>) {
        let mut seen = lock(&self.0);
        seen.bytes += packed.bytes.len();
        seen.requests.push_back(packed);
        seen.forget(MOST_BYTES);
    }

    pub(super) fn all(&self) -> Vec<SeenRequest> {
        let seen = lock(&self.0);
        seen.requests.iter().map(|packed| packed.unpack()).collect()
    }
}

/// A request in one piece. Many are remembered and few are asked for, and headers as they came would hold on to the
/// buffer of their connection.
pub(super) struct Packed {
    method: Method,
    operation: Option<&'static str>,
    /// The target, the body, and the name and the value of each header, each after its length.
    bytes: Vec<u8>,
}

impl Packed {
    pub(super) fn of(request: &Request<Bytes>, operation: Option<&'static str>) -> Self {
        let mut packed = Self {
            method: request.method().clone(),
            operation,
            bytes: Vec::with_capacity(1024 + request.body().len()),
        };
        let target = request.uri().path_and_query();
        packed.add(target.map_or("/", |target| target.as_str()).as_bytes());
        packed.add(request.body());
        for (name, value) in request.headers() {
            packed.add(name.as_str().as_bytes());
            packed.add(value.as_bytes());
        }
        packed.bytes.shrink_to_fit();
        packed
    }

    fn add(&mut self, part: &[u8]) {
        self.bytes.extend(part.len().to_le_bytes());
        self.bytes.extend_from_slice(part);
    }

    pub(super) fn unpack(&self) -> SeenRequest {
        let mut rest = self.bytes.as_slice();
        let mut next = || {
            let (length, after) = rest.split_first_chunk()?;
            let (part, after) = after.split_at_checked(usize::from_le_bytes(*length))?;
            rest = after;
            Some(part)
        };
        let target = String::from_utf8_lossy(next().unwrap_or_default()).into_owned();
        let body = Bytes::copy_from_slice(next().unwrap_or_default());
        let mut headers = HeaderMap::new();
        while let (Some(name), Some(value)) = (next(), next()) {
            let (name, value) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value));
            // They were a header's.
            if let (Ok(name), Ok(value)) = (name, value) {
                headers.append(name, value);
            }
        }
        SeenRequest {
            method: self.method.clone(),
            target,
            headers,
            body,
            operation: self.operation,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_remembered_as_it_came() {
        let request = Request::post("http://127.0.0.1/invoices?a=%20b")
            .header("x-identity", "02ab")
            .header("accept", "text/html")
            .header("accept", &b"caf\xe9"[..])
            .header("empty", "")
            .body(Bytes::from_static(b"{\"price\":1}\n\x00"))
            .unwrap();
        let seen = Packed::of(&request, Some("create_invoice")).unpack();
        assert_eq!(seen.method, Method::POST);
        assert_eq!(seen.target, "/invoices?a=%20b");
        assert_eq!(&seen.headers, request.headers());
        assert_eq!(&seen.body, request.body());
        assert_eq!(seen.operation, Some("create_invoice"));
    }

    #[test]
    fn the_oldest_request_is_forgotten_first() {
        let seen = Seen::default();
        for number in 0..=MOST {
            let request = Request::get(format!("/{number}")).body(Bytes::new());
            seen.add(Arc::new(Packed::of(&request.unwrap(), None)));
        }
        let all = seen.all();
        assert_eq!(all.len(), MOST);
        assert_eq!(all[0].target, "/1");
        // Long ones sooner.
        for number in 0..4 {
            let body = Bytes::from(vec![0; 1_000_000]);
            let request = Request::get(format!("/long/{number}")).body(body);
            seen.add(Arc::new(Packed::of(&request.unwrap(), None)));
        }
        lock(&seen.0).forget(3_000_000);
        let all = seen.all();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].target, "/long/2");
    }
}
