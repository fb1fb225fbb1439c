//! What is pasted into the wrong place is named, and never repeated. No sandbox is needed.

use crate::program::Home;

const TOKEN: &str = "G7XM9fcM1gtCN7DUr8ZWtPGVFLTKiYWanHR4kvqsnjP3";
const HEX_KEY: &str = "97811b691dd7ebaeb67977d158e1da2c4d3eaa4ee4e2555150628acade6b344c";
const PEM: &str = "-----BEGIN EC PRIVATE KEY-----\nMHQCAQEEICg7E4NN53YkaWuAwpoqjfAofjzKI7Jq1f532dX+0O6QoAcGBSuBBAAK\n-----END EC PRIVATE KEY-----";
const SIN: &str = "Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR";
const URL: &str = "https://user:swordfish1234567@example.org/";

#[test]
fn each_wrong_form_in_place_of_a_code_is_named() {
    let home = Home::new();
    for (text, named) in [
        (TOKEN, "a token"),
        (HEX_KEY, "private key"),
        (SIN, "a SIN"),
        (URL, "an address"),
        ("abc", "7 letters"),
    ] {
        for ran in [
            home.run(&["pair", "--env", "test", "--code", text]),
            home.run_with(&["pair", "--env", "test", "--code", "-"], text),
            home.run(&["pair", "--env", "test", "--json", "--code", text]),
        ] {
            let ran = ran.fails(2, named);
            if text.len() > 3 {
                ran.assert_without(text, 8);
            }
        }
    }
    assert!(
        home.store().find("default").unwrap().is_none(),
        "nothing is made before all of the line is read"
    );
}

#[test]
fn a_secret_in_any_place_is_not_repeated() {
    let home = Home::new();
    home.run(&["keygen", "--env", "test"]).ok();
    for secret in [TOKEN, HEX_KEY, PEM, URL] {
        let facade = format!("--facade={secret}");
        let data = serde_json::json!({ "id": secret, secret: secret }).to_string();
        let id = serde_json::json!({ "id": secret }).to_string();
        let file = format!("@{secret}");
        let lines: [&[&str]; 28] = [
            &[secret],
            &["pair", secret],
            &["pair", &facade],
            &["pair", "--facade", secret],
            &["pair", "--env", secret],
            &["pair", "--profile", secret],
            &["pair", "--wait", "--new", "--code", secret],
            &["invoice", "create", secret, "USD"],
            &["invoice", "create", "5", secret],
            &["invoice", "list", "--from", secret],
            &["invoice", "list", "--limit", secret],
            &["invoice", "list", "--status", secret],
            &["refund", "create", "x", "--amount", secret],
            &["rates", secret],
            &["rates", "BTC", secret],
            &["currencies", secret],
            &["bill", "create", "a@example.org", "EUR", "--item", secret],
            &["bill", "get", secret],
            &["subscription", "list", "--status", secret],
            &["sin", "link", secret],
            &["payout", "group", "create", secret],
            &["call", secret],
            &["call", "get_invoice", secret],
            &["call", "get_invoice", "--data", secret],
            &["call", "get_invoice", "--data", &file],
            &["call", "get_invoice", "--data", &data],
            &["call", "get_rates", "--data", &id],
            &["call", "GET", secret, "--facade", secret],
        ];
        for line in lines {
            for json in [false, true] {
                let mut line = line.to_vec();
                if json {
                    line.push("--json");
                }
                let ran = home.run(&line);
                assert!(ran.code == 1 || ran.code == 2, "{line:?} {ran:#?}");
                for part in secret.lines().filter(|part| !part.starts_with('-')) {
                    ran.assert_without(part, 12);
                }
            }
        }
    }
}

#[test]
fn an_environment_is_never_guessed() {
    let home = Home::new();
    home.run(&["pair"]).fails(2, "--env test");
    home.run(&["keygen"]).fails(2, "--env test");
    for wrong in [
        "tset",
        "sandbox",
        "",
        "http://example.org",
        "https://bitpay.com",
        "ftp://x",
    ] {
        home.run(&["keygen", "--env", wrong]).fails(2, "--env");
    }
    assert!(home.store().find("default").unwrap().is_none());
    home.run(&[
        "keygen",
        "--env",
        "http://sandbox:8080",
        "--allow-plain-http",
    ])
    .ok();
    assert_eq!(
        home.run(&["whoami"]).ok().row("environment"),
        "http://sandbox:8080"
    );
}

#[test]
fn another_environment_than_the_profiles_is_refused() {
    let home = Home::new();
    home.run(&["keygen", "--env", "TEST"]).ok();
    let sin = home.profile().identity().sin().clone();
    for command in [
        &["whoami"][..],
        &["pair"],
        &["unpair"],
        &["tokens"],
        &["doctor"],
        &["invoice", "get", "x"],
        &["refund", "get", "x"],
    ] {
        let ran = home.run(&[command, &["--env", "prod"]].concat());
        ran.fails(
            1,
            "--env says production, but the profile `default` is of test",
        );
    }
    home.run(&["whoami", "--env", "test"]).ok();
    assert_eq!(home.profile().identity().sin(), &sin);
}

#[test]
fn a_key_is_made_once() {
    let home = Home::new();
    let made = home.run(&["keygen", "--env", "test", "--json"]).ok().json();
    home.run(&["keygen", "--env", "test"])
        .fails(1, "never overwritten");
    let shown = home.run(&["whoami", "--json"]).ok().json();
    assert_eq!(made["sin"], shown["sin"]);
    assert_eq!(shown["tokens"], serde_json::json!([]));
    home.run(&["pair", "--profile", "shop"])
        .fails(2, "--env test");
    home.run(&["whoami", "--profile", "shop"])
        .fails(1, "there is no profile `shop`");
    home.run(&["invoice", "create", "5", "USD"])
        .fails(1, "this needs a pos or merchant token");
    home.run(&["refund", "create", "x"])
        .fails(1, "bitpay pair --facade merchant");
}

#[test]
fn errors_are_json_too() {
    let home = Home::new();
    for (line, code, kind) in [
        (&["whoami", "--json"][..], 1, "store"),
        (&["keygen", "--json"], 2, "usage"),
        (&["nonsense", "--json"], 2, "usage"),
        (&["pair", "--json", "--code"], 2, "usage"),
    ] {
        let ran = home.run(line);
        assert_eq!(ran.code, code);
        assert_eq!(ran.out, "");
        let error: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
        assert_eq!(error["error"]["kind"], kind);
        assert_eq!(error["error"]["exit_code"], code);
        assert_eq!(error["error"]["effect"], "nothing");
    }
}

#[test]
fn help_tells_the_exit_codes_and_the_way_in() {
    let home = Home::new();
    let help = home.run(&["--help"]).ok().out;
    for part in [
        "bitpay quickstart",
        "Exit codes:",
        "BITPAY_HOME",
        "bitpay pair --env test --facade merchant --wait",
    ] {
        assert!(help.contains(part), "{help}");
    }
    assert!(!home.path().exists(), "help makes nothing");
}
