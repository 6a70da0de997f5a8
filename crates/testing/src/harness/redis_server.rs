//! A Redis of the test's own, which may be stopped, frozen and started again.
use crate::{Program, free_address};
use std::{
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};
use tempfile::TempDir;

pub struct RedisServer {
    program: Program,
    _folder: TempDir,
}

impl RedisServer {
    /// Nobody listens there yet.
    pub fn away() -> Self {
        let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
        let here = folder.path().to_owned();
        let program = Program::new(here.join("redis.log"), address, is_up, move || {
            let mut command = Command::new("redis-server");
            command.current_dir(&here).args(["--bind", "127.0.0.1", "--port", &address.port().to_string()]);
            command.args(["--save", "", "--appendonly", "no"]);
            command
        });
        Self { program, _folder: folder }
    }

    pub fn started() -> Self {
        let mut server = Self::away();
        server.start();
        server
    }

    pub fn url(&self) -> String {
        format!("redis://{}", self.program.address)
    }

    /// On the same port as ever. Returns when it answers.
    pub fn start(&mut self) {
        self.program.start();
    }

    /// Every connection breaks at once.
    pub fn kill(&mut self) {
        self.program.kill();
    }

    /// Connections stay, and nothing is answered.
    pub fn freeze(&self) {
        self.program.signal("-STOP");
    }

    pub fn thaw(&self) {
        self.program.signal("-CONT");
    }

    /// Ends the connections of that kind, `normal` or `pubsub`, as soon as there are some.
    pub fn cut(&self, kind: &str) {
        let asked = Instant::now();
        while ask(self.program.address, &format!("CLIENT KILL TYPE {kind}")).unwrap() == ":0" {
            assert!(asked.elapsed() < Duration::from_secs(5), "there is no connection to cut");
            sleep(Duration::from_millis(2));
        }
    }
}

fn is_up(address: SocketAddr) -> bool {
    ask(address, "PING").is_ok_and(|answer| answer == "+PONG")
}

/// The first line of the answer.
fn ask(address: SocketAddr, command: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    write!(stream, "{command}\r\n")?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    Ok(answer.trim_end().to_owned())
}
