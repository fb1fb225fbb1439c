//! BitPay's official SDKs against the sandbox: installs them, runs every call that they have, and prints
//! what came of each.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::methods::{self, Methods};
use crate::{Outcome, debian, root, table};

/// Where the drivers are, in `sdk`, with what they need.
pub(crate) const HOME: &str = "crates/bitpay-conformance";

/// The page that shows how to test with the sandbox, by these files to the letter.
pub(crate) const GUIDE: &str = "docs/testing-with-the-sandbox.md";

const SHOWN: [&str; 6] = [
    "tests/it/checkout_blocking.rs",
    "tests/it/checkout_async.rs",
    "sdk/node/sandbox.mjs",
    "sdk/node/checkout.test.mjs",
    "sdk/python/sandbox.py",
    "sdk/python/test_checkout.py",
];

/// A line of a driver: first which SDK it is, then its calls, and at the end which methods it has.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Sdk {
        sdk: String,
    },
    Call {
        call: String,
        how: String,
        state: State,
        #[serde(default)]
        held: u32,
        #[serde(default)]
        why: String,
    },
    End {
        methods: Vec<String>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// It returned, and holds what was sent.
    Green,
    /// It is broken inside the SDK, in the way that is known.
    Broken,
    Red,
}

/// An SDK that is installed, and how its calls and the guide's test are run.
struct Sdk {
    folder: PathBuf,
    program: PathBuf,
    driver: &'static [&'static str],
    example: &'static [&'static str],
}

impl Sdk {
    fn command(&self, args: &[&str], sandbox: &Path) -> Command {
        let mut command = Command::new(&self.program);
        quietly(&mut command, sandbox)
            .args(args)
            .current_dir(&self.folder);
        command
    }
}

/// Tells a driver where the sandbox is. What a proxy would answer says nothing about it.
pub(crate) fn quietly<'a>(command: &'a mut Command, sandbox: &Path) -> &'a mut Command {
    command
        .env("BITPAY_PROGRAM", sandbox)
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1")
}

/// Builds the program that starts sandboxes, and says where it is.
pub(crate) fn sandbox() -> Result<PathBuf, String> {
    let build = ["build", "--locked", "--package", "bitpay-cli"];
    crate::run(Command::new("cargo").args(build).current_dir(root()))?;
    let here = std::env::current_exe().map_err(|error| format!("xtask: {error}"))?;
    Ok(here.with_file_name(format!("bitpay{}", std::env::consts::EXE_SUFFIX)))
}

pub(crate) fn check() -> Outcome {
    guide_is_true()?;
    let methods = methods::read(&table::read()?.rows)?;
    need_programs()?;
    let sandbox = sandbox()?;
    let mut problems = Vec::new();
    for sdk in [node()?, python()?] {
        let calls = calls(&mut sdk.command(sdk.driver, &sandbox), &methods);
        let example = crate::run(&mut sdk.command(sdk.example, &sandbox));
        problems.extend([calls, example].into_iter().filter_map(Result::err));
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(problems.join("\n")),
    }
}

/// Runs a driver, prints its lines as a table, and compares its methods with those that we have something for.
fn calls(driver: &mut Command, known: &Methods) -> Outcome {
    let failed = |error| format!("the driver: {error}");
    let mut child = driver.stdout(Stdio::piped()).spawn().map_err(failed)?;
    let output = child.stdout.take().ok_or("the driver has no output")?;
    let (mut green, mut broken, mut red, mut total) = (0, 0, 0, None);
    let mut version = String::new();
    for line in BufReader::new(output).lines() {
        let line = line.map_err(failed)?;
        match serde_json::from_str(&line).map_err(|error| format!("{line}: {error}"))? {
            Line::Sdk { sdk } => {
                println!("\n{sdk}");
                version = sdk;
            }
            Line::Call {
                call,
                how,
                state,
                held,
                why,
            } => {
                let (name, count, rest) = match state {
                    State::Green => ("green", &mut green, format!("{held} held")),
                    State::Broken => ("broken", &mut broken, format!("in the SDK: {why}")),
                    State::Red => ("RED", &mut red, why),
                };
                *count += 1;
                println!("  {name:6}  {call:37}  {how:37}  {rest}");
            }
            Line::End { methods } => total = Some(methods),
        }
    }
    let status = child.wait().map_err(failed)?;
    let methods = total.ok_or("the driver stopped before its end")?;
    println!(
        "  {} public methods; {green} green, {broken} broken in the SDK, {red} red",
        methods.len()
    );
    let wrong = known.wrong(&version, &methods);
    if !wrong.is_empty() {
        return Err(wrong.join("\n"));
    }
    match status.success() && red == 0 && green > 0 {
        true => Ok(()),
        false => Err(format!(
            "{red} calls are red, and the driver ended with {status}"
        )),
    }
}

