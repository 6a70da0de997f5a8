//! A receiver of webhooks of the test's own, which keeps every request and behaves as badly as it is told to.
use crate::ReceivedRequest;
use std::{
    io::{self, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiverMode {
    /// With this status.
    Answer(u16),
    /// Connections are accepted, and nothing is answered.
    Hang,
    /// Reads the whole request, keeps it, and closes the connection without an answer.
    DropAfterBody,
    /// So long before the answer 200.
    Slow(Duration),
}

/// Listens on 127.0.0.1 for as long as the test's process lives.
pub struct WebhookReceiver {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    mode: ReceiverMode,
    requests: Vec<ReceivedRequest>,
}

impl WebhookReceiver {
    /// On a free port, answering 200.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State { mode: ReceiverMode::Answer(200), requests: vec![] }));
        let shared = state.clone();
        thread::spawn(move || {
            for tcp in listener.incoming().map_while(Result::ok) {
                let state = shared.clone();
                // A client that is gone is no failure of the receiver's.
                thread::spawn(move || drop(serve(tcp, &state)));
            }
        });
        Self { address, state }
    }

    pub fn url(&self) -> String {
        format!("http://{}/alarm", self.address)
    }

    /// Of requests that come from now on.
    pub fn set(&self, mode: ReceiverMode) {
        self.state.lock().unwrap().mode = mode;
    }

    /// In the order in which they came.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.state.lock().unwrap().requests.clone()
    }
}

fn serve(tcp: TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let mode = state.lock().unwrap().mode;
    if mode == ReceiverMode::Hang {
        // Until the client gives up.
        io::copy(&mut &tcp, &mut io::sink())?;
        return Ok(());
    }
    let request = ReceivedRequest::read(&mut BufReader::new(&tcp))?;
    state.lock().unwrap().requests.push(request);
    let status = match mode {
        ReceiverMode::Answer(status) => status,
        ReceiverMode::Slow(so_long) => {
            thread::sleep(so_long);
            200
        }
        ReceiverMode::Hang | ReceiverMode::DropAfterBody => return Ok(()),
    };
    // A redirect leads back here: whoever follows it is noticed.
    write!(&tcp, "HTTP/1.1 {status} Whatever\r\nLocation: /elsewhere\r\nContent-Length: 2\r\n\r\nok")
}
