//! What the kernel knows of a process and of the machine.
use crate::Done;
use serde::Serialize;
use std::{fs, thread::available_parallelism, time::Duration};

/// Linux counts a process's time in hundredths of a second, whatever its own clock does (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

/// User and system time of a process and all its threads.
pub(crate) fn cpu_of(pid: u32) -> Done<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The second field is the program's name in brackets, which may hold spaces.
    let (_, fields) = stat.rsplit_once(") ").ok_or("no such /proc/…/stat is known")?;
    let ticks = |n: usize| fields.split(' ').nth(n).and_then(|field| field.parse::<f64>().ok());
    let (user, system) = (ticks(11), ticks(12));
    let ticks = user.zip(system).map(|(user, system)| user + system).ok_or("no times in /proc/…/stat")?;
    Ok(Duration::from_secs_f64(ticks / TICKS_PER_SECOND))
}

pub(crate) fn own_cpu() -> Done<Duration> {
    cpu_of(std::process::id())
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub resident_kib: u64,
    pub peak_kib: u64,
}

pub(crate) fn memory_of(pid: u32) -> Done<Memory> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kib = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let found = kib("VmRSS:").zip(kib("VmHWM:"));
    let (resident_kib, peak_kib) = found.ok_or("no VmRSS in /proc/…/status")?;
    Ok(Memory { resident_kib, peak_kib })
}

/// From here on the peak is counted anew. Where the kernel does not allow it, the peak is that of the whole run.
pub(crate) fn forget_peak(pid: u32) {
    let _ = fs::write(format!("/proc/{pid}/clear_refs"), "5");
}

/// What figures are worth nothing without.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    pub processor: String,
    pub cores: usize,
    pub memory_mib: u64,
    pub kernel: String,
    /// Of the last minute, before anything was measured: above 0.3 somebody else is at work.
    pub load: String,
}

impl Machine {
    pub(crate) fn here() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let field = |text: &str, key: &str| {
            let line = text.lines().find(|line| line.starts_with(key)).unwrap_or_default();
            line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let memory = field(&read("/proc/meminfo"), "MemTotal");
        let kib: u64 = memory.split(' ').next().and_then(|kib| kib.parse().ok()).unwrap_or_default();
        Self {
            processor: field(&read("/proc/cpuinfo"), "model name"),
            cores: cores(),
            memory_mib: kib / 1024,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            load: read("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned(),
        }
    }
}

pub(crate) fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_tells_of_this_process() {
        let memory = memory_of(std::process::id()).unwrap();
        assert!(memory.resident_kib > 0 && memory.peak_kib >= memory.resident_kib);
        let begun = own_cpu().unwrap();
        let mut work = 0_u64;
        while own_cpu().unwrap() < begun + Duration::from_millis(20) {
            work = work.wrapping_add(1);
        }
        assert!(work > 0);
    }
}
