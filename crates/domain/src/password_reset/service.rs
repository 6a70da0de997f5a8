//! What somebody who has forgotten a password can do.
use super::{LETTERS_WITHIN, LinkHolder, NewResetRequest, ResetLetterWriter, ports::PasswordResetRepository};
use crate::{
    identity::{self, Email, IdentityService, NewPassword},
    outbox::{Links, Origin},
    shared::{Clock, StoreError},
};
use std::sync::Arc;

pub struct PasswordResetService {
    pub resets: Arc<dyn PasswordResetRepository>,
    pub letters: Arc<dyn ResetLetterWriter>,
    pub links: Links,
    pub identity: Arc<IdentityService>,
    pub clock: Arc<dyn Clock>,
}

impl PasswordResetService {
    /// Whether there is such an account is looked up later, by [`answer_waiting`](Self::answer_waiting).
    pub fn request(&self, email: Email, origin: Origin) -> Result<(), StoreError> {
        self.resets.request(&NewResetRequest { email, origin, at: self.clock.now() })
    }

    /// A background job: writes the letters of all requests that wait. One that fails holds up no other, and waits for the next turn.
    /// Returns how many letters there were.
    pub fn answer_waiting(&self) -> Result<usize, StoreError> {
        let (mut after, mut letters, mut failure) = (None, 0, None);
        loop {
            let now = self.clock.now();
            let Some(sheet) = self.resets.next(after, now - LETTERS_WITHIN)? else { break };
            after = Some(sheet.request.id);
            let answer = sheet.answer(&self.links, &*self.letters, now);
            match self.resets.answer(&answer) {
                Ok(written) => letters += usize::from(written && answer.reset().is_some()),
                Err(e) => failure = Some(e),
            }
        }
        failure.map_or(Ok(letters), Err)
    }

    /// Whose link this is; `None` for one that is not good.
    pub fn link_holder(&self, token: &str) -> Result<Option<LinkHolder>, StoreError> {
        self.resets.link_holder(&self.links.hash(token), self.clock.now())
    }

    /// Gives the link's account this password, and signs it out everywhere. Returns whether the link was good.
    pub fn change(&self, token: &str, password: &NewPassword) -> identity::Result<bool> {
        // Before the slow hash.
        let Some(holder) = self.link_holder(token)? else { return Ok(false) };
        let hash = self.identity.hasher.hash(password)?;
        let change = holder.new_password(self.links.hash(token), hash, &*self.letters, self.clock.now());
        Ok(self.resets.change(&change)?)
    }

    /// A background job: links are forgotten when they are neither good nor counted any more.
    pub fn forget_old(&self) -> Result<usize, StoreError> {
        self.resets.forget(self.clock.now() - LETTERS_WITHIN)
    }
}

#[cfg(test)]
mod tests;
