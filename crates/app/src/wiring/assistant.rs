//! The assistant.
use super::base::Base;
use crate::cannot_open::CannotOpen;
use domain::assistant::AssistantService;
use infra::{
    assistant::{ChatCompletions, DieselConversationRepository, KeyedPseudonyms, SafetyWords, load_lines},
    screen::screen,
};
use std::sync::Arc;

/// # Errors
/// [`CannotOpen`], when TLS cannot be used.
pub(crate) fn assistant(base: &Base<'_>) -> Result<AssistantService, CannotOpen> {
    let pseudonyms = KeyedPseudonyms::new(base.secret.as_bytes());
    Ok(AssistantService {
        conversations: Arc::new(DieselConversationRepository {
            store: base.store.clone(),
            data_keys: base.data_keys.clone(),
        }),
        model: Arc::new(ChatCompletions::open(base.config.model.as_ref())?),
        screen,
        writer: Arc::new(SafetyWords),
        lines: Arc::new(load_lines()?),
        pseudonyms: Arc::new(pseudonyms.map_err(|e| CannotOpen::Secret(e.to_string()))?),
        settings: base.config.assistant.clone(),
        clock: base.clock.clone(),
    })
}
