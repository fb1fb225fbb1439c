//! Nothing prints a secret: no error, no `Debug`, no log.

use std::error::Error;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, Once};

use bitpay_core::Environment;
use bitpay_postgres_example::{Database, Profiles, Webhooks};
use bitpay_store::{Backend as _, Store};
use log::{LevelFilter, Log, Metadata, Record};
use postgres::{Client, NoTls};

use super::{CLAIM, database, fresh, key, sql, store};

/// All that is logged in this process, at any level.
struct Kept(Mutex<String>);

static LOG: Kept = Kept(Mutex::new(String::new()));
static WATCHED: Once = Once::new();

impl Log for Kept {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let mut kept = self.0.lock().unwrap();
        let _ = writeln!(kept, "{}: {}", record.target(), record.args());
    }

    fn flush(&self) {}
}

pub(super) fn watch_the_log() {
    WATCHED.call_once(|| {
        log::set_logger(&LOG).unwrap();
        log::set_max_level(LevelFilter::Trace);
    });
}

/// A document in all forms in which it may be printed.
fn forms(secret: &str) -> [String; 3] {
    let bytes = format!("{:?}", secret.as_bytes());
    let bytes = bytes.trim_matches(['[', ']']).to_owned();
    [secret.to_owned(), bytes, hex::encode(secret)]
}

fn assert_hidden(text: &str, secret: &str) {
    for form in forms(secret) {
        let line = text.lines().find(|line| line.contains(&form));
        assert_eq!(line, None, "{form} is printed");
    }
}

/// All that an error says, and those behind it.
fn all_of(error: &dyn Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(text, " {error} {error:?}");
        source = error.source();
    }
    text
}

#[test]
fn the_log_has_the_statements_and_no_document() {
    let url = fresh("logged");
    let store = store(&url);
    drop(store.create("shop", Environment::Test, key()).unwrap());
    let profiles = Profiles::new(database(&url));
    profiles.write("till", b"open sesame", None).unwrap();
    profiles
        .write("till", b"changed", Some(b"open sesame"))
        .unwrap();
    assert_eq!(
        profiles.read("till").unwrap().unwrap().as_slice(),
        b"changed"
    );
    let log = LOG.0.lock().unwrap().clone();
    // It is looked for where it would be.
    assert!(log.contains(r#"parameters: ["till", [hidden]]"#), "{log}");
    assert_hidden(&log, "open sesame");
    let pem = key().to_pem();
    for line in pem.lines().filter(|line| !line.starts_with('-')) {
        assert_hidden(&log, line);
    }
}

#[test]
fn what_the_server_refuses_is_told_without_the_row() {
    let url = fresh("refused");
    sql(
        &url,
        "alter table bitpay_profile add constraint small check (length(document) < 4)",
    );
    // The server itself quotes it.
    let mut client = Client::connect(&url, NoTls).unwrap();
    let text = "insert into bitpay_profile (name, document) values ('shop', $1)";
    let quoted = client.execute(text, &[&&b"shibboleth"[..]]).unwrap_err();
    let detail = quoted.as_db_error().unwrap().detail().unwrap();
    assert!(detail.contains(&hex::encode("shibboleth")), "{detail}");

    let error = Profiles::new(database(&url))
        .write("shop", b"shibboleth", None)
        .unwrap_err();
    assert!(
        error.to_string().contains("violates check constraint"),
        "{error}"
    );
    assert_hidden(&all_of(&error), "shibboleth");
}

#[test]
fn a_password_is_in_no_error_and_no_debug() {
    let url = fresh("passwords");
    let password = "opensesame";
    let (begins, host) = url.split_once('@').unwrap();
    let user = begins.rsplit_once(':').unwrap().0;
    let wrong = database(&format!("{user}:{password}@{host}"));
    let error = wrong.create_tables().unwrap_err();
    assert!(
        error.to_string().contains("password authentication failed"),
        "{error}"
    );
    assert_hidden(&all_of(&error), password);
    // What cannot be read may be a password in the wrong place.
    let odd = Database::new(move || Client::connect(&format!("{password}=1"), NoTls));
    let error = odd.create_tables().unwrap_err();
    assert_hidden(&all_of(&error), password);
    let right = database(&url);
    let shown = format!(
        "{right:?} {:?} {:?}",
        Store::over(Arc::new(Profiles::new(right.clone()))),
        Webhooks::new(right.clone(), CLAIM).unwrap()
    );
    let secret = begins.rsplit_once(':').unwrap().1;
    assert_hidden(&shown, secret);
}
