//! How a pattern is written: `i? @want ..3 (die|end it)`.
use super::{error::RuleError, normal};
use std::{iter::Peekable, str::Chars};

/// The widest gap, in words.
const MAX_GAP: u32 = 20;
/// The shortest word that may be marked as often misspelt, in letters.
const MIN_LOOSE: usize = 4;
/// The shortest word that is found misspelt without a mark, in letters.
const MIN_FUZZY: usize = 7;
/// The longest word, in letters.
pub(super) const MAX_LETTERS: usize = 32;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Word {
    Whole {
        letters: String,
        is_fuzzy: bool,
    },
    Stem {
        letters: String,
        is_fuzzy: bool,
    },
    /// Anywhere in a word, for words written without spaces.
    Part(String),
    Number,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Word(Word),
    List(String),
    Group(Vec<Vec<Item>>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// Up to so many words.
    Gap(u32),
    ClauseStart,
    ClauseEnd,
    One {
        what: What,
        is_optional: bool,
    },
}

/// # Errors
/// [`RuleError::Syntax`].
pub(super) fn parse(pattern: &str) -> Result<Vec<Item>, RuleError> {
    let mut parser = Parser { pattern, rest: pattern.chars().peekable() };
    let items = parser.sequence()?;
    match parser.rest.next() {
        None => Ok(items),
        Some(c) => Err(parser.problem(format!("`{c}` without a `(`"))),
    }
}

struct Parser<'a> {
    pattern: &'a str,
    rest: Peekable<Chars<'a>>,
}

impl Parser<'_> {
    fn problem(&self, problem: impl Into<String>) -> RuleError {
        RuleError::syntax(self.pattern, problem)
    }
    fn sequence(&mut self) -> Result<Vec<Item>, RuleError> {
        let mut items = Vec::new();
        loop {
            while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
            match self.rest.peek() {
                None | Some('|' | ')') => return Ok(items),
                Some(_) => items.push(self.item()?),
            }
        }
    }
    fn item(&mut self) -> Result<Item, RuleError> {
        let what = if self.rest.next_if_eq(&'(').is_some() {
            self.group()?
        } else {
            let written = self.written();
            match written.as_str() {
                "^" => return Ok(Item::ClauseStart),
                "$" => return Ok(Item::ClauseEnd),
                "#" => What::Word(Word::Number),
                _ if written.starts_with("..") => return self.gap(&written[2..]),
                _ => match written.strip_prefix('@') {
                    Some(name) => What::List(name.to_owned()),
                    None => What::Word(self.word(&written)?),
                },
            }
        };
        Ok(Item::One { what, is_optional: self.rest.next_if_eq(&'?').is_some() })
    }
    /// Up to a space or a sign of the syntax.
    fn written(&mut self) -> String {
        let ends = |c: char| c.is_whitespace() || matches!(c, '(' | '|' | ')' | '?');
        let mut written: String = self.rest.next().into_iter().collect();
        while let Some(c) = self.rest.next_if(|&c| !ends(c)) {
            written.push(c);
        }
        written
    }
    fn gap(&self, words: &str) -> Result<Item, RuleError> {
        match words.parse() {
            Ok(words) if (1..=MAX_GAP).contains(&words) => Ok(Item::Gap(words)),
            _ => Err(self.problem(format!("a gap is `..1` to `..{MAX_GAP}`"))),
        }
    }
    fn group(&mut self) -> Result<What, RuleError> {
        let mut alternatives = Vec::new();
        loop {
            alternatives.push(self.sequence()?);
            match self.rest.next() {
                Some('|') => {}
                Some(')') => return Ok(What::Group(alternatives)),
                _ => return Err(self.problem("`(` without a `)`")),
            }
        }
    }
    fn word(&self, written: &str) -> Result<Word, RuleError> {
        if let Some(part) = written.strip_prefix('*').and_then(|rest| rest.strip_suffix('*')) {
            return Ok(Word::Part(self.letters(part)?));
        }
        let (bare, mark) = match written.strip_suffix(['!', '~']) {
            Some(bare) => (bare, written.chars().last()),
            None => (written, None),
        };
        let letters = self.letters(bare.strip_suffix('*').unwrap_or(bare))?;
        let length = letters.chars().count();
        if length > MAX_LETTERS {
            return Err(self.problem(format!("a word has at most {MAX_LETTERS} letters")));
        }
        if mark == Some('~') && length < MIN_LOOSE {
            return Err(self.problem(format!("`~` needs {MIN_LOOSE} letters")));
        }
        let is_fuzzy = mark == Some('~') || (mark.is_none() && length >= MIN_FUZZY);
        Ok(if bare.ends_with('*') {
            Word::Stem { letters, is_fuzzy }
        } else {
            Word::Whole { letters, is_fuzzy }
        })
    }
    fn letters(&self, written: &str) -> Result<String, RuleError> {
        let letters = normal::normal(written).replace(normal::is_apostrophe, "");
        let is_word = letters.chars().all(char::is_alphabetic) || letters.chars().all(char::is_numeric);
        if letters.is_empty() || !is_word {
            return Err(self.problem(format!("`{written}` is no single word (a hyphen separates words)")));
        }
        Ok(letters)
    }
}
