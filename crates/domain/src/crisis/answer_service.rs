//! Recipients who answer an alarm.
use super::{ANSWERED_WITHIN, AnswerPage, ports::AnswerRepository};
use crate::{
    outbox::Links,
    shared::{Clock, StoreError},
};
use std::sync::Arc;

pub struct AnswerService {
    pub answers: Arc<dyn AnswerRepository>,
    pub links: Links,
    pub clock: Arc<dyn Clock>,
}

impl AnswerService {
    /// `None` for a link that was never given, or not lately. Changes nothing.
    ///
    /// # Errors
    /// Those of the store.
    pub fn page(&self, token: &str) -> Result<Option<AnswerPage>, StoreError> {
        let since = self.clock.now() - ANSWERED_WITHIN;
        Ok(self.answers.page(&self.links.hash(token))?.filter(|page| page.raised_at >= since))
    }

    /// The recipient looks after it: its owner is told, and nothing is repeated any more. A second time changes nothing.
    ///
    /// # Errors
    /// Those of the store.
    pub fn answer(&self, token: &str) -> Result<Option<AnswerPage>, StoreError> {
        if self.page(token)?.is_none() {
            return Ok(None);
        }
        let hash = self.links.hash(token);
        self.answers.answer(&hash, self.clock.now())?;
        self.answers.page(&hash)
    }
}
