//! Prints the public interface of a library, one item a line, from rustdoc's JSON of it.
//!
//! A program of its own, so that only the check of the interfaces builds what reads that JSON.

use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(json) = std::env::args_os().nth(1) else {
        eprintln!("usage: xtask-api FILE.json");
        return ExitCode::FAILURE;
    };
    let interface = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .build();
    match interface {
        Ok(interface) => {
            for item in interface.items() {
                println!("{item}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
