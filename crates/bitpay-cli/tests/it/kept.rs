//! What `bitpay sandbox --data` keeps, whatever happens to it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_bitpay");

/// So many connections write at once.
const WRITERS: usize = 8;

/// The sandbox in a process of its own, on a free port.
struct Served {
    child: Child,
    base: String,
}

impl Served {
    fn start(data: &Path) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(args(data));
        Self::of(command)
    }

    fn of(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The program's answer is JSON over several lines.
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut told = String::new();
        let told: Value = loop {
            let Some(line) = lines.next() else {
                let mut said = String::new();
                let mut err = child.stderr.take().unwrap();
                err.read_to_string(&mut said).unwrap();
                panic!("it does not say where it is: {said}");
            };
            told += &line.unwrap();
            if let Ok(told) = serde_json::from_str(&told) {
                break told;
            }
        };
        let base = told["environment"].as_str().unwrap();
        let base = base.trim_end_matches('/').to_owned();
        Self { child, base }
    }

    /// What it says at its end, and its exit code.
    fn end(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().unwrap().code();
        let mut said = String::new();
        let mut err = self.child.stderr.take().unwrap();
        err.read_to_string(&mut said).unwrap();
        (code, said)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn args(data: &Path) -> Vec<String> {
    let data = data.to_str().unwrap();
    let args = [
        "sandbox",
        "--json",
        "--listen",
        "127.0.0.1:0",
        "--seed",
        "1",
    ];
    let args = args.into_iter().chain(["--data", data]);
    args.map(str::to_owned).collect()
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .into()
}

/// The status and the text of an answer, if there was one.
fn post(agent: &ureq::Agent, url: &str, body: &Value) -> Result<(u16, String), ureq::Error> {
    let post = agent.post(url).header("content-type", "application/json");
    let mut answer = post.send(body.to_string())?;
    let status = answer.status().as_u16();
    Ok((status, answer.body_mut().read_to_string()?))
}

fn get(agent: &ureq::Agent, url: &str) -> (u16, Value) {
    let mut answer = agent.get(url).call().unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// A token that needs no key.
fn open_token(base: &str) -> String {
    let made = post(&agent(), &format!("{base}/sandbox/tokens"), &json!({})).unwrap();
    let made: Value = serde_json::from_str(&made.1).unwrap();
    made["data"]["token"].as_str().unwrap().to_owned()
}

/// An invoice of which an answer told.
#[derive(Clone)]
struct Answered {
    guid: String,
    id: String,
    /// Its payment was answered as well.
    paid: bool,
}

/// Makes invoices and pays every second one, until an answer fails. `said` is what the last one said.
fn write(base: &str, token: &str, name: &str, answered: &Mutex<Vec<Answered>>) -> Option<String> {
    let agent = agent();
    for number in 0.. {
        let guid = format!("{name}-{number}");
        let body = json!({ "token": token, "guid": guid, "price": 10, "currency": "USD" });
        let (status, text) = post(&agent, &format!("{base}/invoices"), &body).ok()?;
        if status != 200 {
            return Some(text);
        }
        let made: Value = serde_json::from_str(&text).unwrap();
        let id = made["data"]["id"].as_str().unwrap().to_owned();
        let answer = Answered {
            guid,
            id,
            paid: false,
        };
        answered.lock().unwrap().push(answer.clone());
        if number % 2 == 1 {
            let pay = json!({ "invoice": answer.id, "status": "complete" });
            let (status, text) = post(&agent, &format!("{base}/sandbox/pay"), &pay).ok()?;
            if status != 200 {
                return Some(text);
            }
            let mut answered = answered.lock().unwrap();
            let mut rows = answered.iter_mut().rev();
            rows.find(|row| row.id == answer.id).unwrap().paid = true;
        }
    }
    None
}

fn assert_kept(base: &str, token: &str, answered: &[Answered]) {
    let agent = agent();
    for row in answered {
        let url = format!("{base}/invoices/guid/{}?token={token}", row.guid);
        let (status, found) = get(&agent, &url);
        assert_eq!(status, 200, "{}: {found}", row.guid);
        assert_eq!(found["data"]["id"], row.id.as_str(), "{}", row.guid);
        if row.paid {
            assert_eq!(found["data"]["status"], "complete", "{}", row.guid);
        }
    }
}

/// `SANDBOX_KILLS` says how often it is killed.
#[test]
fn whatever_was_answered_is_there_after_a_kill() {
    let kills = std::env::var("SANDBOX_KILLS").map_or(6, |text| text.parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mut moments = fastrand::Rng::with_seed(17);
    let mut kept: Vec<Answered> = Vec::new();
    let mut served = Served::start(&data);
    let token = open_token(&served.base);
    for round in 0..kills {
        let answered = Arc::new(Mutex::new(Vec::new()));
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (base, token) = (served.base.clone(), token.clone());
                let answered = answered.clone();
                let name = format!("{round}-{writer}");
                std::thread::spawn(move || write(&base, &token, &name, &answered))
            })
            .collect();
        // At a moment that is not chosen by what the writes do.
        std::thread::sleep(Duration::from_millis(moments.u64(20..300)));
        served.child.kill().unwrap();
        // Its connections may end before the lock of its file does.
        served.child.wait().unwrap();
        let said: Vec<_> = writers.into_iter().map(|it| it.join().unwrap()).collect();
        assert_eq!(said, vec![None; WRITERS], "nothing but the kill ended them");
        served = Served::start(&data);
        let answered = std::mem::take(&mut *answered.lock().unwrap());
        assert_kept(&served.base, &token, &answered);
        kept.extend(answered);
    }
    assert!(kept.len() > 2 * kills, "{} answers", kept.len());
    let few: Vec<_> = kept.into_iter().step_by(7).collect();
    assert_kept(&served.base, &token, &few);
}

#[test]
fn a_full_disk_ends_it_with_an_error_and_loses_nothing_that_was_answered() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    // A limit on files stands in for the end of a disk: writes past it fail.
    let mut limited = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 3000; exec \"$@\"";
    limited
        .args(["-c", script, "sh", PROGRAM])
        .args(args(&data));
    let served = Served::of(limited);
    let token = open_token(&served.base);
    let answered = Mutex::new(Vec::new());
    let said = write(&served.base, &token, "full", &answered).expect("an answer says so");
    assert!(said.contains("could not save"), "{said}");
    let (code, error) = served.end();
    assert_eq!(code, Some(bitpay_cli::MAYBE_HAPPENED.into()));
    assert!(error.contains("could not save what it did"), "{error}");
    let answered = answered.into_inner().unwrap();
    assert!(answered.len() > 10, "{}", answered.len());
    let again = Served::start(&data);
    assert_kept(&again.base, &token, &answered);
}

