//! A rule book, compiled.
use super::{
    book::{ExemptionText, RuleBook, RuleText, UnlessText},
    error::RuleError,
    grammar::{Grammar, OpenEnd},
    level::Scope,
    matched::Exemption,
    normal::normal,
    rules::{Rule, Rules},
    sequences::{self, Sequences, Watch},
    words::Words,
};
use std::collections::HashMap;

impl Rules {
    /// # Errors
    /// [`RuleError`] for the first mistake.
    pub fn compile(book: &RuleBook) -> Result<Self, RuleError> {
        let mut compiler = Compiler { grammar: Grammar::new(&book.words), watched: Vec::new() };
        compiler.grammar.check_lists()?;
        let harmless = compiler.grammar.any_of(&book.harmless, Scope::Sentence, OpenEnd::None)?;
        let mut names = HashMap::new();
        let mut exemptions = Vec::new();
        for (name, text) in &book.exemptions {
            names.insert(name.as_str(), exemptions.len());
            exemptions.push(compiler.exemption(text)?);
        }
        let mut rules = Vec::new();
        for text in &book.rules {
            let own = compiler
                .exemption(&ExemptionText { unless: text.own.clone(), ..ExemptionText::default() })?;
            exemptions.push(own);
            rules.push(compiler.rule(text, &names, exemptions.len() - 1)?);
        }
        rules.sort_by_key(|rule| std::cmp::Reverse((rule.level, rule.certain)));
        let (all, words, symbols) = compiler.grammar.into_parts();
        let correct = book.correct.iter().map(|word| normal(word)).collect();
        let words = Words::new(&words, correct)?;
        let after = exemptions.iter().flat_map(|exemption| &exemption.after);
        let named: Vec<u32> = after.flat_map(|steps| sequences::symbols(steps)).collect();
        let harmless = harmless.map(|symbol| Sequences::new(&all, symbols, &[symbol], &[]));
        let sequences = Sequences::new(&all, symbols, &compiler.watched, &named);
        Ok(Self { words, sequences, harmless, exemptions, rules })
    }
}

struct Compiler<'a> {
    grammar: Grammar<'a>,
    watched: Vec<u32>,
}

impl Compiler<'_> {
    fn watch(&mut self, patterns: &[String], scope: Scope) -> Result<Option<Watch>, RuleError> {
        self.watch_open(patterns, scope, OpenEnd::None)
    }
    fn watch_open(
        &mut self,
        patterns: &[String],
        scope: Scope,
        open: OpenEnd,
    ) -> Result<Option<Watch>, RuleError> {
        let symbol = self.grammar.any_of(patterns, scope, open)?;
        self.watched.extend(symbol);
        Ok(symbol.and_then(|_| u32::try_from(self.watched.len() - 1).ok()))
    }
    fn exemption(&mut self, text: &ExemptionText) -> Result<Exemption, RuleError> {
        let UnlessText { before, after, clause, sentence, message, quoted } = &text.unless;
        let after = after.iter().map(|pattern| self.grammar.steps(pattern, OpenEnd::Front));
        Ok(Exemption {
            after: after.collect::<Result<_, _>>()?,
            before: self.watch_open(before, Scope::Clause, OpenEnd::Back)?,
            clause: self.watch(clause, Scope::Clause)?,
            sentence: self.watch(sentence, Scope::Sentence)?,
            message: self.watch(message, Scope::Message)?,
            except: self.watch(&text.except, Scope::Sentence)?,
            is_quoted: *quoted,
            becomes: text.becomes,
            kind: text.kind.clone(),
        })
    }
    fn rule(&mut self, text: &RuleText, names: &HashMap<&str, usize>, own: usize) -> Result<Rule, RuleError> {
        let unknown =
            |name: &String| RuleError::UnknownExemption { rule: text.kind.clone(), exemption: name.clone() };
        let named =
            text.unless.iter().map(|name| names.get(name.as_str()).copied().ok_or_else(|| unknown(name)));
        let exemptions = named.chain([Ok(own)]).collect::<Result<_, _>>()?;
        let matches = self.watch(&text.matches, text.within)?;
        Ok(Rule {
            level: text.level,
            kind: text.kind.clone(),
            certain: text.certain,
            matches: matches.ok_or_else(|| RuleError::NothingToMatch(text.kind.clone()))?,
            with_sentence: self.watch(&text.with_sentence, Scope::Sentence)?,
            with_message: self.watch(&text.with_message, Scope::Message)?,
            exemptions,
        })
    }
}