fn guide_is_true() -> Outcome {
    let guide = read(&root().join(GUIDE))?;
    for name in SHOWN {
        let text = read(&root().join(HOME).join(name))?;
        if !guide.contains(text.trim_end()) {
            return Err(format!("{GUIDE} does not show {HOME}/{name} as it is"));
        }
    }
    Ok(())
}

/// Node with npm, and Python with its `venv`. What is missing is installed, where that can be done.
pub(crate) fn need_programs() -> Outcome {
    let mut missing = Vec::new();
    if !debian::works("node", &["--version"]) || !debian::works("npm", &["--version"]) {
        missing.extend(["nodejs", "npm"]);
    }
    if !debian::works("python3", &["-c", "import ensurepip, venv"]) {
        missing.push("python3-venv");
    }
    debian::install(&missing)
}

/// Installs an SDK, with its driver, in `target/conformance`.
pub(crate) fn install_peer(name: &str) -> Outcome {
    need_programs()?;
    match name {
        "node" => node().map(drop),
        _ => python().map(drop),
    }
}

fn node() -> Result<Sdk, String> {
    let folder = install("sdk/node", "package-lock.json", "node_modules", |folder| {
        let args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        crate::run(Command::new("npm").args(args).current_dir(folder))
    })?;
    Ok(Sdk {
        folder,
        program: "node".into(),
        driver: &["conformance.mjs"],
        example: &["--test", "checkout.test.mjs"],
    })
}

fn python() -> Result<Sdk, String> {
    let (folder, program) = python_in("sdk/python")?;
    Ok(Sdk {
        program,
        folder,
        driver: &["conformance.py"],
        example: &["-m", "unittest", "test_checkout"],
    })
}

/// A folder with a driver in Python, and a Python that has what it needs.
pub(crate) fn python_in(name: &str) -> Result<(PathBuf, PathBuf), String> {
    let program = |folder: &Path| folder.join("venv/bin/python");
    let folder = install(name, "requirements.txt", "venv", |folder| {
        let venv = ["-m", "venv", "--clear", "venv"];
        crate::run(Command::new("python3").args(venv).current_dir(folder))?;
        let pip = "-m pip install --quiet --require-hashes --only-binary :all: -r requirements.txt";
        let mut pip_install = Command::new(program(folder));
        crate::run(pip_install.args(pip.split(' ')).current_dir(folder))
    })?;
    let program = program(&folder);
    Ok((folder, program))
}

/// Copies a driver to `target`, and installs what it names, unless that is there already.
fn install(
    name: &str,
    lock: &str,
    made: &str,
    install: impl FnOnce(&Path) -> Outcome,
) -> Result<PathBuf, String> {
    let from = root().join(HOME).join(name);
    let to = root()
        .join("target/conformance")
        .join(name.trim_start_matches("sdk/"));
    let failed = |error| format!("{}: {error}", to.display());
    fs::create_dir_all(&to).map_err(failed)?;
    for entry in fs::read_dir(&from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        fs::copy(entry.path(), to.join(entry.file_name())).map_err(failed)?;
    }
    let (wanted, stamp) = (read(&from.join(lock))?, to.join(made).join("installed"));
    if fs::read_to_string(&stamp).ok().as_ref() != Some(&wanted) {
        install(&to)?;
        fs::write(&stamp, wanted).map_err(failed)?;
    }
    Ok(to)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
