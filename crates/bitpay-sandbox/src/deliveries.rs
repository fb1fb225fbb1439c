//! The webhooks that were sent, what came of each try, and when there is another.

use std::time::Duration;

use bitpay_core::time::Timestamp;
use bytes::Bytes;

use crate::control::ControlError;
use crate::log::{Sent, Subject};
use crate::timeline::Due;
use crate::webhook::{self, Event};
use crate::{Delivered, Delivery, DeliveryRecord, Engine, Try};

/// A webhook that fails is tried again so many minutes after its first try, and then no more: 1, 4, 9, 16
/// and 25 minutes after the try before. Source: <https://bitpay.com/docs/invoice-callbacks>. For those of
/// payouts and recipients BitPay publishes none: they follow the same one.
const TRIED_AGAIN: [u64; 5] = [1, 5, 14, 30, 55];

impl Engine {
    /// The last thousand webhooks, the oldest first.
    pub fn deliveries(&self) -> impl DoubleEndedIterator<Item = &DeliveryRecord> {
        self.log.iter()
    }

    /// Takes the result of a try of a webhook down. Unless the receiver answered with 200 and no body, another try is
    /// due 1, 4, 9, 16 and 25 minutes after the one before; it comes from a later [`tick`](Self::tick). What
    /// must be on disk comes from the next one.
    pub fn delivered(&mut self, id: u64, outcome: Delivered) {
        let Some(sent) = self.log.get_mut(id) else {
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
        let sent = self.log.get(id).ok_or(ControlError::UnknownDelivery)?;
        let (event, about) = (sent.event.clone(), sent.about);
        let (url, token) = (sent.record.delivery.url.clone(), sent.token.clone());
        self.send(&url, &token, event, about);
        Ok(self.next_delivery.saturating_sub(1))
    }

    /// Queues a webhook, or takes down why it is not sent.
    pub(crate) fn send(&mut self, url: &str, token: &str, event: Event, about: Subject) {
        let Some(body) = self.body_of(&event, about) else {
            return;
        };
        let delivery = Delivery {
            id: self.next_delivery,
            url: url.to_owned(),
            signature: webhook::signature(token, &body),
            body,
        };
        self.next_delivery += 1;
        let barred = webhook::barred(url, self.settings.deliver_anywhere);
        let outcome = barred.map_or(Delivered::Underway, |why| Delivered::Withheld(why.into()));
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
        self.log.push(Sent {
            record: DeliveryRecord {
                delivery,
                at: self.now,
                event: event.name.clone(),
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
        let now = self.now;
        let sent = self.log.get(id);
        let body = sent.and_then(|sent| self.body_of(&sent.event, sent.about));
        let (Some(sent), Some(body)) = (self.log.get_mut(id), body) else {
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

    fn body_of(&self, event: &Event, about: Subject) -> Option<Bytes> {
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
