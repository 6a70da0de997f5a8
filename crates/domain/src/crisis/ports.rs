//! What this module needs of the outside.
use super::{
    Alarm, AlarmId, AlarmSheet, AlarmUpdate, MusicChoice, NewAlarm, Profile, ProfileChange, ProfileReading,
    Result, ScenarioId, Therapist, TherapistChange, TherapistDraft, TherapistEdit,
};
use crate::shared::{AccountId, Page, StoreError, Timestamp};

/// Profiles and therapists. One method is one transaction; each change MUST write its audit entry in it.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait ProfileRepository: Send + Sync {
    /// With defaults for an account that was never changed here; `None` without such an account. MUST write the audit entry, if
    /// there is one, in the transaction that reads.
    fn profile(&self, reading: &ProfileReading) -> Result<Option<Profile>, StoreError>;
    /// MUST change only what the edit sets. MUST return [`CrisisError::ProfileUnknown`](super::CrisisError::ProfileUnknown) without such an account,
    /// and [`CrisisError::TherapistUnknown`](super::CrisisError::TherapistUnknown) for any therapist but an existing one of the owner's.
    fn change(&self, change: &ProfileChange) -> Result<Profile>;
    fn choose_music(&self, choice: &MusicChoice) -> Result<()>;
    /// Makes the owner's therapist, or replaces them; MUST set the profile's contact in the same transaction.
    fn put_therapist(&self, put: &TherapistChange<TherapistDraft>) -> Result<Therapist>;
    /// MUST return [`CrisisError::NoTherapist`](super::CrisisError::NoTherapist) if the owner has none.
    fn edit_therapist(&self, edit: &TherapistChange<TherapistEdit>) -> Result<Therapist>;
}

/// Alarms. One method is one transaction.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait AlarmRepository: Send + Sync {
    /// What is known of this user now, and the scenario they chose. `None` without such an account.
    fn sheet(&self, owner: AccountId) -> Result<Option<(AlarmSheet, Option<ScenarioId>)>, StoreError>;
    /// Stores the alarm with its letters, its notices and its audit entry, or, if the owner has an alarm with letters of at
    /// most [`JOINED_WITHIN`](super::JOINED_WITHIN) ago, joins it and stores no letters. Of two presses at the same moment one MUST join the other.
    /// Under an [`IdempotencyKey`](crate::shared::IdempotencyKey) MUST behave as
    /// [`OwnedRepository::create`](crate::owned::ports::OwnedRepository::create) does.
    fn raise(&self, new: &NewAlarm) -> Result<AlarmId>;
    /// MUST find nobody else's.
    fn find(&self, owner: AccountId, alarm: AlarmId) -> Result<Option<Alarm>, StoreError>;
    /// Newest first; the page continues before an older id.
    fn page_of(&self, owner: AccountId, page: Page<AlarmId>) -> Result<Vec<Alarm>, StoreError>;
    /// MUST return [`CrisisError::AlarmUnknown`](super::CrisisError::AlarmUnknown) and change nothing unless it is the owner's.
    fn update(&self, update: &AlarmUpdate) -> Result<Alarm>;
    /// Tells the users and the staff of letters that are not accepted since
    /// [`UNREACHED_AFTER`](super::UNREACHED_AFTER), each once, also when several nodes ask. Returns how many there were.
    fn tell_unreached(&self, now: Timestamp) -> Result<usize, StoreError>;
}
