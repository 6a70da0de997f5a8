//! What can be wrong with rules.

/// A mistake of a rule book.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    #[error("`{pattern}`: there is no list `@{list}`")]
    UnknownList { pattern: String, list: String },
    #[error("the list `@{0}` contains itself")]
    ListInItself(String),
    #[error("the rule `{rule}` names the exemption `{exemption}`, which does not exist")]
    UnknownExemption { rule: String, exemption: String },
    #[error("the rule `{0}` has no pattern to match")]
    NothingToMatch(String),
    #[error("`{0}`: a pattern needs a word that is not optional")]
    EmptyPattern(String),
    #[error("`{pattern}`: {problem}")]
    Syntax { pattern: String, problem: String },
    #[error("the words could not be indexed: {0}")]
    Index(String),
}

impl RuleError {
    pub(super) fn syntax(pattern: &str, problem: impl Into<String>) -> Self {
        Self::Syntax { pattern: pattern.to_owned(), problem: problem.into() }
    }
}
