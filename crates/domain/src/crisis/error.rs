//! Every way in which this module refuses.
use crate::shared::StoreError;

pub type Result<T, E = CrisisError> = std::result::Result<T, E>;

#[derive(Debug, Clone, thiserror::Error)]
pub enum CrisisError {
    /// No such account. Only the staff hear it: everybody else may ask for their own only.
    #[error("no such profile")]
    ProfileUnknown,
    /// The same, when an alarm is raised: the old server had another text there.
    #[error("no such user")]
    UserUnknown,
    #[error("no such alarm scenario")]
    ScenarioUnknown,
    #[error("no such track")]
    TrackUnknown,
    /// None of that id, or not the profile's: nobody is told which.
    #[error("no such therapist")]
    TherapistUnknown,
    #[error("this user has named no therapist")]
    NoTherapist,
    #[error("no such emergency contact")]
    ContactUnknown,
    #[error("at most {0} emergency contacts")]
    TooManyContacts(usize),
    /// The alarm is stored all the same, and the staff know of it.
    #[error("this user has chosen no alarm scenario")]
    NoScenario,
    #[error("no such alarm")]
    AlarmUnknown,
    #[error(transparent)]
    Store(#[from] StoreError),
}
