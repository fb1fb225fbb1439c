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

fn of(what: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with(what)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
