//! Moving in from the official SDKs.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use bitpay_blocking::{AnyToken, Environment, Facade, PrivateKey};
use bitpay_cli::Io;
use bitpay_store::Zeroizing;
use serde_json::json;

use crate::commands::paired;
use crate::program::{Home, Ran};
use crate::server::Server;

const NODE_HEX: &str = "97811b691dd7ebaeb67977d158e1da2c4d3eaa4ee4e2555150628acade6b344c";
const MERCHANT: &str = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5";
const PAYOUT: &str = "G7XM9fcM1gtCN7DUr8ZWtPGVFLTKiYWanHR4kvqsnjP3";

fn fixture(name: &str) -> String {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../bitpay-store/tests/fixtures/import"
    );
    Path::new(folder).join(name).to_str().unwrap().to_owned()
}

fn text(name: &str) -> String {
    fs::read_to_string(fixture(name)).unwrap()
}

/// A folder with this file in it.
fn folder(name: &str, content: impl AsRef<[u8]>) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path: PathBuf = dir.path().join(name);
    fs::write(&path, content).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (dir, path)
}

/// What no run may show.
fn assert_hides(ran: &Ran) {
    for secret in [NODE_HEX, MERCHANT, PAYOUT, "YourMasterPassword"] {
        ran.assert_without(secret, 8.min(secret.len()));
    }
}

#[test]
fn each_sdk_is_moved_in_from_with_its_key_and_its_tokens() {
    for (file, found, key, sin, tokens, environment) in [
        (
            "node.json",
            "the Node SDK",
            "hex",
            "Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR",
            &["pos", "merchant", "payout"][..],
            "test",
        ),
        (
            "python.json",
            "the Python SDK",
            "PEM",
            "Tf6ibziraS2CsALaYMe5UrqYhnuv95QVefM",
            &["pos", "merchant"],
            "test",
        ),
        (
            "php.json",
            "the PHP SDK",
            "encrypted by the PHP SDK",
            "Tf9roWQ4YKG7AiJQotQDMBccpoLRhFrKLDf",
            &["merchant", "payout"],
            "test",
        ),
        (
            "php.yml",
            "the PHP SDK",
            "encrypted by the PHP SDK",
            "Tf9roWQ4YKG7AiJQotQDMBccpoLRhFrKLDf",
            &["merchant", "payout"],
            "test",
        ),
        (
            "java.json",
            "the Java SDK",
            "DER as hex",
            "TfE4UAsvxgtRRifGmz2EYU28AHYNiq7Avds",
            &["merchant", "payout"],
            "production",
        ),
        (
            "csharp.json",
            "the C# SDK",
            "a decimal number",
            "TexMWFXCdLzC3kVkLP3iz4hKvUfPAM57MNm",
            &["pos", "merchant", "payout"],
            "test",
        ),
    ] {
        let home = Home::new();
        let ran = home.run(&["import", &fixture(file), "--json"]).ok();
        assert_hides(&ran);
        let json = ran.json();
        assert_eq!(
            json["found"],
            format!("a configuration of {found}"),
            "{file}"
        );
        assert_eq!((&json["key"], &json["sin"]), (&json!(key), &json!(sin)));
        assert_eq!(
            (&json["tokens"], &json["environment"]),
            (&json!(tokens), &json!(environment))
        );
        let profile = home.profile();
        assert_eq!(profile.identity().sin().as_str(), sin);
        let held: Vec<&str> = profile
            .tokens()
            .map(|token| token.facade().as_str())
            .collect();
        assert_eq!(held, tokens);
        assert_eq!(
            profile.token(Facade::Merchant).map(AnyToken::expose),
            Some(MERCHANT)
        );

        // The same in words, and not over what is there.
        let again = home
            .run(&["import", &fixture(file)])
            .fails(1, "never overwritten");
        assert_hides(&again);
        let words = home
            .run(&["import", &fixture(file), "--profile", "other"])
            .ok();
        assert_hides(&words);
        assert_eq!(words.row("SIN"), sin);
        assert_eq!(words.row("key "), key);
        assert!(words.row("tokens").contains("merchant (44 characters)"));
        let shown = home
            .run(&["whoami", "--profile", "other", "--json"])
            .ok()
            .json();
        assert_eq!(
            (&shown["sin"], &shown["tokens"]),
            (&json!(sin), &json!(tokens))
        );
    }
}

