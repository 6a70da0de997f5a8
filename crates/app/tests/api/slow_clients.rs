//! Clients that hold connections for nothing: they lose them, and nobody else notices.
use crate::binary::{Server, metrics};
use std::{
    io::{Read, Write},
    net::{IpAddr, SocketAddr, TcpStream},
    os::fd::OwnedFd,
    thread,
    time::{Duration, Instant},
};
use testing::*;

/// Seconds after its last useful byte in which a connection is closed.
const HELD_AT_MOST: Duration = Duration::from_secs(30);
const WHOLE: &str = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
const HALF: &str = "GET /health/live HTTP/1.1\r\nHost: loc";

/// Without room for much that is not read, so that two thousand of them fit into the kernel's memory.
fn connect(server: &Server, from: &str) -> TcpStream {
    let from: IpAddr = from.parse().unwrap();
    let domain = rustix::net::AddressFamily::INET;
    let socket: OwnedFd = rustix::net::socket(domain, rustix::net::SocketType::STREAM, None).unwrap();
    rustix::net::sockopt::set_socket_recv_buffer_size(&socket, 4096).unwrap();
    rustix::net::bind(&socket, &SocketAddr::new(from, 0)).unwrap();
    rustix::net::connect(&socket, &server.address.parse::<SocketAddr>().unwrap()).unwrap();
    TcpStream::from(socket)
}

fn say(stream: &mut TcpStream, text: &str) {
    // The server may have ended it already.
    let _ = stream.write_all(text.as_bytes());
}

