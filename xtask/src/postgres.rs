//! The store in PostgreSQL against a real server: installs it, starts one of its own, and runs the tests.

use std::collections::hash_map::RandomState;
use std::fs::{self, File};
use std::hash::{BuildHasher as _, Hasher as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::{Outcome, debian, root};

/// Where the server has its data, its log and its password, anew each time.
const HOME: &str = "target/postgres";
/// Where Debian puts the programs of each version.
const VERSIONS: &str = "/usr/lib/postgresql";
/// The user that Debian makes for servers. PostgreSQL refuses to be run by root.
const USER: &str = "postgres";

pub(crate) fn check() -> Outcome {
    let server = Server::start()?;
    // By itself it needs few crates.
    let tests = "test --locked -p bitpay-postgres-example --features postgres --test postgres";
    let mut command = Command::new("cargo");
    command
        .args(tests.split(' '))
        .env("BITPAY_POSTGRES", &server.url);
    crate::run(command.current_dir(root()))
}

/// A server on a port of this machine, until it is dropped.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start() -> Result<Self, String> {
        let programs = programs()?;
        let home = root().join(HOME);
        let failed = |error| format!("{HOME}: {error}");
        if home.exists() {
            fs::remove_dir_all(&home).map_err(failed)?;
        }
        fs::create_dir_all(root().join("target")).map_err(failed)?;
        let mut make = Command::new("install");
        make.args(["-d", "-m", "700"]);
        if is_root() {
            make.args(["-o", USER]);
        }
        crate::run(make.arg(&home))?;
        let password = format!("{:016x}", RandomState::new().build_hasher().finish());
        fs::write(home.join("password"), &password).map_err(failed)?;
        let command = |program: &str| {
            let mut command = as_server(&programs.join(program));
            command.current_dir(&home);
            command
        };
        let made = command("initdb")
            .args(["-D", "data", "-U", "bitpay", "--pwfile=password"])
            .args([
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
            ])
            .output()
            .map_err(failed)?;
        if !made.status.success() {
            let said = String::from_utf8_lossy(&made.stderr);
            return Err(format!("initdb in {}: {said}", home.display()));
        }
        let free = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
        let port = free.map_err(failed)?.port().to_string();
        let log = File::create(home.join("log")).map_err(failed)?;
        let process = command("postgres")
            .args(["-D", "data", "-h", "127.0.0.1", "-p", &port, "-k", "", "-F"])
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(failed)?)
            .stderr(log)
            .spawn()
            .map_err(failed)?;
        let url = format!("postgresql://bitpay:{password}@127.0.0.1:{port}/postgres");
        let mut server = Self { process, url };
        let ask = ["-q", "-h", "127.0.0.1", "-p", &port];
        for _ in 0..300 {
            if debian::works(&programs.join("pg_isready").to_string_lossy(), &ask) {
                return Ok(server);
            }
            if server.process.try_wait().map_err(failed)?.is_some() {
                break;
            }
            thread::sleep(Duration::from_millis(100));
        }
        let said = fs::read_to_string(home.join("log")).unwrap_or_default();
        Err(format!("the server did not start: {said}"))
    }
}

impl Drop for Server {
    /// Stops it at once, which ends its sessions.
    fn drop(&mut self) {
        let mut stop = Command::new("kill");
        stop.args(["-INT", &self.process.id().to_string()]);
        if crate::run(&mut stop).is_err() {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// The folder of the newest version that is there, or that can be installed.
fn programs() -> Result<PathBuf, String> {
    let newest = || {
        let versions = fs::read_dir(VERSIONS).into_iter().flatten().flatten();
        let programs = versions.map(|version| version.path().join("bin"));
        programs
            .filter(|folder| folder.join("initdb").exists())
            .max_by_key(|folder| {
                let version = folder.parent().and_then(Path::file_name);
                version.and_then(|it| it.to_str()?.parse::<u32>().ok())
            })
    };
    if newest().is_none() {
        debian::install(&["postgresql"])?;
    }
    newest().ok_or_else(|| format!("no PostgreSQL in {VERSIONS}"))
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

/// A program of the server, run by a user that it allows.
fn as_server(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args([&format!("--reuid={USER}"), &format!("--regid={USER}")])
        .args(["--clear-groups", "--"])
        .arg(program);
    command
}
