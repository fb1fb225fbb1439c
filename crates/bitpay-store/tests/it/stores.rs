//! Stores beyond the plain file: what containers are given, and files under a passphrase.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bitpay_core::{Environment, Facade, Merchant, Payout, PrivateKey};
use bitpay_store::{
    Backend, Keyring, Passphrase, Profile, Step, Store, StoreError, Variable, Zeroizing,
};

use crate::{NEW, OLD, assert_no_secret, files, filled, key, mode, private_dir, set_mode, token};

const HEX: &str = "97811b691dd7ebaeb67977d158e1da2c4d3eaa4ee4e2555150628acade6b344c";

/// A store over these variables.
fn given(variables: &[(&str, &str)]) -> Store {
    let variables: BTreeMap<String, String> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Store::over(Arc::new(Variable::from(move |name| {
        variables.get(name).cloned()
    })))
}

fn problem(variables: &[(&str, &str)]) -> String {
    let error = given(variables).profile("default").unwrap_err();
    assert_no_secret(&format!("{error} {error:?}").replace("MERCHANT", ""));
    error.to_string()
}

#[test]
fn a_profile_is_read_from_variables() {
    let pem = key().to_pem();
    for text in [HEX, &*pem, &format!("\n{}\n", pem.as_str())] {
        let store = given(&[
            ("BITPAY_ENVIRONMENT", "test"),
            ("BITPAY_KEY", text),
            ("BITPAY_TOKEN_MERCHANT", OLD),
            ("BITPAY_TOKEN_PAYOUT", NEW),
            ("BITPAY_TOKEN_POS", " "),
        ]);
        let profile = store.profile("default").unwrap();
        assert_eq!(profile.environment(), &Environment::Test);
        assert_eq!(profile.identity().sin(), key().sin());
        assert_eq!(profile.grant::<Merchant>().unwrap().token().expose(), OLD);
        assert_eq!(profile.grant::<Payout>().unwrap().token().expose(), NEW);
        assert_eq!(profile.tokens().count(), 2);
    }
    // Another profile has its name in them.
    let shop = given(&[
        ("BITPAY_WEB_SHOP_ENVIRONMENT", "prod"),
        ("BITPAY_WEB_SHOP_KEY", HEX),
    ]);
    let profile = shop.profile("web-shop").unwrap();
    assert_eq!(profile.environment(), &Environment::Production);
    assert!(
        shop.profile("default")
            .unwrap_err()
            .to_string()
            .starts_with("BITPAY_KEY: ")
    );
}

#[test]
fn secrets_are_read_from_files_as_containers_mount_them() {
    let dir = private_dir();
    // As Kubernetes does: links to a directory that is swapped, readable for a group and for others.
    let data = dir.path().join("..2026_01_01");
    fs::create_dir(&data).unwrap();
    symlink("..2026_01_01", dir.path().join("..data")).unwrap();
    let at = |name: &str, content: &str, its_mode: u32| {
        fs::write(data.join(name), content).unwrap();
        set_mode(&data.join(name), its_mode);
        symlink(Path::new("..data").join(name), dir.path().join(name)).unwrap();
        dir.path().join(name).to_str().unwrap().to_owned()
    };
    let key_file = at("key", &key().to_pem(), 0o440);
    let token_file = at("token", &format!("{OLD}\n"), 0o444);
    let environment_file = at("environment", "production\r\n", 0o644);
    let empty = at("empty", "\n", 0o444);
    let large = at("large", &"x".repeat(70_000), 0o444);
    for path in [dir.path(), &data] {
        set_mode(path, 0o555);
    }
    let all = [
        ("BITPAY_ENVIRONMENT_FILE", &*environment_file),
        ("BITPAY_KEY_FILE", &key_file),
        ("BITPAY_TOKEN_MERCHANT_FILE", &token_file),
    ];
    let profile = given(&all).profile("default").unwrap();
    assert_eq!(profile.environment(), &Environment::Production);
    assert_eq!(profile.identity().sin(), key().sin());
    assert_eq!(profile.token(Facade::Merchant).unwrap().expose(), OLD);

    let with = |more: (&'static str, &str)| {
        let rest = all.iter().filter(|(name, _)| *name != more.0);
        problem(&rest.copied().chain([more]).collect::<Vec<_>>())
    };
    assert_eq!(
        with(("BITPAY_KEY", HEX)),
        "BITPAY_KEY: BITPAY_KEY_FILE is set as well: leave one"
    );
    assert_eq!(
        with(("BITPAY_KEY_FILE", &empty)),
        "BITPAY_KEY_FILE: the file is empty"
    );
    assert!(
        with(("BITPAY_KEY_FILE", "/nowhere"))
            .contains("BITPAY_KEY_FILE: /nowhere could not be read")
    );
    assert!(with(("BITPAY_KEY_FILE", &large)).starts_with("BITPAY_KEY: expected a private key"));
    for path in [&data, dir.path()] {
        set_mode(path, 0o700);
    }
}

