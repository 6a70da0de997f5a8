//! Every way in which the diary refuses.
use crate::shared::StoreError;

pub type Result<T, E = DiaryError> = std::result::Result<T, E>;

#[derive(Debug, Clone, thiserror::Error)]
pub enum DiaryError {
    /// No accepted link, or no such patient: nobody is told which.
    #[error("not a patient of this doctor's")]
    NotYourPatient,
    #[error("no such record")]
    RecordUnknown,
    #[error("no such note")]
    NoteUnknown,
    #[error(transparent)]
    Store(#[from] StoreError),
}
