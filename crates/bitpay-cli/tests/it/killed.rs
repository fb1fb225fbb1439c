//! Whatever kills `pair`, at whichever step, running it again ends with one key and a token that
//! works, and no token that was granted is lost.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bitpay_cli::Io;

use crate::commands::{complete_invoice, paired};
use crate::payouts::active;
use crate::program::Home;
use crate::server::Server;

/// The program in a process of its own that can be killed, as this very test program: told of its
/// arguments, and of the step of saving at which it dies, by the environment.
fn child(home: &Home, args: &[&str], dies_at: Option<usize>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "killed::the_program_of_a_child", "--nocapture"])
        .env("BITPAY_HOME", home.path())
        .env("KILLED_TEST_ARGS", args.join("\n"))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(step) = dies_at {
        command.env("KILLED_TEST_STEP", step.to_string());
    }
    command.spawn().unwrap()
}

/// What a child process does. Run by the test program itself it does nothing.
#[test]
fn the_program_of_a_child() {
    let Ok(args) = std::env::var("KILLED_TEST_ARGS") else {
        return;
    };
    let dies_at: Option<usize> = std::env::var("KILLED_TEST_STEP")
        .ok()
        .map(|step| step.parse().unwrap());
    let steps = AtomicUsize::new(0);
    let io =
        Io::new(std::io::empty(), std::io::sink(), std::io::sink()).observe(Arc::new(move |_| {
            if Some(steps.fetch_add(1, Ordering::SeqCst)) == dies_at {
                std::process::abort();
            }
        }));
    let code = bitpay_cli::run(std::iter::once("bitpay").chain(args.lines()), io);
    std::process::exit(code.into());
}

/// How a child is killed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Killed {
    /// By itself, at the n-th step of saving.
    AtStep(usize),
    /// By the server, at the n-th event there.
    AtEvent(usize),
}

/// Runs a child that is killed. False when it came to its end before.
pub(crate) fn run_killed(server: &Server, home: &Home, args: &[&str], how: Killed) -> bool {
    let status = match how {
        Killed::AtStep(step) => child(home, args, Some(step)).wait().unwrap(),
        Killed::AtEvent(event) => {
            let mut child = child(home, args, None);
            server.kill_at(event, child.id());
            let status = child.wait().unwrap();
            server.kill_nobody();
            status
        }
    };
    if let Some(code) = status.code() {
        assert_eq!(code, 0, "{how:?}");
    }
    status.code().is_none()
}

/// Runs it with every way to be killed, until it comes to its end. At the moment of its last answer
/// it may do so before it is killed: so it is over when that was so three times.
pub(crate) fn each_way(mut run: impl FnMut(Killed) -> bool) {
    for way in [Killed::AtStep as fn(usize) -> Killed, Killed::AtEvent] {
        let (mut killed, mut ended, mut at) = (0, 0, 0);
        while ended < 3 {
            match run(way(at)) {
                true => killed += 1,
                false => ended += 1,
            }
            at += 1;
            assert!(at < 100, "it never ends");
        }
        assert!(killed >= 2, "it was not killed: {:?}", way(at));
    }
}

/// The profile's token works, its key is the one that was there, and the server has no other.
fn assert_paired(server: &Server, home: &Home, sin: Option<&str>, how: Killed) {
    let profile = home.profile();
    if let Some(sin) = sin {
        assert_eq!(
            profile.identity().sin().as_str(),
            sin,
            "{how:?}: the key is the first one"
        );
    }
    assert_eq!(profile.pending, None, "{how:?}");
    home.run(&["invoice", "create", "5", "USD"]).ok();
    let listed = home.run(&["tokens", "--json"]).ok().json();
    let listed = listed.as_array().unwrap();
    assert!(
        listed.len() == 1 && listed[0]["held"] == true,
        "{how:?}: nothing granted is lost: {listed:?}"
    );
    assert_eq!(
        server.keys(),
        [profile.identity().sin().to_string()].into(),
        "{how:?}: there is one key"
    );
    let files: Vec<_> = std::fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !["default.lock", "default.journal"].contains(&name.as_str()))
        .collect();
    assert_eq!(files, ["default.json"], "{how:?}");
}

fn sin_on_disk(home: &Home) -> Option<String> {
    Some(
        home.store()
            .find("default")
            .unwrap()?
            .identity()
            .sin()
            .to_string(),
    )
}

#[test]
fn while_it_asks() {
    each_way(|how| {
        let (server, home) = (Server::start(), Home::new());
        let ask = ["pair", "--env", server.url(), "--facade", "merchant"];
        let was_killed = run_killed(&server, &home, &ask, how);
        let sin = sin_on_disk(&home);
        let asked = home.run(&ask).ok();
        server.approve(&asked.row("pairing code"));
        home.run(&["pair"]).ok();
        assert_paired(&server, &home, sin.as_deref(), how);
        assert_eq!(
            server.guids().len(),
            1,
            "{how:?}: it asked again for the same token"
        );
        was_killed
    });
}

