//! The rows: what is compared with what, and what the ratio may be.

use std::hint::black_box;

use bitpay_bench::pure::Pure;
use cpu_time::ProcessTime;

use crate::programs::{Programs, Said, Server, run};
use crate::spread::Spread;

/// Each is measured so many times, in turns: briefly, so that all meet the same machine.
const ROUNDS: usize = 45;
/// What cannot be brief, so many times.
const FEW_ROUNDS: usize = 15;
/// Invoices that a program makes.
const CREATES: &str = "1024";
const TASKS: &str = "64";

/// How rows begin that are missed always or at times, and why.
const WHY: [(&str, &str); 4] = [
    (
        "create an invoice, blocking",
        "with a time limit ureq looks the address up in a new thread for each call: see it with limits, in the row below",
    ),
    (
        "create an invoice, async",
        "near its target: 1.17 to 1.26 in runs",
    ),
    (
        "create an invoice, 64 tasks",
        "near its target where memory is slow: 1.13 times the instructions, and 1.16 to 1.28 in runs",
    ),
    (
        "an invoice at the sandbox",
        "near its target: what it keeps is new memory, which costs more in some hours; 1.5 to 2.1 in runs",
    ),
];

const PEERS: [&str; 2] = ["node", "python"];

struct Table {
    missed: Vec<String>,
}

impl Table {
    fn head() -> Self {
        println!("| What | Ours | Beside it | Ratio or figure | Target | |");
        println!("| --- | ---: | ---: | ---: | ---: | --- |");
        Self { missed: Vec::new() }
    }

    /// What may be so much at most.
    fn row(
        &mut self,
        what: &str,
        ours: &str,
        beside: &str,
        figure: Spread,
        unit: &str,
        target: f64,
    ) {
        let is_met = figure.median <= target;
        let met = if is_met { "met" } else { "MISSED" };
        println!("| {what} | {ours} | {beside} | {figure}{unit} | {target}{unit} | {met} |");
        if !is_met {
            self.missed.push(what.to_owned());
        }
    }

    /// What is shown beside ours, without a target.
    fn peer(what: &str, ours: &str, peer: &str, figure: Spread) {
        println!("| {what} | {ours} | {peer} | {figure} | | |");
    }
}

type Row = fn(&mut Table, &Programs);

const ROWS: [(&str, Row); 8] = [
    ("sign", sign),
    ("prepare", prepare),
    ("parse", parse),
    ("create", create),
    ("tasks", tasks),
    ("ledger", ledger),
    ("start", start),
    ("sandbox", sandbox),
];

pub(crate) fn print(rust: &str, peers: &str, names: &[&str]) {
    let programs = Programs::new(rust, peers);
    let mut table = Table::head();
    for name in names {
        let is_known = ROWS.iter().any(|(row, _)| row == name);
        assert!(
            is_known,
            "no row {name}; there are: {:?}",
            ROWS.map(|row| row.0)
        );
    }
    for (name, row) in ROWS {
        if names.is_empty() || names.contains(&name) {
            row(&mut table, &programs);
        }
    }
    if !table.missed.is_empty() {
        println!("\nmissed, and docs/benchmarks.md says more:");
        for row in &table.missed {
            let why = WHY.iter().find(|(known, _)| row.starts_with(known));
            println!("- {row}: {}", why.map_or("it used to be met", |why| why.1));
        }
        std::process::exit(1);
    }
}

/// The processor time of one of so many, in nanoseconds.
fn each(times: u32, mut work: impl FnMut()) -> f64 {
    let began = ProcessTime::now();
    for _ in 0..times {
        work();
    }
    began.elapsed().as_nanos() as f64 / f64::from(times)
}

/// Several, in turns, so that whatever the machine does besides meets all alike.
fn in_turns<const N: usize>(
    rounds: usize,
    mut work: [&mut dyn FnMut() -> f64; N],
) -> [Vec<f64>; N] {
    let mut found = [const { Vec::new() }; N];
    for _ in 0..rounds {
        for (work, found) in work.iter_mut().zip(&mut found) {
            found.push(work());
        }
    }
    found
}

