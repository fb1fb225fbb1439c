//! Records what somebody at a terminal sees of the program `bitpay`, for `docs/terminal.md`, with `tmux`; and
//! measures the memory of a long download. `cargo xtask recording` builds both for release and runs it.

// This crate is test code throughout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use bitpay_blocking::model::invoice::{CreateInvoice, InvoiceStatus};
use bitpay_blocking::{Client, Currency, Grant, Merchant, generate_key, new_guid};
use bitpay_conformance::memory;
use bitpay_sandbox::Sandbox;
use jiff::{Timestamp, ToSpan as _};

const DAYS: u64 = 100;
/// Each invoice is two entries: itself and its fee.
const A_DAY: u64 = 500;

/// What the download may take.
const MOST: u64 = 20 * 1024;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [program, folder, page] = &args[..] else {
        panic!("usage: recording PROGRAM FOLDER PAGE");
    };
    let program = std::fs::canonicalize(program).unwrap();
    let folder = PathBuf::from(folder);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let folder = std::fs::canonicalize(folder).unwrap();
    let sandbox = filled();
    let terminal = Terminal::start(&program, &folder);
    let mut text = HEAD.to_owned();
    record(&terminal, &sandbox, &mut text);
    let peak = download(&program, &folder);
    let kilobytes = peak;
    writeln!(
        text,
        "\nThe same download without a terminal took {}.{} MB of memory at its peak.",
        kilobytes / 1024,
        kilobytes % 1024 * 10 / 1024,
    )
    .unwrap();
    std::fs::write(page, text).unwrap();
    assert!(
        peak <= MOST,
        "the download took {peak} KiB of memory, and {MOST} are allowed"
    );
    println!("{page} is written; the download took {peak} KiB of memory");
}

const HEAD: &str = "\
# At the terminal

What `bitpay` looks like at a terminal of 100 columns, against a sandbox whose merchant has a ledger of 100,000
entries. `cargo xtask recording` makes this page, with tmux; colours, and what moves, are not in it.
";

/// A sandbox whose ledger has 100,000 entries of the last hundred days.
fn filled() -> Sandbox {
    let begin = Timestamp::now()
        .checked_sub(i64::try_from(DAYS * 24).unwrap().hours())
        .unwrap();
    let sandbox = Sandbox::builder()
        .seed(1)
        .starting_at(begin)
        .start()
        .unwrap();
    let grant: Grant<Merchant> = sandbox.grant(generate_key().unwrap());
    let shop = Client::new(sandbox.environment()).unwrap().with(grant);
    for _ in 0..DAYS {
        for _ in 0..A_DAY {
            let order = CreateInvoice::new(new_guid().unwrap(), 10, Currency::USD);
            let invoice = shop.create_invoice(&order).unwrap();
            sandbox.pay(&invoice.id, InvoiceStatus::Complete).unwrap();
        }
        sandbox.advance(Duration::from_secs(24 * 60 * 60));
    }
    sandbox
}

struct Terminal {
    socket: PathBuf,
}

impl Terminal {
    fn start(program: &Path, folder: &Path) -> Self {
        let terminal = Self {
            socket: folder.join("tmux"),
        };
        let path = format!(
            "PATH={}:{}",
            program.parent().unwrap().display(),
            std::env::var("PATH").unwrap()
        );
        let home = format!("BITPAY_HOME={}", folder.join("home").display());
        let size = ["-x", "100", "-y", "60"];
        let start = ["new-session", "-d", "-e", &home, "-e", "PS1=$ "];
        // The shell that starts it may set a path of its own.
        let bash = ["env", &path, "bash", "--norc", "--noprofile"];
        let shell = ["-c", folder.to_str().unwrap()];
        terminal.run(&[&start[..], &size, &shell, &bash].concat());
        terminal
    }

