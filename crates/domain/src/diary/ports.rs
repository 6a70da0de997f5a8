//! What the diary needs of the outside beside [`OwnedRepository`](crate::owned::ports::OwnedRepository).
use super::{DiaryReading, Record, Result};
use crate::identity::Person;

/// Records, as their owner's doctors see them.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait PatientRecords: Send + Sync {
    /// Whose diary it is, and its records, oldest first. MUST return
    /// [`DiaryError::NotYourPatient`](super::DiaryError::NotYourPatient) without an accepted link, and MUST write the audit
    /// entry, with that link, in the transaction that reads.
    fn read_as_doctor(&self, reading: &DiaryReading) -> Result<(Person, Vec<Record>)>;
}
