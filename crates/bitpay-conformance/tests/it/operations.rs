//! Every operation, through both fronts, against the sandbox: equal requests, equal results.

use std::collections::BTreeSet;
use std::fmt::Debug;

use bitpay_core::model::invoice::{
    CancelInvoice, CancelInvoiceByGuid, CreateInvoice, InvoiceStatus, ListInvoices, PayInvoice,
    ResendInvoiceWebhook, UpdateInvoice,
};
use bitpay_core::model::refund::CreateRefund;
use bitpay_core::operation::OPERATIONS;
use bitpay_core::pairing::{ClaimPairing, MintToken, RequestPairing};
use bitpay_core::time::Date;
use bitpay_core::{Answer, Currency, Facade, Grant, Guid, Identity, Merchant, Pos, PrivateKey};
use bitpay_sandbox::Sandbox;

/// What one front did: the requests as the sandbox received them, and the results.
struct Run {
    requests: Vec<(String, String)>,
    results: Vec<String>,
    operations: BTreeSet<String>,
}

struct Recorder {
    sandbox: Sandbox,
    results: Vec<String>,
}

impl Recorder {
    fn new() -> Self {
        let began = "2026-03-01T12:00:00Z".parse().unwrap();
        let sandbox = Sandbox::builder().seed(7).frozen_at(began).start().unwrap();
        Self {
            sandbox,
            results: Vec::new(),
        }
    }

    fn see<T: Debug>(&mut self, answer: &Answer<T>) {
        self.results.push(format!(
            "{:?} {}",
            &**answer,
            String::from_utf8_lossy(answer.body())
        ));
    }

    fn finish(self) -> Run {
        let log = self.sandbox.requests();
        let describe = |request: &bitpay_sandbox::SeenRequest| {
            let mut headers: Vec<String> = request
                .headers
                .iter()
                .filter(|(name, _)| {
                    name.as_str().starts_with("x-")
                        || name.as_str() == "content-type"
                        || *name == "accept"
                })
                // The port, which is signed, differs from one sandbox to the next.
                .filter(|(name, _)| name.as_str() != "x-signature")
                .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
                .collect();
            headers.sort();
            let body = String::from_utf8_lossy(&request.body);
            format!("{} {} {headers:?} {body}", request.method, request.target)
        };
        Run {
            requests: log
                .iter()
                .map(|request| {
                    (
                        request.operation.unwrap_or("none").to_owned(),
                        describe(request),
                    )
                })
                .collect(),
            results: self
                .results
                .into_iter()
                .map(|text| without_port(&text))
                .collect(),
            operations: log
                .iter()
                .filter_map(|request| request.operation)
                .map(str::to_owned)
                .collect(),
        }
    }
}

/// Links in the results hold the sandbox's own address.
fn without_port(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("127.0.0.1:") {
        let after = at + "127.0.0.1:".len();
        out.push_str(&rest[..after]);
        rest = rest[after..].trim_start_matches(|c: char| c.is_ascii_digit());
    }
    out + rest
}

fn guid(text: &str) -> Guid {
    Guid::derived("every operation", text)
}

fn key(byte: u8) -> Identity {
    Identity::new(PrivateKey::from_bytes(&[byte; 32]).unwrap())
}

