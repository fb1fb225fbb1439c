//! The webhooks that were sent, what came of each try, and when there is another.

use std::collections::VecDeque;
use std::time::Duration;

use bitpay_core::time::Timestamp;
use bytes::Bytes;

use crate::control::ControlError;
use crate::timeline::Due;
use crate::webhook::{self, Event};
use crate::{Delivered, Delivery, DeliveryRecord, Engine, Try};

/// A webhook that fails is tried again so many minutes after its first try, and then no more: 1, 4, 9, 16
/// and 25 minutes after the try before. Source: <https://bitpay.com/docs/invoice-callbacks>. For those of
/// payouts and recipients BitPay publishes none: they follow the same one.
const TRIED_AGAIN: [u64; 5] = [1, 5, 14, 30, 55];

/// So many webhooks are remembered, and any number that is to be tried again.
const REMEMBERED: usize = 1_000;

/// What a webhook is about, by its place in its list.
#[derive(Clone, Copy)]
pub(crate) enum Subject {
    Invoice(usize),
    Refund(usize),
    Payout(usize),
    Recipient(usize),
}

struct Sent {
    record: DeliveryRecord,
    event: Event,
    about: Subject,
    /// What signs it.
    token: String,
}

/// In the order of their numbers.
#[derive(Default)]
pub(crate) struct Log {
    sent: VecDeque<Sent>,
    last: u64,
}

impl Log {
    fn find(&mut self, id: u64) -> Option<&mut Sent> {
        let numbers = &self.sent;
        let place = numbers.binary_search_by_key(&id, |sent| sent.record.delivery.id);
        self.sent.get_mut(place.ok()?)
    }

    fn keep(&mut self, sent: Sent) {
        if self.sent.len() >= REMEMBERED {
            let over = |sent: &Sent| {
                sent.record.next.is_none() && sent.record.outcome != Delivered::Underway
            };
            if let Some(place) = self.sent.iter().position(over) {
                self.sent.remove(place);
            }
        }
        self.sent.push_back(sent);
    }

    /// Forgets all, and gives no number twice: what is under way is still to be reported.
    pub(crate) fn clear(&mut self) {
        self.sent.clear();
    }
}

impl Engine {
    /// The last thousand webhooks, the oldest first.
    pub fn deliveries(&self) -> impl DoubleEndedIterator<Item = &DeliveryRecord> {
        self.log.sent.iter().map(|sent| &sent.record)
    }

    /// Takes the result of a try of a webhook down. Unless the receiver answered with 200, another try is
    /// due 1, 4, 9, 16 and 25 minutes after the one before; it comes from a later [`tick`](Self::tick).
    pub fn delivered(&mut self, id: u64, outcome: Delivered) {
        let Some(sent) = self.log.find(id) else {
            return;
        };
        let record = &mut sent.record;
        let first = record.at;
        let again = record.outcome == Delivered::Underway && outcome != Delivered::Answered(200);
        if let Some(last) = record.tries.last_mut() {
            last.outcome = outcome.clone();
        }
        record.outcome = outcome;
        let tried = record.tries.len().checked_sub(1);
        if let Some(minutes) = tried.and_then(|tried| TRIED_AGAIN.get(tried))
            && again
            && let Ok(at) = first.checked_add(Duration::from_secs(minutes * 60))
        {
            record.next = Some(at);
            self.timers.insert((at, Due::Webhook(id)));
        }
    }

    /// Sends a webhook of the log once more, as a new one with a schedule of its own. It tells how things
    /// stand now.
    ///
    /// # Errors
    /// When the log has none of this number.
    pub fn resend_delivery(&mut self, id: u64, clock: Timestamp) -> Result<u64, ControlError> {
        self.pass_to(clock);
        self.send_again(id)
    }

    pub(crate) fn send_again(&mut self, id: u64) -> Result<u64, ControlError> {
        let sent = self.log.find(id).ok_or(ControlError::UnknownDelivery)?;
        let (event, about) = (sent.event, sent.about);
        let (url, token) = (sent.record.delivery.url.clone(), sent.token.clone());
        self.send(&url, &token, event, about);
        Ok(self.log.last)
    }

    /// Queues a webhook, or takes down why it is not sent.
    pub(crate) fn send(&mut self, url: &str, token: &str, event: Event, about: Subject) {
        let Some(body) = self.body_of(event, about) else {
            return;
        };
        self.log.last += 1;
        let delivery = Delivery {
            id: self.log.last,
            url: url.to_owned(),
            signature: webhook::signature(token, &body),
            body,
        };
        let barred = webhook::barred(url, self.settings.deliver_anywhere);
        let outcome = barred.map_or(Delivered::Underway, Delivered::Withheld);
        let first = Try {
            at: self.now,
            outcome: outcome.clone(),
        };
        let tries = match &outcome {
            Delivered::Underway => vec![first],
            _ => Vec::new(),
        };
        if outcome == Delivered::Underway {
            self.outbox.push(delivery.clone());
        }
        self.log.keep(Sent {
            record: DeliveryRecord {
                delivery,
                at: self.now,
                event: event.name,
                outcome,
                tries,
                next: None,
            },
            event,
            about,
            token: token.to_owned(),
        });
    }

    /// Tries a webhook again. It tells how things stand now, and not at the first try.
    pub(crate) fn webhook_is_due(&mut self, id: u64) {
        let Some((event, about)) = self.log.find(id).map(|sent| (sent.event, sent.about)) else {
            return;
        };
        let now = self.now;
        let body = self.body_of(event, about);
        let (Some(sent), Some(body)) = (self.log.find(id), body) else {
            return;
        };
        let record = &mut sent.record;
        record.delivery.signature = webhook::signature(&sent.token, &body);
        record.delivery.body = body;
        record.outcome = Delivered::Underway;
        record.next = None;
        record.tries.push(Try {
            at: now,
            outcome: Delivered::Underway,
        });
        self.outbox.push(record.delivery.clone());
    }

    fn body_of(&self, event: Event, about: Subject) -> Option<Bytes> {
        let now = self.now;
        match about {
            Subject::Invoice(index) => {
                webhook::invoice_body(&self.invoices.get(index)?.invoice, event, now)
            }
            Subject::Refund(index) => {
                webhook::refund_body(&self.refunds.get(index)?.refund, event, now)
            }
            Subject::Payout(index) => {
                webhook::payout_body(&self.payouts.get(index)?.payout, event, now)
            }
            Subject::Recipient(index) => {
                webhook::recipient_body(&self.recipients.get(index)?.recipient, event, now)
            }
        }
    }
}
