//! Calls that were refused, and what their makers did wrong, as far as the sandbox can tell: it knows more
//! than BitPay says.

use std::collections::{BTreeSet, VecDeque};

use bitpay_core::error::ErrorCode;
use bitpay_core::operation::{OPERATIONS, Operation, TokenPlace};
use bitpay_core::server::{Received, SignedRequest, Verdict};
use bitpay_core::signature::Signature;
use bitpay_core::time::Timestamp;
use bitpay_core::{Guid, PublicKey, Sin};
use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::Value;

use crate::Engine;
use crate::handlers::tokens::{TokenRecord, TokenState};
use crate::index::Owner;

/// So many are remembered.
const REMEMBERED: usize = 100;

/// A body, or what was to be signed, is kept up to this length.
const KEPT: usize = 16 * 1024;

/// A call that was refused. Tokens are masked in all of it but in `exact`.
pub(crate) struct RefusedCall {
    /// Its number, from 1.
    pub(crate) id: u64,
    /// When it came, the last time if it came more often.
    pub(crate) at: Timestamp,
    /// How often it came, one after another.
    pub(crate) times: u32,
    pub(crate) method: Method,
    /// The path and the query.
    pub(crate) target: String,
    pub(crate) body: String,
    pub(crate) operation: Option<&'static str>,
    pub(crate) status: u16,
    /// What was answered, as it was.
    pub(crate) answer: String,
    /// What was said, in short.
    pub(crate) error: String,
    /// What is wrong, in words.
    pub(crate) why: Vec<String>,
    pub(crate) signature: Option<RefusedSignature>,
}

impl RefusedCall {
    fn is_like(&self, other: &Self) -> bool {
        self.method == other.method
            && self.target == other.target
            && self.body == other.body
            && self.answer == other.answer
            && self.why == other.why
    }
}

/// A signature that does not verify.
pub(crate) struct RefusedSignature {
    /// Of the key that the call names.
    pub(crate) sin: Sin,
    /// What was to be signed, with its tokens masked.
    pub(crate) shown: String,
    /// The same as it is, unless it is long.
    pub(crate) exact: Option<String>,
    /// How many bytes it has.
    pub(crate) length: usize,
    pub(crate) sha256: String,
    /// Whether it was found what was signed instead.
    pub(crate) known: bool,
}

/// The last of them, the oldest first.
#[derive(Default)]
pub(crate) struct Refused {
    calls: VecDeque<RefusedCall>,
    last: u64,
}

impl Refused {
    pub(crate) fn len(&self) -> usize {
        self.calls.len()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &RefusedCall> {
        self.calls.iter()
    }

    /// Forgets them, and gives no number twice.
    pub(crate) fn clear(&mut self) {
        self.calls.clear();
    }

    pub(crate) fn get(&self, id: u64) -> Option<&RefusedCall> {
        self.calls.iter().find(|call| call.id == id)
    }
}

impl Engine {
    /// Takes a call down that was refused.
    pub(crate) fn take_refusal_down(&mut self, request: &Request<Bytes>, answer: &Response<Bytes>) {
        let target = self.target(request);
        // The guid decides nothing here.
        let guid = Guid::from_random([0; 16]);
        let received = Received::new(request.method().clone(), target, request.body(), guid).ok();
        let operation = received.as_ref().and_then(bitpay_core::operation::route);
        // Of a long body the beginning is kept: to look for tokens in all of it could take long.
        let body = shortened(&String::from_utf8_lossy(request.body()));
        let secrets = secrets(target, &body);
        let said: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let text = |name: &str| said[name].as_str().map(str::to_owned);
        let error = text("error")
            .or_else(|| text("message"))
            .unwrap_or_else(|| {
                let first = &said["errors"][0];
                let part = |name: &str| first[name].as_str().unwrap_or_default();
                format!("{}: {}", part("param"), part("error"))
            });
        let call = Call {
            request,
            received: received.as_ref(),
            operation,
            sin: identity(request).map(|key| key.sin()),
        };
        let signature = (error == "Invalid signature")
            .then(|| self.judge(request, &secrets))
            .flatten();
        let (why, signature) = match signature {
            Some((why, signature)) => (why, Some(signature)),
            None => (self.explain(&call, &error, &said), None),
        };
        let call = RefusedCall {
            id: self.refused.last + 1,
            at: self.now,
            times: 1,
            method: request.method().clone(),
            target: masked(target, &secrets),
            body: masked(&body, &secrets),
            operation: operation.map(|operation| operation.name),
            status: answer.status().as_u16(),
            answer: String::from_utf8_lossy(answer.body()).into_owned(),
            error,
            why,
            signature,
        };
        // Programs that wait for an approval ask again and again.
        if let Some(last) = self.refused.calls.back_mut()
            && last.is_like(&call)
        {
            last.at = call.at;
            last.times = last.times.saturating_add(1);
            return;
        }
        self.refused.last = call.id;
        if self.refused.calls.len() == REMEMBERED {
            self.refused.calls.pop_front();
        }
        self.refused.calls.push_back(call);
    }

