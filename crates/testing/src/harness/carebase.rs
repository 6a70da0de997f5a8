//! The server's own binary as a process of the test's.
use crate::{Program, free_address};
use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::Command,
    time::Duration,
};

/// One node, at an address of its own, with these settings and no others. Not started yet.
pub fn carebase(
    binary: &'static str,
    name: &str,
    folder: &Path,
    settings: impl IntoIterator<Item = (&'static str, String)>,
) -> Program {
    let (address, working) = (free_address(), folder.to_owned());
    let settings: Vec<_> = settings.into_iter().chain([("LISTEN", address.to_string())]).collect();
    Program::new(folder.join(format!("{name}.log")), address, is_ready, move || {
        let mut command = Command::new(binary);
        command.current_dir(&working).env_clear().envs(settings.iter().map(|(key, value)| (key, value)));
        command
    })
}

/// Whether it says so itself. Also through a proxy.
pub fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200 "))
}
