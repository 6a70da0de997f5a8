//! A text in pieces that are looked at together: sentences, and long ones in parts.
use super::text::{Span, Token};

/// Words after which a piece ends at the next clause, and after which it ends in any case: in a longer piece what matters would be
/// lost among the rest.
const LONG: usize = 24;
const LONGEST: usize = 32;

pub(super) fn segments(tokens: &[Token]) -> Vec<Span> {
    let mut segments = vec![];
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate().skip(1) {
        let words = at - start;
        let ends =
            token.sentence.start == at || words >= LONG && token.clause.start == at || words >= LONGEST;
        if ends {
            segments.push(Span { start, end: at });
            start = at;
        }
    }
    if start < tokens.len() {
        segments.push(Span { start, end: tokens.len() });
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::{super::text::tokens, *};

    fn lengths(text: &str) -> Vec<usize> {
        segments(&tokens(text)).iter().map(|segment| segment.end - segment.start).collect()
    }

    #[test]
    fn a_text_is_cut_at_sentences_and_a_long_sentence_at_a_clause_or_in_the_end_anywhere() {
        assert_eq!(lengths(""), Vec::<usize>::new());
        assert_eq!(lengths("One two. Three, four!\nfive"), [2, 2, 1]);
        assert_eq!(lengths(&"so, ".repeat(30)), [24, 6]);
        assert_eq!(lengths(&"so ".repeat(70)), [32, 32, 6]);
    }
}
