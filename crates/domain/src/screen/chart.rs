//! Where each symbol is in a text, and how many words it covers.
use super::{
    grammar::{Sequence, Step},
    level::Scope,
    text::Token,
};

/// The most words that a match may cover.
pub(super) const MAX_WORDS: usize = 63;

/// The number under which a chart keeps the places of a symbol.
pub(super) type Watch = u32;

/// Bit n: n words.
pub(super) type Lengths = u64;

/// What a grammar finds, and of which symbols the places are kept: those that rules ask for.
pub(super) struct Sequences {
    /// By the symbol that they give, so that none comes before one that it needs.
    all: Vec<Candidate>,
    watched: Vec<Option<Watch>>,
    watches: u32,
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
    fn possible(&self, words: &[Vec<u32>]) -> Vec<Vec<&Candidate>> {
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
struct Candidate {
    sequence: Sequence,
    next: Option<Next>,
}

/// The symbol that must begin at most so many words behind the first.
struct Next {
    symbol: u32,
    gap: usize,
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
