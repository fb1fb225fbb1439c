//! A store of one's own, as an example: profiles in PostgreSQL, for many machines that share one pairing, with
//! their memory of webhooks in the same database. Copy this crate, and change it as you like.
//!
//! What is in it is blocking, and may all the same be called and dropped anywhere in async code: a session with the
//! database is on a thread of its own, since the client for PostgreSQL panics in a thread that drives tasks. A task
//! that calls it waits for the database, so call it in `tokio::task::spawn_blocking` or `block_in_place`.
//!
//! A document is a secret, and it is in the table as it is: let nobody else read that table, nor its backups, and
//! have the server not log what statements are given (`log_parameter_max_length = 0`). The client logs it at
//! `debug`, so what is secret goes to it as a `Hidden`.
#![cfg(feature = "postgres")]

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use bitpay_core::webhook::{Claim, Fingerprint, Seen};
use bitpay_store::{Backend, StoreError, Zeroizing};
use bytes::BytesMut;
use postgres::Client;
use postgres::error::SqlState;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// The tables.
pub const TABLES: &str = "
    create table if not exists bitpay_profile (
        name text primary key,
        document bytea not null
    );
    create table if not exists bitpay_webhook (
        fingerprint bytea primary key,
        claimed_by text not null,
        claimed_until timestamptz not null,
        handled_at timestamptz
    );
";

/// Why the database did not do it. No part of a key, a token or a password is in it: of what PostgreSQL says, the
/// detail, which quotes rows, is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseError {
    /// There is no connection: nothing was done.
    Unreachable(String),
    /// The connection was lost meanwhile.
    Lost,
    /// The server refused.
    Refused {
        /// The SQLSTATE.
        code: String,
        /// In the server's words.
        message: String,
    },
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "PostgreSQL cannot be reached: {why}"),
            Self::Lost => f.write_str(
                "the connection to PostgreSQL was lost, and what was being written may be there or not: \
                 read it, then try again",
            ),
            Self::Refused { code, message } => {
                write!(f, "PostgreSQL refused: {message} (SQLSTATE {code})")
            }
        }
    }
}

impl std::error::Error for DatabaseError {}

impl DatabaseError {
    fn of(error: &postgres::Error) -> Self {
        match error.as_db_error() {
            // The server goes down, or somebody has ended the session.
            Some(told) if told.code().code().starts_with("57P") => Self::Lost,
            Some(told) => Self::Refused {
                code: told.code().code().to_owned(),
                message: told.message().to_owned(),
            },
            None => Self::Lost,
        }
    }

    fn unreachable(error: &postgres::Error) -> Self {
        let source = std::error::Error::source(error);
        let io = source.and_then(|it| it.downcast_ref::<std::io::Error>());
        Self::Unreachable(match (error.as_db_error(), io) {
            (Some(told), _) => told.message().to_owned(),
            (None, Some(io)) => format!("{error}: {io}"),
            (None, None) => error.to_string(),
        })
    }

    fn is(&self, state: &SqlState) -> bool {
        matches!(self, Self::Refused { code, .. } if code == state.code())
    }
}

type Connect = Arc<dyn Fn() -> Result<Client, postgres::Error> + Send + Sync>;
type Job = Box<dyn FnOnce(&mut Option<Client>) + Send>;

/// One session with a database, which its clones share. It connects when it is needed, and anew after it was lost.
#[derive(Clone)]
pub struct Database {
    connect: Connect,
    /// To the thread that has the session, and ends with its last sender.
    jobs: Sender<Job>,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").finish_non_exhaustive()
    }
}

impl Database {
    /// A database that is connected to by this, with TLS or without.
    pub fn new(
        connect: impl Fn() -> Result<Client, postgres::Error> + Send + Sync + 'static,
    ) -> Self {
        Self::session(Arc::new(connect))
    }

    fn session(connect: Connect) -> Self {
        let (jobs, waiting) = channel::<Job>();
        thread::spawn(move || {
            let mut client = None;
            for job in waiting {
                job(&mut client);
            }
        });
        Self { connect, jobs }
    }

