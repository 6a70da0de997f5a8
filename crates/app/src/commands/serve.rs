//! `carebase serve`.
use super::failure::{Done, Failure};
use crate::{
    application::Application,
    config::{Config, LogFormat},
    logging, metrics, server,
    signals::Signals,
};
use infra::{
    mail::{EXPOSED_PASSWORD, MailSettings, NO_MAIL_SERVER},
    store::ServerLock,
};
use metrics_exporter_prometheus::PrometheusHandle;
use std::{
    io,
    net::{SocketAddr, TcpListener},
};
use web::schema::{REDOC, SWAGGER_UI};

pub(super) fn serve(config: &Config) -> Done {
    raise_file_limit();
    forbid_dumps();
    let listeners = Listeners::bind(config)?;
    config.database.prepare().map_err(|e| Failure::new(format!("{}: {e}", config.database)))?;
    let _lock = ServerLock::take(&config.database).map_err(|e| Failure::caused(&e))?;
    let metrics = listeners.metrics_recorder(config)?;
    let application = Application::open(config)?;
    announce(config);
    warn_of_mail(config);
    actix_web::rt::System::new()
        .block_on(async { listeners.serve(application, metrics, Signals::listen()).await })
}

/// The world's listener and the metrics', bound before the database is touched: an address that is taken should not cost a
/// migration, and nothing is announced that nobody can reach.
pub(super) struct Listeners {
    world: TcpListener,
    metrics: Option<TcpListener>,
}

impl Listeners {
    pub(super) fn bind(config: &Config) -> Result<Self, Failure> {
        let metrics = config.metrics_listen.map(|address| listen(address, "METRICS_LISTEN")).transpose()?;
        Ok(Self { world: listen(config.listen, "LISTEN")?, metrics })
    }

    /// Where metrics are asked for. To be called before the application opens: what happens then is counted, too.
    pub(super) fn metrics_recorder(&self, config: &Config) -> Result<Option<PrometheusHandle>, Failure> {
        let wanted = self.metrics.is_some();
        wanted.then(|| metrics::install(config)).transpose().map_err(Failure::new)
    }

    /// Until a signal ends it.
    pub(super) async fn serve(
        self,
        application: Application,
        recorder: Option<PrometheusHandle>,
        signals: Signals,
    ) -> Done {
        let failed = |e: io::Error| Failure::new(format!("the server failed: {e}"));
        if let Some((listener, recorder)) = self.metrics.zip(recorder) {
            metrics::expose(listener, recorder).map_err(failed)?;
        }
        server::serve(application, self.world, signals).await.map_err(failed)
    }
}

fn listen(address: SocketAddr, setting: &str) -> Result<TcpListener, Failure> {
    server::bind(address).map_err(|e| {
        Failure::new(format!("cannot listen on {address}: {e}; choose another address in {setting}"))
    })
}

/// The banner, or what it says as fields of a log line.
pub(super) fn announce(config: &Config) {
    match logging::format() {
        LogFormat::Pretty => say!("{}", banner(config)),
        LogFormat::Json => tracing::info!(
            url = base_url(config.listen, config.public_url.as_deref()),
            database = %config.database,
            redis = config.redis_url.is_some(),
            mail = %config.mail,
            webhook = config.webhook.as_ref().map(tracing::field::display),
            assistant = config.model.as_ref().map(tracing::field::display),
            version = env!("CARGO_PKG_VERSION"),
            "serving"
        ),
    }
}

/// An operator who did not mean it hears of it before somebody needs help.
fn warn_of_mail(config: &Config) {
    match &config.mail {
        MailSettings::None => tracing::warn!("{NO_MAIL_SERVER}"),
        MailSettings::Folder { .. } => {}
        MailSettings::Server(server) if server.exposes_password() => tracing::warn!("{EXPOSED_PASSWORD}"),
        MailSettings::Server(_) => {}
    }
}

/// Keeps the secret and everybody's data out of core dumps, and away from debuggers and `/proc/<pid>/mem` of the same user.
#[cfg(target_os = "linux")]
fn forbid_dumps() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    if let Err(e) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(error = %e, "this process can be dumped: the secret may end in a core file");
    }
}

#[cfg(not(target_os = "linux"))]
fn forbid_dumps() {}

/// Every open socket takes two descriptors, and systems start a process with few of those it may have.
fn raise_file_limit() {
    if let Err(e) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(error = %e, "the limit of open files stays as it is: few websockets can be open at once");
    }
}

fn banner(config: &Config) -> String {
    let base = base_url(config.listen, config.public_url.as_deref());
    let together = match &config.redis_url {
        Some(_) => "Redis between the nodes",
        None => "one node",
    };
    let webhook = config.webhook.as_ref().map(|webhook| format!("; alarms also to {webhook}"));
    let assistant = config.model.as_ref().map(|model| format!("\n  assistant    {model}"));
    format!(
        "\n  Carebase {version}\n\
         \n  listening    {base}\n  API pages    {base}{SWAGGER_UI} (to try), {base}{REDOC} (to read)\
         \n  database     {database}; {together}\
         \n  mail         {mail}{webhook}{assistant}\
         \n  a doctor     carebase make-doctor USERNAME    an admin    carebase make-admin USERNAME\
         \n  stop         Ctrl-C\n",
        version = env!("CARGO_PKG_VERSION"),
        database = config.database,
        mail = config.mail,
        webhook = webhook.unwrap_or_default(),
        assistant = assistant.unwrap_or_default(),
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
