//! Where the state rests: an embedded database in one file, and the thread that writes it.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;

use bitpay_system::files::private_dirs;
use redb::{
    Database, DatabaseError, ReadableDatabase as _, ReadableTable as _, TableError,
    TableHandle as _,
};

use crate::table::{Change, RestoreError};

/// The form of the rows. Another one is refused.
const SCHEMA: u64 = 1;

const FILE: &str = "sandbox.redb";

/// All rows are in memory already: what is cached of them serves writing only.
const CACHE: usize = 16 * 1024 * 1024;

const ABOUT: redb::TableDefinition<'_, &'static str, u64> = redb::TableDefinition::new("about");

/// How many commits there were: a number in `about`.
const COMMITS: &str = "commits";

const fn rows(table: &str) -> redb::TableDefinition<'_, &'static [u8], &'static [u8]> {
    redb::TableDefinition::new(table)
}

/// The data of a sandbox cannot be used. Nothing of it was changed.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox's data in {} cannot be used: {why}", .dir.display())]
pub struct DataError {
    dir: PathBuf,
    #[source]
    why: Why,
}

#[derive(Debug, thiserror::Error)]
enum Why {
    #[error("another sandbox is using it; stop that one, or give this one another directory")]
    InUse,
    #[error(
        "it is of format {0}, and this version reads format {SCHEMA}; use the version that wrote it, \
         or another directory"
    )]
    Format(u64),
    #[error("{FILE} is not the data of a sandbox; move it away, or use another directory")]
    Foreign,
    #[error("{FILE} is damaged ({0}); move it away to start anew, or bring back a copy of it")]
    Damaged(String),
    #[error("{0}; move {FILE} away to start anew, or use the version that wrote it")]
    Row(#[from] RestoreError),
    #[error("{0}; it must be a directory that can be written to, on a disk that is not full")]
    Io(io::Error),
}

impl From<redb::Error> for Why {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::DatabaseAlreadyOpen => Self::InUse,
            redb::Error::Io(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
                ) =>
            {
                Self::Damaged(error.to_string())
            }
            redb::Error::Io(error) => Self::Io(error),
            error => Self::Damaged(error.to_string()),
        }
    }
}

impl From<DataError> for io::Error {
    fn from(error: DataError) -> Self {
        Self::other(error)
    }
}

pub(crate) struct Store {
    database: Database,
}

impl Store {
    /// Opens what is there, and tells of each of its rows; or makes it.
    pub(crate) fn open(
        dir: &Path,
        row: impl FnMut(&str, &[u8], &[u8]) -> Result<(), RestoreError>,
    ) -> Result<Self, DataError> {
        // The database holds some of what it reads for impossible.
        let read = catch_unwind(AssertUnwindSafe(|| Self::read(dir, row)));
        let read = read.unwrap_or_else(|_| Err(Why::Damaged("it makes no sense".to_owned())));
        read.map_err(|why| DataError {
            dir: dir.to_owned(),
            why,
        })
    }

    fn read(
        dir: &Path,
        mut row: impl FnMut(&str, &[u8], &[u8]) -> Result<(), RestoreError>,
    ) -> Result<Self, Why> {
        make_dir(dir).map_err(Why::Io)?;
        let path = dir.join(FILE);
        let mut database = Database::builder()
            .set_cache_size(CACHE)
            .create(&path)
            .map_err(|error| match error {
                DatabaseError::UpgradeRequired(_) => Why::Foreign,
                error => redb::Error::from(error).into(),
            })?;
        let latest = commits(&database).map_err(Why::from)?;
        let whole = database.check_integrity();
        let whole = whole.map_err(|error| Why::from(redb::Error::from(error)))?;
        // What is not whole may have been mended by going back to the commit before. Or its list of free pages
        // was made anew, which loses nothing: redb takes a good one for a bad one now and then.
        if !whole && commits(&database).map_err(Why::from)? != latest {
            return Err(Why::Damaged("its checksums are wrong".to_owned()));
        }
        let store = Self { database };
        if store.is_new().map_err(Why::from)? {
            store.begin().map_err(Why::from)?;
            return Ok(store);
        }
        let broken = |error: redb::Error| Why::from(error);
        let reading = store
            .database
            .begin_read()
            .map_err(|it| broken(it.into()))?;
        let about = reading.open_table(ABOUT).map_err(|_| Why::Foreign)?;
        let schema = about.get("schema").map_err(|it| broken(it.into()))?;
        let schema = schema.ok_or(Why::Foreign)?.value();
        if schema != SCHEMA {
            return Err(Why::Format(schema));
        }
        for table in reading.list_tables().map_err(|it| broken(it.into()))? {
            let name = table.name();
            if name == "about" {
                continue;
            }
            let table = reading.open_table(rows(name));
            let table = table.map_err(|it| broken(it.into()))?;
            for entry in table.iter().map_err(|it| broken(it.into()))? {
                let (key, value) = entry.map_err(|it| broken(it.into()))?;
                row(name, key.value(), value.value())?;
            }
        }
        Ok(store)
    }

