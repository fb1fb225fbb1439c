//! Which webhooks were handled: BitPay delivers again what was not answered in time, and anyone who has
//! recorded a delivery can send it again.

use alloc::collections::{BTreeSet, VecDeque};
use core::convert::Infallible;
use core::fmt;

use sha2::{Digest as _, Sha256};
use spin::RwLock;

use super::Verified;

/// What a webhook is known by: the SHA-256 of its raw body. The flat form of the invoice event has no id.
///
/// `Display` writes it as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Its bytes: a key for a database.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl Verified<'_> {
    /// What this webhook is known by.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(Sha256::digest(self.body).into())
    }
}

/// Remembers which webhooks were handled: [`SeenInMemory`], or a store of yours.
///
/// It only saves work. What keeps an order from being fulfilled twice is [`decide`](super::decide) in one
/// transaction with what you store; whoever has a database may write the [`Fingerprint`] in that same
/// transaction, and needs no more than that.
///
/// A webhook is remembered when its handler has committed, and not before: one that crashes on the way
/// gets it again.
///
/// ```
/// use bitpay_core::webhook::{Entry, Seen, SeenInMemory, Verified};
///
/// /// The status to answer with. Anything but 200 is delivered again.
/// fn receive(seen: &SeenInMemory, webhook: &Verified<'_>) -> Result<u16, Box<dyn std::error::Error>> {
///     match seen.enter(webhook)? {
///         Entry::New(handling) => {
///             // Fetch the invoice, decide, store. What fails here leaves the webhook to be handled.
///             handling.commit()?;
///             Ok(200)
///         }
///         Entry::Handled => Ok(200),
///         // Should the other one fail, nothing is lost.
///         Entry::Busy => Ok(503),
///     }
/// }
/// # let verifier = bitpay_core::webhook::Verifier::new().with("pos", "a token");
/// # let body = br#"{"id":"Hpqc62dfE1ZjzeeH4kEycF","status":"complete","price":10}"#;
/// # let header = bitpay_core::webhook::Verifier::sign("a token", body);
/// # let seen = SeenInMemory::new();
/// # let webhook = verifier.verify(body, &header)?;
/// # assert_eq!(receive(&seen, &webhook)?, 200);
/// # assert!(matches!(seen.enter(&webhook)?, Entry::Handled));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// There is no way to enter with a webhook that was not verified: anyone could have what BitPay will send
/// remembered beforehand.
///
/// ```compile_fail,E0308
/// use bitpay_core::webhook::{Seen, SeenInMemory, Unverified, Verified};
/// fn enter(seen: &SeenInMemory, webhook: &Unverified) {
///     let _ = seen.enter(webhook);
/// }
/// ```
///
/// ```
/// use bitpay_core::webhook::{Seen, SeenInMemory, Unverified, Verified};
/// fn enter(seen: &SeenInMemory, webhook: &Verified<'_>) {
///     let _ = seen.enter(webhook);
/// }
/// ```
pub trait Seen {
    /// Why the store cannot say.
    type Error;

    /// Was it handled? If not, and nobody else is about to, it is the caller's to handle.
    ///
    /// A store that many machines share, or that outlives the process, lets a claim run out after a time
    /// that no handler takes, so that a crash does not keep it. One that cannot hold a claim answers
    /// [`Claim::New`] until the commit; two deliveries at the same time are then handled twice.
    ///
    /// # Errors
    /// When the store cannot say. Answer with 503: BitPay delivers again.
    fn claim(&self, webhook: &Fingerprint) -> Result<Claim, Self::Error>;

    /// Remembers that it was handled, for good or at least for a day.
    ///
    /// # Errors
    /// When that cannot be stored.
    fn commit(&self, webhook: &Fingerprint) -> Result<(), Self::Error>;

    /// Gives a claim up: the handler has failed, and the next delivery is to be handled.
    fn release(&self, webhook: &Fingerprint);

