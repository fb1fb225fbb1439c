use std::fmt;
use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use crate::{Backend, StoreError};

/// Under this name the entries stand in the keyring.
const SERVICE: &str = "bitpay";

/// A [`Backend`] in the keyring of the system: each profile is an entry of the service `bitpay`.
///
/// Which keyring, the program says: a store of one of the crates for `keyring-core`, such as that for the Secret
/// Service (GNOME, KDE), for macOS or for Windows. Give the [`Store`](crate::Store) a directory with
/// [`with_dir`](crate::Store::with_dir): it keeps other processes from writing at the same time, which a keyring
/// cannot.
///
/// ```
/// use bitpay_core::{Environment, PrivateKey};
/// use bitpay_store::{Keyring, Store};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let dir = std::env::temp_dir().join(format!("bitpay-keyring-doc-{}", std::process::id()));
/// let of_the_system = keyring_core::mock::Store::new()?;
/// let store = Store::over(std::sync::Arc::new(Keyring::new(of_the_system))).with_dir(&dir)?;
/// store.create("shop", Environment::Test, PrivateKey::from_bytes(&[7; 32])?)?;
/// assert_eq!(store.profile("shop")?.environment(), &Environment::Test);
/// # std::fs::remove_dir_all(&dir)?;
/// # Ok(())
/// # }
/// ```
pub struct Keyring(Arc<CredentialStore>);

impl Keyring {
    /// In this keyring.
    #[must_use]
    pub fn new(keyring: Arc<CredentialStore>) -> Self {
        Self(keyring)
    }

    fn entry(&self, name: &str) -> Result<Entry, StoreError> {
        Entry::new_in_store(&self.0, SERVICE, name).map_err(|error| self.failed(name, &error))
    }

    /// What the keyring said, without what it may have quoted of the entry.
    fn failed(&self, name: &str, error: &Error) -> StoreError {
        let said = match error {
            Error::NoStorageAccess(cause) => {
                format!("the keyring is locked, or there is none: {cause}")
            }
            Error::PlatformFailure(cause) => format!("the keyring failed: {cause}"),
            Error::Ambiguous(_) => {
                "there is more than one such entry: remove all but one".to_owned()
            }
            Error::TooLong(_, most) => format!("the keyring takes no more than {most} bytes"),
            Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
                "the entry is damaged".to_owned()
            }
            _ => "the keyring does not do this".to_owned(),
        };
        StoreError::other(self.place(name), said)
    }
}

impl Backend for Keyring {
    fn place(&self, name: &str) -> String {
        format!("the entry {SERVICE}/{name} of the system's keyring")
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        match self.entry(name)?.get_secret() {
            Ok(document) => Ok(Some(Zeroizing::new(document))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(self.failed(name, &error)),
        }
    }

    fn write(&self, name: &str, document: &[u8], old: Option<&[u8]>) -> Result<(), StoreError> {
        let there = self.read(name)?;
        if there.as_ref().map(|there| there.as_slice()) != old {
            let place = self.place(name);
            return Err(StoreError::Changed { place });
        }
        self.entry(name)?
            .set_secret(document)
            .map_err(|error| self.failed(name, &error))
    }

    fn lock(&self, _name: &str) -> Result<Box<dyn Send>, StoreError> {
        Ok(Box::new(()))
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring({})", self.0.vendor())
    }
}
