//! Makes a `Stream` of something that goes on from item to item.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Goes on from item to item.
pub(crate) trait Source: Send + Sized + 'static {
    type Item: Send;

    /// An item that is there already.
    fn ready(&mut self) -> Option<Self::Item>;

    /// The next item; `None` at the end.
    fn advance(&mut self) -> impl Future<Output = Option<Self::Item>> + Send;
}

type Advancing<S> = Pin<Box<dyn Future<Output = (S, Option<<S as Source>::Item>)> + Send>>;

/// The source is here, or it is in the future that advances it: dropping the future of an item loses none.
pub(crate) enum Flow<S: Source> {
    Here(S),
    Advancing(Advancing<S>),
    Gone,
}

impl<S: Source> Flow<S> {
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        loop {
            match self {
                Flow::Here(source) => {
                    if let Some(item) = source.ready() {
                        return Poll::Ready(Some(item));
                    }
                }
                Flow::Advancing(future) => {
                    let (source, item) = ready!(future.as_mut().poll(context));
                    *self = Flow::Here(source);
                    return Poll::Ready(item);
                }
                Flow::Gone => return Poll::Ready(None),
            }
            if let Flow::Here(mut source) = std::mem::replace(self, Flow::Gone) {
                *self = Flow::Advancing(Box::pin(async move {
                    let item = source.advance().await;
                    (source, item)
                }));
            }
        }
    }

    pub(crate) fn source(&self) -> Option<&S> {
        match self {
            Flow::Here(source) => Some(source),
            _ => None,
        }
    }

    pub(crate) fn into_source(self) -> Option<S> {
        match self {
            Flow::Here(source) => Some(source),
            _ => None,
        }
    }
}

/// The parts of a public stream that are the same for all: `Stream`, and `next` for callers without it.
macro_rules! stream {
    ([$($generics:tt)*] $type:ty, $item:ty, [$($bounds:tt)*]) => {
        // Nothing in it is pinned in place: the future is on the heap.
        impl<$($generics)*> Unpin for $type where $($bounds)* {}

        impl<$($generics)*> $type where $($bounds)* {
            /// The next one; `None` at the end. Dropping the future loses nothing: the next call goes on.
            pub async fn next(&mut self) -> Option<$item> {
                std::future::poll_fn(|context| self.0.poll_next(context)).await
            }
        }

        impl<$($generics)*> futures_core::Stream for $type where $($bounds)* {
            type Item = $item;

            fn poll_next(
                mut self: std::pin::Pin<&mut Self>,
                context: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Option<$item>> {
                self.0.poll_next(context)
            }
        }
    };
}

pub(crate) use stream;
