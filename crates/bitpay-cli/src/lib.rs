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

mod bill;
mod browser;
mod call;
mod config;
mod confirm;
mod context;
mod csv_file;
mod doctor;
mod download;
mod failure;
mod import;
mod invoice;
mod json;
mod key;
mod ledger;
mod ledger_download;
mod list;
mod manual;
mod pair;
mod payout;
mod payout_group;
mod payout_run;
mod quickstart;
mod rates;
mod recipient;
mod reconcile;
mod record;
mod recover;
mod refund;
mod rotate;
mod sandbox;
mod settlement;
mod sign;
mod sin;
mod stores;
mod subscription;
mod terminal;
mod webhook;

use std::cell::OnceCell;
use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clap::{CommandFactory as _, Parser, Subcommand};

use context::{Context, Global};
pub use context::{Io, Prompt};

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

Keys and tokens are kept in $BITPAY_HOME, else $XDG_CONFIG_HOME/bitpay, else ~/.config/bitpay, \
in files that only you can read, or with --store encrypted under a passphrase. With --store env they \
are read from BITPAY_ENVIRONMENT, BITPAY_KEY, BITPAY_TOKEN_MERCHANT and so on, or from the files that \
BITPAY_KEY_FILE and so on name.";

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
    /// Replace the profile's key
    #[command(subcommand)]
    Key(rotate::KeyCommand),
    /// Move in: take over the key and the tokens of one of BitPay's official SDKs
    Import(import::ImportArgs),
    /// Copy the profile between stores: a file, an encrypted file
    #[command(subcommand)]
    Store(stores::StoreCommand),
    /// Show the profile: environment, SIN, and which tokens it holds
    Whoami,
    /// Get a token: ask for one that the merchant approves, or claim a code from the dashboard
    Pair(pair::PairArgs),
    /// Forget tokens on this machine (revoking them is done in the dashboard)
    Unpair(pair::UnpairArgs),
    /// List the tokens that BitPay has for this key
    Tokens(pair::TokensArgs),
    /// Create, fetch, list, watch, update, cancel and (in test) pay invoices; resend webhooks
    #[command(subcommand)]
    Invoice(invoice::InvoiceCommand),
    /// Create, fetch, list, confirm and cancel refunds
    #[command(subcommand)]
    Refund(refund::RefundCommand),
    /// Create, fetch, list, change and deliver bills
    #[command(subcommand)]
    Bill(bill::BillCommand),
    /// Create, fetch, list and change subscriptions: bills that are sent again and again. Legacy
    #[command(subcommand)]
    Subscription(subscription::SubscriptionCommand),
    /// Show what the ledgers hold, or the entries of one
    Ledger(ledger::LedgerArgs),
    /// List and fetch what was paid out to you, and what it is made of
    #[command(subcommand)]
    Settlement(settlement::SettlementCommand),
    /// Pay somebody in cryptocurrency; fetch, list and cancel payouts, alone and in groups
    #[command(subcommand)]
    Payout(payout::PayoutCommand),
    /// Invite, fetch, list, change and remove recipients of payouts
    #[command(subcommand)]
    Recipient(recipient::RecipientCommand),
    /// Show exchange rates
    Rates(rates::RatesArgs),
    /// Show the currencies that BitPay knows
    Currencies(rates::CurrenciesArgs),
    /// Show the wallets that BitPay knows
    Wallets(rates::WalletsArgs),
    /// List, link and remove the keys that may use a token
    #[command(subcommand)]
    Sin(sin::SinCommand),
    /// Call any operation by its name, or any path
    Call(call::CallArgs),
    /// Receive, verify, send and catch up with webhooks
    #[command(subcommand)]
    Webhook(webhook::WebhookCommand),
    /// Show what is signed of a request, or what a signature that is refused was made of
    Sign(sign::SignArgs),
    /// Run a BitPay on this machine, with a dashboard
    Sandbox(sandbox::SandboxArgs),
    /// Save what BitPay really answers, with nothing of anybody in it
    Record(record::RecordArgs),
    /// Compare recordings with what this version and its sandbox take for true
    Drift(record::DriftArgs),
    /// Compare your orders with the invoices and ledgers: what was paid, fulfilled, refunded and settled
    Reconcile(reconcile::ReconcileArgs),
    /// Find out what became of calls that were begun and have no outcome, after a crash or a lost answer
    Recover(recover::RecoverArgs),
    /// Find out why calls do not work: a report on key, network, clock and tokens that is safe to paste
    Doctor(doctor::DoctorArgs),
    /// Show what is in force and where it comes from: profile, store, environment, proxy
    Config,
    /// Print what completes commands in a shell
    Completions(manual::CompletionsArgs),
    /// Print the manual page of this program, or write those of all commands
    Man(manual::ManArgs),
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
        unrecorded: Arc::default(),
        passphrase: OnceCell::new(),
    };
    let result = match cli.command {
        Command::Quickstart => quickstart::run(&mut context),
        Command::Keygen => key::keygen(&mut context),
        Command::Key(command) => rotate::run(&mut context, &command),
        Command::Import(args) => import::run(&mut context, &args),
        Command::Store(command) => stores::run(&mut context, &command),
        Command::Whoami => key::whoami(&mut context),
        Command::Pair(args) => pair::pair(&mut context, args),
        Command::Unpair(args) => pair::unpair(&mut context, &args),
        Command::Tokens(args) => pair::tokens(&mut context, &args),
        Command::Invoice(command) => invoice::run(&mut context, command),
        Command::Refund(command) => refund::run(&mut context, command),
        Command::Bill(command) => bill::run(&mut context, command),
        Command::Subscription(command) => subscription::run(&mut context, command),
        Command::Ledger(args) => ledger::run(&mut context, &args),
        Command::Settlement(command) => settlement::run(&mut context, command),
        Command::Payout(command) => payout::run(&mut context, command),
        Command::Recipient(command) => recipient::run(&mut context, command),
        Command::Rates(args) => rates::rates(&mut context, &args),
        Command::Currencies(args) => rates::currencies(&mut context, &args),
        Command::Wallets(args) => rates::wallets(&mut context, &args),
        Command::Sin(command) => sin::run(&mut context, &command),
        Command::Call(args) => call::run(&mut context, &args),
        Command::Webhook(command) => webhook::run(&mut context, command),
        Command::Sign(args) => sign::run(&mut context, &args),
        Command::Sandbox(args) => sandbox::run(&mut context, &args),
        Command::Record(args) => record::record(&mut context, &args),
        Command::Drift(args) => record::drift(&mut context, &args),
        Command::Reconcile(args) => reconcile::run(&mut context, &args),
        Command::Recover(args) => recover::run(&mut context, &args),
        Command::Doctor(args) => doctor::run(&mut context, &args),
        Command::Config => config::run(&mut context),
        Command::Completions(args) => manual::completions(&mut context, &args, Cli::command()),
        Command::Man(args) => manual::man(&mut context, &args, Cli::command()),
    };
    if context.unrecorded.load(Ordering::Relaxed) {
        context.note(
            "the journal did not take what came of this, so that `bitpay recover` will ask for it again: is there \
             room beside the profile, and may it be written?",
        );
    }
    match result {
        Ok(()) => DONE,
        Err(failure) => failure.report(&mut context),
    }
}
