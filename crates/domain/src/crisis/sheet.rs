//! What an alarm is made of.
use super::{Recipient, TrackId, UnconfirmedSent, letter_writer::AlarmFacts};
use crate::{identity::AccountId, shared::Timestamp};

/// What is known of a user now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmSheet {
    pub owner: AccountId,
    pub username: String,
    pub full_name: String,
    pub phone_number: String,
    pub location: String,
    pub music: Option<TrackId>,
    /// The contacts in their order, then the therapist, unless the profile says not to tell them.
    pub recipients: Vec<Recipient>,
    pub unconfirmed_sent: UnconfirmedSent,
}

impl AlarmSheet {
    pub(super) fn facts<'a>(&'a self, location: &'a str, at: Timestamp, round: u32) -> AlarmFacts<'a> {
        AlarmFacts {
            username: &self.username,
            full_name: &self.full_name,
            phone_number: &self.phone_number,
            location,
            at,
            round,
        }
    }
}