    /// Makes the tables, unless they are there.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn create_tables(&self) -> Result<(), DatabaseError> {
        // Two that make one table at once would be in each other's way. All of it is one transaction.
        let lock = "select pg_advisory_xact_lock(hashtextextended('bitpay', 0));";
        self.ask(move |client| client.batch_execute(&format!("{lock}{TABLES}")))
    }

    /// Has the session do this, and waits for it.
    ///
    /// # Errors
    /// As [`DatabaseError`] says.
    pub fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Client) -> Result<T, postgres::Error> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let (tell, told) = channel();
        let connect = self.connect.clone();
        let job = move |client: &mut Option<Client>| {
            // Nobody may wait for it any more.
            let _ = tell.send(attempt(client, &connect, work));
        };
        self.jobs
            .send(Box::new(job))
            .map_err(|_| DatabaseError::Lost)?;
        told.recv().unwrap_or(Err(DatabaseError::Lost))
    }
}

fn attempt<T>(
    client: &mut Option<Client>,
    connect: &Connect,
    work: impl FnOnce(&mut Client) -> Result<T, postgres::Error>,
) -> Result<T, DatabaseError> {
    let open = match client.take().filter(|open| !open.is_closed()) {
        Some(open) => open,
        None => connect().map_err(|error| DatabaseError::unreachable(&error))?,
    };
    let open = client.insert(open);
    let done = work(open).map_err(|error| DatabaseError::of(&error));
    if done.as_ref().err() == Some(&DatabaseError::Lost) {
        *client = None;
    }
    done
}

/// Bytes for the database which nothing prints.
struct Hidden(Zeroizing<Vec<u8>>);

impl Hidden {
    fn of(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

impl ToSql for Hidden {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.0.as_slice().to_sql(kind, out)
    }

    fn accepts(kind: &Type) -> bool {
        <&[u8]>::accepts(kind)
    }

    to_sql_checked!();
}

/// Profiles in the table `bitpay_profile`.
///
/// Whoever changes one holds an advisory lock, in a session of its own, so nobody asks BitPay for what somebody else
/// is asking for. Should that session be lost, nothing else is: a document is replaced only if it is still the one
/// that was read. Such a lock does not hold through a pooler that gives each transaction another session.
#[derive(Debug)]
pub struct Profiles {
    database: Database,
    patience: Duration,
}

impl Profiles {
    /// The profiles in this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self {
            database,
            patience: Duration::from_secs(5),
        }
    }

    /// How long to wait while somebody else changes a profile; five seconds if it is not set.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

impl Backend for Profiles {
    fn place(&self, name: &str) -> String {
        format!("the row `{name}` of the table bitpay_profile")
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let wanted = name.to_owned();
        let row = self.database.ask(move |client| {
            let text = "select document from bitpay_profile where name = $1";
            let row = client.query_opt(text, &[&wanted])?;
            row.map(|row| row.try_get(0).map(Zeroizing::new))
                .transpose()
        });
        row.map_err(|error| StoreError::other(self.place(name), error))
    }

    fn write(&self, name: &str, document: &[u8], old: Option<&[u8]>) -> Result<(), StoreError> {
        let (row, document, old) = (name.to_owned(), Hidden::of(document), old.map(Hidden::of));
        let is_new = old.is_none();
        let written = self.database.ask(move |client| match old {
            None => {
                let text = "insert into bitpay_profile (name, document) values ($1, $2) on conflict do nothing";
                client.execute(text, &[&row, &document])
            }
            Some(old) => {
                let text = "update bitpay_profile set document = $2 where name = $1 and document = $3";
                client.execute(text, &[&row, &document, &old])
            }
        });
        let place = self.place(name);
        match written {
            Ok(1) => Ok(()),
            Ok(_) if is_new => Err(StoreError::Exists {
                name: name.to_owned(),
                place,
            }),
            Ok(_) => Err(StoreError::Changed { place }),
            Err(error) => Err(StoreError::other(place, error)),
        }
    }