fn micros(nanos: &[f64]) -> String {
    let spread = Spread::of(nanos.to_vec());
    format!("{:.2} µs", spread.median / 1e3)
}

fn sign(table: &mut Table, programs: &Programs) {
    let pure = Pure::default();
    let [ours, raw] = in_turns(
        ROUNDS,
        [&mut || each(2_000, || pure.sign()), &mut || {
            each(2_000, || pure.sign_raw())
        }],
    );
    let what = format!("sign a request of {} bytes", pure.sizes().0);
    let raw_says = format!("{}: libsecp256k1 alone", micros(&raw));
    table.row(
        &what,
        &micros(&ours),
        &raw_says,
        Spread::ratio(&ours, &raw),
        "",
        1.15,
    );
    for name in PEERS {
        let said = peer(programs, name, &["sign", "-", "-", "500"]);
        let theirs: Vec<f64> = said.iter().map(|said| said.work_ns / 500.0).collect();
        Table::peer(
            &what,
            &micros(&ours),
            &format!("{}: {name}", micros(&theirs)),
            Spread::ratio(&ours, &theirs),
        );
    }
}

fn prepare(table: &mut Table, _: &Programs) {
    let pure = Pure::default();
    let [ours, sign] = in_turns(
        ROUNDS,
        [
            &mut || each(2_000, || drop(black_box(pure.prepare()))),
            &mut || each(2_000, || pure.sign()),
        ],
    );
    let less = ours
        .iter()
        .zip(&sign)
        .map(|(whole, sign)| (whole - sign) / 1e3);
    let beside = format!("{}: its signature", micros(&sign));
    let figure = Spread::of(less.collect());
    let what = "prepare a call, less its signature";
    table.row(what, &micros(&ours), &beside, figure, " µs", 5.0);
}

fn parse(table: &mut Table, _: &Programs) {
    let pure = Pure::default();
    let [ours, check] = in_turns(
        ROUNDS,
        [
            &mut || {
                let mut calls: Vec<_> = (0..500).map(|_| pure.prepare().0).collect();
                let mut calls = calls.iter_mut();
                each(500, || pure.receive(calls.next().unwrap()))
            },
            &mut || each(500, || pure.check()),
        ],
    );
    let what = format!("read an invoice of {} bytes", pure.sizes().1);
    let beside = format!("{}: a syntax check", micros(&check));
    table.row(
        &what,
        &micros(&ours),
        &beside,
        Spread::ratio(&ours, &check),
        "",
        3.0,
    );
}

/// A server of fixed answers, and the request that the bare programs send.
fn fixed(programs: &Programs, entries: &str) -> (Server, String) {
    let server = Server::start(&["fixed", entries]);
    run(programs
        .rust("blocking")
        .args(["create", &server.url, &server.token, "1"]));
    let file = programs.rust.join("request.http");
    std::fs::write(&file, server.get("/request")).unwrap();
    server.get("/connections");
    (server, file.to_str().unwrap().to_owned())
}

fn creates(programs: &Programs, server: &Server, name: &str, tasks: &str, more: &[&str]) -> f64 {
    let (url, token) = (&server.url, &server.token);
    let said = run(programs
        .rust(name)
        .args(["create", url, token, CREATES, tasks])
        .args(more));
    let connections: f64 = server.get("/connections").parse().unwrap();
    let most: f64 = tasks.parse().unwrap();
    assert!(connections <= most, "{name} made {connections} connections");
    let count: u32 = CREATES.parse().unwrap();
    // Each task makes as many as the others.
    let tasks: u32 = tasks.parse().unwrap();
    said.work_ns / f64::from(count / tasks * tasks)
}

