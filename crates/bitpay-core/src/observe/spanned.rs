//! A span for each call.

use alloc::boxed::Box;
use alloc::string::ToString as _;

use tracing::{Span, debug, trace};

use super::spans::span;
use super::{Event, Happening, Observer, Outcome};
use crate::operation::Operation;

/// Makes a span of each call, by the crate `tracing`, as a child of the span that the call is made in.
///
/// The span is named after the operation, at the level `INFO` and with the target `bitpay`. At the end of the
/// call it has the fields `tries`, `status` (of the last answer), `duration_us` (in microseconds, with all tries
/// and pauses), `effect`, `looked_up`, and `error` if it failed. In it are events: requests, answers and pauses at
/// `DEBUG`, and their headers and bodies, [masked](super), at `TRACE`.
///
/// ```
/// use std::sync::Arc;
/// use bitpay_core::observe::Tracing;
/// use bitpay_core::{Config, Environment};
///
/// let config = Config::new(Environment::Test).observer(Arc::new(Tracing));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Tracing;

impl Observer for Tracing {
    fn tell(&self, _event: &Event<'_>) {}

    fn for_call(&self, operation: &'static Operation) -> Option<Box<dyn Observer>> {
        Some(Box::new(Spanned(span(operation.name))))
    }
}

struct Spanned(Span);

impl Observer for Spanned {
    fn tell(&self, event: &Event<'_>) {
        let span = &self.0;
        let number = event.tries;
        match &event.happening {
            Happening::Begun => {}
            Happening::Sent(sent) => {
                debug!(
                    target: "bitpay", parent: span, number, looking_up = sent.looking_up, method = %sent.method,
                    address = %sent.address, size = sent.size, "request"
                );
                trace!(target: "bitpay", parent: span, headers = %sent.headers, body = %sent.body, "request");
            }
            Happening::Item(item) => trace!(target: "bitpay", parent: span, body = %item, "item"),
            Happening::Answered(answer) => {
                debug!(
                    target: "bitpay", parent: span, number, status = answer.status.as_u16(),
                    duration_us = micros(answer.took), size = answer.size, "answer"
                );
                trace!(target: "bitpay", parent: span, headers = %answer.headers, body = %answer.body, "answer");
            }
            Happening::Failed { error, took } => {
                debug!(target: "bitpay", parent: span, number, %error, duration_us = micros(*took), "no answer");
            }
            Happening::Paused(pause) => {
                debug!(target: "bitpay", parent: span, number, pause_us = micros(*pause), "pause");
            }
            Happening::Ended(end) => {
                span.record("tries", event.tries);
                span.record("duration_us", micros(end.took));
                span.record("looked_up", end.looked_up);
                span.record("effect", effect(end.effect));
                if let Some(status) = end.status {
                    span.record("status", status);
                }
                match &end.outcome {
                    Outcome::Done => {}
                    Outcome::Failed(error) => {
                        span.record("error", error.to_string());
                    }
                    Outcome::Dropped => {
                        span.record("error", "dropped");
                    }
                }
                debug!(
                    target: "bitpay", parent: span, tries = event.tries, status = end.status,
                    duration_us = micros(end.took), effect = effect(end.effect), "end"
                );
            }
        }
    }
}

fn effect(effect: crate::error::Effect) -> &'static str {
    use crate::error::Effect;
    match effect {
        Effect::Nothing => "nothing",
        Effect::Unknown => "unknown",
        Effect::Happened => "happened",
    }
}

fn micros(time: core::time::Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
