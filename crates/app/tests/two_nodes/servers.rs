//! The programs that take part: two nodes, a Redis, an nginx if there is one, and a schema in PostgreSQL.
use diesel::{Connection, PgConnection, connection::SimpleConnection};
use rand::RngExt;
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::Mutex,
    thread::sleep,
    time::{Duration, Instant},
};

const TICK: Duration = Duration::from_millis(10);
const PATIENCE: Duration = Duration::from_secs(20);
const FAREWELL: Duration = Duration::from_secs(2);

/// Below the ports that the system gives to outgoing connections: nobody takes it while its server is dead.
pub fn free_address() -> SocketAddr {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let port = rand::rng().random_range(20_000..32_000);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() && GIVEN.lock().unwrap().insert(port) {
            return address;
        }
    }
}

/// A schema of our own, gone when the test is over.
pub struct Schema(String);

impl Schema {
    pub fn fresh() -> Self {
        let name = format!("two_nodes_{}", std::process::id());
        on_postgres(&format!("drop schema if exists {name} cascade; create schema {name}"));
        Self(name)
    }
    pub fn url(&self) -> String {
        let url = given_url();
        let joint = if url.contains('?') { '&' } else { '?' };
        format!("{url}{joint}options=-csearch_path%3D{}", self.0)
    }
    /// From now on the commit of a message takes its time, and one in a hundred fails. Whoever tells of a message before
    /// it is there, or thinks it stored because it was sent, is found out.
    pub fn trouble_commits(&self) {
        let schema = &self.0;
        on_postgres(&format!(
            "create function {schema}.trouble() returns trigger language plpgsql as $$ begin
                 perform pg_sleep(random() * 0.012);
                 if random() < 0.01 then raise serialization_failure; end if;
                 return null;
             end $$;
             create constraint trigger trouble after insert on {schema}.messages
                 deferrable initially deferred for each row execute function {schema}.trouble()"
        ));
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        on_postgres(&format!("drop schema {} cascade", self.0));
    }
}

fn given_url() -> String {
    std::env::var("TEST_DATABASE_URL").expect("this test is ignored without TEST_DATABASE_URL")
}

fn on_postgres(sql: &str) {
    PgConnection::establish(&given_url()).unwrap().batch_execute(sql).unwrap();
}

/// A program that can be killed and started again at the same address, and that never outlives the test.
pub struct Server {
    start: Box<dyn FnMut() -> Command + Send>,
    is_up: fn(SocketAddr) -> bool,
    child: Option<Child>,
    pub address: SocketAddr,
    /// All that it says, over all its lives.
    pub log: PathBuf,
}

impl Server {
    fn new(
        name: &str,
        folder: &Path,
        address: SocketAddr,
        is_up: fn(SocketAddr) -> bool,
        start: impl FnMut() -> Command + Send + 'static,
    ) -> Self {
        let log = folder.join(format!("{name}.log"));
        let mut server = Self { start: Box::new(start), is_up, child: None, address, log };
        server.start();
        server
    }

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

    /// It is asked to leave, and has some time for it.
    pub fn leave(&mut self) -> ExitStatus {
        let child = self.child.as_mut().unwrap();
        let told = Command::new("kill").arg(child.id().to_string()).status().unwrap();
        assert!(told.success());
        let asked = Instant::now();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
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

impl Drop for Server {
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

pub fn redis(folder: &Path) -> Server {
    let (address, folder_) = (free_address(), folder.to_owned());
    Server::new("redis", folder, address, listens, move || {
        let mut command = Command::new("redis-server");
        let port = address.port().to_string();
        command.current_dir(&folder_).args(["--bind", "127.0.0.1", "--port", &port]);
        command.args(["--save", "", "--appendonly", "no"]);
        command
    })
}

pub fn node(name: &str, folder: &Path, database: &Schema, redis: &Server) -> Server {
    let (address, folder_) = (free_address(), folder.to_owned());
    let settings = [
        ("DATABASE_URL", database.url()),
        ("REDIS_URL", format!("redis://{}", redis.address)),
        ("SECRET_KEY", "0123456789abcdef0123456789abcdef".to_owned()),
        ("LISTEN", address.to_string()),
        ("TRUSTED_PROXIES", "127.0.0.1".to_owned()),
        ("RATE_LIMITS", "off".to_owned()),
        ("SOCKET_MESSAGES_PER_SECOND", "1000".to_owned()),
        ("LOG_LEVEL", "warn".to_owned()),
    ];
    Server::new(name, folder, address, is_ready, move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_carebase"));
        command.current_dir(&folder_).env_clear().envs(settings.iter().map(|(key, value)| (key, value)));
        command
    })
}

/// With the configuration that is deployed, in which only addresses and folders are others.
pub fn nginx(folder: &Path, nodes: &[Server; 2]) -> Option<Server> {
    Command::new("nginx").arg("-v").output().ok()?;
    let (address, folder_) = (free_address(), folder.to_owned());
    let mut config = include_str!("../../../../deploy/nginx.conf").to_owned();
    for (deployed, here) in [
        ("node1:8000", nodes[0].address.to_string()),
        ("node2:8000", nodes[1].address.to_string()),
        ("listen 8080 ", format!("listen {address} ")),
        ("/tmp/", format!("{}/", folder.display())),
    ] {
        assert!(config.contains(deployed), "deploy/nginx.conf says nothing of {deployed}");
        config = config.replace(deployed, &here);
    }
    let path = folder.join("nginx.conf");
    fs::write(&path, config).unwrap();
    Some(Server::new("nginx", folder, address, is_ready, move || {
        let mut command = Command::new("nginx");
        command.args(["-e", "stderr", "-g", "daemon off;", "-p"]).arg(&folder_).arg("-c").arg(&path);
        command
    }))
}

fn listens(address: SocketAddr) -> bool {
    TcpStream::connect(address).is_ok()
}

fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200 "))
}
