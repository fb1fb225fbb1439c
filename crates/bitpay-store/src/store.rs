use std::env;
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bitpay_core::{Environment, PrivateKey};

use crate::{FileJournal, Profile, Step, StoreError, files, format};

pub(crate) type Observer = Arc<dyn Fn(Step) + Send + Sync>;

/// A directory of profiles, one file each.
#[derive(Clone)]
pub struct Store {
    dir: PathBuf,
    observer: Option<Observer>,
}

impl Store {
    /// The store in this directory. It is made (mode 0700) with the first profile.
    ///
    /// # Errors
    /// [`StoreError::Exposed`] when others can access the directory.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, StoreError> {
        let dir = dir.as_ref();
        if dir.exists() {
            files::check_private(dir, 0o700)?;
        }
        Ok(Self {
            dir: dir.to_owned(),
            observer: None,
        })
    }

    /// The user's store: `$BITPAY_HOME`, else `$XDG_CONFIG_HOME/bitpay`, else `~/.config/bitpay`
    /// (`%APPDATA%\bitpay` on Windows).
    ///
    /// # Errors
    /// As [`Store::open`], and [`StoreError::NoHome`].
    pub fn user() -> Result<Self, StoreError> {
        Self::open(user_dir(
            |name| env::var_os(name).map(PathBuf::from),
            env::home_dir(),
        )?)
    }

    /// Has this told of each [`Step`] of each change, as it was done.
    #[must_use]
    pub fn observe(mut self, observer: Arc<dyn Fn(Step) + Send + Sync>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// The directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Reads a profile. Makes nothing.
    ///
    /// # Errors
    /// [`StoreError::NoProfile`] when there is none; others when it cannot be read or trusted.
    pub fn profile(&self, name: &str) -> Result<Profile, StoreError> {
        self.find(name)?.ok_or_else(|| StoreError::NoProfile {
            name: name.to_owned(),
            dir: self.dir.clone(),
        })
    }

    /// Reads a profile, if there is one. Makes nothing.
    ///
    /// # Errors
    /// When it cannot be read or trusted.
    pub fn find(&self, name: &str) -> Result<Option<Profile>, StoreError> {
        let path = self.path(name)?;
        match files::read(&path)? {
            Some(content) => format::read(name, &path, &content).map(Some),
            None => Ok(None),
        }
    }

    /// Makes a profile. It is on disk when this returns.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when there is one of this name: a key is never overwritten.
    pub fn create(
        &self,
        name: &str,
        environment: Environment,
        key: PrivateKey,
    ) -> Result<ProfileGuard, StoreError> {
        let path = self.path(name)?;
        files::private_dir(&self.dir)?;
        let lock = self.take_lock(name)?;
        if path.symlink_metadata().is_ok() {
            return Err(StoreError::Exists {
                name: name.to_owned(),
                path,
            });
        }
        let guard = ProfileGuard {
            store: self.clone(),
            profile: Profile::new(name, environment, key),
            path,
            _lock: lock,
        };
        guard.save(&guard.profile)?;
        Ok(guard)
    }

    /// Reads a profile for changing it. Until the guard is dropped, no other process can.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process changes it for longer than a few seconds.
    pub fn lock(&self, name: &str) -> Result<ProfileGuard, StoreError> {
        let path = self.path(name)?;
        // First, so that a mistyped name leaves no lock file behind.
        self.profile(name)?;
        let lock = self.take_lock(name)?;
        Ok(ProfileGuard {
            profile: self.profile(name)?,
            store: self.clone(),
            path,
            _lock: lock,
        })
    }

    /// The journal of a profile: for `with_journal` of a client. It lies beside the profile, which need not
    /// be there yet.
    ///
    /// # Errors
    /// [`StoreError::Name`].
    pub fn journal(&self, name: &str) -> Result<FileJournal, StoreError> {
        let path = self.path(name)?.with_extension("journal");
        Ok(FileJournal::new(name, path, self.observer.clone()))
    }

    fn take_lock(&self, name: &str) -> Result<File, StoreError> {
        let lock = files::lock(&self.dir.join(format!("{name}.lock")), name)?;
        self.done(Step::LockTaken);
        Ok(lock)
    }

    fn path(&self, name: &str) -> Result<PathBuf, StoreError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if (1..=64).contains(&name.len()) && name.bytes().all(allowed) {
            Ok(self.dir.join(format!("{name}.json")))
        } else {
            Err(StoreError::Name)
        }
    }

    fn done(&self, step: Step) {
        if let Some(observer) = &self.observer {
            observer(step);
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
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
    let base = if cfg!(windows) {
        "APPDATA"
    } else {
        "XDG_CONFIG_HOME"
    };
    set(base)
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
    path: PathBuf,
    _lock: File,
}

impl ProfileGuard {
    /// The profile as it is on disk.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Changes the profile. It is on disk when this returns.
    ///
    /// # Errors
    /// When it was not saved. The profile in memory is then as before; on disk is the old or the
    /// new one.
    pub fn update<T>(&mut self, change: impl FnOnce(&mut Profile) -> T) -> Result<T, StoreError> {
        let mut changed = self.profile.clone();
        let result = change(&mut changed);
        self.save(&changed)?;
        self.profile = changed;
        Ok(result)
    }

    fn save(&self, profile: &Profile) -> Result<(), StoreError> {
        let content = format::write(profile, &self.path)?;
        files::replace(&self.path, &content, |step| self.store.done(step))
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
