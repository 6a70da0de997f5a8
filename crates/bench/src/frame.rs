//! The frame limit: the same HTTP stack with the same settings, in a process of its own, which answers prepared bodies.
use crate::{
    Done,
    child::{Child, free_address, listens},
    machine::cores,
    options,
    server_folder::ServerFolder,
    wire::{Ask, HttpAnswer},
};
use actix_web::{
    App, HttpResponse, HttpServer,
    http::{
        Method, StatusCode,
        header::{HeaderName, HeaderValue},
    },
    web::{self, Bytes},
};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

/// As in `app/src/server.rs` and `web/src/http/blocking.rs`.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
const BLOCKING_PER_WORKER: usize = 4;

/// What the real server answered, to be answered again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Prepared {
    method: String,
    path: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Prepared {
    pub(crate) fn of(ask: &Ask, answer: &HttpAnswer) -> Self {
        // These the stack writes itself.
        let written = ["content-length", "transfer-encoding", "date", "connection"];
        let headers = answer.headers.iter().filter(|(name, _)| !written.contains(&name.as_str()));
        Self {
            method: ask.method().to_string(),
            path: ask.uri().path().to_owned(),
            status: answer.status.as_u16(),
            headers: headers
                .map(|(name, value)| {
                    (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
                })
                .collect(),
            body: String::from_utf8_lossy(&answer.body).into_owned(),
        }
    }
    pub(crate) fn is_for(&self, ask: &Ask) -> bool {
        self.method == ask.method().as_str() && self.path == ask.uri().path()
    }
}

/// This program again, as the frame.
pub(crate) fn start(server_folder: &ServerFolder, answers: &[Prepared]) -> Done<Child> {
    let (address, path) = (free_address()?, server_folder.folder().join("answers.json"));
    serde_json::to_writer(File::create(&path)?, answers)?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("frame").arg("--listen").arg(address.to_string()).arg("--answers").arg(path);
    command.stdin(Stdio::null());
    Child::start(command, address, listens).map(|(child, _)| child)
}

/// Ready to be sent without any work but the stack's.
struct Ready {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl Ready {
    fn of(prepared: &Prepared) -> Done<Self> {
        let header = |(name, value): &(String, String)| -> Done<_> { Ok((name.parse()?, value.parse()?)) };
        Ok(Self {
            status: StatusCode::from_u16(prepared.status)?,
            headers: prepared.headers.iter().map(header).collect::<Done<_>>()?,
            body: prepared.body.clone().into(),
        })
    }
    fn answer(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status);
        for header in &self.headers {
            answer.insert_header(header.clone());
        }
        answer.body(self.body.clone())
    }
}

/// One answer, and what it answers to.
type Route = (Method, String, Arc<Ready>);

pub(crate) fn serve(frame: &options::Frame) -> Done {
    let prepared: Vec<Prepared> = serde_json::from_slice(&fs::read(&frame.answers)?)?;
    let routes = prepared
        .iter()
        .map(|p| Ok((p.method.parse()?, p.path.clone(), Arc::new(Ready::of(p)?))))
        .collect::<Done<Vec<Route>>>()?;
    let server = HttpServer::new(move || {
        routes.iter().cloned().fold(App::new(), |app, (method, path, ready)| {
            // The body is read to its end, as the server does.
            let handler = move |_body: Bytes| {
                let ready = ready.clone();
                async move { ready.answer() }
            };
            app.route(&path, web::method(method).to(handler))
        })
    });
    let server = server
        .workers(cores())
        .worker_max_blocking_threads(BLOCKING_PER_WORKER)
        .client_request_timeout(REQUEST_TIMEOUT)
        .keep_alive(KEEP_ALIVE)
        .bind(frame.listen)?
        .run();
    Ok(actix_web::rt::System::new().block_on(server)?)
}
