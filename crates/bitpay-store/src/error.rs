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
        "there is no profile `{name}` ({place}): make it with `bitpay pair --env test --profile {name}`"
    )]
    NoProfile {
        /// The name of the profile.
        name: String,
        /// Where it would be.
        place: String,
    },
    /// There is such a profile already; it is not overwritten.
    #[error(
        "the profile `{name}` exists already and is not overwritten, for its key would be lost: \
         use another name (--profile), or move {place} away"
    )]
    Exists {
        /// The name of the profile.
        name: String,
        /// Where it is.
        place: String,
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
    /// The token of the facade was asked for, and the merchant has not approved it.
    #[error(
        "the {facade} pairing of the profile `{name}` is not approved yet: approve it, then run `bitpay pair --profile {name}`"
    )]
    NotApproved {
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
    #[error(
        "{place} is not a profile: {problem}; restore it from a backup, or move it away and pair again"
    )]
    Damaged {
        /// Where it is.
        place: String,
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
    #[error("the key in {place} cannot be read: {source}")]
    Key {
        /// Where it is.
        place: String,
        /// Why not.
        source: KeyError,
    },
    /// A token in the file cannot be read.
    #[error("the {facade} token in {place} cannot be read: {source}")]
    Token {
        /// Where it is.
        place: String,
        /// Of which facade.
        facade: Facade,
        /// Why not.
        source: TokenError,
    },
    /// A newer version wrote the file.
    #[error(
        "{place} was written by a newer version (schema {found}, this one knows {known}): update this program"
    )]
    Newer {
        /// Where it is.
        place: String,
        /// The schema of the file.
        found: u32,
        /// The newest schema that is known.
        known: u32,
    },
    /// The system has no place for the user's configuration.
    #[error("no home directory is known: set BITPAY_HOME to the directory for keys and tokens")]
    NoHome,
    /// The store has no directory, which a journal needs.
    #[error(
        "this store has no directory, and a journal needs one: set BITPAY_HOME to a directory that stays"
    )]
    NoDirectory,
    /// Somebody else wrote to the profile meanwhile.
    #[error("{place} was changed by somebody else meanwhile: try again")]
    Changed {
        /// Where it is.
        place: String,
    },
    /// What is kept there is changed by others than this program.
    #[error(
        "nothing can be written to {place}: make keys and tokens elsewhere, and set them there"
    )]
    ReadOnly {
        /// Where it would be written.
        place: String,
    },
    /// An environment variable is missing or wrong.
    #[error("{name}: {problem}")]
    Variable {
        /// The variable.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A passphrase is needed to open or to write the file.
    #[error("the passphrase of the encrypted store is missing")]
    NoPassphrase,
    /// The passphrase is another one, or the file was changed. Nobody can tell which.
    #[error(
        "{place} does not open: the passphrase is another one, or the file was changed since it was written"
    )]
    Sealed {
        /// The file.
        place: String,
    },
    /// Another store than those of this crate refused.
    #[error("{place}: {source}")]
    Other {
        /// Where it was read or written.
        place: String,
        /// What was said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
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

impl StoreError {
    /// For a [`Backend`](crate::Backend) of one's own: what went wrong there, which must hold no secret.
    pub fn other(
        place: impl Into<String>,
        error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Other {
            place: place.into(),
            source: error.into(),
        }
    }
}
