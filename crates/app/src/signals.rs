//! The signals by which somebody ends this process.
use std::io;

/// Listens from the moment it is made, and remembers a signal that comes while nobody waits for one. So it is made before the server
/// can be reached: tokio takes a signal from the system for good, and one that came between two listeners would be lost.
pub(crate) struct Signals {
    heard: io::Result<Heard>,
}

impl Signals {
    /// Within a runtime. Where signals cannot be heard, it is logged, and none comes.
    pub(crate) fn listen() -> Self {
        let heard = Heard::listen();
        if let Err(e) = &heard {
            tracing::error!(error = %e, "signals cannot be heard: stop this process by killing it");
        }
        Self { heard }
    }

    pub(crate) async fn next(&mut self) {
        match &mut self.heard {
            Ok(heard) => heard.next().await,
            Err(_) => std::future::pending().await,
        }
    }
}

#[cfg(unix)]
struct Heard {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Heard {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! { _ = self.terminate.recv() => {}, _ = self.interrupt.recv() => {} }
    }
}

#[cfg(windows)]
struct Heard(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Heard {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        let _ = self.0.recv().await;
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use rustix::process::{Signal, getpid, kill_process};

    #[tokio::test]
    async fn a_signal_that_comes_while_nobody_waits_is_heard_by_who_waits_next() {
        let mut signals = Signals::listen();
        for _ in 0..2 {
            kill_process(getpid(), Signal::TERM).unwrap();
            signals.next().await;
        }
    }
}
