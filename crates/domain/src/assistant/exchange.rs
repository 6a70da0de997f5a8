//! A message and what was answered: stored together, for half of it would be a false memory.
use super::{AnswerOrigin, ScreenResult, Sender};
use crate::{
    audit::{AuditAction, AuditEntry},
    notifications::Notice,
    shared::{AccountId, Timestamp},
};
use chrono::TimeDelta;
use std::num::NonZeroU32;

/// A session ends after so much silence.
pub const SILENCE: TimeDelta = TimeDelta::hours(12);

/// Everything that must become true together when a message is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    pub owner: AccountId,
    pub said: String,
    pub said_at: Timestamp,
    /// The first is the model's, unless a fixed text stands for it.
    pub answers: Vec<Answer>,
    /// Tokens that count against the day's, beside those of the claim.
    pub spent: u32,
    /// To each member of the staff.
    pub notice_for_staff: Option<Notice>,
    pub at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub sender: Sender,
    pub text: String,
    pub origin: Option<AnswerOrigin>,
    pub screen: Option<ScreenResult>,
}

impl Answer {
    /// In place of the model's, or beneath it.
    pub(super) fn fixed(text: String, why: ScreenResult) -> Self {
        Self { sender: Sender::System, text, origin: None, screen: Some(why) }
    }
}

impl Exchange {
    /// Whether the model may be told of it later: what was dangerous, or harmful, it is not.
    pub fn is_context(&self) -> bool {
        self.answers.first().is_some_and(|answer| answer.sender == Sender::Model)
    }

    /// What the client hears.
    pub fn response(&self) -> String {
        self.answers.iter().map(|answer| answer.text.as_str()).collect::<Vec<_>>().join("\n\n")
    }
}

/// The right to ask the model once: counted before it is asked, so that several at once are no way around the limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub owner: AccountId,
    /// `None`: no limit.
    pub messages_per_hour: Option<NonZeroU32>,
    /// As above.
    pub tokens_per_day: Option<NonZeroU32>,
    /// Of the question: they count also if nobody waits for its answer.
    pub tokens: u32,
    pub at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed {
    Granted,
    /// Not before then.
    Refused {
        until: Timestamp,
    },
}

/// The caller has read what becomes of their words, and agrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    pub owner: AccountId,
    pub audit: AuditEntry,
}

impl Agreement {
    pub(super) fn by(owner: AccountId, at: Timestamp) -> Self {
        Self { owner, audit: AuditEntry::own(owner, AuditAction::AssistantAgreed, at) }
    }
}

/// The caller agrees no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    pub owner: AccountId,
    pub audit: AuditEntry,
}

impl Withdrawal {
    pub(super) fn by(owner: AccountId, at: Timestamp) -> Self {
        Self { owner, audit: AuditEntry::own(owner, AuditAction::AssistantConsentWithdrawn, at) }
    }
}

/// The caller erases what they and the model have said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    pub owner: AccountId,
    pub audit: AuditEntry,
}

impl Erasure {
    pub(super) fn by(owner: AccountId, at: Timestamp) -> Self {
        Self { owner, audit: AuditEntry::own(owner, AuditAction::AssistantHistoryErased, at) }
    }
}
