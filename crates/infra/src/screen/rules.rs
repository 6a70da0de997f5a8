//! Rules: TOML (`seeds/crisis/rules/README.md`).
use super::error::ScreenError;
use domain::screen::{ExemptionText, Level, RuleBook, RuleText, Rules, Scope, UnlessText};
use serde::Deserialize;
use std::collections::BTreeMap;

pub(super) fn rules(file: &'static str, text: &str) -> Result<Rules, ScreenError> {
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
    #[serde(default)]
    certain: bool,
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
            certain: file.certain,
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
