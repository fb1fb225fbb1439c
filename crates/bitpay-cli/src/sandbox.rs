//! `sandbox`.
use crate::context::Context;
use crate::failure::Failure;
use clap::Args;
#[derive(Args)]
pub(crate) struct SandboxArgs {}
pub(crate) fn run(_context: &mut Context<'_>, _args: &SandboxArgs) -> Result<(), Failure> {
    Ok(())
}
