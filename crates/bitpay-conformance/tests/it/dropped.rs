//! A future that is dropped loses nothing, wherever it was: the guid finds what it may have made.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bitpay_async::model::invoice::{CreateInvoice, ListInvoices};
use bitpay_async::{Client, Config, Currency, Merchant, PrivateKey};
use bitpay_sandbox::{Fault, Sandbox};

/// Polls so often, then drops the future. False when it was done before.
async fn dropped_after(polls: usize, future: impl Future) -> bool {
    let mut future = pin!(future);
    for _ in 0..polls {
        let done = std::future::poll_fn(|context: &mut Context<'_>| {
            Poll::Ready(future.as_mut().poll(context).is_ready())
        });
        if done.await {
            return false;
        }
        // What it waits for may come in the meantime.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // One that is not woken is dropped as well.
    let _ = future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    true
}

#[test]
fn a_dropped_create_is_found_by_its_guid_and_never_made_twice() {
    let sandbox = Sandbox::start().unwrap();
    let client = Client::from_config(&Config::new(sandbox.environment())).unwrap();
    let merchant =
        client.with(sandbox.grant::<Merchant>(PrivateKey::from_bytes(&[3; 32]).unwrap()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut orders = 0;
    runtime.block_on(async {
        for polls in 0..20 {
            // The answer comes late, so that there are awaits to drop at.
            sandbox.inject(Fault::delay(Duration::from_millis(10)).on("create_invoice"));
            let order = CreateInvoice::for_order(format!("order {polls}"), 5u32, Currency::USD);
            let before = order.guid.clone();
            let was_dropped = dropped_after(polls, merchant.create_invoice(&order)).await;
            orders += 1;
            assert_eq!(order.guid, before);
            // The caller's program goes on, or starts again, and asks for the same.
            let again = match merchant.create_invoice(&order).await {
                Ok(invoice) => invoice.id.clone(),
                Err(error) => {
                    error
                        .replay()
                        .unwrap()
                        .existing::<bitpay_async::model::invoice::Invoice>()
                        .unwrap()
                        .id
                }
            };
            let found = merchant.get_invoice_by_guid(&order.guid).await.unwrap();
            assert_eq!(found.id, again);
            if !was_dropped {
                break;
            }
        }
        let today = sandbox.now().to_string()[..10].parse().unwrap();
        let listed = merchant
            .list_invoices(&ListInvoices::new(today, today))
            .await
            .unwrap();
        assert_eq!(
            listed.len(),
            orders,
            "an order has more than one invoice, or none"
        );
        assert!(orders > 3, "nothing was dropped on the way");
    });
}
