//! A client's calls while the network loses what it likes.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bitpay_core::call::{Call, Incoming as _, Settings as CallSettings, Step};
use bitpay_core::error::{TransportError, TransportErrorKind};
use bitpay_core::model::invoice::{CreateInvoice, Invoice, ListInvoices};
use bitpay_core::model::payout::{CreatePayout, ListPayouts, Payee};
use bitpay_core::model::refund::{CreateRefund, ListRefunds};
use bitpay_core::retry::RetryPolicy;
use bitpay_core::{Allows, Answer, Config, Credential, Currency, Effect, Environment, Error, Guid};
use bitpay_sandbox::{GuidRepeat, Settings};
use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue, Request, StatusCode};

use super::world::{PAID, Start, World, as_received, start};

/// No input does more.
const JOBS: usize = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Invoice,
    Refund,
    Payout,
}

/// What is known of something that was asked for.
#[derive(Clone, Debug)]
enum Known {
    NotMade,
    Made(String),
    Unknown,
}

type Name = (Kind, usize);

/// Whatever the network does to each exchange, everything that was asked for is there at most once, what is
/// said to be there is there, what is said not to be is not, and what is not known has a name.
///
/// The first byte sets the client and the server. After that a byte is a job, and one for each exchange of it
/// is what goes wrong.
pub fn calls(data: &[u8]) {
    let mut bytes = data.iter().copied().collect::<VecDeque<u8>>();
    let Some(first) = bytes.pop_front() else {
        return;
    };
    let mut settings = Settings::default();
    settings.refund_guids = match first % 3 {
        0 => GuidRepeat::Replay,
        1 => GuidRepeat::Ignored,
        _ => GuidRepeat::Late(Duration::from_secs(7)),
    };
    let mut policy = RetryPolicy::default();
    policy.tries = 1 + u32::from(first / 3 % 5);
    let config = Config::new(Environment::Test).retry(policy);
    let mut play = Play {
        world: World::new(settings),
        start: start(),
        settings: CallSettings::new(&config).expect("the defaults"),
        bytes,
        late: Vec::new(),
        book: BTreeMap::new(),
    };
    for _ in 0..JOBS {
        let Some(job) = play.bytes.pop_front() else {
            break;
        };
        let kind = [Kind::Invoice, Kind::Refund, Kind::Payout][usize::from(job % 3)];
        play.ask((kind, usize::from(job / 3 % 3)));
    }
    play.compare();
}

struct Play {
    world: World,
    start: &'static Start,
    settings: CallSettings,
    bytes: VecDeque<u8>,
    /// Requests that are under way, and whose senders have given them up.
    late: Vec<Request<Bytes>>,
    book: BTreeMap<Name, Known>,
}

impl Play {
    fn ask(&mut self, name: Name) {
        let (kind, number) = name;
        let may = match self.book.get(&name) {
            None | Some(Known::NotMade) => true,
            Some(Known::Made(_)) => false,
            // Its guid protects it.
            Some(Known::Unknown) => kind == Kind::Invoice,
        };
        if !may {
            return;
        }
        let start = self.start;
        let made = match kind {
            Kind::Invoice => {
                let order = CreateInvoice::for_order(number.to_string(), 20u32, Currency::USD);
                let made = self.call(&start.merchant, &order);
                made.map(|made| made.id.to_string())
            }
            Kind::Refund => {
                let guid = Guid::derived("refund", &number.to_string());
                let order = CreateRefund::new(&start.paid[number], guid, 1u32);
                let made = self.call(&start.merchant, &order.expect("it is complete"));
                made.map(|made| made.id.to_string())
            }
            Kind::Payout => {
                let payee = Payee::Recipient(start.payee.clone());
                let (from, to) = (Currency::USD, Currency::USD);
                let order = CreatePayout::new(number.to_string(), payee, 10u32, from, to);
                let made = self.call(&start.payout, &order);
                made.map(|made| made.id.to_string())
            }
        };
        let known = match made {
            Ok(id) => Known::Made(id),
            Err(error) => {
                let named = error.found_by().is_some()
                    && (error.guid().is_some() || error.reference().is_some());
                match (error.effect(), error.replay()) {
                    // What an earlier job made.
                    (_, Some(replay)) => {
                        let existing = replay.existing::<Invoice>().expect("an invoice");
                        Known::Made(existing.id.to_string())
                    }
                    // Of this call. What an earlier one did is as unknown as it was.
                    (Effect::Nothing, _) => self.book.remove(&name).unwrap_or(Known::NotMade),
                    _ => {
                        assert!(named, "not known, and without a name: {error:?}");
                        Known::Unknown
                    }
                }
            }
        };
        self.book.insert(name, known);
    }

    fn call<C: Credential, E: Allows<C>>(
        &mut self,
        credential: &C,
        request: &E,
    ) -> Result<Answer<E::Response>, Error> {
        let mut call = Call::new(request, &self.start.base, credential, &self.settings)?;
        loop {
            let chance = u64::from(self.bytes.front().copied().unwrap_or_default());
            match call.step(self.world.clock, chance) {
                Step::Send(request) => self.exchange(&mut call, request),
                Step::Sleep(pause) => self.world.pass(pause),
                Step::Done(result) => return result,
                Step::Sign(_) => panic!("the key is in memory"),
                Step::Note(_) => panic!("there is no journal"),
            }
        }
    }