#[test]
fn a_dry_run_saves_nothing() {
    let home = Home::new();
    let ran = home
        .run(&["import", &fixture("node.json"), "--dry-run"])
        .ok();
    assert!(ran.out.contains("Nothing was saved"));
    assert!(!home.path().exists());
    let ran = home
        .run(&[
            "import",
            &fixture("node.json"),
            "--dry-run",
            "--env",
            "prod",
        ])
        .ok();
    assert_eq!(ran.row("SIN"), "TeyN4LPrXiG5t2yuSamKqP3ynVk3F52iHrX");
}

#[test]
fn a_check_asks_the_server_and_saves_only_what_works() {
    let server = Server::start();
    let old = paired(&server, "merchant");
    let profile = old.profile();
    let pem = fs::read_to_string(old.path().join("default.json")).unwrap();
    let pem: serde_json::Value = serde_json::from_str(&pem).unwrap();
    let lines: Vec<&str> = pem["key"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it.as_str())
        .collect();
    let config = |merchant: &str| {
        json!({ "BitPayConfiguration": { "Environment": "Test", "EnvConfig": { "Test": {
            "PrivateKeyPath": null,
            "PrivateKey": lines.join("\n"),
            "ApiTokens": { "merchant": merchant, "payout": null },
        } } } })
        .to_string()
    };
    let token = profile.token(Facade::Merchant).unwrap();
    let (_dir, good) = folder("good.json", config(token.expose()));
    let (_other, bad) = folder("bad.json", config(MERCHANT));
    let (_none, without) = folder("none.json", config(""));

    let home = Home::new();
    let check = |file: &str, name: &str| {
        home.run(&[
            "import",
            file,
            "--check",
            "--env",
            server.url(),
            "--profile",
            name,
        ])
    };
    let ran = check(&bad, "bad").fails(1, "not all of it works");
    assert!(
        ran.row("check")
            .starts_with("merchant: the environment does not know the token"),
        "{ran:?}"
    );
    assert!(home.store().find("bad").unwrap().is_none());
    let ran = check(&good, "default").ok();
    assert_eq!(ran.row("check"), "merchant: the key and the token work");
    assert_eq!(
        check(&without, "key").ok().row("check"),
        "key: the key works; there is no token to ask about"
    );
    // What was moved in is used.
    home.run(&["invoice", "create", "5", "EUR"]).ok();
    assert_eq!(home.profile().identity().sin(), profile.identity().sin());
}

#[test]
fn a_password_comes_from_the_configuration_a_file_a_variable_or_the_terminal() {
    let home = Home::new();
    let config = text("php.json").replace("YourMasterPassword", "");
    let (dir, config) = folder("BitPay.config.json", config);
    let run = |args: &[&str], variables: &[(&str, &str)]| {
        let ran = home.run_under(
            &[&["import", &config, "--dry-run"], args].concat(),
            "",
            variables,
        );
        assert_hides(&ran);
        ran
    };
    run(&[], &[]).fails(1, "--key-file");
    fs::write(dir.path().join("php.key"), text("php.key")).unwrap();
    run(&[], &[]).fails(1, "--password-file, the variable BITPAY_IMPORT_PASSWORD");
    run(&[], &[("BITPAY_IMPORT_PASSWORD", "YourMasterPassword")]).ok();
    run(&[], &[("BITPAY_IMPORT_PASSWORD", "another")]).fails(1, "the password is not the one");
    let (_right, right) = folder("password", "YourMasterPassword\n");
    run(&["--password-file", &right], &[]).ok();
    run(&[], &[("BITPAY_IMPORT_PASSWORD_FILE", &right)]).ok();
    run(&["--password-file", "/nowhere"], &[]).fails(1, "/nowhere could not be read");

    // On a terminal it is asked for, once, and only if it is needed.
    for (file, typed, code) in [
        (config.clone(), "YourMasterPassword", 0),
        (config, "another", 1),
        (fixture("node.json"), "", 0),
    ] {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let io = Io::new(&[][..], &mut out, &mut err).prompt(Arc::new(move |what: &str| {
            log.lock().unwrap().push(what.to_owned());
            Ok(Some(Zeroizing::new(typed.to_owned())))
        }));
        let ended = bitpay_cli::run(["bitpay", "import", &file, "--dry-run"], io);
        assert_eq!(ended, code, "{}", String::from_utf8_lossy(&err));
        let asked = asked.lock().unwrap();
        match typed {
            "" => assert!(asked.is_empty()),
            _ => assert_eq!(*asked, ["Password of the encrypted key"]),
        }
    }
}

