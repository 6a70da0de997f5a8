//! What the diary needs of the outside. One method is one transaction.
use super::{Note, NoteEditing, NoteId, NoteWriting, Record, RecordEditing, RecordEntry, RecordId, Result};
use crate::{
    audit,
    identity::{AccountId, Person},
    shared::{StoreError, Timestamp, Window},
};

/// A doctor opens a patient's diary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub doctor: AccountId,
    pub patient: AccountId,
    pub window: Window<RecordId>,
    pub at: Timestamp,
}

#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait RecordRepository: Send + Sync {
    /// MUST ring at every doctor who has an accepted link with the owner, and at nobody else.
    fn make(&self, entry: &RecordEntry) -> Result<Record, StoreError>;
    fn find(&self, id: RecordId) -> Result<Option<Record>, StoreError>;
    /// MUST return [`DiaryError::RecordUnknown`](super::DiaryError::RecordUnknown) if it is gone, or not `owner`'s.
    fn edit(&self, editing: &RecordEditing) -> Result<Record>;
    /// MUST return [`DiaryError::RecordUnknown`](super::DiaryError::RecordUnknown) if it is gone, or not `owner`'s.
    fn delete(&self, owner: AccountId, id: RecordId, audit: &audit::Entry) -> Result<()>;
    /// Oldest first.
    fn of(&self, owner: AccountId, window: Window<RecordId>) -> Result<Vec<Record>, StoreError>;
    /// Whose diary it is, and its records, oldest first. MUST return [`DiaryError::NotYourPatient`](super::DiaryError::NotYourPatient) without an accepted
    /// link, and MUST write the audit entry, with that link, in the transaction that reads.
    fn read_as_doctor(&self, reading: &Reading) -> Result<(Person, Vec<Record>)>;
}

#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait NoteRepository: Send + Sync {
    fn write(&self, writing: &NoteWriting) -> Result<Note, StoreError>;
    fn find(&self, id: NoteId) -> Result<Option<Note>, StoreError>;
    /// MUST return [`DiaryError::NoteUnknown`](super::DiaryError::NoteUnknown) if it is gone, or not `owner`'s.
    fn edit(&self, editing: &NoteEditing) -> Result<Note>;
    /// MUST return [`DiaryError::NoteUnknown`](super::DiaryError::NoteUnknown) if it is gone, or not `owner`'s.
    fn delete(&self, owner: AccountId, id: NoteId, audit: &audit::Entry) -> Result<()>;
    /// Oldest first.
    fn of(&self, owner: AccountId, window: Window<NoteId>) -> Result<Vec<Note>, StoreError>;
}
