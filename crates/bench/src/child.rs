//! A process that is started, waited for until it listens, and ended when it is no longer needed.
use crate::Done;
use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child as Process, Command},
    time::{Duration, Instant},
};

/// A migration of an empty database takes a second on a slow disk; what takes longer than this does not come.
const PATIENCE: Duration = Duration::from_secs(30);
/// Fine enough for a start that should take less than 300 ms.
const LOOK: Duration = Duration::from_millis(2);

#[derive(Debug)]
pub(crate) struct Child {
    process: Process,
    pub address: SocketAddr,
}

impl Child {
    /// `is_up` looks whether it answers; the time that took is returned too.
    pub(crate) fn start(
        mut command: Command,
        address: SocketAddr,
        is_up: impl Fn(SocketAddr) -> bool,
    ) -> Done<(Self, Duration)> {
        let begun = Instant::now();
        let process = command.spawn().map_err(|e| format!("cannot start {command:?}: {e}"))?;
        let mut child = Self { process, address };
        while !is_up(address) {
            if let Some(status) = child.process.try_wait()? {
                return Err(format!("{} ended at once: {status}", command.get_program().display()).into());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("{} does not answer", command.get_program().display()).into());
            }
            std::thread::sleep(LOOK);
        }
        Ok((child, begun.elapsed()))
    }
    pub(crate) fn end(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.end();
    }
}

pub(crate) fn free_address() -> Done<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

pub(crate) fn listens(address: SocketAddr) -> bool {
    TcpStream::connect(address).is_ok()
}
