//! What a doctor writes on a link: one prescription and one diagnosis, alike in everything but name.
use super::{EntryKind, LinkId, Result};
use crate::{
    audit,
    notifications::NewNotification,
    shared::{
        FieldError, Patch, id,
        text::{self, Prose},
    },
};

id!(/// A prescription or a diagnosis. Both count from one sequence, so that one's id is never the other's.
    EntryId);

/// The prescription or diagnosis itself: 1 to 200 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryText(String);

impl EntryText {
    pub const MAX: usize = 200;

    /// # Errors
    /// As [`text::prose`], and [`FieldError::Blank`].
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        text::prose(raw, Self::MAX).and_then(text::not_blank).map(Self)
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `S` as in [`Lend`](crate::shared::Lend).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<S = String> {
    pub id: EntryId,
    pub kind: EntryKind,
    pub link: LinkId,
    pub text: S,
    pub details: S,
}

impl<S> Entry<S> {
    pub fn map_texts<T>(self, text: impl Fn(S) -> T) -> Entry<T> {
        let Self { id, kind, link, text: words, details } = self;
        Entry { id, kind, link, text: text(words), details: text(details) }
    }
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
    pub notification: NewNotification,
    pub audit: audit::AuditEntry,
}

/// Everything that must become true together when a doctor changes an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryChange {
    pub id: EntryId,
    pub link: LinkId,
    pub edit: EntryEdit,
    /// `None` when the edit changes nothing: nobody is notified of that.
    pub notification: Option<NewNotification>,
    pub audit: audit::AuditEntry,
}

/// Everything that must become true together when a doctor takes an entry back. Nobody is notified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRemoval {
    pub id: EntryId,
    pub link: LinkId,
    pub audit: audit::AuditEntry,
}
