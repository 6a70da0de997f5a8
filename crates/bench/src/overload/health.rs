//! Asks for the server's health meanwhile, as an orchestrator does: over a connection of its own each time.
use crate::Done;
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{JoinHandle, sleep, spawn},
    time::{Duration, Instant},
};

const EVERY: Duration = Duration::from_millis(50);

pub(super) struct Health {
    over: Arc<AtomicBool>,
    asking: JoinHandle<Result<Duration, String>>,
}

impl Health {
    pub(super) fn watch(address: SocketAddr) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let until = over.clone();
        let asking = spawn(move || {
            let mut longest = Duration::ZERO;
            while !until.load(Relaxed) {
                for path in ["/health/live", "/health/ready"] {
                    longest = longest.max(ask(address, path)?);
                }
                sleep(EVERY);
            }
            Ok(longest)
        });
        Self { over, asking }
    }

    /// The longest that an answer took.
    pub(super) fn stop(self) -> Done<Duration> {
        self.over.store(true, Relaxed);
        let longest = self.asking.join().map_err(|_panic| "a thread of the bench panicked")?;
        Ok(longest.map_err(|why| format!("health: {why}"))?)
    }
}

fn ask(address: SocketAddr, path: &str) -> Result<Duration, String> {
    let begun = Instant::now();
    let asked = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    match asked() {
        Ok(answer) if answer.starts_with("HTTP/1.1 200") => Ok(begun.elapsed()),
        Ok(answer) => Err(format!("{path}: {}", answer.lines().next().unwrap_or("no answer"))),
        Err(e) => Err(format!("{path}: {e}")),
    }
}
