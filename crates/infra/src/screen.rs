//! The rules of the crisis screen: TOML, embedded in the binary (`seeds/crisis/rules/README.md`).
use domain::screen::{ExemptionText, Level, RuleBook, RuleError, RuleText, Rules, Scope, Screen, UnlessText};
use serde::Deserialize;
use std::collections::BTreeMap;

macro_rules! seed {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../seeds/crisis/rules/", $name)))
    };
}

const MESSAGES: [(&str, &str); 2] = [seed!("en.toml"), seed!("ru.toml")];
const ANSWERS: [(&str, &str); 2] = [seed!("answers_en.toml"), seed!("answers_ru.toml")];

/// What is wrong with a file of rules.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    #[error("{file}: {error}")]
    Toml { file: &'static str, error: Box<toml::de::Error> },
    #[error("{file}: {error}")]
    Rule { file: &'static str, error: RuleError },
}

/// Compiles the embedded rules; for the start of the server, as it takes some milliseconds.
///
/// # Errors
/// [`ScreenError`] for the first mistake.
pub fn load_screen() -> Result<Screen, ScreenError> {
    let compile = |files: [(&'static str, &str); 2]| {
        files.into_iter().map(|(file, text)| rules(file, text)).collect::<Result<Vec<_>, _>>()
    };
    Ok(Screen::new(compile(MESSAGES)?, compile(ANSWERS)?))
}

fn rules(file: &'static str, text: &str) -> Result<Rules, ScreenError> {
    let book: BookFile =
        toml::from_str(text).map_err(|error| ScreenError::Toml { file, error: Box::new(error) })?;
    Rules::compile(&book.into()).map_err(|error| ScreenError::Rule { file, error })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BookFile {
    #[serde(default)]
    correct: Vec<String>,
    #[serde(default)]
    harmless: Vec<String>,
    #[serde(default)]
    words: BTreeMap<String, Vec<String>>,
    #[serde(default, rename = "exemption")]
    exemptions: BTreeMap<String, ExemptionFile>,
    #[serde(default, rename = "rule")]
    rules: Vec<RuleFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    level: LevelFile,
    kind: String,
    #[serde(rename = "match")]
    matches: Vec<String>,
    #[serde(default)]
    within: ScopeFile,
    #[serde(default)]
    with_sentence: Vec<String>,
    #[serde(default)]
    with_message: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    unless_before: Vec<String>,
    #[serde(default)]
    unless_after: Vec<String>,
    #[serde(default)]
    unless_clause: Vec<String>,
    #[serde(default)]
    unless_sentence: Vec<String>,
    #[serde(default)]
    unless_message: Vec<String>,
    #[serde(default)]
    unless_quoted: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExemptionFile {
    #[serde(default)]
    before: Vec<String>,
    #[serde(default)]
    after: Vec<String>,
    #[serde(default)]
    clause: Vec<String>,
    #[serde(default)]
    sentence: Vec<String>,
    #[serde(default)]
    message: Vec<String>,
    #[serde(default)]
    quoted: bool,
    #[serde(default)]
    except: Vec<String>,
    #[serde(default)]
    becomes: LevelFile,
    kind: Option<String>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LevelFile {
    #[default]
    None,
    Worry,
    Danger,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ScopeFile {
    Clause,
    #[default]
    Sentence,
    Message,
}

impl From<LevelFile> for Level {
    fn from(level: LevelFile) -> Self {
        match level {
            LevelFile::None => Self::None,
            LevelFile::Worry => Self::Worry,
            LevelFile::Danger => Self::Danger,
        }
    }
}

impl From<ScopeFile> for Scope {
    fn from(scope: ScopeFile) -> Self {
        match scope {
            ScopeFile::Clause => Self::Clause,
            ScopeFile::Sentence => Self::Sentence,
            ScopeFile::Message => Self::Message,
        }
    }
}

impl From<BookFile> for RuleBook {
    fn from(file: BookFile) -> Self {
        Self {
            words: file.words,
            correct: file.correct,
            harmless: file.harmless,
            exemptions: file.exemptions.into_iter().map(|(name, file)| (name, file.into())).collect(),
            rules: file.rules.into_iter().map(RuleText::from).collect(),
        }
    }
}

impl From<RuleFile> for RuleText {
    fn from(file: RuleFile) -> Self {
        Self {
            level: file.level.into(),
            kind: file.kind,
            matches: file.matches,
            within: file.within.into(),
            with_sentence: file.with_sentence,
            with_message: file.with_message,
            unless: file.unless,
            own: UnlessText {
                before: file.unless_before,
                after: file.unless_after,
                clause: file.unless_clause,
                sentence: file.unless_sentence,
                message: file.unless_message,
                quoted: file.unless_quoted,
            },
        }
    }
}

impl From<ExemptionFile> for ExemptionText {
    fn from(file: ExemptionFile) -> Self {
        Self {
            unless: UnlessText {
                before: file.before,
                after: file.after,
                clause: file.clause,
                sentence: file.sentence,
                message: file.message,
                quoted: file.quoted,
            },
            except: file.except,
            becomes: file.becomes.into(),
            kind: file.kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_rules_compile() {
        for (text, level) in
            [("I want to die", Level::Danger), ("хочу умереть", Level::Danger), ("tea", Level::None)]
        {
            assert_eq!(load_screen().unwrap().of_message(text).level, level, "{text}");
        }
    }
    #[test]
    fn a_mistake_is_told_with_its_file_and_place() {
        let told = |text: &str| rules("x.toml", text).err().unwrap().to_string();
        let unknown = told("[[rule]]\nlevel = \"danger\"\nkind = \"a\"\nmatch = [\"a\"]\nunles = []\n");
        assert!(
            unknown.starts_with("x.toml: ") && unknown.contains("unles") && unknown.contains('5'),
            "{unknown}"
        );
        let list = told("[[rule]]\nlevel = \"danger\"\nkind = \"a\"\nmatch = [\"@a\"]\n");
        assert_eq!(list, "x.toml: `@a`: there is no list `@a`");
    }
}
