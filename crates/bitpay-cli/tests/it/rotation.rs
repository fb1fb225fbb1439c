//! A key is replaced, and at every moment at least one key works: whatever fails, and wherever it is killed.

use bitpay_sandbox::Fault;
use bitpay_store::RotationStage;

use crate::commands::paired;
use crate::killed::{each_way, run_killed};
use crate::program::Home;
use crate::server::Server;

/// The SINs of the keys that may use the merchant token.
fn linked(home: &Home) -> Vec<String> {
    let listed = home.run(&["sin", "list", "--json"]).ok().json();
    let listed = listed.as_array().unwrap().iter();
    listed.map(|sin| sin.as_str().unwrap().to_owned()).collect()
}

fn sin(home: &Home) -> String {
    home.profile().identity().sin().to_string()
}

/// The profile's key works with every token that it holds.
#[track_caller]
fn assert_works(home: &Home) {
    for token in home.profile().tokens() {
        let facade = token.facade();
        let facade = facade.as_str();
        home.run(&["doctor", "--facade", facade]).ok();
    }
}

/// Adds a token of this facade to a profile.
fn add(server: &Server, home: &Home, facade: &str) {
    let asked = home.run(&["pair", "--facade", facade]).ok();
    server.approve(&asked.row("pairing code"));
    home.run(&["pair", "--facade", facade]).ok();
}

#[test]
fn a_key_is_replaced_in_one_command() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let old = sin(&home);
    let done = home.run(&["key", "rotate"]).ok();
    assert!(done.out.contains("removed and erased"), "{done:?}");
    assert_ne!(sin(&home), old);
    assert_eq!(linked(&home), [sin(&home)]);
    assert!(home.profile().rotation().is_none());
    assert_works(&home);
    home.run(&["key", "rotate", "--stop"])
        .fails(1, "no rotation");
}

#[test]
fn killed_at_each_step_and_run_again_at_every_moment_at_least_one_key_works() {
    each_way(|how| {
        let server = Server::start();
        let home = paired(&server, "merchant");
        let old = sin(&home);
        let was_killed = run_killed(&server, &home, &["key", "rotate"], how);
        assert_works(&home);
        let begun = home.profile().rotation().is_some();
        assert!(begun || linked(&home) == [sin(&home)], "{how:?}");
        if begun || sin(&home) == old {
            let shown = home.run(&["whoami"]).ok();
            assert!(!begun || shown.row("rotation").contains("bitpay key rotate"));
            let left = home.profile();
            home.run(&["key", "rotate"]).ok();
            if let Some(other) = left.rotation() {
                let new = match other.stage() {
                    RotationStage::Next => other.identity(),
                    RotationStage::Previous => left.identity(),
                };
                assert_eq!(home.profile().identity(), new, "{how:?}: no third key");
            }
        }
        assert_works(&home);
        assert_ne!(sin(&home), old, "{how:?}");
        assert_eq!(linked(&home), [sin(&home)], "{how:?}");
        was_killed
    });
}

#[test]
fn killed_while_it_asks_for_what_the_merchant_approves_it_asks_once_and_the_old_key_works() {
    each_way(|how| {
        let server = Server::start();
        let home = paired(&server, "payout");
        add(&server, &home, "merchant");
        let (old, asked_before) = (sin(&home), server.guids().len());
        let was_killed = run_killed(&server, &home, &["key", "rotate"], how);
        assert_works(&home);
        let waits = home.run(&["key", "rotate"]).ok();
        assert_eq!(waits.row("facade"), "payout");
        assert_eq!(sin(&home), old, "{how:?}: nobody approved it yet");
        assert_works(&home);
        assert_eq!(server.guids().len(), asked_before + 1, "{how:?}");
        server.approve(&waits.row("pairing code"));
        let done = home.run(&["key", "rotate"]).ok();
        assert!(done.out.contains("the old payout token"), "{done:?}");
        assert_ne!(sin(&home), old);
        assert_works(&home);
        was_killed
    });
}

#[test]
fn killed_while_it_takes_what_was_approved_no_token_is_lost() {
    each_way(|how| {
        let server = Server::start();
        let home = paired(&server, "pos");
        add(&server, &home, "merchant");
        let old = sin(&home);
        let waits = home.run(&["key", "rotate"]).ok();
        server.approve(&waits.row("pairing code"));
        let was_killed = run_killed(&server, &home, &["key", "rotate"], how);
        assert_works(&home);
        if home.profile().rotation().is_some() {
            home.run(&["key", "rotate"]).ok();
        }
        assert_works(&home);
        assert_eq!(home.profile().tokens().count(), 2, "{how:?}");
        assert_ne!(sin(&home), old, "{how:?}");
        assert_eq!(linked(&home), [sin(&home)], "{how:?}");
        was_killed
    });
}

#[test]
fn other_keys_that_may_use_the_token_are_named() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let stranger = "TfGqJTxeFKDobR4ZVUwBho5hEZAXha5natL";
    home.run(&["sin", "link", stranger]).ok();
    let done = home.run(&["key", "rotate"]).ok();
    let remove = format!("bitpay sin remove {stranger}");
    assert!(done.out.contains(&remove), "{done:?}");
    let done = home.run(&["key", "rotate", "--json"]).ok().json();
    assert_eq!(done["others"], serde_json::json!([stranger]));
}

