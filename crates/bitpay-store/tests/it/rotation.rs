//! The other key of a profile, while its key is being replaced.

use std::fs;
use std::sync::Arc;

use bitpay_core::{Facade, PrivateKey};
use bitpay_store::{Backend as _, Keyring, Profile, RotationStage, Store};

use super::{NEW, OLD, assert_no_secret, files, filled, key, pending, private_dir, token};

fn second() -> PrivateKey {
    PrivateKey::from_bytes(&[9; 32]).unwrap()
}

#[test]
fn both_keys_are_saved_until_one_is_forgotten() {
    let dir = private_dir();
    let store = filled(dir.path());
    begun_changed_over_and_ended(&store, || {
        fs::read_to_string(dir.path().join("shop.json")).unwrap()
    });
}

#[test]
fn a_key_is_rotated_in_a_keyring_as_in_a_file() {
    let dir = private_dir();
    let mock = keyring_core::mock::Store::new().unwrap();
    let keyring = || Arc::new(Keyring::new(mock.clone()));
    let store = Store::over(keyring()).with_dir(dir.path()).unwrap();
    let old = filled(private_dir().path()).profile("shop").unwrap();
    drop(store.insert(&old).unwrap());
    begun_changed_over_and_ended(&store, || {
        let document = keyring().read("shop").unwrap().unwrap();
        String::from_utf8(document.to_vec()).unwrap()
    });
    assert_eq!(files(dir.path()), ["shop.lock"], "no key is in a file");
}

/// A rotation from its beginning to its end, of which each step is saved; then what is written has one key.
fn begun_changed_over_and_ended(store: &Store, written: impl Fn() -> String) {
    let update = |change: fn(&mut Profile)| {
        store.lock("shop").unwrap().update(change).unwrap();
        let profile = store.profile("shop").unwrap();
        let other = profile
            .rotation()
            .map(|other| (other.identity().sin().clone(), other.stage()));
        assert_no_secret(&format!("{profile:?}"));
        (profile, other)
    };

    let (profile, other) = update(|profile| {
        profile.begin_rotation(second());
        // The key that BitPay may have been told of is not lost to another one.
        profile.begin_rotation(PrivateKey::from_bytes(&[8; 32]).unwrap());
        profile.asked_mut().unwrap().push(pending());
    });
    assert_eq!(profile.identity().sin(), key().sin());
    assert_eq!(other, Some((second().sin().clone(), RotationStage::Next)));
    assert_eq!(profile.rotation().unwrap().asked(), [pending()]);

    let (profile, other) = update(|profile| {
        profile.change_over([token(Facade::Pos, NEW)]);
        // Once more would be back again.
        profile.change_over([token(Facade::Merchant, NEW)]);
    });
    assert_eq!(profile.identity().sin(), second().sin());
    assert_eq!(other, Some((key().sin().clone(), RotationStage::Previous)));
    assert_eq!(profile.token(Facade::Pos).unwrap().expose(), NEW);
    assert_eq!(profile.token(Facade::Merchant).unwrap().expose(), OLD);

    let (profile, other) = update(Profile::end_rotation);
    assert_eq!(profile.identity().sin(), second().sin());
    assert_eq!(other, None);
    let text = written();
    assert!(!text.contains("rotation"));
    assert_eq!(text.matches("BEGIN").count(), 1, "one key is left");
}

#[test]
fn a_damaged_other_key_is_refused_and_not_repeated() {
    let dir = private_dir();
    let store = filled(dir.path());
    let mut guard = store.lock("shop").unwrap();
    guard
        .update(|profile| profile.begin_rotation(second()))
        .unwrap();
    let path = dir.path().join("shop.json");
    let text = fs::read_to_string(&path).unwrap();
    let pem = second().to_pem();
    let line = pem.lines().nth(1).unwrap();
    fs::write(&path, text.replace(line, &line[4..])).unwrap();
    let error = store.profile("shop").unwrap_err().to_string();
    assert!(error.contains("the key in"), "{error}");
    assert!(!error.contains(&line[8..24]), "{error}");
}
