//! The rows of the table in `docs/benchmarks.md`, and the profiles there. The rest of what it can do is for the rows
//! themselves, which start it again as a server.

// This crate is test code throughout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod profile;
mod programs;
mod rows;
mod server;
mod spread;

use bitpay_bench::pure::Pure;

const USAGE: &str =
    "usage: bitpay-bench rows PROGRAMS PEERS [ROW..] | profile PROGRAMS NAME | pure WORK TIMES";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["rows", programs, peers, ref names @ ..] => rows::print(programs, peers, names),
        ["profile", programs, name] => profile::print(programs.as_ref(), name),
        ["pure", work, times] => Pure::default().work(work, times.parse().expect(USAGE)),
        ["fixed", entries] => server::fixed(entries.parse().expect(USAGE)),
        ["handler"] => server::handler(),
        ["sandbox"] => server::sandbox(),
        _ => panic!("{USAGE}"),
    }
}
