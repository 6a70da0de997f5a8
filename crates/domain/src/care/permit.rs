//! The proofs that a caller may write on a link: only its doctor may, while they are a doctor and it is accepted.
use super::{
    CareError, Entry, EntryChange, EntryDraft, EntryEdit, EntryKind, EntryRemoval, EntryWriting, Link, Result,
};
use crate::{
    identity::{Caller, Doctor},
    shared::Timestamp,
};
use std::ops::Deref;

fn may_write<'a>(link: &Link, caller: &'a Caller, refusal: CareError) -> Result<Doctor<'a>> {
    let doctor = link.doctor_of(caller).ok_or(refusal)?;
    link.accepted()?;
    Ok(doctor)
}

/// A link that the caller may write on. Nothing but [`WritableLink::check`] makes one.
#[derive(Debug, Clone)]
pub struct WritableLink<'a> {
    link: Link,
    doctor: Doctor<'a>,
}

impl<'a> WritableLink<'a> {
    /// # Errors
    /// [`CareError::LinkUnknown`] for anyone but the link's doctor, [`CareError::LinkNotAccepted`].
    pub fn check(caller: &'a Caller, link: Link) -> Result<Self> {
        let doctor = may_write(&link, caller, CareError::LinkUnknown)?;
        Ok(Self { link, doctor })
    }

    pub fn write(&self, kind: EntryKind, draft: EntryDraft, now: Timestamp) -> EntryWriting {
        let (act, notice) = kind.made(self.doctor.person());
        let audit = self.link.entry(self.doctor.id(), act, now);
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
    doctor: Doctor<'a>,
}

impl<'a> OwnEntry<'a> {
    /// # Errors
    /// [`CareError::EntryForeign`] for anyone but the link's doctor, [`CareError::LinkNotAccepted`].
    pub fn check(caller: &'a Caller, entry: Entry, link: Link) -> Result<Self> {
        let doctor = may_write(&link, caller, CareError::EntryForeign(entry.kind))?;
        Ok(Self { entry, link, doctor })
    }

    pub fn change(&self, edit: EntryEdit, now: Timestamp) -> EntryChange {
        let (entry, link) = (&self.entry, &self.link);
        let (act, notice) = entry.kind.changed(self.doctor.person());
        let differs = edit.text.as_set().is_some_and(|text| text.as_str() != entry.text)
            || edit.details.as_set().is_some_and(|details| details.as_str() != entry.details);
        let notification = differs.then(|| notice.to(link.patient));
        let audit = link.entry(self.doctor.id(), act, now).on(entry.id.get());
        EntryChange { id: entry.id, link: link.id, edit, notification, audit }
    }

    pub fn remove(&self, now: Timestamp) -> EntryRemoval {
        let audit = self.link.entry(self.doctor.id(), self.entry.kind.deleted(), now).on(self.entry.id.get());
        EntryRemoval { id: self.entry.id, link: self.link.id, audit }
    }
}

impl Deref for OwnEntry<'_> {
    type Target = Entry;
    fn deref(&self) -> &Entry {
        &self.entry
    }
}
