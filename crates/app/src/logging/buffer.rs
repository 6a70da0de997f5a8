//! Lines of the log wait for a moment, so that a busy server writes many of them at once: a write for each request costs as
//! much as the answer to it.
//!
//! What is worse than information is written at once, with all that waits. A process that is killed loses the last
//! moment's lines; one that ends by itself loses none ([`Log::flush`]).
use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};
use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// How long a line waits.
const MOMENT: Duration = Duration::from_millis(20);
/// Bytes that may wait. Who would add more writes them out first: a log that nobody reads holds us up, it does not fill
/// the memory.
const WAITING_MAX: usize = 256 * 1024;

#[derive(Clone, Default)]
pub(super) struct Log(Arc<Shared>);

#[derive(Default)]
struct Shared {
    waiting: Mutex<Vec<u8>>,
    somebody_waits: Condvar,
    /// Held while lines are written out, so that they keep their order.
    out: Mutex<()>,
}

impl Log {
    /// With a thread of its own, which writes what waits.
    pub(super) fn start() -> Self {
        let log = Self::default();
        let written = log.clone();
        thread::spawn(move || written.write_now_and_then());
        log
    }

    fn write_now_and_then(&self) {
        loop {
            let waiting = self.waiting();
            drop(self.0.somebody_waits.wait_while(waiting, |lines| lines.is_empty()));
            thread::sleep(MOMENT);
            self.flush();
        }
    }

    /// Where nobody reads the log, there is nobody to tell.
    pub(super) fn flush(&self) {
        let _turn = self.0.out.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = mem::take(&mut *self.waiting());
        let _ = io::stderr().write_all(&lines);
    }

    fn add(&self, line: &[u8], at_once: bool) {
        let full = {
            let mut waiting = self.waiting();
            waiting.extend_from_slice(line);
            if waiting.len() == line.len() {
                self.0.somebody_waits.notify_one();
            }
            waiting.len() > WAITING_MAX
        };
        if at_once || full {
            self.flush();
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One event's line.
pub(super) struct Line<'a> {
    log: &'a Log,
    at_once: bool,
}

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.log.add(line, self.at_once);
        Ok(line.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Line<'a>;
    fn make_writer(&'a self) -> Line<'a> {
        Line { log: self, at_once: true }
    }
    fn make_writer_for(&'a self, about: &Metadata<'_>) -> Line<'a> {
        Line { log: self, at_once: *about.level() <= Level::WARN }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_waits_unless_it_is_urgent_or_too_many_wait() {
        let log = Log::default();
        let waiting = || log.waiting().len();
        log.add(b"", false);
        assert_eq!(waiting(), 0);
        log.add(b"\n", false);
        assert_eq!(waiting(), 1);
        log.add(b"\n", true);
        assert_eq!(waiting(), 0);
        (0..3).for_each(|_| log.add(&[b'\n'; 2], false));
        assert_eq!(waiting(), 6);
        log.flush();
        assert_eq!(waiting(), 0);
    }
}
