//! The press of the alarm button: everything that it causes, decided at once.
use super::{
    Alarm, AlarmId, AlarmRecipient, Contact, ContactId, MaybeEmail, ProfileAccess, RecipientRole, Scenario,
    Therapist, TrackId,
    letter_writer::{AlarmFacts, LetterWriter},
};
use crate::{
    audit::{AuditAction, AuditEntry},
    identity::{AccountId, Email},
    notifications::Notice,
    outbox::{DeliveryState, DeliveryStatus, Message},
    shared::{IdempotencyKey, Timestamp},
};
use chrono::TimeDelta;

/// A press so soon after another one whose letters were stored adds none: a shaking hand presses twice.
pub const JOINED_WITHIN: TimeDelta = TimeDelta::seconds(5);
/// A recipient whose letter was not accepted for so long is told to the user and to the staff.
pub const UNREACHED_AFTER: TimeDelta = TimeDelta::minutes(2);

/// What is known of a user at the moment of the press.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmSheet {
    pub owner: AccountId,
    pub username: String,
    pub full_name: String,
    pub phone_number: String,
    pub location: String,
    pub music: Option<TrackId>,
    pub contacts: Vec<Contact>,
    /// `None` also when the profile says not to tell them.
    pub therapist: Option<Therapist>,
}

/// One letter that is due, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmLetter {
    pub role: RecipientRole,
    pub name: String,
    pub relationship: String,
    pub message: Message,
}

/// Everything that must become true together when the button is pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAlarm {
    owner: AccountId,
    scenario: Option<Scenario>,
    location: String,
    music_played: bool,
    letters: Vec<AlarmLetter>,
    /// To each member of the staff.
    notice_for_staff: Option<Notice>,
    actor: AccountId,
    key: Option<IdempotencyKey>,
    audit: AuditEntry,
}

impl AlarmSheet {
    pub fn raise(
        &self,
        access: ProfileAccess,
        key: Option<IdempotencyKey>,
        scenario: Option<&Scenario>,
        writer: &dyn LetterWriter,
        at: Timestamp,
    ) -> NewAlarm {
        NewAlarm {
            owner: self.owner,
            scenario: scenario.cloned(),
            location: self.location.clone(),
            music_played: scenario.is_some_and(|scenario| scenario.play_music) && self.music.is_some(),
            letters: scenario.map_or_else(Vec::new, |scenario| self.letters(scenario, writer, at)),
            notice_for_staff: scenario
                .is_none()
                .then(|| Notice::AlarmWithoutScenario { user: self.username.clone() }),
            actor: access.actor(),
            key,
            audit: access.entry(AuditAction::AlarmRaised, at),
        }
    }

    /// The therapist's last: the contacts are nearer.
    fn letters(&self, scenario: &Scenario, writer: &dyn LetterWriter, at: Timestamp) -> Vec<AlarmLetter> {
        let facts = AlarmFacts {
            username: &self.username,
            full_name: &self.full_name,
            phone_number: &self.phone_number,
            location: &self.location,
            at,
        };
        let contacts = self.contacts.iter().filter(|_| scenario.notify_contact).filter_map(|contact| {
            let to = MaybeEmail::parse(&contact.email).ok()?.get()?.clone();
            Some(AlarmLetter {
                role: RecipientRole::Contact(contact.id),
                name: contact.name.clone(),
                relationship: contact.relationship.clone(),
                message: Message::Letter(writer.to_contact(&facts, &contact.name, to)),
            })
        });
        let therapist = self.therapist.iter().filter(|_| scenario.notify_therapist).filter_map(|therapist| {
            let to = Email::parse(&therapist.email).ok()?;
            Some(AlarmLetter {
                role: RecipientRole::Therapist,
                name: therapist.name.clone(),
                relationship: String::new(),
                message: Message::Letter(writer.to_therapist(&facts, &therapist.name, to)),
            })
        });
        contacts.chain(therapist).collect()
    }
}

impl NewAlarm {
    /// The alarm as stored, when it cannot be read back: all letters queued.
    pub(super) fn unread(&self, id: AlarmId) -> Alarm {
        let at = self.audit.at;
        let recipients = self.letters.iter().map(|letter| AlarmRecipient {
            role: letter.role,
            name: letter.name.clone(),
            relationship: letter.relationship.clone(),
            delivery: DeliveryStatus {
                state: DeliveryState::Queued,
                attempts: 0,
                queued_at: at,
                attempted_at: None,
                finished_at: None,
                failure: None,
            },
        });
        Alarm {
            id,
            owner: self.owner,
            scenario: self.scenario.as_ref().map(|scenario| scenario.id),
            raised_at: at,
            joined_to: None,
            location: self.location.clone(),
            music_played: self.music_played,
            voice_message_played: false,
            recipients: recipients.collect(),
        }
    }
    pub fn owner(&self) -> AccountId {
        self.owner
    }
    pub fn scenario(&self) -> Option<&Scenario> {
        self.scenario.as_ref()
    }
    pub fn location(&self) -> &str {
        &self.location
    }
    pub fn music_played(&self) -> bool {
        self.music_played
    }
    pub fn letters(&self) -> &[AlarmLetter] {
        &self.letters
    }
    pub fn notice_for_staff(&self) -> Option<&Notice> {
        self.notice_for_staff.as_ref()
    }
    /// Under which the client asked for it, if under any; it is the actor's.
    pub fn key(&self) -> Option<&IdempotencyKey> {
        self.key.as_ref()
    }
    pub fn actor(&self) -> AccountId {
        self.actor
    }
    /// Without an object: the store knows the new id.
    pub fn audit(&self) -> &AuditEntry {
        &self.audit
    }
}

impl RecipientRole {
    pub fn contact(self) -> Option<ContactId> {
        match self {
            Self::Contact(id) => Some(id),
            Self::Therapist => None,
        }
    }
}
