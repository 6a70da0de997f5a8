//! The mail server of the scenario, in threads of its own: it takes every letter, and its time for each.
use super::{
    letters::{Letter, Letters},
    smtp::converse,
};
use crate::Done;
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{sleep, spawn},
    time::{Duration, Instant},
};

const LOOK: Duration = Duration::from_millis(5);

/// Listens until it is dropped.
pub(super) struct MailSink {
    pub address: SocketAddr,
    letters: Arc<Letters>,
    over: Arc<AtomicBool>,
}

impl MailSink {
    pub(super) fn start() -> Done<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let sink = Self { address: listener.local_addr()?, letters: Arc::default(), over: Arc::default() };
        let (letters, over) = (sink.letters.clone(), sink.over.clone());
        spawn(move || listen(&listener, &letters, &over));
        Ok(sink)
    }

    /// What came since this was asked last. Waits until so many are taken, or for so long.
    pub(super) fn letters(&self, count: usize, patience: Duration) -> Vec<Letter> {
        let begun = Instant::now();
        while self.letters.count_accepted() < count && begun.elapsed() < patience {
            sleep(LOOK);
        }
        self.letters.take()
    }
}

impl Drop for MailSink {
    fn drop(&mut self) {
        self.over.store(true, Relaxed);
        // So that it looks. If nobody can connect, it ends with this process.
        let _ = TcpStream::connect(self.address);
    }
}

fn listen(listener: &TcpListener, letters: &Arc<Letters>, over: &AtomicBool) {
    for tcp in listener.incoming() {
        if over.load(Relaxed) {
            return;
        }
        let (Ok(tcp), letters) = (tcp, letters.clone()) else { continue };
        // A letter that is broken off is missing afterwards, and missed.
        spawn(move || drop(converse(&tcp, &letters)));
    }
}
