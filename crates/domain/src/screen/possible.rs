//! What of the sequences can be in a text at all: most lack a word there, and cost nothing then.
use super::{
    grammar::{Sequence, Step},
    grouped::Grouped,
    sequences::{Candidate, Sequences, symbols},
    words::Known,
};

pub(super) struct Possible<'a> {
    /// Per symbol, the sequences that can begin with it.
    pub(super) by_first: Grouped<&'a Candidate>,
    /// Per word of the rules that is in the text, what it is by itself, in order, as far as anything asks for it.
    pub(super) by_word: Grouped<u32>,
}

impl<'a> Possible<'a> {
    pub(super) fn new(sequences: &'a Sequences, words: &Known) -> Self {
        let mut different: Vec<u32> = words.iter().flatten().copied().collect();
        different.sort_unstable();
        different.dedup();
        let mut is_wanted = sequences.is_root.clone();
        let by_first = by_first(sequences, &different, &mut is_wanted);
        let mut by_word = Vec::new();
        for word in different {
            let first = by_word.len();
            sequences.spread(word, &mut |symbol| {
                if is_wanted[symbol as usize] {
                    by_word.push((word, symbol));
                }
                true
            });
            by_word[first..].sort_unstable();
        }
        by_word.dedup();
        let symbols = sequences.symbols();
        Self { by_first: Grouped::new(symbols, by_first), by_word: Grouped::new(symbols, by_word) }
    }
}

/// The sequences whose symbols are all possible. What their steps name is wanted.
fn by_first<'a>(
    sequences: &'a Sequences,
    words: &[u32],
    is_wanted: &mut [bool],
) -> Vec<(u32, &'a Candidate)> {
    let mut is_possible = vec![false; sequences.symbols()];
    let add = |symbol: u32, is_possible: &mut Vec<bool>| {
        sequences.spread(symbol, &mut |symbol| !std::mem::replace(&mut is_possible[symbol as usize], true));
    };
    words.iter().for_each(|&word| add(word, &mut is_possible));
    let mut by_first = Vec::new();
    for candidate in &sequences.candidates {
        let Sequence { steps, gives, .. } = &candidate.sequence;
        let lacks = |step: &Step| matches!(step, Step::Symbol(symbol) if !is_possible[*symbol as usize]);
        if steps.iter().any(lacks) {
            continue;
        }
        add(*gives, &mut is_possible);
        symbols(steps).for_each(|symbol| is_wanted[symbol as usize] = true);
        firsts(steps, |symbol| by_first.push((symbol, candidate)));
    }
    by_first
}

fn firsts(steps: &[Step], mut first: impl FnMut(u32)) {
    for step in steps {
        match step {
            Step::Optional(symbol) => first(*symbol),
            Step::Symbol(symbol) => return first(*symbol),
            Step::Gap(_) | Step::ClauseStart | Step::ClauseEnd => {}
        }
    }
}
