//! Files that only their owner can read: what differs between systems is here, for all of these crates.
//!
//! On Unix, macOS included, it is the mode of a file that keeps others out. On Windows a file has the rights of
//! the directory that it is in, and the user's own is closed to other users: nothing is set, nothing looked at.
//!
//! A lock on a file is the standard library's. On Windows it keeps others from reading as well, on all other
//! systems only from locking: see [`Patient`].
//!
//! No signal is handled: whatever is written can be interrupted at any point.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Whether files have modes here.
pub const HAS_MODES: bool = cfg!(unix);
/// The variable that names the directory for the settings of a user's programs.
pub const SETTINGS: &str = if cfg!(windows) {
    "APPDATA"
} else {
    "XDG_CONFIG_HOME"
};
/// The mode of a file that its owner alone can read and write.
pub const FILE: u32 = 0o600;
/// The mode of a directory that its owner alone can enter.
pub const DIRECTORY: u32 = 0o700;

/// Makes directories that their owner alone can enter.
#[must_use]
pub fn private_dirs() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, DIRECTORY);
    builder
}

/// Opens files for writing; makes those that their owner alone can read.
#[must_use]
pub fn private_files() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, FILE);
    options.write(true);
    options
}

/// Gives a file or a directory just this mode, whatever the umask took away.
///
/// # Errors
/// When it is not there or not one's own.
pub fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        fs::set_permissions(path, mode)
    }
    #[cfg(not(unix))]
    {
        let _ = mode;
        fs::metadata(path).map(|_| ())
    }
}

/// The mode of a file or directory, if others than its owner can access it.
///
/// # Errors
/// When it is not there.
pub fn exposed(path: &Path) -> io::Result<Option<u32>> {
    let about = fs::metadata(path)?;
    #[cfg(unix)]
    let mode = std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o777;
    #[cfg(not(unix))]
    let mode = {
        let _ = about;
        0
    };
    Ok((mode & 0o077 != 0).then_some(mode))
}

/// Brings the names in a directory to disk. Windows does that by itself.
///
/// # Errors
/// When the disk refuses.
pub fn sync_dir(dir: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        File::open(dir)?.sync_all()
    }
    #[cfg(not(unix))]
    {
        let _ = dir;
        Ok(())
    }
}

/// Reads a file that another process may hold a lock on for a short time: where locks keep readers out, it waits.
///
/// ```
/// use std::io::Read as _;
///
/// use bitpay_system::files::Patient;
///
/// # let dir = std::env::temp_dir().join(format!("bitpay-system-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&dir)?;
/// # let path = dir.join("journal");
/// # std::fs::write(&path, "a line")?;
/// let mut text = String::new();
/// Patient::new(std::fs::File::open(&path)?).read_to_string(&mut text)?;
/// assert_eq!(text, "a line");
/// # std::fs::remove_dir_all(&dir)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Patient(File);

/// Longer than anybody holds a lock to write.
const PATIENCE: Duration = Duration::from_secs(5);
/// What Windows says of a part of a file that is locked: `ERROR_LOCK_VIOLATION`.
const LOCKED: i32 = 33;

impl Patient {
    /// Reads this file.
    #[must_use]
    pub fn new(file: File) -> Self {
        Self(file)
    }
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let began = Instant::now();
        loop {
            match self.0.read(buffer) {
                Err(error)
                    if cfg!(windows)
                        && error.raw_os_error() == Some(LOCKED)
                        && began.elapsed() < PATIENCE =>
                {
                    sleep(Duration::from_millis(10));
                }
                done => return done,
            }
        }
    }
}
