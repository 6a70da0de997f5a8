//! The wiring of the assistant.
use crate::{
    cannot_open::CannotOpen,
    config::{Config, Secret},
};
use domain::{assistant::AssistantService, shared::Clock};
use infra::{
    assistant::{ChatCompletions, DieselConversationRepository, KeyedPseudonyms, SafetyWords, load_lines},
    crypto::DataKeys,
    screen::screen,
    store::Store,
};
use std::sync::Arc;

/// # Errors
/// [`CannotOpen`], when TLS cannot be used.
pub(crate) fn open(
    config: &Config,
    store: &Store,
    data_keys: &DataKeys,
    secret: &Secret,
    clock: &Arc<dyn Clock>,
) -> Result<AssistantService, CannotOpen> {
    let pseudonyms = KeyedPseudonyms::new(secret.as_bytes());
    Ok(AssistantService {
        conversations: Arc::new(DieselConversationRepository {
            store: store.clone(),
            data_keys: data_keys.clone(),
        }),
        model: Arc::new(ChatCompletions::open(config.model.as_ref())?),
        screen,
        writer: Arc::new(SafetyWords),
        lines: Arc::new(load_lines()?),
        pseudonyms: Arc::new(pseudonyms.map_err(|e| CannotOpen::Secret(e.to_string()))?),
        settings: config.assistant.clone(),
        clock: clock.clone(),
    })
}
