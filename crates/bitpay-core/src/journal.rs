//! The intent journal: what a call is about to do, written down before a byte of it leaves, and what came
//! of it.
//!
//! A call that can change something gives out an [`Intent`] before its first request, and an [`Outcome`]
//! when it knows one. The front writes both through a [`Journal`]; when the intent cannot be written,
//! nothing is sent. An intent without an outcome is *open*: the process was stopped, or the answer was
//! lost. [`OpenIntents`] reads them back, and [`find_out`](crate::find_out) finds out what became of one.
//!
//! Each [`Entry`] is one line of JSON. No secret is in it: no token, key, signature, email or amount, and
//! no body. What it has of the request is a hash, and that only of a request with a token in it, without
//! which nobody can guess at what was hashed.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::error::Effect;
use crate::facade::Facade;
use crate::guid::Guid;
use crate::signature::Digest;
use crate::sin::Sin;
use crate::time::{self, Timestamp};

/// Where intents and outcomes are written: a file ([`bitpay-store`] has one), a table, a log.
///
/// One journal may serve many clients, threads and processes.
///
/// [`bitpay-store`]: https://docs.rs/bitpay-store
///
/// ```
/// use std::error::Error;
/// use std::sync::Mutex;
///
/// use bitpay_core::journal::{Entry, Journal};
///
/// /// Keeps its lines in memory.
/// struct Lines(Mutex<Vec<String>>);
///
/// impl Journal for Lines {
///     fn write(&self, entry: &Entry) -> Result<(), Box<dyn Error + Send + Sync>> {
///         let mut lines = self.0.lock().map_err(|_| "a writer has panicked")?;
///         lines.push(entry.to_line());
///         Ok(())
///     }
/// }
/// ```
pub trait Journal: Send + Sync {
    /// Writes an entry. It is where a crash does not reach it when this returns.
    ///
    /// It may block: the async client calls it where that is allowed.
    ///
    /// # Errors
    /// Whatever keeps it from writing. Of an intent, nothing is sent then.
    fn write(&self, entry: &Entry) -> Result<(), Box<dyn core::error::Error + Send + Sync>>;
}

/// An entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "entry", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Entry {
    /// What is about to be done.
    Intent(Intent),
    /// What came of an intent.
    Outcome(Outcome),
}

impl Entry {
    /// The entry as a line of JSON, without a line end.
    #[must_use]
    pub fn to_line(&self) -> String {
        // Texts, numbers and times are all there is: none of them fails to be written.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a line.
    ///
    /// # Errors
    /// When it is none of these. The line is not repeated.
    pub fn parse(line: &str) -> Result<Self, NotAnEntry> {
        /// Read first: serde's own way to tell entries apart takes no times.
        #[derive(Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum Kind {
            Intent,
            Outcome,
        }
        #[derive(Deserialize)]
        struct Tag {
            entry: Kind,
        }
        let read = match serde_json::from_str(line) {
            Ok(Tag {
                entry: Kind::Intent,
            }) => serde_json::from_str(line).map(Self::Intent),
            Ok(Tag {
                entry: Kind::Outcome,
            }) => serde_json::from_str(line).map(Self::Outcome),
            Err(error) => Err(error),
        };
        read.map_err(|error| NotAnEntry {
            problem: crate::answer::problem(&error),
        })
    }
}

/// A line that is not an entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an entry of the journal: {problem}")]
#[non_exhaustive]
pub struct NotAnEntry {
    /// What is wrong, without the text of the line.
    pub problem: String,
}

/// What a call is about to do, and what finds it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Intent {
    /// The name of this intent, by which its outcome is told.
    pub id: IntentId,
    /// When the call began, by the caller's clock.
    #[serde(with = "time::Iso")]
    pub at: Timestamp,
    /// The operation: `create_invoice`.
    pub operation: Cow<'static, str>,
    /// The address of the BitPay that is called.
    pub server: String,
    /// The facade of the token, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facade: Option<Facade>,
    /// The name of the key that signs, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sin: Option<Sin>,
    /// The guid in the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<Guid>,
    /// The caller's own reference in the request, where what it makes is found by that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The id, or the guid, of the resource that the request is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The SHA-256 of the URL and the body as they are sent, in hex: of a signed request, what is signed.
    /// Only of a request with a token in it: others could be guessed from their hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

impl Intent {
    /// What a person has found out about this intent, or a program by means of its own.
    #[must_use]
    pub fn decided(&self, effect: Effect, now: Timestamp) -> Outcome {
        self.outcome(effect, None, Source::Person, now)
    }

    pub(crate) fn outcome(
        &self,
        effect: Effect,
        resource: Option<String>,
        by: Source,
        now: Timestamp,
    ) -> Outcome {
        Outcome {
            id: self.id,
            at: now,
            effect,
            resource,
            by,
        }
    }
}

/// What came of an intent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Outcome {
    /// The intent.
    pub id: IntentId,
    /// When this was known.
    #[serde(with = "time::Iso")]
    pub at: Timestamp,
    /// Did it happen? An intent stays open while this is unknown.
    pub effect: Effect,
    /// The id of what was made or changed, where the answer told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// Who knows.
    pub by: Source,
}

