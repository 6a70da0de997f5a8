//! Cores for the server, and others for who asks it. The time of an answer counts from when its request was due: where a generator
//! waits for the server's cores, its own waits are measured.
use crate::Done;

/// Half of the cores each; a single one is shared.
pub(crate) struct Cores {
    all: imp::Set,
    server: imp::Set,
    generator: imp::Set,
}

impl Cores {
    pub(crate) fn divide() -> Done<Self> {
        let all = imp::of_this_thread()?;
        let (server, generator) = imp::halves(&all);
        Ok(Self { all, server, generator })
    }

    /// Starts a process on the server's cores. From then on this thread, and those that it starts, have the others.
    pub(crate) fn start<T>(&self, start: impl FnOnce() -> Done<T>) -> Done<T> {
        imp::take(&self.server)?;
        let started = start();
        imp::take(&self.generator)?;
        started
    }
}

impl Drop for Cores {
    fn drop(&mut self) {
        let _ = imp::take(&self.all);
    }
}

#[cfg(target_os = "linux")]
mod imp {
    use crate::Done;
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    pub(super) type Set = CpuSet;

    pub(super) fn of_this_thread() -> Done<Set> {
        Ok(sched_getaffinity(None)?)
    }

    pub(super) fn take(cores: &Set) -> Done {
        Ok(sched_setaffinity(None, cores)?)
    }

    pub(super) fn halves(all: &Set) -> (Set, Set) {
        let cores: Vec<_> = (0..CpuSet::MAX_CPU).filter(|core| all.is_set(*core)).collect();
        let (server, generator) = cores.split_at(cores.len() / 2);
        if server.is_empty() { (*all, *all) } else { (set(server), set(generator)) }
    }

    fn set(cores: &[usize]) -> Set {
        let mut set = CpuSet::new();
        cores.iter().for_each(|core| set.set(*core));
        set
    }
}

/// Other systems divide nothing.
#[cfg(not(target_os = "linux"))]
mod imp {
    use crate::Done;

    pub(super) type Set = ();

    pub(super) fn of_this_thread() -> Done<Set> {
        Ok(())
    }

    pub(super) fn take(_cores: &Set) -> Done {
        Ok(())
    }

    pub(super) fn halves(_all: &Set) -> (Set, Set) {
        ((), ())
    }
}