fn create(table: &mut Table, programs: &Programs) {
    let (server, file) = fixed(programs, "0");
    let of = |name, more: &[&str]| creates(programs, &server, name, "1", more);
    let [blocking, ureq, limited_ureq, ours, reqwest, limited_reqwest] = in_turns(
        ROUNDS,
        [
            &mut || of("blocking", &[]),
            &mut || of("ureq", &[&file]),
            &mut || of("ureq", &[&file, "limits"]),
            &mut || of("async", &[]),
            &mut || of("reqwest", &[&file]),
            &mut || of("reqwest", &[&file, "limits"]),
        ],
    );
    for (front, ours, library, theirs, limited) in [
        ("blocking", &blocking, "ureq", &ureq, &limited_ureq),
        ("async", &ours, "reqwest", &reqwest, &limited_reqwest),
    ] {
        let what = format!("create an invoice, {front}, one connection");
        let beside = format!("{}: {library}, a signature, a syntax check", micros(theirs));
        table.row(
            &what,
            &micros(ours),
            &beside,
            Spread::ratio(ours, theirs),
            "",
            1.25,
        );
        let beside = format!("{}: the same, {library} with time limits", micros(limited));
        Table::peer(&what, &micros(ours), &beside, Spread::ratio(ours, limited));
    }
    for name in PEERS {
        let said = peer(
            programs,
            name,
            &["create", &server.url, &server.token, "300"],
        );
        let theirs: Vec<f64> = said.iter().map(|said| said.work_ns / 300.0).collect();
        let beside = format!("{}: {name}", micros(&theirs));
        let ratio = Spread::ratio(&blocking, &theirs);
        Table::peer(
            "create an invoice, blocking",
            &micros(&blocking),
            &beside,
            ratio,
        );
    }
}

fn tasks(table: &mut Table, programs: &Programs) {
    let (server, file) = fixed(programs, "0");
    let of = |name, more: &[&str]| creates(programs, &server, name, TASKS, more);
    let [ours, reqwest] = in_turns(
        ROUNDS,
        [&mut || of("async", &[]), &mut || of("reqwest", &[&file])],
    );
    let what = format!("create an invoice, {TASKS} tasks at once");
    let beside = format!("{}: reqwest, a signature, a syntax check", micros(&reqwest));
    table.row(
        &what,
        &micros(&ours),
        &beside,
        Spread::ratio(&ours, &reqwest),
        "",
        1.25,
    );
}

fn ledger(table: &mut Table, programs: &Programs) {
    let mut peaks = Vec::new();
    for count in ["100000", "1000000"] {
        let server = Server::start(&["fixed", count]);
        let of = |what: &str| {
            run(programs
                .rust("blocking")
                .args([what, &server.url, &server.token, count]))
        };
        if count == "1000000" {
            peaks.push(of("ledger").peak_kib);
            break;
        }
        let mut peak = 0_f64;
        let [ours, whole, read] = in_turns(
            FEW_ROUNDS,
            [
                &mut || {
                    let said = of("ledger");
                    peak = peak.max(said.peak_kib);
                    said.work_ns
                },
                &mut || of("whole").work_ns,
                &mut || of("read").work_ns,
            ],
        );
        peaks.push(peak);
        let seconds = |nanos: &[f64]| format!("{:.3} s", Spread::of(nanos.to_vec()).median / 1e9);
        let what = format!("stream a ledger of {count} entries, processor time");
        let beside = format!("{}: read and parsed as a whole", seconds(&whole));
        table.row(
            &what,
            &seconds(&ours),
            &beside,
            Spread::ratio(&ours, &whole),
            "",
            1.2,
        );
        let beside = format!("{}: read and thrown away", seconds(&read));
        Table::peer(&what, &seconds(&ours), &beside, Spread::ratio(&ours, &read));
        for name in PEERS {
            let said = run(programs
                .peer(name)
                .args(["ledger", &server.url, &server.token, count]));
            let beside = format!(
                "{:.1} s and {:.0} MB: {name}",
                said.work_ns / 1e9,
                said.peak_kib / 1024.0
            );
            let ratios = ours.iter().map(|ours| ours / said.work_ns).collect();
            Table::peer(&what, &seconds(&ours), &beside, Spread::of(ratios));
        }
    }
    for (count, peak) in ["100000", "1000000"].iter().zip(peaks) {
        let what = format!("stream a ledger of {count} entries, peak memory");
        let peak = peak / 1024.0;
        table.row(
            &what,
            &format!("{peak:.1} MB"),
            "",
            Spread::of(vec![peak]),
            " MB",
            15.0,
        );
    }
}

