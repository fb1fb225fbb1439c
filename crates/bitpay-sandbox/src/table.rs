//! What the engine keeps, and which of it changed since it was last saved.

use std::collections::{BTreeSet, HashSet};
use std::ops::Deref;

use bitpay_core::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A row that must be on disk before the answer goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The table that it is in.
    pub table: &'static str,
    /// Its key there. Rows are restored in the order of their keys' bytes.
    pub key: Vec<u8>,
    /// What it holds from now on, JSON; `None` when it is no more.
    pub value: Option<Vec<u8>>,
}

/// What was saved is not what this version saves.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("row {key} of the table {table} cannot be read: {why}")]
pub struct RestoreError {
    table: String,
    key: String,
    why: String,
}

impl RestoreError {
    pub(crate) fn new(table: &str, key: &[u8], why: impl ToString) -> Self {
        Self {
            table: table.to_owned(),
            key: key.iter().map(|byte| format!("{byte:02x}")).collect(),
            why: why.to_string(),
        }
    }
}

/// JSON of our own types can always be written. Could it not, the row would be refused when it is read.
pub(crate) fn json(row: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(row).unwrap_or_default()
}

/// Rows by their places, that are taken out all at once or never. What may have changed is remembered where it is saved.
pub(crate) struct Table<T> {
    rows: Vec<T>,
    changed: Option<BTreeSet<usize>>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            changed: None,
        }
    }
}

impl<T> Deref for Table<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.rows
    }
}

impl<T> Table<T> {
    pub(crate) fn push(&mut self, row: T) {
        if let Some(changed) = &mut self.changed {
            changed.insert(self.rows.len());
        }
        self.rows.push(row);
    }

    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        let row = self.rows.get_mut(index)?;
        if let Some(changed) = &mut self.changed {
            changed.insert(index);
        }
        Some(row)
    }

    pub(crate) fn clear(&mut self) {
        if let Some(changed) = &mut self.changed {
            changed.extend(0..self.rows.len());
        }
        self.rows.clear();
    }

    /// From now on, changes are remembered.
    pub(crate) fn remember(&mut self) {
        self.changed = Some(BTreeSet::new());
    }
}

impl<T: Serialize + DeserializeOwned> Table<T> {
    pub(crate) fn save(&mut self, table: &'static str, changes: &mut Vec<Change>) {
        let changed = self.changed.as_mut().map(std::mem::take);
        for index in changed.unwrap_or_default() {
            changes.push(Change {
                table,
                key: (index as u64).to_be_bytes().to_vec(),
                value: self.rows.get(index).map(json),
            });
        }
    }

    pub(crate) fn restore(&mut self, key: &[u8], value: &[u8]) -> Result<(), String> {
        if key != (self.rows.len() as u64).to_be_bytes() {
            return Err("the row before it is missing".to_owned());
        }
        let row = serde_json::from_slice(value).map_err(|error| error.to_string())?;
        self.rows.push(row);
        Ok(())
    }
}

/// When what happens by itself.
pub(crate) struct Timers<K> {
    set: BTreeSet<(Timestamp, K)>,
    changed: Option<BTreeSet<(Timestamp, K)>>,
}

impl<K> Default for Timers<K> {
    fn default() -> Self {
        Self {
            set: BTreeSet::new(),
            changed: None,
        }
    }
}

impl<K> Deref for Timers<K> {
    type Target = BTreeSet<(Timestamp, K)>;

    fn deref(&self) -> &Self::Target {
        &self.set
    }
}

impl<K: Copy + Ord> Timers<K> {
    pub(crate) fn insert(&mut self, timer: (Timestamp, K)) {
        self.set.insert(timer);
        self.mark(timer);
    }

    pub(crate) fn remove(&mut self, timer: &(Timestamp, K)) {
        self.set.remove(timer);
        self.mark(*timer);
    }

    /// Keeps those of which it holds.
    pub(crate) fn retain(&mut self, keep: impl Fn(&(Timestamp, K)) -> bool) {
        let out: Vec<_> = self.iter().filter(|it| !keep(it)).copied().collect();
        for timer in &out {
            self.remove(timer);
        }
    }

    fn mark(&mut self, timer: (Timestamp, K)) {
        if let Some(changed) = &mut self.changed {
            changed.insert(timer);
        }
    }

    /// From now on, changes are remembered.
    pub(crate) fn remember(&mut self) {
        self.changed = Some(BTreeSet::new());
    }
}

impl<K: Copy + Ord + Serialize + DeserializeOwned> Timers<K> {
    pub(crate) fn save(&mut self, table: &'static str, changes: &mut Vec<Change>) {
        let changed = self.changed.as_mut().map(std::mem::take);
        for timer in changed.unwrap_or_default() {
            let (at, what) = timer;
            let mut key = at.as_nanosecond().to_be_bytes().to_vec();
            key.extend(json(&what));
            changes.push(Change {
                table,
                key,
                value: self.set.contains(&timer).then(Vec::new),
            });
        }
    }

    pub(crate) fn restore(&mut self, key: &[u8]) -> Result<(), String> {
        let timer = || {
            let (at, what) = key.split_at_checked(16)?;
            let at = i128::from_be_bytes(at.try_into().ok()?);
            let at = Timestamp::from_nanosecond(at).ok()?;
            Some((at, serde_json::from_slice(what).ok()?))
        };
        self.set
            .insert(timer().ok_or("its key is not a time and what is due")?);
        Ok(())
    }
}

/// Texts that are known.
#[derive(Default)]
pub(crate) struct Texts {
    known: HashSet<String>,
    changed: Option<Vec<String>>,
}

impl Texts {
    /// Is it new?
    pub(crate) fn insert(&mut self, text: String) -> bool {
        if let Some(changed) = &mut self.changed {
            changed.push(text.clone());
        }
        self.known.insert(text)
    }

    pub(crate) fn clear(&mut self) {
        let known = std::mem::take(&mut self.known);
        if let Some(changed) = &mut self.changed {
            changed.extend(known);
        }
    }

    /// From now on, changes are remembered.
    pub(crate) fn remember(&mut self) {
        self.changed = Some(Vec::new());
    }

    pub(crate) fn save(&mut self, table: &'static str, changes: &mut Vec<Change>) {
        let changed = self.changed.as_mut().map(std::mem::take);
        changes.extend(changed.unwrap_or_default().into_iter().map(|text| Change {
            table,
            value: self.known.contains(&text).then(Vec::new),
            key: text.into_bytes(),
        }));
    }

    pub(crate) fn restore(&mut self, key: &[u8]) -> Result<(), String> {
        let text = String::from_utf8(key.to_vec()).map_err(|error| error.to_string())?;
        self.known.insert(text);
        Ok(())
    }
}
