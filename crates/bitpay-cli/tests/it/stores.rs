//! Which store the commands use.

use std::fs;
use std::sync::{Arc, Mutex};

use bitpay_blocking::Facade;
use bitpay_store::{Passphrase, Store};

use crate::commands::paired;
use crate::program::Home;
use crate::server::Server;

const PASSPHRASE: (&str, &str) = ("BITPAY_PASSPHRASE", "correct horse battery");

#[test]
fn the_encrypted_store_is_paired_and_used_like_a_file() {
    let (server, home) = (Server::start(), Home::new());
    let run = |args: &[&str]| {
        let ran = home.run_under(args, "", &[PASSPHRASE, ("BITPAY_STORE", "encrypted")]);
        ran.assert_without(PASSPHRASE.1, 8);
        ran
    };
    let asked = run(&["pair", "--env", server.url(), "--facade", "merchant"]).ok();
    server.approve(&asked.row("pairing code"));
    run(&["pair"]).ok();
    run(&["invoice", "create", "5", "EUR"]).ok();
    let before = run(&["whoami"]).ok().row("SIN");
    run(&["key", "rotate"]).ok();
    assert_ne!(run(&["whoami"]).ok().row("SIN"), before);
    run(&["doctor"]).ok();
    let shown = run(&["whoami"]).ok();
    assert_eq!(shown.row("tokens"), "merchant");
    assert_eq!(
        shown.row("kept in"),
        home.path().join("default.sealed").to_str().unwrap()
    );
    assert!(!home.path().join("default.json").exists());
    assert!(home.path().join("default.journal").exists());

    // Nothing of the token is in the file.
    let store = Store::encrypted(home.path(), Passphrase::new(PASSPHRASE.1).unwrap()).unwrap();
    let profile = store.profile("default").unwrap();
    let token = profile.token(Facade::Merchant).unwrap().expose().as_bytes();
    let file = fs::read(home.path().join("default.sealed")).unwrap();
    for window in token.windows(5) {
        assert!(!file.windows(5).any(|found| found == window));
    }

    let with = |variables: &[(&str, &str)]| {
        home.run_under(&["whoami", "--store", "encrypted"], "", variables)
    };
    with(&[("BITPAY_PASSPHRASE", "wrong horse")]).fails(1, "the passphrase is another one");
    with(&[]).fails(2, "set BITPAY_PASSPHRASE, or BITPAY_PASSPHRASE_FILE");
    with(&[("BITPAY_PASSPHRASE", "")]).fails(1, "the passphrase of the encrypted store is missing");
    let path = home.path().join("passphrase");
    fs::write(&path, format!("{}\r\n", PASSPHRASE.1)).unwrap();
    with(&[("BITPAY_PASSPHRASE_FILE", path.to_str().unwrap())]).ok();
    home.run(&["whoami"])
        .fails(1, "there is no profile `default`");
    home.run_under(&["whoami"], "", &[("BITPAY_STORE", "vault")])
        .fails(
            2,
            "BITPAY_STORE: there are the stores file, encrypted, env, keyring",
        );
}

#[test]
fn a_profile_is_copied_between_stores_and_never_over_another() {
    let server = Server::start();
    let home = paired(&server, "pos");
    let run = |args: &[&str]| home.run_under(args, "", &[PASSPHRASE]);
    let ran = run(&["store", "copy", "--to", "encrypted"]).ok();
    assert!(ran.out.contains("The old one still holds the key"));
    let sin = home.profile().identity().sin().to_string();
    assert_eq!(
        run(&["whoami", "--store", "encrypted"]).ok().row("SIN"),
        sin
    );
    run(&["invoice", "create", "5", "EUR", "--store", "encrypted"]).ok();
    run(&["store", "copy", "--to", "encrypted"]).fails(1, "exists already and is not overwritten");
    run(&["store", "copy", "--to", "file"]).fails(2, "is in this store already");
    run(&["store", "copy", "--to", "env"])
        .fails(1, "nothing can be written to the environment variables");
    fs::remove_file(home.path().join("default.json")).unwrap();
    run(&["store", "copy", "--to", "file", "--store", "encrypted"]).ok();
    assert_eq!(home.profile().identity().sin().as_str(), sin);
}

