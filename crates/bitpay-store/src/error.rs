use std::io;
use std::path::PathBuf;

use bitpay_core::journal::Damaged;
use bitpay_core::{Facade, KeyError, TokenError};

/// Why a profile was not read or written. No part of a key or a token is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such profile.
    #[error(
        "there is no profile `{name}` in {}: make it with `bitpay pair --env test --profile {name}`",
        dir.display()
    )]
    NoProfile {
        /// The name of the profile.
        name: String,
        /// The store's directory.
        dir: PathBuf,
    },
    /// There is such a profile already; it is not overwritten.
    #[error(
        "the profile `{name}` exists already and is not overwritten, for its key would be lost: \
         use another name (--profile), or move {} away",
        path.display()
    )]
    Exists {
        /// The name of the profile.
        name: String,
        /// Its file.
        path: PathBuf,
    },
    /// The text is not the name of a profile.
    #[error("not the name of a profile: it has 1 to 64 letters, digits, `-` and `_`")]
    Name,
    /// The profile holds no token of the facade.
    #[error(
        "the profile `{name}` holds no {facade} token: get one with `bitpay pair --profile {name} --facade {facade}`"
    )]
    NoToken {
        /// The name of the profile.
        name: String,
        /// The facade.
        facade: Facade,
    },
    /// Others can access the file or the directory.
    #[error(
        "others can access {} (mode {mode:03o}): close it with `chmod {wanted:o} '{}'`, and make a new key \
         if somebody may have read the one in there",
        path.display(), path.display()
    )]
    Exposed {
        /// The file or directory.
        path: PathBuf,
        /// Its mode.
        mode: u32,
        /// What it should be.
        wanted: u32,
    },
    /// Another process is changing the profile.
    #[error("another process is changing the profile `{name}` (it holds {}): try again when it is done", path.display())]
    Locked {
        /// The name of the profile.
        name: String,
        /// The lock file.
        path: PathBuf,
    },
    /// The file is not one of this crate's.
    #[error("{} is not a profile: {problem}; restore it from a backup, or move it away and pair again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A line of the journal is damaged, though others follow it: no crash does that.
    #[error("{}: {source}; restore it from a backup, or move it away and find out by hand what it tells of", path.display())]
    Journal {
        /// The file.
        path: PathBuf,
        /// Which line, and what is wrong with it.
        source: Damaged,
    },
    /// The key in the file cannot be read.
    #[error("the key in {} cannot be read: {source}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: KeyError,
    },
    /// A token in the file cannot be read.
    #[error("the {facade} token in {} cannot be read: {source}", path.display())]
    Token {
        /// The file.
        path: PathBuf,
        /// Of which facade.
        facade: Facade,
        /// Why not.
        source: TokenError,
    },
    /// A newer version wrote the file.
    #[error("{} was written by a newer version (schema {found}, this one knows {known}): update this program", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// The schema of the file.
        found: u32,
        /// The newest schema that is known.
        known: u32,
    },
    /// The system has no place for the user's configuration.
    #[error("no home directory is known: set BITPAY_HOME to the directory for keys and tokens")]
    NoHome,
    /// The file system refused.
    #[error("{} could not be {doing}: {source}", path.display())]
    Io {
        /// What was tried, as in "could not be read".
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}
