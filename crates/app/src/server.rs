//! The HTTP server: started, told to leave, and waited for.
use crate::{
    application::Application,
    signals::Signals,
    wiring::{connections, threads_of_worker, workers},
    worker,
};
use actix_http::{HttpService, Protocol, error::DispatchError};
use actix_server::GracefulShutdownSignal;
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::{
    App,
    body::MessageBody,
    dev::{AppConfig, Server, ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    rt::net::TcpStream,
    web::ServiceConfig,
};
use futures_util::future::join_all;
use infra::store::Location;
use std::{
    io,
    net::{SocketAddr, TcpListener},
    rc::Rc,
    sync::Arc,
    time::Duration,
};
use web::{
    connections::{ClientStream, ConnectionLimiter, ConnectionWatch},
    http::{cors, observe, shield},
    live::run_checks,
};

/// Seconds to finish what was begun. An orchestrator commonly kills after 30.
const SHUTDOWN: u64 = 25;
/// For the head of a connection's first request. Later ones are the watch's.
const HEAD_PATIENCE: Duration = Duration::from_secs(5);
/// Connections that wait to be accepted; the system cuts it to its own limit.
const BACKLOG: i32 = 4096;
/// Of a proxy's connections; of others the watch ends it sooner. Longer than proxies keep them (commonly 60 s): who
/// closes first decides whether a request can be lost.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Milliseconds.
#[cfg(target_os = "linux")]
const UNREAD_MAX_MS: u32 = 25_000;
/// Descriptors that are no client's: the database's beside its connections, the log, Redis, metrics, health, up to 70
/// connections to the mail server and the webhook.
const OTHER_FILES: u32 = 160;

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
    // Again, for a longer queue than the library's 128: what finds it full tries again after a second.
    rustix::net::listen(&listener, BACKLOG)?;
    listener.set_nonblocking(true)?;
    end_unread(&listener)?;
    Ok(listener)
}

/// Connections inherit it: what the client's system has not taken for so long is given up, whatever of it this process has
/// written already.
#[cfg(target_os = "linux")]
fn end_unread(listener: &TcpListener) -> io::Result<()> {
    Ok(rustix::net::sockopt::set_tcp_user_timeout(listener, UNREAD_MAX_MS)?)
}

#[cfg(not(target_os = "linux"))]
fn end_unread(_listener: &TcpListener) -> io::Result<()> {
    Ok(())
}

/// # Errors
/// When the listener cannot be used.
pub fn start(application: &Application, listener: TcpListener) -> io::Result<Server> {
    actix_web::rt::spawn(run_checks(application.live.clone()));
    let builder = Server::build();
    let leaving = builder.graceful_shutdown_signal();
    let application = application.clone();
    let limiter = application.connection_limiter(connections_max(&application.database));
    let builder = builder
        .workers(workers())
        .worker_max_blocking_threads(threads_of_worker(&application.database))
        // The limiter decides: at a limit of actix's own no connection is accepted, not even for health.
        .max_concurrent_connections(usize::MAX)
        .shutdown_timeout(SHUTDOWN)
        .disable_signals();
    let service = move || connection_service(&application, limiter.clone(), leaving.clone());
    Ok(builder.listen("http", listener, service)?.run())
}

/// Assembled as actix-web's `HttpServer` does it, which accepts no stream type but the system's.
fn connection_service(
    application: &Application,
    limiter: Arc<ConnectionLimiter>,
    leaving: GracefulShutdownSignal,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = DispatchError, InitError = ()> + use<>
{
    let watch = Rc::new(ConnectionWatch::default());
    actix_web::rt::spawn(watch.clone().run());
    let app = http_app(application).into_factory().map_err(|e| e.error_response());
    let http = HttpService::build()
        .client_request_timeout(HEAD_PATIENCE)
        .client_disconnect_timeout(Duration::from_secs(1))
        .keep_alive(KEEP_ALIVE)
        .graceful_shutdown_signal(move || {
            let leaving = leaving.clone();
            async move { leaving.notified().await }
        })
        .on_connect_ext(|stream: &ClientStream, data| {
            data.insert(stream.connection().clone());
        })
        .finish(map_config(app, |()| AppConfig::default()));
    let admitted = move |tcp: TcpStream| {
        let stream = admit(tcp, &limiter, &watch);
        async move { stream.map_err(DispatchError::Io) }
    };
    fn_service(admitted).and_then(http)
}

/// Too many: closed at once. An answer would first have to wait for a request.
fn admit(
    tcp: TcpStream,
    limiter: &Arc<ConnectionLimiter>,
    watch: &ConnectionWatch,
) -> io::Result<(ClientStream, Protocol, Option<SocketAddr>)> {
    let peer = tcp.peer_addr()?;
    let permit =
        limiter.admit(peer.ip(), |room| watch.make_room(room)).ok_or(io::ErrorKind::ConnectionRefused)?;
    tcp.set_nodelay(true)?;
    let stream = ClientStream::new(tcp, permit);
    watch.add(stream.connection());
    Ok((stream, Protocol::Http1, Some(peer)))
}

/// By the descriptors that this process may have: two for each connection, when all else has its own.
fn connections_max(database: &Location) -> u32 {
    let descriptors = rlimit::Resource::NOFILE.get_soft().unwrap_or(1024);
    let descriptors = u32::try_from(descriptors).unwrap_or(u32::MAX);
    (descriptors.saturating_sub(OTHER_FILES + 2 * connections(database)) / 2).max(1)
}

/// Serves until a signal says to leave, and then until what was begun is done.
///
/// # Errors
/// When the server fails.
pub(crate) async fn serve(
    application: Application,
    listener: TcpListener,
    signals: Signals,
) -> io::Result<()> {
    let server = start(&application, listener)?;
    actix_web::rt::spawn(worker::run(application.clone()));
    let dispatchers = application.dispatchers.clone();
    actix_web::rt::spawn(leave_on_signal(application, server.handle(), signals));
    let served = server.await;
    dispatchers.iter().for_each(|dispatcher| dispatcher.drain());
    join_all(dispatchers.iter().map(|dispatcher| dispatcher.await_sent())).await;
    served
}

/// The first signal lets requests end; a second one does not.
async fn leave_on_signal(application: Application, server: ServerHandle, mut signals: Signals) {
    signals.next().await;
    tracing::info!("leaving: no new work; what was begun is finished");
    application.readiness.leave();
    application.live.hub.drain();
    application.dispatchers.iter().for_each(|dispatcher| dispatcher.drain());
    let stopping = server.clone();
    actix_web::rt::spawn(async move { stopping.stop(true).await });
    signals.next().await;
    tracing::warn!("leaving at once");
    server.stop(false).await;
}
