//! Messages of an alarm that nobody has answered are sent again.
use super::{AlarmId, AlarmMessage, AlarmSheet, Recipient, RecipientRole, message::MessageMaker};
use crate::{
    identity::AccountId,
    notifications::Notice,
    outbox::{Channel, Origin},
    shared::Timestamp,
};
use chrono::TimeDelta;

/// Minutes after the press.
const AFTER: [i64; RepeatPlan::MAX as usize] = [5, 15, 30, 60];

/// How often, as the operator decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepeatPlan(u8);

impl RepeatPlan {
    pub const MAX: u8 = 4;

    /// No more than [`MAX`](Self::MAX).
    pub fn new(repeats: u8) -> Self {
        Self(repeats.min(Self::MAX))
    }

    /// When it is done next, after so many; `None` after the last.
    pub(super) fn next(self, raised_at: Timestamp, done: u32) -> Option<Timestamp> {
        let done = usize::try_from(done).ok()?;
        let minutes = AFTER.get(..usize::from(self.0))?.get(done)?;
        Some(raised_at + TimeDelta::minutes(*minutes))
    }
}

/// An alarm that nobody has answered in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRepeat {
    pub alarm: AlarmId,
    pub owner: AccountId,
    pub raised_at: Timestamp,
    /// As its owner's app told last.
    pub location: String,
    /// How often it was done before.
    pub repeats: u32,
    pub origin: Option<Origin>,
    /// To whom messages were due at the press, by each channel.
    pub told: Vec<Told>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub role: RecipientRole,
    pub channel: Channel,
    /// Whether the last message is still being sent: another one would be one too many when the other side is back.
    pub is_open: bool,
}

/// Everything that must become true together when an alarm is repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRepeat {
    alarm: AlarmId,
    owner: AccountId,
    number: u32,
    messages: Vec<AlarmMessage>,
    repeat_at: Option<Timestamp>,
    notice_for_staff: Notice,
    at: Timestamp,
}

impl DueRepeat {
    /// To the same people, as they are named now: an address that was mended since is the better one.
    pub(super) fn repeat(
        &self,
        sheet: &AlarmSheet,
        maker: MessageMaker<'_>,
        plan: RepeatPlan,
        at: Timestamp,
    ) -> NewRepeat {
        let number = self.repeats + 1;
        let was_told = |recipient: &&Recipient| self.told.iter().any(|told| told.role == recipient.role);
        let again: Vec<_> = sheet.recipients.iter().filter(was_told).cloned().collect();
        let mut messages = maker.messages(&sheet.facts(&self.location, self.raised_at, number), &again);
        messages.retain(|message| {
            let same = |told: &&Told| told.role == message.role && told.channel == message.message.channel();
            self.told.iter().find(same).is_some_and(|told| !told.is_open) && message.withheld.is_none()
        });
        NewRepeat {
            alarm: self.alarm,
            owner: self.owner,
            number,
            messages,
            repeat_at: plan.next(self.raised_at, number),
            notice_for_staff: Notice::AlarmUnanswered {
                user: sheet.username.clone(),
                alarm: self.alarm.to_string(),
            },
            at,
        }
    }
}

impl NewRepeat {
    pub fn alarm(&self) -> AlarmId {
        self.alarm
    }
    pub fn owner(&self) -> AccountId {
        self.owner
    }
    /// From 1.
    pub fn number(&self) -> u32 {
        self.number
    }
    pub fn messages(&self) -> &[AlarmMessage] {
        &self.messages
    }
    /// When it is repeated next.
    pub fn repeat_at(&self) -> Option<Timestamp> {
        self.repeat_at
    }
    /// To each member of the staff.
    pub fn notice_for_staff(&self) -> &Notice {
        &self.notice_for_staff
    }
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_come_after_five_and_fifteen_minutes_and_end() {
        let raised = Timestamp::UNIX_EPOCH;
        let minutes = |plan: RepeatPlan| -> Vec<i64> {
            (0..).map_while(|done| plan.next(raised, done)).map(|at| (at - raised).num_minutes()).collect()
        };
        for (repeats, expected) in
            [(0, &[][..]), (1, &[5]), (2, &[5, 15]), (4, &[5, 15, 30, 60]), (200, &[5, 15, 30, 60])]
        {
            assert_eq!(minutes(RepeatPlan::new(repeats)), expected, "{repeats}");
        }
    }
}
