//! Runs the commands of a file, and prints the same each time.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::process::{Command, Stdio};

use bitpay_blocking::facade::{Merchant, Payout, Pos};
use bitpay_blocking::{AnyToken, Environment, Identity, PrivateKey};
use bitpay_sandbox::Sandbox;
use jiff::Timestamp;

use crate::program::Home;

/// When the sandbox's clock starts.
const START: &str = "2025-05-05T12:00:00Z";
/// What the sandbox's address is called.
const ADDRESS: &str = "http://127.0.0.1:8080";
const HOME: &str = "/home/me/.config/bitpay";
/// Not secret: of the vectors that BitPay's SDKs are tested with, and one beside it.
const KEY: &str = "43bfc5bbdcd54f1c67da5ab87afa21a8f2d9e54ca84a58ed5b8bd4da4a8ba5cb";
const TILL: &str = "43bfc5bbdcd54f1c67da5ab87afa21a8f2d9e54ca84a58ed5b8bd4da4a8ba5cc";

/// The SIN of another one of them.
const OTHER_SIN: &str = "Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR";

pub(super) struct Shell {
    sandbox: Sandbox,
    home: Home,
    /// By the names of their rows, what was shown last.
    variables: BTreeMap<String, String>,
    /// SINs that are the same each time.
    known: Vec<String>,
}

impl Shell {
    /// With a merchant's profile `default`, a `till` with a pos token, and a `shop` of the test environment without any,
    /// if wanted.
    pub(super) fn new(has_profiles: bool) -> Self {
        let sandbox = Sandbox::builder()
            .seed(7)
            .starting_at(START.parse().unwrap())
            .start()
            .unwrap();
        let home = Home::new();
        fs::create_dir(home.work()).unwrap();
        let mut known = vec![OTHER_SIN.to_owned()];
        for (name, key) in [("default", KEY), ("till", TILL)] {
            let key = PrivateKey::from_hex(key).unwrap();
            let identity = Identity::new(
                PrivateKey::from_hex(if name == "till" { TILL } else { KEY }).unwrap(),
            );
            known.push(identity.sin().to_string());
            if !has_profiles {
                continue;
            }
            let mut guard = home
                .store()
                .create(name, sandbox.environment(), key)
                .unwrap();
            let pos = sandbox.grant::<Pos>(identity.clone());
            guard
                .update(|profile| {
                    profile.set_token(AnyToken::from(pos.token().clone()));
                    if name == "default" {
                        let merchant = sandbox.grant::<Merchant>(identity.clone());
                        let payout = sandbox.grant::<Payout>(identity);
                        profile.set_token(AnyToken::from(merchant.token().clone()));
                        profile.set_token(AnyToken::from(payout.token().clone()));
                    }
                })
                .unwrap();
        }
        if has_profiles {
            let key = PrivateKey::from_hex(KEY).unwrap();
            home.store().create("shop", Environment::Test, key).unwrap();
        }
        // For what compares times of the sandbox with this machine's.
        let now = ("now".to_owned(), format!("{:.0}", Timestamp::now()));
        Self {
            sandbox,
            home,
            variables: BTreeMap::from([now]),
            known,
        }
    }

    /// Makes a file where the commands run.
    pub(super) fn put(&self, name: &str, content: &str) {
        fs::write(self.home.work().join(name), self.real(content)).unwrap();
    }

    fn address(&self) -> String {
        self.sandbox
            .base_url()
            .to_string()
            .trim_end_matches('/')
            .to_owned()
    }

    /// With what stands for something.
    fn real(&self, text: &str) -> String {
        let mut text = text.replace(ADDRESS, &self.address());
        let mut names: Vec<_> = self.variables.iter().collect();
        // `$invoice_id` before `$invoice`.
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        for (name, value) in names {
            text = text.replace(&format!("${name}"), value);
        }
        text
    }