    /// What a signature was to be over, and what it is over instead.
    fn judge(
        &self,
        request: &Request<Bytes>,
        secrets: &[String],
    ) -> Option<(Vec<String>, RefusedSignature)> {
        let key = identity(request)?;
        let header = request.headers().get("x-signature")?.to_str().ok()?;
        let signed = SignedRequest::new(&self.base, self.target(request), request.body());
        let verdict =
            Signature::from_hex(header.trim()).map(|signature| signed.judge(&key, &signature));
        let why = match &verdict {
            Err(error) => vec![format!("The header X-Signature: {error}.")],
            Ok(Verdict::Instead(slips)) => slips
                .iter()
                .map(|slip| format!("Found: {slip}."))
                .collect(),
            Ok(_) => vec![
                "It is not a signature of this key over the address and the body as they were sent, nor \
                 over what is often signed by mistake. Compare what you sign with what is shown here, and \
                 the key with the SIN."
                    .to_owned(),
            ],
        };
        let bytes = signed.bytes();
        let exact = String::from_utf8_lossy(&bytes).into_owned();
        let digest = signed.digest();
        let sha256 = digest.as_bytes().iter().map(|byte| format!("{byte:02x}"));
        let signature = RefusedSignature {
            sin: key.sin(),
            shown: shortened(&masked(&exact, secrets)),
            length: bytes.len(),
            exact: (exact.len() <= KEPT).then_some(exact),
            sha256: sha256.collect(),
            known: matches!(verdict, Ok(Verdict::Instead(_))),
        };
        Some((why, signature))
    }

    fn explain(&self, call: &Call<'_>, error: &str, said: &Value) -> Vec<String> {
        let Some(received) = call.received else {
            let parsed: Result<Value, _> = serde_json::from_slice(call.request.body());
            return parsed
                .err()
                .map(|error| vec![format!("The body is not JSON: {error}.")])
                .unwrap_or_default();
        };
        let Some(operation) = call.operation else {
            return vec![no_such_path(call.request.method(), received)];
        };
        if let Some(code) = said["code"].as_str() {
            let code = ErrorCode::from(code);
            return code.meaning().map(str::to_owned).into_iter().collect();
        }
        let token = received.token_of(operation);
        let record = token.as_deref().and_then(|text| self.token_behind(text));
        if record.is_some_and(TokenRecord::is_revoked) {
            return vec!["The token was revoked: pair again.".to_owned()];
        }
        match error {
            "Unauthorized sin" => vec![self.not_paired(call, operation, record)],
            "Invalid token" => {
                let token = token.unwrap_or_default();
                vec![format!(
                    "This sandbox has no such token: it begins with {}, and has {} letters. A sandbox \
                     knows only what was paired with it.",
                    token.chars().take(6).collect::<String>(),
                    token.chars().count(),
                )]
            }
            "Bad public key from identity" => vec![
                "The header X-Identity is the public key of the signing key in hex: 66 digits of the \
                 compressed form."
                    .to_owned(),
            ],
            error if error.starts_with("This endpoint does not support") => {
                wrong_facade(operation, record, token.is_some())
            }
            _ => Vec::new(),
        }
    }

    /// The facade's token that a token is, or was made by.
    fn token_behind(&self, text: &str) -> Option<&TokenRecord> {
        let index = match *self.index.by_token.get(text)? {
            Owner::Facade(index) => index,
            Owner::Invoice(index) | Owner::Events(index) => self.invoices.get(index)?.maker,
            Owner::Refund(index) => self.refunds.get(index)?.maker,
            Owner::Bill(index) => self.bills.get(index)?.maker,
            Owner::Subscription(index) => self.subscriptions.get(index)?.maker,
            Owner::Settlement => return None,
        };
        self.tokens.get(index)
    }

