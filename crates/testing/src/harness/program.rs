//! A program that can be killed and started again at the same address, and that never outlives the test.
use std::{
    fs::{self, File},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

const TICK: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_secs(20);
const FAREWELL: Duration = Duration::from_secs(2);

pub struct Program {
    start: Box<dyn Fn() -> Command + Send + Sync>,
    is_up: fn(SocketAddr) -> bool,
    child: Option<Child>,
    pub address: SocketAddr,
    /// All that it says, over all its lives.
    pub log: PathBuf,
}

impl Program {
    /// Not started yet.
    pub fn new(
        log: PathBuf,
        address: SocketAddr,
        is_up: fn(SocketAddr) -> bool,
        start: impl Fn() -> Command + Send + Sync + 'static,
    ) -> Self {
        Self { start: Box::new(start), is_up, child: None, address, log }
    }

    pub fn started(mut self) -> Self {
        self.start();
        self
    }

    /// Returns when it is up.
    pub fn start(&mut self) {
        let log = || File::options().create(true).append(true).open(&self.log).unwrap();
        let mut command = (self.start)();
        let program = command.get_program().to_owned();
        let spawned = command.stdin(Stdio::null()).stdout(log()).stderr(log()).spawn();
        let child = spawned.unwrap_or_else(|e| panic!("{program:?} must be on the PATH: {e}"));
        let child = self.child.insert(child);
        let started = Instant::now();
        while !(self.is_up)(self.address) {
            let said = || fs::read_to_string(&self.log).unwrap_or_default();
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "{program:?} ended: {ended:?}\n{}", said());
            assert!(started.elapsed() < PATIENCE, "{program:?} does not answer\n{}", said());
            sleep(TICK);
        }
    }

    /// As `kill -9` does it.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    pub fn signal(&self, signal: &str) {
        let pid = self.child.as_ref().expect("a program that runs").id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// It is asked to leave, and has some time for it.
    pub fn leave(&mut self) -> ExitStatus {
        self.signal("-TERM");
        let asked = Instant::now();
        loop {
            if let Some(status) = self.child.as_mut().unwrap().try_wait().unwrap() {
                self.child = None;
                return status;
            }
            assert!(asked.elapsed() < PATIENCE, "it was asked to leave, and stays");
            sleep(TICK);
        }
    }

    pub fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Program {
    /// Asked first: an nginx that is killed leaves its workers behind.
    fn drop(&mut self) {
        let Some(child) = &mut self.child else { return };
        let _ = Command::new("kill").arg(child.id().to_string()).status();
        let asked = Instant::now();
        while asked.elapsed() < FAREWELL && child.try_wait().is_ok_and(|ended| ended.is_none()) {
            sleep(TICK);
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}
