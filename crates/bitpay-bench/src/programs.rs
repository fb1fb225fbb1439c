//! Processes, and what they and the operating system say of them.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde::Deserialize;

/// What a program says of itself at its end.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Said {
    /// The processor time of the work that it was asked for.
    pub(crate) work_ns: f64,
    /// The processor time of the whole process.
    pub(crate) whole_ns: f64,
    /// The most memory that it had.
    pub(crate) peak_kib: f64,
}

/// A program that stays on one core: what moves between them costs now more, now less.
fn on_core(core: u32, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.arg("-c").arg(core.to_string()).arg(program);
    command
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Said {
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", output.status);
    let text = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(text.trim()).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

/// This program again, as a server; killed when it is not needed any more.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    pub(crate) token: String,
}

impl Server {
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut command = on_core(1, &std::env::current_exe().unwrap());
        let mut child = command.args(args).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut told = BufReader::new(child.stdout.take().unwrap());
        told.read_line(&mut line).unwrap();
        let mut words = line.split_whitespace();
        let url = words.next().unwrap().trim_end_matches('/').to_owned();
        let token = words.next().unwrap_or(bitpay_bench::samples::TOKEN);
        Self {
            child,
            url,
            token: token.to_owned(),
        }
    }

    /// The processor time that its threads have taken, in nanoseconds.
    pub(crate) fn cpu(&self) -> f64 {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let each = threads.map(|thread| {
            let file = thread.unwrap().path().join("schedstat");
            let stat = std::fs::read_to_string(file).unwrap();
            let nanos = stat.split(' ').next().unwrap();
            nanos.parse::<f64>().unwrap()
        });
        each.sum()
    }

    /// What it says at this path.
    pub(crate) fn get(&self, path: &str) -> String {
        use std::io::{Read as _, Write as _};
        let address = self.url.trim_start_matches("http://");
        let mut socket = std::net::TcpStream::connect(address).unwrap();
        write!(socket, "GET {path} HTTP/1.1\r\n\r\n").unwrap();
        socket.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The programs that are compared: ours, the bare ones, and those of the official SDKs.
pub(crate) struct Programs {
    /// Where those in Rust are.
    pub(crate) rust: PathBuf,
    peers: PathBuf,
}

impl Programs {
    pub(crate) fn new(rust: &str, peers: &str) -> Self {
        let [rust, peers] = [rust, peers].map(|folder| std::fs::canonicalize(folder).unwrap());
        Self { rust, peers }
    }

    /// One of the programs in Rust.
    pub(crate) fn rust(&self, name: &str) -> Command {
        on_core(0, &self.rust.join(format!("on-{name}")))
    }

    /// The program of an official SDK, as `cargo xtask bench` has installed it.
    pub(crate) fn peer(&self, name: &str) -> Command {
        let (program, script) = match name {
            "node" => (PathBuf::from("node"), "bench.mjs"),
            "python" => (self.peers.join("python/venv/bin/python"), "bench.py"),
            other => panic!("{other} is no peer"),
        };
        let folder = self.peers.join(name);
        let mut command = Command::new(program);
        command
            .arg(script)
            .current_dir(folder)
            .env("NO_PROXY", "127.0.0.1")
            .env("no_proxy", "127.0.0.1");
        command
    }
}
