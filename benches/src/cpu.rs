//! CPU time and memory of a process, from /proc.

use crate::Outcome;
use std::process::{Command, Stdio};

/// Clock ticks a second in /proc; 100 on every Linux we run on.
const TICKS: f64 = 100.0;

/// User and system CPU of a process, in microseconds.
pub(crate) fn micros(pid: u32) -> f64 {
    // schedstat counts nanoseconds per thread, stat only ticks of 10 ms
    let mut total = 0.0;
    if let Ok(tasks) = std::fs::read_dir(format!("/proc/{pid}/task")) {
        for task in tasks.flatten() {
            if let Ok(text) = std::fs::read_to_string(task.path().join("schedstat")) {
                total += text.split(' ').next().and_then(|word| word.parse::<f64>().ok()).unwrap_or(0.0) / 1_000.0;
            }
        }
    }
    if total > 0.0 {
        return total;
    }
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|word| word.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / TICKS * 1_000_000.0
}

/// Puts a process on the last core alone, or back on all. Its threads hand work to each other: where that wakes another core it
/// costs several times as much, and which core it is changes from turn to turn.
pub(crate) fn pin(pid: u32, is_alone: bool) -> Outcome<()> {
    let last = std::thread::available_parallelism()?.get() - 1;
    let cores = if is_alone { last.to_string() } else { format!("0-{last}") };
    // of util-linux, which every Debian has
    let done = Command::new("taskset").args(["-acp", &cores, &pid.to_string()]).stdout(Stdio::null()).status()?;
    if done.success() { Ok(()) } else { Err("taskset could not put a process on a core".into()) }
}

/// The same for these of PostgreSQL's processes, and for those that it will start.
pub(crate) fn pin_postgres(backends: &[i32], is_alone: bool) -> Outcome<()> {
    let mut pids: Vec<i32> = backends.iter().copied().filter(|pid| is_here(*pid)).collect();
    pids.extend(pids.first().and_then(|pid| parent(*pid)));
    pids.into_iter().filter_map(|pid| u32::try_from(pid).ok()).try_for_each(|pid| pin(pid, is_alone))
}

fn is_here(pid: i32) -> bool {
    std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.starts_with(b"postgres"))
}

fn parent(pid: i32) -> Option<i32> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    text.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
}

/// CPU of PostgreSQL's processes on this machine, in microseconds; nothing for a server elsewhere.
pub(crate) fn of_postgres(backends: &[i32]) -> f64 {
    backends.iter().filter(|pid| is_here(**pid)).filter_map(|pid| u32::try_from(*pid).ok()).map(micros).sum()
}

/// Resident memory of a process, in MB.
pub(crate) fn resident_mb(pid: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|word| word.parse::<f64>().ok())
        .unwrap_or(0.0)
        / 1_024.0
}
