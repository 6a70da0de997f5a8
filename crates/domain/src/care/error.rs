//! Every way in which care refuses.
use super::EntryKind;
use crate::shared::StoreError;

pub type Result<T, E = CareError> = std::result::Result<T, E>;

#[derive(Debug, Clone, thiserror::Error)]
pub enum CareError {
    #[error("no doctor has that name")]
    DoctorUnknown,
    #[error("that account is no doctor")]
    NotADoctor,
    #[error("nobody treats themselves")]
    Oneself,
    #[error("this doctor has been asked already")]
    AlreadyRequested,
    #[error("no such request")]
    RequestUnknown,
    #[error("a request is accepted or rejected")]
    AnswerUnknown,
    #[error("no such link")]
    LinkUnknown,
    #[error("the link is not accepted")]
    LinkNotAccepted,
    #[error("no such {}", .0.as_str())]
    EntryUnknown(EntryKind),
    #[error("another doctor's {}", .0.as_str())]
    EntryForeign(EntryKind),
    #[error("the link has a {} already", .0.as_str())]
    EntryExists(EntryKind),
    /// Somebody changed it between judging and writing; nothing was written.
    #[error("changed in between")]
    Outdated,
    #[error(transparent)]
    Store(#[from] StoreError),
}
