//! The webhooks of late, with what came of each.

use std::collections::{BTreeSet, VecDeque};

use crate::DeliveryRecord;
use crate::table::{Change, json};

/// So many webhooks are remembered.
const LOG: usize = 1_000;

#[derive(Default)]
pub(crate) struct Log {
    records: VecDeque<DeliveryRecord>,
    changed: Option<BTreeSet<u64>>,
}

impl Log {
    pub(crate) fn push(&mut self, record: DeliveryRecord) {
        if self.records.len() == LOG
            && let Some(oldest) = self.records.pop_front()
        {
            self.mark(oldest.delivery.id);
        }
        self.mark(record.delivery.id);
        self.records.push_back(record);
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut DeliveryRecord> {
        self.mark(id);
        let mut records = self.records.iter_mut().rev();
        records.find(|record| record.delivery.id == id)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &DeliveryRecord> {
        self.records.iter()
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
            let record = self.iter().rev().find(|record| record.delivery.id == id);
            changes.push(Change {
                table,
                key: id.to_be_bytes().to_vec(),
                value: record.map(json),
            });
        }
    }

    pub(crate) fn restore(&mut self, value: &[u8]) -> Result<&DeliveryRecord, String> {
        let record = serde_json::from_slice(value).map_err(|error| error.to_string())?;
        self.records.push_back(record);
        self.records.back().ok_or_else(String::new)
    }
}
