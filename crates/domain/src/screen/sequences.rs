//! The patterns as steps, of those that rules ask for.
use super::{
    grammar::{Sequence, Step},
    grouped::Grouped,
    level::Scope,
};

/// The most words that a match may cover.
pub(super) const MAX_WORDS: usize = 63;

/// The number under which a chart keeps the places of a symbol.
pub(super) type Watch = u32;

/// What of a grammar is needed to find some symbols.
pub(super) struct Sequences {
    /// Those of more than one step, by the symbol that they give, so that none comes before one that it needs.
    pub(super) candidates: Vec<Candidate>,
    /// Per symbol, what it is by itself. Most of a grammar is this: a word in lists, lists in groups.
    pub(super) units: Grouped<Unit>,
    /// Of which symbols the places are kept.
    pub(super) watched: Vec<Option<Watch>>,
    pub(super) watches: usize,
    /// Per symbol, whether it is asked for whatever else is in a text.
    pub(super) is_root: Vec<bool>,
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

/// A sequence of nothing but one symbol.
#[derive(Clone, Copy)]
pub(super) struct Unit {
    pub(super) scope: Scope,
    pub(super) gives: u32,
}

impl Sequences {
    /// What watched symbols need, and those that steps outside of the grammar name.
    pub(super) fn new(all: &[Sequence], symbols: usize, watched_symbols: &[u32], named: &[u32]) -> Self {
        let mut watched = vec![None; symbols];
        for (watch, &symbol) in (0_u32..).zip(watched_symbols) {
            watched[symbol as usize] = Some(watch);
        }
        let mut is_root = vec![false; symbols];
        watched_symbols.iter().chain(named).for_each(|&symbol| is_root[symbol as usize] = true);
        let is_needed = needed(all, is_root.clone());
        let longest = longest(all, symbols);
        let (mut candidates, mut units) = (Vec::new(), Vec::new());
        for sequence in all.iter().filter(|sequence| is_needed[sequence.gives as usize]) {
            match sequence.steps.as_slice() {
                &[Step::Symbol(symbol)] => {
                    units.push((symbol, Unit { scope: sequence.scope, gives: sequence.gives }));
                }
                steps => {
                    candidates.push(Candidate { next: next(steps, &longest), sequence: sequence.clone() });
                }
            }
        }
        let watches = watched_symbols.len();
        Self { candidates, units: Grouped::new(symbols, units), watched, watches, is_root }
    }
    pub(super) fn symbols(&self) -> usize {
        self.watched.len()
    }
    /// A symbol, and all that it is by itself; nothing more of one that `is_new` denies.
    pub(super) fn spread(&self, symbol: u32, is_new: &mut impl FnMut(u32) -> bool) {
        if is_new(symbol) {
            self.units.get(symbol).iter().for_each(|unit| self.spread(unit.gives, is_new));
        }
    }
}

/// What the steps to these symbols need, too.
fn needed(all: &[Sequence], mut is_needed: Vec<bool>) -> Vec<bool> {
    for sequence in all.iter().rev() {
        if is_needed[sequence.gives as usize] {
            symbols(&sequence.steps).for_each(|symbol| is_needed[symbol as usize] = true);
        }
    }
    is_needed
}

pub(super) fn symbols(steps: &[Step]) -> impl Iterator<Item = u32> {
    steps.iter().filter_map(|step| match step {
        Step::Symbol(symbol) | Step::Optional(symbol) => Some(*symbol),
        Step::Gap(_) | Step::ClauseStart | Step::ClauseEnd => None,
    })
}

/// Per symbol, how many words it can cover.
fn longest(sequences: &[Sequence], symbols: usize) -> Vec<usize> {
    let mut longest = vec![1; symbols];
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
