//! `completions` and `man`: made of the commands themselves, so that nothing is missing.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;
use serde_json::json;

use crate::context::Context;
use crate::failure::Failure;

#[derive(Args)]
#[command(after_help = "\
For bash:  bitpay completions bash > ~/.local/share/bash-completion/completions/bitpay
For zsh:   bitpay completions zsh > DIR/_bitpay, where DIR is in your $fpath
For fish:  bitpay completions fish > ~/.config/fish/completions/bitpay.fish")]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

#[derive(Args)]
#[command(after_help = "\
To look at it:      bitpay man > bitpay.1 && man ./bitpay.1
To have them all:   bitpay man ~/.local/share/man/man1; then: man bitpay-invoice-create")]
pub(crate) struct ManArgs {
    /// Write the pages of all commands into this directory, which is made if need be
    dir: Option<PathBuf>,
}

pub(crate) fn completions(
    context: &mut Context<'_>,
    args: &CompletionsArgs,
    mut command: Command,
) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "bitpay", &mut script);
    print(context, &script);
    Ok(())
}

pub(crate) fn man(
    context: &mut Context<'_>,
    args: &ManArgs,
    command: Command,
) -> Result<(), Failure> {
    let Some(dir) = &args.dir else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        print(context, &page);
        return Ok(());
    };
    let write = || {
        fs::create_dir_all(dir)?;
        clap_mangen::generate_to(command, dir)
    };
    write().map_err(|error| {
        Failure::Refused(format!(
            "the pages could not be written to {}: {error}",
            dir.display()
        ))
    })?;
    let json = json!({ "written_to": dir });
    context.result(&json, || {
        format!("the pages of all commands are in {}", dir.display())
    });
    Ok(())
}

/// Whoever closed the pipe does not want to read it.
fn print(context: &mut Context<'_>, content: &[u8]) {
    let _ = context.io.out.write_all(content);
    let _ = context.io.out.flush();
}
