//! Where each symbol is in a text, and how many words it covers.
use super::{
    grammar::Step,
    level::Scope,
    possible::Possible,
    sequences::{Candidate, MAX_WORDS, Sequences, Watch},
    text::Token,
    words::Known,
};

/// Bit n: n words.
pub(super) type Lengths = u64;

const ONE_WORD: Lengths = 0b10;

/// A symbol at a place.
#[derive(Clone, Copy)]
struct Found {
    symbol: u32,
    /// Of a sequence: what it is by itself is not there yet. That of words is there from the beginning.
    is_made: bool,
    lengths: Lengths,
}

pub(super) struct Chart<'a> {
    tokens: &'a [Token],
    /// From the last word to the first; those of a word in the order of their symbols.
    found: Vec<Found>,
    /// Per word, where what was found there begins. It ends where that of the word before begins.
    starts: Vec<usize>,
    /// Per watched symbol, by place.
    places: Vec<Vec<(usize, Lengths)>>,
    /// Per symbol, where it was found last.
    nearest: Vec<usize>,
}

impl<'a> Chart<'a> {
    /// From the last word to the first: what a sequence needs further on is known when its first symbol is seen.
    pub(super) fn new(sequences: &Sequences, tokens: &'a [Token], words: &Known) -> Self {
        let possible = Possible::new(sequences, words);
        let starts = vec![usize::MAX; tokens.len()];
        let places = vec![Vec::new(); sequences.watches];
        let nearest = vec![usize::MAX; sequences.symbols()];
        let mut chart = Self { tokens, found: Vec::new(), starts, places, nearest };
        for (at, words) in words.iter().enumerate().rev() {
            chart.begin(&possible, at, words);
            chart.complete(sequences, &possible, at);
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
        let allowed = self.allowed(scope, at);
        let mut lengths = 1;
        for step in steps {
            lengths = allowed & self.after(*step, lengths, at);
            if lengths == 0 {
                break;
            }
        }
        lengths
    }
    fn allowed(&self, scope: Scope, at: usize) -> Lengths {
        let end = match (scope, self.tokens.get(at)) {
            (_, None) | (Scope::Message, _) => self.tokens.len(),
            (Scope::Clause, Some(token)) => token.clause.end,
            (Scope::Sentence, Some(token)) => token.sentence.end,
        };
        u64::MAX >> (MAX_WORDS - (end - at).min(MAX_WORDS))
    }
    fn begin(&mut self, possible: &Possible<'_>, at: usize, words: &[u32]) {
        self.starts[at] = self.found.len();
        let symbols = words.iter().flat_map(|&word| possible.by_word.get(word)).copied();
        let found = |symbol| Found { symbol, is_made: false, lengths: ONE_WORD };
        if words.len() < 2 {
            return self.found.extend(symbols.map(found));
        }
        let mut symbols: Vec<u32> = symbols.collect();
        symbols.sort_unstable();
        symbols.dedup();
        self.found.extend(symbols.into_iter().map(found));
    }
    /// Symbols are seen in the order of their numbers, so each is complete before one that is made of it.
    fn complete(&mut self, sequences: &Sequences, possible: &Possible<'_>, at: usize) {
        let mut next = self.starts[at];
        while let Some(&Found { symbol, is_made, lengths }) = self.found.get(next) {
            next += 1;
            if let Some(watch) = sequences.watched[symbol as usize] {
                self.places[watch as usize].push((at, lengths));
            }
            self.nearest[symbol as usize] = at;
            if is_made {
                for unit in sequences.units.get(symbol) {
                    self.add(at, unit.gives, lengths & self.allowed(unit.scope, at));
                }
            }
            let end = at + lengths.checked_ilog2().map_or(0, |length| length as usize);
            for Candidate { sequence, next } in possible.by_first.get(symbol) {
                if next.as_ref().is_some_and(|next| self.nearest[next.symbol as usize] > end + next.gap) {
                    continue;
                }
                let lengths = self.lengths(&sequence.steps, sequence.scope, at);
                self.add(at, sequence.gives, lengths);
            }
        }
    }
    fn add(&mut self, at: usize, symbol: u32, lengths: Lengths) {
        if lengths == 0 {
            return;
        }
        let start = self.starts[at];
        match self.found[start..].binary_search_by_key(&symbol, |found| found.symbol) {
            Ok(index) => {
                let found = &mut self.found[start + index];
                found.lengths |= lengths;
                found.is_made = true;
            }
            Err(index) => self.found.insert(start + index, Found { symbol, is_made: true, lengths }),
        }
    }
    fn found_at(&self, place: usize) -> &[Found] {
        let Some(&start) = self.starts.get(place) else { return &[] };
        let end = place.checked_sub(1).map_or(usize::MAX, |before| self.starts[before]);
        self.found.get(start..end.min(self.found.len())).unwrap_or_default()
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
            let found = self.found_at(at + length);
            if let Ok(index) = found.binary_search_by_key(&symbol, |found| found.symbol) {
                longer |= found[index].lengths << length;
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
