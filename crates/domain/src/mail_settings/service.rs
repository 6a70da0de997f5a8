//! What somebody can do with their mail settings, and the job that writes digests.
use super::{
    DigestLetterWriter, MailSettings, MailSettingsChange, MailSettingsEdit, ports::MailSettingsRepository,
};
use crate::{
    identity::Caller,
    outbox::{Links, Origin},
    shared::{Clock, StoreError},
};
use std::sync::Arc;

pub struct MailSettingsService {
    pub settings: Arc<dyn MailSettingsRepository>,
    pub letters: Arc<dyn DigestLetterWriter>,
    pub links: Links,
    pub clock: Arc<dyn Clock>,
}

impl MailSettingsService {
    pub fn of(&self, caller: &Caller) -> Result<MailSettings, StoreError> {
        self.settings.of(caller.id())
    }

    /// `origin` is where the caller asked. A change of nothing is none.
    pub fn change(
        &self,
        caller: &Caller,
        edit: MailSettingsEdit,
        origin: Option<Origin>,
    ) -> Result<MailSettings, StoreError> {
        if edit == MailSettingsEdit::default() {
            return self.of(caller);
        }
        let now = self.clock.now();
        self.settings.change(&MailSettingsChange::by(caller, edit, origin, &self.links, now))
    }

    /// A background job: writes to everybody whose digest is due and who has something new to read. One that fails holds up no other, and
    /// waits for the next turn. Returns how many letters there were.
    pub fn write_digests(&self) -> Result<usize, StoreError> {
        let (mut after, mut letters, mut failure) = (None, 0, None);
        let now = self.clock.now();
        while let Some(sheet) = self.settings.due(after, now)? {
            after = Some(sheet.owner);
            let digest = sheet.digest(&self.links, &*self.letters, now);
            match self.settings.send(&digest) {
                Ok(sent) => letters += usize::from(sent && digest.letter().is_some()),
                Err(e) => failure = Some(e),
            }
        }
        failure.map_or(Ok(letters), Err)
    }

    /// Whether this is somebody's link.
    pub fn is_link(&self, token: &str) -> Result<bool, StoreError> {
        self.settings.is_link(&self.links.hash(token))
    }

    /// As often as one likes. Returns whether this is somebody's link.
    pub fn unsubscribe(&self, token: &str) -> Result<bool, StoreError> {
        self.settings.unsubscribe(&self.links.hash(token), self.clock.now())
    }
}

#[cfg(test)]
mod tests;