/// What the program says when it does not start.
fn refused(data: &Path) -> String {
    let mut command = Command::new(PROGRAM);
    command.args(args(data)).stdout(Stdio::null());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > end {
            let _ = child.kill();
            panic!("it was not refused");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(bitpay_cli::NOTHING_HAPPENED.into())
    );
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_directory_serves_one_sandbox_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let first = Served::start(dir.path());
    let said = refused(dir.path());
    assert!(said.contains("another sandbox is using it"), "{said}");
    drop(first);
    let _ = Served::start(dir.path());
}

#[test]
fn what_is_not_a_sandboxs_data_is_refused_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("sandbox.redb");
    let served = Served::start(dir.path());
    // Twice, one after the other: what is killed may lose a commit that the disk spoilt, and goes on from the
    // one before it, in which the damage has to be as well.
    open_token(&served.base);
    open_token(&served.base);
    drop(served);
    let whole = std::fs::read(&file).unwrap();
    let mut damaged = whole.clone();
    let name = b"form_key";
    for place in 0..damaged.len() - name.len() {
        if damaged[place..].starts_with(name) {
            damaged[place] = b'F';
        }
    }
    assert!(damaged != whole);
    let cases = [
        whole[..whole.len() / 2].to_vec(),
        damaged,
        b"another program's file, and not a small one".repeat(100),
    ];
    for case in cases {
        std::fs::write(&file, &case).unwrap();
        let said = refused(dir.path());
        assert!(said.contains("sandbox.redb is damaged"), "{said}");
        assert!(std::fs::read(&file).unwrap() == case, "it was changed");
    }
    // Where there can be no directory.
    let said = refused(&file.join("below"));
    assert!(said.contains("must be a directory"), "{said}");
}
