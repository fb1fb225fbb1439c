//! The calls to the sandbox itself, under `/sandbox/`: what a merchant or a buyer does in a browser, the
//! clock, and what goes wrong on request. One table has them all: it is what is done, what
//! `GET /sandbox/` lists, and what `docs/sandbox.md` is checked against.

use std::collections::BTreeMap;
use std::time::Duration;

use bitpay_core::id::{InvoiceId, PayoutId, RecipientId, RefundId, SettlementId};
use bitpay_core::model::invoice::InvoiceStatus;
use bitpay_core::model::payout::PayoutStatus;
use bitpay_core::model::recipient::RecipientStatus;
use bitpay_core::model::refund::RefundStatus;
use bitpay_core::model::settlement::SettlementStatus;
use bitpay_core::time::Timestamp;
use bitpay_core::{Amount, Currency, Facade, PairingCode, Sin};
use bytes::Bytes;
use http::header::ALLOW;
use http::{HeaderValue, Request, Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::control::{ControlError, Revoked};
use crate::fault::{self, Fault, FaultRequest};
use crate::handlers::tokens::TokenState;
use crate::outcomes::{ORDERS, PAYEES};
use crate::{Delivered, DeliveryRecord, Engine, reply};

/// Why a call is refused.
type Trouble = (StatusCode, String);

struct Call {
    method: &'static str,
    /// After `/sandbox/`.
    name: &'static str,
    /// A body with every field; what is in capitals stands for something of one's own.
    example: &'static str,
    does: &'static str,
    act: fn(&mut Engine, &[u8]) -> Result<Value, Trouble>,
}

const fn call(
    method: &'static str,
    name: &'static str,
    example: &'static str,
    does: &'static str,
    act: fn(&mut Engine, &[u8]) -> Result<Value, Trouble>,
) -> Call {
    Call {
        method,
        name,
        example,
        does,
        act,
    }
}

const CALLS: &[Call] = &[
    call(
        "GET",
        "",
        "",
        "Lists these calls, the outcomes that a request may ask for, and the faults.",
        |_, _| Ok(list()),
    ),
    call(
        "POST",
        "approve",
        r#"{"pairingCode":"CODE"}"#,
        "The merchant approves the pairing that waits for this code.",
        |engine, body| {
            let Approve { pairing_code } = read(body)?;
            done(engine.approve_now(&pairing_code))
        },
    ),
    call(
        "POST",
        "revoke",
        r#"{"token":"TOKEN"}"#,
        "The merchant revokes a token, or with `sin` all tokens of a key, or with `pairingCode` the one of a code. `data.revoked` says how many.",
        |engine, body| {
            let what: Revoked = read(body)?;
            let revoked = engine.revoke_now(&what).map_err(conflict)?;
            Ok(json!({ "revoked": revoked }))
        },
    ),
    call(
        "POST",
        "codes",
        r#"{"facade":"pos","label":"till"}"#,
        "The merchant makes a pairing code for a program to claim: `data.pairingCode`. The facade is pos unless given.",
        |engine, body| {
            let Code { facade, label } = read(body)?;
            let code = engine.new_code(facade, label);
            Ok(json!({ "pairingCode": code.as_str() }))
        },
    ),
    call(
        "POST",
        "tokens",
        r#"{"facade":"merchant","sin":"SIN","label":"shop"}"#,
        "Makes a token for a key, as if it had been asked for and approved: `data.token`. Without `sin` it is a pos token that needs no key.",
        |engine, body| {
            let NewToken { facade, sin, label } = read(body)?;
            let Some(sin) = sin else {
                if facade.is_some_and(|facade| facade != Facade::Pos) {
                    return Err(bad("only a pos token needs no key: give sin".to_owned()));
                }
                let token = engine.new_open_token(label);
                return Ok(json!({ "token": token.expose() }));
            };
            let facade = facade.unwrap_or(Facade::Pos);
            if facade == Facade::Public {
                return Err(bad("facade is pos, merchant or payout".to_owned()));
            }
            let index = engine.new_token(facade, label, TokenState::For(vec![sin]));
            let token = engine.tokens.get(index).map(|token| &token.text);
            Ok(json!({ "token": token }))
        },
    ),
    call(
        "POST",
        "pay",
        r#"{"invoice":"INVOICE","percent":50}"#,
        "The buyer pays so many hundredths of the total, on top of what was paid: a part, all, or too much. With `status` in place of `percent` (`confirmed` unless given), the invoice comes to it by way of those before: `paid`, `confirmed`, `complete`; or `expired`, `invalid`, `declined`.",
        |engine, body| {
            let Pay {
                invoice,
                status,
                percent,
            } = read(body)?;
            let index = engine.invoice_index(&invoice).map_err(conflict)?;
            done(match (percent, status) {
                (Some(_), Some(_)) => return Err(bad("percent or status, not both".to_owned())),
                (Some(percent), None) => engine.pay_percent(index, percent),
                (None, status) => {
                    engine.bring_to(index, &status.unwrap_or(InvoiceStatus::Confirmed))
                }
            })
        },
    ),
    call(
        "POST",
        "confirm",
        r#"{"invoice":"INVOICE","confirmations":6}"#,
        "The payment has so many confirmations more, one unless given. Under the speed `medium` the first makes the invoice confirmed; as many as its currency takes complete it.",
        |engine, body| {
            let Confirm {
                invoice,
                confirmations,
            } = read(body)?;
            let index = engine.invoice_index(&invoice).map_err(conflict)?;
            done(engine.add_confirmations(index, confirmations))
        },
    ),
    call(
        "POST",
        "refund",
        r#"{"refund":"REFUND","status":"success"}"#,
        "A refund goes on: `pending`, then `success` (unless given) or `failure`.",
        |engine, body| {
            let Settle { refund, status } = read(body)?;
            done(engine.settle(&refund, &status.unwrap_or(RefundStatus::Success)))
        },
    ),
    call(
        "POST",
        "recipient",
        r#"{"recipient":"RECIPIENT","status":"active"}"#,
        "A recipient comes to a status by way of those before: `unverified`, `verified`, `active` (unless given); then `paused` and `active` again; or `removed`.",
        |engine, body| {
            let MoveRecipient { recipient, status } = read(body)?;
            done(engine.bring_recipient(&recipient, &status.unwrap_or(RecipientStatus::Active)))
        },
    ),
    call(
        "POST",
        "deposit",
        r#"{"currency":"USD","amount":"1000"}"#,
        "The merchant adds funds to a ledger, from which payouts are paid.",
        |engine, body| {
            let Deposit { currency, amount } = read(body)?;
            done(engine.put_in(&currency, amount))
        },
    ),
    call(
        "POST",
        "payout",
        r#"{"payout":"PAYOUT","status":"complete"}"#,
        "A payout comes to a status by way of those before, whatever its ledger holds: `funded`, `processing`, `complete` (unless given); or `failed`.",
        |engine, body| {
            let MovePayout { payout, status } = read(body)?;
            done(engine.bring_payout(&payout, &status.unwrap_or(PayoutStatus::Complete)))
        },
    ),
    call(
        "POST",
        "settlement",
        r#"{"settlement":"SETTLEMENT","status":"completed"}"#,
        "A settlement goes on: `processing`, then `completed` (unless given) or `rejected`.",
        |engine, body| {
            let Move { settlement, status } = read(body)?;
            let status = status.unwrap_or(SettlementStatus::Completed);
            done(engine.bring_settlement_to(&settlement, &status))
        },
    ),
    call(
        "GET",
        "clock",
        "",
        "What the clock shows: `data.now`.",
        |engine, _| Ok(shown(engine)),
    ),
    call(
        "POST",
        "clock",
        r#"{"now":"2030-01-01T00:00:00Z"}"#,
        "Sets the clock ahead; it goes on from there. What is due by then happens, each at its time. The clock is never set back: `reset` starts anew.",
        |engine, body| {
            let SetClock { now } = read(body)?;
            let clock = engine.clock();
            engine.set_clock(now, clock).map_err(conflict)?;
            engine.pass_to(clock);
            Ok(shown(engine))
        },
    ),
    call(
        "POST",
        "advance",
        r#"{"seconds":900}"#,
        "Moves the clock ahead. What is due by then happens, each at its time: `data.now`.",
        |engine, body| {
            let Advance { seconds } = read(body)?;
            engine.advance_now(Duration::from_secs(seconds));
            Ok(shown(engine))
        },
    ),
    call(
        "POST",
        "rates",
        r#"{"BTC":"70000","EUR":"1.1"}"#,
        "Sets what one unit of a currency is worth in US dollars. Invoices keep the rates that they were made with.",
        |engine, body| {
            let rates: BTreeMap<Currency, Amount> = read(body)?;
            for (currency, dollars) in &rates {
                engine.check_rate(currency, *dollars).map_err(conflict)?;
            }
            for (currency, dollars) in rates {
                engine.put_rate(currency, dollars);
            }
            Ok(json!({}))
        },
    ),
    call(
        "GET",
        "deliveries",
        "",
        "The webhooks so far: their bodies and signatures, each try with what came back, and when the next one is.",
        |engine, _| Ok(engine.deliveries().map(delivery).collect()),
    ),
    call(
        "POST",
        "resend",
        r#"{"delivery":1}"#,
        "Sends a webhook of the log once more, telling how things stand now. It gets a number of its own: `data.delivery`.",
        |engine, body| {
            let Resend { delivery } = read(body)?;
            let id = engine.send_again(delivery).map_err(conflict)?;
            Ok(json!({ "delivery": id }))
        },
    ),
    call(
        "POST",
        "faults",
        r#"{"kind":"rate-limited","operation":"create_invoice","times":2,"after":1}"#,
        "Makes something go wrong. `kind` is a named fault; or `answer` with `status`, `contentType`, `body` and `retryAfter`; `cut` with `bytes`; `delay` with `milliseconds`. It strikes once, or `times`, or with `percent` by likelihood, or `always`; for one `operation` or any; after it let `after` requests pass. `work` says whether what was asked is done.",
        |engine, body| {
            let asked: FaultRequest = read(body)?;
            engine.inject(asked.fault().map_err(bad)?);
            Ok(json!({}))
        },
    ),
    call(
        "GET",
        "faults",
        "",
        "The faults that wait for their requests.",
        |engine, _| Ok(engine.faults.list().map(Fault::shown).collect()),
    ),
    call(
        "DELETE",
        "faults",
        "",
        "Nothing goes wrong any more.",
        |engine, _| {
            engine.clear_faults();
            Ok(json!({}))
        },
    ),
    call(
        "POST",
        "demo",
        "{}",
        "Fills an empty sandbox with two weeks of a merchant's business. `data` has its key and tokens.",
        |engine, _| {
            let demo = engine.fill_now().map_err(conflict)?;
            Ok(json!({
                "privateKey": demo.private_key,
                "sin": demo.sin.as_str(),
                "merchant": demo.merchant,
                "payout": demo.payout,
                "pos": demo.pos,
            }))
        },
    ),
    call(
        "POST",
        "reset",
        r#"{"seed":7}"#,
        "Forgets everything: tokens, resources, ledgers, webhooks, faults, and how far the clock was moved. With the seed it began with, or another one, ids and tokens come in their order again.",
        |engine, body| {
            let Reset { seed } = read(body)?;
            let clock = engine.clock();
            engine.reset(seed, clock);
            Ok(json!({}))
        },
    ),
];

fn list() -> Value {
    let calls = CALLS.iter().map(|call| {
        json!({
            "method": call.method,
            "path": format!("/sandbox/{}", call.name),
            "example": call.example,
            "does": call.does,
        })
    });
    let named = |name: String, does: &str| json!({ "name": name, "does": does });
    let orders = ORDERS.iter();
    let orders = orders.map(|order| named(format!("sandbox-{}", order.name), order.does));
    let payees = PAYEES.iter();
    let payees = payees.map(|payee| named(format!("sandbox-{}@", payee.name), payee.does));
    let faults = fault::NAMED.iter();
    let faults = faults.map(|fault| named(fault.name.to_owned(), fault.does));
    json!({
        "calls": calls.collect::<Vec<_>>(),
        "orderIds": orders.collect::<Vec<_>>(),
        "emails": payees.collect::<Vec<_>>(),
        "faults": faults.collect::<Vec<_>>(),
    })
}

impl Engine {
    /// The clock that the engine was told, from which its own is moved.
    pub(crate) fn clock(&self) -> Timestamp {
        self.until.checked_sub(self.moved).unwrap_or(self.until)
    }

    /// Answers what programs ask of the sandbox itself.
    pub(crate) fn control(&mut self, name: &str, request: &Request<Bytes>) -> Response<Bytes> {
        let mut known = CALLS.iter().filter(|call| call.name == name).peekable();
        if known.peek().is_none() {
            let error = format!("the sandbox has no such call: {name}; GET /sandbox/ lists them");
            return reply::json(StatusCode::NOT_FOUND, json!({ "error": error }).to_string());
        }
        let methods: Vec<_> = known.clone().map(|call| call.method).collect();
        let Some(call) = known.find(|call| call.method == request.method().as_str()) else {
            let methods = methods.join(", ");
            let error = format!("this call is {methods}");
            let status = StatusCode::METHOD_NOT_ALLOWED;
            let mut response = reply::json(status, json!({ "error": error }).to_string());
            if let Ok(methods) = HeaderValue::from_str(&methods) {
                response.headers_mut().insert(ALLOW, methods);
            }
            return response;
        };
        match (call.act)(self, request.body()) {
            Ok(data) => reply::json(StatusCode::OK, json!({ "data": data }).to_string()),
            Err((status, error)) => reply::json(status, json!({ "error": error }).to_string()),
        }
    }
}

fn shown(engine: &Engine) -> Value {
    json!({ "now": engine.now.to_string() })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Approve {
    pairing_code: PairingCode,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    #[serde(default = "pos")]
    facade: Facade,
    label: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewToken {
    facade: Option<Facade>,
    sin: Option<Sin>,
    label: Option<String>,
}

const fn pos() -> Facade {
    Facade::Pos
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pay {
    invoice: InvoiceId,
    status: Option<InvoiceStatus>,
    percent: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirm {
    invoice: InvoiceId,
    #[serde(default = "one")]
    confirmations: u32,
}

const fn one() -> u32 {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settle {
    refund: RefundId,
    status: Option<RefundStatus>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    settlement: SettlementId,
    status: Option<SettlementStatus>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deposit {
    currency: Currency,
    amount: Amount,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MovePayout {
    payout: PayoutId,
    status: Option<PayoutStatus>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MoveRecipient {
    recipient: RecipientId,
    status: Option<RecipientStatus>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetClock {
    now: Timestamp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resend {
    delivery: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reset {
    seed: Option<u64>,
}

/// No body at all is an empty one.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Trouble> {
    let body = match body.trim_ascii() {
        b"" => b"{}",
        body => body,
    };
    serde_json::from_slice(body).map_err(|error| bad(error.to_string()))
}

fn bad(error: String) -> Trouble {
    (StatusCode::BAD_REQUEST, error)
}

fn done(result: Result<(), ControlError>) -> Result<Value, Trouble> {
    result.map(|()| json!({})).map_err(conflict)
}

fn conflict(error: ControlError) -> Trouble {
    (error.status(), error.to_string())
}

fn outcome(outcome: &Delivered) -> Value {
    match outcome {
        Delivered::Underway => json!({ "state": "underway" }),
        Delivered::Answered(status) => json!({ "state": "answered", "status": status }),
        Delivered::Failed(error) => json!({ "state": "failed", "error": error }),
        Delivered::Withheld(reason) => json!({ "state": "withheld", "reason": reason }),
    }
}

fn delivery(record: &DeliveryRecord) -> Value {
    let tries = record.tries.iter();
    let tries =
        tries.map(|one| json!({ "at": one.at.to_string(), "outcome": outcome(&one.outcome) }));
    json!({
        "id": record.delivery.id,
        "at": record.at.to_string(),
        "event": record.event,
        "url": record.delivery.url,
        "signature": record.delivery.signature,
        "body": String::from_utf8_lossy(&record.delivery.body),
        "outcome": outcome(&record.outcome),
        "tries": tries.collect::<Vec<_>>(),
        "next": record.next.map(|next| next.to_string()),
    })
}
