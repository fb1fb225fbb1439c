//! What of the engine outlives it: given out row by row as it changes, and taken back row by row.

use std::time::Duration;

use bitpay_core::time::Timestamp;
use bitpay_core::{Amount, Currency};
use serde::{Deserialize, Serialize};

use crate::handlers::ledgers::Plan;
use crate::market::Market;
use crate::random::Random;
use crate::table::{Change, RestoreError, json};
use crate::{Delivered, Engine, Settings};

/// What there is one of.
#[derive(Clone, PartialEq, Deserialize, Serialize)]
pub(crate) struct Once {
    random: u64,
    now: Timestamp,
    seed: u64,
    moved: Duration,
    form_key: String,
    next_delivery: u64,
    plan: Plan,
    /// The rates, where they were set while it ran.
    rates: Option<Vec<(Currency, Amount)>>,
}

impl Engine {
    /// A sandbox whose state outlives it: whatever changes is given out as [`Change`]s, with each
    /// [`Outcome`](crate::Outcome) and [`Ticked`](crate::Ticked), to be on disk before the answer and
    /// the webhooks go out. [`restore`](Self::restore) takes it back, and then decides instead of the
    /// seed how ids and tokens go on.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use bitpay_sandbox::{Engine, Settings};
    ///
    /// let now = "2026-01-01T00:00:00Z".parse()?;
    /// let mut engine = Engine::saving(7, Settings::default());
    /// let code = engine.make_code(bitpay_core::Facade::Pos, None, now);
    /// let mut disk = BTreeMap::new();
    /// for change in engine.tick(now).persist {
    ///     match change.value {
    ///         Some(value) => disk.insert((change.table, change.key), value),
    ///         None => disk.remove(&(change.table, change.key)),
    ///     };
    /// }
    /// drop(engine);
    ///
    /// let mut engine = Engine::saving(8, Settings::default());
    /// for ((table, key), value) in &disk {
    ///     engine.restore(table, key, value)?;
    /// }
    /// assert_ne!(code, engine.make_code(bitpay_core::Facade::Pos, None, now));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn saving(seed: u64, settings: Settings) -> Self {
        let mut engine = Self::with_settings(seed, settings);
        engine.saves = true;
        engine.tokens.remember();
        engine.invoices.remember();
        engine.refunds.remember();
        engine.ledger.movements.remember();
        engine.ledger.settlements.remember();
        engine.ledger.timers.remember();
        engine.recipients.remember();
        engine.payouts.remember();
        engine.bills.remember();
        engine.subscriptions.remember();
        engine.timers.remember();
        engine.log.remember();
        engine.failed.remember();
        engine
    }

    /// Takes a row back that was given out as a [`Change`]. To be called for every row before anything
    /// else is asked of the engine, in the order of the keys of each table.
    ///
    /// # Errors
    /// When the row is not what this version gives out, or one before it is missing.
    pub fn restore(&mut self, table: &str, key: &[u8], value: &[u8]) -> Result<(), RestoreError> {
        self.take_back(table, key, value)
            .map_err(|why| RestoreError::new(table, key, why))
    }

    fn take_back(&mut self, table: &str, key: &[u8], value: &[u8]) -> Result<(), String> {
        match table {
            "tokens" => {
                self.tokens.restore(key, value)?;
                index_last(&self.tokens, |at, record| self.index.token(at, record));
            }
            "invoices" => {
                self.invoices.restore(key, value)?;
                index_last(&self.invoices, |at, record| self.index.invoice(at, record));
            }
            "refunds" => {
                self.refunds.restore(key, value)?;
                index_last(&self.refunds, |at, record| self.index.refund(at, record));
            }
            "bills" => {
                self.bills.restore(key, value)?;
                index_last(&self.bills, |at, record| self.index.bill(at, &record.bill));
            }
            "subscriptions" => {
                self.subscriptions.restore(key, value)?;
                index_last(&self.subscriptions, |at, record| {
                    self.index.subscription(at, &record.subscription);
                });
            }
            "settlements" => {
                self.ledger.settlements.restore(key, value)?;
                index_last(&self.ledger.settlements, |at, record| {
                    self.index.settlement(at, &record.settlement);
                });
            }
            "movements" => self.ledger.movements.restore(key, value)?,
            "recipients" => self.recipients.restore(key, value)?,
            "payouts" => self.payouts.restore(key, value)?,
            "timers" => self.timers.restore(key)?,
            "settlement timers" => self.ledger.timers.restore(key)?,
            "deliveries" => {
                let record = self.log.restore(value)?;
                // It is not known whether it was sent, so it is sent again.
                if record.outcome == Delivered::Underway {
                    self.outbox.push(record.delivery.clone());
                }
            }
            "failures" => self.failed.restore(key)?,
            "faults" => self.faults.restore(value)?,
            "once" => {
                let once = serde_json::from_slice(value).map_err(|error| error.to_string())?;
                self.set_once(&once);
                self.saved = Some(once);
            }
            _ => return Err("this version has no such table".to_owned()),
        }
        Ok(())
    }

    /// What changed since the last time.
    pub(crate) fn save(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        if !self.saves {
            return changes;
        }
        self.tokens.save("tokens", &mut changes);
        self.invoices.save("invoices", &mut changes);
        self.refunds.save("refunds", &mut changes);
        self.bills.save("bills", &mut changes);
        self.subscriptions.save("subscriptions", &mut changes);
        self.ledger.settlements.save("settlements", &mut changes);
        self.ledger.movements.save("movements", &mut changes);
        self.recipients.save("recipients", &mut changes);
        self.payouts.save("payouts", &mut changes);
        self.timers.save("timers", &mut changes);
        self.ledger.timers.save("settlement timers", &mut changes);
        self.log.save("deliveries", &mut changes);
        self.failed.save("failures", &mut changes);
        self.faults.save("faults", &mut changes);
        let once = self.once();
        let drawn_only = self.saved.as_ref().is_some_and(|saved| {
            let same = Once {
                random: saved.random,
                now: saved.now,
                ..once.clone()
            };
            *saved == same
        });
        // What was drawn and left no trace may be drawn again.
        if !changes.is_empty() || !drawn_only {
            changes.push(Change {
                table: "once",
                key: Vec::new(),
                value: Some(json(&once)),
            });
            self.saved = Some(once);
        }
        changes
    }

    fn once(&self) -> Once {
        Once {
            random: self.random.state(),
            now: self.now,
            seed: self.seed,
            moved: self.moved,
            form_key: self.form_key.clone(),
            next_delivery: self.next_delivery,
            plan: self.ledger.plan.clone(),
            rates: (self.settings.rates != self.first_rates).then(|| self.settings.rates.clone()),
        }
    }

    fn set_once(&mut self, once: &Once) {
        self.random = Random::new(once.random);
        self.not_before = Some(once.now);
        self.seed = once.seed;
        self.moved = once.moved;
        self.form_key.clone_from(&once.form_key);
        self.next_delivery = once.next_delivery;
        self.ledger.plan = once.plan.clone();
        if let Some(rates) = &once.rates {
            self.settings.rates.clone_from(rates);
            self.market = Market::new(&self.settings);
        }
    }
}

fn index_last<T>(rows: &[T], index: impl FnOnce(usize, &T)) {
    if let Some((row, before)) = rows.split_last() {
        index(before.len(), row);
    }
}
