//! Prometheus' page, on a listener of its own, so that the world's listener never shows it.
use crate::{config::Config, logging};
use actix_web::{App, HttpServer, web as actix};
use infra::store::Location;
use metrics::{counter, describe_counter, describe_gauge, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::{io, net::TcpListener, time::Duration};

/// Seconds from a second bucket's edge to the next, for the histogram of answers.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
const LINES_DROPPED: &str = "log_lines_dropped_total";
/// By queue and outcome: each try is one.
pub const LETTERS: &str = "letters_total";
const BUILD_INFO: &str = "build_info";

/// From here on everything is counted: to be called before the application opens.
///
/// # Errors
/// When another recorder is installed.
pub fn install(config: &Config) -> io::Result<PrometheusHandle> {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("duration_seconds".into()), BUCKETS)
        .and_then(|builder| builder.install_recorder())
        .map_err(io::Error::other)?;
    web::metrics::register();
    infra::store::register_metrics();
    infra::crypto::register_metrics();
    infra::assistant::register_metrics();
    if config.redis_url.is_some() {
        infra::bus::register_metrics();
    }
    describe_counter!(LINES_DROPPED, "Lines of the log that were dropped because nobody read it");
    describe_counter!(LETTERS, "Tries to send a letter, by queue and by what became of it");
    describe_gauge!(BUILD_INFO, "1; the labels say which version runs on what");
    let database = match config.database {
        Location::Sqlite(_) => "sqlite",
        Location::Postgres(_) => "postgres",
    };
    gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION"), "database" => database).set(1);
    Ok(recorder)
}

/// Until the process ends.
///
/// # Errors
/// When the listener cannot be used.
pub fn expose(listener: TcpListener, recorder: PrometheusHandle) -> io::Result<()> {
    let upkeep = recorder.clone();
    let server = HttpServer::new(move || {
        let recorder = recorder.clone();
        App::new().app_data(actix::Data::new(recorder)).route(
            "/metrics",
            actix::get().to(async |recorder: actix::Data<PrometheusHandle>| {
                counter!(LINES_DROPPED).absolute(logging::dropped_lines());
                recorder.render()
            }),
        )
    });
    actix_web::rt::spawn(server.workers(1).disable_signals().listen(listener)?.run());
    actix_web::rt::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(5)).await;
            upkeep.run_upkeep();
        }
    });
    Ok(())
}
