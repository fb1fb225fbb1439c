//! Asks before money moves.

use std::io::Write as _;

use bitpay_blocking::Environment;

use crate::context::Context;
use crate::failure::Failure;

/// What sends money on its way. To cancel an invoice that was paid is to refund all of it.
const MOVES_MONEY: &[&str] = &[
    "cancel_invoice",
    "cancel_invoice_by_guid",
    "create_refund",
    "update_refund",
    "update_refund_by_guid",
    "create_payout",
    "create_payout_group",
];

/// Whether an operation sends money on its way.
pub(crate) fn moves_money(operation: &str) -> bool {
    MOVES_MONEY.contains(&operation)
}

impl Context<'_> {
    /// Asks whether to go on, where real money would move.
    pub(crate) fn confirm_in_production(
        &mut self,
        environment: &Environment,
        what: &str,
    ) -> Result<(), Failure> {
        match environment {
            Environment::Test => Ok(()),
            Environment::Production => self.confirm(&format!("{what}, in production")),
            // A sandbox, or a gateway in front of BitPay: the latter is not on this machine.
            other if other.base_url().is_loopback() => Ok(()),
            other => self.confirm(&format!("{what}, at {other}")),
        }
    }

    /// Asks whether to go on. Only a person at a terminal can say yes, and `--yes`.
    pub(crate) fn confirm(&mut self, what: &str) -> Result<(), Failure> {
        if self.global.yes {
            return Ok(());
        }
        if !self.io.is_terminal || self.global.json {
            return Err(Failure::Refused(format!(
                "nothing was sent: {what}: say that you mean it with --yes, as nobody can be asked here"
            )));
        }
        let _ = write!(self.io.err, "{what}. Go on? [y/N] ");
        let _ = self.io.err.flush();
        match self.read_line()?.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Failure::Refused("nothing was sent".to_owned())),
        }
    }

    /// A line of the input, and no byte more.
    fn read_line(&mut self) -> Result<String, Failure> {
        let (mut line, mut byte) = (Vec::new(), [0]);
        while self.io.input.read(&mut byte)? == 1 && byte != *b"\n" {
            line.extend(byte);
        }
        Ok(String::from_utf8_lossy(&line).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use bitpay_core::operation::{OPERATIONS, RetryClass};

    use super::*;

    #[test]
    fn what_moves_money_is_in_the_table_and_changes_something() {
        for name in MOVES_MONEY {
            let found = OPERATIONS.iter().find(|it| it.name == *name);
            assert!(
                found.is_some_and(|it| it.retry != RetryClass::Read),
                "{name}"
            );
        }
        // Whatever is made of refunds and payouts is among them.
        for operation in OPERATIONS {
            let makes = operation.name.starts_with("create_");
            if makes
                && ["refunds", "payouts"]
                    .iter()
                    .any(|it| operation.path.starts_with(it))
            {
                assert!(moves_money(operation.name), "{}", operation.name);
            }
        }
    }
}
