//! The server over real sockets.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bitpay_core::model::invoice::InvoiceStatus;
use bitpay_core::signature::Digest;
use bitpay_core::webhook::Verifier;
use bitpay_core::{Merchant, PrivateKey};
use bitpay_sandbox::{Delivered, Fault, Moment, Sandbox, WebhookInbox};
use serde_json::{Value, json};

use crate::support::key;

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(10)))
        .build()
        .into()
}

fn post(url: &str, body: &Value, key: &PrivateKey) -> Result<(u16, Value), ureq::Error> {
    let body = body.to_string();
    let digest = Digest::of(&[url.as_bytes(), body.as_bytes()]);
    let mut answer = agent()
        .post(url)
        .header("x-identity", key.public_key().to_hex())
        .header("x-signature", key.sign(&digest).to_hex())
        .header("content-type", "application/json")
        .send(&body)?;
    let text = answer.body_mut().read_to_string()?;
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    Ok((answer.status().as_u16(), json))
}

/// Makes an invoice and gives its answer.
fn invoice(sandbox: &Sandbox, more: &Value) -> Result<(u16, Value), ureq::Error> {
    let grant = sandbox.grant::<Merchant>(key(7));
    let mut body = json!({ "token": grant.token().expose(), "price": 10, "currency": "USD" });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    post(&format!("{}/invoices", sandbox.base_url()), &body, &key(7))
}

#[test]
fn invoices_are_made_and_webhooks_arrive() {
    let sandbox = Sandbox::start().unwrap();
    let inbox = WebhookInbox::start().unwrap();
    let (status, answer) = invoice(&sandbox, &json!({ "notificationURL": inbox.url() })).unwrap();
    assert_eq!(status, 200, "{answer}");
    let id = answer["data"]["id"].as_str().unwrap().parse().unwrap();
    sandbox.pay(&id, InvoiceStatus::Complete).unwrap();
    let requests = sandbox.requests();
    let seen = requests.last().unwrap();
    assert_eq!(
        (seen.operation, seen.target.as_str()),
        (Some("create_invoice"), "/invoices")
    );
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    let token = body["token"].as_str().unwrap();
    for status in ["paid", "confirmed", "complete"] {
        let webhook = inbox.wait(Duration::from_secs(5)).unwrap();
        assert_eq!(webhook.headers["content-type"], "application/json");
        let verifier = Verifier::new().with("merchant", token);
        verifier.verify(&webhook.body, webhook.signature()).unwrap();
        let body: Value = serde_json::from_slice(&webhook.body).unwrap();
        assert_eq!(body["status"], status);
    }
    until(|| {
        sandbox
            .deliveries()
            .iter()
            .all(|record| record.outcome == Delivered::Answered(200))
    });
    assert_eq!(sandbox.deliveries().len(), 3);
}

