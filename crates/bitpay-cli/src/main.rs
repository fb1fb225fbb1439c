//! The program `bitpay`.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use bitpay_cli::Io;
use terminal_size::terminal_size_of;

fn main() -> ExitCode {
    let is_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
    let columns = terminal_size_of(io::stdout()).map(|(width, _)| width.0);
    let io = Io::new(io::stdin(), io::stdout(), io::stderr())
        .terminal(is_terminal)
        .columns(columns);
    ExitCode::from(bitpay_cli::run(std::env::args_os(), io))
}
