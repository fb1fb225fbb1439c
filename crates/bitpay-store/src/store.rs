use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bitpay_core::{Environment, PrivateKey};
use bitpay_system::files::{DIRECTORY, SETTINGS};
use zeroize::Zeroizing;

use crate::profile::check_name;
#[cfg(feature = "encrypted")]
use crate::sealed::{self, Passphrase};
use crate::{Backend, FileJournal, Profile, Step, StoreError, Variable, files, format};

pub(crate) type Observer = Arc<dyn Fn(Step) + Send + Sync>;

/// Profiles, wherever they are kept: files in a directory, or another [`Backend`].
#[derive(Clone)]
pub struct Store {
    /// In place of files.
    backend: Option<Arc<dyn Backend>>,
    /// The directory of files, locks and journals.
    files: Option<Files>,
}

/// A directory of profiles, one file each.
#[derive(Clone)]
struct Files {
    dir: PathBuf,
    observer: Option<Observer>,
    #[cfg(feature = "encrypted")]
    passphrase: Option<Passphrase>,
}

impl Store {
    /// The store in this directory. It is made (mode 0700) with the first profile.
    ///
    /// # Errors
    /// [`StoreError::Exposed`] when others can access the directory.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, StoreError> {
        Ok(Self {
            backend: None,
            files: Some(Files::open(dir.as_ref())?),
        })
    }

    /// The user's store, in [`Store::user_dir`].
    ///
    /// # Errors
    /// As [`Store::open`], and [`StoreError::NoHome`].
    pub fn user() -> Result<Self, StoreError> {
        Self::open(Self::user_dir()?)
    }

    /// The user's directory: `$BITPAY_HOME`, else `$XDG_CONFIG_HOME/bitpay`, else `~/.config/bitpay`
    /// (`%APPDATA%\bitpay` on Windows).
    ///
    /// # Errors
    /// [`StoreError::NoHome`].
    pub fn user_dir() -> Result<PathBuf, StoreError> {
        user_dir(|name| env::var_os(name).map(PathBuf::from), env::home_dir())
    }

    /// The store in this directory whose files a passphrase locks: `NAME.sealed` in place of `NAME.json`. Each time
    /// one is opened or written, making a key of the passphrase takes 64 MiB and some tenths of a second.
    ///
    /// # Errors
    /// As [`Store::open`].
    #[cfg(feature = "encrypted")]
    pub fn encrypted(dir: impl AsRef<Path>, passphrase: Passphrase) -> Result<Self, StoreError> {
        let mut files = Files::open(dir.as_ref())?;
        files.passphrase = Some(passphrase);
        Ok(Self {
            backend: None,
            files: Some(files),
        })
    }

    /// The profiles in the environment variables of this process: see [`Variable`]. It only reads, and has no
    /// directory for a journal but that of [`with_dir`](Self::with_dir).
    #[must_use]
    pub fn environment() -> Self {
        Self::over(Arc::new(Variable::of_process()))
    }

    /// A store over any other place.
    #[must_use]
    pub fn over(backend: Arc<dyn Backend>) -> Self {
        Self {
            backend: Some(backend),
            files: None,
        }
    }

    /// Keeps the journals in this directory, and locks profiles there as well, for a store that is not one of
    /// files.
    ///
    /// # Errors
    /// [`StoreError::Exposed`] when others can access the directory.
    pub fn with_dir(mut self, dir: impl AsRef<Path>) -> Result<Self, StoreError> {
        self.files = Some(Files::open(dir.as_ref())?);
        Ok(self)
    }

    /// Has this told of each [`Step`] of each change of a file, as it was done.
    #[must_use]
    pub fn observe(mut self, observer: Arc<dyn Fn(Step) + Send + Sync>) -> Self {
        if let Some(files) = &mut self.files {
            files.observer = Some(observer);
        }
        self
    }

    /// The directory, if there is one.
    #[must_use]
    pub fn dir(&self) -> Option<&Path> {
        self.files.as_ref().map(|files| files.dir.as_path())
    }

    /// Where the profile of this name is, in words.
    #[must_use]
    pub fn place(&self, name: &str) -> String {
        match self.backend() {
            Ok(backend) => backend.place(name),
            Err(error) => error.to_string(),
        }
    }

    /// Reads a profile. Makes nothing.
    ///
    /// # Errors
    /// [`StoreError::NoProfile`] when there is none; others when it cannot be read or trusted.
    pub fn profile(&self, name: &str) -> Result<Profile, StoreError> {
        self.find(name)?.ok_or_else(|| self.missing(name))
    }

    /// Reads a profile, if there is one. Makes nothing.
    ///
    /// # Errors
    /// When it cannot be read or trusted.
    pub fn find(&self, name: &str) -> Result<Option<Profile>, StoreError> {
        match self.document(name)? {
            Some(document) => format::read(name, &self.place(name), &document).map(Some),
            None => Ok(None),
        }
    }

    fn document(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        check_name(name)?;
        self.backend()?.read(name)
    }

    fn missing(&self, name: &str) -> StoreError {
        StoreError::NoProfile {
            name: name.to_owned(),
            place: self.place(name),
        }
    }

    /// Makes a profile with a key and no token. It is kept for good when this returns.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is one of this name: a key is never overwritten.
    pub fn create(
        &self,
        name: &str,
        environment: Environment,
        key: PrivateKey,
    ) -> Result<ProfileGuard, StoreError> {
        self.insert(&Profile::new(name, environment, key)?)
    }

    /// Keeps a profile that is new here, at once with all that is in it. It is kept for good when this returns.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is one of this name: a key is never overwritten.
    pub fn insert(&self, profile: &Profile) -> Result<ProfileGuard, StoreError> {
        let name = profile.name();
        check_name(name)?;
        let backend = self.backend()?;
        let place = backend.place(name);
        let lock = self.take_lock(name)?;
        if backend.read(name)?.is_some() {
            let name = name.to_owned();
            return Err(StoreError::Exists { name, place });
        }
        let document = format::write(profile, &place)?;
        backend.write(name, &document, None)?;
        Ok(ProfileGuard {
            store: self.clone(),
            profile: profile.clone(),
            document,
            _lock: lock,
        })
    }

    /// Reads a profile for changing it. Until the guard is dropped, no other process can.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process changes it for longer than a few seconds;
    /// [`StoreError::ReadOnly`] when nobody can.
    pub fn lock(&self, name: &str) -> Result<ProfileGuard, StoreError> {
        // First, so that a mistyped name leaves no lock file behind.
        self.profile(name)?;
        let lock = self.take_lock(name)?;
        let document = self.document(name)?.ok_or_else(|| self.missing(name))?;
        Ok(ProfileGuard {
            profile: format::read(name, &self.place(name), &document)?,
            document,
            store: self.clone(),
            _lock: lock,
        })
    }

    /// The journal of a profile: for `with_journal` of a client. It lies in the directory of the store; the
    /// profile need not be there yet.
    ///
    /// # Errors
    /// [`StoreError::Name`]; [`StoreError::NoDirectory`] when the store has none.
    pub fn journal(&self, name: &str) -> Result<FileJournal, StoreError> {
        check_name(name)?;
        let files = self.files.as_ref().ok_or(StoreError::NoDirectory)?;
        let path = files.dir.join(format!("{name}.journal"));
        Ok(FileJournal::new(name, path, files.observer.clone()))
    }

    fn backend(&self) -> Result<&dyn Backend, StoreError> {
        let files = self.files.as_ref().map(|files| files as &dyn Backend);
        self.backend
            .as_deref()
            .or(files)
            .ok_or(StoreError::NoDirectory)
    }

    /// The lock of the backend, and that of the directory: whoever has one locks both.
    fn take_lock(&self, name: &str) -> Result<[Option<Box<dyn Send>>; 2], StoreError> {
        let backend = self.backend.as_ref();
        let first = backend.map(|backend| backend.lock(name)).transpose()?;
        let files = self.files.as_ref();
        let second = files.map(|files| files.lock(name)).transpose()?;
        Ok([first, second])
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("backend", &self.backend)
            .field("files", &self.files)
            .finish()
    }
}

