//! What needs no socket, beside the least that it could cost.

use std::hint::black_box;

use bitpay_core::call::{Incoming as _, Settings};
use bitpay_core::model::invoice::CreateInvoice;
use bitpay_core::signature::{Digest, Signature};
use bitpay_core::time::Timestamp;
use bitpay_core::{BaseUrl, Call, Config, Environment, Grant, Merchant, PrivateKey, Step};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Request, StatusCode};
use secp256k1::{Message, Secp256k1, SecretKey, SignOnly};

use crate::samples;

/// All that the work needs, made before it is counted.
pub struct Pure {
    key: PrivateKey,
    context: Secp256k1<SignOnly>,
    raw: SecretKey,
    url: String,
    body: Vec<u8>,
    caller: Grant<Merchant>,
    order: CreateInvoice,
    base: BaseUrl,
    settings: Settings,
    signature: Signature,
    now: Timestamp,
    head: HeaderMap,
    answer: Bytes,
}

/// What can be counted, by name.
pub const WORK: [&str; 6] = ["sign-raw", "sign", "prepare", "check", "receive", "verify"];

/// One order of one shop.
impl Default for Pure {
    fn default() -> Self {
        let key = samples::key();
        let mut context = Secp256k1::signing_only();
        context.seeded_randomize(&[9; 32]);
        let settings = Settings::new(&Config::new(Environment::Test)).unwrap();
        let mut head = HeaderMap::new();
        head.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let mut pure = Self {
            signature: key.sign(&Digest::of(&[b"anything"])),
            key,
            context,
            raw: SecretKey::from_byte_array([7; 32]).unwrap(),
            url: String::new(),
            body: Vec::new(),
            caller: samples::caller(),
            order: samples::order(),
            base: samples::base(),
            settings,
            now: Timestamp::UNIX_EPOCH,
            head,
            answer: Bytes::from_static(samples::INVOICE),
        };
        let (_, request) = pure.prepare();
        pure.url = request.uri().to_string();
        pure.body = request.into_body().to_vec();
        pure
    }
}

impl Pure {
    /// How many bytes are signed, and how many are read.
    #[must_use]
    pub fn sizes(&self) -> (usize, usize) {
        (self.url.len() + self.body.len(), self.answer.len())
    }

    /// libsecp256k1's signature of a hash, by one context that was blinded once.
    pub fn sign_raw(&self) {
        let message = Message::from_digest([3; 32]);
        black_box(self.context.sign_ecdsa(black_box(message), &self.raw));
    }

    /// From the request's bytes to the header.
    pub fn sign(&self) {
        let digest = Digest::of(&[black_box(self.url.as_bytes()), black_box(&self.body)]);
        black_box(self.key.sign(&digest).to_hex());
    }

    /// URL, headers, body and signature of a call.
    pub fn prepare(&self) -> (Call<'_, CreateInvoice>, Request<Bytes>) {
        let (base, settings) = (&self.base, &self.settings);
        let mut call = Call::new(black_box(&self.order), base, &self.caller, settings).unwrap();
        match call.step(self.now, 7) {
            Step::Send(request) => (call, request),
            other => panic!("{other:?}"),
        }
    }

    /// The answer of a call that was prepared, to its types.
    pub fn receive(&self, call: &mut Call<'_, CreateInvoice>) {
        assert!(call.head(StatusCode::OK, self.head.clone()));
        assert!(call.body(black_box(&self.answer)));
        call.end();
        match call.step(self.now, 7) {
            Step::Done(Ok(answer)) => drop(black_box(answer)),
            other => panic!("{other:?}"),
        }
    }

    /// The same bytes, by a syntax check.
    pub fn check(&self) {
        let read = serde_json::from_slice::<serde::de::IgnoredAny>(black_box(&self.answer));
        black_box(read.unwrap());
    }

    /// Whether a signature is good, as a server asks.
    pub fn verify(&self) {
        let digest = Digest::of(&[b"anything"]);
        assert!(
            self.key
                .public_key()
                .verify(&digest, black_box(&self.signature))
        );
    }

    /// So many times, for whoever counts instructions. `receive` has the preparing of its calls in it.
    pub fn work(&self, name: &str, times: u32) {
        for _ in 0..times {
            match name {
                "sign-raw" => self.sign_raw(),
                "sign" => self.sign(),
                "prepare" => drop(black_box(self.prepare())),
                "check" => self.check(),
                "receive" => self.receive(&mut self.prepare().0),
                "verify" => self.verify(),
                other => panic!("{other} is no work; there are: {}", WORK.join(", ")),
            }
        }
    }
}
