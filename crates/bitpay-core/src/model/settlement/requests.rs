//! What is asked about settlements.

use super::{Settlement, SettlementStatus};
use crate::currency::Currency;
use crate::id::SettlementId;
use crate::model::{InvalidRequest, check_window, setters};
use crate::paging::{Listed, days, pages};
use crate::time::Date;
use crate::token::ResourceToken;

/// Asks for settlements, all or those between two days:
/// <https://developer.bitpay.com/reference/retrieve-settlements>.
///
/// The time zone of the days, and whether the last one is included, is not documented.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListSettlements {
    /// First day.
    pub start_date: Option<Date>,
    /// Last day, not before the first one.
    pub end_date: Option<Date>,
    /// Only those of this ledger.
    pub currency: Option<Currency>,
    /// Only those that stand there.
    pub status: Option<SettlementStatus>,
    /// At most so many.
    pub limit: Option<u32>,
    /// Leaves so many out at the beginning.
    pub offset: Option<u32>,
}

impl ListSettlements {
    /// All settlements between two days.
    #[must_use]
    pub fn new(start_date: Date, end_date: Date) -> Self {
        Self::all().start_date(start_date).end_date(end_date)
    }

    /// All settlements.
    #[must_use]
    pub const fn all() -> Self {
        Self {
            start_date: None,
            end_date: None,
            currency: None,
            status: None,
            limit: None,
            offset: None,
        }
    }

    setters!(
        start_date: Date,
        end_date: Date,
        currency: Currency,
        status: SettlementStatus,
        limit: u32,
        offset: u32,
    );

    /// Looks for what makes no sense.
    ///
    /// # Errors
    /// The window ends before it begins.
    pub fn check(&self) -> Result<(), InvalidRequest> {
        match (self.start_date, self.end_date) {
            (Some(start), Some(end)) => check_window(("start_date", start), ("end_date", end)),
            _ => Ok(()),
        }
    }
}

impl Listed for ListSettlements {
    fn id(row: &Settlement) -> &str {
        row.id.as_str()
    }

    pages!();

    days!();
}

/// Asks for a settlement by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetSettlement {
    /// The settlement.
    pub id: SettlementId,
}

impl GetSettlement {
    /// The request.
    #[must_use]
    pub const fn new(id: SettlementId) -> Self {
        Self { id }
    }
}

/// Asks for what a settlement is made of. It takes the settlement's own token, which came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetSettlementReport {
    /// The settlement.
    pub id: SettlementId,
    /// The settlement's own token: [`Settlement::token`].
    pub token: ResourceToken<Settlement>,
}

impl GetSettlementReport {
    /// The request.
    #[must_use]
    pub const fn new(id: SettlementId, token: ResourceToken<Settlement>) -> Self {
        Self { id, token }
    }
}
