//! The press of the alarm button: everything that it causes, decided at once.
use super::{
    Alarm, AlarmId, AlarmMessage, AlarmRecipient, AlarmSheet, ProfileAccess, Progress, Recipient,
    RecipientRole, RepeatPlan, Scenario, message::MessageMaker,
};
use crate::{
    audit::{AuditAction, AuditEntry},
    identity::AccountId,
    notifications::Notice,
    outbox::{DeliveryState, DeliveryStatus, Origin},
    shared::{IdempotencyKey, Timestamp},
};
use chrono::TimeDelta;

/// A press so soon after another one whose messages were stored adds none: a shaking hand presses twice.
pub const JOINED_WITHIN: TimeDelta = TimeDelta::seconds(5);
/// A recipient whose message was not accepted for so long is told to the user and to the staff.
pub const UNREACHED_AFTER: TimeDelta = TimeDelta::minutes(2);

/// Everything that must become true together when the button is pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAlarm {
    owner: AccountId,
    scenario: Option<Scenario>,
    location: String,
    music_played: bool,
    messages: Vec<AlarmMessage>,
    origin: Option<Origin>,
    repeat_at: Option<Timestamp>,
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
        maker: MessageMaker<'_>,
        plan: RepeatPlan,
        at: Timestamp,
    ) -> NewAlarm {
        let messages = scenario.map_or_else(Vec::new, |scenario| {
            maker.messages(&self.facts(&self.location, at, 0), &self.told_by(scenario))
        });
        NewAlarm {
            owner: self.owner,
            scenario: scenario.cloned(),
            location: self.location.clone(),
            music_played: scenario.is_some_and(|scenario| scenario.play_music) && self.music.is_some(),
            origin: maker.origin.cloned(),
            repeat_at: if messages.is_empty() { None } else { plan.next(at, 0) },
            notice_for_staff: self.notice_for_staff(scenario, &messages),
            messages,
            actor: access.actor(),
            key,
            audit: access.entry(AuditAction::AlarmRaised, at),
        }
    }

    /// Nobody was chosen, or nobody can be told of those who were: then the staff are the only ones who can help.
    fn notice_for_staff(&self, scenario: Option<&Scenario>, messages: &[AlarmMessage]) -> Option<Notice> {
        let user = self.username.clone();
        let Some(scenario) = scenario else { return Some(Notice::AlarmWithoutScenario { user }) };
        let is_to_tell = scenario.notify_contact || scenario.notify_therapist;
        let tells_nobody = messages.iter().all(|message| message.withheld.is_some());
        (is_to_tell && tells_nobody).then_some(Notice::AlarmReachesNobody { user })
    }

    fn told_by(&self, scenario: &Scenario) -> Vec<Recipient> {
        let is_told = |recipient: &&Recipient| match recipient.role {
            RecipientRole::Contact(_) => scenario.notify_contact,
            RecipientRole::Therapist => scenario.notify_therapist,
        };
        self.recipients.iter().filter(is_told).cloned().collect()
    }
}

impl NewAlarm {
    /// The alarm as stored, when it cannot be read back: all messages queued.
    pub(super) fn unread(&self, id: AlarmId) -> Alarm {
        let at = self.audit.at;
        let recipients = self.messages.iter().map(|message| AlarmRecipient {
            role: message.role,
            channel: message.message.channel(),
            name: message.name.clone(),
            relationship: message.relationship.clone(),
            delivery: DeliveryStatus {
                state: if message.withheld.is_some() {
                    DeliveryState::Refused
                } else {
                    DeliveryState::Queued
                },
                attempts: 0,
                queued_at: at,
                attempted_at: None,
                finished_at: message.withheld.map(|_| at),
                failure: message.withheld,
            },
            is_pending: message.withheld.is_none(),
            answered_at: None,
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
            progress: Progress { repeat_at: self.repeat_at, ..Progress::default() },
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
    pub fn messages(&self) -> &[AlarmMessage] {
        &self.messages
    }
    /// Where the links of its repeats lead, too.
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }
    /// When its messages are sent again, if nobody answers.
    pub fn repeat_at(&self) -> Option<Timestamp> {
        self.repeat_at
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
