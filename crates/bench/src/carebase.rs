//! The server under test: the release binary as it is shipped, on a temporary database.
use crate::{
    Done,
    child::{Child, free_address},
    machine::memory_of,
    numbers::as_f64,
    options::{Common, ENCRYPTION_KEY, SECRET},
    server_folder::ServerFolder,
};
use serde::Serialize;
use std::{
    env,
    fs::File,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

/// Nothing that a crowd of sockets of one account could reach: the limits are there to be measured beside, not against.
const NO_LIMIT: &str = "1000000";
/// What a fresh server needs to become quiet before its memory is read.
const SETTLING: Duration = Duration::from_millis(500);

pub(crate) struct Carebase {
    pub child: Child,
    pub started: Started,
}

/// What it costs to have a server at all.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Started {
    pub ready_ms: f64,
    pub idle_mib: f64,
    pub binary_mib: f64,
}

/// Of the bench's own: a server is told at its start whom it talks to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OtherServers {
    /// Without it letters reach nobody.
    pub mail: Option<SocketAddr>,
    /// Without it nobody can talk with the assistant.
    pub model: Option<SocketAddr>,
}

impl OtherServers {
    fn tell(self, command: &mut Command) {
        if let Some(mail) = self.mail {
            command.env("EMAIL_HOST", mail.ip().to_string()).env("EMAIL_PORT", mail.port().to_string());
            command.env("EMAIL_USE_TLS", "false").env("EMAIL_FROM", "carebase@example.org");
        }
        if let Some(model) = self.model {
            command.env("ASSISTANT_URL", format!("http://{model}/v1")).env("ASSISTANT_MODEL", "bench");
            command.env("ASSISTANT_MESSAGES_PER_HOUR", "0").env("ASSISTANT_TOKENS_PER_DAY", "0");
        }
    }
}

impl Carebase {
    /// Seals the texts of a database that was filled with texts as they were before sealing. A version before it does not know how.
    pub(crate) fn seal(server_folder: &ServerFolder, common: &Common) -> Done {
        let mut command = command(server_folder, common)?;
        command.args(["migrate", "--from-unsealed-backup"]).stderr(Stdio::null()).status()?;
        Ok(())
    }

    /// The schema and the reference data, so that a filled database can be served.
    pub(crate) fn prepare(server_folder: &ServerFolder, common: &Common) -> Done {
        for name in ["migrate", "seed"] {
            let mut command = command(server_folder, common)?;
            let output = command.arg(name).stderr(Stdio::piped()).output()?;
            if !output.status.success() {
                let why = String::from_utf8_lossy(&output.stderr);
                return Err(format!("carebase {name}: {}", why.trim()).into());
            }
        }
        Ok(())
    }

    pub(crate) fn start(server_folder: &ServerFolder, common: &Common, others: OtherServers) -> Done<Self> {
        let address = free_address()?;
        let mut command = command(server_folder, common)?;
        others.tell(&mut command);
        // Its log goes to a file, a line for each request, as it would in an application.
        let log =
            File::options().create(true).append(true).open(server_folder.folder().join("carebase.log"))?;
        command.env("LISTEN", address.to_string()).stdout(Stdio::null()).stderr(log);
        let (child, took) = Child::start(command, address, is_ready)?;
        std::thread::sleep(SETTLING);
        let mib = |bytes: u64| as_f64(bytes) / (1024.0 * 1024.0);
        let started = Started {
            ready_ms: took.as_secs_f64() * 1e3,
            idle_mib: mib(memory_of(child.pid())?.resident_kib * 1024),
            binary_mib: mib(binary()?.metadata()?.len()),
        };
        Ok(Self { child, started })
    }
}

fn command(server_folder: &ServerFolder, common: &Common) -> Done<Command> {
    let mut command = Command::new(binary()?);
    command.current_dir(server_folder.folder()).env_clear().stdin(Stdio::null()).stdout(Stdio::null());
    command.env("DATABASE_URL", server_folder.location.url()).env("SECRET_KEY", SECRET);
    command.env("ENCRYPTION_KEYS", ENCRYPTION_KEY);
    // Everything else as shipped.
    command.env("RATE_LIMITS", "off").env("SOCKETS_PER_ACCOUNT", NO_LIMIT);
    command.env("SOCKET_MESSAGES_PER_SECOND", NO_LIMIT).env("CONNECTIONS_PER_ADDRESS", "0");
    if common.redis {
        command.env("REDIS_URL", &common.redis_url);
    }
    Ok(command)
}

/// CAREBASE_BIN, or the one that was built beside this program.
fn binary() -> Done<PathBuf> {
    let beside = |own: PathBuf| own.parent().map(|folder| folder.join("carebase"));
    let given = env::var_os("CAREBASE_BIN").map(PathBuf::from);
    let found = given.or_else(|| env::current_exe().ok().and_then(beside)).filter(|path| path.exists());
    let path = found.ok_or("no carebase beside bench: cargo build --release -p app, or set CAREBASE_BIN")?;
    Ok(Path::new(&path).canonicalize()?)
}

fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
