//! Answers that are read as they come.

use std::fmt;
use std::sync::Arc;

use bitpay_core::stream::{StreamCall, Streamable};
use bitpay_core::{Allows, Answer, Credential, Error, Step};
use bitpay_system::{Clock, chance};
use reqwest::Response;
use tokio::time::sleep;

use crate::Client;
use crate::client::Shared;
use crate::exchange::{open, receive};
use crate::flow::{Flow, Source, stream};

impl<C: Credential> Client<C> {
    /// Makes one call and reads its answer as it comes, from the socket to you: a list of any length needs
    /// no more memory than its longest row. [`Streaming`] is a `Stream` of the rows, or the events, and
    /// [`Streaming::next`] serves without one.
    ///
    /// To go through all pages of a list, or a long span of days, use [`rows`](Self::rows).
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
    /// # sandbox.advance(std::time::Duration::from_secs(24 * 60 * 60));
    /// # let all = bitpay_async::model::settlement::ListSettlements::new("2020-01-01".parse()?, "2099-01-01".parse()?);
    /// # let settlement = merchant.list_settlements(&all).await?.first().cloned().ok_or("nothing settled")?;
    /// use bitpay_async::model::settlement::GetSettlementReport;
    ///
    /// let token = settlement.token.ok_or("a settlement that was listed has its token")?;
    /// let mut entries = merchant.stream(&GetSettlementReport::new(settlement.id, token))?;
    /// while let Some(entry) = entries.next().await {
    ///     println!("{}", entry?.amount);
    /// }
    /// // The end came, and with it what was around the entries.
    /// let report = entries.into_rest().ok_or("read to the end")?;
    /// println!("total: {:?}", report.settlement.total_amount);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the request cannot be built; nothing is sent before the first item is asked for. An item is an
    /// [`Error`] when the call fails; [`Error::items_received`] says after how many.
    pub fn stream<E>(&self, request: &E) -> Result<Streaming<E>, Error>
    where
        E: Streamable + Allows<C> + Send + 'static,
        E::Response: Send,
    {
        self.items(request)
            .map(|items| Streaming(Flow::Here(items)))
    }

    pub(crate) fn items<E: Streamable + Allows<C>>(&self, request: &E) -> Result<Items<E>, Error> {
        let shared = self.shared.clone();
        let (base, settings) = (&shared.base, &shared.settings);
        let call = StreamCall::new(request, base, &self.credential, settings)?;
        Ok(Items {
            shared,
            call,
            clock: Clock::start(),
            body: None,
            rest: None,
            is_over: false,
        })
    }
}

/// The items of one answer, as they come: see [`Client::stream`].
pub struct Streaming<E>(Flow<Items<E>>)
where
    E: Streamable + Send + 'static,
    E::Response: Send;

stream!([E] Streaming<E>, Result<E::Item, Error>, [E: Streamable + Send + 'static, E::Response: Send]);

impl<E> Streaming<E>
where
    E: Streamable + Send + 'static,
    E::Response: Send,
{
    /// What was around the rows, with their list empty, once the last row was read. Of a stream of events
    /// there is nothing.
    #[must_use]
    pub fn into_rest(self) -> Option<Answer<E::Response>> {
        self.0.into_source()?.rest
    }
}

impl<E> fmt::Debug for Streaming<E>
where
    E: Streamable + Send + 'static,
    E::Response: Send,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let call = self.0.source().map(|items| &items.call);
        f.debug_tuple("Streaming").field(&call).finish()
    }
}

/// The items of one answer.
pub(crate) struct Items<E: Streamable> {
    shared: Arc<Shared>,
    call: StreamCall<E>,
    clock: Clock,
    body: Option<Response>,
    rest: Option<Answer<E::Response>>,
    is_over: bool,
}

impl<E> Items<E>
where
    E: Streamable + Send,
    E::Response: Send,
{
    /// Goes on until the answer begins, and is none that refuses.
    pub(crate) async fn connect(&mut self) -> Result<(), Error> {
        while !self.call.is_flowing() && !self.is_over {
            self.go_on().await?;
        }
        Ok(())
    }

    pub(crate) fn call(&self) -> &StreamCall<E> {
        &self.call
    }

    /// Reads some more, or does what is to be done before there is something to read.
    async fn go_on(&mut self) -> Result<(), Error> {
        if let Some(body) = &mut self.body {
            if !receive(body, &mut self.call).await {
                self.body = None;
            }
            return Ok(());
        }
        match self.call.step(self.clock.now(), chance()) {
            Step::Sign(input) => {
                let signed = self.shared.sign(input).await;
                self.call.signed(signed);
            }
            // What only reads has nothing for the journal.
            Step::Note(_) => {}
            Step::Send(request) => {
                let left = self.call.time_left(self.clock.now());
                let limits = self.shared.limits(left, self.shared.stream_timeout);
                self.body = open(&self.shared.transport, request, limits, &mut self.call).await;
            }
            Step::Sleep(pause) => sleep(pause).await,
            Step::Done(result) => {
                self.is_over = true;
                self.rest = result?;
            }
        }
        Ok(())
    }
}

impl<E> Source for Items<E>
where
    E: Streamable + Send + 'static,
    E::Response: Send,
{
    type Item = Result<E::Item, Error>;

    fn ready(&mut self) -> Option<Self::Item> {
        self.call.next().map(Ok)
    }

    async fn advance(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.call.next() {
                return Some(Ok(item));
            }
            if self.is_over {
                return None;
            }
            if let Err(error) = self.go_on().await {
                return Some(Err(error));
            }
        }
    }
}
