//! The webhooks of late, with what came of each.

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::table::{Change, json};
use crate::webhook::Event;
use crate::{Delivered, DeliveryRecord};

/// So many webhooks are remembered, and any number that is not over.
const LOG: usize = 1_000;

/// A webhook, and what nobody sees.
#[derive(Deserialize, Serialize)]
pub(crate) struct Sent {
    pub(crate) record: DeliveryRecord,
    pub(crate) event: Event,
    pub(crate) about: Subject,
    /// What signs it.
    pub(crate) token: String,
}

/// What a webhook is about, by its place in its list.
#[derive(Clone, Copy, Deserialize, Serialize)]
pub(crate) enum Subject {
    Invoice(usize),
    Refund(usize),
    Payout(usize),
    Recipient(usize),
}

/// In the order of their numbers.
#[derive(Default)]
pub(crate) struct Log {
    sent: VecDeque<Sent>,
    changed: Option<BTreeSet<u64>>,
}

impl Log {
    pub(crate) fn push(&mut self, sent: Sent) {
        if self.sent.len() >= LOG {
            let over = |sent: &Sent| {
                sent.record.next.is_none() && sent.record.outcome != Delivered::Underway
            };
            let oldest = self.sent.iter().position(over);
            if let Some(oldest) = oldest.and_then(|place| self.sent.remove(place)) {
                self.mark(oldest.record.delivery.id);
            }
        }
        self.mark(sent.record.delivery.id);
        self.sent.push_back(sent);
    }

    fn place(&self, id: u64) -> Option<usize> {
        let place = self
            .sent
            .binary_search_by_key(&id, |sent| sent.record.delivery.id);
        place.ok()
    }

    pub(crate) fn get(&self, id: u64) -> Option<&Sent> {
        self.sent.get(self.place(id)?)
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Sent> {
        let place = self.place(id)?;
        self.mark(id);
        self.sent.get_mut(place)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &DeliveryRecord> {
        self.sent.iter().map(|sent| &sent.record)
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        for sent in std::mem::take(&mut self.sent) {
            self.mark(sent.record.delivery.id);
        }
    }

    fn mark(&mut self, id: u64) {
        if let Some(changed) = &mut self.changed {
            changed.insert(id);
        }
    }

    /// From now on, changes are remembered.
    pub(crate) fn remember(&mut self) {
        self.changed = Some(BTreeSet::new());
    }

    pub(crate) fn save(&mut self, table: &'static str, changes: &mut Vec<Change>) {
        let changed = self.changed.as_mut().map(std::mem::take);
        for id in changed.unwrap_or_default() {
            changes.push(Change {
                table,
                key: id.to_be_bytes().to_vec(),
                value: self.get(id).map(json),
            });
        }
    }

    pub(crate) fn restore(&mut self, value: &[u8]) -> Result<&DeliveryRecord, String> {
        let sent: Sent = serde_json::from_slice(value).map_err(|error| error.to_string())?;
        self.sent.push_back(sent);
        let last = self.sent.back().map(|sent| &sent.record);
        last.ok_or_else(String::new)
    }
}
