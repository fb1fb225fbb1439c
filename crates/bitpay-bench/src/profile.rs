//! Where the time of a call goes: what a program that makes invoices is doing, looked at many times a second by `perf`,
//! as a tree of functions in microseconds of processor time for each call, the system's own included.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::programs::{Server, run};

const CALLS: u32 = 20_000;
/// Looks each second.
const FREQUENCY: f64 = 4_000.0;
/// What takes less is not shown, in microseconds.
const LEAST: f64 = 1.0;
/// A function that does nearly nothing but call another one is left out, but for ours.
const THROUGH: f64 = 0.9;
const WIDTH: usize = 84;

#[derive(Default)]
struct Node {
    looks: f64,
    inside: BTreeMap<String, Node>,
}

pub(crate) fn print(programs: &Path, name: &str) {
    let server = Server::start(&["fixed", "0"]);
    let program = programs.join(format!("on-{name}"));
    let calls = CALLS.to_string();
    let args = ["create", &server.url, &server.token, &calls, "1"];
    let said = run(Command::new(&program).args(args));
    let micros = said.work_ns / f64::from(CALLS) / 1e3;
    let file = programs.join(format!("{name}.perf"));
    // The first thread alone: to follow each of the others from its start would cost more than they do.
    let options = [
        "--no-inherit",
        "-F",
        &FREQUENCY.to_string(),
        "-e",
        "cpu-clock",
        "--call-graph",
        "fp",
    ];
    let mut record = Command::new("perf");
    record.arg("record").args(options).arg("-o").arg(&file);
    perf(record.arg(&program).args(args));
    let mut script = Command::new("perf");
    let stacks = perf(script.args(["script", "-F", "ip,sym", "-i"]).arg(&file));
    let mut whole = Node::default();
    for stack in stacks.split("\n\n") {
        whole.add(stack);
    }
    let each = 1e6 / FREQUENCY / f64::from(CALLS);
    println!(
        "{name}: {micros:.1} µs for each of {CALLS} calls; {:.1} µs in its first thread, by {} looks\n",
        whole.looks * each,
        whole.looks
    );
    whole.show(each, 0);
}

fn perf(command: &mut Command) -> String {
    let output = command.stderr(Stdio::piped()).output();
    let output =
        output.unwrap_or_else(|error| panic!("{command:?}: {error}; is `perf` installed?"));
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {problem}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

impl Node {
    /// A stack, its innermost function first.
    fn add(&mut self, stack: &str) {
        let frames = stack.lines().filter_map(|line| line.trim().split_once(' '));
        let (system, program): (Vec<_>, Vec<_>) =
            frames.partition(|(address, _)| address.starts_with("ffffffff"));
        let mut names: Vec<String> = program.iter().rev().map(|(_, name)| short(name)).collect();
        names.retain(|name| name != "[unknown]");
        // How libsecp256k1 does it is its own affair, as what a system call does is the system's.
        if let Some(at) = names.iter().position(|name| name.starts_with("rustsecp")) {
            names.truncate(at + 1);
        }
        if !system.is_empty() {
            let mut called = system.iter().rev().map(|(_, name)| *name);
            let call = called
                .find(|name| *name == "do_syscall_64")
                .and(called.next());
            let call = call.map(|name| {
                name.trim_start_matches("__x64_sys_")
                    .trim_start_matches("do_")
            });
            names.push(format!("the system: {}", call.unwrap_or("interrupts")));
        }
        if names.is_empty() {
            return;
        }
        self.looks += 1.0;
        let mut node = self;
        for name in names {
            node = node.inside.entry(name).or_default();
            node.looks += 1.0;
        }
    }

    fn show(&self, each: f64, depth: usize) {
        let mut inside: Vec<_> = self.inside.iter().collect();
        inside.sort_by(|one, other| other.1.looks.total_cmp(&one.1.looks));
        for (name, node) in inside {
            let micros = node.looks * each;
            if micros < LEAST {
                continue;
            }
            let most = node.inside.values().map(|inner| inner.looks);
            let goes_through = most.fold(0.0, f64::max) > THROUGH * node.looks;
            if goes_through && !name.contains("bitpay") {
                node.show(each, depth);
                continue;
            }
            let indent = "  ".repeat(depth);
            let room = WIDTH.saturating_sub(indent.len());
            let name: String = name.chars().take(room).collect();
            println!("{micros:>7.1}  {indent}{name}");
            node.show(each, depth + 1);
        }
    }
}

/// A function's name, without what its generic parameters are.
fn short(name: &str) -> String {
    let name = name.trim().replace("::{{closure}}", "");
    // `<T as Trait>::method`: the type says more than the trait.
    let name = match name
        .strip_prefix('<')
        .and_then(|rest| rest.rsplit_once(">::"))
    {
        Some((type_and_trait, method)) => {
            let of_type = type_and_trait.split(" as ").next().unwrap_or_default();
            format!("{of_type}::{method}")
        }
        None => name,
    };
    let mut kept = String::new();
    let mut depth = 0_usize;
    for letter in name.chars() {
        match letter {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            letter if depth == 0 => kept.push(letter),
            _ => {}
        }
    }
    kept.replace("::::", "::")
}