#[test]
fn a_variable_that_is_missing_or_wrong_is_named() {
    let environment = ("BITPAY_ENVIRONMENT", "test");
    let key = ("BITPAY_KEY", HEX);
    for (variables, expected) in [
        (&[][..], "BITPAY_KEY: neither it nor BITPAY_KEY_FILE is set"),
        (&[environment], "BITPAY_KEY: neither"),
        (&[key], "BITPAY_ENVIRONMENT: neither"),
        (
            &[key, ("BITPAY_ENVIRONMENT", "live")],
            "BITPAY_ENVIRONMENT: ",
        ),
        (
            &[environment, ("BITPAY_KEY", "/run/secrets/key")],
            "the path of a file",
        ),
        (&[environment, ("BITPAY_KEY", OLD)], "looks like a token"),
        (
            &[environment, key, ("BITPAY_TOKEN_POS", "Wp4RRAz")],
            "BITPAY_TOKEN_POS: not a token",
        ),
        (
            &[environment, key, ("BITPAY_TOKEN_PAYOUT", HEX)],
            "BITPAY_TOKEN_PAYOUT: not a token",
        ),
    ] {
        let problem = problem(variables);
        assert!(
            problem.contains(expected),
            "{expected:?} is not in {problem:?}"
        );
    }
}

#[test]
fn variables_are_not_written_to_and_refuse_before_anything_is_asked_of_bitpay() {
    let store = given(&[("BITPAY_ENVIRONMENT", "test"), ("BITPAY_KEY", HEX)]);
    let dir = private_dir();
    for store in [store.clone(), store.clone().with_dir(dir.path()).unwrap()] {
        let profile = store.profile("default").unwrap();
        for error in [
            store.lock("default").unwrap_err(),
            store.insert(&profile).unwrap_err(),
        ] {
            assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
            assert!(
                error
                    .to_string()
                    .contains("the environment variables BITPAY_*")
            );
        }
    }
    assert!(files(dir.path()).is_empty());
    assert!(matches!(
        store.journal("default"),
        Err(StoreError::NoDirectory)
    ));
    let journal = store
        .with_dir(dir.path())
        .unwrap()
        .journal("default")
        .unwrap();
    assert_eq!(journal.path(), dir.path().join("default.journal"));
}

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text).unwrap()
}

#[test]
fn an_encrypted_file_opens_with_its_passphrase_and_whole_or_not_at_all() {
    let dir = private_dir();
    let plain = filled(dir.path()).profile("shop").unwrap();
    let sealed = tempfile::tempdir_in(dir.path()).unwrap();
    set_mode(sealed.path(), 0o700);
    let store = Store::encrypted(sealed.path(), passphrase("correct horse")).unwrap();
    store.insert(&plain).unwrap();
    assert_eq!(files(sealed.path()), ["shop.lock", "shop.sealed"]);
    let file = sealed.path().join("shop.sealed");
    assert_eq!(mode(&file), 0o600);
    let read = store.profile("shop").unwrap();
    assert_eq!(*read.to_document().unwrap(), *plain.to_document().unwrap());

    // Nothing of what was put in, in any run of bytes.
    let content = fs::read(&file).unwrap();
    let document = plain.to_document().unwrap();
    for secret in [
        &document[..],
        HEX.as_bytes(),
        OLD.as_bytes(),
        &hex::decode(HEX).unwrap(),
        b"correct horse",
    ] {
        for window in secret.windows(5) {
            assert!(!content.windows(5).any(|found| found == window));
        }
    }

    let refused = |content: &[u8], passphrase: Passphrase| {
        fs::write(&file, content).unwrap();
        let store = Store::encrypted(sealed.path(), passphrase).unwrap();
        let error = store.profile("shop").unwrap_err();
        assert_no_secret(&format!("{error}{error:?}{store:?}").replace("Merchant", ""));
        error
    };
    let error = refused(&content, passphrase("correct horsE"));
    assert!(matches!(error, StoreError::Sealed { .. }), "{error}");
    // In the salt, in the nonce, in the encrypted part, in its end.
    for at in [20, 40, 100, content.len() - 1] {
        let mut changed = content.clone();
        changed[at] ^= 1;
        let error = refused(&changed, passphrase("correct horse"));
        assert!(matches!(error, StoreError::Sealed { .. }), "{at}: {error}");
    }
    for length in [0, 5, 30, 57, 100, content.len() - 1] {
        let error = refused(&content[..length], passphrase("correct horse"));
        assert!(
            matches!(error, StoreError::Damaged { .. }),
            "{length}: {error}"
        );
    }
    let error = refused(&document, passphrase("correct horse"));
    assert!(
        error.to_string().contains("not an encrypted profile"),
        "{error}"
    );
    // A wrong passphrase does not lock and not overwrite either.
    fs::write(&file, &content).unwrap();
    let other = Store::encrypted(sealed.path(), passphrase("other")).unwrap();
    assert!(matches!(other.lock("shop"), Err(StoreError::Sealed { .. })));
    assert!(matches!(
        other.insert(&plain),
        Err(StoreError::Sealed { .. })
    ));
    assert_eq!(fs::read(&file).unwrap(), content);
}

