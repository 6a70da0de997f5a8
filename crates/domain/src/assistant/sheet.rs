//! What is known of a user when they write to the assistant.
use super::Turn;
use crate::shared::Timestamp;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssistantSheet {
    pub username: String,
    pub private: PrivateValues,
    /// As their profile tells.
    pub location: String,
    pub therapist: Option<TherapistContact>,
    pub has_agreed: bool,
    /// When a message of theirs told of danger last.
    pub last_danger_at: Option<Timestamp>,
    /// What the model has heard and said in the session that goes on, oldest first.
    pub turns: Vec<Turn>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TherapistContact {
    pub name: String,
    /// May be blank.
    pub phone: String,
}

/// What no model may learn: the user's own, their contacts' and their therapist's. Addresses are known without being told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrivateValues {
    pub names: Vec<String>,
    pub phones: Vec<String>,
}
