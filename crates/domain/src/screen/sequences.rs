//! The patterns as steps, and which of them can be in a text at all: most lack a word there, and cost nothing then.
use super::grammar::{Sequence, Step};

/// The most words that a match may cover.
pub(super) const MAX_WORDS: usize = 63;

/// The number under which a chart keeps the places of a symbol.
pub(super) type Watch = u32;

/// What a grammar finds, and of which symbols the places are kept: those that rules ask for.
pub(super) struct Sequences {
    /// By the symbol that they give, so that none comes before one that it needs.
    all: Vec<Candidate>,
    pub(super) watched: Vec<Option<Watch>>,
    pub(super) watches: u32,
}

impl Sequences {
    pub(super) fn new(all: Vec<Sequence>, symbols: u32, watched_symbols: &[u32]) -> Self {
        let mut watched = vec![None; symbols as usize];
        for (watch, &symbol) in (0_u32..).zip(watched_symbols) {
            watched[symbol as usize] = Some(watch);
        }
        let watches = u32::try_from(watched_symbols.len()).unwrap_or(u32::MAX);
        let longest = longest(&all, symbols);
        let candidate = |sequence: Sequence| Candidate { next: next(&sequence.steps, &longest), sequence };
        let all = all.into_iter().map(candidate).collect();
        Self { all, watched, watches }
    }
    /// The sequences whose words are all in the text, by the symbols that they can begin with.
    pub(super) fn possible(&self, words: &[Vec<u32>]) -> Vec<Vec<&Candidate>> {
        let mut is_possible = vec![false; self.watched.len()];
        words.iter().flatten().for_each(|&symbol| is_possible[symbol as usize] = true);
        let mut by_first = vec![Vec::new(); self.watched.len()];
        for candidate in &self.all {
            let Sequence { steps, gives, .. } = &candidate.sequence;
            let lacks = |step: &Step| matches!(step, Step::Symbol(symbol) if !is_possible[*symbol as usize]);
            if steps.iter().any(lacks) {
                continue;
            }
            is_possible[*gives as usize] = true;
            for symbol in firsts(steps) {
                by_first[symbol as usize].push(candidate);
            }
        }
        by_first
    }
}

/// A sequence, and what tells soon that it cannot be at a place.
pub(super) struct Candidate {
    pub(super) sequence: Sequence,
    pub(super) next: Option<Next>,
}

/// The symbol that must begin at most so many words behind the first.
pub(super) struct Next {
    pub(super) symbol: u32,
    pub(super) gap: usize,
}

/// Per symbol, how many words it can cover.
fn longest(sequences: &[Sequence], symbols: u32) -> Vec<usize> {
    let mut longest = vec![1; symbols as usize];
    for Sequence { steps, gives, .. } in sequences {
        let words = steps.iter().map(|step| match step {
            Step::Gap(words) => *words as usize,
            Step::Symbol(symbol) | Step::Optional(symbol) => longest[*symbol as usize],
            Step::ClauseStart | Step::ClauseEnd => 0,
        });
        let words = words.sum::<usize>().min(MAX_WORDS);
        longest[*gives as usize] = words.max(longest[*gives as usize]);
    }
    longest
}

fn next(steps: &[Step], longest: &[usize]) -> Option<Next> {
    let mut gap = 0;
    let mut rest = steps.iter().skip_while(|step| matches!(step, Step::ClauseStart));
    let Some(Step::Symbol(_)) = rest.next() else { return None };
    for step in rest {
        match *step {
            Step::Gap(words) => gap += words as usize,
            Step::Symbol(symbol) => return Some(Next { symbol, gap }),
            Step::Optional(symbol) => gap += longest[symbol as usize],
            Step::ClauseStart | Step::ClauseEnd => {}
        }
    }
    None
}

fn firsts(steps: &[Step]) -> Vec<u32> {
    let mut firsts = Vec::new();
    for step in steps {
        match step {
            Step::Optional(symbol) => firsts.push(*symbol),
            Step::Symbol(symbol) => {
                firsts.push(*symbol);
                break;
            }
            Step::Gap(_) | Step::ClauseStart | Step::ClauseEnd => {}
        }
    }
    firsts
}
