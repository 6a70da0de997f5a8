//! A recipient answers an alarm, by the link in their letter.
use super::Progress;
use crate::shared::Timestamp;
use chrono::TimeDelta;

/// An older alarm is nobody's to look at who finds its letter.
pub const ANSWERED_WITHIN: TimeDelta = TimeDelta::days(7);

/// What the page of such a link shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerPage {
    /// Who raised the alarm: by name, and by the name that they are known under in the app.
    pub full_name: String,
    pub username: String,
    pub phone_number: String,
    pub location: String,
    pub raised_at: Timestamp,
    pub progress: Progress,
    /// By this recipient.
    pub answered_at: Option<Timestamp>,
}