    fn not_paired(
        &self,
        call: &Call<'_>,
        operation: &Operation,
        record: Option<&TokenRecord>,
    ) -> String {
        let signer = match &call.sin {
            Some(sin) => format!("the key of {sin}"),
            None => "nobody: the headers X-Identity and X-Signature are missing".to_owned(),
        };
        if operation.identity {
            return format!("It is signed by {signer}, and no token of that key was approved yet.");
        }
        let state = match record.map(|record| &record.state) {
            Some(TokenState::Pending(_)) => {
                "The token waits for approval: approve it in the dashboard.".to_owned()
            }
            Some(TokenState::Unclaimed) => {
                "The token waits to be claimed: POST /tokens with its pairing code.".to_owned()
            }
            Some(TokenState::For(sins)) => {
                let sins: Vec<_> = sins.iter().map(Sin::as_str).collect();
                format!("The token is for the key of {}.", sins.join(" or "))
            }
            _ => String::new(),
        };
        format!("{state} The call is signed by {signer}.")
            .trim()
            .to_owned()
    }
}

/// What is looked at to explain a refusal.
struct Call<'a> {
    request: &'a Request<Bytes>,
    received: Option<&'a Received>,
    operation: Option<&'static Operation>,
    sin: Option<Sin>,
}

fn identity(request: &Request<Bytes>) -> Option<PublicKey> {
    let header = request.headers().get("x-identity")?.to_str().ok()?;
    PublicKey::from_hex(header.trim()).ok()
}

fn no_such_path(method: &Method, received: &Received) -> String {
    let same = OPERATIONS.iter().filter(|it| received.matches(it.path));
    let methods: BTreeSet<_> = same.map(|operation| operation.method.as_str()).collect();
    let methods: Vec<_> = methods.into_iter().collect();
    match methods.is_empty() {
        true => "BitPay has no such path.".to_owned(),
        false => format!(
            "There is nothing for {method} at this path, only for {}.",
            methods.join(", ")
        ),
    }
}

fn wrong_facade(
    operation: &Operation,
    record: Option<&TokenRecord>,
    has_token: bool,
) -> Vec<String> {
    let facades: Vec<_> = operation.facades.iter().map(|it| it.as_str()).collect();
    let place = match operation.token {
        TokenPlace::Body => "in the member token of the body",
        TokenPlace::Query => "as ?token= in the address",
        TokenPlace::Path => "in the path",
        TokenPlace::ResourceBody => {
            "in the member token of the body: the one that the resource came with"
        }
        TokenPlace::ResourceQuery => {
            "as ?token= in the address: the one that the resource came with"
        }
        _ => "nowhere, but it is to be signed",
    };
    let needs = match facades.is_empty() {
        true => format!(
            "{} is called with a key: it is to be signed.",
            operation.name
        ),
        false => format!(
            "{} takes a token of the facade {}, {place}.",
            operation.name,
            facades.join(" or ")
        ),
    };
    let has = match (record, has_token) {
        (Some(record), _) => format!("The token that came is of the facade {}.", record.facade),
        (None, true) => "The token that came is of a resource.".to_owned(),
        (None, false) => "The call came without a token.".to_owned(),
    };
    vec![needs, has]
}

/// The tokens in a request, wherever it has them, and though it may be broken.
fn secrets(target: &str, body: &str) -> Vec<String> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let in_path = match parts.next() {
        Some(first) if first.eq_ignore_ascii_case("tokens") => parts.next(),
        _ => None,
    };
    let in_query = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(name, _)| name.eq_ignore_ascii_case("token"))
        .map(|(_, value)| value);
    let in_body = body.split("\"token\"").skip(1).filter_map(|rest| {
        let value = rest.trim_start().strip_prefix(':')?.trim_start();
        value.strip_prefix('"')?.split('"').next()
    });
    let all = in_path.into_iter().chain(in_query).chain(in_body);
    all.filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect()
}

/// With all but the first letters of each token left out.
fn masked(text: &str, secrets: &[String]) -> String {
    secrets.iter().fold(text.to_owned(), |text, secret| {
        let start: String = secret.chars().take(6).collect();
        match start.len() == secret.len() {
            true => text,
            false => text.replace(secret, &format!("{start}\u{2026}")),
        }
    })
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(KEPT) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}\u{2026}", text.get(..end).unwrap_or_default()),
    }
}
