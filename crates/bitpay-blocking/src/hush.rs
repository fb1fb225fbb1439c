//! Keeps secrets out of the log that the HTTP library writes.
//!
//! At the level `trace`, ureq writes addresses, and ureq-proto every byte that it sends and receives: tokens,
//! signatures, codes. It does so above what ureq lets one put in its place (resolver, connector, transport), and
//! cannot be told not to, other than by the level of the whole process. So while bytes are moved, that level is
//! `debug`, but only when somebody would take those records: whoever wants to keep all others filters these out
//! (`trace,ureq=debug,ureq_proto=debug`), and then nothing is changed here.

use std::sync::{Mutex, MutexGuard, PoisonError};

use log::{Level, LevelFilter, log_enabled, max_level, set_max_level};

/// Of the process, as the level itself is: clients share no more by this than they do anyway.
static STATE: Mutex<State> = Mutex::new(State {
    moving: 0,
    hushed: false,
});

struct State {
    /// How many are moving bytes. All are counted: one that begins while another one has the log hushed
    /// cannot tell what it would be otherwise.
    moving: usize,
    hushed: bool,
}

fn lock() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// While there is one, the HTTP library writes no secret to the log.
pub(crate) struct Hush(());

impl Hush {
    pub(crate) fn begin() -> Self {
        // Counted first: from here on nobody else ends a hush. And from here on whatever happens is counted
        // back, should the logger panic.
        lock().moving += 1;
        let hush = Self(());
        // By these the library asks as well. The logger is somebody else's code, so no lock is held: it may
        // take its time, or make calls of its own.
        let is_taken = log_enabled!(target: "ureq::util", Level::Trace)
            || log_enabled!(target: "ureq_proto::util", Level::Trace);
        if is_taken {
            let mut state = lock();
            set_max_level(LevelFilter::Debug);
            state.hushed = true;
        }
        hush
    }
}

impl Drop for Hush {
    fn drop(&mut self) {
        let mut state = lock();
        state.moving -= 1;
        if state.moving == 0 && state.hushed {
            state.hushed = false;
            // Unless somebody has set another one. It is no more than a hint: a logger has its own filter.
            if max_level() == LevelFilter::Debug {
                set_max_level(LevelFilter::Trace);
            }
        }
    }
}
