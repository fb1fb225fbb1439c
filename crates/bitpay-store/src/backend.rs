use std::fmt;

use zeroize::Zeroizing;

use crate::StoreError;

/// A place for the documents of profiles: what a [`Store`](crate::Store) is made over.
///
/// A document is a profile in bytes, at most a few kilobytes, and a secret. A backend takes and gives it as it is
/// and looks at nothing in it. Those of this crate are files, files under a passphrase, environment variables and
/// the keyring of the system; any other, such as a secrets manager or a database, is this trait for a type of
/// yours.
///
/// It may block. An async program loads its profile once, when it starts, on a thread for that
/// (`tokio::task::spawn_blocking`); one whose store is async itself needs no backend, but
/// [`Profile::from_document`](crate::Profile::from_document) and
/// [`Profile::to_document`](crate::Profile::to_document).
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::{Arc, Mutex};
///
/// use bitpay_core::{Environment, PrivateKey};
/// use bitpay_store::{Backend, Profile, Store, StoreError, Zeroizing};
///
/// /// A table of a database, say, with the columns `name` and `document`.
/// #[derive(Debug, Default)]
/// struct Table(Mutex<BTreeMap<String, Vec<u8>>>);
///
/// impl Backend for Table {
///     fn place(&self, name: &str) -> String {
///         format!("the row `{name}` of the table")
///     }
///
///     fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
///         let rows = self.0.lock().map_err(|_| StoreError::other(self.place(name), "poisoned"))?;
///         Ok(rows.get(name).cloned().map(Zeroizing::new))
///     }
///
///     // insert .. on conflict do nothing; or: update .. where document = the old one
///     fn write(&self, name: &str, document: &[u8], old: Option<&[u8]>) -> Result<(), StoreError> {
///         let mut rows = self.0.lock().map_err(|_| StoreError::other(self.place(name), "poisoned"))?;
///         if rows.get(name).map(Vec::as_slice) != old {
///             return Err(StoreError::Changed { place: self.place(name) });
///         }
///         rows.insert(name.to_owned(), document.to_vec());
///         Ok(())
///     }
///
///     // What `write` compares is enough.
///     fn lock(&self, _name: &str) -> Result<Box<dyn Send>, StoreError> {
///         Ok(Box::new(()))
///     }
/// }
///
/// let store = Store::over(Arc::new(Table::default()));
/// store.insert(&Profile::new("shop", Environment::Test, PrivateKey::from_bytes(&[7; 32])?)?)?;
/// assert_eq!(store.profile("shop")?.environment(), &Environment::Test);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Backend: fmt::Debug + Send + Sync {
    /// Where the document of this name is, for what errors say: a path, a row, a variable. No secret.
    fn place(&self, name: &str) -> String;

    /// The document of this name; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read or trusted.
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError>;

    /// Puts a document in the place of `old`; with `None`, where there is none. It is there for good when this
    /// returns, and whatever happens meanwhile, the old one or the new one is, as a whole.
    ///
    /// # Errors
    /// [`StoreError::Changed`] when another document is there than `old`, or [`StoreError::Exists`] when there
    /// should be none: somebody else was faster. [`StoreError::ReadOnly`] from a backend that only reads, which
    /// is what this does when it is not implemented.
    fn write(&self, name: &str, document: &[u8], old: Option<&[u8]>) -> Result<(), StoreError> {
        let _ = (document, old);
        let place = self.place(name);
        Err(StoreError::ReadOnly { place })
    }

    /// Keeps others from writing until what it returns is dropped; nothing, if the comparison in
    /// [`write`](Self::write) is all that there is. It comes before anything is asked of BitPay that is then to be
    /// written, so a backend that only reads refuses here.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when somebody else holds it for too long; [`StoreError::ReadOnly`], which is what
    /// this does when it is not implemented.
    fn lock(&self, name: &str) -> Result<Box<dyn Send>, StoreError> {
        let place = self.place(name);
        Err(StoreError::ReadOnly { place })
    }
}
