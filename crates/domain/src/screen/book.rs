//! The rules as they are written, before they are compiled. Every `String` of a list is a pattern.
use super::level::{Level, Scope};
use std::collections::BTreeMap;

/// The rules of one language.
#[derive(Debug, Clone, Default)]
pub struct RuleBook {
    /// Named lists of patterns, which patterns name as `@name`.
    pub words: BTreeMap<String, Vec<String>>,
    /// Words that are never taken for a misspelling of another.
    pub correct: Vec<String>,
    /// Expressions whose words no rule sees.
    pub harmless: Vec<String>,
    /// Exemptions that rules name in `unless`.
    pub exemptions: BTreeMap<String, ExemptionText>,
    pub rules: Vec<RuleText>,
}

/// A rule: a match of any of its patterns gives its level, unless an exemption applies to that match.
#[derive(Debug, Clone, Default)]
pub struct RuleText {
    pub level: Level,
    /// For reports: which sort of danger.
    pub kind: String,
    /// Whether it decides alone, unless the weights say danger: they know nothing of what it finds, such as words without spaces.
    pub certain: bool,
    pub matches: Vec<String>,
    pub within: Scope,
    /// If not empty: one of these must be in a sentence of the match.
    pub with_sentence: Vec<String>,
    /// If not empty: one of these must be in the message.
    pub with_message: Vec<String>,
    /// Names of exemptions.
    pub unless: Vec<String>,
    /// The exemption of this rule alone.
    pub own: UnlessText,
}

/// Where an exemption looks, seen from a match.
#[derive(Debug, Clone, Default)]
pub struct UnlessText {
    /// Ends where the match begins, in the same clause.
    pub before: Vec<String>,
    /// Begins where the match ends, in the same clause.
    pub after: Vec<String>,
    /// Begins in a clause of the match.
    pub clause: Vec<String>,
    /// Begins in a sentence of the match.
    pub sentence: Vec<String>,
    /// Anywhere.
    pub message: Vec<String>,
    /// The match begins between quotation marks.
    pub quoted: bool,
}

/// An exemption with a name.
#[derive(Debug, Clone, Default)]
pub struct ExemptionText {
    pub unless: UnlessText,
    /// Anywhere in the message: the exemption does not apply.
    pub except: Vec<String>,
    /// What an exempt match still gives; never more than its rule.
    pub becomes: Level,
    /// The kind of an exempt match that still gives something; else that of its rule.
    pub kind: Option<String>,
}
