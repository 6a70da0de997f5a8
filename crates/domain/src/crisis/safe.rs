//! The owner of an alarm says that they are safe.
use super::{AlarmId, ProfileAccess, RecipientRole, letter_writer::LetterWriter};
use crate::{
    audit::{AuditAction, AuditEntry},
    identity::AccountId,
    outbox::{Channel, DeliveryId, Message},
    shared::Timestamp,
};

/// Somebody to whom a message of the alarm was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarmed {
    pub role: RecipientRole,
    pub name: String,
    pub relationship: String,
    /// As it was sent.
    pub message: Message,
    /// All that were stored to the same address or number.
    pub deliveries: Vec<DeliveryId>,
}

/// The user with all whom alarms of theirs may have told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmedPeople {
    /// The user, as the letters call them.
    pub who: String,
    pub people: Vec<Alarmed>,
}

/// Tells one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeMessage {
    pub role: RecipientRole,
    pub name: String,
    pub relationship: String,
    pub message: Message,
    /// It is sent if one of these may have arrived.
    pub after: Vec<DeliveryId>,
}

/// Everything that must become true together: the alarm and those before it end, what was not sent is not sent any more, and
/// whoever may have been told of them is told of this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeReport {
    owner: AccountId,
    alarm: AlarmId,
    messages: Vec<SafeMessage>,
    audit: AuditEntry,
}

impl SafeReport {
    pub(super) fn by(
        own: ProfileAccess,
        alarm: AlarmId,
        alarmed: AlarmedPeople,
        writer: &dyn LetterWriter,
        now: Timestamp,
    ) -> Self {
        let AlarmedPeople { who, people } = alarmed;
        let messages = people.into_iter().filter_map(|alarmed| {
            let Alarmed { role, name, relationship, message, deliveries: after } = alarmed;
            let message = match message {
                Message::Letter(letter) => Message::Letter(writer.safe_letter(&who, &name, letter.to, now)),
                Message::Webhook(body) => Message::Webhook(writer.safe_webhook(&body, now)?),
            };
            Some(SafeMessage { role, name, relationship, message, after })
        });
        let messages = messages.collect();
        let audit = own.entry(AuditAction::AlarmEnded, now).on(alarm.get());
        Self { owner: own.owner(), alarm, messages, audit }
    }
    pub fn owner(&self) -> AccountId {
        self.owner
    }
    pub fn alarm(&self) -> AlarmId {
        self.alarm
    }
    pub fn messages(&self) -> &[SafeMessage] {
        &self.messages
    }
    pub fn audit(&self) -> &AuditEntry {
        &self.audit
    }
}

impl SafeMessage {
    pub fn channel(&self) -> Channel {
        self.message.channel()
    }
}
