//! One connection, which is one question.
use super::{
    answer,
    state::{ModelMode, ModelRequest, State},
};
use crate::ReceivedRequest;
use std::{
    io::{self, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

const TWO_MIB: usize = 2 * 1024 * 1024;
const DRIP: Duration = Duration::from_secs(1);

pub(super) fn serve(tcp: &TcpStream, state: &State) {
    state.opened();
    // A client that says nothing has asked nothing.
    if let Ok(received) = ReceivedRequest::read(&mut BufReader::new(tcp)) {
        let body = serde_json::from_str(&received.body).unwrap_or_default();
        let request = ModelRequest { received, body };
        let (mode, is_streamed) = (state.mode(), request.is_streamed());
        state.keep(request);
        if answer(tcp, mode, is_streamed).is_err() {
            state.cancel();
        }
    }
    state.closed();
}

/// Fails if the client hangs up.
fn answer(mut tcp: &TcpStream, mode: ModelMode, is_streamed: bool) -> io::Result<()> {
    let ok = |text: &str| if is_streamed { answer::streamed(text) } else { answer::whole(text) };
    let usual = || ok(answer::ANSWER);
    match mode {
        ModelMode::Ok => tcp.write_all(&usual()),
        ModelMode::Says(text) => tcp.write_all(&ok(&text)),
        ModelMode::Whole => tcp.write_all(&answer::whole(answer::ANSWER)),
        ModelMode::Slow(delay) => {
            wait(tcp, Some(delay))?;
            tcp.write_all(&usual())
        }
        ModelMode::Hang => wait(tcp, None),
        ModelMode::Status(status) => tcp.write_all(&answer::status(status, None)),
        ModelMode::Garbage => tcp.write_all(&answer::garbage(is_streamed)),
        ModelMode::Empty => tcp.write_all(&ok(" \n")),
        ModelMode::Redirect => tcp.write_all(&answer::status(307, Some("/elsewhere"))),
        ModelMode::Huge => tcp.write_all(&ok(&"x".repeat(TWO_MIB))),
        ModelMode::Drip => drip(tcp, &usual()),
        ModelMode::BreakBeforeAnswer(_) => Ok(()),
        ModelMode::BreakMidStream => {
            let whole = usual();
            // Behind the head, and before the last words.
            tcp.write_all(&whole[..whole.len() * 2 / 3])
        }
    }
}

fn drip(mut tcp: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    for byte in bytes {
        tcp.write_all(&[*byte])?;
        wait(tcp, Some(DRIP))?;
    }
    Ok(())
}

/// Clients say nothing more after their question: what is heard is that they hang up.
fn wait(mut tcp: &TcpStream, so_long: Option<Duration>) -> io::Result<()> {
    tcp.set_read_timeout(so_long)?;
    match tcp.read(&mut [0]) {
        Ok(_) => Err(io::ErrorKind::ConnectionAborted.into()),
        Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => Ok(()),
        Err(e) => Err(e),
    }
}