/// What a patient has whose list is 290 KB.
fn patient(server: &Server) -> String {
    let body = r#"{"username":"sarah","email":"sarah@example.com","password":"no-fate-1984"}"#;
    let registered = server.post("/api/auth/register/", "", body);
    let token = registered.split(r#""token":""#).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let note = format!(r#"{{"title":"n","body":"{}"}}"#, "x".repeat(14_500));
    for _ in 0..20 {
        assert!(server.post("/api/diary/notes/", &token, &note).contains("201 Created"));
    }
    token
}

/// The first bytes that a slow client sends, and what it drips from then on.
type Kind = (&'static str, String, &'static str);

fn kinds(token: &str) -> Vec<Kind> {
    let whole = format!("{WHOLE}{WHOLE}");
    let chunked = "POST /api/auth/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
        Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n";
    let unread =
        format!("GET /api/diary/notes/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {token}\r\n\r\n");
    vec![
        ("a silent half head", format!("{whole}{HALF}"), ""),
        ("a dripping half head", format!("{whole}{HALF}"), "x"),
        ("a silent chunked body", chunked.to_owned(), ""),
        ("a dripping chunked body", chunked.to_owned(), "1\r\n \r\n"),
        ("answers that are not read", unread, ""),
    ]
}

fn open_connections(metrics_at: &str) -> u32 {
    let page = metrics(metrics_at);
    let line = page.lines().find(|line| line.starts_with("connections_open ")).unwrap();
    line.split(' ').nth(1).unwrap().parse::<f64>().unwrap() as u32
}

/// Two thousand of five kinds, from so many addresses.
fn every_kind_is_closed_in_time(per_address: &str, addresses: usize) {
    let folder = tempfile::tempdir().unwrap();
    let metrics_at = free_address().to_string();
    let settings = [
        ("RATE_LIMITS", "off"),
        ("CONNECTIONS_PER_ADDRESS", per_address),
        ("METRICS_LISTEN", metrics_at.as_str()),
    ];
    let server = Server::start(folder.path(), &settings);
    let token = patient(&server);
    let kinds = kinds(&token);
    let mut held: Vec<_> = (0..2000)
        .map(|n| {
            let (kind, first, drip) = &kinds[n % kinds.len()];
            let mut stream = connect(&server, &format!("127.0.0.{}", 2 + n % addresses));
            say(&mut stream, first);
            (*kind, stream, *drip)
        })
        .collect();
    let begun = Instant::now();
    // Their four hundred lists are a burst of their own.
    thread::sleep(Duration::from_secs(6));
    let open = open_connections(&metrics_at);
    assert!(open > 1500, "{open}");
    while begun.elapsed() < HELD_AT_MOST + Duration::from_secs(1) {
        for (_, stream, drip) in &mut held {
            say(stream, drip);
        }
        let said = server.ask("GET /api/diary/notifications/", &format!("Authorization: Token {token}\r\n"));
        assert!(said.starts_with("HTTP/1.1 200"), "{said}");
        thread::sleep(Duration::from_millis(500));
    }
    assert_eq!(open_connections(&metrics_at), 0);
    let page = metrics(&metrics_at);
    for (why, at_least) in [("idle", 800), ("unread_body", 800)] {
        let line = format!("connections_cut_total{{why=\"{why}\"}} ");
        let count: u32 = page.lines().find_map(|l| l.strip_prefix(&line)).unwrap().parse().unwrap();
        assert!(count >= at_least, "{why}: {count}");
    }
    // Who sent a body hears why before it is cut.
    let (_, stream, _) = held.iter_mut().find(|(kind, ..)| *kind == "a silent chunked body").unwrap();
    let mut heard = String::new();
    stream.read_to_string(&mut heard).unwrap();
    assert!(heard.starts_with("HTTP/1.1 408") && heard.contains("connection: close"), "{heard}");
}

#[test]
fn every_kind_of_slow_connection_is_closed_in_time_and_other_callers_are_served() {
    every_kind_is_closed_in_time("0", 1);
}

#[test]
fn so_they_are_when_they_come_from_eight_addresses_and_each_has_its_limit() {
    every_kind_is_closed_in_time("1024", 8);
}

#[test]
fn an_address_has_so_many_connections_and_other_addresses_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let metrics_at = free_address().to_string();
    let settings = [("CONNECTIONS_PER_ADDRESS", "30"), ("METRICS_LISTEN", metrics_at.as_str())];
    let server = Server::start(folder.path(), &settings);
    let addresses: Vec<_> = (2..10).map(|n| format!("127.0.0.{n}")).collect();
    let mut held: Vec<_> = (0..50).flat_map(|_| &addresses).map(|from| connect(&server, from)).collect();
    for stream in &mut held {
        say(stream, WHOLE);
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    }
    let served = held.iter_mut().filter_map(|stream| {
        let mut answer = [0; 15];
        stream.read_exact(&mut answer).ok().map(|()| assert_eq!(&answer, b"HTTP/1.1 200 OK"))
    });
    assert_eq!(served.count(), 8 * 30);
    assert_eq!(open_connections(&metrics_at), 8 * 30);
    assert!(server.ask("GET /health/ready", "").contains("200 OK"));
    held.clear();
    let again = Instant::now();
    while open_connections(&metrics_at) > 0 {
        assert!(again.elapsed() < Duration::from_secs(5), "places are not given back");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_server_without_descriptors_makes_room_and_always_answers_health() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::with_few_descriptors(folder.path(), &[("CONNECTIONS_PER_ADDRESS", "0")], 512);
    let half = format!("{WHOLE}{HALF}");
    let mut held: Vec<_> = (0..250)
        .map(|_| {
            let mut stream = connect(&server, "127.0.0.1");
            say(&mut stream, &half);
            stream
        })
        .collect();
    thread::sleep(Duration::from_millis(2500));
    // The idle go first.
    for _ in 0..50 {
        let said = server.ask("GET /api/diary/bodyparts/", "");
        assert!(said.starts_with("HTTP/1.1 401"), "{said}");
    }
    held.clear();
    thread::sleep(Duration::from_millis(1500));
    // Of requests that are in progress none goes.
    let body = "POST /api/auth/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
        Content-Length: 100\r\n\r\n{";
    let mut slow = vec![];
    let is_full = || {
        let said = server.try_ask("GET /api/diary/bodyparts/", "");
        said.is_some_and(|said| said.starts_with("HTTP/1.1 503"))
    };
    while !is_full() {
        assert!(slow.len() < 1000, "never full");
        slow.extend((0..50).map(|_| {
            let mut stream = connect(&server, "127.0.0.1");
            say(&mut stream, body);
            stream
        }));
        thread::sleep(Duration::from_millis(300));
    }
    for path in ["/health/ready", "/health/live"] {
        let said = server.ask(&format!("GET {path}"), "");
        assert!(said.starts_with("HTTP/1.1 200"), "{path}: {said}");
    }
}
