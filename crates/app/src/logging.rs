//! The log: one line an event, pretty or JSON. Requests are told by route pattern and id (`web::http::observe`); nothing
//! here or below writes tokens, query strings or health data.
//!
//! A thread of its own writes the lines, many at once: a write for each request costs as much as the answer to it. So are
//! warnings and errors: when nobody reads the log, a thread that writes to it directly waits for ever. A process that is killed loses
//! the last moment's lines; one that ends by itself loses none ([`flush`]).
use crate::config::LogFormat;
use std::{
    io::{self, BufWriter, IsTerminal, Write, stderr},
    sync::{Mutex, OnceLock, PoisonError},
    thread,
    time::Duration,
};
use tracing::{Level, level_filters::LevelFilter};
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, registry, util::SubscriberInitExt};

/// How long a line waits for others.
const MOMENT: Duration = Duration::from_millis(20);
/// Lines that may wait, of some 200 bytes each. When nobody reads the log, further ones are dropped and counted: they neither
/// hold a request up nor fill the memory.
const WAITING_MAX: usize = 16 * 1024;

static WRITER: OnceLock<Writer> = OnceLock::new();

struct Writer {
    format: LogFormat,
    /// Writes what waits when it is dropped.
    guard: Mutex<Option<WorkerGuard>>,
    dropped: ErrorCounter,
}

/// Other people's crates speak only of trouble; actix-http would also tell of every malformed request of a stranger.
pub fn start(level: Level, format: LogFormat) {
    let ours =
        ["app", "infra", "web", "domain", "carebase"].map(|krate| (krate, LevelFilter::from_level(level)));
    let heard = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("actix_http", LevelFilter::OFF)
        .with_targets(ours);
    let (lines, guard) = lines_to(stderr());
    let writer = Writer { format, guard: Mutex::new(Some(guard)), dropped: lines.error_counter() };
    // A second start (the demo's, a test's) keeps the first one's settings.
    if WRITER.set(writer).is_err() {
        return;
    }
    let told = fmt::layer().with_writer(lines).with_ansi(stderr().is_terminal());
    let log = registry().with(heard);
    let _ = match format {
        LogFormat::Json => log.with(told.json().flatten_event(true)).try_init(),
        LogFormat::Pretty => log.with(told.with_target(false)).try_init(),
    };
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a panic")));
}

/// Of this process; text until the settings were read.
pub fn format() -> LogFormat {
    WRITER.get().map_or(LogFormat::Pretty, |writer| writer.format)
}

fn lines_to(sink: impl Write + Send + 'static) -> (NonBlocking, WorkerGuard) {
    NonBlockingBuilder::default()
        .buffered_lines_limit(WAITING_MAX)
        .thread_name("log")
        .finish(Batched(BufWriter::with_capacity(64 * 1024, sink)))
}

/// Before the process ends.
pub fn flush() {
    if let Some(writer) = WRITER.get() {
        drop(writer.guard.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Lines that were dropped since the start, because nobody read the log.
pub fn dropped_lines() -> u64 {
    WRITER.get().map_or(0, |writer| u64::try_from(writer.dropped.dropped_lines()).unwrap_or(u64::MAX))
}

/// The worker flushes when no line waits. To wait a moment there lets the next lines come together.
struct Batched<W: Write>(BufWriter<W>);

impl<W: Write> Write for Batched<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write(line)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()?;
        thread::sleep(MOMENT);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, mpsc};

    /// Somebody who reads nothing before they are told to.
    struct Reader {
        may_read: Option<mpsc::Receiver<()>>,
        read: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Reader {
        fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
            if let Some(may_read) = self.may_read.take() {
                may_read.recv().unwrap();
            }
            self.read.lock().unwrap().extend_from_slice(lines);
            Ok(lines.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_log_that_nobody_reads_drops_lines_and_counts_them_and_the_end_writes_the_rest() {
        let (tell, may_read) = mpsc::channel();
        let read = Arc::new(Mutex::new(vec![]));
        let (mut lines, guard) = lines_to(Reader { may_read: Some(may_read), read: read.clone() });
        let sent = 4 * WAITING_MAX;
        for _ in 0..sent {
            lines.write_all(b"line\n").unwrap();
        }
        let dropped = lines.error_counter().dropped_lines();
        assert!(dropped > 0, "{sent} lines wait");
        tell.send(()).unwrap();
        drop(guard);
        assert_eq!(read.lock().unwrap().len(), (sent - dropped) * b"line\n".len());
    }
}
