//! What the connections of one mail server share.
use super::letter::ReceivedLetter;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Write},
    net::{Shutdown, TcpStream},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::{Duration, UNIX_EPOCH},
};

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailMode {
    Accept,
    /// 535 to AUTH.
    RefuseSignIn,
    /// 554 after the letter.
    Refuse,
    /// 451 after the letter.
    Defer,
    /// Connections are accepted, and nothing is answered.
    Hang,
    /// Reads the whole letter, keeps it, and closes the connection without an answer.
    DropAfterData,
    /// So long before the 250.
    Slow(Duration),
}

impl MailMode {
    /// Whether a letter is answered with 250.
    pub(super) fn accepts(self) -> bool {
        matches!(self, Self::Accept | Self::RefuseSignIn | Self::Slow(_))
    }
}

pub(super) struct State {
    mode: Mutex<MailMode>,
    /// A line for each letter, written before it is answered: `accepted` or `dropped`, microseconds since 1970, message id,
    /// recipient, subject with `_` for blanks, its first link or `-`. It outlives a server that is killed.
    log: Option<File>,
    letters: Mutex<Vec<ReceivedLetter>>,
    connections: Mutex<Connections>,
    is_leaving: AtomicBool,
}

#[derive(Default)]
struct Connections {
    given: usize,
    open: BTreeMap<usize, TcpStream>,
}

impl State {
    pub(super) fn new(log: Option<File>) -> Self {
        Self {
            mode: Mutex::new(MailMode::Accept),
            log,
            letters: Mutex::default(),
            connections: Mutex::default(),
            is_leaving: AtomicBool::new(false),
        }
    }

    pub(super) fn mode(&self) -> MailMode {
        *self.mode.lock().unwrap()
    }

    pub(super) fn set(&self, mode: MailMode) {
        *self.mode.lock().unwrap() = mode;
    }

    pub(super) fn letters(&self) -> Vec<ReceivedLetter> {
        self.letters.lock().unwrap().clone()
    }

    /// Before it is answered. In one write, so that no two lines mix.
    pub(super) fn keep(&self, letter: ReceivedLetter, mode: MailMode) -> io::Result<()> {
        let word = match mode {
            MailMode::DropAfterData => Some("dropped"),
            mode => mode.accepts().then_some("accepted"),
        };
        let mut letters = self.letters.lock().unwrap();
        if let Some((mut log, word)) = self.log.as_ref().zip(word) {
            let micros = letter.at.duration_since(UNIX_EPOCH).unwrap().as_micros();
            let link = letter.links().into_iter().next().unwrap_or_else(|| "-".to_owned());
            let subject = letter.subject.replace(char::is_whitespace, "_");
            let line = format!("{word} {micros} {} {} {subject} {link}\n", letter.message_id, letter.to);
            log.write_all(line.as_bytes())?;
        }
        letters.push(letter);
        Ok(())
    }

    /// Under which number it is known.
    pub(super) fn opened(&self, tcp: TcpStream) -> usize {
        let mut connections = self.connections.lock().unwrap();
        connections.given += 1;
        let number = connections.given;
        connections.open.insert(number, tcp);
        number
    }

    pub(super) fn closed(&self, number: usize) {
        if let Some(tcp) = self.connections.lock().unwrap().open.remove(&number) {
            // The client may have closed it, too.
            let _ = tcp.shutdown(Shutdown::Both);
        }
    }

    pub(super) fn close_connections(&self) {
        for tcp in self.connections.lock().unwrap().open.values() {
            let _ = tcp.shutdown(Shutdown::Both);
        }
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.lock().unwrap().given
    }

    pub(super) fn is_leaving(&self) -> bool {
        self.is_leaving.load(SeqCst)
    }

    pub(super) fn leave(&self) {
        self.is_leaving.store(true, SeqCst);
    }

    pub(super) fn stay(&self) {
        self.is_leaving.store(false, SeqCst);
    }
}
