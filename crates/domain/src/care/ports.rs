//! What care needs of the outside. One method is one transaction.
use super::{
    Entry, EntryChange, EntryId, EntryKind, EntryRemoval, EntryWriting, Link, LinkAnswer, LinkEnd, LinkId,
    LinkOpening, LinkSheet, Result,
};
use crate::{
    audit,
    identity::{AccountId, Caller, Username},
    shared::{Each, Page, StoreError, Timestamp},
};

#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait LinkRepository: Send + Sync {
    /// MUST return [`CareError::AlreadyRequested`](super::CareError::AlreadyRequested) if the pair is linked, whatever the
    /// status.
    fn open(&self, opening: &LinkOpening) -> Result<LinkId>;
    /// MUST return [`CareError::Outdated`](super::CareError::Outdated) and change nothing unless the link still has the
    /// status that the answer was judged on.
    fn answer(&self, answer: &LinkAnswer) -> Result<()>;
    /// MUST return [`CareError::RequestUnknown`](super::CareError::RequestUnknown) if the link is gone. Takes the link's
    /// prescription and diagnosis with it.
    fn end(&self, end: &LinkEnd) -> Result<()>;
    fn find(&self, id: LinkId) -> Result<Option<Link>, StoreError>;
    fn between(&self, patient: AccountId, doctor: AccountId) -> Result<Option<Link>, StoreError>;
    /// The patient's link with the doctor of that name. MUST find deactivated doctors too: nobody is kept with one.
    fn with_doctor_named(&self, patient: AccountId, doctor: &Username) -> Result<Option<Link>, StoreError>;
    /// Shows `each` link where the caller is the patient or, with the role, the doctor; oldest first. MUST have committed an
    /// audit entry for each link that the caller sees as its doctor ([`LinkSheet::seen_by`]) before it returns.
    fn sheets_for<'f>(
        &self,
        caller: &Caller,
        page: Page<LinkId>,
        at: Timestamp,
        each: &mut Each<'f, LinkSheet>,
    ) -> Result<(), StoreError>;
    /// Removes the links rejected at or before `until`, with an audit entry each. MUST be safe to run on several nodes at
    /// once: each link is removed, and told of, once. Returns how many this call removed.
    fn remove_rejected(&self, until: Timestamp, at: Timestamp) -> Result<usize, StoreError>;
}

/// Prescriptions and diagnoses. Every write MUST check, in its own transaction, that the link is accepted still
/// ([`CareError::LinkNotAccepted`](super::CareError::LinkNotAccepted)) and there still
/// ([`CareError::LinkUnknown`](super::CareError::LinkUnknown)).
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait EntryRepository: Send + Sync {
    /// MUST return [`CareError::EntryExists`](super::CareError::EntryExists) for a second one of its kind on the link.
    fn write(&self, writing: &EntryWriting) -> Result<Entry>;
    /// MUST return [`CareError::EntryUnknown`](super::CareError::EntryUnknown) if it is gone.
    fn change(&self, kind: EntryKind, change: &EntryChange) -> Result<Entry>;
    /// MUST return [`CareError::EntryUnknown`](super::CareError::EntryUnknown) if it is gone.
    fn remove(&self, kind: EntryKind, removal: &EntryRemoval) -> Result<()>;
    /// The entry with its link.
    fn find(&self, kind: EntryKind, id: EntryId) -> Result<Option<(Entry, Link)>, StoreError>;
    /// The link's one entry of this kind.
    fn on(&self, kind: EntryKind, link: LinkId) -> Result<Option<Entry>, StoreError>;
    /// The same, for the link's doctor. MUST check the link, as a write does, and write `audit` in the transaction that
    /// reads.
    fn read_as_doctor(
        &self,
        kind: EntryKind,
        link: LinkId,
        audit: &audit::AuditEntry,
    ) -> Result<Option<Entry>>;
}