#[test]
fn the_old_key_stays_for_as_long_as_it_is_wanted() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let old = sin(&home);
    for _ in 0..2 {
        let kept = home.run(&["key", "rotate", "--keep-old"]).ok();
        assert!(kept.out.contains(&old), "{kept:?}");
        assert_eq!(linked(&home), [old.clone(), sin(&home)]);
    }
    home.run(&["key", "rotate", "--json"]).ok();
    assert_eq!(linked(&home), [sin(&home)]);
}

#[test]
fn a_lost_answer_is_found_out_and_done_once() {
    for operation in ["link_token_sin", "remove_token_sin"] {
        let server = Server::start();
        let home = paired(&server, "merchant");
        server.inject(Fault::lost().on(operation));
        home.run(&["key", "rotate"]).ok();
        assert_eq!(server.count(operation), 1, "{operation}");
        assert_eq!(linked(&home), [sin(&home)]);
    }
}

#[test]
fn a_refusal_says_what_to_do_and_leaves_a_key_that_works() {
    let refuse_by = |status, operation| {
        let body = r#"{"error":"This token may not do that"}"#;
        Fault::answer(status, "application/json", body)
            .without_work()
            .on(operation)
    };
    let refuse = |operation| refuse_by(403, operation);
    let server = Server::start();
    let home = paired(&server, "merchant");
    let old = sin(&home);

    server.inject(refuse("link_token_sin"));
    let refused = home.run(&["key", "rotate"]);
    let refused = refused.fails(1, "what the merchant allowed for this token");
    for part in [
        "the old key is in use still",
        "--stop",
        "bitpay pair --profile",
    ] {
        assert!(refused.err.contains(part), "{part} in {refused:?}");
    }
    assert_eq!(sin(&home), old);
    assert_works(&home);
    home.run(&["key", "rotate", "--stop"]).ok();
    assert!(home.profile().rotation().is_none());
    assert_eq!(linked(&home), std::slice::from_ref(&old));

    server.inject(refuse("remove_token_sin"));
    home.run(&["key", "rotate"])
        .fails(3, "the new key is in use, and the old one is not removed");
    let new = sin(&home);
    assert_ne!(new, old);
    assert_works(&home);
    // BitPay's ordinary mistakes come as 500, also with a text that nobody knows.
    server.inject(refuse_by(500, "remove_token_sin"));
    let stopped = home.run(&["key", "rotate", "--stop"]).ok();
    assert!(stopped.out.contains("until it is revoked"), "{stopped:?}");
    assert!(home.profile().rotation().is_none());
    assert_eq!(linked(&home), [old, new.clone()]);
    assert_eq!(sin(&home), new);
}

#[test]
fn what_was_begun_can_be_taken_back() {
    let server = Server::start();
    let home = paired(&server, "pos");
    add(&server, &home, "merchant");
    let old = sin(&home);
    home.run(&["key", "rotate"]).ok();
    assert_eq!(linked(&home).len(), 2);
    let stopped = home.run(&["key", "rotate", "--stop"]).ok();
    assert!(stopped.out.contains("the new pos token"), "{stopped:?}");
    assert_eq!((linked(&home), sin(&home)), (vec![old.clone()], old));
    assert_works(&home);
}

#[test]
fn what_cannot_come_to_its_end_is_not_begun() {
    let (server, home) = (Server::start(), Home::new());
    home.run(&["key", "rotate"]).fails(1, "no profile");
    home.run(&["keygen", "--env", server.url()]).ok();
    home.run(&["key", "rotate"]).fails(1, "bitpay pair");
    let asked = home.run(&["pair", "--facade", "merchant"]).ok();
    home.run(&["key", "rotate"]).fails(1, "not finished");
    server.approve(&asked.row("pairing code"));
    home.run(&["pair"]).ok();

    // Its outcome could not be looked up with another key.
    server.inject(Fault::lost().on("create_bill"));
    let bill = ["bill", "create", "a@example.org", "USD", "--item", "5 Tea"];
    home.run(&bill).fails(3, "may have happened");
    home.run(&["key", "rotate"]).fails(1, "bitpay recover");
    assert!(home.profile().rotation().is_none());
    assert_eq!(server.count("link_token_sin"), 0);
}

#[test]
fn when_the_server_is_gone_half_way_it_carries_on_later() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let old = sin(&home);
    for _ in 0..40 {
        server.inject(Fault::lost().on("link_token_sin"));
        server.inject(Fault::lost().on("list_tokens"));
    }
    let failed = home.run(&["key", "rotate"]);
    assert_ne!(failed.code, 0, "{failed:?}");
    assert!(failed.err.contains("again to carry on"), "{failed:?}");
    assert_eq!(sin(&home), old);
    server.heal();
    assert_works(&home);
    home.run(&["key", "rotate"]).ok();
    assert_eq!(linked(&home), [sin(&home)]);
}
