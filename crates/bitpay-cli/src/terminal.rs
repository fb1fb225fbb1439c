//! What only somebody at a terminal is shown.

use std::fmt::Write as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use jiff::{SignedDuration, Timestamp};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

use crate::context::Context;

impl Context<'_> {
    /// An address to be opened on a telephone. Dark on light, whatever the colours of the terminal.
    pub(crate) fn show_qr(&mut self, address: &str) {
        if !self.is_watched() {
            return;
        }
        if let Ok(code) = QrCode::new(address) {
            let light = "\u{1b}[30;107m";
            let lines = code.render::<Dense1x2>().build();
            let lines = lines
                .lines()
                .map(|line| format!("{light}{line}\u{1b}[0m\n"));
            self.note(&lines.collect::<String>());
        }
    }

    /// Counts down to an instant, until it is dropped.
    pub(crate) fn count_down(&self, what: &'static str, to: Option<Timestamp>) -> Countdown {
        if !self.is_watched() {
            return Countdown(ProgressBar::hidden());
        }
        let bar = ProgressBar::new_spinner();
        let left = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
            if let Some(to) = to {
                let left = to
                    .duration_since(Timestamp::now())
                    .max(SignedDuration::ZERO);
                let _ = write!(out, "{}", clock(left));
            }
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}  {left}") {
            bar.set_style(style.with_key("left", left));
        }
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Countdown(bar)
    }

    pub(crate) fn is_watched(&self) -> bool {
        self.io.is_terminal && !self.global.json
    }
}

/// `23:59:58`.
fn clock(left: SignedDuration) -> String {
    let seconds = left.as_secs();
    let mut text = String::new();
    let _ = write!(
        text,
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    text
}

/// What is shown while something is waited for.
pub(crate) struct Countdown(ProgressBar);

impl Drop for Countdown {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_minutes_and_seconds_are_left() {
        for (seconds, text) in [(0, "00:00:00"), (59, "00:00:59"), (86_399, "23:59:59")] {
            assert_eq!(clock(SignedDuration::from_secs(seconds)), text);
        }
    }
}
