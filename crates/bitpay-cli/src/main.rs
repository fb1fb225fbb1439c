//! The program `bitpay`.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use bitpay_cli::Io;

fn main() -> ExitCode {
    let is_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
    let io = Io::new(io::stdin(), io::stdout(), io::stderr()).terminal(is_terminal);
    ExitCode::from(bitpay_cli::run(std::env::args_os(), io))
}