#[test]
fn a_container_is_given_its_profile_by_variables() {
    let server = Server::start();
    let old = paired(&server, "merchant");
    let profile = old.profile();
    let mounted = tempfile::tempdir().unwrap();
    let file = mounted.path().join("token");
    let token = profile.token(Facade::Merchant).unwrap().expose();
    fs::write(&file, format!("{token}\n")).unwrap();
    let json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(old.path().join("default.json")).unwrap())
            .unwrap();
    let lines: Vec<&str> = json["key"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it.as_str())
        .collect();
    let pem = lines.join("\n");
    let variables = [
        ("BITPAY_STORE", "env"),
        ("BITPAY_ENVIRONMENT", server.url()),
        ("BITPAY_KEY", &pem),
        ("BITPAY_TOKEN_MERCHANT_FILE", file.to_str().unwrap()),
    ];
    let home = Home::new();
    let run = |args: &[&str]| {
        let ran = home.run_under(args, "", &variables);
        ran.assert_without(token, 8);
        ran
    };
    assert_eq!(
        run(&["whoami"]).ok().row("SIN"),
        profile.identity().sin().as_str()
    );
    run(&["doctor"]).ok();
    run(&["invoice", "create", "5", "EUR"]).ok();
    assert!(
        home.path().join("default.journal").exists(),
        "what was done is written down all the same"
    );
    // Nothing is asked of BitPay that could not be kept.
    let before = server.count("request_pairing");
    run(&["pair", "--facade", "pos"])
        .fails(1, "nothing can be written to the environment variables");
    run(&["unpair", "--facade", "merchant"]).fails(1, "nothing can be written");
    run(&["key", "rotate"]).fails(1, "nothing can be written");
    assert_eq!(server.count("link_token_sin"), 0);
    assert_eq!(server.count("request_pairing"), before);
    home.run_under(&["whoami", "--store", "env"], "", &[])
        .fails(1, "BITPAY_KEY: neither it nor BITPAY_KEY_FILE is set");
}

#[test]
fn a_new_passphrase_is_asked_for_twice() {
    // Without a home nothing is made: what is asked comes first.
    for (typed, expected) in [(["one", "other"], "not the same"), (["", ""], "is missing")] {
        let left = Arc::new(Mutex::new(typed.to_vec()));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let io =
            bitpay_cli::Io::new(&[][..], &mut out, &mut err).prompt(Arc::new(move |what: &str| {
                log.lock().unwrap().push(what.to_owned());
                Ok(Some(left.lock().unwrap().remove(0).to_owned().into()))
            }));
        let name = format!("never-made-{}", std::process::id());
        let args = [
            "bitpay",
            "keygen",
            "--env",
            "test",
            "--store",
            "encrypted",
            "--profile",
            &name,
        ];
        assert_eq!(bitpay_cli::run(args, io), 1);
        assert!(String::from_utf8(err).unwrap().contains(expected));
        assert_eq!(
            *asked.lock().unwrap(),
            ["New passphrase of the encrypted store", "The same again"]
        );
    }
}

#[test]
fn without_a_keyring_it_is_said_what_to_use() {
    // No service answers there, whatever this machine has.
    let nowhere = [("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")];
    let ran = Home::new().run_under(&["whoami", "--store", "keyring"], "", &nowhere);
    let (code, expected) = if cfg!(feature = "keyring") {
        (1, "there is no keyring to reach")
    } else {
        (2, "built without the keyring")
    };
    ran.fails(code, expected)
        .fails(code, "use --store file or --store encrypted");
}
