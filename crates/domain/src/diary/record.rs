//! One entry of the diary: a pain, at a place, at a time.
use super::{BodyPartId, Result, error::DiaryError};
use crate::{
    audit::{self, Act},
    identity::{AccountId, Person},
    notifications::Notice,
    shared::{Invalid, Patch, Timestamp, id, text},
};

id!(/// One entry of the diary.
    RecordId);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PainType {
    Burning,
    Stabbing,
    Cutting,
    Throbbing,
}

impl PainType {
    pub const ALL: [Self; 4] = [Self::Burning, Self::Stabbing, Self::Cutting, Self::Throbbing];
    /// Characters. The clients' old server measured before it looked for the word.
    pub const MAX: usize = 10;

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Burning => "burning",
            Self::Stabbing => "stabbing",
            Self::Cutting => "cutting",
            Self::Throbbing => "throbbing",
        }
    }
    /// # Errors
    /// As [`text::line()`], [`Invalid::Blank`], [`Invalid::NotAChoice`].
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let word = text::line(raw, Self::MAX).and_then(text::not_blank)?;
        Self::ALL.into_iter().find(|p| p.as_str() == word).ok_or(Invalid::NotAChoice(word))
    }
}

/// Numeric rating scale: 0 is no pain, 10 the worst imaginable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intensity(u8);

impl Intensity {
    pub const MIN: u8 = 0;
    pub const MAX: u8 = 10;

    /// # Errors
    /// [`Invalid::OutOfRange`] outside 0 to 10.
    pub fn parse(raw: i64) -> Result<Self, Invalid> {
        match u8::try_from(raw) {
            Ok(n @ Self::MIN..=Self::MAX) => Ok(Self(n)),
            _ => Err(Invalid::OutOfRange),
        }
    }
    pub fn get(self) -> u8 {
        self.0
    }
}

/// What the owner says of it: at most [`text::PROSE_MAX`] characters; may be blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description(String);

impl Description {
    pub const MAX: usize = text::PROSE_MAX;

    /// # Errors
    /// As [`text::prose`].
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        text::prose(raw, text::PROSE_MAX).map(Self)
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub id: RecordId,
    pub owner: AccountId,
    pub pain_type: PainType,
    pub intensity: Intensity,
    pub description: String,
    pub took_prescription: bool,
    pub body_part: BodyPartId,
    pub recorded_at: Timestamp,
    pub modified_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordDraft {
    pub pain_type: PainType,
    pub intensity: Intensity,
    pub description: Description,
    pub took_prescription: bool,
    pub body_part: BodyPartId,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordEdit {
    pub pain_type: Patch<PainType>,
    pub intensity: Patch<Intensity>,
    pub description: Patch<Description>,
    pub took_prescription: Patch<bool>,
    pub body_part: Patch<BodyPartId>,
}

/// Everything that must become true together when a record is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordEntry {
    pub owner: AccountId,
    pub draft: RecordDraft,
    /// Rings at each doctor who has an accepted link with the owner.
    pub notice_for_doctors: String,
    /// Its object is filled in by the store.
    pub audit: audit::Entry,
}

/// Everything that must become true together when a record is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordEditing {
    pub id: RecordId,
    pub owner: AccountId,
    pub edit: RecordEdit,
    pub audit: audit::Entry,
}

impl RecordDraft {
    pub fn entry(self, owner: &Person, now: Timestamp) -> RecordEntry {
        RecordEntry {
            owner: owner.id,
            draft: self,
            notice_for_doctors: Notice::record_made(&owner.full_name()),
            audit: audit::Entry::own(owner.id, Act::RecordMade, now),
        }
    }
}

impl Record {
    /// # Errors
    /// [`DiaryError::RecordUnknown`]: another's record is as unknown as none.
    pub(super) fn owned_by(self, owner: AccountId) -> Result<Self> {
        if self.owner == owner { Ok(self) } else { Err(DiaryError::RecordUnknown) }
    }
    pub fn edit(&self, edit: RecordEdit, now: Timestamp) -> RecordEditing {
        let audit = audit::Entry::own(self.owner, Act::RecordChanged, now).on(self.id.get());
        RecordEditing { id: self.id, owner: self.owner, edit, audit }
    }
    pub fn deletion(&self, now: Timestamp) -> audit::Entry {
        audit::Entry::own(self.owner, Act::RecordDeleted, now).on(self.id.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pain_is_rated_from_0_to_10() {
        for raw in [0, 5, 10] {
            assert_eq!(Intensity::parse(raw).map(|i| i64::from(i.get())), Ok(raw));
        }
        for raw in [-1, 11, 256, i64::MIN, i64::MAX] {
            assert_eq!(Intensity::parse(raw), Err(Invalid::OutOfRange), "{raw}");
        }
    }

    #[test]
    fn pain_is_one_of_four_kinds() {
        for kind in PainType::ALL {
            assert_eq!(PainType::parse(&format!(" {} ", kind.as_str())), Ok(kind));
        }
        for (raw, why) in [
            ("", Invalid::Blank),
            ("dull", Invalid::NotAChoice("dull".into())),
            ("Burning", Invalid::NotAChoice("Burning".into())),
            ("elevenchars", Invalid::TooLong(10)),
        ] {
            assert_eq!(PainType::parse(raw), Err(why));
        }
    }
}
