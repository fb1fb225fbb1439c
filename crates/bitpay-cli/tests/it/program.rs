//! Runs the program with a home of its own, and looks at all that it writes.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use bitpay_store::{Profile, Store};
use serde_json::Value;

/// A home for keys and tokens.
pub(crate) struct Home {
    dir: tempfile::TempDir,
}

/// What a run of the program gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Home {
    pub(crate) fn new() -> Self {
        let private = fs::Permissions::from_mode(0o700);
        Self {
            dir: tempfile::Builder::new()
                .permissions(private)
                .tempdir()
                .unwrap(),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("store")
    }

    /// A directory to work in.
    pub(crate) fn work(&self) -> PathBuf {
        self.dir.path().join("work")
    }

    pub(crate) fn store(&self) -> Store {
        Store::open(self.path()).unwrap()
    }

    pub(crate) fn profile(&self) -> Profile {
        self.store().profile("default").unwrap()
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "")
    }

    /// Runs the program with this standard input. Nothing that it writes may hold a secret of the
    /// profile.
    pub(crate) fn run_with(&self, args: &[&str], input: &str) -> Ran {
        self.run_under(args, input, &[])
    }

    /// Runs it with these environment variables as well.
    pub(crate) fn run_under(&self, args: &[&str], input: &str, variables: &[(&str, &str)]) -> Ran {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bitpay"))
            .args(args)
            .env("BITPAY_HOME", self.path())
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let ran = Ran {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        for file in [self.path().join("default.json")] {
            if let Ok(text) = fs::read_to_string(file) {
                ran.assert_no_secret_of(&serde_json::from_str(&text).unwrap());
            }
        }
        ran
    }
}

impl Ran {
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn fails(self, code: i32, with: &str) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        assert!(self.err.contains(with), "{with:?} is not in {self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// The value of a row of a table.
    #[track_caller]
    pub(crate) fn row(&self, name: &str) -> String {
        let all = format!("{}{}", self.out, self.err);
        let line = all
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap_or_else(|| panic!("no {name} in {all}"));
        line[name.len()..].trim().to_owned()
    }

    /// No run of eight characters of a key or a token: shorter ones occur by chance.
    #[track_caller]
    fn assert_no_secret_of(&self, file: &Value) {
        let keys = [&file["key"], &file["rotation"]["key"]];
        let lines = keys
            .into_iter()
            .filter_map(Value::as_array)
            .flatten()
            .filter_map(Value::as_str);
        let lines = lines.filter(|line| !line.starts_with('-'));
        let tokens = file["tokens"]
            .as_object()
            .unwrap()
            .values()
            .filter_map(Value::as_str);
        let pending = file["pending"]["answered"]["token"].as_str();
        for secret in lines.chain(tokens).chain(pending) {
            self.assert_without(secret, 8);
        }
    }

    /// No run of so many characters of this.
    #[track_caller]
    pub(crate) fn assert_without(&self, secret: &str, length: usize) {
        for window in secret.as_bytes().windows(length) {
            let window = std::str::from_utf8(window).unwrap();
            assert!(
                !self.out.contains(window) && !self.err.contains(window),
                "{window} in {self:#?}"
            );
        }
    }
}
