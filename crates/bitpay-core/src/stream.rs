//! Answers that are read as they come: lists, row by row, and the events of an invoice.
//!
//! A list of any length needs no more memory than its longest row. What is around the rows is kept, and
//! is read when the list is complete: only then is it certain that nothing is missing.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde::de::DeserializeOwned;

use crate::answer::{self, Answer};
use crate::bounds::{self, Bound};
use crate::call::{Exchange, Incoming, Progress, Settings, Step};
use crate::credential::Credential;
use crate::environment::BaseUrl;
use crate::error::{BuildError, DecodeError, Effect, Error, TransportError, TransportErrorKind};
use crate::json;
use crate::operation::{Allows, Endpoint};
use crate::time::Timestamp;

mod split;
mod sse;

use split::{Piece, Splitter, Trouble};
use sse::SseReader;

/// How an answer is taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Form {
    /// The data is a list of rows.
    List,
    /// The data has a list of rows in the member of this name.
    Member(&'static str),
    /// The answer is a stream of server-sent events of this name, with the data in each.
    Events(&'static str),
}

/// A request whose answer can be read as it comes.
///
/// Implemented by generated code, from the table.
pub trait Streamable: Endpoint + Clone {
    /// A row, or an event.
    type Item: DeserializeOwned + Send;

    /// How the answer is taken apart.
    const FORM: Form;

    /// Takes out what the answer holds of items all the same: when a server writes it in a way that is
    /// not taken apart.
    #[doc(hidden)]
    fn left_over(_answer: &mut Self::Response) -> Vec<Self::Item> {
        Vec::new()
    }
}

/// One call whose answer is read as it comes: [`Call`](crate::Call) for lists and events.
///
/// A front takes the items with [`next`](Self::next) after each part of the body that it has told.
/// What fails before the first item is tried again, as for any other read; what fails later is
/// reported with [`Error::items_received`].
pub struct StreamCall<E: Streamable> {
    exchange: Exchange,
    reader: Reader,
    items: VecDeque<E::Item>,
    received: u64,
    /// The server has ended a stream of events.
    is_over: bool,
}

enum Reader {
    /// Nothing has come that could be taken apart: a refusal, say, is read as a whole.
    Whole,
    Rows(Splitter),
    Events(SseReader),
}

impl<E: Streamable> fmt::Debug for StreamCall<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamCall")
            .field("operation", &E::OPERATION.name)
            .field("received", &self.received)
            .finish_non_exhaustive()
    }
}

impl<E: Streamable> StreamCall<E> {
    /// Builds the call. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ErrorKind::Build`](crate::ErrorKind::Build), when the request breaks a rule or the credential
    /// does not allow it.
    pub fn new<C: Credential>(
        endpoint: &E,
        base: &BaseUrl,
        credential: &C,
        settings: &Settings,
    ) -> Result<Self, Error>
    where
        E: Allows<C>,
    {
        let not_built = |error| Error::build(E::OPERATION.name, error);
        if endpoint.sending().method != Method::GET {
            return Err(not_built(BuildError::NotARead));
        }
        let mut exchange =
            Exchange::new(endpoint, base, credential, settings).map_err(not_built)?;
        exchange.has_no_intent();
        if let Form::Events(_) = E::FORM {
            exchange.accept(HeaderValue::from_static(EVENT_STREAM));
        }
        Ok(Self {
            exchange,
            reader: Reader::Whole,
            items: VecDeque::new(),
            received: 0,
            is_over: false,
        })
    }