#[test]
fn an_encrypted_file_is_replaced_as_a_plain_one_is() {
    let dir = private_dir();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let store = Store::encrypted(dir.path(), passphrase("correct horse"))
        .unwrap()
        .observe(Arc::new(move |step| log.lock().unwrap().push(step)));
    let mut guard = store.create("shop", Environment::Test, key()).unwrap();
    assert_eq!(*seen.lock().unwrap(), Step::ALL);
    let first = fs::read(dir.path().join("shop.sealed")).unwrap();
    guard
        .update(|profile| profile.set_token(token(Facade::Merchant, OLD)))
        .unwrap();
    let second = fs::read(dir.path().join("shop.sealed")).unwrap();
    // Another salt and another nonce each time: nothing of two versions is alike.
    assert_eq!(first.len(), second.len());
    assert_eq!(first[..17], second[..17]);
    let alike = first[17..]
        .iter()
        .zip(&second[17..])
        .filter(|(one, other)| one == other);
    assert!(alike.count() < 40);
    drop(guard);
    let profile = store.profile("shop").unwrap();
    assert_eq!(profile.token(Facade::Merchant).unwrap().expose(), OLD);
}

/// A database in which somebody else writes as well.
#[derive(Debug, Default)]
struct Table(Mutex<BTreeMap<String, Vec<u8>>>);

impl Backend for Table {
    fn place(&self, name: &str) -> String {
        format!("row {name}")
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        Ok(self
            .0
            .lock()
            .unwrap()
            .get(name)
            .cloned()
            .map(Zeroizing::new))
    }

    fn write(&self, name: &str, document: &[u8], old: Option<&[u8]>) -> Result<(), StoreError> {
        let mut rows = self.0.lock().unwrap();
        if rows.get(name).map(Vec::as_slice) != old {
            let place = self.place(name);
            return Err(StoreError::Changed { place });
        }
        rows.insert(name.to_owned(), document.to_vec());
        Ok(())
    }

    fn lock(&self, _: &str) -> Result<Box<dyn Send>, StoreError> {
        Ok(Box::new(()))
    }
}

#[test]
fn a_store_of_ones_own_loses_nothing_that_two_write_at_once() {
    let table = Arc::new(Table::default());
    let store = Store::over(table.clone());
    assert!(matches!(
        store.profile("shop"),
        Err(StoreError::NoProfile { .. })
    ));
    drop(store.create("shop", Environment::Test, key()).unwrap());
    let error = store.create("shop", Environment::Test, key()).unwrap_err();
    assert!(matches!(error, StoreError::Exists { .. }), "{error}");

    let (mut one, mut other) = (store.lock("shop").unwrap(), store.lock("shop").unwrap());
    one.update(|profile| profile.set_token(token(Facade::Merchant, OLD)))
        .unwrap();
    let error = other
        .update(|profile| profile.set_token(token(Facade::Payout, NEW)))
        .unwrap_err();
    assert!(matches!(error, StoreError::Changed { .. }), "{error}");
    // The faster one goes on; the other reads again.
    one.update(|profile| profile.forget_token(Facade::Pos))
        .unwrap();
    let mut again = store.lock("shop").unwrap();
    again
        .update(|profile| profile.set_token(token(Facade::Payout, NEW)))
        .unwrap();
    assert_eq!(store.profile("shop").unwrap().tokens().count(), 2);

    table
        .0
        .lock()
        .unwrap()
        .insert("odd".to_owned(), b"{".to_vec());
    let error = store.profile("odd").unwrap_err().to_string();
    assert!(
        error.starts_with("row odd is not a profile: it is cut off"),
        "{error}"
    );
}

