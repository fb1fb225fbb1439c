//! A sandbox without IO, a clock that is moved by hand, and requests that are signed.

use std::collections::BTreeMap;
use std::time::Duration;

use bitpay_core::id::InvoiceId;
use bitpay_core::signature::Digest;
use bitpay_core::time::Timestamp;
use bitpay_core::{Merchant, Pos, PrivateKey};
use bitpay_sandbox::{Change, Delivery, Engine, Outcome, Settings};
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

pub(crate) const HOST: &str = "localhost:8088";

pub(crate) struct Bench {
    pub(crate) engine: Engine,
    pub(crate) clock: Timestamp,
    pub(crate) key: PrivateKey,
    /// A merchant token of that key.
    pub(crate) merchant: String,
    /// A pos token that needs no key.
    pub(crate) pos: String,
    /// The webhooks that were due and not looked at.
    pub(crate) due: Vec<Delivery>,
    /// What must outlive the engine: each row by its table and its key.
    pub(crate) disk: BTreeMap<(String, Vec<u8>), Vec<u8>>,
    settings: Settings,
}

pub(crate) fn key(byte: u8) -> PrivateKey {
    PrivateKey::from_bytes(&[byte; 32]).unwrap()
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let clock: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let mut engine = Engine::saving(1, settings.clone());
        let key = key(7);
        let merchant = engine.grant::<Merchant>(self::key(7), clock);
        let pos: bitpay_core::Token<Pos> = engine.make_open_token(None, clock);
        Self {
            engine,
            clock,
            key,
            merchant: merchant.token().expose().to_owned(),
            pos: pos.expose().to_owned(),
            due: Vec::new(),
            disk: BTreeMap::new(),
            settings,
        }
    }

    fn save(&mut self, changes: Vec<Change>) {
        for change in changes {
            let place = (change.table.to_owned(), change.key);
            match change.value {
                Some(value) => self.disk.insert(place, value),
                None => self.disk.remove(&place),
            };
        }
    }

    /// Another engine, made of what is on the disk.
    pub(crate) fn restored(&self) -> Self {
        // Another seed: what was saved decides.
        let mut engine = Engine::saving(999, self.settings.clone());
        for ((table, key), value) in &self.disk {
            engine.restore(table, key, value).unwrap();
        }
        Self {
            engine,
            clock: self.clock,
            key: key(7),
            merchant: self.merchant.clone(),
            pos: self.pos.clone(),
            due: Vec::new(),
            disk: self.disk.clone(),
            settings: self.settings.clone(),
        }
    }

    /// Begins anew with what is on the disk; what was under way is sent again.
    pub(crate) fn restart(&mut self) {
        self.pass(Duration::ZERO);
        *self = self.restored();
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.clock = self.clock.checked_add(time).unwrap();
        let ticked = self.engine.tick(self.clock);
        self.due.extend(ticked.deliver);
        self.save(ticked.persist);
    }

    pub(crate) fn handle(&mut self, request: &Request<Bytes>) -> Outcome {
        let mut outcome = self.engine.handle(request, self.clock);
        self.due.append(&mut outcome.deliver);
        self.save(std::mem::take(&mut outcome.persist));
        outcome
    }

    /// The status and the body as JSON.
    pub(crate) fn ask(&mut self, request: &Request<Bytes>) -> (u16, Value) {
        let response = self.handle(request).response.unwrap();
        let body = serde_json::from_slice(response.body()).unwrap_or(Value::Null);
        (response.status().as_u16(), body)
    }

    /// A signed call with the merchant token, in the query or in the body.
    pub(crate) fn merchant(&mut self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = self.merchant_request(method, path, body);
        self.ask(&request)
    }

    pub(crate) fn merchant_request(&self, method: &str, path: &str, body: Value) -> Request<Bytes> {
        with_token(method, path, body, &self.merchant, Some(&self.key))
    }

    /// An unsigned call with the pos token.
    pub(crate) fn pos(&mut self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = with_token(method, path, body, &self.pos, None);
        self.ask(&request)
    }

    /// Makes an invoice over 10 dollars with an email address, and what else is given.
    pub(crate) fn invoice(&mut self, more: Value) -> (InvoiceId, Value) {
        let mut body = json!({
            "price": 10,
            "currency": "USD",
            "buyer": { "email": "buyer@example.com" },
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let (status, answer) = self.merchant("POST", "/invoices", body);
        assert_eq!(status, 200, "{answer}");
        let invoice = answer["data"].clone();
        (invoice["id"].as_str().unwrap().parse().unwrap(), invoice)
    }

    pub(crate) fn status_of(&mut self, id: &InvoiceId) -> String {
        let (_, answer) = self.merchant("GET", &format!("/invoices/{id}"), Value::Null);
        answer["data"]["status"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn with_token(
    method: &str,
    path: &str,
    mut body: Value,
    token: &str,
    key: Option<&PrivateKey>,
) -> Request<Bytes> {
    if matches!(method, "GET" | "DELETE") {
        let mark = if path.contains('?') { '&' } else { '?' };
        return request(method, &format!("{path}{mark}token={token}"), "", key);
    }
    if body.get("token").is_none() {
        body["token"] = token.into();
    }
    request(method, path, body.to_string(), key)
}

/// A request, signed if there is a key.
pub(crate) fn request(
    method: &str,
    target: &str,
    body: impl Into<String>,
    key: Option<&PrivateKey>,
) -> Request<Bytes> {
    let body = body.into();
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .header("host", HOST);
    if let Some(key) = key {
        let url = format!("http://{HOST}{target}");
        let digest = Digest::of(&[url.as_bytes(), body.as_bytes()]);
        request = request
            .header("x-identity", key.public_key().to_hex())
            .header("x-signature", key.sign(&digest).to_hex());
    }
    request.body(Bytes::from(body)).unwrap()
}

pub(crate) fn error(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["error"].as_str().unwrap_or_default())
}
