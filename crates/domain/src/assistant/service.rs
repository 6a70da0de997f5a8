//! What people can do with the assistant.
use super::{
    Agreement, Answer, AnswerOrigin, AssistantError, AssistantSettings, AssistantSheet, Claim, Claimed,
    CrisisLine, CrisisLines, Erasure, Exchange, Message, MessageId, ModelAnswer, ModelFailure, Question,
    Result, Said, ScreenResult, Sender, Speaker, Turn, Withdrawal,
    context::{tokens_of, within_budget},
    mask::Mask,
    ports::{ConversationRepository, Model, Pseudonyms, SafetyWriter},
    sentences::{floor_boundary, is_harmful},
};
use crate::{
    identity::Caller,
    notifications::Notice,
    screen::{Level, Screen, language_of},
    shared::{AccountId, Clock, Each, Language, Page, StoreError, Timestamp},
};
use chrono::TimeDelta;
use std::{sync::Arc, time::Duration};

/// Bytes of a message that are looked at: of an endless text not all.
const LOOKED_AT_MAX: usize = 16_000;
/// The same before the request waits for a thread, where every look holds up others: less than a millisecond's worth.
const LOOKED_AT_FIRST: usize = 4_000;
/// Of tokens: so many times our estimate no tokenizer counts.
const IMPLAUSIBLE: u32 = 20;
/// Characters.
const MODEL_NAME_MAX: usize = 100;
/// The staff are told once in so long of one user's danger.
const TOLD_EVERY: TimeDelta = TimeDelta::minutes(10);

pub struct AssistantService {
    pub conversations: Arc<dyn ConversationRepository>,
    pub model: Arc<dyn Model>,
    /// Compiled when it is first asked for.
    pub screen: fn() -> &'static Screen,
    pub writer: Arc<dyn SafetyWriter>,
    pub lines: Arc<CrisisLines>,
    pub pseudonyms: Arc<dyn Pseudonyms>,
    pub settings: AssistantSettings,
    pub clock: Arc<dyn Clock>,
}

/// What becomes of a message at first.
#[derive(Debug)]
pub enum Begun {
    /// It tells of danger. Somebody in danger is answered also when nothing can be read or stored: then `failure` says why not.
    Answered { response: String, failure: Option<StoreError> },
    /// The model is to be asked.
    Asking(Box<Asking>),
}

/// A message that was read.
#[derive(Debug)]
struct Received {
    owner: AccountId,
    said: Said,
    at: Timestamp,
    language: Language,
}

/// A message that the model is asked about. Nothing but [`AssistantService::begin`] makes one.
#[derive(Debug)]
pub struct Asking {
    received: Received,
    is_worrying: bool,
    sheet: AssistantSheet,
    question: Question,
}

impl Asking {
    pub fn question(&self) -> &Question {
        &self.question
    }
}

impl AssistantService {
    /// Whether the beginning of a message tells of danger: then its answer waits for nothing.
    pub fn is_urgent(&self, text: &str) -> bool {
        self.level(text, LOOKED_AT_FIRST) == Level::Danger
    }

    /// The answer to a message that tells of danger, without anything that is stored; `None` to any other message.
    pub fn answer_at_once(&self, text: &str) -> Option<String> {
        let sheet = AssistantSheet::default();
        let is_danger = self.level(text, LOOKED_AT_MAX) == Level::Danger;
        is_danger.then(|| self.danger_text(language_of(text, self.settings.language), &sheet))
    }

    /// Looks for danger before anything else, so that no bad form, no limit, no missing consent and no missing model stands before its
    /// answer.
    ///
    /// # Errors
    /// [`AssistantError::Text`], [`AssistantError::ConsentRequired`], [`AssistantError::TooMuch`], [`ModelFailure::NotConfigured`].
    pub fn begin(&self, caller: &Caller, text: &str) -> Result<Begun> {
        let level = self.level(text, LOOKED_AT_MAX);
        let said = match Said::parse(text) {
            Ok(said) => said,
            Err(_) if level == Level::Danger => Said::kept(text),
            Err(e) => return Err(AssistantError::Text(e)),
        };
        let language = language_of(text, self.settings.language);
        let received = Received { owner: caller.id(), said, at: self.clock.now(), language };
        let sheet = self.conversations.sheet(received.owner, received.at);
        match level {
            Level::Danger => Ok(self.answer_danger(received, sheet)),
            level => self.prepare(received, level == Level::Worry, sheet?),
        }
    }

