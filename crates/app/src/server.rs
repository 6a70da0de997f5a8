//! The HTTP server: started, told to leave, and waited for.
use crate::{
    application::{Application, BUSY_PER_WORKER, workers},
    worker,
};
use actix_web::rt::net::TcpStream as TokioTcpStream;
use actix_web::{
    App, HttpServer,
    body::MessageBody,
    dev::{Server, ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    web::ServiceConfig,
};
use std::{
    any::Any,
    io,
    net::{SocketAddr, TcpListener, TcpStream},
    os::fd::AsFd,
    time::Duration,
};
use web::{
    http::{cors, observe, shield},
    live::{ConnectionHandle, run_checks},
};

/// Seconds to finish what was begun. An orchestrator commonly kills after 30.
const SHUTDOWN: u64 = 25;

/// The whole application around one installation: what a test runs is what an operator runs.
pub fn http_app(
    application: &Application,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = actix_web::Error,
        InitError = (),
    > + use<>,
> {
    let wired = application.clone();
    App::new()
        .configure(move |cfg: &mut ServiceConfig| wired.configure(cfg))
        .wrap(cors(&application.cors_origins))
        .wrap(from_fn(shield))
        .wrap(from_fn(observe))
}

/// # Errors
/// When the address cannot be listened on.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// # Errors
/// When the listener cannot be used.
pub fn start(application: &Application, listener: TcpListener) -> io::Result<Server> {
    actix_web::rt::spawn(run_checks(application.live.clone()));
    let application = application.clone();
    let server = HttpServer::new(move || http_app(&application))
        .workers(workers())
        .worker_max_blocking_threads(BUSY_PER_WORKER)
        .client_request_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(75))
        .on_connect(|connection, data| {
            data.insert(handle_of(connection));
        })
        .shutdown_timeout(SHUTDOWN)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

/// A second handle on the connection, for sockets whose client does not read.
fn handle_of(connection: &dyn Any) -> ConnectionHandle {
    let handle =
        connection.downcast_ref::<TokioTcpStream>().map(|stream| stream.as_fd().try_clone_to_owned());
    ConnectionHandle::of(handle.and_then(Result::ok).map(TcpStream::from))
}

/// Serves until a signal says to leave, and then until what was begun is done.
///
/// # Errors
/// When the server fails.
pub async fn serve(application: Application, listener: TcpListener) -> io::Result<()> {
    let server = start(&application, listener)?;
    actix_web::rt::spawn(worker::run(application.clone()));
    actix_web::rt::spawn(leave_on_signal(application, server.handle()));
    server.await
}

/// The first signal lets requests end; a second one does not.
async fn leave_on_signal(application: Application, server: ServerHandle) {
    signal().await;
    tracing::info!("leaving: no new work; what was begun is finished");
    application.readiness.leave();
    application.live.hub.drain();
    let stopping = server.clone();
    actix_web::rt::spawn(async move { stopping.stop(true).await });
    signal().await;
    tracing::warn!("leaving at once");
    server.stop(false).await;
}

/// Somebody wants this process to end.
#[cfg(unix)]
pub(crate) async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        }
        (Err(e), _) | (_, Err(e)) => {
            tracing::error!(error = %e, "signals cannot be heard: stop this process by killing it");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
pub(crate) async fn signal() {
    if let Err(e) = tokio::signal::ctrl_c().await {
        tracing::error!(error = %e, "signals cannot be heard: stop this process by killing it");
        std::future::pending::<()>().await;
    }
}
