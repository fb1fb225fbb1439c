//! The store against a real file system, and against processes that stop at any step.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

mod import;
mod journal;
mod rotation;
mod stores;
mod together;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use bitpay_core::{AnyToken, Environment, Facade, Guid, Merchant, Pos, PrivateKey};
use bitpay_store::{Answered, Pending, Profile, Step, Store, StoreError};

const OLD: &str = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";
const NEW: &str = "G7XM9fcM1gtCN7DUr8ZWtPGVFLTKiYWanHR4kvqsnjP3";

fn private_dir() -> tempfile::TempDir {
    tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir()
        .unwrap()
}

fn key() -> PrivateKey {
    PrivateKey::from_hex("97811b691dd7ebaeb67977d158e1da2c4d3eaa4ee4e2555150628acade6b344c")
        .unwrap()
}

fn token(facade: Facade, text: &str) -> AnyToken {
    AnyToken::parse(facade, text).unwrap()
}

fn pending() -> Pending {
    Pending {
        facade: Facade::Pos,
        label: Some("web shop".to_owned()),
        guid: Guid::from_random([7; 16]),
        requested_at: "2026-01-02T03:04:05.678Z".parse().unwrap(),
        answered: Some(Answered {
            code: "C4Lg7oW".parse().unwrap(),
            token: token(Facade::Pos, NEW),
            expires_at: Some("2026-01-03T03:04:05.678Z".parse().unwrap()),
        }),
    }
}

