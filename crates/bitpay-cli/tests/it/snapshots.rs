//! What the program prints, command by command: the files of `tests/cli`, from which `docs/cli.md` is made, and the
//! pages of `docs` that show a terminal.
//!
//! Each file is run from top to bottom, against a sandbox and a home of its own. With `SNAPSHOTS=overwrite`
//! in the environment what is printed is written into it: then read it, as somebody who sees it for the
//! first time.
//!
//! In a block ```` ```console ````, a line `$ command` is followed by `? code` unless it succeeds, and by what it
//! prints. `$invoice` is what the last row `invoice` showed. ```` ```csv file=orders.csv ```` makes a file.

mod shell;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use shell::Shell;

use crate::program::Home;

/// The files, and whether the home has profiles at the beginning.
const FILES: &[(&str, bool)] = &[
    ("01-pairing.md", false),
    ("02-invoices.md", true),
    ("03-refunds.md", true),
    ("04-bills.md", true),
    ("05-books.md", true),
    ("06-payouts.md", true),
    ("07-public.md", false),
    ("08-call.md", true),
    ("09-webhooks.md", true),
    ("10-sandbox.md", true),
    ("11-moving.md", false),
    ("12-this-machine.md", false),
];

/// The pages of `docs` that show a terminal.
const PAGES: &[(&str, bool)] = &[("start-here.md", false), ("payouts.md", true)];

/// The commands that no file shows, and why.
const NOT_SHOWN: &[(&str, &str)] = &[
    (
        "quickstart",
        "it runs a sandbox of its own, and has tests of its own",
    ),
    ("sandbox", "it runs until it is stopped"),
    ("webhook listen", "it runs until it is stopped"),
];

/// A part of a file.
#[derive(Debug)]
enum Part {
    /// Copied.
    Line(String),
    /// A command, and what it is said to print.
    Step { command: String, said: String },
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli"))
}

fn path(name: &str) -> PathBuf {
    match PAGES.iter().any(|(page, _)| *page == name) {
        true => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).join(name),
        false => folder().join(name),
    }
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap()
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match (inside, line.strip_prefix("$ "), parts.last_mut()) {
            (true, Some(command), _) => parts.push(Part::Step {
                command: command.to_owned(),
                said: String::new(),
            }),
            (true, None, Some(Part::Step { said, .. })) if line != "```" => {
                *said += line;
                said.push('\n');
            }
            _ => {
                inside = line == "```console";
                parts.push(Part::Line(line.to_owned()));
            }
        }
    }
    for part in &mut parts {
        if let Part::Step { said, .. } = part {
            *said = said.trim_end().to_owned();
        }
    }
    parts
}

/// The files that the text makes: their names and contents.
fn files(parts: &[Part]) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for part in parts {
        let Part::Line(line) = part else { continue };
        if let (Some(fence), false) = (line.strip_prefix("```"), inside) {
            if let Some((_, name)) = fence.split_once("file=") {
                files.push((name.to_owned(), String::new()));
                inside = true;
            }
        } else if line == "```" {
            inside = false;
        } else if let (true, Some((_, content))) = (inside, files.last_mut()) {
            *content += line;
            content.push('\n');
        }
    }
    files
}

fn check(name: &str) {
    let mut all = FILES.iter().chain(PAGES);
    let &(_, has_profiles) = all.find(|(file, _)| *file == name).unwrap();
    let text = read(name);
    let mut shell = Shell::new(has_profiles);
    let parts = parts(&text);
    for (name, content) in files(&parts) {
        shell.put(&name, &content);
    }
    let mut written = String::new();
    let mut wrong = Vec::new();
    let mut follows = false;
    for part in &parts {
        match part {
            Part::Line(line) => {
                written += line;
                written.push('\n');
                follows = false;
            }
            Part::Step { command, said } => {
                let prints = shell.run(command);
                if prints != *said {
                    wrong.push(format!(
                        "$ {command}\n--- is said to print\n{said}\n--- prints\n{prints}\n"
                    ));
                }
                if follows {
                    written.push('\n');
                }
                written += &format!("$ {command}\n");
                if !prints.is_empty() {
                    written += &format!("{prints}\n");
                }
                follows = true;
            }
        }
    }
    if std::env::var("SNAPSHOTS").is_ok_and(|value| value == "overwrite") {
        fs::write(path(name), written).unwrap();
        return;
    }
    assert!(
        wrong.is_empty(),
        "{name}: SNAPSHOTS=overwrite writes it anew\n\n{}",
        wrong.join("\n")
    );
    assert_eq!(written, text, "{name}: SNAPSHOTS=overwrite writes it anew");
}

