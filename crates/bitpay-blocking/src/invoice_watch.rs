//! An invoice, from change to change.

use std::fmt;
use std::thread::sleep;

use bitpay_core::model::invoice::{
    GetInvoice, GetInvoiceEventToken, Invoice, SubscribeInvoiceEvents,
};
use bitpay_core::watch::{Next, Watch};
use bitpay_core::{Allows, Answer, Credential, Error, InvoiceId};
use bitpay_system::{Clock, chance};

use crate::{Client, Streaming};

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
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_blocking::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_blocking::Identity::new(bitpay_blocking::generate_key()?);
    /// # let merchant = client.with(sandbox.grant::<bitpay_blocking::Merchant>(identity));
    /// # let order = bitpay_blocking::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_blocking::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order)?;
    /// # sandbox.pay(&invoice.id, bitpay_blocking::model::invoice::InvoiceStatus::Complete)?;
    /// for invoice in merchant.watch_invoice(&invoice.id) {
    ///     println!("{}", invoice?.status);
    /// }
    /// println!("complete, or declined");
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
        InvoiceWatch {
            client: self.clone(),
            watch: Watch::new(id.clone(), shared.base.clone(), *shared.settings.retry()),
            clock: Clock::start(),
            events: None,
        }
    }
}

/// An invoice, from change to change: see [`Client::watch_invoice`].
pub struct InvoiceWatch<C> {
    client: Client<C>,
    watch: Watch,
    clock: Clock,
    events: Option<Streaming<SubscribeInvoiceEvents>>,
}

impl<C> fmt::Debug for InvoiceWatch<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InvoiceWatch")
            .field(self.watch.invoice())
            .finish()
    }
}

impl<C: Credential> Iterator for InvoiceWatch<C>
where
    GetInvoiceEventToken: Allows<C>,
    GetInvoice: Allows<C>,
{
    type Item = Result<Invoice, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let news = match self.watch.next(self.clock.now(), chance()) {
                Next::Pass(request) => {
                    let answer = self.client.call(&request).map(Answer::into_value);
                    self.watch.admitted(answer);
                    None
                }
                Next::Connect(request) => {
                    let connected = self.client.stream(&request).and_then(|mut events| {
                        events.connect()?;
                        self.events = Some(events);
                        Ok(())
                    });
                    self.watch.connected(connected);
                    None
                }
                Next::Fetch(request) => {
                    let answer = self.client.call(&request).map(Answer::into_value);
                    self.watch.fetched(answer)
                }
                Next::Listen => match self.events.as_mut().and_then(Iterator::next) {
                    Some(Ok(invoice)) => self.watch.heard(invoice),
                    end => {
                        let events = self.events.take();
                        let wait = events.and_then(|events| events.call().reconnect_after());
                        self.watch.ended(end.and_then(Result::err), wait);
                        None
                    }
                },
                Next::Sleep(pause) => {
                    sleep(pause);
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
