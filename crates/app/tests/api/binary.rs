//! The binary itself, run as an operator runs it, and asked over a plain socket.
use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};
use testing::{ENCRYPTION_KEY, SECRET, free_address};

/// In a folder of its own, with no setting but what the test gives.
pub fn carebase(folder: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carebase"));
    command.current_dir(folder).args(arguments).env_clear().envs(settings.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Of one of several processes on one database.
pub fn settings<'a>(url: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let all = [
        ("DATABASE_URL", url),
        ("SECRET_KEY", SECRET),
        ("ENCRYPTION_KEYS", ENCRYPTION_KEY),
        ("RATE_LIMITS", "off"),
        ("LOG_LEVEL", "error"),
    ];
    [&all[..], more].concat()
}

pub fn run(folder: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    carebase(folder, arguments, settings).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn try_ask(address: &str, line: &str, rest: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    let request = format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{rest}");
    let end = if rest.contains("\r\n\r\n") { "" } else { "\r\n" };
    stream.write_all(format!("{request}{end}").as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// What Prometheus would read.
pub fn metrics(address: &str) -> String {
    try_ask(address, "GET /metrics", "").unwrap()
}

/// A server that is stopped, whatever happens.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    pub fn start(folder: &Path, settings: &[(&str, &str)]) -> Self {
        let address = free_address().to_string();
        let mut settings = settings.to_vec();
        settings.push(("LISTEN", &address));
        Self::spawned(carebase(folder, &[], &settings), address)
    }
    /// No file of this server grows beyond so many blocks of 512 bytes: its disk is full then.
    pub fn with_small_files(folder: &Path, settings: &[(&str, &str)], blocks: u32) -> Self {
        Self::limited(folder, settings, &format!("trap '' XFSZ; ulimit -S -f {blocks}"))
    }
    pub fn with_few_descriptors(folder: &Path, settings: &[(&str, &str)], most: u32) -> Self {
        Self::limited(folder, settings, &format!("ulimit -n {most}"))
    }
    fn limited(folder: &Path, settings: &[(&str, &str)], limit: &str) -> Self {
        let address = free_address().to_string();
        let script = format!("{limit}; exec {}", env!("CARGO_BIN_EXE_carebase"));
        let mut command = Command::new("sh");
        command.current_dir(folder).args(["-c", &script]).env_clear().env("LISTEN", &address);
        command.envs(settings.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::spawned(command, address)
    }
    /// The disk has room again.
    pub fn free_the_disk(&self) {
        let pid = self.child.id().to_string();
        let freed = Command::new("prlimit").args(["--pid", &pid, "--fsize=unlimited:"]).status().unwrap();
        assert!(freed.success());
    }
    fn spawned(mut command: Command, address: String) -> Self {
        let child = command.spawn().unwrap();
        let mut server = Self { child, address };
        let started = Instant::now();
        while server.try_ask("GET /health/ready", "").is_none_or(|answer| !answer.contains("200 OK")) {
            if let Some(status) = server.child.try_wait().unwrap() {
                let (_, err, _) = server.ended();
                panic!("{status}: {err}");
            }
            assert!(started.elapsed() < Duration::from_secs(20), "not ready");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }
    pub fn try_ask(&self, line: &str, rest: &str) -> Option<String> {
        try_ask(&self.address, line, rest)
    }
    pub fn ask(&self, line: &str, rest: &str) -> String {
        self.try_ask(line, rest).unwrap()
    }
    pub fn post(&self, path: &str, token: &str, body: &str) -> String {
        let length = body.len();
        let authorization =
            if token.is_empty() { String::new() } else { format!("Authorization: Token {token}\r\n") };
        let rest = format!(
            "{authorization}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.ask(&format!("POST {path}"), &rest)
    }
    pub fn signal(&self, signal: &str) {
        assert!(
            Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success()
        );
    }
    /// What it said in all, and how it ended.
    pub fn ended(&mut self) -> (String, String, Option<i32>) {
        let (mut out, mut err) = (String::new(), String::new());
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        let code = self.child.wait().unwrap().code();
        (out, err, code)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
