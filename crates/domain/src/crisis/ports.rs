//! What this module needs of the outside.
use super::{
    Alarm, AlarmId, AlarmSheet, AlarmUpdate, AlarmedPeople, AnswerPage, Consent, ConsentAnswer, ConsentPage,
    ConsentRequest, DueRepeat, MusicChoice, NewAddress, NewAlarm, NewRepeat, Profile, ProfileChange,
    ProfileReading, Result, SafeReport, ScenarioId, Therapist, TherapistChange, TherapistDraft,
    TherapistEdit,
};
use crate::{
    identity::TokenHash,
    shared::{AccountId, Page, StoreError, Timestamp},
};

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
    fn sheet(
        &self,
        owner: AccountId,
        now: Timestamp,
    ) -> Result<Option<(AlarmSheet, Option<ScenarioId>)>, StoreError>;
    /// Stores the alarm with its messages, its notices and its audit entry, or, if the owner has an alarm with letters of at
    /// most [`JOINED_WITHIN`](super::JOINED_WITHIN) ago, joins it and stores no messages. Of two presses at the same moment one MUST join the other.
    /// Under an [`IdempotencyKey`](crate::shared::IdempotencyKey) MUST behave as
    /// [`OwnedRepository::create`](crate::owned::ports::OwnedRepository::create) does.
    fn raise(&self, new: &NewAlarm) -> Result<AlarmId>;
    /// MUST find nobody else's.
    fn find(&self, owner: AccountId, alarm: AlarmId) -> Result<Option<Alarm>, StoreError>;
    /// Newest first; the page continues before an older id.
    fn page_of(&self, owner: AccountId, page: Page<AlarmId>) -> Result<Vec<Alarm>, StoreError>;
    /// MUST return [`CrisisError::AlarmUnknown`](super::CrisisError::AlarmUnknown) and change nothing unless it is the owner's.
    fn update(&self, update: &AlarmUpdate) -> Result<Alarm>;
    /// Those whose time has come, and the people whom they told. Not all at once.
    fn due_repeats(&self, now: Timestamp) -> Result<Vec<DueRepeat>, StoreError>;
    /// Stores the messages and the notices of a repeat. `false`: it changes nothing, because the alarm was answered, its owner is safe,
    /// or another node was first.
    fn repeat(&self, repeat: &NewRepeat) -> Result<bool, StoreError>;
    /// Everybody to whom messages of this alarm were stored, or of one before it that is repeated still; each address and number once. `None`
    /// unless it is the owner's.
    fn alarmed(&self, owner: AccountId, alarm: AlarmId) -> Result<Option<AlarmedPeople>, StoreError>;
    /// Ends this alarm (that which it joined, if it joined one) and those before it that are repeated still. MUST send none of
    /// their messages any more that were not tried, and MUST store a message of the report for everybody who may have got one.
    /// MUST change nothing the second time, and MUST return [`CrisisError::AlarmUnknown`](super::CrisisError::AlarmUnknown) unless it is the owner's.
    fn end_as_safe(&self, report: &SafeReport) -> Result<Alarm>;
    /// Tells the users and the staff of letters that are not accepted since
    /// [`UNREACHED_AFTER`](super::UNREACHED_AFTER), each once, also when several nodes ask. Returns how many there were.
    fn tell_unreached(&self, now: Timestamp) -> Result<usize, StoreError>;
}

/// Recipients who answer. One method is one transaction.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait AnswerRepository: Send + Sync {
    /// The alarm whose letter had the link with this hash.
    fn page(&self, link: &TokenHash) -> Result<Option<AnswerPage>, StoreError>;
    /// Stores that its recipient answered, with a notice to the alarm's owner and an audit entry; repeats of it end, and what of
    /// them was not tried MUST NOT be sent any more. MUST change nothing the second time, or without such a link.
    fn answer(&self, link: &TokenHash, now: Timestamp) -> Result<(), StoreError>;
}

/// What the holders of addresses have said. One method is one transaction.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait ConsentRepository: Send + Sync {
    /// Those of one user, or of all, that were named since they were looked at.
    fn new_addresses(&self, owner: Option<AccountId>, limit: usize) -> Result<Vec<NewAddress>, StoreError>;
    /// Stores that an address was looked at, and a letter to it, if there is one to send. `false`: it was not, because another node
    /// was first, or the address was changed since. MUST store no letter to an address that refuses or that the user's contacts had
    /// before, and no more than [`ASKED_MAX`](super::ASKED_MAX) for one user within [`ASKED_WITHIN`](super::ASKED_WITHIN).
    fn ask(&self, request: &ConsentRequest) -> Result<bool, StoreError>;
    fn page(&self, link: &TokenHash) -> Result<Option<ConsentPage>, StoreError>;
    /// Stores it, with a notice to each user whom it concerns and audit entries.
    fn answer(&self, link: &TokenHash, answer: ConsentAnswer, now: Timestamp) -> Result<(), StoreError>;
    /// What is known of the addresses that this user has named.
    fn of_owner(&self, owner: AccountId) -> Result<Vec<(TokenHash, Consent)>, StoreError>;
}
