//! The examples that are whole programs, against the sandbox. The receivers of webhooks have `receivers.rs`.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bitpay_blocking::journal::Entry;
use bitpay_blocking::model::invoice::InvoiceStatus;
use bitpay_blocking::model::payout::ListPayouts;
use bitpay_blocking::retry::RetryPolicy;
use bitpay_blocking::{
    Client, Config, Effect, FacadeKind, Grant, Journal as _, Merchant, Payout, Pos, PrivateKey,
};
use bitpay_sandbox::{Fault, Sandbox};
use bitpay_store::Store;
use tokio::runtime::{Builder, Runtime};

#[allow(dead_code, unreachable_pub, reason = "a program of its own as well")]
#[path = "../../../bitpay-async/examples/checkout_axum.rs"]
pub(crate) mod checkout_axum;
#[allow(dead_code, unreachable_pub, reason = "a program of its own as well")]
#[path = "../../../bitpay-blocking/examples/checkout_server.rs"]
pub(crate) mod checkout_server;
#[allow(dead_code, unreachable_pub, reason = "a program of its own as well")]
#[path = "../../../bitpay-blocking/examples/nightly.rs"]
mod nightly;
#[allow(dead_code, unreachable_pub, reason = "a program of its own as well")]
#[path = "../../../bitpay-blocking/examples/payout_run.rs"]
mod payout_run;
#[allow(dead_code, unreachable_pub, reason = "a program of its own as well")]
#[path = "../../../bitpay-blocking/examples/pos_terminal.rs"]
mod pos_terminal;

fn grant<F: FacadeKind>(sandbox: &Sandbox) -> Grant<F> {
    sandbox.grant(PrivateKey::from_bytes(&[17; 32]).unwrap())
}

/// Without retries, which wait.
fn config(sandbox: &Sandbox) -> Config {
    Config::new(sandbox.environment()).retry(RetryPolicy::off())
}

fn client<F: FacadeKind>(sandbox: &Sandbox) -> Client<Grant<F>> {
    Client::from_config(&config(sandbox))
        .unwrap()
        .with(grant(sandbox))
}

/// A checkout that is served, and how often it has sent out an order.
struct Served {
    at: String,
    shipped: Box<dyn Fn(&str) -> u32>,
    _runtime: Option<Runtime>,
}

fn blocking(sandbox: &Sandbox) -> Served {
    loop {
        // It cannot be asked for its address, so it is told one, which somebody else may have by then.
        let listen = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let at = format!("http://{listen}");
        let checkout = Arc::new(checkout_server::Checkout::new(client(sandbox), &at));
        if checkout_server::serve(Arc::clone(&checkout), listen).is_ok() {
            return Served {
                at,
                shipped: Box::new(move |number| checkout.shipped(number)),
                _runtime: None,
            };
        }
    }
}

fn asynchronous(sandbox: &Sandbox) -> Served {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    let at = format!("http://{}", listener.local_addr().unwrap());
    let client = bitpay_async::Client::from_config(&config(sandbox)).unwrap();
    let checkout = checkout_axum::Checkout::new(client.with(grant(sandbox)), &at);
    let checkout = Arc::new(checkout);
    runtime.spawn(checkout_axum::serve(Arc::clone(&checkout), listener));
    Served {
        at,
        shipped: Box::new(move |number| checkout.shipped(number)),
        _runtime: Some(runtime),
    }
}

/// What a browser gets: status, page, and where it is sent.
fn browse(method: &str, address: &str) -> (u16, String, Option<String>) {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0);
    let agent = ureq::Agent::new_with_config(config.proxy(None).build());
    let mut answer = match method {
        "POST" => agent.post(address).send_empty().unwrap(),
        _ => agent.get(address).call().unwrap(),
    };
    let location = answer.headers().get("location");
    let location = location.map(|it| it.to_str().unwrap().to_owned());
    let page = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), page, location)
}

/// The number of the order in the page's form.
fn number(shop: &Served) -> String {
    let (status, page, _) = browse("GET", &shop.at);
    assert_eq!(status, 200);
    let (_, form) = page.split_once("/buy/").unwrap();
    form[..36].to_owned()
}

