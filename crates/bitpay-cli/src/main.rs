//! The program `bitpay`.

use std::io;
use std::process::ExitCode;

use bitpay_cli::Io;

fn main() -> ExitCode {
    let io = Io::new(io::stdin(), io::stdout(), io::stderr());
    ExitCode::from(bitpay_cli::run(std::env::args_os(), io))
}