    fn is_new(&self) -> Result<bool, redb::Error> {
        Ok(self.database.begin_read()?.list_tables()?.next().is_none())
    }

    fn begin(&self) -> Result<(), redb::Error> {
        let writing = self.database.begin_write()?;
        writing.open_table(ABOUT)?.insert("schema", SCHEMA)?;
        Ok(writing.commit()?)
    }

    /// All of it is on disk when this returns, or nothing.
    fn commit(&self, changes: &[Change]) -> Result<(), redb::Error> {
        let writing = self.database.begin_write()?;
        {
            let mut about = writing.open_table(ABOUT)?;
            let commits = about.get(COMMITS)?.map_or(0, |count| count.value());
            about.insert(COMMITS, commits + 1)?;
            let mut tables = BTreeMap::new();
            for change in changes {
                if !tables.contains_key(change.table) {
                    tables.insert(change.table, writing.open_table(rows(change.table))?);
                }
                let Some(table) = tables.get_mut(change.table) else {
                    continue;
                };
                match &change.value {
                    Some(value) => table.insert(&change.key[..], &value[..])?,
                    None => table.remove(&change.key[..])?,
                };
            }
        }
        Ok(writing.commit()?)
    }
}

/// How many commits there were; none in a new database.
fn commits(database: &Database) -> Result<Option<u64>, redb::Error> {
    let reading = database.begin_read()?;
    match reading.open_table(ABOUT) {
        Ok(about) => Ok(about.get(COMMITS)?.map(|count| count.value())),
        Err(TableError::Storage(error)) => Err(error.into()),
        // It is new, or none of ours: that is found out below.
        Err(_) => Ok(None),
    }
}

/// For this user only, where it is not there yet.
fn make_dir(dir: &Path) -> io::Result<()> {
    private_dirs().recursive(true).create(dir)
}

type Done = Box<dyn FnOnce(Result<(), String>) + Send>;

enum Job {
    Save(Vec<Change>, Done),
    Close,
}

/// Writes on a thread of its own. Whatever waits is written in one go: many connections share the time
/// that the disk takes.
pub(crate) struct Saver {
    jobs: mpsc::Sender<Job>,
}

impl Saver {
    /// `failed` is called once, when something could not be written.
    pub(crate) fn start(
        store: Store,
        failed: impl FnOnce(String) + Send + 'static,
    ) -> io::Result<(Self, JoinHandle<()>)> {
        let (jobs, queue) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("bitpay-sandbox-data".to_owned())
            .spawn(move || save(&store, &queue, failed))?;
        Ok((Self { jobs }, thread))
    }

    /// Calls `done` when the changes, and all before them, are on disk. In the order of these calls.
    pub(crate) fn save(
        &self,
        changes: Vec<Change>,
        done: impl FnOnce(Result<(), String>) + Send + 'static,
    ) {
        if let Err(mpsc::SendError(Job::Save(_, done))) =
            self.jobs.send(Job::Save(changes, Box::new(done)))
        {
            done(Err("the sandbox was stopped".to_owned()));
        }
    }

    /// Ends the thread after what was asked before.
    pub(crate) fn close(&self) {
        // It may have ended already.
        let _ = self.jobs.send(Job::Close);
    }
}

fn save(store: &Store, queue: &mpsc::Receiver<Job>, failed: impl FnOnce(String)) {
    let mut failed = Some(failed);
    // What is in memory is ahead of the disk once a write failed, so nothing is written after that.
    let mut state = Ok(());
    let mut open = true;
    while open {
        let Ok(first) = queue.recv() else { return };
        let (mut changes, mut waiting) = (Vec::new(), Vec::new());
        for job in std::iter::once(first).chain(queue.try_iter()) {
            match job {
                Job::Save(more, done) => {
                    changes.extend(more);
                    waiting.push(done);
                }
                Job::Close => open = false,
            }
        }
        if state.is_ok() && !changes.is_empty() {
            let commit = || store.commit(&changes).map_err(|error| error.to_string());
            state = catch_unwind(AssertUnwindSafe(commit))
                .unwrap_or_else(|_| Err("the database broke".to_owned()))
                .map_err(|error| format!("the sandbox could not save what it did: {error}"));
        }
        for done in waiting {
            done(state.clone());
        }
        if let Err(why) = &state
            && let Some(failed) = failed.take()
        {
            failed(why.clone());
        }
    }
}

/// Why nothing is saved any more, once that is so.
#[derive(Default)]
pub(crate) struct Failure {
    why: Mutex<Option<String>>,
    there: Condvar,
}

impl Failure {
    pub(crate) fn set(&self, why: String) {
        *self.lock() = Some(why);
        self.there.notify_all();
    }

    pub(crate) fn get(&self) -> Option<String> {
        self.lock().clone()
    }

    pub(crate) fn wait(&self) -> String {
        let mut why = self.lock();
        loop {
            match &*why {
                Some(why) => return why.clone(),
                None => {
                    let woken = self.there.wait(why);
                    why = woken.unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<String>> {
        self.why.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
