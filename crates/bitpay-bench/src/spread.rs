//! What several measurements say together. `xtask` has this file as well.

use std::fmt;

/// The smallest, the median and the largest.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    least: f64,
    pub(crate) median: f64,
    most: f64,
}

impl Spread {
    /// Of one at least.
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self {
            least: values[0],
            median: values[values.len() / 2],
            most: values[values.len() - 1],
        }
    }

    /// Of what was measured in the same round.
    pub(crate) fn ratio(ours: &[f64], theirs: &[f64]) -> Self {
        let rounds = ours.iter().zip(theirs);
        Self::of(rounds.map(|(one, other)| one / other).collect())
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            least,
            median,
            most,
        } = self;
        write!(f, "{median:.2} ({least:.2} to {most:.2})")
    }
}