    /// Runs a line, and gives what is printed, as the files have it.
    pub(super) fn run(&mut self, line: &str) -> String {
        let mut words =
            shlex::split(&self.real(line)).unwrap_or_else(|| panic!("not a command: {line}"));
        let mut input = None;
        let mut into = None;
        for (sign, file) in [("<", &mut input), (">", &mut into)] {
            if let Some(at) = words.iter().position(|word| word == sign) {
                *file = Some(self.home.work().join(&words[at + 1]));
                words.truncate(at);
            }
        }
        let assigned = words.iter().take_while(|word| {
            word.split_once('=')
                .is_some_and(|(name, _)| !name.contains('-'))
        });
        let assigned: Vec<(String, String)> = assigned
            .filter_map(|word| word.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let words: Vec<&str> = words[assigned.len()..].iter().map(String::as_str).collect();
        let (code, printed) = match words[..] {
            ["bitpay", ref args @ ..] => {
                let path = self.home.path().with_file_name("printed");
                let shown = File::create(&path).unwrap();
                let out = match into {
                    Some(file) => File::create(file).unwrap(),
                    None => shown.try_clone().unwrap(),
                };
                let mut command = Command::new(env!("CARGO_BIN_EXE_bitpay"));
                // One after the other in one file, as a terminal shows it.
                command
                    .args(args)
                    .current_dir(self.home.work())
                    // Neither a proxy nor a store of whoever runs this.
                    .env_clear()
                    .env("BITPAY_HOME", self.home.path())
                    // The report of `doctor` shortens it.
                    .env("HOME", "/home/nobody")
                    .envs(assigned)
                    .stdin(input.map_or_else(Stdio::null, |path| File::open(path).unwrap().into()))
                    .stderr(shown)
                    .stdout(out);
                let status = command.status().unwrap();
                (status.code().unwrap(), fs::read_to_string(path).unwrap())
            }
            ["curl", "-d", data, address] => {
                let posted = ureq::post(address)
                    .config()
                    .http_status_as_error(false)
                    .build()
                    .send(data);
                (0, posted.unwrap().body_mut().read_to_string().unwrap())
            }
            ["cat", file] => (0, fs::read_to_string(self.home.work().join(file)).unwrap()),
            ["head", count, file] => {
                let text = fs::read_to_string(self.home.work().join(file)).unwrap();
                let count = count.trim_start_matches('-').parse().unwrap();
                let lines: Vec<&str> = text.lines().take(count).collect();
                (0, lines.join("\n"))
            }
            _ => panic!("not known here: {line}"),
        };
        self.remember(&printed);
        let mut printed = self.same(&printed);
        if words.starts_with(&["bitpay", "config"]) {
            printed = aligned(&printed);
        }
        let printed = printed.trim_end();
        match code {
            0 => printed.to_owned(),
            code => format!("? {code}\n{printed}"),
        }
    }

    /// The rows of a name and a single word, an intent, and of a list the first column's last value.
    fn remember(&mut self, printed: &str) {
        let mut column = None;
        for line in printed.lines() {
            let first = line.split(' ').next().unwrap_or_default();
            if first.len() > 2 && first.bytes().all(|b| b.is_ascii_uppercase()) {
                column = Some(first.to_ascii_lowercase());
                continue;
            }
            if let Some(name) = &column {
                self.variables.insert(name.clone(), first.to_owned());
                continue;
            }
            let row = line
                .split_once("  ")
                .filter(|(name, _)| !name.is_empty())
                .or_else(|| line.trim().split_once(' '));
            let Some((name, value)) = row else { continue };
            let value = value.trim();
            let is_name = name.bytes().all(|b| b.is_ascii_lowercase() || b == b' ');
            if is_name && !value.is_empty() && !value.contains(' ') {
                let name = name.trim().replace(' ', "_");
                self.variables.insert(name, value.to_owned());
            }
        }
    }

    /// Without what differs from run to run.
    fn same(&self, text: &str) -> String {
        let home = self.home.path();
        let text = text
            .replace(&self.address(), ADDRESS)
            .replace(home.to_str().unwrap(), HOME)
            .replace(&this_program(), "bitpay [version] on [system]")
            .replace(
                &format!("bitpay {}", env!("CARGO_PKG_VERSION")),
                "bitpay [version]",
            );
        let text = without_what_everywhere_shows(&text);
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some(first) = rest.chars().next() {
            let before = out.chars().next_back();
            if before.is_some_and(|it| it.is_ascii_alphanumeric()) {
                out.push(first);
                rest = &rest[first.len_utf8()..];
                continue;
            }
            let word: usize = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
            let taken = if let Some(length) = time(rest) {
                out += &quarter(&rest[..length]);
                length
            } else if starts(rest, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh") {
                out += "[guid]";
                36
            } else if word == 32 && starts(rest, "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh") {
                out += "[intent]";
                word
            } else if matches!(word, 34 | 35)
                && rest.starts_with('T')
                && !self.known.iter().any(|sin| sin == &rest[..word])
            {
                // A column stays a column.
                let width = if rest[word..].starts_with("  ") {
                    word
                } else {
                    0
                };
                out += &format!("{:width$}", "[SIN]");
                word
            } else {
                out.push(first);
                first.len_utf8()
            };
            rest = &rest[taken..];
        }
        out
    }
}

/// What `doctor` says of itself.
fn this_program() -> String {
    use std::env::consts::{ARCH, OS};
    format!("bitpay {} on {OS} {ARCH}", env!("CARGO_PKG_VERSION"))
}

/// The columns of `config`, whose width is that of paths which were replaced.
fn aligned(text: &str) -> String {
    let parts = |line: &str| {
        let (value, from) = line.split_once("  (")?;
        let is_row = from.ends_with(')') && !line.starts_with(' ');
        is_row.then(|| (value.trim_end().to_owned(), from.to_owned()))
    };
    let widths = text.lines().filter_map(|line| Some(parts(line)?.0.len()));
    let width = widths.max().unwrap_or(0);
    let lines = text.lines().map(|line| match parts(line) {
        Some((value, from)) => format!("{value:width$}  ({from}\n"),
        None => format!("{line}\n"),
    });
    lines.collect()
}

/// The options of every command, which `bitpay --help` shows.
fn without_what_everywhere_shows(text: &str) -> String {
    let (Some((_, begins)), Some(usage)) = (
        text.split_once("\nEverywhere:\n"),
        text.find("Usage: bitpay "),
    ) else {
        return text.to_owned();
    };
    if text[usage..].starts_with("Usage: bitpay [OPTIONS]") {
        return text.to_owned();
    }
    let rest = begins
        .lines()
        .skip_while(|line| line.is_empty() || line.starts_with(' '));
    let rest: Vec<&str> = rest.collect();
    let at = text.len() - begins.len();
    let rest = if rest.is_empty() {
        String::new()
    } else {
        format!("\n{}\n", rest.join("\n"))
    };
    format!("{}  (the options of `bitpay --help`)\n{rest}", &text[..at])
}

/// Whether it starts with a digit for each d, a hexadecimal digit for each h, and all else as it is.
fn starts(text: &str, form: &str) -> bool {
    text.len() >= form.len()
        && text
            .bytes()
            .zip(form.bytes())
            .all(|(is, wanted)| match wanted {
                b'd' => is.is_ascii_digit(),
                b'h' => is.is_ascii_hexdigit(),
                wanted => is == wanted,
            })
}

/// The length of an instant at the beginning.
fn time(text: &str) -> Option<usize> {
    if starts(text, "dddd-dd-ddTdd:dd:ddZ") {
        return Some(20);
    }
    let digits = text
        .get(20..)?
        .bytes()
        .take_while(u8::is_ascii_digit)
        .count();
    let ends = text.as_bytes().get(20 + digits) == Some(&b'Z');
    (starts(text, "dddd-dd-ddTdd:dd:dd.d") && ends).then_some(21 + digits)
}

/// The sandbox's clock runs from where it starts: a quarter of an hour is more than a file takes.
fn quarter(time: &str) -> String {
    if !time.starts_with(&START[..5]) {
        return "[time]".to_owned();
    }
    let minutes: u32 = time[14..16].parse().unwrap();
    format!("{}:{:02}:00Z", &time[..13], minutes / 15 * 15)
}
