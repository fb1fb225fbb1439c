//! Walks a list from its first row to its last, without IO: says what to ask next, and gives out each
//! row once.
//!
//! BitPay pages by `limit` and `offset`, without a total or a link to the next page. Rows that are
//! added between two pages push others to the next one, where they come again. Lists of days can be
//! asked for a few days at a time; in which time zone a day begins, and whether the last day is in, is
//! not documented, so that neighbouring windows share a day. In both, rows are told apart by their id.

use alloc::collections::BTreeSet;
use alloc::string::String;
use core::mem;

use jiff::{Span, tz::TimeZone};

use crate::stream::Streamable;
use crate::time::{Date, Timestamp};

/// Which rows of a list: the parameters `limit` and `offset`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// At most so many.
    pub limit: Option<u32>,
    /// Leaves so many out at the beginning.
    pub offset: Option<u32>,
}

/// A list that can be walked.
pub trait Listed: Streamable {
    /// What tells one row from another.
    fn id(row: &Self::Item) -> &str;

    /// The page that the caller has asked for; `None` when the list does not page.
    fn page(&self) -> Option<Page> {
        None
    }

    /// The same list, of this page.
    #[must_use]
    fn at_page(self, _page: Page) -> Self {
        self
    }

    /// The first and the last day, when the list is of days.
    fn days(&self) -> Option<(Date, Date)> {
        None
    }

    /// The same list, between these days.
    #[must_use]
    fn between(self, _first: Date, _last: Date) -> Self {
        self
    }

    /// The instant by which a row belongs to a day, where that is known.
    fn time(_row: &Self::Item) -> Option<Timestamp> {
        None
    }
}

/// The methods of a [`Listed`] whose page is in its fields `limit` and `offset`.
macro_rules! pages {
    () => {
        fn page(&self) -> Option<$crate::paging::Page> {
            Some($crate::paging::Page {
                limit: self.limit,
                offset: self.offset,
            })
        }

        fn at_page(mut self, page: $crate::paging::Page) -> Self {
            self.limit = page.limit;
            self.offset = page.offset;
            self
        }
    };
}

/// The methods of a [`Listed`] whose days are in its fields `start_date` and `end_date`, which may be missing.
macro_rules! days {
    () => {
        fn days(&self) -> Option<($crate::time::Date, $crate::time::Date)> {
            self.start_date.zip(self.end_date)
        }

        fn between(mut self, first: $crate::time::Date, last: $crate::time::Date) -> Self {
            self.start_date = Some(first);
            self.end_date = Some(last);
            self
        }
    };
}

pub(crate) use {days, pages};

/// The size of a page, unless the caller sets one.
const PAGE: u32 = 100;

/// So many pages in a row without a new row end the walk.
const MOST_STALE: u32 = 3;

/// How many days at a time are asked of a list that does not page.
const DAYS: u32 = 31;

/// A walk over a list.
///
/// Of a list that pages, a walk ends at an empty page, and not at one that is shorter than asked for: the server
/// may give fewer at a time. A page may hold nothing new because as many rows were added at the front; a few such
/// pages in a row, or one that is shorter than those before, are the end: the server does not page. A list that does
/// not page is asked for a month at a time.
#[derive(Debug)]
pub struct Walk<E: Listed> {
    list: E,
    limit: Option<u32>,
    offset: u32,
    window: Option<Window>,
    /// The rows of earlier windows that may come again in this one.
    carried: BTreeSet<String>,
    /// The rows of this window, of a list that pages.
    seen: BTreeSet<String>,
    /// The rows of this window that may come again in the next one.
    to_carry: BTreeSet<String>,
    /// Of the answer that is being read: how many rows, and how many of them were new.
    rows: u32,
    new: u32,
    /// Pages in a row that held nothing new.
    stale: u32,
    /// The most rows that came on one page: it may be all that the server gives at a time.
    longest: u32,
    count: u64,
    is_over: bool,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    first: Date,
    last: Date,
    /// The last day of the whole walk.
    end: Date,
    days: u32,
}

