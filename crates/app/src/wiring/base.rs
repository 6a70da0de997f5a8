//! What nearly every module is made of.
use crate::{
    cannot_open::CannotOpen,
    config::{Config, Secret},
};
use domain::{
    events::ports::EventBus,
    outbox::{Links, Origin},
    shared::Clock,
};
use infra::{crypto::DataKeys, identity::HmacTokenIssuer, store::Store};
use std::sync::Arc;

pub(crate) struct Base<'c> {
    pub config: &'c Config,
    pub secret: &'c Secret,
    pub store: Store,
    pub data_keys: DataKeys,
    pub bus: Arc<dyn EventBus>,
    pub clock: Arc<dyn Clock>,
    pub token_issuer: Arc<HmacTokenIssuer>,
}

impl<'c> Base<'c> {
    /// # Errors
    /// [`CannotOpen::Secret`].
    pub(crate) fn new(
        config: &'c Config,
        secret: &'c Secret,
        (bus, store): (Arc<dyn EventBus>, Store),
        data_keys: DataKeys,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CannotOpen> {
        let token_issuer = HmacTokenIssuer::new(secret.as_bytes());
        let token_issuer = Arc::new(token_issuer.map_err(|e| CannotOpen::Secret(e.to_string()))?);
        Ok(Self { config, secret, store, data_keys, bus, clock, token_issuer })
    }

    pub(super) fn links(&self) -> Links {
        let public_url = self.config.public_url.as_ref().map(Origin::new);
        Links { tokens: self.token_issuer.clone(), public_url }
    }

    /// The domain that letters come from.
    pub(super) fn mail_host(&self) -> String {
        self.config.mail.sender_domain().to_owned()
    }
}
