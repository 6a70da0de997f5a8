//! A client for requests that a test makes itself.
use reqwest::Client;
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use std::{sync::Arc, time::Duration};

/// Of plain HTTP. `Client::new()` would look for TLS of its own, and panic.
pub fn http_client() -> Client {
    let provider = Arc::new(ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let tls = tls.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
    Client::builder().tls_backend_preconfigured(tls).timeout(Duration::from_secs(60)).build().unwrap()
}