#[test]
fn a_document_is_read_as_it_was_written_wherever_it_was() {
    let dir = private_dir();
    let profile = filled(dir.path()).profile("shop").unwrap();
    let document = profile.to_document().unwrap();
    assert_eq!(*document, fs::read(dir.path().join("shop.json")).unwrap());
    let again = Profile::from_document("shop", &document).unwrap();
    assert_eq!(*again.to_document().unwrap(), *document);
    for cut in 0..document.len() - 2 {
        assert!(Profile::from_document("shop", &document[..cut]).is_err());
    }
    assert!(matches!(
        Profile::from_document("a/b", &document),
        Err(StoreError::Name)
    ));
    let other = PrivateKey::from_bytes(&[7; 32]).unwrap();
    assert!(matches!(
        Profile::new("", Environment::Test, other),
        Err(StoreError::Name)
    ));
}

#[test]
fn the_keyring_keeps_a_profile_and_says_when_it_does_not() {
    let dir = private_dir();
    let mock = keyring_core::mock::Store::new().unwrap();
    let keyring = || Arc::new(Keyring::new(mock.clone()));
    let store = Store::over(keyring()).with_dir(dir.path()).unwrap();
    assert!(store.find("shop").unwrap().is_none());
    let error = store.profile("shop").unwrap_err().to_string();
    assert!(
        error.contains("the entry bitpay/shop of the system's keyring"),
        "{error}"
    );

    let mut guard = store.create("shop", Environment::Test, key()).unwrap();
    guard
        .update(|profile| profile.set_token(token(Facade::Merchant, OLD)))
        .unwrap();
    // No file but the lock, which keeps other processes out.
    assert_eq!(files(dir.path()), ["shop.lock"]);
    drop(guard);
    assert_eq!(
        store
            .profile("shop")
            .unwrap()
            .token(Facade::Merchant)
            .unwrap()
            .expose(),
        OLD
    );
    let error = store.create("shop", Environment::Test, key()).unwrap_err();
    assert!(matches!(error, StoreError::Exists { .. }), "{error}");
    let stale = Some(&b"old"[..]);
    let error = keyring().write("shop", b"new", stale).unwrap_err();
    assert!(matches!(error, StoreError::Changed { .. }), "{error}");

    // What keyrings say when something is wrong, which may hold what they keep.
    let locked = || Box::<dyn std::error::Error + Send + Sync>::from("no such service");
    let secret = format!("{OLD}{NEW}").into_bytes();
    for (failure, expected) in [
        (
            keyring_core::Error::NoStorageAccess(locked()),
            "the keyring is locked, or there is none: no such service",
        ),
        (
            keyring_core::Error::PlatformFailure(locked()),
            "the keyring failed: no such service",
        ),
        (
            keyring_core::Error::BadEncoding(secret.clone()),
            "the entry is damaged",
        ),
        (
            keyring_core::Error::BadDataFormat(secret, locked()),
            "the entry is damaged",
        ),
        (
            keyring_core::Error::TooLong("secret".to_owned(), 2560),
            "no more than 2560 bytes",
        ),
        (
            keyring_core::Error::NotSupportedByStore(OLD.to_owned()),
            "does not do this",
        ),
    ] {
        let store: Arc<keyring_core::CredentialStore> = mock.clone();
        let entry = keyring_core::Entry::new_in_store(&store, "bitpay", "shop").unwrap();
        let mock: &keyring_core::mock::Cred = entry.as_any().downcast_ref().unwrap();
        mock.set_error(failure);
        let error = Store::over(keyring()).profile("shop").unwrap_err();
        assert_no_secret(&format!("{error} {error:?}"));
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert!(store.profile("shop").is_ok(), "it is there all the same");
}
