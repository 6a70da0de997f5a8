//! What a doctor writes on a link: one prescription and one diagnosis, alike in everything but name.
use super::{CareError, Link, LinkId, Result};
use crate::{
    audit::{self, Act},
    identity::{Caller, Person},
    notifications::Notice,
    shared::{
        Invalid, Patch, Timestamp, id,
        text::{self, Prose},
    },
};

id!(/// A prescription or a diagnosis. Both count from one sequence, so that one's id is never the other's.
    EntryId);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    Prescription,
    Diagnosis,
}

impl EntryKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prescription => "prescription",
            Self::Diagnosis => "diagnosis",
        }
    }
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Prescription, Self::Diagnosis].into_iter().find(|k| k.as_str() == word)
    }
    pub fn seen(self) -> Act {
        match self {
            Self::Prescription => Act::PrescriptionSeen,
            Self::Diagnosis => Act::DiagnosisSeen,
        }
    }
    fn made(self, link: &Link, doctor: &Person) -> (Act, Notice) {
        match self {
            Self::Prescription => (Act::PrescriptionMade, Notice::prescription_made(link.patient)),
            Self::Diagnosis => {
                (Act::DiagnosisMade, Notice::diagnosis_made(link.patient, &doctor.full_name()))
            }
        }
    }
    fn changed(self, link: &Link, doctor: &Person) -> (Act, Notice) {
        match self {
            Self::Prescription => (Act::PrescriptionChanged, Notice::prescription_changed(link.patient)),
            Self::Diagnosis => {
                (Act::DiagnosisChanged, Notice::diagnosis_changed(link.patient, &doctor.full_name()))
            }
        }
    }
    fn deleted(self) -> Act {
        match self {
            Self::Prescription => Act::PrescriptionDeleted,
            Self::Diagnosis => Act::DiagnosisDeleted,
        }
    }
}

/// The prescription or diagnosis itself: 1 to 200 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryText(String);

impl EntryText {
    pub const MAX: usize = 200;

    /// # Errors
    /// As [`text::prose`], and [`Invalid::Blank`].
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        text::prose(raw, Self::MAX).and_then(text::not_blank).map(Self)
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: EntryId,
    pub kind: EntryKind,
    pub link: LinkId,
    pub text: String,
    pub details: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryDraft {
    pub text: EntryText,
    pub details: Prose,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryEdit {
    pub text: Patch<EntryText>,
    pub details: Patch<Prose>,
}

/// Everything that must become true together when a doctor writes an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryWriting {
    pub kind: EntryKind,
    pub link: LinkId,
    pub draft: EntryDraft,
    pub notice: Notice,
    pub audit: audit::Entry,
}

/// Everything that must become true together when a doctor changes an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryChange {
    pub id: EntryId,
    pub link: LinkId,
    pub edit: EntryEdit,
    /// `None` when the edit changes nothing: no bell rings for that.
    pub notice: Option<Notice>,
    pub audit: audit::Entry,
}

/// Everything that must become true together when a doctor takes an entry back. Nobody's bell rings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRemoval {
    pub id: EntryId,
    pub link: LinkId,
    pub audit: audit::Entry,
}

/// The link's doctor, and nobody else, writes on it, and only while it is accepted.
fn may_write(link: &Link, caller: &Caller, refusal: CareError) -> Result<()> {
    if caller.id() == link.doctor { link.accepted() } else { Err(refusal) }
}

impl EntryWriting {
    /// # Errors
    /// [`CareError::LinkUnknown`] for anyone but the link's doctor, [`CareError::LinkNotAccepted`].
    pub fn permit(link: &Link, caller: &Caller) -> Result<()> {
        may_write(link, caller, CareError::LinkUnknown)
    }
    /// # Errors
    /// As [`permit`](Self::permit).
    pub fn on(link: &Link, kind: EntryKind, draft: EntryDraft, by: &Caller, now: Timestamp) -> Result<Self> {
        Self::permit(link, by)?;
        let (act, notice) = kind.made(link, &by.person);
        Ok(Self { kind, link: link.id, draft, notice, audit: link.entry(by.id(), act, now) })
    }
}

impl Entry {
    /// # Errors
    /// [`CareError::EntryForeign`] for anyone but the link's doctor, [`CareError::LinkNotAccepted`].
    pub fn permit_change(&self, link: &Link, caller: &Caller) -> Result<()> {
        may_write(link, caller, CareError::EntryForeign(self.kind))
    }

    /// # Errors
    /// As [`permit_change`](Self::permit_change).
    pub fn change(&self, link: &Link, edit: EntryEdit, by: &Caller, now: Timestamp) -> Result<EntryChange> {
        self.permit_change(link, by)?;
        let (act, notice) = self.kind.changed(link, &by.person);
        let differs = edit.text.as_set().is_some_and(|t| t.as_str() != self.text)
            || edit.details.as_set().is_some_and(|d| d.as_str() != self.details);
        let audit = link.entry(by.id(), act, now).on(self.id.get());
        Ok(EntryChange { id: self.id, link: link.id, edit, notice: differs.then_some(notice), audit })
    }

    /// # Errors
    /// As [`permit_change`](Self::permit_change).
    pub fn remove(&self, link: &Link, by: &Caller, now: Timestamp) -> Result<EntryRemoval> {
        self.permit_change(link, by)?;
        let audit = link.entry(by.id(), self.kind.deleted(), now).on(self.id.get());
        Ok(EntryRemoval { id: self.id, link: link.id, audit })
    }
}
