//! What somebody may choose.
use super::DigestRate;
use crate::{
    audit::{AuditAction, AuditEntry},
    identity::Caller,
    outbox::{Link, LinkPage, Links, Origin},
    shared::{AccountId, Patch, Timestamp},
};

/// Which letters an account is sent. Those that somebody asks for, and alarms, are sent in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailSettings {
    /// A list of what was not read yet.
    pub digest: DigestRate,
    /// Reminders of appointments.
    pub appointments: bool,
}

/// Of an account that has chosen nothing yet.
impl Default for MailSettings {
    fn default() -> Self {
        Self { digest: DigestRate::Off, appointments: true }
    }
}

/// What of it is to be changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MailSettingsEdit {
    pub digest: Patch<DigestRate>,
    pub appointments: Patch<bool>,
}

/// Everything that becomes true together when settings are changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSettingsChange {
    edit: MailSettingsEdit,
    next_digest_at: Patch<Option<Timestamp>>,
    origin: Option<Origin>,
    link: Link,
    audit: AuditEntry,
}

impl MailSettingsChange {
    /// `origin`: where the caller asked, for links in letters that nobody asks for later.
    pub fn by(
        caller: &Caller,
        edit: MailSettingsEdit,
        origin: Option<Origin>,
        links: &Links,
        now: Timestamp,
    ) -> Self {
        Self {
            edit,
            next_digest_at: match edit.digest {
                Patch::Keep => Patch::Keep,
                Patch::Set(rate) => Patch::Set(rate.next_after(now)),
            },
            origin,
            link: links.new_link(LinkPage::Unsubscribe),
            audit: AuditEntry::own(caller.id(), AuditAction::MailSettingsChanged, now),
        }
    }
    pub fn owner(&self) -> AccountId {
        self.audit.patient
    }
    pub fn edit(&self) -> MailSettingsEdit {
        self.edit
    }
    pub fn next_digest_at(&self) -> Patch<Option<Timestamp>> {
        self.next_digest_at
    }
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }
    /// Of an account that has none yet.
    pub fn link(&self) -> &Link {
        &self.link
    }
    pub fn audit(&self) -> &AuditEntry {
        &self.audit
    }
}