/// The same calls for both fronts: `$run!(..)` waits, or does not.
macro_rules! every_operation {
    ($client:expr, $run:ident) => {{
        let mut seen = Recorder::new();
        let client = $client(seen.sandbox.environment());
        let identity = key(1);

        // Pairing, from both sides.
        let request =
            RequestPairing::new(identity.sin().clone(), Facade::Merchant, guid("pairing"))
                .label("every operation");
        let pairing = $run!(client.request_pairing(&request));
        seen.see(&pairing);
        seen.sandbox
            .approve(pairing.code.as_ref().unwrap())
            .unwrap();
        seen.see(&$run!(client.with(identity.clone()).list_tokens()));
        let merchant: Grant<Merchant> = pairing.grant(&identity).unwrap();
        let merchant = client.with(merchant);
        let mint =
            MintToken::new(identity.sin().clone(), Facade::Pos, guid("mint")).label("till 2");
        let minted = $run!(merchant.mint_token(&mint));
        seen.see(&minted);
        let till = key(2);
        let claim = ClaimPairing::new(till.sin().clone(), minted.code.clone().unwrap());
        let claimed = $run!(client.claim_pairing(&claim));
        seen.see(&claimed);
        let pos: Grant<Pos> = claimed.grant(&till).unwrap();
        let pos = client.with(pos);

        // Invoices.
        let order = CreateInvoice::new(
            guid("invoice"),
            "19.90".parse::<bitpay_core::Amount>().unwrap(),
            Currency::USD,
        )
        .order_id("order & 17/é")
        .item_desc("Tea, “green”");
        let invoice = $run!(pos.create_invoice(&order));
        seen.see(&invoice);
        let order = CreateInvoice::new(guid("second"), 25u32, Currency::EUR).order_id("order 18");
        let invoice = $run!(merchant.create_invoice(&order));
        seen.see(&invoice);
        seen.see(&$run!(merchant.get_invoice(&invoice.id)));
        seen.see(&$run!(merchant.get_invoice_by_guid(&guid("second"))));
        seen.see(&$run!(client.get_public_invoice(&invoice.id)));
        let update = UpdateInvoice::new(invoice.id.clone()).buyer_email("buyer@example.com");
        seen.see(&$run!(merchant.update_invoice(&update)));
        let day = |day| Date::new(2026, 3, day).unwrap();
        seen.see(&$run!(
            merchant.list_invoices(
                &ListInvoices::new(day(1), day(2))
                    .order_id("order 18")
                    .limit(10)
            )
        ));
        let pay = PayInvoice::new(invoice.id.clone()).status(InvoiceStatus::Complete);
        let paid = $run!(merchant.pay_invoice(&pay));
        assert_eq!(paid.status, InvoiceStatus::Complete);
        seen.see(&paid);
        let resend = ResendInvoiceWebhook::new(invoice.id.clone(), invoice.token.clone().unwrap());
        seen.see(&$run!(merchant.resend_invoice_webhook(&resend)));
        for name in ["third", "fourth"] {
            $run!(merchant.create_invoice(&CreateInvoice::new(guid(name), 5u32, Currency::USD)));
        }
        let third = $run!(merchant.get_invoice_by_guid(&guid("third")));
        seen.see(&$run!(
            merchant.cancel_invoice(&CancelInvoice::new(third.id.clone()))
        ));
        seen.see(&$run!(merchant.cancel_invoice_by_guid(
            &CancelInvoiceByGuid::new(guid("fourth")).force_cancel(true)
        )));

        // Refunds.
        let refund = CreateRefund::new(&paid, guid("refund"), 10u32)
            .unwrap()
            .reference("half");
        let refund = $run!(merchant.create_refund(&refund));
        seen.see(&refund);
        seen.see(&$run!(merchant.get_refund(&refund.id)));
        seen.see(&$run!(merchant.get_refund_by_guid(&guid("refund"))));
        seen.see(&$run!(merchant.list_refunds(&invoice.id)));
        seen.see(&$run!(merchant.cancel_refund(&refund.id)));

        // What anyone may ask.
        seen.see(&$run!(merchant.get_rates()));
        seen.see(&$run!(client.get_rates_for(&Currency::BTC)));
        seen.see(&$run!(client.get_rate(&Currency::BTC, &Currency::EUR)));
        seen.see(&$run!(pos.get_currencies()));
        seen.finish()
    }};
}

macro_rules! blocking {
    ($call:expr) => {
        $call.unwrap()
    };
}

macro_rules! awaited {
    ($call:expr) => {
        $call.await.unwrap()
    };
}

#[test]
fn both_fronts_send_and_read_the_same_for_every_operation() {
    let blocking = every_operation!(
        |environment| bitpay_blocking::Client::new(environment).unwrap(),
        blocking
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let awaited = runtime.block_on(async {
        every_operation!(
            |environment| bitpay_async::Client::new(environment).unwrap(),
            awaited
        )
    });
    assert_eq!(blocking.requests.len(), awaited.requests.len());
    for (blocking, awaited) in blocking.requests.iter().zip(&awaited.requests) {
        assert_eq!(blocking, awaited);
    }
    for (blocking, awaited) in blocking.results.iter().zip(&awaited.results) {
        assert_eq!(blocking, awaited);
    }
    let every: BTreeSet<String> = OPERATIONS
        .iter()
        .map(|operation| operation.name.to_owned())
        .collect();
    assert_eq!(
        blocking.operations, every,
        "an operation of the table is not called here"
    );
    assert_eq!(awaited.operations, every);
}