fn start(table: &mut Table, programs: &Programs) {
    let (server, _) = fixed(programs, "0");
    let mut peaks = [const { Vec::<f64>::new() }; 3];
    let once = |name: &str, peaks: &mut Vec<f64>| {
        let args = ["create", &server.url, &server.token, "1", "1"];
        let several: Vec<Said> = (0..20)
            .map(|_| run(programs.rust(name).args(args)))
            .collect();
        peaks.push(Spread::of(several.iter().map(|said| said.peak_kib).collect()).median);
        Spread::of(several.iter().map(|said| said.whole_ns).collect()).median
    };
    let [mut blocking_peaks, mut async_peaks, mut empty_peaks] =
        peaks.each_mut().map(std::mem::take);
    let [blocking, ours, empty] = in_turns(
        FEW_ROUNDS,
        [
            &mut || once("blocking", &mut blocking_peaks),
            &mut || once("async", &mut async_peaks),
            &mut || once("empty", &mut empty_peaks),
        ],
    );
    let more = |ours: &[f64], factor: f64| {
        Spread::of(
            ours.iter()
                .zip(&empty)
                .map(|(one, other)| (one - other) * factor)
                .collect(),
        )
    };
    let memory = |ours: &[f64]| {
        let more = ours
            .iter()
            .zip(&empty_peaks)
            .map(|(one, other)| (one - other) / 1024.0);
        Spread::of(more.collect())
    };
    let beside = format!("{}: an empty program", micros(&empty));
    let what = "start to the first signed request, blocking";
    table.row(
        what,
        &micros(&blocking),
        &beside,
        more(&blocking, 1e-6),
        " ms",
        2.0,
    );
    table.row(
        what,
        "",
        "an empty program",
        memory(&blocking_peaks),
        " MB",
        3.0,
    );
    let what = "start to the first signed request, async";
    Table::peer(
        what,
        &micros(&ours),
        "ms more than an empty program",
        more(&ours, 1e-6),
    );
    Table::peer(
        what,
        "",
        "MB more than an empty program",
        memory(&async_peaks),
    );
}

/// What a server pays for an invoice, while two programs make as many as they can.
fn sandbox(table: &mut Table, programs: &Programs) {
    let servers = [Server::start(&["sandbox"]), Server::start(&["handler"])];
    let cost = |server: &Server| {
        let began = server.cpu();
        let args = ["create", &server.url, &server.token, CREATES];
        run(programs.rust("blocking").args(args));
        let count: f64 = CREATES.parse().unwrap();
        (server.cpu() - began) / (count + 100.0)
    };
    let [ours, handler] = in_turns(
        ROUNDS,
        [&mut || cost(&servers[0]), &mut || cost(&servers[1])],
    );
    let what = "an invoice at the sandbox, processor time of the server";
    let beside = format!(
        "{}: verify a signature, answer the same bytes",
        micros(&handler)
    );
    table.row(
        what,
        &micros(&ours),
        &beside,
        Spread::ratio(&ours, &handler),
        "",
        2.0,
    );
}

fn peer(programs: &Programs, name: &str, args: &[&str]) -> Vec<Said> {
    let one = |_| run(programs.peer(name).args(args));
    (0..FEW_ROUNDS / 3).map(one).collect()
}
