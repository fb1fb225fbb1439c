//! A future that is dropped loses nothing, wherever it waited: the guid finds what it may have made.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bitpay_async::model::invoice::{Buyer, CreateInvoice, Invoice, InvoiceStatus, ListInvoices};
use bitpay_async::model::refund::{CreateRefund, Refund};
use bitpay_async::{Client, Config, Currency, Error, Grant, Merchant, PrivateKey, new_guid};
use bitpay_core::error::ApiErrorKind;
use bitpay_core::retry::RetryPolicy;
use bitpay_sandbox::{Fault, Sandbox};

/// Drops a future where it waits for the n-th time. False when it was done before.
async fn dropped_at(wait: usize, future: impl Future) -> bool {
    let mut future = pin!(future);
    let mut waits = 0;
    std::future::poll_fn(move |context| {
        if future.as_mut().poll(context).is_ready() {
            return Poll::Ready(false);
        }
        waits += 1;
        if waits == wait {
            return Poll::Ready(true);
        }
        Poll::Pending
    })
    .await
}

/// What makes a call wait: for a connection, an answer, a pause, a look-up.
fn faults(operation: &str) -> [Option<Fault>; 6] {
    let late = Fault::delay(Duration::from_millis(10));
    let down = Fault::answer(502, "text/html", "<h1>Bad gateway</h1>");
    let faults = [
        None,
        Some(late),
        Some(Fault::lost()),
        Some(Fault::lost().without_work()),
        Some(Fault::rate_limited(0)),
        Some(down),
    ];
    faults.map(|fault| fault.map(|fault| fault.on(operation)))
}

struct World {
    sandbox: Sandbox,
    merchant: Client<Grant<Merchant>>,
}

impl World {
    fn new() -> Self {
        let sandbox = Sandbox::start().unwrap();
        let mut policy = RetryPolicy::default();
        policy.first_pause = Duration::from_millis(4);
        let client = Client::from_config(&Config::new(sandbox.environment()).retry(policy));
        let key = PrivateKey::from_bytes(&[3; 32]).unwrap();
        let merchant = client.unwrap().with(sandbox.grant::<Merchant>(key));
        Self { sandbox, merchant }
    }

    /// Drops a call at its first wait, at its second, and so on until it is done. Gives how often.
    async fn drop_at_each<F: Future>(
        &self,
        fault: Option<&Fault>,
        mut call: impl FnMut(usize) -> F,
        mut after: impl AsyncFnMut(usize),
    ) -> usize {
        for wait in 1..200 {
            let call = call(wait);
            if let Some(fault) = fault {
                self.sandbox.inject(fault.clone());
            }
            let dropped = dropped_at(wait, call).await;
            self.sandbox.clear_faults();
            after(wait).await;
            if !dropped {
                return wait - 1;
            }
        }
        panic!("it is never done");
    }
}

/// The error says what exists, or that nothing is there.
fn existing<T>(result: Result<T, Error>) -> Option<T> {
    match result {
        Ok(found) => Some(found),
        Err(error) => {
            let kind = error.api().map(|error| &error.kind);
            assert_eq!(kind, Some(&ApiErrorKind::NotFound), "{error:?}");
            None
        }
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(future)
}

#[test]
fn a_create_dropped_at_any_wait_is_found_by_its_guid_and_never_made_twice() {
    block_on(async {
        for fault in faults("create_invoice") {
            let world = World::new();
            let merchant = &world.merchant;
            let order = |number| CreateInvoice::for_order(format!("{number}"), 5, Currency::USD);
            let orders: Vec<_> = (0..200).map(order).collect();
            let waits = world.drop_at_each(
                fault.as_ref(),
                |wait| merchant.create_invoice(&orders[wait]),
                async |wait| {
                    let order = &orders[wait];
                    // It was made or not; the caller's program goes on, or starts again, and asks for the same.
                    let found = existing(merchant.get_invoice_by_guid(&order.guid).await);
                    let made: Invoice = match merchant.create_invoice(order).await {
                        Ok(invoice) => invoice.into_value(),
                        Err(error) => error.replay().unwrap().existing().unwrap(),
                    };
                    assert!(found.is_none_or(|found| found.id == made.id));
                    let again = merchant.get_invoice_by_guid(&order.guid).await;
                    assert_eq!(again.unwrap().id, made.id);
                },
            );
            let waits = waits.await;
            assert!(waits >= 2, "{fault:?}: nothing was dropped on the way");
            let today = world.sandbox.now().to_string()[..10].parse().unwrap();
            let list = ListInvoices::new(today, today);
            let listed = merchant.list_invoices(&list);
            // One for each order, also for the last, which was not dropped.
            assert_eq!(listed.await.unwrap().len(), waits + 1, "{fault:?}");
        }
    });
}

#[test]
fn a_refund_dropped_at_any_wait_is_found_by_its_guid_and_never_made_twice() {
    block_on(async {
        for fault in faults("create_refund") {
            let world = World::new();
            let merchant = &world.merchant;
            // A refund of all that was paid can be asked for once.
            let mut refunds = Vec::new();
            for number in 0..40 {
                let mut buyer = Buyer::default();
                buyer.email = Some("ada@example.com".to_owned());
                let order = CreateInvoice::for_order(format!("{number}"), 5, Currency::USD);
                let order = order.buyer(buyer);
                let id = merchant.create_invoice(&order).await.unwrap().id.clone();
                world.sandbox.pay(&id, InvoiceStatus::Complete).unwrap();
                let paid = merchant.get_invoice(&id).await.unwrap();
                refunds.push(CreateRefund::full(&paid, new_guid().unwrap()).unwrap());
            }
            let waits = world.drop_at_each(
                fault.as_ref(),
                |wait| merchant.create_refund(&refunds[wait]),
                async |wait| {
                    let refund = &refunds[wait];
                    // A guid does not protect a refund from being made twice: it is looked up first.
                    let found = existing(merchant.get_refund_by_guid(refund.guid()).await);
                    let made: Refund = match found {
                        Some(refund) => refund.into_value(),
                        None => match merchant.create_refund(refund).await {
                            Ok(refund) => refund.into_value(),
                            Err(error) => panic!("{fault:?}, wait {wait}: {error:?}"),
                        },
                    };
                    let listed = merchant.list_refunds(refund.invoice_id()).await.unwrap();
                    let ids: Vec<_> = listed.iter().map(|refund| &refund.id).collect();
                    assert_eq!(ids, [&made.id], "{fault:?}, wait {wait}");
                },
            );
            assert!(
                waits.await >= 2,
                "{fault:?}: nothing was dropped on the way"
            );
        }
    });
}