    /// The next byte says what goes wrong, if anything.
    fn exchange<E: bitpay_core::Endpoint>(&mut self, call: &mut Call<'_, E>, sent: Request<Bytes>) {
        let request = as_received(&sent);
        let trouble = self.bytes.pop_front().unwrap_or_default();
        self.world.pass(Duration::from_millis(80));
        let fail = |kind| TransportError::new(kind, None);
        match trouble % 16 {
            1 => return call.failed(fail(TransportErrorKind::Connect)),
            2 => return call.failed(fail(TransportErrorKind::Closed)),
            3 => {
                self.late.push(request);
                self.world.pass(Duration::from_secs(30));
                return call.failed(fail(TransportErrorKind::Timeout));
            }
            4 => return page(call, 502),
            5 => return busy(call),
            6 => self.world.restart(),
            7 => self.arrive(),
            _ => {}
        }
        let (outcome, _) = self.world.handle(&request);
        let (head, body) = outcome.response.expect("no fault").into_parts();
        match trouble % 16 {
            8 => call.failed(fail(TransportErrorKind::Closed)),
            9 => {
                self.world.pass(Duration::from_secs(30));
                call.failed(fail(TransportErrorKind::Timeout));
            }
            10 => page(call, 504),
            11 => {
                self.world.restart();
                call.failed(fail(TransportErrorKind::Broken));
            }
            // A part of the answer, which ends as a whole one does or not.
            12 | 13 => {
                let part = usize::from(trouble / 16) * body.len() / 16;
                let goes_on = call.head(head.status, head.headers) && call.body(&body[..part]);
                match (goes_on, trouble % 2) {
                    (true, 0) => call.end(),
                    (true, _) => call.failed(fail(TransportErrorKind::Closed)),
                    (false, _) => {}
                }
            }
            _ => {
                assert!(call.head(head.status, head.headers) && call.body(&body));
                call.end();
            }
        }
    }

    /// What was late arrives.
    fn arrive(&mut self) {
        for request in std::mem::take(&mut self.late) {
            let _ = self.world.handle(&request);
        }
    }

    fn compare(&mut self) {
        self.arrive();
        let start = self.start;
        let mut held: BTreeMap<Name, Vec<String>> = BTreeMap::new();
        let mut add = |kind, name: Option<&str>, id: &str| {
            let number = name.and_then(|name| name.parse().ok()).expect("asked for");
            held.entry((kind, number)).or_default().push(id.to_owned());
        };
        let days = ("2026-02-01".parse(), "2027-03-01".parse());
        let days = (days.0.expect("a day"), days.1.expect("a day"));
        let list = ListInvoices::new(days.0, days.1).limit(1_000);
        for row in self.calm(&start.merchant, &list).iter() {
            let order = row.order_id.as_deref();
            if !order.is_some_and(|order| order.starts_with(PAID)) {
                add(Kind::Invoice, order, row.id.as_str());
            }
        }
        for (number, invoice) in start.paid.iter().enumerate() {
            let list = ListRefunds::new(invoice.id.clone());
            for row in self.calm(&start.merchant, &list).iter() {
                add(Kind::Refund, Some(&number.to_string()), row.id.as_str());
            }
        }
        let list = ListPayouts::new().limit(1_000);
        for row in self.calm(&start.payout, &list).iter() {
            add(Kind::Payout, row.reference.as_deref(), row.id.as_str());
        }
        for (name, ids) in &held {
            assert_eq!(ids.len(), 1, "{name:?} is there more than once: {ids:?}");
            assert!(self.book.contains_key(name), "nobody asked for {name:?}");
        }
        for (name, known) in &self.book {
            match (known, held.get(name)) {
                (Known::Made(id), Some(ids)) => assert_eq!(&ids[0], id, "{name:?}"),
                (Known::Made(id), None) => panic!("{name:?} is not there: {id}"),
                (Known::NotMade, Some(ids)) => panic!("{name:?} is there: {ids:?}"),
                (Known::NotMade, None) | (Known::Unknown, _) => {}
            }
        }
    }

    fn calm<C: Credential, E: Allows<C>>(
        &mut self,
        credential: &C,
        request: &E,
    ) -> Answer<E::Response> {
        let start = self.start;
        let answer = self
            .world
            .call(credential, request, &start.base, &start.settings);
        answer.expect("nothing goes wrong")
    }
}

fn page<E: bitpay_core::Endpoint>(call: &mut Call<'_, E>, status: u16) {
    let status = StatusCode::from_u16(status).expect("a status");
    assert!(call.head(status, HeaderMap::new()) && call.body(b"<h1>Something went wrong</h1>"));
    call.end();
}

fn busy<E: bitpay_core::Endpoint>(call: &mut Call<'_, E>) {
    let mut headers = HeaderMap::new();
    headers.insert(RETRY_AFTER, HeaderValue::from_static("2"));
    let said = br#"{"error":"Too many requests"}"#;
    assert!(call.head(StatusCode::TOO_MANY_REQUESTS, headers) && call.body(said));
    call.end();
}