    fn lock(&self, name: &str) -> Result<Box<dyn Send>, StoreError> {
        let held = Held(Database::session(self.database.connect.clone()));
        let wanted = format!("bitpay_profile {name}");
        // 0 would be for ever.
        let patience = self.patience.as_millis().max(1);
        let taken = held.0.ask(move |client| {
            client.batch_execute(&format!("set lock_timeout = {patience}"))?;
            let text = "select pg_advisory_lock(hashtextextended($1, 0))";
            client.execute(text, &[&wanted])
        });
        match taken {
            Ok(_) => Ok(Box::new(held)),
            Err(error) if error.is(&SqlState::LOCK_NOT_AVAILABLE) => Err(StoreError::Locked {
                name: name.to_owned(),
                path: format!("an advisory lock for {}", self.place(name)).into(),
            }),
            Err(error) => Err(StoreError::other(self.place(name), error)),
        }
    }
}

/// A session that holds a lock. It would give it up by ending, but a moment later.
struct Held(Database);

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self
            .0
            .ask(|client| client.execute("select pg_advisory_unlock_all()", &[]));
    }
}

/// The webhooks that were handled, in the table `bitpay_webhook`: for receivers on many machines.
///
/// It only saves work, as [`Seen`] says. What keeps an order from being fulfilled twice is a decision in one
/// transaction with what you store, in which you may as well write the fingerprint.
#[derive(Debug)]
pub struct Webhooks {
    database: Database,
    /// This receiver's name: it gives up no claim of another one.
    receiver: String,
    claim: Duration,
}

impl Webhooks {
    /// The memory in this database. A claim runs out after this time, which must be more than a handler takes: by
    /// then a receiver that has it has crashed.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn new(database: Database, claim: Duration) -> Result<Self, DatabaseError> {
        let receiver = database.ask(|client| {
            let row = client.query_one("select gen_random_uuid()::text", &[])?;
            row.try_get(0)
        })?;
        Ok(Self {
            database,
            receiver,
            claim,
        })
    }

    /// Forgets what was handled longer ago than this, and says how many they were. Keep them for a day at least:
    /// call it now and then.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn forget(&self, older_than: Duration) -> Result<u64, DatabaseError> {
        let seconds = older_than.as_secs_f64();
        self.database.ask(move |client| {
            let text =
                "delete from bitpay_webhook where handled_at < now() - make_interval(secs => $1)";
            client.execute(text, &[&seconds])
        })
    }
}

impl Seen for Webhooks {
    type Error = DatabaseError;

    fn claim(&self, webhook: &Fingerprint) -> Result<Claim, DatabaseError> {
        let (webhook, receiver) = (*webhook.as_bytes(), self.receiver.clone());
        let seconds = self.claim.as_secs_f64();
        self.database.ask(move |client| {
            let webhook = webhook.as_slice();
            // By the server's clock, which is the same for all.
            let claim = "insert into bitpay_webhook as known (fingerprint, claimed_by, claimed_until) \
                         values ($1, $2, now() + make_interval(secs => $3)) \
                         on conflict (fingerprint) do update \
                         set claimed_by = excluded.claimed_by, claimed_until = excluded.claimed_until \
                         where known.handled_at is null and known.claimed_until < now()";
            if client.execute(claim, &[&webhook, &receiver, &seconds])? == 1 {
                return Ok(Claim::New);
            }
            let look = "select 1 from bitpay_webhook where fingerprint = $1 and handled_at is not null";
            let handled = client.query_opt(look, &[&webhook])?;
            Ok(handled.map_or(Claim::Busy, |_| Claim::Handled))
        })
    }

    fn commit(&self, webhook: &Fingerprint) -> Result<(), DatabaseError> {
        let (webhook, receiver) = (*webhook.as_bytes(), self.receiver.clone());
        self.database.ask(move |client| {
            let text = "insert into bitpay_webhook (fingerprint, claimed_by, claimed_until, handled_at) \
                        values ($1, $2, now(), now()) \
                        on conflict (fingerprint) do update set handled_at = excluded.handled_at";
            client.execute(text, &[&webhook.as_slice(), &receiver]).map(|_| ())
        })
    }

    fn release(&self, webhook: &Fingerprint) {
        let (webhook, receiver) = (*webhook.as_bytes(), self.receiver.clone());
        // Should it not be released, it runs out.
        let _ = self.database.ask(move |client| {
            let text = "delete from bitpay_webhook \
                        where fingerprint = $1 and claimed_by = $2 and handled_at is null";
            client.execute(text, &[&webhook.as_slice(), &receiver])
        });
    }
}
