//! What somebody tells of themselves, and what is to happen when they raise an alarm.
use super::{ProfileAccess, ScenarioId, TrackId};
use crate::{
    audit::{AuditAction, AuditEntry},
    identity::AccountId,
    shared::{FieldError, Patch, Timestamp, text::short_text},
};

short_text!(/// Where somebody is or lives, at most 100 characters.
    Location, 100);

/// Declares a whole number of a range.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $min:literal to $max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name(u8);
        impl $name {
            pub const MIN: u8 = $min;
            pub const MAX: u8 = $max;
            /// # Errors
            /// [`FieldError::OutOfRange`].
            pub fn parse(raw: i64) -> Result<Self, FieldError> {
                match u8::try_from(raw) {
                    Ok(number @ Self::MIN..=Self::MAX) => Ok(Self(number)),
                    _ => Err(FieldError::OutOfRange),
                }
            }
            pub fn get(self) -> u8 { self.0 }
        }
    };
}
number!(/// Years, 0 to 150.
    Age, 0 to 150);
number!(/// From 1, the lightest, to 5.
    PtsdLevel, 1 to 5);

/// Every account has one; its id is the account's. Until its first change it has defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub owner: AccountId,
    pub username: String,
    pub age: Option<Age>,
    pub location: String,
    pub military_status: bool,
    pub ptsd_level: Option<PtsdLevel>,
    pub music: Option<TrackId>,
    /// Whether their therapist is to be told of an alarm whose scenario says so.
    pub has_therapist_contact: bool,
    pub scenario: Option<ScenarioId>,
}

impl Profile {
    /// The therapist is known by the owner's id.
    pub fn therapist_contact(&self) -> Option<AccountId> {
        self.has_therapist_contact.then_some(self.owner)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileEdit {
    pub age: Patch<Option<Age>>,
    pub location: Patch<Location>,
    pub military_status: Patch<bool>,
    pub ptsd_level: Patch<Option<PtsdLevel>>,
    /// `None`: the therapist is not told of alarms.
    pub therapist_contact: Patch<Option<AccountId>>,
    /// `None` changes nothing: the clients send it for "not chosen here".
    pub scenario: Patch<Option<ScenarioId>>,
}

/// Somebody looks at a profile. What the staff see is audited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileReading {
    owner: AccountId,
    audit: Option<AuditEntry>,
}

impl ProfileReading {
    pub fn by(access: ProfileAccess, now: Timestamp) -> Self {
        let audit = (!access.is_own()).then(|| access.entry(AuditAction::CrisisProfileSeen, now));
        Self { owner: access.owner(), audit }
    }
    pub fn owner(&self) -> AccountId {
        self.owner
    }
    pub fn audit(&self) -> Option<&AuditEntry> {
        self.audit.as_ref()
    }
}

/// A change to a profile that was permitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileChange {
    owner: AccountId,
    edit: ProfileEdit,
    audit: AuditEntry,
}

impl ProfileChange {
    pub fn by(access: ProfileAccess, edit: ProfileEdit, now: Timestamp) -> Self {
        let audit = access.entry(AuditAction::CrisisProfileChanged, now);
        Self { owner: access.owner(), edit, audit }
    }
    pub fn owner(&self) -> AccountId {
        self.owner
    }
    pub fn edit(&self) -> &ProfileEdit {
        &self.edit
    }
    pub fn audit(&self) -> &AuditEntry {
        &self.audit
    }
}

/// The caller chooses the music of their own alarms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MusicChoice {
    owner: AccountId,
    track: TrackId,
    audit: AuditEntry,
}

impl MusicChoice {
    pub fn by(own: ProfileAccess, track: TrackId, now: Timestamp) -> Self {
        Self { owner: own.owner(), track, audit: own.entry(AuditAction::CrisisProfileChanged, now) }
    }
    pub fn owner(&self) -> AccountId {
        self.owner
    }
    pub fn track(&self) -> TrackId {
        self.track
    }
    pub fn audit(&self) -> &AuditEntry {
        &self.audit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_range() {
        for raw in [0, 150] {
            assert_eq!(Age::parse(raw).map(|age| i64::from(age.get())), Ok(raw));
        }
        for raw in [1, 5] {
            assert_eq!(PtsdLevel::parse(raw).map(|level| i64::from(level.get())), Ok(raw));
        }
        for raw in [-1, 151, 256, i64::MIN, i64::MAX] {
            assert_eq!(Age::parse(raw), Err(FieldError::OutOfRange), "{raw}");
        }
        for raw in [0, 6, 257, i64::MIN] {
            assert_eq!(PtsdLevel::parse(raw), Err(FieldError::OutOfRange), "{raw}");
        }
    }
}
