//! The sandbox, whatever is asked of it.

use std::time::Duration;

use bitpay_core::signature::Digest;
use bitpay_sandbox::{Engine, Outcome, Settings};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response};
use serde_json::Value;

use super::text;
use super::world::{HOSTED, Start, World, start};

/// No input does more.
const STEPS: usize = 24;

/// Whatever is asked: an answer is BitPay's JSON, a 500 has one of its bodies, a refusal changes nothing, and
/// a sandbox that is made of what was saved shows and does what the one does that saved it.
///
/// A line is a step: `>` and seconds, `!` for a restart, or `S` (signed) or `U` (not), a method, an address
/// and a body. `$m`, `$p` and `$o` are the merchant, the payout and the open pos token, `$0` to `$9` the ids
/// of what was made, and `$a` to `$j` the tokens.
pub fn sandbox(data: &[u8]) {
    let Some(script) = text(data) else { return };
    let mut play = Play {
        world: World::new(Settings::default()),
        ids: Vec::new(),
        tokens: Vec::new(),
        // What asks for a failure has it, in another form.
        faulty: ["fail", "fault", "\\u"]
            .iter()
            .any(|it| script.contains(it)),
    };
    for line in script.lines().take(STEPS) {
        play.step(line);
    }
    play.compare();
}

struct Play {
    world: World,
    ids: Vec<String>,
    tokens: Vec<String>,
    faulty: bool,
}

impl Play {
    fn step(&mut self, line: &str) {
        if let Some(seconds) = line.strip_prefix('>') {
            let seconds = seconds.trim().parse::<u32>().unwrap_or(1) % 1_000_000;
            self.world.pass(Duration::from_secs(seconds.into()));
        } else if line.starts_with('!') {
            self.world.restart();
        } else if let Some(request) = self.request(line) {
            // What is due by now is nobody's doing.
            self.world.pass(Duration::ZERO);
            let (outcome, changed) = self.world.handle(&request);
            self.check(&request, &outcome, changed);
        }
    }

    fn request(&self, line: &str) -> Option<Request<Bytes>> {
        let (signed, rest) = line.split_once(' ')?;
        let (method, rest) = rest.split_once(' ')?;
        let (target, body) = rest.split_once(' ').unwrap_or((rest, ""));
        let start = start();
        let (target, body) = (self.filled(start, target), self.filled(start, body));
        request(method, &target, body, signed == "S")
    }

