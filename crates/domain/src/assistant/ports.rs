//! What conversations with a model need of the outside.
use super::{
    Agreement, AssistantSheet, Claim, Claimed, CrisisLine, Erasure, Exchange, Message, MessageId,
    ModelAnswer, ModelFailure, Question, TherapistContact, Withdrawal,
};
use crate::shared::{AccountId, Each, Language, Page, StoreError, Timestamp};
use std::pin::Pin;

/// Hears an answer piece by piece, while the model makes it.
pub type OnDelta<'a> = &'a mut (dyn FnMut(&str) + Send);

/// A program that answers: a model behind a chat-completions server, or a service that takes one question and gives one answer.
pub trait Model: Send + Sync {
    /// Whether the operator has named one.
    fn is_configured(&self) -> bool;
    /// MUST take no longer than [`ANSWER_MAX`](super::ANSWER_MAX), and MUST tell failures in our own words. May be dropped at any time:
    /// it MUST then stop asking. The pieces that `on_delta` hears MUST be the answer when put together; a service that gives
    /// its answer whole may have it heard in one piece.
    fn ask<'a>(
        &'a self,
        question: &'a Question,
        on_delta: Option<OnDelta<'a>>,
    ) -> Pin<Box<dyn Future<Output = Result<ModelAnswer, ModelFailure>> + Send + 'a>>;
}

/// The store of conversations. One method is one transaction.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait ConversationRepository: Send + Sync {
    /// Turns are those of the session that goes on at `now`, and none that tells of danger or harm.
    fn sheet(&self, owner: AccountId, now: Timestamp) -> Result<AssistantSheet, StoreError>;
    /// Counts one message. MUST hold the limits also when several ask at once.
    fn claim(&self, claim: &Claim) -> Result<Claimed, StoreError>;
    /// All of it, in the session that goes on, or in a new one after [`SILENCE`](super::SILENCE).
    fn store(&self, exchange: &Exchange) -> Result<(), StoreError>;
    /// Oldest first.
    fn history<'f>(
        &self,
        owner: AccountId,
        page: Page<MessageId>,
        each: &mut Each<'f, Message>,
    ) -> Result<(), StoreError>;
    /// Returns how many messages are gone. What was said before and is still being answered MUST NOT be stored after it.
    fn erase(&self, erasure: &Erasure) -> Result<usize, StoreError>;
    fn has_agreed(&self, owner: AccountId) -> Result<bool, StoreError>;
    /// A second time changes nothing.
    fn agree(&self, agreement: &Agreement) -> Result<(), StoreError>;
    /// A second time changes nothing.
    fn withdraw(&self, withdrawal: &Withdrawal) -> Result<(), StoreError>;
    /// Erases some messages from before `oldest`, and in the end the sessions that this leaves empty. Returns how many messages; 0
    /// when none is left.
    fn forget(&self, oldest: Timestamp) -> Result<usize, StoreError>;
    /// Forgets who claimed how much so long ago that no limit asks for it.
    fn forget_claims(&self, now: Timestamp) -> Result<(), StoreError>;
}

/// Makes of an account what a model's operator may know it by.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Pseudonyms: Send + Sync {
    /// MUST be the same for the same account, and MUST tell nobody without the server's secret which account it is.
    fn of(&self, account: AccountId) -> String;
}

/// Words what we say in place of the model.
pub trait SafetyWriter: Send + Sync {
    /// Kind, short, and for somebody who may not read to its end: names the alarm button, the lines, and the therapist if there is
    /// one.
    fn danger(
        &self,
        language: Language,
        lines: &[CrisisLine],
        therapist: Option<&TherapistContact>,
    ) -> String;
    /// What stands beneath an answer.
    fn lines(&self, language: Language, lines: &[CrisisLine]) -> String;
}