#[test]
fn while_it_takes_what_was_approved() {
    each_way(|how| {
        let (server, home) = (Server::start(), Home::new());
        let asked = home
            .run(&["pair", "--env", server.url(), "--facade", "merchant"])
            .ok();
        server.approve(&asked.row("pairing code"));
        let sin = sin_on_disk(&home);
        let was_killed = run_killed(
            &server,
            &home,
            &["pair", "--facade", "merchant", "--wait"],
            how,
        );
        home.run(&["pair", "--facade", "merchant"]).ok();
        assert_paired(&server, &home, sin.as_deref(), how);
        was_killed
    });
}

#[test]
fn while_it_claims() {
    each_way(|how| {
        let (server, home) = (Server::start(), Home::new());
        let code = server.make_pos_code();
        let claim = ["pair", "--env", server.url(), "--code", &code];
        let was_killed = run_killed(&server, &home, &claim, how);
        let sin = sin_on_disk(&home);
        home.run(&claim).ok();
        assert_paired(&server, &home, sin.as_deref(), how);
        was_killed
    });
}

/// Runs what makes something, is killed at every step of it and at every event at the server, and looks
/// whether the journal knows what there is. `found` are the ids that there are.
fn makes(
    facade: &str,
    args: &[&str],
    prepare: impl Fn(&Server, &Home) -> Vec<String>,
    operation: &str,
    found: impl Fn(&Home) -> Vec<String>,
) {
    each_way(|how| {
        let server = Server::start();
        let home = paired(&server, facade);
        let more = prepare(&server, &home);
        let args: Vec<&str> = args
            .iter()
            .copied()
            .chain(more.iter().map(String::as_str))
            .collect();
        // Whatever was prepared is in the journal as well.
        let before = lines_of_journal(&home).len();
        let was_killed = run_killed(&server, &home, &args, how);
        let sent = server.count(operation);
        assert!(sent <= 1, "{how:?}");
        let there = found(&home);
        assert_eq!(
            there.len(),
            sent,
            "{how:?}: the sandbox does what it is asked"
        );
        let lines = lines_of_journal(&home);
        if sent > 0 {
            assert!(
                lines.len() > before,
                "{how:?}: sent, and not written down before"
            );
        }
        let recovered = home.run(&["recover", "--json"]);
        let open = recovered.json();
        assert!(
            open.as_array().unwrap().len() <= 1,
            "{how:?}: {recovered:?}"
        );
        for one in open.as_array().unwrap() {
            // There is one, or it was never sent: that is not certain before somebody has looked.
            let (effect, id) = (&one["effect"], one["id"].as_str());
            match there.first() {
                Some(id_there) => {
                    assert_eq!(
                        (effect, id),
                        (&"happened".into(), Some(&**id_there)),
                        "{how:?}"
                    );
                }
                None => assert_eq!((effect, id), (&"unknown".into(), None), "{how:?}"),
            }
        }
        assert_eq!(
            server.count(operation),
            sent,
            "{how:?}: recovering makes nothing"
        );
        if sent > 0 {
            home.run(&["recover"]).ok();
        }
        was_killed
    });
}

fn lines_of_journal(home: &Home) -> Vec<String> {
    let text = std::fs::read_to_string(home.path().join("default.journal")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// The ids in a list that the program shows.
fn ids(home: &Home, args: &[&str]) -> Vec<String> {
    let listed = home.run(&[args, &["--json"]].concat()).ok().json();
    let id = |one: &serde_json::Value| one["id"].as_str().unwrap().to_owned();
    listed.as_array().unwrap().iter().map(id).collect()
}

#[test]
fn a_payout_that_was_killed_at_any_step_is_found_by_recover_or_was_never_sent() {
    let pay = [
        "payout",
        "create",
        "12.50",
        "USD",
        "--ledger",
        "EUR",
        "--reference",
        "May",
        "--recipient",
    ];
    makes(
        "payout",
        &pay,
        |server, home| vec![active(server, home, "ada@example.org")],
        "create_payout",
        |home| ids(home, &["payout", "list", "--reference", "May"]),
    );
}

#[test]
fn a_refund_that_was_killed_at_any_step_is_found_by_recover_or_was_never_sent() {
    makes(
        "merchant",
        &["refund", "create", "--guid", "r-1"],
        |server, home| vec![complete_invoice(server, home)],
        "create_refund",
        |home| {
            let found = home.run(&["refund", "get", "--guid", "r-1", "--json"]);
            match found.code {
                0 => vec![found.json()["id"].as_str().unwrap().to_owned()],
                _ => Vec::new(),
            }
        },
    );
}

#[test]
fn an_invoice_that_was_killed_at_any_step_is_found_by_recover_and_made_once() {
    makes(
        "merchant",
        &["invoice", "create", "20", "USD", "--order", "o-1"],
        |_, _| Vec::new(),
        "create_invoice",
        |home| ids(home, &["invoice", "list", "--order", "o-1"]),
    );
}

#[test]
fn a_token_that_was_granted_to_a_killed_claim_is_found_without_the_code() {
    let (server, home) = (Server::start(), Home::new());
    let code = server.make_pos_code();
    let claim = ["pair", "--env", server.url(), "--code", &code];
    // The claim is the first request, and the second event is that it was done.
    assert!(run_killed(&server, &home, &claim, Killed::AtEvent(1)));
    assert!(home.profile().tokens().next().is_none());
    home.run(&["pair"]).ok();
    assert_paired(&server, &home, None, Killed::AtEvent(1));
    assert_eq!(server.guids().len(), 0, "nothing else was asked for");
}
