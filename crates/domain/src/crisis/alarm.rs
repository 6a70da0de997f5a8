//! An alarm that was raised, and what became of it.
use super::{Location, ProfileAccess, RecipientRole, ScenarioId};
use crate::{
    audit::{AuditAction, AuditEntry},
    identity::AccountId,
    outbox::{Channel, DeliveryState, DeliveryStatus},
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
    /// The press just before this one, whose messages stand for both.
    pub joined_to: Option<AlarmId>,
    /// Where its owner was, as far as that is known.
    pub location: String,
    pub music_played: bool,
    pub voice_message_played: bool,
    /// Of the press that it joined, if it joined one.
    pub progress: Progress,
    /// To whom messages are due: its own, or those of the press that it joined. One for each channel.
    pub recipients: Vec<AlarmRecipient>,
}

/// How far an alarm is, apart from its messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// How often its messages were sent again.
    pub repeats: u32,
    /// When they will be next, if nobody answers.
    pub repeat_at: Option<Timestamp>,
    /// When the first recipient answered.
    pub answered_at: Option<Timestamp>,
    /// When its owner said that they are safe.
    pub safe_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmRecipient {
    pub role: RecipientRole,
    pub channel: Channel,
    /// As they were at that moment, like the relationship, which a therapist has none of.
    pub name: String,
    pub relationship: String,
    /// Of the message that was accepted, else of the last one.
    pub delivery: DeliveryStatus,
    /// Whether a message to them is still being sent: a later one may be.
    pub is_pending: bool,
    pub answered_at: Option<Timestamp>,
}

impl Alarm {
    /// Whether nothing more will become known of the letters that were sent.
    pub fn is_settled(&self) -> bool {
        self.by_email().all(AlarmRecipient::is_settled)
    }
    /// Whether nothing more will happen.
    pub fn is_completed(&self) -> bool {
        let Progress { repeat_at, answered_at, safe_at, .. } = self.progress;
        let is_over = answered_at.is_some() || safe_at.is_some();
        is_over || (repeat_at.is_none() && !self.recipients.iter().any(|recipient| recipient.is_pending))
    }
    /// Whether the mail server has taken at least one letter to a contact.
    pub fn message_sent_to_contacts(&self) -> bool {
        self.contacts().any(AlarmRecipient::is_accepted)
    }
    pub fn therapist_notified(&self) -> bool {
        self.therapist().is_some_and(AlarmRecipient::is_accepted)
    }
    /// Those with an address.
    pub fn contacts(&self) -> impl Iterator<Item = &AlarmRecipient> {
        self.by_email().filter(|recipient| recipient.role != RecipientRole::Therapist)
    }
    pub fn therapist(&self) -> Option<&AlarmRecipient> {
        self.by_email().find(|recipient| recipient.role == RecipientRole::Therapist)
    }
    fn by_email(&self) -> impl Iterator<Item = &AlarmRecipient> {
        self.recipients.iter().filter(|recipient| recipient.channel == Channel::Email)
    }
}

impl AlarmRecipient {
    pub fn is_accepted(&self) -> bool {
        self.delivery.state == DeliveryState::Accepted
    }
    fn is_settled(&self) -> bool {
        self.delivery.state.is_final()
    }

    /// With what is known of a later message to the same recipient.
    #[must_use]
    pub fn followed_by(self, later: Self) -> Self {
        let delivery = if self.is_accepted() { self.delivery } else { later.delivery };
        let answered_at = self.answered_at.or(later.answered_at);
        Self { delivery, is_pending: self.is_pending || later.is_pending, answered_at, ..later }
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
