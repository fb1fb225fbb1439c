//! Completions, manual pages, and what is in force.

use std::fs;

use serde_json::Value;

use crate::commands::paired;
use crate::program::Home;
use crate::server::Server;

/// The names of the commands in the help of a command.
pub(crate) fn commands(home: &Home, of: &[String]) -> Vec<String> {
    let args: Vec<&str> = of.iter().map(String::as_str).chain(["--help"]).collect();
    let help = home.run(&args).ok().out;
    let Some((_, list)) = help.split_once("\nCommands:\n") else {
        return Vec::new();
    };
    let lines = list.lines().take_while(|line| !line.is_empty());
    // What goes on in the next line stands further to the right.
    let lines = lines.filter_map(|line| line.strip_prefix("  "));
    lines
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn each_command_has_a_manual_page_and_is_completed() {
    let home = Home::new();
    let dir = tempfile::tempdir().unwrap();
    let pages = dir.path().join("man1");
    home.run(&["man", pages.to_str().unwrap()]).ok();
    let scripts = ["bash", "zsh", "fish", "elvish", "powershell"].map(|shell| {
        let script = home.run(&["completions", shell]).ok();
        assert_eq!(script.err, "", "{shell}");
        script.out
    });

    let mut left = vec![Vec::new()];
    let mut seen = 0;
    while let Some(command) = left.pop() {
        let name = [&["bitpay".to_owned()], command.as_slice()]
            .concat()
            .join("-");
        let page = fs::read_to_string(pages.join(format!("{name}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{name}");
        for inner in commands(&home, &command) {
            // The pages of groups name what is in them.
            let shown = inner.replace('-', "\\-");
            assert!(
                page.contains(&shown),
                "{inner} is not on the page of {name}"
            );
            for script in &scripts {
                assert!(script.contains(&inner), "{inner} is not completed");
            }
            left.push([command.as_slice(), &[inner]].concat());
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen} commands");
    let written = fs::read_dir(&pages).unwrap().count();
    let helps = fs::read_dir(&pages).unwrap().filter(|page| {
        let name = page.as_ref().unwrap().file_name().into_string().unwrap();
        name.contains("-help")
    });
    assert_eq!(
        written - helps.count(),
        seen + 1,
        "a page for each, and no other"
    );

    let page = home.run(&["man"]).ok().out;
    assert!(page.contains("bitpay quickstart"), "{page}");
    home.run(&["completions", "cmd"])
        .fails(2, "possible values");
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    home.run(&["man", file.to_str().unwrap()])
        .fails(1, "could not be written");
    assert!(!home.path().exists(), "none of this makes a profile");
}

#[test]
fn what_is_in_force_is_shown_with_where_it_comes_from_and_nothing_secret() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let run = |args: &[&str], variables: &[(&str, &str)]| -> Value {
        let args = [&["config", "--json"], args].concat();
        home.run_under(&args, "", variables).ok().json()
    };
    let of = |settings: &Value, name: &str| {
        let text = |member: &str| settings[name][member].as_str().unwrap_or("").to_owned();
        (text("value"), text("from"))
    };
    let is = |value: &str, from: &str| (value.to_owned(), from.to_owned());
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();

    let plain = run(&[], &[("BITPAY_STORE", "")]);
    assert_eq!(of(&plain, "profile"), is("default", "default"));
    assert_eq!(of(&plain, "store"), is("file", "default"));
    assert_eq!(
        of(&plain, "home"),
        is(home.path().to_str().unwrap(), "BITPAY_HOME")
    );
    assert_eq!(of(&plain, "journal"), is(&path("default.journal"), "home"));
    assert_eq!(of(&plain, "kept_in"), is(&path("default.json"), "store"));
    assert_eq!(of(&plain, "environment"), is(server.url(), "the profile"));
    assert_eq!(of(&plain, "proxy").0, "none");

    let new = ["--profile", "shop", "--env", "test"];
    let proxy = "http://ada:swordfish@proxy.example:3128";
    let other = run(
        &new,
        &[("HTTPS_PROXY", proxy), ("SSL_CERT_FILE", "/roots.pem")],
    );
    assert_eq!(of(&other, "profile"), is("shop", "--profile"));
    assert_eq!(of(&other, "environment"), is("test", "--env"));
    assert_eq!(of(&other, "proxy"), is("proxy.example:3128", "HTTPS_PROXY"));
    assert_eq!(
        of(&other, "trusted_roots"),
        is("/roots.pem", "SSL_CERT_FILE")
    );
    assert!(!other.to_string().contains("swordfish"));

    let without = [("HTTPS_PROXY", proxy), ("NO_PROXY", "bitpay.com")];
    let (value, from) = of(&run(&new, &without), "proxy");
    assert_eq!(value, "none");
    assert!(from.contains("NO_PROXY"), "{from}");

    // What is locked is not asked for.
    let locked = run(&["--store", "encrypted"], &[]);
    assert_eq!(of(&locked, "store"), is("encrypted", "--store"));
    assert_eq!(of(&locked, "passphrase"), is("asked for", "default"));
    assert_eq!(of(&locked, "environment").0, "not known");
    let given = [
        ("BITPAY_STORE", "encrypted"),
        ("BITPAY_PASSPHRASE", "correct horse"),
    ];
    let given = run(&[], &given);
    assert_eq!(of(&given, "passphrase"), is("given", "BITPAY_PASSPHRASE"));
    assert!(!given.to_string().contains("horse"));
    let text = home.run(&["config"]).ok();
    assert!(
        text.row("environment").ends_with("(the profile)"),
        "{text:?}"
    );
}
