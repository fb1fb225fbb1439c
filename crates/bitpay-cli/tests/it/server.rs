//! The sandbox as these tests use it.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};

use bitpay_blocking::model::invoice::{CreateInvoice, InvoiceStatus};
use bitpay_blocking::model::payout::PayoutStatus;
use bitpay_blocking::model::recipient::RecipientStatus;
use bitpay_blocking::{Client, Currency, Facade, InvoiceId, Merchant, PrivateKey};
use bitpay_sandbox::{Fault, Moment, Sandbox};

pub(crate) struct Server {
    sandbox: Sandbox,
    url: String,
}

impl Server {
    pub(crate) fn start() -> Self {
        let sandbox = Sandbox::start().unwrap();
        let url = sandbox.base_url().to_string();
        Self { sandbox, url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn approve(&self, code: &str) {
        self.sandbox.approve(&code.parse().unwrap()).unwrap();
    }

    pub(crate) fn make_pos_code(&self) -> String {
        self.sandbox.make_code(Facade::Pos, "till").to_string()
    }

    pub(crate) fn pay(&self, invoice: &str, status: InvoiceStatus) {
        let invoice: InvoiceId = invoice.parse().unwrap();
        self.sandbox.pay(&invoice, status).unwrap();
    }

    pub(crate) fn activate(&self, recipient: &str) {
        let recipient = recipient.parse().unwrap();
        self.sandbox
            .move_recipient(&recipient, RecipientStatus::Active)
            .unwrap();
    }

    /// By another key of the merchant.
    pub(crate) fn make_invoices(&self, number: u32) {
        let key = PrivateKey::from_bytes(&[9; 32]).unwrap();
        let client = Client::new(self.sandbox.environment()).unwrap();
        let shop = client.with(self.sandbox.grant::<Merchant>(key));
        for order in 0..number {
            let order = CreateInvoice::for_order(order.to_string(), 5u32, Currency::USD);
            shop.create_invoice(&order).unwrap();
        }
    }

    pub(crate) fn fail_payout(&self, payout: &str) {
        let payout = payout.parse().unwrap();
        self.sandbox
            .move_payout(&payout, PayoutStatus::Failed)
            .unwrap();
    }

    pub(crate) fn inject(&self, fault: Fault) {
        self.sandbox.inject(fault);
    }

    pub(crate) fn heal(&self) {
        self.sandbox.clear_faults();
    }

    pub(crate) fn advance_hours(&self, hours: u64) {
        self.sandbox
            .advance(std::time::Duration::from_secs(hours * 3600));
    }

    /// The signatures of the requests that came.
    pub(crate) fn signatures(&self) -> BTreeSet<String> {
        let requests = self.sandbox.requests();
        let signatures = requests
            .iter()
            .filter_map(|it| it.headers.get("x-signature"));
        signatures
            .map(|it| it.to_str().unwrap().to_owned())
            .collect()
    }

    /// How many requests came for this operation.
    pub(crate) fn count(&self, operation: &str) -> usize {
        self.sandbox
            .requests()
            .iter()
            .filter(|request| request.operation == Some(operation))
            .count()
    }

    /// Is told whenever a request for this operation was answered, in place of what was told before.
    pub(crate) fn answered(&self, operation: &'static str) -> Receiver<()> {
        let (tell, told) = channel();
        self.sandbox.on_event(move |seen| {
            if seen.moment == Moment::Answered && seen.request.operation == Some(operation) {
                let _ = tell.send(());
            }
        });
        told
    }

    /// Waits until a request for this operation has come.
    pub(crate) fn wait_for(&self, operation: &str) {
        for _ in 0..500 {
            if self.count(operation) > 0 {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("{operation} was not called");
    }

    /// The bodies that came for this operation.
    pub(crate) fn bodies(&self, operation: &str) -> Vec<String> {
        let requests = self.sandbox.requests();
        let of = requests
            .iter()
            .filter(|request| request.operation == Some(operation));
        of.map(|request| String::from_utf8_lossy(&request.body).into_owned())
            .collect()
    }

    /// The SINs that tokens were asked for or claimed for.
    pub(crate) fn keys(&self) -> BTreeSet<String> {
        self.sent("id", &["request_pairing", "claim_pairing"])
    }

    /// The values of a field in all bodies of these operations.
    fn sent(&self, field: &str, operations: &[&str]) -> BTreeSet<String> {
        let mut values = BTreeSet::new();
        for request in self.sandbox.requests() {
            if request
                .operation
                .is_some_and(|operation| operations.contains(&operation))
            {
                let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
                values.insert(body[field].as_str().unwrap().to_owned());
            }
        }
        values
    }

    /// The names under which tokens were asked for.
    pub(crate) fn guids(&self) -> BTreeSet<String> {
        self.sent("guid", &["request_pairing"])
    }

    /// Kills this process at the n-th thing that happens to a request from now on.
    pub(crate) fn kill_at(&self, event: usize, process: u32) {
        let events = AtomicUsize::new(0);
        self.sandbox.on_event(move |seen| {
            assert!(matches!(
                seen.moment,
                Moment::Received | Moment::Worked | Moment::Answered
            ));
            if events.fetch_add(1, Ordering::SeqCst) == event {
                let _ = Command::new("kill")
                    .args(["-9", &process.to_string()])
                    .status();
            }
        });
    }

    pub(crate) fn kill_nobody(&self) {
        self.sandbox.on_event(|_| {});
    }
}