fn until(done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "it takes too long"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn time_is_moved_and_time_passes() {
    let sandbox = Sandbox::start().unwrap();
    let inbox = WebhookInbox::start().unwrap();
    let more = json!({ "notificationURL": inbox.url(), "extendedNotifications": true });
    invoice(&sandbox, &more).unwrap();
    assert!(inbox.wait(Duration::from_millis(20)).is_none());
    let before = sandbox.now();
    sandbox.advance(Duration::from_secs(900));
    assert!(sandbox.now().duration_since(before).as_secs() >= 900);
    assert!(
        inbox.wait(Duration::from_secs(5)).is_some(),
        "it expired when the clock was moved"
    );

    let mut short = more;
    short["acceptanceWindow"] = 50.into();
    invoice(&sandbox, &short).unwrap();
    assert!(
        inbox.wait(Duration::from_secs(5)).is_some(),
        "it expired by itself"
    );
}

#[test]
fn answers_are_lost_cut_and_late() {
    let sandbox = Sandbox::start().unwrap();
    let url = format!("{}/rates", sandbox.base_url());
    let get = || {
        agent()
            .get(&url)
            .call()
            .and_then(|mut answer| answer.body_mut().read_to_string())
    };
    assert!(get().is_ok());
    sandbox.inject(Fault::lost());
    assert!(get().is_err());
    sandbox.inject(Fault::cut(20));
    assert!(get().is_err());
    sandbox.inject(Fault::delay(Duration::from_millis(150)));
    let start = Instant::now();
    assert!(get().is_ok());
    assert!(start.elapsed() >= Duration::from_millis(150));
}

#[test]
fn events_come_in_order() {
    let sandbox = Sandbox::start().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    sandbox.on_event(move |event| {
        log.lock()
            .unwrap()
            .push((event.moment, event.request.operation));
    });
    let (status, _) = invoice(&sandbox, &json!({})).unwrap();
    assert_eq!(status, 200);
    until(|| seen.lock().unwrap().len() == 3);
    let create = Some("create_invoice");
    let expected = [
        (Moment::Received, create),
        (Moment::Worked, create),
        (Moment::Answered, create),
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[test]
fn a_callback_may_drop_the_sandbox() {
    let sandbox = Arc::new(Mutex::new(Some(Sandbox::start().unwrap())));
    let url = format!(
        "{}/rates",
        sandbox.lock().unwrap().as_ref().unwrap().base_url()
    );
    let weak = Arc::downgrade(&sandbox);
    sandbox
        .lock()
        .unwrap()
        .as_ref()
        .unwrap()
        .on_event(move |event| {
            if event.moment == Moment::Worked {
                weak.upgrade().map(|sandbox| sandbox.lock().unwrap().take());
            }
        });
    let _ = agent().get(&url).call();
    until(|| {
        TcpStream::connect(url.trim_start_matches("http://").trim_end_matches("/rates")).is_err()
    });
}

#[test]
fn many_run_beside_each_other_and_stop() {
    let start = Instant::now();
    let all: Vec<_> = (0..20)
        .map(|seed| Sandbox::builder().seed(seed).start().unwrap())
        .collect();
    for sandbox in &all {
        assert_eq!(invoice(sandbox, &json!({})).unwrap().0, 200);
    }
    let addresses: Vec<_> = all
        .iter()
        .map(|it| it.base_url().authority().to_owned())
        .collect();
    drop(all);
    for address in addresses {
        assert!(
            TcpStream::connect(&address).is_err(),
            "{address} is still open"
        );
    }
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn what_is_too_large_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    let url = format!("{}/tokens", sandbox.base_url());
    let answer = agent().post(&url).send(vec![b' '; 2 * 1024 * 1024]);
    assert!(answer.is_err() || answer.unwrap().status() == 413);

    let mut stream = TcpStream::connect(sandbox.base_url().authority()).unwrap();
    stream
        .write_all(b"GET /rates HTTP/1.1\r\nHost: localhost\r\nX: ")
        .unwrap();
    // The server may close before all of it was sent.
    let _ = stream.write_all(&vec![b'x'; 256 * 1024]);
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    let after = agent()
        .get(format!("{}/rates", sandbox.base_url()))
        .call()
        .unwrap();
    assert_eq!(after.status(), 200);
}

#[test]
fn a_webhook_that_failed_comes_again_when_its_minute_has_come() {
    let sandbox = Sandbox::start().unwrap();
    let inbox = WebhookInbox::start().unwrap();
    inbox.answer_with(503);
    let (_, made) = invoice(&sandbox, &json!({ "notificationURL": inbox.url() })).unwrap();
    let id = made["data"]["id"].as_str().unwrap().parse().unwrap();
    sandbox.pay(&id, InvoiceStatus::Paid).unwrap();
    let wait = Duration::from_secs(10);
    let first = inbox.wait(wait).unwrap();
    let waits = |tries: usize| {
        let since = Instant::now();
        loop {
            let record = sandbox.deliveries().pop().unwrap();
            if record.tries.len() == tries && record.outcome != Delivered::Underway {
                return record;
            }
            assert!(since.elapsed() < wait, "{record:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    assert!(waits(1).next.is_some());
    inbox.answer_with(200);
    sandbox.advance(Duration::from_secs(60));
    let second = inbox.wait(wait).unwrap();
    // The same, told a minute later.
    let told = |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap()["id"].clone();
    assert_eq!(told(&first.body), told(&second.body));
    let over = waits(2);
    assert_eq!((over.outcome, over.next), (Delivered::Answered(200), None));
    sandbox.resend_delivery(over.delivery.id).unwrap();
    assert!(inbox.wait(wait).is_some());
}

#[test]
fn a_receiver_that_answers_with_a_body_has_not_received() {
    let sandbox = Sandbox::start().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = vec![0; 65_536];
        while !head.windows(2).any(|it| it == b"}\0") {
            let at = head.iter().position(|byte| *byte == 0).unwrap();
            assert!(stream.read(&mut head[at..]).unwrap() > 0);
        }
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK")
            .unwrap();
    });
    let (_, made) = invoice(&sandbox, &json!({ "notificationURL": url })).unwrap();
    let id = made["data"]["id"].as_str().unwrap().parse().unwrap();
    sandbox.pay(&id, InvoiceStatus::Paid).unwrap();
    answering.join().unwrap();
    let record = (0..2_000).find_map(|_| {
        std::thread::sleep(Duration::from_millis(5));
        let record = sandbox.deliveries().pop()?;
        (record.outcome != Delivered::Underway).then_some(record)
    });
    let record = record.unwrap();
    let told = "answered with 200 and a body, which has to be empty";
    assert_eq!(record.outcome, Delivered::Failed(told.to_owned()));
    assert!(record.next.is_some());
}

#[test]
fn an_order_id_pays_its_invoice_while_real_time_runs() {
    let sandbox = Sandbox::start().unwrap();
    let inbox = WebhookInbox::start().unwrap();
    let order = json!({ "notificationURL": inbox.url(), "orderId": "sandbox-complete-1" });
    let (_, made) = invoice(&sandbox, &order).unwrap();
    assert_eq!(made["data"]["status"], "new");
    for status in ["paid", "confirmed", "complete"] {
        let webhook = inbox.wait(Duration::from_secs(10)).unwrap();
        let body: Value = serde_json::from_slice(&webhook.body).unwrap();
        assert_eq!(body["status"], status);
    }
}

#[test]
fn a_sandbox_starts_at_an_instant_with_faults_and_is_filled_and_reset() {
    let began = "2001-02-03T04:05:06Z".parse().unwrap();
    let fault: Fault = "bad-gateway,on=create_invoice".parse().unwrap();
    let builder = Sandbox::builder().seed(7).starting_at(began).fault(fault);
    let sandbox = builder.start().unwrap();
    let late = sandbox.now().duration_since(began).as_secs();
    assert!((0..60).contains(&late));
    assert_eq!(invoice(&sandbox, &json!({})).unwrap().0, 502);
    assert_eq!(invoice(&sandbox, &json!({})).unwrap().0, 200);
    sandbox
        .set_clock("2001-02-04T00:00:00Z".parse().unwrap())
        .unwrap();
    assert!(sandbox.set_clock(began).is_err());
    sandbox.reset(Some(3));
    let demo = sandbox.fill().unwrap();
    assert!(sandbox.fill().is_err());
    sandbox.reset(Some(3));
    assert_eq!(sandbox.fill().unwrap().private_key, demo.private_key);
    // Neither key nor tokens show.
    let shown = format!("{demo:?}");
    for secret in [&demo.private_key, &demo.merchant, &demo.payout, &demo.pos] {
        assert!(!shown.contains(secret.as_str()));
    }
}

#[test]
fn a_stalled_answer_does_not_hold_the_server() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.inject(Fault::stalled());
    let rates = format!("{}/rates", sandbox.base_url());
    let hurried: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_millis(200)))
        .build()
        .into();
    assert!(matches!(
        hurried.get(&rates).call(),
        Err(ureq::Error::Timeout(_))
    ));
    assert_eq!(agent().get(&rates).call().unwrap().status(), 200);
}
