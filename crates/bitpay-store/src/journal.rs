//! The intent journal as a file.

use std::error::Error as StdError;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use bitpay_core::journal::{Damaged, Entry, Journal, OpenIntents};
use bitpay_system::files::{FILE, Patient, private_files};

use crate::files::{self, failed};
use crate::store::Observer;
use crate::{Step, StoreError};

/// A [`Journal`] in a file that only its owner can read, beside a profile: [`Store::journal`] makes it.
///
/// Entries are added to its end and are on disk when [`write`](Journal::write) returns; nothing is ever
/// changed or taken out, so it is an audit log as well. Processes write one after another. What a crash
/// tore at the end was never acted on, and is cut off by the next writer. Threads that write at the same
/// time share the wait for the disk.
///
/// To put a journal away, move the file while nothing runs and [`open_intents`](Self::open_intents) has
/// none: the next entry makes a new one.
///
/// [`Store::journal`]: crate::Store::journal
pub struct FileJournal {
    name: String,
    path: PathBuf,
    observer: Option<Observer>,
    queue: Mutex<Queue>,
    changed: Condvar,
}

/// What waits to be written, and whether somebody writes.
#[derive(Default)]
struct Queue {
    next: Batch,
    is_writing: bool,
}

/// Lines that go to the disk together.
#[derive(Default)]
struct Batch {
    lines: Vec<u8>,
    written: Arc<Mutex<Option<Written>>>,
}

/// All who have a line in the batch are told the same.
type Written = Result<(), Arc<StoreError>>;