impl Files {
    fn open(dir: &Path) -> Result<Self, StoreError> {
        if dir.exists() {
            files::check_private(dir, DIRECTORY)?;
        }
        Ok(Self {
            dir: dir.to_owned(),
            observer: None,
            #[cfg(feature = "encrypted")]
            passphrase: None,
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        #[cfg(feature = "encrypted")]
        if self.passphrase.is_some() {
            return self.dir.join(format!("{name}.sealed"));
        }
        self.dir.join(format!("{name}.json"))
    }

    fn done(&self, step: Step) {
        if let Some(observer) = &self.observer {
            observer(step);
        }
    }
}

impl Backend for Files {
    fn place(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let path = self.path(name);
        let Some(content) = files::read(&path)? else {
            return Ok(None);
        };
        #[cfg(feature = "encrypted")]
        if let Some(passphrase) = &self.passphrase {
            let opened = sealed::open(&content, passphrase);
            return opened.map(Some).map_err(|error| error.at(self.place(name)));
        }
        Ok(Some(content))
    }

    /// Whoever writes holds the lock, so there is nothing to compare but whether there is a file: a link that leads
    /// nowhere is one.
    fn write(&self, name: &str, document: &[u8], old: Option<&[u8]>) -> Result<(), StoreError> {
        let path = self.path(name);
        if old.is_none() && path.symlink_metadata().is_ok() {
            let (name, place) = (name.to_owned(), self.place(name));
            return Err(StoreError::Exists { name, place });
        }
        #[cfg(feature = "encrypted")]
        if let Some(passphrase) = &self.passphrase {
            let sealed = sealed::seal(document, passphrase, &self.place(name))?;
            return files::replace(&path, &sealed, |step| self.done(step));
        }
        files::replace(&path, document, |step| self.done(step))
    }

    fn lock(&self, name: &str) -> Result<Box<dyn Send>, StoreError> {
        files::private_dir(&self.dir)?;
        let lock = files::lock(&self.dir.join(format!("{name}.lock")), name)?;
        self.done(Step::LockTaken);
        Ok(Box::new(lock))
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files")
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}

fn user_dir(
    variable: impl Fn(&str) -> Option<PathBuf>,
    home: Option<PathBuf>,
) -> Result<PathBuf, StoreError> {
    let set = |name| variable(name).filter(|path| !path.as_os_str().is_empty());
    if let Some(dir) = set("BITPAY_HOME") {
        return Ok(dir);
    }
    set(SETTINGS)
        // A relative one is to be ignored, says the XDG specification.
        .filter(|path| path.is_absolute())
        .or_else(|| home.map(|home| home.join(".config")))
        .map(|base| base.join("bitpay"))
        .ok_or(StoreError::NoHome)
}

/// A profile that no other process can change.
pub struct ProfileGuard {
    store: Store,
    profile: Profile,
    /// As it is kept.
    document: Zeroizing<Vec<u8>>,
    _lock: [Option<Box<dyn Send>>; 2],
}

impl ProfileGuard {
    /// The profile as it is kept.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Changes the profile. It is kept for good when this returns.
    ///
    /// # Errors
    /// When it was not saved. The profile in memory is then as before; in the store is the old or the new one.
    pub fn update<T>(&mut self, change: impl FnOnce(&mut Profile) -> T) -> Result<T, StoreError> {
        let mut changed = self.profile.clone();
        let result = change(&mut changed);
        let backend = self.store.backend()?;
        let name = self.profile.name();
        let document = format::write(&changed, &backend.place(name))?;
        backend.write(name, &document, Some(&self.document))?;
        (self.profile, self.document) = (changed, document);
        Ok(result)
    }
}

impl fmt::Debug for ProfileGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProfileGuard")
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_directory_is_found() {
        let of = |set: &[(&str, &str)], home: Option<&str>| {
            let variable = |name: &str| {
                let (_, value) = set.iter().find(|(key, _)| *key == name)?;
                Some(PathBuf::from(value))
            };
            user_dir(variable, home.map(PathBuf::from)).ok()
        };
        let path = |text: &str| Some(PathBuf::from(text));
        let xdg = ("XDG_CONFIG_HOME", "/x");
        assert_eq!(of(&[("BITPAY_HOME", "/b"), xdg], Some("/h")), path("/b"));
        assert_eq!(
            of(&[("BITPAY_HOME", ""), xdg], Some("/h")),
            path("/x/bitpay")
        );
        assert_eq!(
            of(&[("XDG_CONFIG_HOME", "rel")], Some("/h")),
            path("/h/.config/bitpay")
        );
        assert_eq!(of(&[], Some("/h")), path("/h/.config/bitpay"));
        assert_eq!(of(&[], None), None);
    }
}
