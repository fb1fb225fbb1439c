//! Files that only their owner can read, replaced as a whole.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use bitpay_system::files;
use zeroize::Zeroizing;

use crate::StoreError;

/// A step of changing a profile or of writing to a journal, told to the observer when it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Step {
    /// No other process can change the profile now.
    LockTaken,
    /// The new file exists beside the old one, empty.
    TempCreated,
    /// It has its content.
    TempWritten,
    /// That content is on disk.
    TempSynced,
    /// The new file has taken the place of the old one.
    Renamed,
    /// That is on disk as well.
    DirSynced,
    /// The journal exists, empty, and its name is on disk.
    JournalMade,
    /// No other process can write to the journal now.
    JournalLocked,
    /// What a crash had torn at its end is cut off.
    JournalMended,
    /// The journal has the new lines.
    JournalWritten,
    /// They are on disk.
    JournalSynced,
}

impl Step {
    /// All steps of changing a profile, in their order.
    pub const ALL: [Step; 6] = [
        Step::LockTaken,
        Step::TempCreated,
        Step::TempWritten,
        Step::TempSynced,
        Step::Renamed,
        Step::DirSynced,
    ];

    /// All steps of writing to a journal, in their order. It is made and mended only when it has to be.
    pub const OF_JOURNAL: [Step; 5] = [
        Step::JournalMade,
        Step::JournalLocked,
        Step::JournalMended,
        Step::JournalWritten,
        Step::JournalSynced,
    ];
}

/// No profile is nearly as large.
const LARGEST: u64 = 1 << 20;
const LOCK_PATIENCE: Duration = Duration::from_secs(5);

pub(crate) fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Io {
        doing,
        path,
        source,
    }
}

/// Makes the directory for its owner alone, or checks that it is so.
pub(crate) fn private_dir(dir: &Path) -> Result<(), StoreError> {
    if let Some(parent) = dir.parent() {
        fs::create_dir_all(parent).map_err(failed("made", parent))?;
    }
    match files::private_dirs().create(dir) {
        Ok(()) => {
            set_mode(dir, files::DIRECTORY)?;
            match dir.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => sync_dir(parent),
                _ => sync_dir(Path::new(".")),
            }
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            check_private(dir, files::DIRECTORY)
        }
        Err(error) => Err(failed("made", dir)(error)),
    }
}

/// Refuses what others can access.
pub(crate) fn check_private(path: &Path, wanted: u32) -> Result<(), StoreError> {
    match files::exposed(path).map_err(failed("examined", path))? {
        None => Ok(()),
        Some(mode) => Err(StoreError::Exposed {
            path: path.to_owned(),
            mode,
            wanted,
        }),
    }
}

pub(crate) fn set_mode(path: &Path, mode: u32) -> Result<(), StoreError> {
    files::set_mode(path, mode).map_err(failed("closed to others", path))
}

pub(crate) fn sync_dir(dir: &Path) -> Result<(), StoreError> {
    files::sync_dir(dir).map_err(failed("brought to disk for certain", dir))
}

/// Reads a file that only its owner can access; `None` when there is none.
pub(crate) fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read", path)(error)),
    };
    check_private(path, files::FILE)?;
    let length = file.metadata().map_err(failed("read", path))?.len();
    // With room for all of it from the start, no copy is left behind by growing.
    let room = usize::try_from(length.min(LARGEST)).unwrap_or_default() + 1;
    let mut content = Zeroizing::new(Vec::with_capacity(room));
    file.take(LARGEST)
        .read_to_end(&mut content)
        .map_err(failed("read", path))?;
    Ok(Some(content))
}

/// Takes the lock, which lasts as long as the file is open.
pub(crate) fn lock(path: &Path, name: &str) -> Result<File, StoreError> {
    let file = files::private_files()
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(failed("opened", path))?;
    wait_for_lock(&file, path, name)?;
    Ok(file)
}

/// Takes a lock on an open file, with some patience: a short time at first, for those who hold it briefly.
pub(crate) fn wait_for_lock(file: &File, path: &Path, name: &str) -> Result<(), StoreError> {
    let began = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(fs::TryLockError::WouldBlock) if began.elapsed() < LOCK_PATIENCE => {
                sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(50));
            }
            Err(fs::TryLockError::WouldBlock) => {
                return Err(StoreError::Locked {
                    name: name.to_owned(),
                    path: path.to_owned(),
                });
            }
            Err(fs::TryLockError::Error(error)) => return Err(failed("locked", path)(error)),
        }
    }
}

/// Puts a new file in the place of the old one. The caller holds the lock, so there is one writer.
pub(crate) fn replace(path: &Path, content: &[u8], done: impl Fn(Step)) -> Result<(), StoreError> {
    let mut temp = path.as_os_str().to_owned();
    temp.push(".tmp");
    let temp = PathBuf::from(temp);
    // Left by a process that was stopped. It may hold a key.
    match fs::remove_file(&temp) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(failed("removed", &temp)(error));
        }
        _ => {}
    }
    let mut file = files::private_files()
        .create_new(true)
        .open(&temp)
        .map_err(failed("made", &temp))?;
    let written = files::set_mode(&temp, files::FILE).and_then(|()| {
        done(Step::TempCreated);
        file.write_all(content)?;
        done(Step::TempWritten);
        file.sync_all()?;
        done(Step::TempSynced);
        fs::rename(&temp, path)
    });
    if let Err(error) = written {
        // The disk is full, say: do not leave a part of the key behind.
        let _ = fs::remove_file(&temp);
        return Err(failed("written", path)(error));
    }
    done(Step::Renamed);
    if let Some(dir) = path.parent() {
        sync_dir(dir)?;
    }
    done(Step::DirSynced);
    Ok(())
}
