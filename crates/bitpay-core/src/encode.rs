//! Writes a request: path, query and body, each once. What is written here is what is signed and
//! what is sent.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::environment::BaseUrl;
use crate::error::BuildError;
use crate::url::push_encoded;

/// Bytes as lower-case hexadecimal digits. `hex::encode` makes a text character by character: each call would
/// do that three times.
pub(crate) fn hex_of(bytes: &[u8]) -> String {
    let mut digits = alloc::vec![0; bytes.len() * 2];
    match hex::encode_to_slice(bytes, &mut digits) {
        Ok(()) => String::from_utf8(digits).unwrap_or_default(),
        Err(_) => hex::encode(bytes),
    }
}

/// A request being written.
pub struct Encoder {
    url: Zeroizing<String>,
    query: Zeroizing<String>,
    body: Vec<u8>,
    /// The caller's token, where it is a part of the path.
    token: Zeroizing<String>,
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encoder(..)")
    }
}

impl Encoder {
    pub(crate) fn new(base: &BaseUrl) -> Self {
        let mut url = Zeroizing::new(String::with_capacity(256));
        url.push_str(base.as_str());
        Self {
            url,
            query: Zeroizing::new(String::new()),
            body: Vec::new(),
            token: Zeroizing::new(String::new()),
        }
    }

    /// Keeps the caller's token until the path asks for it.
    pub(crate) fn keep_token(&mut self, token: &str) {
        self.token.push_str(token);
    }

    /// Adds the caller's token as a part of the path.
    pub(crate) fn token_segment(&mut self) -> Result<(), BuildError> {
        let token = core::mem::take(&mut self.token);
        self.segment("token", &*token)
    }

    /// Adds a fixed part of the path.
    pub(crate) fn path(&mut self, fixed: &'static str) {
        self.url.push('/');
        self.url.push_str(fixed);
    }

    /// Adds a part of the path that comes from outside.
    pub(crate) fn segment(
        &mut self,
        name: &'static str,
        value: &impl fmt::Display,
    ) -> Result<(), BuildError> {
        self.url.push('/');
        let start = self.url.len();
        push_encoded(&mut self.url, value);
        // Encoding does not help against these: URL libraries resolve `..`, however written.
        match self.url.get(start..) {
            Some("" | "." | "..") | None => Err(BuildError::Path { parameter: name }),
            Some(_) => Ok(()),
        }
    }

    /// Adds a query parameter whose name comes from outside.
    pub(crate) fn named_query(&mut self, name: &str, value: &impl fmt::Display) {
        let mut encoded = Zeroizing::new(String::new());
        push_encoded(&mut encoded, &name);
        self.query(&encoded, value);
    }

    /// Adds a query parameter. The name is written as it is.
    pub(crate) fn query(&mut self, name: &str, value: &impl fmt::Display) {
        let separator = if self.query.is_empty() { '?' } else { '&' };
        self.query.push(separator);
        self.query.push_str(name);
        self.query.push('=');
        push_encoded(&mut self.query, value);
    }

    /// Adds a member of the body.
    pub(crate) fn body<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), BuildError> {
        if self.body.is_empty() {
            // Enough for most, so that it is not copied while it grows.
            self.body.reserve(512);
        }
        self.body
            .push(if self.body.is_empty() { b'{' } else { b',' });
        self.body.push(b'"');
        self.body.extend_from_slice(name.as_bytes());
        self.body.extend_from_slice(b"\":");
        serde_json::to_writer(&mut self.body, value).map_err(|_| BuildError::Json { field: name })
    }

    /// Adds the members of a JSON object, which is taken to be one.
    pub(crate) fn members(&mut self, object: &str) {
        let inside = object.trim();
        let inside = inside
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        let inside = inside.unwrap_or_default().trim();
        // An empty object is a body as well.
        if !inside.is_empty() || self.body.is_empty() {
            self.body
                .push(if self.body.is_empty() { b'{' } else { b',' });
            self.body.extend_from_slice(inside.as_bytes());
        }
    }

    /// The whole URL and the body.
    pub(crate) fn finish(mut self) -> (Zeroizing<String>, Bytes) {
        self.url.push_str(&self.query);
        if !self.body.is_empty() {
            self.body.push(b'}');
        }
        (self.url, Bytes::from(self.body))
    }
}