impl FileJournal {
    pub(crate) fn new(name: &str, path: PathBuf, observer: Option<Observer>) -> Self {
        Self {
            name: name.to_owned(),
            path,
            observer,
            queue: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// The file. It is made with the first entry.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the intents that are open. Takes no lock, so calls that are under way are among them.
    ///
    /// # Errors
    /// [`StoreError::Journal`] when a line is not an entry, though others follow it;
    /// [`StoreError::Exposed`] when others can access the file.
    pub fn open_intents(&self) -> Result<OpenIntents, StoreError> {
        let mut open = OpenIntents::new();
        self.read_lines(|_, line| open.read(line))?;
        Ok(open)
    }

    /// Reads all entries, from the oldest to the youngest, and tells each. Takes no lock.
    ///
    /// ```
    /// # let dir = tempfile::tempdir()?;
    /// use bitpay_core::journal::Entry;
    /// use bitpay_store::Store;
    ///
    /// let journal = Store::open(dir.path().join("bitpay"))?.journal("shop")?;
    /// let mut payouts = 0;
    /// journal.read(|entry| {
    ///     if let Entry::Intent(intent) = entry {
    ///         payouts += usize::from(intent.operation == "create_payout");
    ///     }
    /// })?;
    /// assert_eq!(payouts, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`open_intents`](Self::open_intents).
    pub fn read(&self, mut each: impl FnMut(Entry)) -> Result<(), StoreError> {
        self.read_lines(|number, line| {
            let problem = match str::from_utf8(line).map(Entry::parse) {
                Ok(Ok(entry)) => {
                    each(entry);
                    return Ok(());
                }
                Ok(Err(error)) => error.problem,
                Err(error) => error.to_string(),
            };
            Err(Damaged::new(number, problem))
        })
    }

    /// Tells each whole line with its number.
    fn read_lines(
        &self,
        mut each: impl FnMut(u64, &[u8]) -> Result<(), Damaged>,
    ) -> Result<(), StoreError> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(failed("read", &self.path)(error)),
        };
        files::check_private(&self.path, FILE)?;
        let mut file = BufReader::new(Patient::new(file));
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            file.by_ref()
                .take(LONGEST)
                .read_until(b'\n', &mut line)
                .map_err(failed("read", &self.path))?;
            if line.pop() != Some(b'\n') && (line.len() as u64) < LONGEST - 1 {
                // The end, or what was torn there.
                break;
            }
            each(number, &line).map_err(|source| StoreError::Journal {
                path: self.path.clone(),
                source,
            })?;
        }
        Ok(())
    }

    /// Adds a line, and waits until it is on disk. Whoever finds nobody writing does it for all who wait.
    fn add(&self, line: &str) -> Written {
        let mut queue = self.queue();
        queue.next.lines.extend_from_slice(line.as_bytes());
        queue.next.lines.push(b'\n');
        let written = queue.next.written.clone();
        loop {
            if let Some(result) = &*written.lock().unwrap_or_else(PoisonError::into_inner) {
                return result.clone();
            }
            if queue.is_writing {
                queue = self
                    .changed
                    .wait(queue)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            queue.is_writing = true;
            let batch = mem::take(&mut queue.next);
            drop(queue);
            let result = self.append(&batch.lines).map_err(Arc::new);
            *batch.written.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
            queue = self.queue();
            queue.is_writing = false;
            self.changed.notify_all();
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings lines to the disk, while no other process writes.
    fn append(&self, lines: &[u8]) -> Result<(), StoreError> {
        let mut file = self.open()?;
        files::wait_for_lock(&file, &self.path, &self.name)?;
        self.done(Step::JournalLocked);
        let end = self.mend(&mut file)?;
        let at_end = file.seek(SeekFrom::Start(end));
        let written = at_end.and_then(|_| file.write_all(lines)).and_then(|()| {
            self.done(Step::JournalWritten);
            file.sync_data()
        });
        if let Err(error) = written {
            // The disk is full, say: nobody is to take a part of this for what was done.
            let _ = file.set_len(end);
            return Err(failed("written", &self.path)(error));
        }
        self.done(Step::JournalSynced);
        Ok(())
    }

    fn open(&self) -> Result<File, StoreError> {
        let open = |options: &mut OpenOptions| options.read(true).open(&self.path);
        match open(OpenOptions::new().write(true)) {
            Ok(file) => {
                files::check_private(&self.path, FILE)?;
                return Ok(file);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed("opened", &self.path)(error)),
        }
        let dir = self.path.parent().unwrap_or_else(|| Path::new("."));
        files::private_dir(dir)?;
        let made = open(private_files().create(true).truncate(false));
        let file = made.map_err(failed("made", &self.path))?;
        files::set_mode(&self.path, FILE)?;
        files::sync_dir(dir)?;
        self.done(Step::JournalMade);
        Ok(file)
    }

    /// Cuts off what a crash has torn: what follows the last line end. Gives the length that is left.
    fn mend(&self, file: &mut File) -> Result<u64, StoreError> {
        let end = whole_lines(file).map_err(failed("read", &self.path))?;
        let length = file.metadata().map_err(failed("read", &self.path))?.len();
        if end < length {
            file.set_len(end).map_err(failed("mended", &self.path))?;
            self.done(Step::JournalMended);
        }
        Ok(end)
    }

    fn done(&self, step: Step) {
        if let Some(observer) = &self.observer {
            observer(step);
        }
    }
}

/// Longer than any entry.
const LONGEST: u64 = 1 << 20;

/// Where the last line ends.
fn whole_lines(file: &mut File) -> io::Result<u64> {
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut block = [0; 4096];
    while end > 0 {
        let start = end.saturating_sub(block.len() as u64);
        file.seek(SeekFrom::Start(start))?;
        let part = block.get_mut(..usize::try_from(end - start).unwrap_or_default());
        let part = part.unwrap_or_default();
        file.read_exact(part)?;
        if let Some(at) = part.iter().rposition(|byte| *byte == b'\n') {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

impl Journal for FileJournal {
    fn write(&self, entry: &Entry) -> Result<(), Box<dyn StdError + Send + Sync>> {
        self.add(&entry.to_line()).map_err(Into::into)
    }
}

impl fmt::Debug for FileJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileJournal")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
