//! Lists, row by row.

use std::fmt;

use bitpay_core::paging::{Listed, Walk};
use bitpay_core::{Allows, Credential, Error};

use crate::Client;
use crate::flow::{Flow, Source, stream};
use crate::streaming::Items;

impl<C: Credential> Client<C> {
    /// Walks a list from its first row to its last, page after page, or some days after some days. Each row
    /// comes once, also when others are added in the meantime, and is read from the socket as it comes. The
    /// request's `limit` is the size of a page.
    ///
    /// An error ends the walk; [`Error::items_received`] says after how many rows. [`Rows`] is a `Stream`,
    /// and [`Rows::next`] serves without one:
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
    /// use bitpay_async::model::invoice::ListInvoices;
    ///
    /// let year = ListInvoices::new("2026-01-01".parse()?, "2026-12-31".parse()?);
    /// let mut invoices = merchant.rows(&year);
    /// while let Some(invoice) = invoices.next().await {
    ///     println!("{}", invoice?.id);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rows<E>(&self, list: &E) -> Rows<C, E>
    where
        E: Listed + Allows<C> + Send + 'static,
        E::Response: Send,
    {
        Rows(Flow::Here(Walking {
            client: self.clone(),
            walk: Walk::of(list.clone()),
            answer: None,
        }))
    }
}

/// The rows of a list: see [`Client::rows`].
pub struct Rows<C, E>(Flow<Walking<C, E>>)
where
    C: Credential,
    E: Listed + Allows<C> + Send + 'static,
    E::Response: Send;

stream!(
    [C, E] Rows<C, E>,
    Result<E::Item, Error>,
    [C: Credential, E: Listed + Allows<C> + Send + 'static, E::Response: Send]
);

impl<C, E> Rows<C, E>
where
    C: Credential,
    E: Listed + Allows<C> + Send + 'static,
    E::Response: Send,
{
    /// Asks for so many days at a time, of a list that is of days. Neighbouring windows share a day, so
    /// that nothing is skipped wherever a day begins. Lists that do not page (ledgers) are asked for 31
    /// days at a time unless set.
    #[must_use]
    pub fn every_days(mut self, days: u32) -> Self {
        if let Flow::Here(source) = &mut self.0 {
            source.walk.every(days);
        }
        self
    }
}

impl<C, E> fmt::Debug for Rows<C, E>
where
    C: Credential + fmt::Debug,
    E: Listed + Allows<C> + Send + fmt::Debug + 'static,
    E::Response: Send,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let walk = self.0.source().map(|source| &source.walk);
        f.debug_tuple("Rows").field(&walk).finish()
    }
}

/// A walk over a list.
struct Walking<C, E: Listed> {
    client: Client<C>,
    walk: Walk<E>,
    answer: Option<Items<E>>,
}

impl<C, E: Listed> Walking<C, E> {
    fn failed(&mut self, error: Error) -> Error {
        self.answer = None;
        self.walk.stop();
        error.after_items(self.walk.count())
    }
}

impl<C, E> Source for Walking<C, E>
where
    C: Credential,
    E: Listed + Allows<C> + Send + 'static,
    E::Response: Send,
{
    type Item = Result<E::Item, Error>;

    fn ready(&mut self) -> Option<Self::Item> {
        loop {
            let row = self.answer.as_mut()?.ready()?;
            match row {
                Ok(row) if !self.walk.keep(&row) => {}
                row => return Some(row),
            }
        }
    }

    async fn advance(&mut self) -> Option<Self::Item> {
        loop {
            let Some(answer) = &mut self.answer else {
                match self.client.items(&self.walk.next_request()?) {
                    Ok(answer) => self.answer = Some(answer),
                    Err(error) => return Some(Err(self.failed(error))),
                }
                continue;
            };
            match answer.advance().await {
                Some(Ok(row)) if self.walk.keep(&row) => return Some(Ok(row)),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Some(Err(self.failed(error))),
                None => {
                    self.answer = None;
                    self.walk.end_of_answer();
                }
            }
        }
    }
}
