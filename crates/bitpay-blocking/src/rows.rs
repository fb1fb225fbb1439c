//! Lists, row by row.

use std::fmt;

use bitpay_core::paging::{Listed, Walk};
use bitpay_core::{Allows, Credential, Error};

use crate::{Client, Streaming};

impl<C: Credential> Client<C> {
    /// Walks a list from its first row to its last, page after page, or some days after some days. Each row
    /// comes once, also when others are added in the meantime, and is read from the socket as it comes. The
    /// request's `limit` is the size of a page.
    ///
    /// An error ends the walk; [`Error::items_received`] says after how many rows.
    ///
    /// ```
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_blocking::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_blocking::Identity::new(bitpay_blocking::generate_key()?);
    /// # let merchant = client.with(sandbox.grant::<bitpay_blocking::Merchant>(identity));
    /// # let order = bitpay_blocking::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_blocking::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order)?;
    /// # sandbox.pay(&invoice.id, bitpay_blocking::model::invoice::InvoiceStatus::Complete)?;
    /// use bitpay_blocking::model::invoice::ListInvoices;
    ///
    /// let year = ListInvoices::new("2026-01-01".parse()?, "2026-12-31".parse()?);
    /// for invoice in merchant.rows(&year) {
    ///     println!("{}", invoice?.id);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rows<E: Listed + Allows<C>>(&self, list: &E) -> Rows<C, E> {
        Rows {
            client: self.clone(),
            walk: Walk::of(list.clone()),
            answer: None,
        }
    }
}

/// The rows of a list: see [`Client::rows`].
pub struct Rows<C, E: Listed> {
    client: Client<C>,
    walk: Walk<E>,
    answer: Option<Streaming<E>>,
}

impl<C: Credential, E: Listed + Allows<C>> Rows<C, E> {
    /// Asks for so many days at a time, of a list that is of days. Neighbouring windows share a day, so
    /// that nothing is skipped wherever a day begins. Lists that do not page (ledgers) are asked for 31
    /// days at a time unless set.
    #[must_use]
    pub fn every_days(mut self, days: u32) -> Self {
        self.walk.every(days);
        self
    }

    fn failed(&mut self, error: Error) -> Error {
        self.answer = None;
        self.walk.stop();
        error.after_items(self.walk.count())
    }
}

impl<C: fmt::Debug, E: Listed + fmt::Debug> fmt::Debug for Rows<C, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("client", &self.client)
            .field("walk", &self.walk)
            .finish_non_exhaustive()
    }
}

impl<C: Credential, E: Listed + Allows<C>> Iterator for Rows<C, E> {
    type Item = Result<E::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(answer) = &mut self.answer else {
                match self.client.stream(&self.walk.next_request()?) {
                    Ok(answer) => self.answer = Some(answer),
                    Err(error) => return Some(Err(self.failed(error))),
                }
                continue;
            };
            match answer.next() {
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