/// A store with the profile `shop`, which holds a merchant token and a pending pairing.
fn filled(dir: &Path) -> Store {
    let store = Store::open(dir).unwrap();
    let mut guard = store.create("shop", Environment::Test, key()).unwrap();
    guard
        .update(|profile| {
            profile.set_token(token(Facade::Merchant, OLD));
            profile.pending = Some(pending());
            profile.claimed = Some("Wp4RRAz".parse().unwrap());
        })
        .unwrap();
    store
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn files(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// This very test program, as another process that runs one test, told of a task by the environment.
fn child(task: &str, dir: &Path, before: &str) -> Command {
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!(
            "{before}; exec \"$0\" --exact the_task_of_a_child --nocapture"
        ))
        .arg(std::env::current_exe().unwrap())
        .env("STORE_TEST_TASK", task)
        .env("STORE_TEST_DIR", dir);
    command
}

/// What a child process does. Run by the test program itself it does nothing.
#[test]
fn the_task_of_a_child() {
    let (Ok(task), Some(dir)) = (
        std::env::var("STORE_TEST_TASK"),
        std::env::var_os("STORE_TEST_DIR"),
    ) else {
        return;
    };
    let dir = PathBuf::from(dir);
    match task.split_once(' ') {
        None if task == "fill" => {
            filled(&dir);
        }
        None if task == "hold" => {
            let store = Store::open(&dir).unwrap();
            let _guard = store.lock("shop").unwrap();
            fs::write(dir.join("held"), "").unwrap();
            std::thread::sleep(std::time::Duration::from_secs(60));
        }
        Some(("count", facade)) => together::count(&dir, facade.parse().unwrap()),
        Some((what, step)) => {
            let last: usize = step.parse().unwrap();
            let store = Store::open(&dir).unwrap().observe(Arc::new(move |step| {
                if step == Step::ALL[last] {
                    std::process::abort();
                }
            }));
            if what == "create" {
                store.create("shop", Environment::Test, key()).unwrap();
            } else {
                let mut guard = store.lock("shop").unwrap();
                guard
                    .update(|profile| profile.set_token(token(Facade::Merchant, NEW)))
                    .unwrap();
            }
        }
        None => panic!("no such task"),
    }
}

#[test]
fn what_was_saved_is_loaded() {
    let dir = private_dir();
    let profile = filled(dir.path()).profile("shop").unwrap();
    assert_eq!(profile.identity().sin(), key().sin());
    assert_eq!(profile.environment(), &Environment::Test);
    assert_eq!(profile.pending, Some(pending()));
    assert_eq!(profile.claimed, Some("Wp4RRAz".parse().unwrap()));
    assert_eq!(profile.grant::<Merchant>().unwrap().token().expose(), OLD);
    assert!(profile.any_grant(Facade::Merchant).is_ok());
    assert_eq!(
        profile.grant::<Pos>().unwrap_err().to_string(),
        "the pos pairing of the profile `shop` is not approved yet: approve it, then run `bitpay pair --profile shop`"
    );
    let error = profile.any_grant(Facade::Payout).unwrap_err().to_string();
    assert!(
        error.contains("bitpay pair --profile shop --facade payout"),
        "{error}"
    );

    // The key is written as OpenSSL writes it, line by line.
    let text = fs::read_to_string(dir.path().join("shop.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let lines: Vec<&str> = json["key"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line.as_str().unwrap())
        .collect();
    assert_eq!(lines.join("\n") + "\n", *key().to_pem());
}

#[test]
fn an_address_with_plain_http_that_was_allowed_once_is_loaded() {
    let dir = private_dir();
    let store = Store::open(dir.path()).unwrap();
    let base = bitpay_core::BaseUrl::parse_allowing_plain_http("http://sandbox:8080").unwrap();
    store.create("box", base.clone().into(), key()).unwrap();
    assert_eq!(
        store.profile("box").unwrap().environment(),
        &Environment::Custom(base)
    );
}

#[test]
fn a_missing_profile_is_an_error_and_makes_nothing() {
    let dir = private_dir();
    let store = Store::open(dir.path()).unwrap();
    for error in [
        store.profile("shop").unwrap_err(),
        store.lock("shop").unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::NoProfile { .. }));
        assert!(
            error
                .to_string()
                .contains("bitpay pair --env test --profile shop"),
            "{error}"
        );
    }
    assert!(store.find("shop").unwrap().is_none());
    assert!(files(dir.path()).is_empty());

    let nowhere = dir.path().join("nowhere");
    assert!(Store::open(&nowhere).unwrap().profile("shop").is_err());
    assert!(!nowhere.exists());
}

#[test]
fn a_key_is_never_overwritten() {
    let dir = private_dir();
    let store = filled(dir.path());
    let other = PrivateKey::from_bytes(&[9; 32]).unwrap();
    let error = store.create("shop", Environment::Test, other).unwrap_err();
    assert!(matches!(error, StoreError::Exists { .. }), "{error}");
    assert_eq!(store.profile("shop").unwrap().identity().sin(), key().sin());
}

#[test]
fn names_that_could_be_paths_are_refused() {
    let dir = private_dir();
    let store = Store::open(dir.path()).unwrap();
    for name in [
        "",
        ".",
        "..",
        "../up",
        "a/b",
        "a.b",
        "a b",
        "ü",
        &"a".repeat(65),
    ] {
        assert!(
            matches!(store.profile(name), Err(StoreError::Name)),
            "{name}"
        );
        assert!(
            matches!(
                store.create(name, Environment::Test, key()),
                Err(StoreError::Name)
            ),
            "{name}"
        );
    }
}

#[test]
fn nobody_else_can_read_it_whatever_the_umask() {
    for umask in ["000", "022", "077", "777"] {
        let parent = private_dir();
        let dir = parent.path().join("new");
        assert!(
            child("fill", &dir, &format!("umask {umask}"))
                .output()
                .unwrap()
                .status
                .success(),
            "{umask}"
        );
        assert_eq!(mode(&dir), 0o700, "{umask}");
        assert_eq!(mode(&dir.join("shop.json")), 0o600, "{umask}");
        assert_eq!(mode(&dir.join("shop.lock")) & 0o077, 0, "{umask}");
    }
}

#[test]
fn what_others_can_access_is_refused() {
    let dir = private_dir();
    let store = filled(dir.path());
    let file = dir.path().join("shop.json");
    for open in [0o644, 0o660, 0o606, 0o640] {
        set_mode(&file, open);
        for error in [
            store.profile("shop").unwrap_err(),
            store.lock("shop").unwrap_err(),
        ] {
            assert!(matches!(error, StoreError::Exposed { .. }), "{error}");
            assert!(
                error
                    .to_string()
                    .contains(&format!("chmod 600 '{}'", file.display())),
                "{error}"
            );
        }
        assert_eq!(mode(&file), open, "it is not mended in silence");
    }
    set_mode(&file, 0o600);
    assert!(store.profile("shop").is_ok());
    for open in [0o755, 0o770, 0o701] {
        set_mode(dir.path(), open);
        let error = Store::open(dir.path()).unwrap_err().to_string();
        assert!(error.contains("chmod 700"), "{error}");
    }
}

#[test]
fn a_process_that_stops_at_any_step_leaves_the_old_or_the_new_profile() {
    for (index, step) in Step::ALL.into_iter().enumerate() {
        let dir = private_dir();
        let store = filled(dir.path());
        let stopped = child(&format!("update {index}"), dir.path(), "ulimit -c 0")
            .output()
            .unwrap();
        assert!(!stopped.status.success(), "{step:?}");
        let merchant = |store: &Store| {
            store
                .profile("shop")
                .unwrap()
                .grant::<Merchant>()
                .unwrap()
                .token()
                .expose()
                .to_owned()
        };
        let is_new = matches!(step, Step::Renamed | Step::DirSynced);
        assert_eq!(merchant(&store), if is_new { NEW } else { OLD }, "{step:?}");
        for file in files(dir.path()) {
            assert_eq!(mode(&dir.path().join(file)) & 0o077, 0, "{step:?}");
        }

        // The next writer is not hindered, and clears what was left.
        store
            .lock("shop")
            .unwrap()
            .update(|p| p.set_token(token(Facade::Merchant, NEW)))
            .unwrap();
        assert_eq!(merchant(&store), NEW);
        assert_eq!(files(dir.path()), ["shop.json", "shop.lock"], "{step:?}");
    }
}

#[test]
fn a_process_that_stops_while_it_makes_a_profile_leaves_a_whole_one_or_none() {
    for (index, step) in Step::ALL.into_iter().enumerate() {
        let dir = private_dir();
        let stopped = child(&format!("create {index}"), dir.path(), "ulimit -c 0")
            .output()
            .unwrap();
        assert!(!stopped.status.success(), "{step:?}");
        let store = Store::open(dir.path()).unwrap();
        let found = store.find("shop").unwrap();
        assert_eq!(
            found.is_some(),
            matches!(step, Step::Renamed | Step::DirSynced),
            "{step:?}"
        );
        if found.is_none() {
            store.create("shop", Environment::Test, key()).unwrap();
        }
        assert_eq!(files(dir.path()), ["shop.json", "shop.lock"], "{step:?}");
    }
}

#[test]
fn the_steps_are_told_in_order() {
    let dir = private_dir();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let store = Store::open(dir.path())
        .unwrap()
        .observe(Arc::new(move |step| log.lock().unwrap().push(step)));
    store.create("shop", Environment::Test, key()).unwrap();
    assert_eq!(*seen.lock().unwrap(), Step::ALL);
}

#[test]
fn a_second_process_is_kept_out_until_the_first_is_done_or_gone() {
    let dir = private_dir();
    let store = filled(dir.path());
    let mut holder = child("hold", dir.path(), "true").spawn().unwrap();
    while !dir.path().join("held").exists() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let error = store.lock("shop").unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
    assert!(store.profile("shop").is_ok(), "reading takes no lock");
    holder.kill().unwrap();
    holder.wait().unwrap();
    store.lock("shop").unwrap();
}

#[test]
fn a_profile_that_cannot_be_saved_stays_as_it_was() {
    let dir = private_dir();
    let store = filled(dir.path());
    let mut guard = store.lock("shop").unwrap();
    // A directory that is not empty is in the way of the new file, also for root.
    fs::create_dir_all(dir.path().join("shop.json.tmp/x")).unwrap();
    let error = guard
        .update(|profile| profile.forget_token(Facade::Merchant))
        .unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
    assert!(guard.profile().token(Facade::Merchant).is_some());
    assert!(
        store
            .profile("shop")
            .unwrap()
            .token(Facade::Merchant)
            .is_some()
    );
}

#[test]
fn a_damaged_file_is_refused_and_nothing_of_it_is_repeated() {
    let dir = private_dir();
    let store = filled(dir.path());
    let file = dir.path().join("shop.json");
    let whole = fs::read_to_string(&file).unwrap();
    let refused = |content: &str| {
        fs::write(&file, content).unwrap();
        let error = store.profile("shop").unwrap_err();
        assert_no_secret(&format!("{error}\n{error:?}"));
        error.to_string()
    };
    assert!(refused("").contains("cut off"));
    assert!(refused("hello").contains("not JSON"));
    assert!(refused("[]").contains("unexpected form"));
    for cut in 1..whole.len() - 2 {
        refused(&whole[..cut]);
    }
    assert!(
        refused(&whole.replace("\"schema\": 1", "\"schema\": 2")).contains("update this program")
    );
    assert!(
        refused(&whole.replace("\"schema\": 1", "\"schema\": 1, \"colour\": 1"))
            .contains("`colour`")
    );
    assert!(
        refused(&whole.replace("\"environment\"", "\"environments\"")).contains("`environments`")
    );
    assert!(refused(&whole.replace("\"test\"", "\"tset\"")).contains("environment"));
    // A secret where something else is expected: serde would quote it.
    assert!(refused(&whole.replace("1,", &format!("\"{OLD}\","))).contains("unexpected form"));
    assert!(
        refused(&whole.replace("\"schema\": 1", &format!("\"schema\": 1, \"{OLD}\": 1")))
            .contains("unexpected form")
    );
    assert!(refused(&whole.replace("\"web shop\"", "7")).contains("unexpected form"));
    assert!(refused(&whole.replace(OLD, "Wp4RRAz")).contains("looks like a pairing code"));
    assert!(refused(&whole.replace("EC PRIVATE KEY", "RSA PRIVATE KEY")).contains("the key in"));
    fs::write(&file, whole).unwrap();
    assert!(store.profile("shop").is_ok());
}

/// No four characters in a row of a secret.
fn assert_no_secret(text: &str) {
    let pem = key().to_pem();
    let secrets = pem
        .lines()
        .filter(|line| !line.starts_with('-'))
        .chain([OLD, NEW]);
    for secret in secrets {
        for window in secret.as_bytes().windows(4) {
            let window = std::str::from_utf8(window).unwrap();
            assert!(!text.contains(window), "{window} of a secret is in: {text}");
        }
    }
}

#[test]
fn debug_shows_no_secret() {
    // A directory whose name is no part of a secret by chance.
    let dir = std::env::temp_dir().join(format!("store-debug-{}", std::process::id()));
    let store = filled(&dir);
    let profile: Profile = store.profile("shop").unwrap();
    let guard = store.lock("shop").unwrap();
    assert_no_secret(&format!(
        "{store:?} {profile:?} {:#?} {guard:?}",
        profile.pending
    ));
    assert!(format!("{profile:?}").contains(key().sin().as_str()));
    fs::remove_dir_all(&dir).unwrap();
}
