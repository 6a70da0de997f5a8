//! The mail server: a process of its own, and a witness that no node can talk to.
use std::{
    env,
    fs::{self, File},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};
use testing::{MailMode, MailServer, Program, free_address};

/// Before each 250.
const DELAY: Duration = Duration::from_millis(5);

/// A line of its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Microseconds since 1970.
    pub at: u128,
    pub message_id: String,
    pub to: String,
    pub kind: Kind,
    /// Of the page by which the alarm is answered.
    pub link: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Alarm,
    /// Sent again, because nobody has answered.
    Repeat,
    /// Asks a new contact.
    Consent,
}

fn kind(subject: &str) -> Kind {
    match subject {
        _ if subject.starts_with("Повторно") => Kind::Repeat,
        _ if subject.starts_with("Привет") || subject.starts_with("Тревога") => Kind::Alarm,
        _ => Kind::Consent,
    }
}

fn log(folder: &Path) -> PathBuf {
    folder.join("accepted.log")
}

pub fn server(folder: &Path) -> Program {
    let (address, witness) = (free_address(), log(folder));
    let listens = |address: SocketAddr| TcpStream::connect(address).is_ok();
    Program::new(folder.join("mail.log"), address, listens, move || {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "mail_server", "--ignored", "--nocapture"]);
        command.env("MAIL_PORT", address.port().to_string()).env("MAIL_LOG", &witness);
        command
    })
}

/// In that process.
pub fn serve() {
    let Ok(port) = env::var("MAIL_PORT") else { return };
    let log = File::options().create(true).append(true).open(env::var("MAIL_LOG").unwrap()).unwrap();
    let server = MailServer::with_log(port.parse().unwrap(), Some(log));
    server.set(MailMode::Slow(DELAY));
    loop {
        thread::park();
    }
}

/// All letters that it has answered with 250, or was about to.
pub fn accepted(folder: &Path) -> Vec<Accepted> {
    let read = |line: &str| {
        let mut words = line.strip_prefix("accepted ")?.split(' ');
        let at = words.next()?.parse().ok()?;
        let (message_id, to) = (words.next()?.to_owned(), words.next()?.to_owned());
        let (kind, link) = (kind(words.next()?), words.next()?);
        let link = link.split_once("/a/").map(|(_, token)| format!("/a/{token}"));
        Some(Accepted { at, message_id, to, kind, link })
    };
    fs::read_to_string(log(folder)).unwrap_or_default().lines().filter_map(read).collect()
}

/// How much it has written.
pub fn length(folder: &Path) -> u64 {
    fs::metadata(log(folder)).map_or(0, |file| file.len())
}
