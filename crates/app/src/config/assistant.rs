//! The assistant: which model it asks, and what keeps its users safe.
use super::{
    env::{BadConfig, Env, Result},
    values::{choice, count_or_none, within},
};
use domain::{assistant::AssistantSettings, shared::Language};
use infra::assistant::{ApiKey, ModelSettings, ModelUrl, load_lines};
use std::fs;

/// What the model is told of its task, unless the operator has written something else.
const PROMPT: &str = include_str!("../../../../seeds/assistant_prompt.txt");
/// Bytes. A longer one leaves no room for a conversation.
const PROMPT_MAX: usize = 16 * 1024;

/// `None`: nobody answers but the screen.
pub(super) fn model(env: &Env<'_>) -> Result<Option<ModelSettings>> {
    const URL: &str = "ASSISTANT_URL";
    const MODEL: &str = "ASSISTANT_MODEL";
    let url = env.optional(URL, ModelUrl::parse)?;
    let api_key = env.optional_or_in_file("ASSISTANT_API_KEY", "ASSISTANT_API_KEY_FILE", ApiKey::parse)?;
    match (url, env.get(MODEL)) {
        (Some(url), Some(model)) => Ok(Some(ModelSettings { url, api_key, model })),
        (Some(_), None) => {
            Err(BadConfig::new(MODEL, "is required with ASSISTANT_URL: as its server calls the model"))
        }
        (None, Some(_)) => Err(BadConfig::new(URL, "is required with ASSISTANT_MODEL")),
        (None, None) if api_key.is_some() => Err(BadConfig::new(URL, "is required with ASSISTANT_API_KEY")),
        (None, None) => Ok(None),
    }
}

pub(super) fn assistant(env: &Env<'_>, language: Language) -> Result<AssistantSettings> {
    let on_or_off = choice(&[("on", true), ("off", false)]);
    Ok(AssistantSettings {
        prompt: prompt(env)?,
        context_tokens: env.parsed("ASSISTANT_CONTEXT_TOKENS", "3000", within(500..=1_000_000))?,
        messages_per_hour: env.parsed("ASSISTANT_MESSAGES_PER_HOUR", "60", count_or_none)?,
        tokens_per_day: env.parsed("ASSISTANT_TOKENS_PER_DAY", "200000", count_or_none)?,
        needs_consent: env.parsed(
            "ASSISTANT_CONSENT",
            "off",
            choice(&[("required", true), ("off", false)]),
        )?,
        notifies_staff: env.parsed("CRISIS_NOTIFY_STAFF", "off", on_or_off)?,
        country: env.parsed("CRISIS_COUNTRY", "", country)?,
        language,
        retention_days: env.parsed("CHAT_RETENTION_DAYS", "365", count_or_none)?,
    })
}

fn prompt(env: &Env<'_>) -> Result<String> {
    const FILE: &str = "ASSISTANT_PROMPT_FILE";
    let Some(path) = env.get(FILE) else { return Ok(PROMPT.trim().to_owned()) };
    let bad = |why: String| BadConfig::new(FILE, why);
    let text = fs::read_to_string(&path).map_err(|e| bad(format!("cannot be read from {path}: {e}")))?;
    match text.trim() {
        "" => Err(bad(format!("names {path}, which is empty"))),
        text if text.len() > PROMPT_MAX => {
            Err(bad(format!("names {path}, which has more than {PROMPT_MAX} bytes")))
        }
        text => Ok(text.to_owned()),
    }
}

/// One whose lines are known, or blank.
fn country(raw: &str) -> Result<String, String> {
    let lines = load_lines().map_err(|e| e.to_string())?;
    if raw.is_empty() || lines.country(raw).is_some() {
        return Ok(raw.to_ascii_uppercase());
    }
    let codes: Vec<_> = lines.countries.iter().map(|country| country.code.as_str()).collect();
    Err(format!("must be one of {}: of other countries no number is known but 112", codes.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: (&str, &str) = ("ASSISTANT_URL", "http://localhost:11434/v1");
    const MODEL: (&str, &str) = ("ASSISTANT_MODEL", "llama3.2");
    const KEY: (&str, &str) = ("ASSISTANT_API_KEY", "hunter2");

    fn with<T>(variables: &[(&str, &str)], read: impl FnOnce(&Env<'_>) -> T) -> T {
        read(&Env(&|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        }))
    }

    #[test]
    fn a_model_has_a_url_and_a_name_or_neither() {
        let read = |variables: &[(&str, &str)]| with(variables, model);
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[URL, MODEL, KEY]).unwrap().unwrap().to_string(), "llama3.2 at localhost:11434");
        assert_eq!(read(&[URL]).unwrap_err().variable, MODEL.0);
        assert_eq!(read(&[MODEL]).unwrap_err().variable, URL.0);
        assert_eq!(read(&[KEY]).unwrap_err().variable, URL.0);
        let error = read(&[("ASSISTANT_URL", "http://api.example.com/hunter2"), MODEL]).unwrap_err();
        assert!(error.variable == URL.0 && !error.why.contains("hunter2"), "{error}");
    }

    #[test]
    fn limits_can_be_turned_off_and_a_country_must_be_known() {
        let read = |variables: &[(&str, &str)]| with(variables, |env| assistant(env, Language::Russian));
        let standard = read(&[]).unwrap();
        assert_eq!(standard.messages_per_hour.unwrap().get(), 60);
        assert!(
            standard.prompt.starts_with("You are") && !standard.needs_consent && standard.country.is_empty()
        );
        let off = read(&[("ASSISTANT_MESSAGES_PER_HOUR", "0"), ("CHAT_RETENTION_DAYS", "0")]).unwrap();
        assert_eq!((off.messages_per_hour, off.retention_days), (None, None));
        assert_eq!(read(&[("CRISIS_COUNTRY", "de")]).unwrap().country, "DE");
        assert_eq!(read(&[("CRISIS_COUNTRY", "ZZ")]).unwrap_err().variable, "CRISIS_COUNTRY");
        assert_eq!(read(&[("ASSISTANT_CONSENT", "yes")]).unwrap_err().variable, "ASSISTANT_CONSENT");
    }

    #[test]
    fn the_prompt_may_stand_in_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let by_file = ("ASSISTANT_PROMPT_FILE", file.path().to_str().unwrap());
        for (content, good) in [("", false), ("Be brief.", true)] {
            std::fs::write(&file, format!("{content}\n")).unwrap();
            match with(&[by_file], |env| assistant(env, Language::Russian)) {
                Ok(settings) => assert!(good && settings.prompt == content),
                Err(e) => assert!(!good && e.variable == by_file.0),
            }
        }
        let missing = with(&[("ASSISTANT_PROMPT_FILE", "/nowhere")], |env| assistant(env, Language::Russian));
        assert!(missing.is_err());
    }
}
