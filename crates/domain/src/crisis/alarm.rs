//! An alarm that was raised, and what became of it.
use super::{ContactId, Location, ProfileAccess, ScenarioId};
use crate::{
    audit::{AuditAction, AuditEntry},
    identity::AccountId,
    outbox::{DeliveryState, DeliveryStatus},
    shared::{Patch, Timestamp, id},
};

id!(/// One press of the alarm button.
    AlarmId);

/// The seed's Alarm with its AlarmResult: there is one for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    pub id: AlarmId,
    pub owner: AccountId,
    /// `None`: none was chosen, and nobody was written to.
    pub scenario: Option<ScenarioId>,
    pub raised_at: Timestamp,
    /// The press just before this one, whose letters stand for both.
    pub joined_to: Option<AlarmId>,
    /// Where its owner was, as far as that is known.
    pub location: String,
    pub music_played: bool,
    pub voice_message_played: bool,
    /// To whom letters are due: its own, or those of the press that it joined.
    pub recipients: Vec<AlarmRecipient>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmRecipient {
    pub role: RecipientRole,
    /// As they were at that moment, like the relationship, which a therapist has none of.
    pub name: String,
    pub relationship: String,
    pub delivery: DeliveryStatus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecipientRole {
    Contact(ContactId),
    Therapist,
}

impl Alarm {
    /// Whether nothing more will become known of its letters.
    pub fn is_settled(&self) -> bool {
        self.recipients.iter().all(|recipient| recipient.delivery.state.is_final())
    }
    /// Whether the mail server has taken at least one letter to a contact.
    pub fn message_sent_to_contacts(&self) -> bool {
        self.contacts().any(AlarmRecipient::is_accepted)
    }
    pub fn therapist_notified(&self) -> bool {
        self.therapist().is_some_and(AlarmRecipient::is_accepted)
    }
    pub fn contacts(&self) -> impl Iterator<Item = &AlarmRecipient> {
        self.recipients.iter().filter(|recipient| recipient.role != RecipientRole::Therapist)
    }
    pub fn therapist(&self) -> Option<&AlarmRecipient> {
        self.recipients.iter().find(|recipient| recipient.role == RecipientRole::Therapist)
    }
}

impl AlarmRecipient {
    pub fn is_accepted(&self) -> bool {
        self.delivery.state == DeliveryState::Accepted
    }
}

/// What the app on the owner's phone reports of an alarm.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AppReport {
    pub music_played: Patch<bool>,
    pub voice_message_played: Patch<bool>,
    pub location: Patch<Location>,
}

/// Such a report of the owner's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmUpdate {
    owner: AccountId,
    alarm: AlarmId,
    report: AppReport,
    audit: AuditEntry,
}

impl AlarmUpdate {
    pub fn by(own: ProfileAccess, alarm: AlarmId, report: AppReport, now: Timestamp) -> Self {
        let audit = own.entry(AuditAction::AlarmReported, now).on(alarm.get());
        Self { owner: own.owner(), alarm, report, audit }
    }
    /// Of nobody else's alarm.
    pub fn owner(&self) -> AccountId {
        self.owner
    }
    pub fn alarm(&self) -> AlarmId {
        self.alarm
    }
    pub fn report(&self) -> &AppReport {
        &self.report
    }
    pub fn audit(&self) -> &AuditEntry {
        &self.audit
    }
}