    /// Claims a webhook. The claim is given up when the [`Handling`] is dropped without a commit.
    ///
    /// # Errors
    /// As [`claim`](Self::claim).
    fn enter(&self, webhook: &Verified<'_>) -> Result<Entry<'_, Self>, Self::Error>
    where
        Self: Sized,
    {
        let webhook = webhook.fingerprint();
        Ok(match self.claim(&webhook)? {
            Claim::New => Entry::New(Handling {
                seen: self,
                webhook,
                is_committed: false,
            }),
            Claim::Handled => Entry::Handled,
            Claim::Busy => Entry::Busy,
        })
    }
}

/// What a store knows of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It was not handled; whoever asked has it now.
    New,
    /// It was handled.
    Handled,
    /// Somebody is handling it.
    Busy,
}

/// What to do with a webhook.
#[derive(Debug)]
#[must_use]
pub enum Entry<'a, S: Seen> {
    /// Handle it, and commit.
    New(Handling<'a, S>),
    /// Answer 200 and do nothing.
    Handled,
    /// Answer 503 and do nothing: it is delivered again, should the other handler fail.
    Busy,
}

/// A webhook that is being handled. Dropped without a commit, it is to be handled again.
#[must_use]
pub struct Handling<'a, S: Seen> {
    seen: &'a S,
    webhook: Fingerprint,
    is_committed: bool,
}

impl<S: Seen> Handling<'_, S> {
    /// What the webhook is known by.
    #[must_use]
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.webhook
    }

    /// Remembers that it was handled. Call it after what was decided is stored.
    ///
    /// # Errors
    /// As the store. The webhook is then to be handled again.
    pub fn commit(mut self) -> Result<(), S::Error> {
        self.seen.commit(&self.webhook)?;
        self.is_committed = true;
        Ok(())
    }
}

impl<S: Seen> Drop for Handling<'_, S> {
    fn drop(&mut self) {
        if !self.is_committed {
            self.seen.release(&self.webhook);
        }
    }
}

impl<S: Seen> fmt::Debug for Handling<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handling")
            .field("webhook", &self.webhook)
            .finish_non_exhaustive()
    }
}

/// Remembers in memory the last webhooks that were handled, ten thousand unless told otherwise: about a
/// megabyte. Older ones are forgotten, and with the process all are.
#[derive(Debug)]
pub struct SeenInMemory {
    most: usize,
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    claimed: BTreeSet<Fingerprint>,
    handled: BTreeSet<Fingerprint>,
    /// Those that were handled, the oldest first.
    order: VecDeque<Fingerprint>,
}

impl SeenInMemory {
    /// Remembers ten thousand.
    #[must_use]
    pub fn new() -> Self {
        Self::last(10_000)
    }

    /// Remembers so many.
    #[must_use]
    pub fn last(most: usize) -> Self {
        Self {
            most,
            known: RwLock::default(),
        }
    }
}

impl Default for SeenInMemory {
    fn default() -> Self {
        Self::new()
    }
}

impl Seen for SeenInMemory {
    type Error = Infallible;

    fn claim(&self, webhook: &Fingerprint) -> Result<Claim, Infallible> {
        let mut known = self.known.write();
        Ok(if known.handled.contains(webhook) {
            Claim::Handled
        } else if known.claimed.insert(*webhook) {
            Claim::New
        } else {
            Claim::Busy
        })
    }

    fn commit(&self, webhook: &Fingerprint) -> Result<(), Infallible> {
        let mut known = self.known.write();
        known.claimed.remove(webhook);
        if known.handled.insert(*webhook) {
            known.order.push_back(*webhook);
        }
        while known.order.len() > self.most
            && let Some(oldest) = known.order.pop_front()
        {
            known.handled.remove(&oldest);
        }
        Ok(())
    }

    fn release(&self, webhook: &Fingerprint) {
        self.known.write().claimed.remove(webhook);
    }
}
