//! What the diary needs of the outside beside [`OwnedRepository`](crate::owned::ports::OwnedRepository).
use super::{DiaryReading, Record, Result};
use crate::identity::Person;

/// Called with each record and its owner.
pub type EachRecord<'f> = dyn FnMut(&Person, Record<&str>) + 'f;

/// Records, as their owner's doctors see them.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait PatientRecords: Send + Sync {
    /// Shows `each` record, oldest first, with whose diary it is. MUST return
    /// [`DiaryError::NotYourPatient`](super::DiaryError::NotYourPatient) without an accepted link, and MUST write the audit
    /// entry, with that link, in the transaction that reads.
    fn read_as_doctor<'f>(&self, reading: &DiaryReading, each: &mut EachRecord<'f>) -> Result<()>;
}
