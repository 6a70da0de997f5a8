//! A mail server for tests that kill things: an independent witness of the letters that arrived.
//!
//! `fake-mail-server --port N --log FILE [--delay-ms N] [--drop-rate P]`. Killed and started again on the same port, it goes on
//! with the same file.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on stops")]
use std::{env, fs::File, thread, time::Duration};
use testing::{MailMode, MailServer, MailWitness};

fn main() {
    let port = option("--port").expect("--port").parse().expect("a port");
    let log = option("--log").expect("--log");
    let log = File::options().create(true).append(true).open(log).expect("a file for --log");
    let drop_rate = option("--drop-rate").map_or(0.0, |raw| raw.parse().expect("a number from 0 to 1"));
    let server = MailServer::told_by(port, MailWitness { log: Some(log), drop_rate });
    if let Some(delay) = option("--delay-ms") {
        server.set(MailMode::Slow(Duration::from_millis(delay.parse().expect("milliseconds"))));
    }
    loop {
        thread::park();
    }
}

fn option(name: &str) -> Option<String> {
    let mut arguments = env::args().skip_while(|argument| argument != name).skip(1);
    arguments.next()
}
