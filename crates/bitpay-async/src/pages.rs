//! Lists, row by row.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec::IntoIter;

use bitpay_core::paging::{Paged, Pages};
use bitpay_core::{Allows, Answer, Credential, Error};
use futures_core::Stream;

use crate::Client;

impl<C: Credential> Client<C> {
    /// Walks a list from its first row to its last, asking for page after page. Each row comes once,
    /// also when others are added in the meantime. The request's `limit` is the size of a page.
    ///
    /// An error ends the walk. [`Rows`] is a `Stream`, and [`Rows::next`] serves without one:
    ///
    /// ```no_run
    /// # async fn total(client: bitpay_async::Client<bitpay_async::Grant<bitpay_async::Merchant>>)
    /// #     -> Result<(), Box<dyn std::error::Error>> {
    /// use bitpay_async::model::invoice::ListInvoices;
    ///
    /// let year = ListInvoices::new("2026-01-01".parse()?, "2026-12-31".parse()?);
    /// let mut invoices = client.rows(&year);
    /// while let Some(invoice) = invoices.next().await {
    ///     println!("{}", invoice?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn rows<E>(&self, list: &E) -> Rows<C, E>
    where
        E: Paged + Allows<C> + Send + 'static,
        E::Row: Send,
    {
        Rows {
            client: self.clone(),
            pages: Pages::of(list.clone()),
            page: Vec::new().into_iter(),
            asking: None,
        }
    }
}

type Asking<T> = Pin<Box<dyn Future<Output = Result<Answer<T>, Error>> + Send>>;

/// The rows of a list: see [`Client::rows`].
pub struct Rows<C, E: Paged> {
    client: Client<C>,
    pages: Pages<E>,
    page: IntoIter<E::Row>,
    asking: Option<Asking<Vec<E::Row>>>,
}

impl<C: fmt::Debug, E: Paged + fmt::Debug> fmt::Debug for Rows<C, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("client", &self.client)
            .field("pages", &self.pages)
            .finish_non_exhaustive()
    }
}

// Nothing in it is pinned in place: the future is on the heap.
impl<C, E: Paged> Unpin for Rows<C, E> {}

impl<C, E> Rows<C, E>
where
    C: Credential,
    E: Paged + Allows<C> + Send + 'static,
    E::Row: Send,
{
    /// The next row; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<E::Row, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<C, E> Stream for Rows<C, E>
where
    C: Credential,
    E: Paged + Allows<C> + Send + 'static,
    E::Row: Send,
{
    type Item = Result<E::Row, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(row) = self.page.next() {
                return Poll::Ready(Some(Ok(row)));
            }
            let asking = match self.asking.take() {
                Some(asking) => asking,
                None => {
                    let Some(list) = self.pages.next_page() else {
                        return Poll::Ready(None);
                    };
                    let client = self.client.clone();
                    Box::pin(async move { client.call(&list).await })
                }
            };
            let asking = self.asking.insert(asking);
            let answer = ready!(asking.as_mut().poll(context));
            self.asking = None;
            match answer {
                Ok(answer) => self.page = self.pages.told(answer.into_value()).into_iter(),
                Err(error) => {
                    self.pages.stop();
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}
