//! `carebase serve`.
use super::failure::{Done, Failure};
use crate::{application::Application, config::Config, server};
use infra::store::ServerLock;
use std::net::{SocketAddr, TcpListener};

pub(super) fn serve(config: &Config) -> Done {
    raise_file_limit();
    let listener = listen(config.listen)?;
    config.database.prepare().map_err(|e| Failure::new(format!("{}: {e}", config.database)))?;
    let _lock = ServerLock::take(&config.database).map_err(|e| Failure::caused(&e))?;
    let application = Application::open(config)?;
    say!("{}", banner(config));
    actix_web::rt::System::new()
        .block_on(server::serve(application, listener, config.metrics_listen))
        .map_err(|e| Failure::new(format!("the server failed: {e}")))
}

/// Every open socket takes two descriptors, and systems start a process with few of those it may have.
fn raise_file_limit() {
    if let Err(e) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(error = %e, "the limit of open files stays as it is: few websockets can be open at once");
    }
}

/// Before the database is touched: an address that is taken should not cost a migration.
pub(super) fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    let listener = server::bind(address);
    listener.map_err(|e| {
        Failure::new(format!("cannot listen on {address}: {e}; choose another address in LISTEN"))
    })
}

pub(super) fn banner(config: &Config) -> String {
    let base = base_url(config.listen, config.public_url.as_deref());
    let together = match &config.redis_url {
        Some(_) => "Redis between the nodes",
        None => "one node",
    };
    format!(
        "\n  Carebase {version}\n\
         \n  listening    {base}\n  API pages    {base}/api/schema/swagger-ui/ (to try), {base}/api/schema/redoc/ (to read)\
         \n  database     {database}; {together}\
         \n  a doctor     carebase make-doctor USERNAME    an admin    carebase make-admin USERNAME\
         \n  stop         Ctrl-C\n",
        version = env!("CARGO_PKG_VERSION"),
        database = config.database,
    )
}

/// What a person on this machine opens.
pub(super) fn base_url(listen: SocketAddr, public: Option<&str>) -> String {
    public.map_or_else(
        || {
            let anywhere = listen.ip().is_unspecified();
            if anywhere { format!("http://localhost:{}", listen.port()) } else { format!("http://{listen}") }
        },
        str::to_owned,
    )
}
