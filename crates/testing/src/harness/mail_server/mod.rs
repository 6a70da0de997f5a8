//! A mail server of the test's own, which keeps every letter and behaves as badly as it is told to.
mod decode;
mod letter;
mod session;
mod state;

pub use letter::ReceivedLetter;
pub use state::MailMode;

use session::Session;
use state::State;
use std::{
    fs::File,
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

const TICK: Duration = Duration::from_millis(5);

/// Listens on 127.0.0.1 until it is dropped. Recipients whose address begins with `refused` it refuses with 550, in every mode.
pub struct MailServer {
    state: Arc<State>,
    port: u16,
    /// `None` while it is down.
    listener: Option<JoinHandle<()>>,
}

impl MailServer {
    /// On a free port.
    pub fn start() -> Self {
        Self::on(crate::free_address().port())
    }

    pub fn on(port: u16) -> Self {
        Self::with_log(port, None)
    }

    /// Also with a log: a line for each letter, before it is answered.
    pub fn with_log(port: u16, log: Option<File>) -> Self {
        let mut server = Self { state: Arc::new(State::new(log)), port, listener: None };
        server.up();
        server
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// From the next command on, of connections that are open, too.
    pub fn set(&self, mode: MailMode) {
        self.state.set(mode);
    }

    /// In the order in which they came.
    pub fn letters(&self) -> Vec<ReceivedLetter> {
        self.state.letters()
    }

    /// How many connections it was given since it was started.
    pub fn connections(&self) -> usize {
        self.state.connections()
    }

    /// As a server does with clients that have said nothing for long.
    pub fn close_connections(&self) {
        self.state.close_connections();
    }

    /// Nobody listens any more, and every connection breaks. Returns when it is so.
    pub fn down(&mut self) {
        if let Some(listener) = self.listener.take() {
            self.state.leave();
            listener.join().unwrap();
            self.state.close_connections();
        }
    }

    /// On the same port as ever.
    pub fn up(&mut self) {
        if self.listener.is_none() {
            let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))).unwrap();
            // So that it can be told to leave.
            listener.set_nonblocking(true).unwrap();
            self.state.stay();
            let state = self.state.clone();
            self.listener = Some(thread::spawn(move || listen(&listener, &state)));
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.down();
    }
}

fn listen(listener: &TcpListener, state: &Arc<State>) {
    while !state.is_leaving() {
        match listener.accept() {
            Ok((tcp, _)) => serve(tcp, state).unwrap(),
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => thread::sleep(TICK),
            Err(_gone_again) => {}
        }
    }
}

fn serve(tcp: TcpStream, state: &Arc<State>) -> io::Result<()> {
    tcp.set_nonblocking(false)?;
    tcp.set_nodelay(true)?;
    let (number, state) = (state.opened(tcp.try_clone()?), state.clone());
    thread::spawn(move || {
        // A client that is gone is no failure of the server's.
        let _ = Session::new(&tcp, &state).and_then(Session::run);
        state.closed(number);
    });
    Ok(())
}