    fn prepare(&self, received: Received, is_worrying: bool, sheet: AssistantSheet) -> Result<Begun> {
        if self.settings.needs_consent && !sheet.has_agreed {
            return Err(AssistantError::ConsentRequired(received.language));
        }
        if !self.model.is_configured() {
            return Err(ModelFailure::NotConfigured.into());
        }
        let question = self.question(received.owner, &sheet, &received.said)?;
        self.claim(received.owner, received.at, estimate(&question))?;
        Ok(Begun::Asking(Box::new(Asking { received, is_worrying, sheet, question })))
    }

    /// Stores question and answer. What the client hears stands in it.
    pub fn finish(&self, asking: Asking, answer: ModelAnswer, took: Duration) -> Result<Exchange> {
        let Asking { received, is_worrying, sheet, question } = asking;
        let Received { owner, said, at: said_at, language } = received;
        let (spent, text) = (spent(&question, &answer), shown(&answer.text));
        if is_blank(&text) {
            return Err(ModelFailure::BadAnswer.into());
        }
        let origin = AnswerOrigin {
            model: shown_name(&answer.model),
            took: u32::try_from(took.as_millis()).unwrap_or(u32::MAX),
            tokens: spent,
        };
        let answers = self.judged(text, origin, language, is_worrying, &sheet);
        let exchange = Exchange {
            owner,
            said: said.as_str().to_owned(),
            said_at,
            answers,
            // What the question cost was counted with the claim.
            spent: spent.saturating_sub(estimate(&question)),
            notice_for_staff: None,
            at: self.clock.now(),
        };
        self.conversations.store(&exchange)?;
        Ok(exchange)
    }

    /// A model's answer, with lines beneath it where there is worry; or a fixed text for one that would do harm. In what a model says
    /// only the rules look for worry: the weights were learned from what people write.
    fn judged(
        &self,
        text: String,
        origin: AnswerOrigin,
        language: Language,
        is_worrying: bool,
        sheet: &AssistantSheet,
    ) -> Vec<Answer> {
        let origin = Some(origin);
        if is_harmful((self.screen)(), &text) {
            let fixed = Answer::fixed(self.danger_text(language, sheet), ScreenResult::Harmful);
            return vec![Answer { origin, ..fixed }];
        }
        let is_worrying = is_worrying || (self.screen)().by_rules(&text).level > Level::None;
        let screen = is_worrying.then_some(ScreenResult::Worry);
        let lines = |why| Answer::fixed(self.writer.lines(language, self.lines_for(sheet)), why);
        let model = Answer { sender: Sender::Model, text, origin, screen };
        [model].into_iter().chain(screen.map(lines)).collect()
    }

    pub fn history(
        &self,
        caller: &Caller,
        page: Page<MessageId>,
        each: &mut Each<'_, Message>,
    ) -> Result<()> {
        Ok(self.conversations.history(caller.id(), page, each)?)
    }

    /// Returns how many messages are gone.
    pub fn erase_history(&self, caller: &Caller) -> Result<usize> {
        Ok(self.conversations.erase(&Erasure::by(caller.id(), self.clock.now()))?)
    }

    pub fn has_agreed(&self, caller: &Caller) -> Result<bool> {
        Ok(self.conversations.has_agreed(caller.id())?)
    }

    pub fn agree(&self, caller: &Caller) -> Result<()> {
        Ok(self.conversations.agree(&Agreement::by(caller.id(), self.clock.now()))?)
    }

    pub fn withdraw(&self, caller: &Caller) -> Result<()> {
        Ok(self.conversations.withdraw(&Withdrawal::by(caller.id(), self.clock.now()))?)
    }

