//! The proofs that a caller may write on a link: only its doctor may, and only while it is accepted.
use super::{
    CareError, Entry, EntryChange, EntryDraft, EntryEdit, EntryKind, EntryRemoval, EntryWriting, Link, Result,
};
use crate::{identity::Caller, shared::Timestamp};
use std::ops::Deref;

fn may_write(link: &Link, caller: &Caller, refusal: CareError) -> Result<()> {
    if caller.id() == link.doctor { link.accepted() } else { Err(refusal) }
}

/// A link that the caller may write on. Nothing but [`WritableLink::check`] makes one.
#[derive(Debug, Clone)]
pub struct WritableLink<'a> {
    link: Link,
    caller: &'a Caller,
}

impl<'a> WritableLink<'a> {
    /// # Errors
    /// [`CareError::LinkUnknown`] for anyone but the link's doctor, [`CareError::LinkNotAccepted`].
    pub fn check(caller: &'a Caller, link: Link) -> Result<Self> {
        may_write(&link, caller, CareError::LinkUnknown)?;
        Ok(Self { link, caller })
    }

    pub fn write(&self, kind: EntryKind, draft: EntryDraft, now: Timestamp) -> EntryWriting {
        let (act, notice) = kind.made(&self.caller.person);
        let audit = self.link.entry(self.caller.id(), act, now);
        EntryWriting { kind, link: self.link.id, draft, notification: notice.to(self.link.patient), audit }
    }
}

impl Deref for WritableLink<'_> {
    type Target = Link;
    fn deref(&self) -> &Link {
        &self.link
    }
}

/// An entry that the caller may change. Nothing but [`OwnEntry::check`] makes one.
#[derive(Debug, Clone)]
pub struct OwnEntry<'a> {
    entry: Entry,
    link: Link,
    caller: &'a Caller,
}

impl<'a> OwnEntry<'a> {
    /// # Errors
    /// [`CareError::EntryForeign`] for anyone but the link's doctor, [`CareError::LinkNotAccepted`].
    pub fn check(caller: &'a Caller, entry: Entry, link: Link) -> Result<Self> {
        may_write(&link, caller, CareError::EntryForeign(entry.kind))?;
        Ok(Self { entry, link, caller })
    }

    pub fn change(&self, edit: EntryEdit, now: Timestamp) -> EntryChange {
        let (entry, link) = (&self.entry, &self.link);
        let (act, notice) = entry.kind.changed(&self.caller.person);
        let differs = edit.text.as_set().is_some_and(|text| text.as_str() != entry.text)
            || edit.details.as_set().is_some_and(|details| details.as_str() != entry.details);
        let notification = differs.then(|| notice.to(link.patient));
        let audit = link.entry(self.caller.id(), act, now).on(entry.id.get());
        EntryChange { id: entry.id, link: link.id, edit, notification, audit }
    }

    pub fn remove(&self, now: Timestamp) -> EntryRemoval {
        let audit = self.link.entry(self.caller.id(), self.entry.kind.deleted(), now).on(self.entry.id.get());
        EntryRemoval { id: self.entry.id, link: self.link.id, audit }
    }
}

impl Deref for OwnEntry<'_> {
    type Target = Entry;
    fn deref(&self) -> &Entry {
        &self.entry
    }
}
