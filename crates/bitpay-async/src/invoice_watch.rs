//! An invoice, from change to change.

use std::fmt;

use bitpay_core::model::invoice::{
    GetInvoice, GetInvoiceEventToken, Invoice, SubscribeInvoiceEvents,
};
use bitpay_core::watch::{Next, Watch};
use bitpay_core::{Allows, Answer, Credential, Error, InvoiceId};
use bitpay_system::{Clock, chance};
use tokio::time::sleep;

use crate::Client;
use crate::flow::{Flow, Source, stream};
use crate::streaming::Items;

impl<C: Credential> Client<C> {
    /// Watches an invoice: gives it out as it stands now, and again whenever it changes, until it is
    /// complete or you ask no more. A connection that ends is made again, and what was missed meanwhile is
    /// caught up with.
    ///
    /// `expired` and `invalid` do not end it: late payments are applied, and slow ones confirm. Stop at
    /// them if you do not want to wait.
    ///
    /// An error for good ends it. What may pass is tried again, and reported when it does not pass as soon
    /// as the retry policy hopes; the watch goes on when you ask for the next item all the same.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// let mut changes = merchant.watch_invoice(&invoice.id);
    /// while let Some(invoice) = changes.next().await {
    ///     println!("{}", invoice?.status);
    /// }
    /// println!("complete, or declined");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/retrieve-an-event-token>
    pub fn watch_invoice(&self, id: &InvoiceId) -> InvoiceWatch<C>
    where
        GetInvoiceEventToken: Allows<C>,
        GetInvoice: Allows<C>,
    {
        let shared = &self.shared;
        InvoiceWatch(Flow::Here(Watching {
            client: self.clone(),
            watch: Watch::new(id.clone(), shared.base.clone(), *shared.settings.retry()),
            clock: Clock::start(),
            events: None,
        }))
    }
}

/// An invoice, from change to change: see [`Client::watch_invoice`].
pub struct InvoiceWatch<C>(Flow<Watching<C>>)
where
    C: Credential,
    GetInvoiceEventToken: Allows<C>,
    GetInvoice: Allows<C>;

stream!(
    [C] InvoiceWatch<C>,
    Result<Invoice, Error>,
    [C: Credential, GetInvoiceEventToken: Allows<C>, GetInvoice: Allows<C>]
);

impl<C> fmt::Debug for InvoiceWatch<C>
where
    C: Credential,
    GetInvoiceEventToken: Allows<C>,
    GetInvoice: Allows<C>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.0.source().map(|source| source.watch.invoice());
        f.debug_tuple("InvoiceWatch").field(&id).finish()
    }
}

/// A watch over one invoice.
struct Watching<C> {
    client: Client<C>,
    watch: Watch,
    clock: Clock,
    events: Option<Items<SubscribeInvoiceEvents>>,
}

impl<C> Source for Watching<C>
where
    C: Credential,
    GetInvoiceEventToken: Allows<C>,
    GetInvoice: Allows<C>,
{
    type Item = Result<Invoice, Error>;

    fn ready(&mut self) -> Option<Self::Item> {
        None
    }

    async fn advance(&mut self) -> Option<Self::Item> {
        loop {
            let news = match self.watch.next(self.clock.now(), chance()) {
                Next::Pass(request) => {
                    let answer = self.client.call(&request).await.map(Answer::into_value);
                    self.watch.admitted(answer);
                    None
                }
                Next::Connect(request) => {
                    let connected = self.connect(&request).await;
                    self.watch.connected(connected);
                    None
                }
                Next::Fetch(request) => {
                    let answer = self.client.call(&request).await.map(Answer::into_value);
                    self.watch.fetched(answer)
                }
                Next::Listen => {
                    let event = match &mut self.events {
                        Some(events) => events.advance().await,
                        None => None,
                    };
                    match event {
                        Some(Ok(invoice)) => self.watch.heard(invoice),
                        end => {
                            let events = self.events.take();
                            let wait = events.and_then(|events| events.call().reconnect_after());
                            self.watch.ended(end.and_then(Result::err), wait);
                            None
                        }
                    }
                }
                Next::Sleep(pause) => {
                    sleep(pause).await;
                    None
                }
                Next::Failed(error) => return Some(Err(error)),
                _ => return None,
            };
            if let Some(invoice) = news {
                return Some(Ok(invoice));
            }
        }
    }
}

impl<C: Credential> Watching<C> {
    async fn connect(&mut self, request: &SubscribeInvoiceEvents) -> Result<(), Error> {
        let mut events = self.client.items(request)?;
        events.connect().await?;
        self.events = Some(events);
        Ok(())
    }
}