    fn run(&self, args: &[&str]) -> String {
        let output = Command::new("tmux")
            .arg("-S")
            .arg(&self.socket)
            .args(args)
            .output()
            .expect("tmux");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn shown(&self) -> String {
        let shown = self.run(&["capture-pane", "-p", "-J"]);
        let lines: Vec<&str> = shown.lines().map(str::trim_end).collect();
        lines.join("\n").trim().to_owned()
    }

    /// On a screen that is empty.
    fn enter(&self, line: &str) {
        self.run(&["send-keys", "-R", "C-l"]);
        self.run(&["clear-history"]);
        self.wait("the prompt", |shown| shown == "$");
        self.run(&["send-keys", "-l", line]);
        self.run(&["send-keys", "Enter"]);
    }

    fn wait(&self, what: &str, is_there: impl Fn(&str) -> bool) -> String {
        let end = Instant::now() + Duration::from_secs(120);
        loop {
            let shown = self.shown();
            if is_there(&shown) {
                return shown;
            }
            assert!(Instant::now() < end, "{what} did not come:\n{shown}");
            sleep(Duration::from_millis(20));
        }
    }

    /// All of a command, when its end is there.
    fn ended(&self) -> String {
        let shown = self.wait("the end of the command", |shown| shown.ends_with("\n$"));
        shown.trim_end_matches('$').trim_end().to_owned()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.run(&["kill-server"]);
    }
}

fn record(terminal: &Terminal, sandbox: &Sandbox, text: &mut String) {
    let mut section = |title: &str, shown: &str| {
        write!(text, "\n## {title}\n\n```text\n{shown}\n```\n").unwrap();
    };
    let env = sandbox.base_url().to_string();
    terminal.enter(&format!("bitpay keygen --env {env}"));
    section("A key", &terminal.ended());

    terminal.enter("bitpay pair --facade merchant --wait");
    let waiting = terminal.wait("the countdown", |shown| {
        shown.contains("the code is good for")
    });
    section("Pairing, while the merchant has not approved", &waiting);
    let code = waiting
        .lines()
        .find_map(|line| line.strip_prefix("pairing code"))
        .unwrap();
    sandbox.approve(&code.trim().parse().unwrap()).unwrap();
    let paired = terminal.ended();
    section("And when it was approved", paired.lines().last().unwrap());

    terminal.enter("bitpay invoice create 12.50 EUR --order order-17");
    let created = terminal.ended();
    section("An invoice", &created);
    let id = created
        .lines()
        .find_map(|line| line.strip_prefix("invoice "))
        .unwrap();
    let id = id.trim().parse().unwrap();

    terminal.enter(&format!("bitpay invoice watch {id}"));
    terminal.wait("the invoice", |shown| shown.contains("new"));
    for (status, name) in [
        (InvoiceStatus::Paid, "paid"),
        (InvoiceStatus::Confirmed, "confirmed"),
        (InvoiceStatus::Complete, "complete"),
    ] {
        sandbox.pay(&id, status).unwrap();
        terminal.wait(name, |shown| shown.contains(&format!("  {name}")));
    }
    section("Following it until it is final", &terminal.ended());

    let first = Timestamp::now().checked_sub(i64::try_from(DAYS * 24).unwrap().hours());
    let first = first.unwrap().strftime("%Y-%m-%d");
    terminal.enter(&format!(
        "bitpay ledger download USD --from {first} -o ledger.csv"
    ));
    let percent = |shown: &str| {
        let before = shown.split(" %").next().unwrap_or_default();
        let number = before.rsplit(' ').next().unwrap_or_default();
        number.parse::<u32>().ok()
    };
    let half =
        |shown: &str| shown.contains(" entries ") && percent(shown).is_some_and(|it| it > 40);
    let running = terminal.wait("the bar", |shown| half(shown) || shown.ends_with("\n$"));
    section("A ledger of 100,000 entries, on its way", &running);
    section(
        "And at its end",
        terminal
            .ended()
            .lines()
            .skip(1)
            .collect::<Vec<_>>()
            .join("\n")
            .as_str(),
    );
}

/// The peak of the memory of a download, in KiB.
fn download(program: &Path, folder: &Path) -> u64 {
    let mut child = Command::new(program)
        .args([
            "ledger",
            "download",
            "USD",
            "--from",
            "2020-01-01",
            "-o",
            "again.csv",
        ])
        .env("BITPAY_HOME", folder.join("home"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        peak = memory::peak_of(child.id()).unwrap_or(peak);
        sleep(Duration::from_millis(5));
    }
    assert!(child.wait().unwrap().success());
    peak
}