    /// Erases some of what is older than the operator keeps it. Returns how many messages; 0 when none is left.
    pub fn forget_old(&self) -> Result<usize> {
        let now = self.clock.now();
        self.conversations.forget_claims(now)?;
        let Some(days) = self.settings.retention_days else { return Ok(0) };
        Ok(self.conversations.forget(now - TimeDelta::days(days.get().into()))?)
    }

    fn answer_danger(&self, received: Received, sheet: Result<AssistantSheet, StoreError>) -> Begun {
        let Received { owner, said, at: now, language } = received;
        let (sheet, unread) =
            sheet.map_or_else(|e| (AssistantSheet::default(), Some(e)), |sheet| (sheet, None));
        let response = self.danger_text(language, &sheet);
        let was_told = sheet.last_danger_at.is_some_and(|at| now - at < TOLD_EVERY);
        let text = response.clone();
        let stored = self.conversations.store(&Exchange {
            owner,
            said: said.as_str().to_owned(),
            said_at: now,
            answers: vec![Answer::fixed(text, ScreenResult::Danger)],
            spent: 0,
            notice_for_staff: (self.settings.notifies_staff && !was_told)
                .then_some(Notice::DangerWritten { user: sheet.username }),
            at: now,
        });
        Begun::Answered { response, failure: unread.or(stored.err()) }
    }

    fn level(&self, text: &str, most: usize) -> Level {
        let until = floor_boundary(text, most.min(text.len()));
        (self.screen)().of_message(text.get(..until).unwrap_or_default()).level
    }

    fn danger_text(&self, language: Language, sheet: &AssistantSheet) -> String {
        self.writer.danger(language, self.lines_for(sheet), sheet.therapist.as_ref())
    }

    fn lines_for(&self, sheet: &AssistantSheet) -> &[CrisisLine] {
        self.lines.at(&sheet.location, &self.settings.country)
    }

    /// Without anything that tells who asks.
    fn question(&self, owner: AccountId, sheet: &AssistantSheet, said: &Said) -> Result<Question> {
        let mask = Mask::of(&sheet.private).map_err(StoreError::failed)?;
        let (prompt, budget) = (&self.settings.prompt, self.settings.context_tokens);
        let turns = within_budget(prompt, &sheet.turns, said.as_str(), budget);
        let masked = |turn: &Turn| Turn { speaker: turn.speaker, text: mask.apply(&turn.text) };
        let system = Turn { speaker: Speaker::System, text: prompt.clone() };
        let now = Turn { speaker: Speaker::User, text: mask.apply(said.as_str()) };
        let turns = std::iter::once(system).chain(turns.iter().map(masked)).chain([now]);
        Ok(Question { turns: turns.collect(), user: self.pseudonyms.of(owner) })
    }

    fn claim(&self, owner: AccountId, at: Timestamp, tokens: u32) -> Result<()> {
        let AssistantSettings { messages_per_hour, tokens_per_day, .. } = self.settings;
        match self.conversations.claim(&Claim { owner, messages_per_hour, tokens_per_day, tokens, at })? {
            Claimed::Granted => Ok(()),
            Claimed::Refused { until } => {
                // Rounded up: who comes back then is let in.
                let seconds = u64::try_from((until - at).num_seconds()).unwrap_or_default() + 1;
                Err(AssistantError::TooMuch { seconds })
            }
        }
    }
}

/// A model may call itself anything.
fn shown_name(model: &str) -> String {
    model.chars().filter(|c| !c.is_control()).take(MODEL_NAME_MAX).collect()
}

/// What the model says that it counted, if that can be; else our estimate.
fn spent(question: &Question, answer: &ModelAnswer) -> u32 {
    let estimated = estimate(question).saturating_add(tokens_of(&answer.text));
    let counted = answer.tokens.map(|tokens| tokens.question.saturating_add(tokens.answer));
    counted.filter(|counted| *counted <= estimated.saturating_mul(IMPLAUSIBLE)).unwrap_or(estimated)
}

fn estimate(question: &Question) -> u32 {
    question.turns.iter().map(|turn| tokens_of(&turn.text)).fold(0, u32::saturating_add)
}

/// What can be shown of an answer.
fn shown(answer: &str) -> String {
    answer.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'))
}

#[cfg(test)]
mod tests;