#[test]
fn the_key_file_is_looked_for_beside_the_configuration_or_given() {
    let home = Home::new();
    let config = text("node.json")
        .replacen(
            "\"PrivateKeyPath\": \"\"",
            "\"PrivateKeyPath\": \"keys/bitpay.key\"",
            1,
        )
        .replace(NODE_HEX, "");
    let (dir, config) = folder("BitPay.config.json", config);
    let run =
        |args: &[&str]| home.run(&[&["import", &config, "--dry-run", "--json"], args].concat());
    run(&[]).fails(1, "neither beside it nor in the current directory");
    fs::create_dir(dir.path().join("keys")).unwrap();
    fs::write(dir.path().join("keys/bitpay.key"), NODE_HEX).unwrap();
    let ran = run(&[]).ok().json();
    assert_eq!(ran["found"], "a configuration of the Node or the C# SDK");
    assert_eq!(ran["sin"], "Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR");
    let other = PrivateKey::from_bytes(&[7; 32]).unwrap();
    let (_other, file) = folder("other.pem", other.to_pem().as_bytes());
    assert_eq!(
        run(&["--key-file", &file]).ok().json()["sin"],
        other.sin().as_str()
    );
}

#[test]
fn a_key_alone_is_moved_in_for_the_environment_that_is_chosen() {
    let home = Home::new();
    let (_dir, file) = folder("bitpay.key", format!("{NODE_HEX}\n"));
    let ran = home
        .run(&["import", &file])
        .fails(1, "--env test or --env prod");
    assert_hides(&ran);
    let ran = home.run(&["import", &file, "--env", "prod"]).ok();
    assert_hides(&ran);
    assert_eq!(ran.row("found"), "a key without a configuration");
    assert_eq!(ran.row("tokens"), "none");
    assert_eq!(home.profile().environment(), &Environment::Production);
}

#[test]
fn what_is_wrong_with_a_file_is_said_and_nothing_is_saved() {
    let home = Home::new();
    let node = text("node.json");
    let php_key = text("php.key");
    let p256 = "-----BEGIN EC PRIVATE KEY-----\n\
        MHcCAQEEIMINjzCCuCt4tyvhL6YS4D5ecRKxgpzHnkoNGxoRvrn9oAoGCCqGSM49\n\
        AwEHoUQDQgAEcBvfIHfPhTqr1sohgOBHKLWpv6UXTbb4glxRfHE8totOyURKjwOA\n\
        ZDOs4tWw8Gr8W1X2CgU/u6Kna5dwq0pprg==\n\
        -----END EC PRIVATE KEY-----\n";
    let order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    for (content, env, expected) in [
        (node[..200].to_owned(), None, "the configuration is cut off"),
        (
            node.replace("EnvConfig", "Other"),
            None,
            "has nothing for test",
        ),
        (
            node.replace("\"Test\",", "\"Live\","),
            None,
            "neither Test nor Prod",
        ),
        (
            node.replace(MERCHANT, "Wp4RRAz"),
            None,
            "the merchant token: not a token, it looks like a pairing code",
        ),
        (
            node.replace(NODE_HEX, &"0".repeat(64)),
            None,
            "the private key is zero or too large",
        ),
        (
            node.replace(NODE_HEX, order),
            None,
            "the private key is zero or too large",
        ),
        (
            node.replace(NODE_HEX, &NODE_HEX[2..]),
            None,
            "it looks like 62 hex digits",
        ),
        (node.replace(NODE_HEX, ""), None, "holds no key"),
        (p256.to_owned(), Some("test"), "not on secp256k1"),
        (
            php_key[..php_key.len() - 7].to_owned(),
            Some("test"),
            "the encrypted key is cut off",
        ),
        ("{}".to_owned(), None, "not a configuration of a BitPay SDK"),
    ] {
        let (_dir, file) = folder("file", content);
        let mut args = vec!["import", &file];
        if let Some(env) = env {
            args.extend(["--env", env]);
        }
        let ran = home.run(&args).fails(1, expected);
        assert_hides(&ran);
    }
    home.run(&["import", "/nowhere.json"])
        .fails(1, "/nowhere.json could not be read");
    assert!(!home.path().exists(), "nothing was made");
}
