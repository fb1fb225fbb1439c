//! Walks a list page by page, without IO: says what to ask next, and gives out each row once.
//!
//! BitPay pages by `limit` and `offset`, without a total or a link to the next page. Rows that are
//! added between two pages push others to the next one, where they come again: rows are told apart
//! by their id.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use crate::operation::Endpoint;

/// A list that can be asked for page by page.
pub trait Paged: Endpoint<Response = Vec<Self::Row>> + Clone {
    /// What is listed.
    type Row;

    /// The same list, from `offset` on, at most `limit` rows.
    #[must_use]
    fn page(&self, limit: u32, offset: u32) -> Self;

    /// The limit that the caller set: the size of a page.
    fn limit(&self) -> Option<u32>;

    /// The offset that the caller set: where the walk begins.
    fn offset(&self) -> Option<u32>;

    /// What tells one row from another.
    fn id(row: &Self::Row) -> &str;
}

/// The size of a page, unless the caller sets one.
const PAGE: u32 = 100;

/// So many full pages in a row without a new row end the walk.
const MOST_STALE: u32 = 3;

/// A walk over a list.
///
/// It ends at a page that is empty or shorter than asked for. A page may hold nothing new because as
/// many rows were added at the front; a few such pages in a row mean that the server does not page.
#[derive(Debug)]
pub struct Pages<E: Paged> {
    list: E,
    limit: u32,
    offset: u32,
    seen: BTreeSet<String>,
    /// Full pages in a row that held nothing new.
    stale: u32,
    is_over: bool,
}

impl<E: Paged> Pages<E> {
    /// A walk over this list. Its `limit` is the size of a page, its `offset` where the walk begins.
    #[must_use]
    pub fn of(list: E) -> Self {
        let limit = list.limit().filter(|limit| *limit > 0).unwrap_or(PAGE);
        let offset = list.offset().unwrap_or(0);
        Self {
            list,
            limit,
            offset,
            seen: BTreeSet::new(),
            stale: 0,
            is_over: false,
        }
    }

    /// The page to ask for next; `None` when the walk is over.
    #[must_use]
    pub fn next_page(&self) -> Option<E> {
        (!self.is_over).then(|| self.list.page(self.limit, self.offset))
    }

    /// Tells what the page held. Gives back the rows that are new.
    pub fn told(&mut self, rows: Vec<E::Row>) -> Vec<E::Row> {
        let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let new: Vec<E::Row> = rows
            .into_iter()
            .filter(|row| self.seen.insert(String::from(E::id(row))))
            .collect();
        self.stale = if new.is_empty() { self.stale + 1 } else { 0 };
        self.is_over = count < self.limit || self.stale >= MOST_STALE;
        match self.offset.checked_add(count) {
            Some(offset) => self.offset = offset,
            None => self.is_over = true,
        }
        new
    }

    /// How many rows the walk has given out.
    #[must_use]
    pub fn count(&self) -> usize {
        self.seen.len()
    }

    /// Ends the walk: after an error, a caller begins again at [`Pages::count`] or from the start.
    pub fn stop(&mut self) {
        self.is_over = true;
    }
}
