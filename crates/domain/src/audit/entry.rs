//! One line of the audit log.
use crate::shared::{AccountId, Timestamp};

/// Declares the acts, each with the word that the store keeps for it.
macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// What was done. The words are stable: reports are built on them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum AuditAction { $($(#[$doc])* $name),+ }
        impl AuditAction {
            pub const ALL: &[Self] = &[$(Self::$name),+];
            pub fn as_str(self) -> &'static str { match self { $(Self::$name => $word),+ } }
        }
    };
}
acts! {
    AccountRegistered = "account.register",
    AccountMadeDoctor = "account.make-doctor",
    AccountMadeStaff = "account.make-admin",
    AccountUnmadeDoctor = "account.remove-doctor",
    AccountUnmadeStaff = "account.remove-admin",
    AccountDeactivated = "account.deactivate",
    AccountReactivated = "account.reactivate",
    /// By an operator; its session ended.
    PasswordSet = "account.set-password",
    /// A letter went out with a link that gives the account another password.
    PasswordResetSent = "account.send-reset",
    /// By such a link; the account's session ended.
    PasswordReset = "account.reset-password",
    ProfileChanged = "profile.change",
    /// Which letters an account wants.
    MailSettingsChanged = "mail-settings.change",
    RecordsSeen = "records.read",
    RecordMade = "record.create",
    RecordChanged = "record.change",
    RecordDeleted = "record.delete",
    NoteMade = "note.create",
    NoteChanged = "note.change",
    NoteDeleted = "note.delete",
    LinkRequested = "link.request",
    LinkAccepted = "link.accept",
    LinkRejected = "link.reject",
    LinkDeleted = "link.delete",
    /// The server removed a link that had been rejected a day ago.
    LinkExpired = "link.expire",
    /// A doctor's list of links shows the patient's profile, prescription and diagnosis.
    LinkSeen = "link.read",
    PrescriptionSeen = "prescription.read",
    PrescriptionMade = "prescription.create",
    PrescriptionChanged = "prescription.change",
    PrescriptionDeleted = "prescription.delete",
    DiagnosisSeen = "diagnosis.read",
    DiagnosisMade = "diagnosis.create",
    DiagnosisChanged = "diagnosis.change",
    DiagnosisDeleted = "diagnosis.delete",
    ConversationDeleted = "conversation.delete",
    /// A member of the staff wrote into somebody's support room.
    SupportAnswered = "support.answer",
    /// A member of the staff saw what was said in somebody's support room, in the inbox or in the room itself.
    SupportSeen = "support.read",
    /// A member of the staff looked at a profile of the PTSD support app.
    CrisisProfileSeen = "crisis-profile.read",
    CrisisProfileChanged = "crisis-profile.change",
    ContactMade = "contact.create",
    ContactChanged = "contact.change",
    ContactDeleted = "contact.delete",
    TherapistChanged = "therapist.change",
    AlarmRaised = "alarm.raise",
    /// The app told what it did when the alarm was raised.
    AlarmReported = "alarm.report",
    /// A recipient answered, by the link in their letter.
    AlarmAnswered = "alarm.answer",
    /// Its owner said that they are safe.
    AlarmEnded = "alarm.end",
    /// A contact agreed to get letters about alarms, or refused, by the link in their letter.
    ContactConfirmed = "contact.confirm",
    ContactRefused = "contact.refuse",
    /// That what they write may go to a model.
    AssistantAgreed = "assistant.agree",
    AssistantConsentWithdrawn = "assistant.withdraw",
    AssistantHistoryErased = "assistant-history.delete",
}

impl AuditAction {
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|act| act.as_str() == word)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// `None` is the server itself: a background job, or an operator at the command line.
    pub actor: Option<AccountId>,
    /// Whose data it is.
    pub patient: AccountId,
    pub act: AuditAction,
    /// The link that justified it; `None` when someone acts on their own data. A `care::LinkId`, told as a number
    /// because audit stands below care, and kept after the link is gone.
    pub link: Option<i64>,
    /// The record, note, prescription or diagnosis; `None` for a whole list, and for what has no id yet.
    pub object: Option<i64>,
    pub at: Timestamp,
}

impl AuditEntry {
    /// Somebody acts on their own data.
    pub fn own(owner: AccountId, act: AuditAction, at: Timestamp) -> Self {
        Self { actor: Some(owner), patient: owner, act, link: None, object: None, at }
    }
    #[must_use]
    pub fn on(self, object: i64) -> Self {
        Self { object: Some(object), ..self }
    }
    /// Justified by this link.
    #[must_use]
    pub fn by_link(self, link: i64) -> Self {
        Self { link: Some(link), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_is_read_back_from_its_word() {
        for act in AuditAction::ALL {
            assert_eq!(AuditAction::parse(act.as_str()), Some(*act));
        }
        assert_eq!(AuditAction::parse("link.stolen"), None);
    }
}
