//! Lists, row by row.

use std::vec::IntoIter;

use bitpay_core::paging::{Paged, Pages};
use bitpay_core::{Allows, Credential, Error};

use crate::Client;

impl<C: Credential> Client<C> {
    /// Walks a list from its first row to its last, asking for page after page. Each row comes once,
    /// also when others are added in the meantime. The request's `limit` is the size of a page.
    ///
    /// An error ends the walk.
    ///
    /// ```no_run
    /// # fn total(client: bitpay_blocking::Client<bitpay_blocking::Grant<bitpay_blocking::Merchant>>)
    /// #     -> Result<(), Box<dyn std::error::Error>> {
    /// use bitpay_blocking::model::invoice::ListInvoices;
    ///
    /// let year = ListInvoices::new("2026-01-01".parse()?, "2026-12-31".parse()?);
    /// for invoice in client.rows(&year) {
    ///     println!("{}", invoice?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn rows<E: Paged + Allows<C>>(&self, list: &E) -> Rows<'_, C, E> {
        Rows {
            client: self,
            pages: Pages::of(list.clone()),
            page: Vec::new().into_iter(),
        }
    }
}

/// The rows of a list: see [`Client::rows`].
#[derive(Debug)]
pub struct Rows<'c, C, E: Paged> {
    client: &'c Client<C>,
    pages: Pages<E>,
    page: IntoIter<E::Row>,
}

impl<C: Credential, E: Paged + Allows<C>> Iterator for Rows<'_, C, E> {
    type Item = Result<E::Row, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.page.next() {
                return Some(Ok(row));
            }
            let list = self.pages.next_page()?;
            match self.client.call(&list) {
                Ok(answer) => self.page = self.pages.told(answer.into_value()).into_iter(),
                Err(error) => {
                    self.pages.stop();
                    return Some(Err(error));
                }
            }
        }
    }
}
