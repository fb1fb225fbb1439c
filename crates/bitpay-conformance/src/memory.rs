//! How much memory a process has, by the operating system's own account. Linux only.

/// The most that this process ever had in memory, in KiB.
#[must_use]
pub fn peak() -> u64 {
    of("VmHWM:")
}

/// What this process has in memory now, in KiB.
#[must_use]
pub fn now() -> u64 {
    of("VmRSS:")
}

/// The most that another process ever had in memory, in KiB; `None` when it has ended.
#[must_use]
pub fn peak_of(process: u32) -> Option<u64> {
    line(
        "VmHWM:",
        &std::fs::read_to_string(format!("/proc/{process}/status")).ok()?,
    )
}

fn of(what: &str) -> u64 {
    line(what, &std::fs::read_to_string("/proc/self/status").unwrap()).unwrap()
}

fn line(what: &str, status: &str) -> Option<u64> {
    let line = status.lines().find(|line| line.starts_with(what))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
