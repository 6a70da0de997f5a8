//! A client that follows no redirect, keeps no cookie, and asks no proxy.
use super::url::has_tls;
use reqwest::{Client, Url, redirect::Policy};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use std::{sync::Arc, time::Duration};

/// Of all addresses of the host together, TLS included.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// `setting` is the variable whose URL is to be asked.
#[derive(Debug, thiserror::Error)]
pub enum CannotOpenHttpClient {
    #[error("TLS for {setting} cannot be had: {why} (install ca-certificates, or set SSL_CERT_FILE)")]
    Tls { setting: &'static str, why: String },
    #[error("nothing can be sent to {setting}: {why}")]
    Client { setting: &'static str, why: String },
}

/// It connects to nobody yet. Where the URL has TLS, it sends nothing without.
///
/// No connection is kept: alarms are rare and a model takes seconds to answer, and one that a firewall forgot meanwhile would
/// cost a try.
///
/// # Errors
/// When TLS is needed and the system knows no authority.
pub(crate) fn open(url: &Url, setting: &'static str) -> Result<Client, CannotOpenHttpClient> {
    let tls = tls(url).map_err(|why| CannotOpenHttpClient::Tls { setting, why })?;
    Client::builder()
        .tls_backend_preconfigured(tls)
        .https_only(has_tls(url))
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_MAX)
        .pool_max_idle_per_host(0)
        .user_agent("carebase")
        .build()
        .map_err(|why| CannotOpenHttpClient::Client { setting, why: why.to_string() })
}

/// Also where it is not used: a client that is given none looks for a provider of its own, and panics without one.
fn tls(url: &Url) -> Result<ClientConfig, String> {
    let roots = if has_tls(url) { authorities()? } else { RootCertStore::empty() };
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|e| e.to_string())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// The system's, so that an operator's own is known without a setting of ours.
fn authorities() -> Result<RootCertStore, String> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    match roots.add_parsable_certificates(found.certs) {
        (0, _) => {
            Err(found.errors.first().map_or("the system knows no authority".into(), ToString::to_string))
        }
        _ => Ok(roots),
    }
}
