//! Makes the files that follow from the tables, and compares them.

mod cli;
mod cli_docs;
mod core;
mod docs;
mod errors;
mod every;
mod fronts;
mod moving;
mod rooms;
mod sandbox;
mod schema;
mod spans;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::{Outcome, metadata, root, table};

/// The first line of every generated file.
fn mark(table: &str) -> String {
    format!("Made by `cargo xtask codegen` from {table}. Do not edit.")
}

struct Made {
    path: &'static str,
    text: String,
}

fn make() -> Result<Vec<Made>, String> {
    let table = table::read()?;
    let rows = &table.rows;
    let errors = crate::errors::read(rows)?;
    let made_rust = |path, table: &str, text: String| -> Result<Made, String> {
        Ok(Made {
            path,
            text: format_rust(&format!("// {}\n\n{text}", mark(table)))?,
        })
    };
    let rust = |path, text| made_rust(path, table::PATH, text);
    let document = |path, table: &str, text: String| Made {
        path,
        text: format!("<!-- {} -->\n\n{text}", mark(table)),
    };
    Ok(vec![
        rust(
            "crates/bitpay-core/src/operation/generated.rs",
            core::make(rows, &crate::fields::Fields::read()?)?,
        )?,
        rust(
            "crates/bitpay-core/src/schema/generated.rs",
            schema::make(rows),
        )?,
        rust("crates/bitpay-core/src/server/every.rs", every::make(rows))?,
        rust("crates/bitpay-core/src/observe/spans.rs", spans::make(rows))?,
        rust(
            "crates/bitpay-blocking/src/operations.rs",
            fronts::make(rows, &errors, fronts::Front::Blocking),
        )?,
        rust(
            "crates/bitpay-async/src/operations.rs",
            fronts::make(rows, &errors, fronts::Front::Async),
        )?,
        document(
            "crates/bitpay-blocking/src/operations.md",
            table::PATH,
            fronts::contents(rows),
        ),
        document(
            "crates/bitpay-async/src/operations.md",
            table::PATH,
            fronts::contents(rows),
        ),
        rust(
            "crates/bitpay-sandbox/src/operations.rs",
            sandbox::make(rows),
        )?,
        rust("crates/bitpay-cli/src/call/generated.rs", cli::make(rows))?,
        made_rust(
            "crates/bitpay-core/src/error/code/generated.rs",
            crate::errors::PATH,
            errors::make(&errors),
        )?,
        document("docs/capabilities.md", table::PATH, docs::make(&table)),
        document(
            "docs/errors.md",
            crate::errors::PATH,
            errors::document(&errors),
        ),
        document("docs/cli.md", cli_docs::FOLDER, cli_docs::make()?),
        document(
            "docs/moving-calls.md",
            crate::methods::PATH,
            moving::make(&crate::methods::read(rows)?),
        ),
    ])
}

/// A page that others write, with a picture that is made.
fn make_parts() -> Result<Vec<Made>, String> {
    let page = std::fs::read_to_string(root().join(rooms::PAGE))
        .map_err(|error| format!("{}: {error}", rooms::PAGE))?;
    Ok(vec![Made {
        path: rooms::PAGE,
        text: rooms::make(&page, &metadata::read()?)?,
    }])
}

/// The files that are made as a whole, from the folder of the workspace.
pub(crate) fn paths() -> Result<Vec<PathBuf>, String> {
    Ok(make()?.iter().map(|made| made.path.into()).collect())
}

fn target(made: &Made) -> PathBuf {
    root().join(made.path)
}

pub(crate) fn write() -> Outcome {
    for made in make()?.into_iter().chain(make_parts()?) {
        std::fs::write(target(&made), &made.text)
            .map_err(|error| format!("{}: {error}", made.path))?;
    }
    Ok(())
}

pub(crate) fn check() -> Outcome {
    let stale: Vec<&str> = make()?
        .iter()
        .chain(&make_parts()?)
        .filter(|made| std::fs::read_to_string(target(made)).unwrap_or_default() != made.text)
        .map(|made| made.path)
        .collect();
    if stale.is_empty() {
        println!("the generated files are those that the tables give");
        Ok(())
    } else {
        Err(format!(
            "not what the tables give: {}\nrun `cargo xtask codegen`",
            stale.join(", ")
        ))
    }
}

fn format_rust(text: &str) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("rustfmt: {error}");
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = rustfmt.stdin.take() {
        stdin.write_all(text.as_bytes()).map_err(failed)?;
    }
    let output = rustfmt.wait_with_output().map_err(failed)?;
    if !output.status.success() {
        return Err(format!("rustfmt does not read what was generated:\n{text}"));
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}
