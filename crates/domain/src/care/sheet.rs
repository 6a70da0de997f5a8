//! What a list of links shows, read in one query.
use super::{Entry, Link};
use crate::{
    audit::{self, AuditAction},
    identity::{AccountId, Person, Role},
    shared::Timestamp,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSheet {
    pub link: Link,
    pub patient: Person,
    pub doctor: Person,
    pub prescription: Option<Entry>,
    pub diagnosis: Option<Entry>,
}

impl LinkSheet {
    /// As the patient is shown it: of a doctor whose role was taken, no private data.
    #[must_use]
    pub fn redacted(self) -> Self {
        if self.doctor.roles.has(Role::Doctor) {
            return self;
        }
        Self { doctor: self.doctor.redacted(), ..self }
    }

    /// The audit entry for an account that was shown this; `None` for anyone but the link's doctor.
    pub fn seen_by(&self, account: AccountId, at: Timestamp) -> Option<audit::AuditEntry> {
        (account == self.link.doctor).then(|| self.link.entry(account, AuditAction::LinkSeen, at))
    }
}
