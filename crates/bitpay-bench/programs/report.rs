//! What a program says of itself when it has done its work: one line of JSON, which `bitpay-bench` reads.

use std::time::Duration;

/// The processor time that the work took, all threads together.
pub fn report(work: Duration) {
    let whole = cpu_time::ProcessTime::now().as_duration().as_nanos();
    println!(
        "{{\"work_ns\":{},\"whole_ns\":{whole},\"peak_kib\":{}}}",
        work.as_nanos(),
        peak(),
    );
}

/// The most that this process ever had in memory, in KiB, by the operating system's account.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
