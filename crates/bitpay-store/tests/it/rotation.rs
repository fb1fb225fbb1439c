//! The other key of a profile, while its key is being replaced.

use std::fs;

use bitpay_core::{Facade, PrivateKey};
use bitpay_store::{Profile, RotationStage};

use super::{NEW, OLD, assert_no_secret, filled, key, pending, private_dir, token};

fn second() -> PrivateKey {
    PrivateKey::from_bytes(&[9; 32]).unwrap()
}

#[test]
fn both_keys_are_saved_until_one_is_forgotten() {
    let dir = private_dir();
    let store = filled(dir.path());
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
    let text = fs::read_to_string(dir.path().join("shop.json")).unwrap();
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
