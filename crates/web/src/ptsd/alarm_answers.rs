//! What the alarm's calls answer.
use super::alarm_words::unless_accepted;
use crate::{django::DjangoTime, words};
use domain::{
    crisis::{Alarm, AlarmId, AlarmRecipient, ScenarioId},
    outbox::{Channel, DeliveryState, DeliveryStatus},
    shared::Language,
};
use serde::Serialize;
use utoipa::ToSchema;

words! {
    /// `accepted`: the mail server has taken the letter. `refused`: it never will.
    DeliveryStates as "DeliveryState" = DeliveryState::ALL.map(DeliveryState::as_str)
}

words! {
    /// `webhook`: the operator's program, which tells people by telephone.
    Channels as "DeliveryChannel" = Channel::ALL.map(Channel::as_str)
}

/// What the old app shows.
#[derive(Serialize, ToSchema)]
#[schema(as = AlarmAnswer)]
pub(crate) struct AnswerOut<'a> {
    #[schema(example = "Pattern 2")]
    pub scenario: &'a str,
    /// Whether the app is to play the chosen track.
    pub play_music: bool,
    /// What is known of each recipient, in the operator's language.
    #[schema(example = json!(["Ваш/ваша Брат (Иван Иванов) получил(а) уведомление по email."]))]
    pub messages: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Alarm)]
pub(crate) struct AlarmOut<'a> {
    #[schema(example = 1)]
    id: i64,
    #[schema(example = 7)]
    user: i64,
    /// Null when none was chosen.
    #[schema(example = 3, required)]
    scenario: Option<i64>,
    timestamp: DjangoTime,
    /// The press just before, whose letters stand for both.
    #[schema(example = json!(null), required)]
    joined_to: Option<i64>,
    /// Where the user was, as far as that is known.
    #[schema(example = "Москва", max_length = 100)]
    location: &'a str,
    music_played: bool,
    /// Whether a mail server has taken at least one letter to a contact.
    message_sent_to_contacts: bool,
    voice_message_played: bool,
    therapist_notified: bool,
    /// How often its messages were sent again, because nobody answered.
    #[schema(example = 0)]
    repeats: u32,
    /// When they will be next, if nobody answers.
    #[schema(required)]
    repeat_at: Option<DjangoTime>,
    /// When the first recipient answered.
    #[schema(required)]
    answered_at: Option<DjangoTime>,
    /// When the user said that they are safe.
    #[schema(required)]
    safe_at: Option<DjangoTime>,
    /// Whether somebody has answered, the user is safe, or nothing more will be sent.
    completed: bool,
    recipients: Vec<RecipientOut<'a>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AlarmRecipient)]
struct RecipientOut<'a> {
    /// The emergency contact; null is the therapist.
    #[schema(example = 1, required)]
    contact: Option<i64>,
    #[schema(example = "Иван Иванов")]
    name: &'a str,
    /// Blank for the therapist.
    #[schema(example = "Брат")]
    relationship: &'a str,
    #[schema(value_type = Channels)]
    channel: &'static str,
    #[schema(value_type = DeliveryStates)]
    state: &'static str,
    /// How often it was tried.
    attempts: u32,
    queued_at: DjangoTime,
    #[schema(required)]
    attempted_at: Option<DjangoTime>,
    #[schema(required)]
    accepted_at: Option<DjangoTime>,
    #[schema(required)]
    refused_at: Option<DjangoTime>,
    /// When this recipient answered, by the link in what they got.
    #[schema(required)]
    answered_at: Option<DjangoTime>,
    /// Why it is not accepted, in the operator's language.
    #[schema(example = json!(null), required)]
    reason: Option<&'static str>,
}

impl<'a> AlarmOut<'a> {
    pub(super) fn of(alarm: &'a Alarm, language: Language) -> Self {
        Self {
            id: alarm.id.get(),
            user: alarm.owner.get(),
            scenario: alarm.scenario.map(ScenarioId::get),
            timestamp: DjangoTime(alarm.raised_at),
            joined_to: alarm.joined_to.map(AlarmId::get),
            location: &alarm.location,
            music_played: alarm.music_played,
            message_sent_to_contacts: alarm.message_sent_to_contacts(),
            voice_message_played: alarm.voice_message_played,
            therapist_notified: alarm.therapist_notified(),
            repeats: alarm.progress.repeats,
            repeat_at: alarm.progress.repeat_at.map(DjangoTime),
            answered_at: alarm.progress.answered_at.map(DjangoTime),
            safe_at: alarm.progress.safe_at.map(DjangoTime),
            completed: alarm.is_completed(),
            recipients: alarm.recipients.iter().map(|to| RecipientOut::of(to, language)).collect(),
        }
    }
}

impl<'a> RecipientOut<'a> {
    fn of(recipient: &'a AlarmRecipient, language: Language) -> Self {
        let DeliveryStatus { state, attempts, queued_at, attempted_at, finished_at, .. } = recipient.delivery;
        let finished_as = |wanted| finished_at.filter(|_| state == wanted).map(DjangoTime);
        Self {
            contact: recipient.role.contact().map(|id| id.get()),
            name: &recipient.name,
            relationship: &recipient.relationship,
            channel: recipient.channel.as_str(),
            state: state.as_str(),
            attempts,
            queued_at: DjangoTime(queued_at),
            attempted_at: attempted_at.map(DjangoTime),
            accepted_at: finished_as(DeliveryState::Accepted),
            refused_at: finished_as(DeliveryState::Refused),
            answered_at: recipient.answered_at.map(DjangoTime),
            reason: unless_accepted(language, recipient),
        }
    }
}