/// Asks for a page until it says so: the webhook is on its way.
fn wait_for(address: &str, words: &str) {
    let began = Instant::now();
    loop {
        let (_, page, _) = browse("GET", address);
        if page.contains(words) {
            return;
        }
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{page} and not {words}"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn a_buyer_presses_twice_pays_once_and_gets_one_packet(open: fn(&Sandbox) -> Served) {
    let sandbox = Sandbox::builder().seed(17).start().unwrap();
    let shop = open(&sandbox);
    let number = number(&shop);
    let (buy, order) = (
        format!("{}/buy/{number}", shop.at),
        format!("{}/orders/{number}", shop.at),
    );
    assert_eq!(browse("GET", &order).0, 404);

    let (status, _, first) = browse("POST", &buy);
    assert_eq!(status, 303);
    let (_, id) = first.as_ref().unwrap().split_once("id=").unwrap();
    assert_eq!(browse("POST", &buy).2, first);
    assert!(browse("GET", &order).1.contains("not paid yet"));

    let invoice = id.parse().unwrap();
    sandbox.pay(&invoice, InvoiceStatus::Paid).unwrap();
    wait_for(&order, "until it is certain");
    assert_eq!((shop.shipped)(&number), 0);
    sandbox.pay(&invoice, InvoiceStatus::Complete).unwrap();
    wait_for(&order, "on its way");
    // Long after, the button is pressed once more: the invoice that is there, and no second packet.
    sandbox.advance(Duration::from_secs(600));
    assert_eq!(browse("POST", &buy).2, first);
    assert_eq!((shop.shipped)(&number), 1);
}

fn a_checkout_tells_the_buyer_when_bitpay_does_not_answer(open: fn(&Sandbox) -> Served) {
    let sandbox = Sandbox::builder().seed(17).start().unwrap();
    let shop = open(&sandbox);
    let number = number(&shop);
    let buy = format!("{}/buy/{number}", shop.at);
    sandbox.inject(
        "rate-limited"
            .parse::<Fault>()
            .unwrap()
            .on("create_invoice"),
    );
    let (status, page, _) = browse("POST", &buy);
    assert_eq!(status, 503);
    assert!(page.contains("try again"), "{page}");
    // It was made, and the answer was lost: the next press finds it.
    sandbox.inject(Fault::lost().on("create_invoice"));
    assert_eq!(browse("POST", &buy).0, 500);
    let (status, _, address) = browse("POST", &buy);
    assert_eq!(status, 303);
    assert_eq!(browse("POST", &buy).2, address);
    // Only numbers of the page's form are orders.
    for other in ["17", "%3Cscript%3E", "../../orders"] {
        assert_eq!(
            browse("POST", &format!("{}/buy/{other}", shop.at)).0,
            404,
            "{other}"
        );
    }
}

mod checkouts {
    #[test]
    fn one_packet_blocking() {
        super::a_buyer_presses_twice_pays_once_and_gets_one_packet(super::blocking);
    }

    #[test]
    fn one_packet_async() {
        super::a_buyer_presses_twice_pays_once_and_gets_one_packet(super::asynchronous);
    }

    #[test]
    fn no_answer_blocking() {
        super::a_checkout_tells_the_buyer_when_bitpay_does_not_answer(super::blocking);
    }

    #[test]
    fn no_answer_async() {
        super::a_checkout_tells_the_buyer_when_bitpay_does_not_answer(super::asynchronous);
    }
}

#[test]
fn a_till_sells_what_is_paid_and_says_what_is_not() {
    let sandbox = Sandbox::builder().seed(17).start().unwrap();
    let open = Grant::<Pos>::unsigned(sandbox.open_token());
    let till = Client::from_config(&config(&sandbox)).unwrap().with(open);
    let mut out = Vec::new();
    let mut sold = 0;
    // The first buyer pays, the second one walks away, the third is asked for while the network fails.
    let typed = "4.50\nfour\n2\n3\n\n9\n";
    let buyer = |invoice: &bitpay_blocking::model::invoice::Invoice| {
        sold += 1;
        match sold {
            1 => sandbox.pay(&invoice.id, InvoiceStatus::Paid).unwrap(),
            2 => sandbox.advance(Duration::from_secs(15 * 60)),
            3 => {
                sandbox.inject("rate-limited".parse::<Fault>().unwrap().on("get_invoice"));
                sandbox.pay(&invoice.id, InvoiceStatus::Paid).unwrap();
            }
            _ => {}
        }
    };
    pos_terminal::till(&till, typed.as_bytes(), &mut out, buyer).unwrap();
    let out = String::from_utf8(out).unwrap();
    for (words, times) in [
        ("price in USD: ", 5),
        ("pay at http://", 3),
        ("PAID 4.50 USD", 1),
        ("that is no price", 1),
        ("not paid", 1),
        ("looking again", 1),
        ("PAID 3 USD", 1),
    ] {
        assert_eq!(out.matches(words).count(), times, "{words}: {out}");
    }
}

#[test]
fn a_night_catches_up_and_names_what_a_person_has_to_look_at() {
    let start = "2026-05-04T12:00:00Z".parse().unwrap();
    let sandbox = Sandbox::builder()
        .seed(17)
        .starting_at(start)
        .start()
        .unwrap();
    let shop = client::<Merchant>(&sandbox);
    let mut records = nightly::a_shop(&sandbox, &shop).unwrap();
    let (from, to) = ("2026-05-01".parse().unwrap(), "2026-05-31".parse().unwrap());
    let found = |records: &mut [nightly::Record]| {
        nightly::night(&shop, records, from, to).unwrap();
        let report = nightly::compare(&shop, records, from, to).unwrap();
        let line = |it: &bitpay_blocking::reconcile::Finding| {
            format!("{}: {}", it.order.as_deref().unwrap_or("none"), it.problem)
        };
        report.findings.iter().map(line).collect::<Vec<_>>()
    };
    let to_look_at = [
        "sent-out-unpaid: fulfilled, not paid",
        "forgotten: paid, of no known order",
    ];
    assert_eq!(found(&mut records), to_look_at);
    let fulfilled: Vec<bool> = records.iter().map(|it| it.order.is_fulfilled).collect();
    // What the lost webhook would have told is done.
    assert_eq!(fulfilled, [true, true, false, true]);
    // The next night finds the same, and does nothing twice.
    assert_eq!(found(&mut records), to_look_at);
}

#[test]
fn a_line_of_a_file_is_read_or_refused() {
    let record =
        nightly::Record::read("1042, 19.90, USD, Hpqc62wvE1ZjzeeH4kEycF, paid, no").unwrap();
    assert_eq!(record.status, Some(InvoiceStatus::Paid));
    assert!(!record.order.is_fulfilled);
    for wrong in [
        "",
        "1042,19.90,USD",
        "1042,19.90,USD,Hpqc62wvE1ZjzeeH4kEycF,paid,maybe",
        "1042,x,USD,i,,no",
    ] {
        assert!(nightly::Record::read(wrong).is_err(), "{wrong}");
    }
    let payout = payout_run::read("may-ada,JaXmQDd7i3hqMAtaRQGSpX,12.50,USD,EUR").unwrap();
    assert_eq!(payout.reference(), "may-ada");
    for wrong in [
        "",
        "may-ada,JaXmQDd7i3hqMAtaRQGSpX,12.50,USD",
        "may-ada,a/b,12.50,USD,EUR",
    ] {
        assert!(payout_run::read(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_run_of_payouts_pays_each_once_however_often_it_runs() {
    use payout_run::{Paid, pay_all};

    let sandbox = Sandbox::builder().seed(17).start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = Arc::new(
        Store::open(folder.path().join("store"))
            .unwrap()
            .journal("default")
            .unwrap(),
    );
    let payer = client::<Payout>(&sandbox).with_journal(Arc::clone(&journal) as _);
    let payouts = payout_run::payroll(&sandbox, &payer).unwrap();
    let made = || {
        let of = |it: &bitpay_blocking::model::payout::CreatePayout| {
            payer
                .list_payouts(&ListPayouts::by_reference(it.reference()))
                .unwrap()
                .len()
        };
        payouts.iter().map(of).collect::<Vec<_>>()
    };

    assert_eq!(
        pay_all(&payer, &journal, &payouts[..1]).unwrap(),
        [Paid::Now]
    );
    // The answer to the second one is lost, and it is found.
    sandbox.inject(Fault::lost().on("create_payout"));
    let second = pay_all(&payer, &journal, &payouts[..2]).unwrap();
    assert_eq!(second, [Paid::Before, Paid::Now]);
    // The third one does not arrive, and nobody can tell: it is not sent again.
    sandbox.inject("closed".parse::<Fault>().unwrap().on("create_payout"));
    let third = pay_all(&payer, &journal, &payouts).unwrap();
    assert_eq!(third, [Paid::Before, Paid::Before, Paid::NotKnown]);
    assert_eq!(pay_all(&payer, &journal, &payouts).unwrap(), third);
    assert_eq!(made(), [1, 1, 0]);
    // What the journal knows to be made is not sent again, though BitPay does not show it yet.
    let nothing = Fault::answer(200, "application/json", r#"{"status":"success","data":[]}"#);
    sandbox.inject(nothing.on("list_payouts").times(3));
    assert_eq!(pay_all(&payer, &journal, &payouts).unwrap(), third);
    let twice = [payouts[2].clone(), payouts[2].clone()];
    let error = pay_all(&payer, &journal, &twice).unwrap_err();
    assert!(error.to_string().ends_with("is there twice"), "{error}");
    assert_eq!(made(), [1, 1, 0]);

    // Until a person who has looked says that it did not happen.
    let open = journal.open_intents().unwrap();
    let closed = open.intents()[0].decided(Effect::Nothing, sandbox.now());
    journal.write(&Entry::Outcome(closed)).unwrap();
    let last = pay_all(&payer, &journal, &payouts).unwrap();
    assert_eq!(last, [Paid::Before, Paid::Before, Paid::Now]);
    assert_eq!(
        pay_all(&payer, &journal, &payouts).unwrap(),
        [const { Paid::Before }; 3]
    );
    assert_eq!(made(), [1, 1, 1]);
}
