//! What concerns the clients of the PTSD support app.
use super::{
    env::{Env, Result},
    values::{choice, within},
};
use domain::{crisis::RepeatPlan, shared::Language};
use std::time::Duration;
use web::ptsd::Alarms;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PtsdSettings {
    /// Of the alarm's answers, of letters and of pages.
    pub language: Language,
    /// How long the answer to a press waits for the mail server's word.
    pub alarm_answer_wait: Duration,
    /// How often an alarm that nobody answers is sent again.
    pub alarm_repeats: RepeatPlan,
}

impl PtsdSettings {
    pub(super) fn from(env: &Env<'_>) -> Result<Self> {
        let languages = [Language::Russian, Language::English].map(|language| (language.code(), language));
        let seconds = within(0..=Alarms::ANSWER_WAIT_MAX.as_secs());
        Ok(Self {
            language: env.parsed("PTSD_LANGUAGE", Language::default().code(), choice(&languages))?,
            alarm_answer_wait: Duration::from_secs(env.parsed("ALARM_ANSWER_WAIT", "6", seconds)?),
            alarm_repeats: RepeatPlan::new(env.parsed("ALARM_REPEATS", "2", within(0..=RepeatPlan::MAX))?),
        })
    }
}