macro_rules! snapshots {
    ($($test:ident: $file:literal),+ $(,)?) => {
        $(
            #[test]
            fn $test() {
                check($file);
            }
        )+

        #[test]
        fn every_file_is_run() {
            let run: Vec<&str> = vec![$($file),+];
            let of = |files: &[(&'static str, bool)]| -> Vec<&str> {
                files.iter().map(|(file, _)| *file).collect()
            };
            let known = of(FILES);
            assert_eq!(run, [&known[..], &of(PAGES)].concat());
            let there = fs::read_dir(folder()).unwrap();
            let there = there.map(|file| file.unwrap().file_name().into_string().unwrap());
            let mut there: Vec<String> = there.filter(|name| name != "00-about.md").collect();
            there.sort();
            assert_eq!(there, known);
        }
    };
}

snapshots! {
    pairing_prints_what_is_documented: "01-pairing.md",
    invoices_print_what_is_documented: "02-invoices.md",
    refunds_print_what_is_documented: "03-refunds.md",
    bills_print_what_is_documented: "04-bills.md",
    books_print_what_is_documented: "05-books.md",
    payouts_print_what_is_documented: "06-payouts.md",
    public_data_is_printed_as_documented: "07-public.md",
    call_prints_what_is_documented: "08-call.md",
    webhooks_print_what_is_documented: "09-webhooks.md",
    the_sandbox_and_recordings_print_what_is_documented: "10-sandbox.md",
    moving_in_prints_what_is_documented: "11-moving.md",
    this_machine_prints_what_is_documented: "12-this-machine.md",
    starting_prints_what_is_documented: "start-here.md",
    a_run_of_payouts_prints_what_its_guide_says: "payouts.md",
}

/// The commands below these words that have no commands below them, and all of them.
fn commands(
    home: &Home,
    words: &[String],
    all: &mut BTreeSet<String>,
    leaves: &mut BTreeSet<String>,
) {
    let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
    args.push("--help");
    let help = home.run(&args).ok().out;
    let listed = help.split_once("\nCommands:\n").map(|(_, rest)| rest);
    let names: Vec<&str> = listed
        .unwrap_or_default()
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    let name = words.join(" ");
    all.insert(name.clone());
    // `bitpay ledger` does something by itself.
    if names.is_empty() || name == "ledger" {
        leaves.insert(name);
    }
    for name in names {
        let words = [words, &[name.to_owned()]].concat();
        commands(home, &words, all, leaves);
    }
}

#[test]
fn every_command_is_shown_with_its_help_and_a_success() {
    let (mut all, mut leaves) = (BTreeSet::new(), BTreeSet::new());
    commands(&Home::new(), &[], &mut all, &mut leaves);
    assert!(leaves.len() > 50, "{leaves:?}");
    let texts = fs::read_dir(folder()).unwrap();
    let texts = texts.map(|file| read(file.unwrap().file_name().to_str().unwrap()));
    let steps: Vec<(String, bool)> = texts
        .flat_map(|text| parts(&text))
        .filter_map(|part| match part {
            Part::Step { command, said } => Some((command, !said.starts_with("? "))),
            Part::Line(_) => None,
        })
        .collect();
    let shown: BTreeSet<&str> = steps.iter().map(|(command, _)| command.as_str()).collect();
    for command in &all {
        let help = format!("bitpay {command} --help").replace("  ", " ");
        assert!(
            shown.contains(help.as_str()),
            "`{help}` is in no file of tests/cli"
        );
    }
    for command in &leaves {
        let words = format!("bitpay {command}");
        let succeeds = steps.iter().any(|(step, is_done)| {
            let mut rest = step.split_whitespace().skip_while(|word| *word != "bitpay");
            let begins = words.split(' ').all(|word| rest.next() == Some(word));
            *is_done && begins && !step.contains("--help")
        });
        let is_excused = NOT_SHOWN.iter().any(|(name, _)| name == command);
        assert!(
            succeeds != is_excused,
            "`{words}`: show a success of it in tests/cli, or say why not in NOT_SHOWN, not both"
        );
    }
}