impl Outcome {
    /// Is the intent's question answered?
    #[must_use]
    pub fn settles(&self) -> bool {
        self.effect != Effect::Unknown
    }
}

crate::open_enum::open_enum! {
    /// Who knows what came of an intent.
    pub enum Source {
        /// The call itself, by its answer.
        Call = "call",
        /// It was looked up later.
        LookUp = "look-up",
        /// A person has said so.
        Person = "person",
    }
}

/// The name of an intent: 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IntentId([u8; 16]);

impl IntentId {
    /// New when the chance, the time or the request is.
    pub(crate) fn new(request: &Digest, at: Timestamp, chance: u64) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"bitpay-rs intent v1\0");
        hash.update(at.as_nanosecond().to_be_bytes());
        hash.update(chance.to_be_bytes());
        hash.update(request.as_bytes());
        let hash: [u8; 32] = hash.finalize().into();
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        Self(id)
    }
}

impl fmt::Display for IntentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for IntentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IntentId({self})")
    }
}

/// A text that is not the name of an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name of an intent has 32 hexadecimal digits")]
#[non_exhaustive]
pub struct IntentIdError;

impl FromStr for IntentId {
    type Err = IntentIdError;

    fn from_str(text: &str) -> Result<Self, IntentIdError> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| IntentIdError)?;
        Ok(Self(bytes))
    }
}

impl Serialize for IntentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for IntentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// Reads a journal, line by line, and keeps the intents that are open: those without an outcome, and
/// those whose outcome is unknown.
///
/// ```
/// use bitpay_core::journal::OpenIntents;
///
/// let mut open = OpenIntents::new();
/// open.read_all(b"{\"entry\":\"intent\",\"id\":\"0123456789abcdef0123456789abcdef\",\"at\":\"2026-05-01T12:00:00.000Z\",\
///     \"operation\":\"create_payout\",\"server\":\"https://test.bitpay.com\",\"facade\":\"payout\",\"reference\":\"payroll-7\"}\n\
///     {\"entry\":\"outc")?; // the process was killed while it wrote this
/// assert_eq!(open.intents()[0].reference.as_deref(), Some("payroll-7"));
/// # Ok::<(), bitpay_core::journal::Damaged>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct OpenIntents {
    lines: u64,
    open: BTreeMap<IntentId, (u64, Intent)>,
}

impl OpenIntents {
    /// Of a journal of which nothing is read yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the next line, without its end. A last line without an end was never complete: leave it out.
    ///
    /// # Errors
    /// When it is not an entry.
    pub fn read(&mut self, line: &[u8]) -> Result<(), Damaged> {
        self.lines += 1;
        let damaged = |problem| Damaged::new(self.lines, problem);
        let line = core::str::from_utf8(line).map_err(|_| damaged("not UTF-8".to_string()))?;
        match Entry::parse(line).map_err(|error| damaged(error.problem))? {
            Entry::Intent(intent) => {
                self.open.insert(intent.id, (self.lines, intent));
            }
            Entry::Outcome(outcome) if outcome.settles() => {
                self.open.remove(&outcome.id);
            }
            Entry::Outcome(_) => {}
        }
        Ok(())
    }

    /// Reads a whole journal. What comes after the last line end was torn by a crash, before anything was
    /// sent that it speaks of, and is left out.
    ///
    /// # Errors
    /// When a line is not an entry.
    pub fn read_all(&mut self, journal: &[u8]) -> Result<(), Damaged> {
        let mut lines = journal.split(|byte| *byte == b'\n');
        // The last part is empty, or torn.
        let _ = lines.next_back();
        lines.try_for_each(|line| self.read(line))
    }

    /// The open intents, the oldest first.
    #[must_use]
    pub fn intents(&self) -> Vec<&Intent> {
        let mut open: Vec<_> = self.open.values().collect();
        open.sort_by_key(|(line, _)| *line);
        open.into_iter().map(|(_, intent)| intent).collect()
    }

    /// The open intent of this name.
    #[must_use]
    pub fn get(&self, id: IntentId) -> Option<&Intent> {
        self.open.get(&id).map(|(_, intent)| intent)
    }

    /// How many lines were read.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }
}

/// A line of a journal that is not an entry, though lines follow it: something else than a crash has
/// damaged it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is not an entry of the journal: {problem}")]
#[non_exhaustive]
pub struct Damaged {
    /// The number of the line, counted from 1.
    pub line: u64,
    /// What is wrong with it, without its text.
    pub problem: String,
}

impl Damaged {
    /// What is wrong with a line, which is counted from 1; without its text.
    #[must_use]
    pub fn new(line: u64, problem: impl Into<String>) -> Self {
        Self {
            line,
            problem: problem.into(),
        }
    }
}

/// The intent was not written to the journal, and so nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("the journal was not written")]
#[non_exhaustive]
pub struct JournalError {
    /// What the journal said.
    pub source: Box<dyn core::error::Error + Send + Sync>,
}

impl JournalError {
    pub(crate) fn new(source: Box<dyn core::error::Error + Send + Sync>) -> Self {
        Self { source }
    }
}

/// What was given out, and was not told to have been written.
#[derive(Debug, thiserror::Error)]
#[error("it was not told that the entry was written")]
pub(crate) struct NotTold;
