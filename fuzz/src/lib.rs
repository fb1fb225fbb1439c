//! One law for each parser of what comes from outside, for any bytes at all. The fuzz targets call these,
//! and an ordinary test of the workspace replays the corpora through them.

pub mod laws;
pub mod seeds;

/// A fuzz target.
#[derive(Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    /// Panics when these bytes break it.
    pub law: fn(&[u8]),
}

macro_rules! targets {
    ($($name:ident)*) => {
        /// Every target: a file of `fuzz_targets` each.
        pub const TARGETS: &[Target] = &[$(Target {
            name: stringify!($name),
            law: laws::$name,
        }),*];
    };
}

targets! {
    answer calls der error_envelope events import key pairing_code request rows sandbox signature sin value webhook
}