    /// The text with names in place of `$`.
    fn filled(&self, start: &Start, text: &str) -> String {
        let mut parts = text.split('$');
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let mut rest = part.chars();
            let name = match rest.next() {
                Some('m') => Some(start.merchant.token().expose()),
                Some('p') => Some(start.payout.token().expose()),
                Some('o') => Some(start.pos.as_str()),
                Some(digit @ '0'..='9') => self.ids.get(place(digit, '0')).map(String::as_str),
                Some(letter @ 'a'..='j') => self.tokens.get(place(letter, 'a')).map(String::as_str),
                _ => None,
            };
            match name {
                Some(name) => out += name,
                None => out += "nothing",
            }
            out += rest.as_str();
        }
        out
    }

    fn check(&mut self, request: &Request<Bytes>, outcome: &Outcome, changed: usize) {
        let Some(response) = &outcome.response else {
            assert!(self.faulty, "no answer: {}", request.uri());
            return;
        };
        let status = response.status().as_u16();
        let json: Option<Value> = serde_json::from_slice(response.body()).ok();
        assert!((200..600).contains(&status));
        if !self.faulty && outcome.event_stream.is_none() && is_json(response) {
            let json = json.as_ref().expect("JSON");
            assert!(status == 200 || is_refusal(json), "{status} {json}");
        }
        if !self.faulty && outcome.operation.is_some() {
            assert!([200, 400, 401, 403, 404, 500].contains(&status), "{status}");
            assert!(is_json(response) || outcome.event_stream.is_some());
            assert!(
                status == 200 || changed == 0,
                "{status}, and {changed} rows changed"
            );
        }
        if let (200, Some(json)) = (status, json) {
            self.note(json.get("data").unwrap_or(&json));
        }
    }

    /// Something new has an id that nothing had before it, or the one that it has.
    fn note(&mut self, data: &Value) {
        match data {
            Value::Array(list) => list.iter().for_each(|one| self.note(one)),
            data => {
                for (name, all) in [("id", &mut self.ids), ("token", &mut self.tokens)] {
                    if let Some(Value::String(text)) = data.get(name)
                        && !all.contains(text)
                    {
                        all.push(text.clone());
                    }
                }
            }
        }
    }

    /// A restored engine shows the same, and goes on as the one does that was restored from.
    fn compare(&mut self) {
        // What was drawn and left no trace may be drawn again, so something is to leave one.
        let code = request("POST", "/sandbox/codes", "{}".to_owned(), false);
        self.world.handle(&code.expect("a request"));
        self.world.pass(Duration::ZERO);
        let mut restored = self.world.restored();
        // It was off for a while. One that was never asked has the time from its first request.
        let off = Duration::from_secs(7);
        self.world.clock = self
            .world
            .clock
            .checked_add(off)
            .unwrap_or(self.world.clock);
        let (here, there) = (
            self.world.engine.tick(self.world.clock),
            restored.tick(self.world.clock),
        );
        assert_eq!(there.deliver, here.deliver);
        let mut views: Vec<Request<Bytes>> = Vec::new();
        for page in [
            "tokens", "invoices", "refunds", "ledger", "payouts", "webhooks",
        ] {
            views.extend(request(
                "GET",
                &format!("/dashboard/{page}"),
                String::new(),
                false,
            ));
        }
        views.extend(request("GET", "/sandbox/deliveries", String::new(), false));
        let merchant = start().merchant.token().expose();
        for list in ["bills", "subscriptions", "settlements", "ledgers"] {
            let target = format!("/{list}?token={merchant}");
            views.extend(request("GET", &target, String::new(), true));
        }
        let clock = self.world.clock;
        for view in &views {
            let show = |engine: &mut Engine| {
                let response = engine.handle(view, clock).response;
                response.map(|it| without_refusals(&String::from_utf8_lossy(it.body())))
            };
            let shown = show(&mut self.world.engine);
            assert_eq!(show(&mut restored), shown, "{}", view.uri());
        }
        let later = clock.checked_add(Duration::from_secs(100_000));
        let later = later.unwrap_or(clock);
        let (here, there) = (self.world.engine.tick(later), restored.tick(later));
        assert_eq!(there.deliver, here.deliver);
        assert_eq!(there.persist, here.persist);
        assert_eq!(there.next, here.next);
    }
}

fn place(name: char, first: char) -> usize {
    (u32::from(name) - u32::from(first)) as usize
}

fn request(method: &str, target: &str, body: String, signed: bool) -> Option<Request<Bytes>> {
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .header("host", HOSTED);
    if signed {
        let key = &start().key;
        let url = format!("http://{HOSTED}{target}");
        let digest = Digest::of(&[url.as_bytes(), body.as_bytes()]);
        request = request
            .header("x-identity", key.public_key().to_hex())
            .header("x-signature", key.sign(&digest).to_hex());
    }
    request.body(Bytes::from(body)).ok()
}

fn is_json(response: &Response<Bytes>) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
}

/// One of the forms in which BitPay refuses.
fn is_refusal(json: &Value) -> bool {
    let has_text =
        |value: &Value, name: &str| value[name].as_str().is_some_and(|it| !it.is_empty());
    let params = |list: &Vec<Value>| {
        !list.is_empty()
            && list
                .iter()
                .all(|it| has_text(it, "param") && has_text(it, "error"))
    };
    has_text(json, "error")
        || json["errors"].as_array().is_some_and(params)
        || (json["status"] == "error" && has_text(json, "message"))
}

/// A page without its count of the calls that were refused: those are not kept.
fn without_refusals(page: &str) -> String {
    let link = "\"/dashboard/refused\"";
    match page.split_once(link) {
        Some((before, after)) => {
            let rest = after.split_once("</a>").map_or("", |(_, rest)| rest);
            format!("{before}{link}{rest}")
        }
        None => page.to_owned(),
    }
}
