//! A text as words in clauses and sentences.
use super::{lookalikes, normal};

/// Words that begin a clause without a comma.
const CLAUSE_WORDS: &[&str] = &["but", "however", "though", "although", "но", "однако", "хотя", "зато"];
/// Bytes: more letters than most words have, so that its memory is asked for once.
const USUAL_WORD: usize = 24;
/// Spaced-out letters are one word from this many in a row.
const MIN_SPACED: usize = 3;
/// Words of one letter: a row of nothing else is no word that is spaced out.
const LETTER_WORDS: &[&str] = &["a", "i", "а", "в", "и", "к", "о", "с", "у", "я"];

/// Indexes of tokens, `end` excluded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Default)]
pub(super) struct Token {
    pub(super) word: String,
    /// The word with repeated letters twice, where [`Token::word`] has them once.
    pub(super) doubled: Option<String>,
    pub(super) clause: Span,
    pub(super) sentence: Span,
    pub(super) is_quoted: bool,
}

/// What stands before a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    /// One character, as between letters that are spaced or dotted out.
    Tight(char),
    Wide,
    Clause,
    Sentence,
}

struct Piece {
    word: String,
    gap: Gap,
    is_quoted: bool,
}

pub(super) fn tokens(text: &str) -> Vec<Token> {
    let pieces = joined(pieces(&normal::normal(text)));
    let (mut clauses, mut sentences) = (Vec::new(), Vec::new());
    for (index, piece) in pieces.iter().enumerate() {
        if index == 0 || piece.gap == Gap::Sentence {
            sentences.push(index);
        }
        if index == 0 || piece.gap >= Gap::Clause || CLAUSE_WORDS.contains(&piece.word.as_str()) {
            clauses.push(index);
        }
    }
    let count = pieces.len();
    let mut tokens: Vec<Token> = pieces.into_iter().map(token).collect();
    for span in spans(&clauses, count) {
        tokens[span.start..span.end].iter_mut().for_each(|token| token.clause = span);
    }
    for span in spans(&sentences, count) {
        tokens[span.start..span.end].iter_mut().for_each(|token| token.sentence = span);
    }
    tokens
}

/// The words as rules and weights see them: a space between words, ` , ` between clauses, ` . ` between sentences. For those who
/// train weights.
#[must_use]
pub fn words_of(text: &str) -> String {
    let tokens = tokens(text);
    let mut words = String::new();
    for (at, token) in tokens.iter().enumerate() {
        if at > 0 {
            words.push_str(match token {
                token if token.sentence.start == at => " . ",
                token if token.clause.start == at => " , ",
                _ => " ",
            });
        }
        words.push_str(&token.word);
    }
    words
}

fn spans(starts: &[usize], count: usize) -> impl Iterator<Item = Span> {
    let ends = starts.iter().skip(1).copied().chain([count]);
    starts.iter().copied().zip(ends).map(|(start, end)| Span { start, end })
}

fn token(piece: Piece) -> Token {
    let word = lookalikes::in_one_script(piece.word);
    let doubled = lookalikes::with_runs_cut(&word, 2);
    let word = lookalikes::with_runs_cut(&word, 1).unwrap_or(word);
    Token { word, doubled, is_quoted: piece.is_quoted, ..Token::default() }
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut quotes = Quotes::default();
    let mut rest = text;
    loop {
        let length = rest.find(|c: char| normal::is_letter(c) || c.is_numeric()).unwrap_or(rest.len());
        let (between, after) = rest.split_at(length);
        quotes.see(between, &mut pieces);
        if after.is_empty() {
            return pieces;
        }
        let (word, length) = first_word(after);
        pieces.push(Piece { word, gap: gap(between), is_quoted: false });
        rest = &after[length..];
    }
}

/// Letters, or digits, up to anything else, and how many bytes they are. Apostrophes and underscores inside a word are dropped.
fn first_word(text: &str) -> (String, usize) {
    let is_number = text.starts_with(char::is_numeric);
    let fits = |c: char| if is_number { c.is_numeric() } else { normal::is_letter(c) };
    let mut word = String::with_capacity(USUAL_WORD);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let joins = !is_number && (normal::is_apostrophe(c) || c == '_');
        if fits(c) {
            word.push(c);
        } else if !joins || !chars.peek().is_some_and(|&(_, next)| fits(next)) {
            return (word, at);
        }
    }
    (word, text.len())
}

fn gap(between: &str) -> Gap {
    let has_space = between.contains(char::is_whitespace);
    if between.contains(['!', '?', '\n']) || (between.contains('.') && has_space) {
        Gap::Sentence
    } else if between.contains([',', ';', ':', '—', '–', '(', ')', '"', '«', '»', '“', '”', '„'])
        || (between.contains('-') && has_space)
    {
        Gap::Clause
    } else {
        let mut chars = between.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) => Gap::Tight(c),
            _ => Gap::Wide,
        }
    }
}

/// Where a quotation began. One that nobody closes is none, so that a lone mark hides nothing.
#[derive(Default)]
struct Quotes {
    opened: Option<usize>,
}

impl Quotes {
    fn see(&mut self, between: &str, pieces: &mut [Piece]) {
        for c in between.chars() {
            let (opens, closes) = (matches!(c, '"' | '«' | '“' | '„'), matches!(c, '"' | '»' | '”' | '“'));
            match self.opened {
                Some(start) if closes => {
                    pieces[start..].iter_mut().for_each(|piece| piece.is_quoted = true);
                    self.opened = None;
                }
                None if opens => self.opened = Some(pieces.len()),
                _ => {}
            }
        }
    }
}

/// Joins letters that stand alone in a row. A word of them ends where the gap differs from those before.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out = Vec::with_capacity(pieces.len());
    let mut row: Vec<Piece> = Vec::new();
    for piece in pieces {
        let is_letter = is_one_letter(&piece.word);
        if !is_letter || piece.gap >= Gap::Clause {
            end_row(&mut row, &mut out);
        }
        if is_letter { row.push(piece) } else { out.push(piece) }
    }
    end_row(&mut row, &mut out);
    out
}

fn is_one_letter(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next().is_some_and(normal::is_letter) && chars.next().is_none()
}

fn end_row(row: &mut Vec<Piece>, out: &mut Vec<Piece>) {
    let is_of_words = row.iter().all(|piece| LETTER_WORDS.contains(&piece.word.as_str()));
    if row.len() < MIN_SPACED || is_of_words {
        return out.append(row);
    }
    let mut word: Option<Piece> = None;
    let mut usual = None;
    for piece in row.drain(..) {
        match &mut word {
            Some(word) if continues(piece.gap, usual) => {
                word.word.push_str(&piece.word);
                usual = Some(piece.gap);
            }
            _ => {
                out.extend(word.replace(piece));
                usual = None;
            }
        }
    }
    out.extend(word);
}

fn continues(gap: Gap, usual: Option<Gap>) -> bool {
    matches!(gap, Gap::Tight(_)) && usual.is_none_or(|usual| usual == gap)
}