    /// The next item that has come.
    #[expect(
        clippy::should_implement_trait,
        reason = "more may come after it has nothing"
    )]
    pub fn next(&mut self) -> Option<E::Item> {
        self.items.pop_front()
    }

    /// What to do next, when [`next`](Self::next) has nothing. At the end it gives what was around the
    /// rows, with their list empty; of events there is nothing around them.
    pub fn step(&mut self, now: Timestamp, chance: u64) -> Step<Option<Answer<E::Response>>> {
        let step = self.advance(now, chance);
        if let Step::Done(result) = &step {
            self.exchange.ended(now, result.as_ref().err(), false);
        }
        step
    }

    fn advance(&mut self, now: Timestamp, chance: u64) -> Step<Option<Answer<E::Response>>> {
        if self.is_over {
            return Step::Done(Ok(None));
        }
        let result = match self.exchange.step(now, chance, &mut |_| false) {
            Progress::Sign(input) => return Step::Sign(input),
            Progress::Note(entry) => return Step::Note(entry),
            Progress::Send(request) => return Step::Send(request),
            Progress::Sleep(pause) => return Step::Sleep(pause),
            Progress::Failed(error) => Err(error),
            Progress::Data { data, body, status } => self.rest(&data, body, status).map(Some),
        };
        Step::Done(result.map_err(|error| self.told(error)))
    }

    /// Has an answer begun that is taken apart, and not one that refuses?
    #[must_use]
    pub fn is_flowing(&self) -> bool {
        !matches!(self.reader, Reader::Whole)
    }

    /// How many items have come.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received
    }

    /// How long a server of events wants a client to wait before it connects again.
    #[must_use]
    pub fn reconnect_after(&self) -> Option<Duration> {
        match &self.reader {
            Reader::Events(reader) => reader.retry(),
            _ => None,
        }
    }

    /// How long the server may take until its answer begins.
    #[must_use]
    pub fn time_left(&self, now: Timestamp) -> Duration {
        self.exchange.time_left(now)
    }

    /// Tells what the signer elsewhere said.
    pub fn signed(&mut self, result: Result<crate::signature::Signature, crate::error::SignError>) {
        self.exchange.signed(result);
    }

    fn told(&self, error: Error) -> Error {
        self.exchange.told(error).after_items(self.received)
    }

    fn rest(
        &mut self,
        data: &Bytes,
        body: Bytes,
        status: u16,
    ) -> Result<Answer<E::Response>, Error> {
        let name = E::OPERATION.name;
        let unread = |problem, body| {
            let error = DecodeError::new(problem, status, body);
            Err(Error::new(name, error, Effect::Nothing))
        };
        if let Form::Events(_) = E::FORM {
            return unread("not a stream of events".into(), body);
        }
        let mut value: E::Response = match json::read_bytes(data) {
            Ok(value) => value,
            Err(error) => return unread(answer::problem(&error), body),
        };
        let left = E::left_over(&mut value);
        self.received += left.len() as u64;
        self.items.extend(left);
        Ok(Answer::new(
            name,
            Box::new(value),
            body,
            self.exchange.tries(),
            false,
        ))
    }

    /// Reads an item, and stops the call at one that cannot be read.
    fn item(
        text: &[u8],
        exchange: &Exchange,
        items: &mut VecDeque<E::Item>,
        received: &mut u64,
    ) -> Result<(), Box<DecodeError>> {
        let status = exchange.status();
        let copy = || Bytes::copy_from_slice(text);
        bounds::check(text, exchange.max_items())
            .map_err(|bound| Box::new(DecodeError::beyond(bound, status, copy())))?;
        let item = json::read_bytes(text)
            .map_err(|error| Box::new(DecodeError::new(answer::problem(&error), status, copy())))?;
        items.push_back(item);
        *received += 1;
        Ok(())
    }
}

impl<E: Streamable> Incoming for StreamCall<E> {
    fn head(&mut self, status: StatusCode, headers: HeaderMap) -> bool {
        let limit = self.exchange.max_body();
        let kind = headers
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        let of_events = kind.is_some_and(|kind| kind.starts_with(EVENT_STREAM));
        self.reader = match E::FORM {
            _ if !status.is_success() => Reader::Whole,
            Form::List => Reader::Rows(Splitter::new(None, limit)),
            Form::Member(name) => Reader::Rows(Splitter::new(Some(name), limit)),
            Form::Events(_) if of_events => Reader::Events(SseReader::new(limit)),
            Form::Events(_) => Reader::Whole,
        };
        match self.reader {
            Reader::Whole => return self.exchange.head(status, headers),
            Reader::Rows(_) => {}
            // What happens while a connection is made again is not heard: that is not for this call.
            Reader::Events(_) => self.exchange.begun(),
        }
        // Its length says nothing of what is kept of it.
        self.exchange.head_of_stream(status, headers)
    }

    fn body(&mut self, chunk: &[u8]) -> bool {
        let Self {
            exchange,
            reader,
            items,
            received,
            ..
        } = self;
        let status = exchange.status();
        let mut unread = None;
        let result = match reader {
            Reader::Whole => return exchange.body(chunk),
            Reader::Rows(splitter) => splitter.read(chunk, |piece| match piece {
                Piece::Rest(rest) if exchange.body(rest) => Ok(()),
                Piece::Rest(_) => Err(Trouble::Large),
                Piece::Row(row) => {
                    exchange.item(row);
                    Self::item(row, exchange, items, received).map_err(|error| {
                        unread = Some(error);
                        Trouble::Syntax
                    })
                }
            }),
            Reader::Events(reader) => {
                let Form::Events(wanted) = E::FORM else {
                    return true;
                };
                reader
                    .read(chunk, |name, data| {
                        exchange.item(data);
                        if name == wanted.as_bytes() && unread.is_none() {
                            unread = Self::item(data, exchange, items, received).err();
                        }
                    })
                    .map_err(|_| Trouble::Large)
            }
        };
        if *received > 0 {
            exchange.begun();
        }
        if let Some(error) = unread {
            exchange.refuse((*error).into());
            return false;
        }
        match result {
            Ok(()) => return true,
            Err(Trouble::Large) => {
                exchange.failed(TransportError::new(TransportErrorKind::TooLarge, None));
            }
            Err(trouble) => {
                let error = match trouble {
                    Trouble::Deep => DecodeError::beyond(Bound::Depth, status, Bytes::new()),
                    _ => {
                        let problem = "not valid JSON between two rows";
                        DecodeError::new(problem.into(), status, Bytes::new())
                    }
                };
                exchange.refuse(error.into());
            }
        }
        false
    }

    fn end(&mut self) {
        match self.reader {
            Reader::Events(_) => self.is_over = true,
            _ => self.exchange.end(),
        }
    }

    fn failed(&mut self, error: TransportError) {
        self.exchange.failed(error);
    }
}

const EVENT_STREAM: &str = "text/event-stream";
