//! One entry of the diary: a pain, at a place, at a time.
use super::{BodyPartId, Result, error::DiaryError};
use crate::{
    identity::{AccountId, Caller},
    notifications::Notice,
    owned::{Created, OwnedResource, owned_resource},
    shared::{
        FieldError, Patch, Timestamp, id,
        text::{self, Prose},
    },
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
    /// As [`text::line()`], [`FieldError::Blank`], [`FieldError::NotAChoice`].
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let word = text::line(raw, Self::MAX).and_then(text::not_blank)?;
        Self::ALL.into_iter().find(|p| p.as_str() == word).ok_or(FieldError::NotAChoice(word))
    }
}

/// Numeric rating scale: 0 is no pain, 10 the worst imaginable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intensity(u8);

impl Intensity {
    pub const MIN: u8 = 0;
    pub const MAX: u8 = 10;

    /// # Errors
    /// [`FieldError::OutOfRange`] outside 0 to 10.
    pub fn parse(raw: i64) -> Result<Self, FieldError> {
        match u8::try_from(raw) {
            Ok(n @ Self::MIN..=Self::MAX) => Ok(Self(n)),
            _ => Err(FieldError::OutOfRange),
        }
    }
    pub fn get(self) -> u8 {
        self.0
    }
}

/// `S` as in [`Lend`](crate::shared::Lend).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<S = String> {
    pub id: RecordId,
    pub owner: AccountId,
    pub pain_type: PainType,
    pub intensity: Intensity,
    pub description: S,
    pub took_prescription: bool,
    pub body_part: BodyPartId,
    pub recorded_at: Timestamp,
    pub modified_at: Timestamp,
}

impl<S> Record<S> {
    pub fn map_texts<T>(self, text: impl Fn(S) -> T) -> Record<T> {
        Record {
            id: self.id,
            owner: self.owner,
            pain_type: self.pain_type,
            intensity: self.intensity,
            description: text(self.description),
            took_prescription: self.took_prescription,
            body_part: self.body_part,
            recorded_at: self.recorded_at,
            modified_at: self.modified_at,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordDraft {
    pub pain_type: PainType,
    pub intensity: Intensity,
    pub description: Prose,
    pub took_prescription: bool,
    pub body_part: BodyPartId,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordEdit {
    pub pain_type: Patch<PainType>,
    pub intensity: Patch<Intensity>,
    pub description: Patch<Prose>,
    pub took_prescription: Patch<bool>,
    pub body_part: Patch<BodyPartId>,
}

/// Everything that must become true together when a record is created. The store MUST notify every doctor who has an
/// accepted link with the owner and is in the group Doctor still, and nobody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordCreated {
    created: Created<RecordDraft>,
    notice_for_doctors: Notice,
}

impl RecordCreated {
    pub fn by(caller: &Caller, draft: RecordDraft, now: Timestamp) -> Self {
        Self {
            created: Created::by(caller, Record::AUDIT, draft, now),
            notice_for_doctors: Notice::RecordCreated { patient: caller.person.full_name() },
        }
    }
    pub fn notice_for_doctors(&self) -> &Notice {
        &self.notice_for_doctors
    }
}

impl AsRef<Created<RecordDraft>> for RecordCreated {
    fn as_ref(&self) -> &Created<RecordDraft> {
        &self.created
    }
}

owned_resource!(
    Record, RecordId, created by RecordCreated, edited by RecordEdit,
    unknown as DiaryError::RecordUnknown,
    audited as RecordMade, RecordChanged, RecordDeleted
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pain_is_rated_from_0_to_10() {
        for raw in [0, 5, 10] {
            assert_eq!(Intensity::parse(raw).map(|i| i64::from(i.get())), Ok(raw));
        }
        for raw in [-1, 11, 256, i64::MIN, i64::MAX] {
            assert_eq!(Intensity::parse(raw), Err(FieldError::OutOfRange), "{raw}");
        }
    }

    #[test]
    fn pain_is_one_of_four_kinds() {
        for kind in PainType::ALL {
            assert_eq!(PainType::parse(&format!(" {} ", kind.as_str())), Ok(kind));
        }
        for (raw, why) in [
            ("", FieldError::Blank),
            ("dull", FieldError::NotAChoice("dull".into())),
            ("Burning", FieldError::NotAChoice("Burning".into())),
            ("elevenchars", FieldError::TooLong(10)),
        ] {
            assert_eq!(PainType::parse(raw), Err(why));
        }
    }
}
