//! Requests over HTTP. It follows no redirect, keeps no cookie, and asks no proxy.
use super::settings::WebhookUrl;
use http_body_util::Full;
use hyper::{Request, StatusCode, body::Bytes};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Builder, Client, Error, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::crypto::ring;
use std::{io, time::Duration};

/// Of all addresses of the host together.
const CONNECT_MAX: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
pub enum CannotOpenWebhook {
    #[error("TLS for ALARM_WEBHOOK_URL cannot be had: {0} (install ca-certificates, or set SSL_CERT_FILE)")]
    Tls(#[from] io::Error),
}

pub(super) enum HttpClient {
    Tls(Client<HttpsConnector<HttpConnector>, Full<Bytes>>),
    /// To this machine. It needs no list of authorities.
    Plain(Client<HttpConnector, Full<Bytes>>),
}

impl HttpClient {
    /// # Errors
    /// When TLS is needed and the system knows no authority.
    pub(super) fn open(url: &WebhookUrl) -> Result<Self, CannotOpenWebhook> {
        let mut tcp = HttpConnector::new();
        tcp.set_connect_timeout(Some(CONNECT_MAX));
        tcp.set_nodelay(true);
        if !url.has_tls() {
            return Ok(Self::Plain(builder().build(tcp)));
        }
        tcp.enforce_http(false);
        let tls = HttpsConnectorBuilder::new().with_provider_and_native_roots(ring::default_provider())?;
        Ok(Self::Tls(builder().build(tls.https_only().enable_http1().wrap_connector(tcp))))
    }

    /// The answer's body is not read: its status says all.
    pub(super) async fn send(&self, request: Request<Full<Bytes>>) -> Result<StatusCode, Error> {
        let answer = match self {
            Self::Tls(client) => client.request(request),
            Self::Plain(client) => client.request(request),
        };
        answer.await.map(|answer| answer.status())
    }
}

/// No connection is kept: alarms are rare, and one that a firewall forgot meanwhile would cost a try.
fn builder() -> Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_max_idle_per_host(0);
    builder
}