impl Window {
    fn new(first: Date, end: Date, days: u32) -> Self {
        let step = Span::new().try_days(i64::from(days.max(1)));
        let last = step.ok().and_then(|step| first.checked_add(step).ok());
        let last = last.map_or(end, |last| last.min(end));
        Self {
            first,
            last,
            end,
            days,
        }
    }

    /// The next one begins on this one's last day.
    fn next(self) -> Option<Self> {
        (self.last < self.end).then(|| Self::new(self.last, self.end, self.days))
    }

    /// What is older than this does not come again in the next window, wherever its day begins.
    fn edge(&self) -> Option<Timestamp> {
        let day = self.last.yesterday().ok()?;
        TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()
    }
}

impl<E: Listed> Walk<E> {
    /// A walk over this list. Its `limit` is the size of a page, its `offset` where the walk begins.
    #[must_use]
    pub fn of(list: E) -> Self {
        let page = list.page();
        let limit = page.map(|page| page.limit.filter(|limit| *limit > 0).unwrap_or(PAGE));
        let window = match (limit, list.days()) {
            (None, Some((first, last))) => Some(Window::new(first, last, DAYS)),
            _ => None,
        };
        Self {
            limit,
            offset: page.and_then(|page| page.offset).unwrap_or(0),
            list,
            window,
            carried: BTreeSet::new(),
            seen: BTreeSet::new(),
            to_carry: BTreeSet::new(),
            rows: 0,
            new: 0,
            stale: 0,
            longest: 0,
            count: 0,
            is_over: false,
        }
    }

    /// Asks for so many days at a time (at least one), of a list that is of days. Neighbouring windows
    /// share a day.
    pub fn every(&mut self, days: u32) {
        if let Some((first, last)) = self.list.days() {
            self.window = Some(Window::new(first, last, days));
        }
    }

    /// What to ask next; `None` when the walk is over.
    #[must_use]
    pub fn next_request(&self) -> Option<E> {
        if self.is_over {
            return None;
        }
        let mut list = self.list.clone();
        if let Some(window) = self.window {
            list = list.between(window.first, window.last);
        }
        if self.limit.is_some() {
            list = list.at_page(Page {
                limit: self.limit,
                offset: Some(self.offset),
            });
        }
        Some(list)
    }

    /// Tells a row of the answer. False when it came before.
    pub fn keep(&mut self, row: &E::Item) -> bool {
        self.rows = self.rows.saturating_add(1);
        let id = E::id(row);
        if self.carried.contains(id) {
            return false;
        }
        if self.limit.is_some() && !self.seen.insert(String::from(id)) {
            return false;
        }
        if let Some(window) = self.window.filter(|window| window.last < window.end) {
            let is_past = match (E::time(row), window.edge()) {
                (Some(time), Some(edge)) => time < edge,
                _ => false,
            };
            if !is_past {
                self.to_carry.insert(String::from(id));
            }
        }
        self.new = self.new.saturating_add(1);
        self.count += 1;
        true
    }

    /// Tells that the answer was read to its end.
    pub fn end_of_answer(&mut self) {
        let (rows, new) = (mem::take(&mut self.rows), mem::take(&mut self.new));
        self.stale = if new == 0 { self.stale + 1 } else { 0 };
        self.longest = self.longest.max(rows);
        // One that is shorter than others and holds nothing new is the last one.
        let is_last = rows == 0 || (new == 0 && rows < self.longest);
        let more = self
            .limit
            .filter(|_| !is_last && self.stale < MOST_STALE)
            .and_then(|_| self.offset.checked_add(rows));
        if let Some(offset) = more {
            self.offset = offset;
            return;
        }
        match self.window.and_then(Window::next) {
            Some(next) => {
                self.window = Some(next);
                self.offset = 0;
                self.stale = 0;
                self.seen.clear();
                self.carried = mem::take(&mut self.to_carry);
            }
            None => self.is_over = true,
        }
    }

    /// How many rows the walk has given out.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Ends the walk, after an error.
    pub fn stop(&mut self) {
        self.is_over = true;
    }
}
