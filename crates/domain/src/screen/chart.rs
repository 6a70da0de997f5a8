//! Where each symbol is in a text, and how many words it covers.
use super::{
    grammar::Step,
    level::Scope,
    sequences::{Candidate, MAX_WORDS, Sequences, Watch},
    text::Token,
};

/// Bit n: n words.
pub(super) type Lengths = u64;

pub(super) struct Chart<'a> {
    tokens: &'a [Token],
    /// Per word, by symbol.
    found: Vec<Vec<(u32, Lengths)>>,
    /// Per watched symbol, by place.
    places: Vec<Vec<(usize, Lengths)>>,
    /// Per symbol, where it was found last.
    nearest: Vec<usize>,
}

impl<'a> Chart<'a> {
    /// From the last word to the first: what a sequence needs further on is known when its first symbol is seen.
    pub(super) fn new(sequences: &Sequences, tokens: &'a [Token], words: &[Vec<u32>]) -> Self {
        let by_first = sequences.possible(words);
        let found = words.iter().map(|symbols| symbols.iter().map(|&symbol| (symbol, 0b10)).collect());
        let places = vec![Vec::new(); sequences.watches as usize];
        let nearest = vec![usize::MAX; sequences.watched.len()];
        let mut chart = Self { tokens, found: found.collect(), places, nearest };
        for at in (0..tokens.len()).rev() {
            chart.complete(sequences, &by_first, at);
        }
        chart.places.iter_mut().for_each(|places| places.reverse());
        chart
    }
    /// Where a watched symbol begins, from the first to the last.
    pub(super) fn places(&self, watch: Watch) -> &[(usize, Lengths)] {
        self.places.get(watch as usize).map_or(&[], Vec::as_slice)
    }
    /// How many words the steps cover from a place.
    pub(super) fn lengths(&self, steps: &[Step], scope: Scope, at: usize) -> Lengths {
        let end = match (scope, self.tokens.get(at)) {
            (_, None) | (Scope::Message, _) => self.tokens.len(),
            (Scope::Clause, Some(token)) => token.clause.end,
            (Scope::Sentence, Some(token)) => token.sentence.end,
        };
        let allowed = u64::MAX >> (MAX_WORDS - (end - at).min(MAX_WORDS));
        let mut lengths = 1;
        for step in steps {
            lengths = allowed & self.after(*step, lengths, at);
            if lengths == 0 {
                break;
            }
        }
        lengths
    }
    /// Symbols are seen in the order of their numbers, so each is complete before one that is made of it.
    fn complete(&mut self, sequences: &Sequences, by_first: &[Vec<&Candidate>], at: usize) {
        let mut next = 0;
        while let Some(&(symbol, lengths)) = self.found[at].get(next) {
            next += 1;
            if let Some(watch) = sequences.watched[symbol as usize] {
                self.places[watch as usize].push((at, lengths));
            }
            self.nearest[symbol as usize] = at;
            let end = at + lengths.checked_ilog2().map_or(0, |length| length as usize);
            for Candidate { sequence, next } in &by_first[symbol as usize] {
                if next.as_ref().is_some_and(|next| self.nearest[next.symbol as usize] > end + next.gap) {
                    continue;
                }
                let lengths = self.lengths(&sequence.steps, sequence.scope, at);
                if lengths != 0 {
                    self.add(at, sequence.gives, lengths);
                }
            }
        }
    }
    fn add(&mut self, at: usize, symbol: u32, lengths: Lengths) {
        let found = &mut self.found[at];
        match found.binary_search_by_key(&symbol, |entry| entry.0) {
            Ok(index) => found[index].1 |= lengths,
            Err(index) => found.insert(index, (symbol, lengths)),
        }
    }
    fn after(&self, step: Step, lengths: Lengths, at: usize) -> Lengths {
        let clause = |place: usize| self.tokens.get(place).map(|token| token.clause);
        match step {
            Step::Symbol(symbol) => self.with_symbol(symbol, lengths, at),
            Step::Optional(symbol) => lengths | self.with_symbol(symbol, lengths, at),
            Step::Gap(words) => (0..words).fold(lengths, |lengths, _| lengths | lengths << 1),
            Step::ClauseStart => {
                keep(lengths, |length| clause(at + length).is_some_and(|it| it.start == at + length))
            }
            Step::ClauseEnd => keep(lengths, |length| {
                (at + length).checked_sub(1).and_then(clause).is_some_and(|it| it.end == at + length)
            }),
        }
    }
    fn with_symbol(&self, symbol: u32, lengths: Lengths, at: usize) -> Lengths {
        let mut longer = 0;
        for length in bits(lengths) {
            let Some(found) = self.found.get(at + length) else { break };
            if let Ok(index) = found.binary_search_by_key(&symbol, |entry| entry.0) {
                longer |= found[index].1 << length;
            }
        }
        longer
    }
}

fn keep(lengths: Lengths, fits: impl Fn(usize) -> bool) -> Lengths {
    bits(lengths).filter(|&length| fits(length)).fold(0, |kept, length| kept | 1 << length)
}

fn bits(mut lengths: Lengths) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = (lengths != 0).then(|| lengths.trailing_zeros() as usize)?;
        lengths &= lengths - 1;
        Some(lowest)
    })
}
