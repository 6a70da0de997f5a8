//! Patterns compiled to symbols: a word, a list, a group and the patterns of a rule are each one, found at a place with a length.
//!
//! A symbol's number is higher than those of the symbols that it is made of.
use super::{
    error::RuleError,
    level::Scope,
    pattern::{Item, What, Word, parse},
};
use std::collections::{BTreeMap, HashMap};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Symbol(u32),
    Optional(u32),
    Gap(u32),
    ClauseStart,
    ClauseEnd,
}

#[derive(Debug, Clone)]
pub(super) struct Sequence {
    pub(super) steps: Vec<Step>,
    pub(super) scope: Scope,
    /// The symbol that is found where these steps are.
    pub(super) gives: u32,
}

/// Where a pattern may begin or end with a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OpenEnd {
    None,
    Front,
    Back,
}

pub(super) struct Grammar<'a> {
    lists: &'a BTreeMap<String, Vec<String>>,
    /// `None` while the list is being compiled.
    compiled: HashMap<&'a str, Option<u32>>,
    words: HashMap<Word, u32>,
    pub(super) sequences: Vec<Sequence>,
    symbols: u32,
}

impl<'a> Grammar<'a> {
    pub(super) fn new(lists: &'a BTreeMap<String, Vec<String>>) -> Self {
        let (compiled, words) = (HashMap::new(), HashMap::new());
        Self { lists, compiled, words, sequences: Vec::new(), symbols: 0 }
    }
    /// A symbol for a match of any of the patterns; none if there are none.
    ///
    /// # Errors
    /// [`RuleError`] as the patterns are wrong.
    pub(super) fn any_of(
        &mut self,
        patterns: &[String],
        scope: Scope,
        open: OpenEnd,
    ) -> Result<Option<u32>, RuleError> {
        if patterns.is_empty() {
            return Ok(None);
        }
        let compiled =
            patterns.iter().map(|pattern| self.steps(pattern, open)).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(self.define(compiled, scope)))
    }
    /// # Errors
    /// [`RuleError`] as the pattern is wrong.
    pub(super) fn steps(&mut self, pattern: &str, open: OpenEnd) -> Result<Vec<Step>, RuleError> {
        let steps = self.sequence(&parse(pattern)?, pattern)?;
        let is_gap = |step: Option<&Step>| matches!(step, Some(Step::Gap(_)));
        if (is_gap(steps.first()) && open != OpenEnd::Front)
            || (is_gap(steps.last()) && open != OpenEnd::Back)
        {
            return Err(RuleError::syntax(pattern, "a gap needs a word on both sides"));
        }
        Ok(steps)
    }
    /// Compiles every list, so that one that no rule uses is checked as well.
    ///
    /// # Errors
    /// [`RuleError`] as a list is wrong.
    pub(super) fn check_lists(&mut self) -> Result<(), RuleError> {
        let names: Vec<&'a str> = self.lists.keys().map(String::as_str).collect();
        names.into_iter().try_for_each(|name| self.list(name, name).map(drop))
    }
    pub(super) fn into_parts(self) -> (Vec<Sequence>, Vec<(Word, u32)>, usize) {
        (self.sequences, self.words.into_iter().collect(), self.symbols as usize)
    }
    fn sequence(&mut self, items: &[Item], pattern: &str) -> Result<Vec<Step>, RuleError> {
        let steps = items.iter().map(|item| self.step(item, pattern)).collect::<Result<Vec<_>, _>>()?;
        if !steps.iter().any(|step| matches!(step, Step::Symbol(_))) {
            return Err(RuleError::EmptyPattern(pattern.to_owned()));
        }
        Ok(steps)
    }
    fn step(&mut self, item: &Item, pattern: &str) -> Result<Step, RuleError> {
        Ok(match item {
            Item::Gap(words) => Step::Gap(*words),
            Item::ClauseStart => Step::ClauseStart,
            Item::ClauseEnd => Step::ClauseEnd,
            Item::One { what, is_optional } => {
                let symbol = self.what(what, pattern)?;
                if *is_optional { Step::Optional(symbol) } else { Step::Symbol(symbol) }
            }
        })
    }
    fn what(&mut self, what: &What, pattern: &str) -> Result<u32, RuleError> {
        match what {
            What::Word(word) => Ok(self.word(word)),
            What::List(name) => self.list(name, pattern),
            What::Group(alternatives) => {
                let compiled = alternatives
                    .iter()
                    .map(|items| self.sequence(items, pattern))
                    .collect::<Result<Vec<_>, _>>()?;
                Ok(self.define(compiled, Scope::Message))
            }
        }
    }
    fn word(&mut self, word: &Word) -> u32 {
        if let Some(&symbol) = self.words.get(word) {
            return symbol;
        }
        let symbol = self.symbol();
        self.words.insert(word.clone(), symbol);
        symbol
    }
    fn list(&mut self, name: &str, pattern: &str) -> Result<u32, RuleError> {
        let lists = self.lists;
        let Some((name, patterns)) = lists.get_key_value(name) else {
            return Err(RuleError::UnknownList { pattern: pattern.to_owned(), list: name.to_owned() });
        };
        match self.compiled.get(name.as_str()) {
            Some(Some(symbol)) => return Ok(*symbol),
            Some(None) => return Err(RuleError::ListInItself(name.clone())),
            None => self.compiled.insert(name, None),
        };
        let symbol = self
            .any_of(patterns, Scope::Message, OpenEnd::None)?
            .ok_or_else(|| RuleError::EmptyPattern(format!("@{name}")))?;
        self.compiled.insert(name, Some(symbol));
        Ok(symbol)
    }
    fn define(&mut self, alternatives: Vec<Vec<Step>>, scope: Scope) -> u32 {
        let gives = self.symbol();
        self.sequences.extend(alternatives.into_iter().map(|steps| Sequence { steps, scope, gives }));
        gives
    }
    fn symbol(&mut self) -> u32 {
        self.symbols += 1;
        self.symbols - 1
    }
}
