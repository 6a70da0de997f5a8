//! What the screen finds.

/// How serious a text is. In an answer of the assistant, [`Level::Danger`] means that it must not be shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    #[default]
    None,
    Worry,
    Danger,
}

/// The most serious finding of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Assessment<'a> {
    pub level: Level,
    /// The kind of the rule that decided; absent if no rule spoke.
    pub kind: Option<&'a str>,
    /// Whether that rule decides alone.
    pub certain: bool,
}

/// How far the words of a pattern may lie apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    Clause,
    #[default]
    Sentence,
    Message,
}
