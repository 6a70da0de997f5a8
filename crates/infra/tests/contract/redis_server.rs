//! A Redis of the test's own, which may be stopped, frozen and started again.
use redis::{Client, Connection};
use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

pub(crate) struct RedisServer {
    port: u16,
    process: Option<Child>,
}

impl RedisServer {
    /// Nobody listens there yet.
    pub(crate) fn away() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { port, process: None }
    }

    pub(crate) fn started() -> Self {
        let mut server = Self::away();
        server.start();
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// On the same port as ever. Returns when it answers.
    pub(crate) fn start(&mut self) {
        let port = self.port.to_string();
        let nothing_kept = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
        let server = Command::new("redis-server")
            .args(["--port", &port])
            .args(nothing_kept)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.process = Some(server.expect("the program redis-server"));
        crate::talk::soon("Redis answers", Duration::from_secs(10), || self.connect().is_some());
    }

    pub(crate) fn connect(&self) -> Option<Connection> {
        Client::open(self.url()).unwrap().get_connection_with_timeout(Duration::from_secs(1)).ok()
    }

    /// Every connection breaks at once.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Connections stay, and nothing is answered.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.process.as_ref().expect("a server that runs").id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// Ends the connections of that kind, `normal` or `pubsub`, as soon as there are some.
    pub(crate) fn cut(&self, kind: &str) {
        let kill = || -> usize {
            let mut connection = self.connect().unwrap();
            redis::cmd("CLIENT").arg(&["KILL", "TYPE", kind]).query(&mut connection).unwrap()
        };
        crate::talk::soon("there is a connection to cut", Duration::from_secs(5), || kill() > 0);
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}
