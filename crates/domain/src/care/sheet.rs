//! What a list of links shows, read in one query.
use super::{Entry, Link};
use crate::{
    audit::{self, AuditAction},
    identity::{AccountId, Person, Role},
    shared::{Lend, Timestamp},
};

/// `S` as in [`Lend`](crate::shared::Lend).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkSheet<S = String> {
    pub link: Link,
    pub patient: Person<S>,
    pub doctor: Person<S>,
    pub prescription: Option<Entry<S>>,
    pub diagnosis: Option<Entry<S>>,
}

impl Lend for LinkSheet {
    type Lent<'a> = LinkSheet<&'a str>;
}

impl<S> LinkSheet<S> {
    pub fn map_texts<T>(self, text: impl Fn(S) -> T) -> LinkSheet<T> {
        LinkSheet {
            link: self.link,
            patient: self.patient.map_texts(&text),
            doctor: self.doctor.map_texts(&text),
            prescription: self.prescription.map(|entry| entry.map_texts(&text)),
            diagnosis: self.diagnosis.map(|entry| entry.map_texts(&text)),
        }
    }
}

impl<S: Default> LinkSheet<S> {
    /// As the patient is shown it: of a doctor whose role was taken, no private data.
    #[must_use]
    pub fn redacted(self) -> Self {
        if self.doctor.roles.has(Role::Doctor) {
            return self;
        }
        Self { doctor: self.doctor.redacted(), ..self }
    }
}

impl<S> LinkSheet<S> {
    /// The audit entry for an account that was shown this; `None` for anyone but the link's doctor.
    pub fn seen_by(&self, account: AccountId, at: Timestamp) -> Option<audit::AuditEntry> {
        (account == self.link.doctor).then(|| self.link.entry(account, AuditAction::LinkSeen, at))
    }
}
