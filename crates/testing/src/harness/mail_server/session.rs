//! One conversation.
use super::{
    letter::ReceivedLetter,
    state::{MailMode, State},
};
use std::{
    io::{self, BufRead, BufReader, Write},
    net::TcpStream,
    thread::sleep,
    time::Duration,
};

const TICK: Duration = Duration::from_millis(5);

pub(super) struct Session<'a> {
    state: &'a State,
    reader: BufReader<TcpStream>,
    writer: &'a TcpStream,
    from: Option<String>,
    to: Vec<String>,
}

impl<'a> Session<'a> {
    pub(super) fn new(tcp: &'a TcpStream, state: &'a State) -> io::Result<Self> {
        let reader = BufReader::new(tcp.try_clone()?);
        Ok(Self { state, reader, writer: tcp, from: None, to: vec![] })
    }

    /// Until the client leaves, or is left.
    pub(super) fn run(mut self) -> io::Result<()> {
        self.say("220 fake")?;
        loop {
            let line = self.line()?;
            let line = String::from_utf8_lossy(&line);
            let verb = line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => self.say("250-fake\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN")?,
                "HELO" | "NOOP" => self.say("250 good")?,
                "AUTH" if self.state.mode() == MailMode::RefuseSignIn => self.say("535 no")?,
                "AUTH" => self.say("235 welcome")?,
                "RSET" => {
                    self.forget();
                    self.say("250 good")?;
                }
                "MAIL" => {
                    self.forget();
                    self.from = Some(between_brackets(&line));
                    self.say("250 good")?;
                }
                "RCPT" => self.recipient(between_brackets(&line))?,
                "DATA" if self.to.is_empty() => self.say("503 for whom?")?,
                "DATA" => self.letter()?,
                "QUIT" => return self.say("221 bye"),
                _ => self.say("502 what?")?,
            }
        }
    }

    fn recipient(&mut self, address: String) -> io::Result<()> {
        if self.from.is_none() {
            return self.say("503 by whom?");
        }
        if address.starts_with("refused") {
            return self.say("550 nobody has this name");
        }
        self.to.push(address);
        self.say("250 good")
    }

    fn letter(&mut self) -> io::Result<()> {
        self.say("354 go on")?;
        let raw = self.content()?;
        let mode = self.state.mode();
        let from = self.from.take().unwrap_or_default();
        if let MailMode::Slow(delay) = mode {
            sleep(delay);
        }
        let letter = ReceivedLetter::new(from, self.to.join(","), raw, mode.accepts());
        self.state.keep(letter, mode)?;
        self.forget();
        match mode {
            MailMode::DropAfterData => Err(io::ErrorKind::ConnectionAborted.into()),
            MailMode::Refuse => self.say("554 not this one"),
            MailMode::Defer | MailMode::Hang => self.say("451 not now"),
            MailMode::Accept | MailMode::RefuseSignIn | MailMode::Slow(_) => self.say("250 taken"),
        }
    }

    /// A line that begins with a dot was given another one.
    fn content(&mut self) -> io::Result<Vec<u8>> {
        let mut raw = vec![];
        loop {
            let line = self.line()?;
            if line == b".\r\n" {
                return Ok(raw);
            }
            raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }

    fn forget(&mut self) {
        self.from = None;
        self.to.clear();
    }

    /// With its end.
    fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = vec![];
        match self.reader.read_until(b'\n', &mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line),
        }
    }

    /// A connection on which it hung is of no use any more.
    fn say(&mut self, words: &str) -> io::Result<()> {
        if self.state.mode() == MailMode::Hang {
            while self.state.mode() == MailMode::Hang && !self.state.is_leaving() {
                sleep(TICK);
            }
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.writer.write_all(format!("{words}\r\n").as_bytes())
    }
}

fn between_brackets(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(address, _)| address.to_owned()).unwrap_or_default()
}
