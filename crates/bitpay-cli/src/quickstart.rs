use crate::context::Context;
use crate::failure::Failure;
pub(crate) fn run(_context: &mut Context<'_>) -> Result<(), Failure> {
    Ok(())
}
