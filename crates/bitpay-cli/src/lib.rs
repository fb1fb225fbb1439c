//! The program `bitpay`: pair with BitPay, make invoices and refunds, and try all of it against a
//! sandbox on this machine.
//!
//! All of it is in this library, and [`run`] is the whole program: input, output and the observer
//! of the store come in from outside.
//!
//! What `bitpay quickstart` shows, in Rust:
//!
#![doc = include_str!("same_in_rust.md")]
//!
//! # Out of scope
//!
//! What a call is and when it is tried again (`bitpay-core`), where keys rest (`bitpay-store`), and
//! what the sandbox answers (`bitpay-sandbox`).

mod browser;
mod context;
mod diagnose;
mod failure;
mod invoice;
mod key;
mod ledger;
mod pair;
mod quickstart;
mod rates;
mod refund;
mod sandbox;
mod settlement;

use std::ffi::OsString;

use clap::{Parser, Subcommand};

pub use context::Io;
use context::{Context, Global};

/// Everything was done.
pub const DONE: u8 = 0;
/// Refused or failed, and nothing happened.
pub const NOTHING_HAPPENED: u8 = 1;
/// The command line is wrong.
pub const USAGE: u8 = 2;
/// Failed, and something happened or may have happened.
pub const MAYBE_HAPPENED: u8 = 3;

const AFTER_HELP: &str = "\
Begin with:
  bitpay quickstart                                  everything, on this machine, without an account
  bitpay pair --env test --facade merchant --wait    pair with BitPay's test environment

Exit codes:
  0  done
  1  refused or failed, and nothing happened
  2  the command line is wrong
  3  failed, and something happened or may have happened: find out before trying again

Keys and tokens are kept in $BITPAY_HOME, else $XDG_CONFIG_HOME/bitpay, else ~/.config/bitpay,
in files that only you can read.";

/// Pair with BitPay, make invoices and refunds, and try all of it on this machine
#[derive(Parser)]
#[command(name = "bitpay", version, after_help = AFTER_HELP, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Try everything on this machine, step by step: no account, no configuration
    Quickstart,
    /// Make a key in a new profile and show its SIN, the name that BitPay knows it by
    Keygen,
    /// Show the profile: environment, SIN, and which tokens it holds
    Whoami,
    /// Get a token: ask for one that the merchant approves, or claim a code from the dashboard
    Pair(pair::PairArgs),
    /// Forget tokens on this machine (revoking them is done in the dashboard)
    Unpair(pair::UnpairArgs),
    /// List the tokens that BitPay has for this key
    Tokens(pair::TokensArgs),
    /// Create, fetch, list, update, cancel and (in test) pay invoices
    #[command(subcommand)]
    Invoice(invoice::InvoiceCommand),
    /// Create, fetch, list and cancel refunds
    #[command(subcommand)]
    Refund(refund::RefundCommand),
    /// Show what the ledgers hold, or the entries of one
    Ledger(ledger::LedgerArgs),
    /// List and fetch what was paid out to you, and what it is made of
    #[command(subcommand)]
    Settlement(settlement::SettlementCommand),
    /// Show exchange rates
    Rates(rates::RatesArgs),
    /// Run a BitPay on this machine, with a dashboard
    Sandbox(sandbox::SandboxArgs),
    /// Find out why calls are refused
    Diagnose(diagnose::DiagnoseArgs),
}

/// Runs the program and returns its exit code.
pub fn run<A: Into<OsString>>(args: impl IntoIterator<Item = A>, mut io: Io<'_>) -> u8 {
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => return failure::usage(&error, &args, &mut io),
    };
    let mut context = Context {
        io,
        global: cli.global,
    };
    let result = match cli.command {
        Command::Quickstart => quickstart::run(&mut context),
        Command::Keygen => key::keygen(&mut context),
        Command::Whoami => key::whoami(&mut context),
        Command::Pair(args) => pair::pair(&mut context, args),
        Command::Unpair(args) => pair::unpair(&mut context, &args),
        Command::Tokens(args) => pair::tokens(&mut context, &args),
        Command::Invoice(command) => invoice::run(&mut context, command),
        Command::Refund(command) => refund::run(&mut context, command),
        Command::Ledger(args) => ledger::run(&mut context, &args),
        Command::Settlement(command) => settlement::run(&mut context, command),
        Command::Rates(args) => rates::run(&mut context, &args),
        Command::Sandbox(args) => sandbox::run(&mut context, &args),
        Command::Diagnose(args) => diagnose::run(&mut context, &args),
    };
    match result {
        Ok(()) => DONE,
        Err(failure) => failure.report(&mut context),
    }
}
