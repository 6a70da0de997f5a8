//! The model of the scenario, in threads of its own: one for each question, as the server keeps no connection to a model.
use super::{gate::Gate, question::answer};
use crate::Done;
use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    thread::spawn,
    time::Duration,
};

/// Listens until it is dropped.
pub(super) struct Model {
    pub address: SocketAddr,
    gate: Arc<Gate>,
    asked: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
}

impl Model {
    pub(super) fn start() -> Done<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let model = Self { address, gate: Arc::default(), asked: Arc::default(), over: Arc::default() };
        let (gate, asked, over) = (model.gate.clone(), model.asked.clone(), model.over.clone());
        spawn(move || listen(&listener, &gate, &asked, &over));
        Ok(model)
    }

    /// How many questions came.
    pub(super) fn asked(&self) -> usize {
        self.asked.load(Relaxed)
    }

    pub(super) fn until_so_many_hang(&self, count: usize, patience: Duration) -> Done {
        self.gate.until_so_many_wait(count, patience)
    }

    /// Answers all that hang.
    pub(super) fn let_go(&self) {
        self.gate.open();
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        self.over.store(true, Relaxed);
        self.gate.open();
        // So that it looks. If nobody can connect, it ends with this process.
        let _ = TcpStream::connect(self.address);
    }
}

fn listen(listener: &TcpListener, gate: &Arc<Gate>, asked: &AtomicUsize, over: &AtomicBool) {
    for tcp in listener.incoming() {
        if over.load(Relaxed) {
            return;
        }
        let (Ok(tcp), gate) = (tcp, gate.clone()) else { continue };
        asked.fetch_add(1, Relaxed);
        // Who asked and hears nothing fails, and is counted there.
        spawn(move || drop(answer(&tcp, &gate)));
    }
}
