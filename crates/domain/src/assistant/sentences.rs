//! An answer that is passed on while the model makes it, sentence by sentence: nothing of one leaves before it was looked at.
use crate::screen::{Level, Screen};

/// Bytes before a sentence that are looked at again with it: harm may begin in one sentence and end in the next.
const BEFORE: usize = 1_000;

/// What may be passed on after a piece has come.
#[derive(Debug, PartialEq, Eq)]
pub enum Passed<'a> {
    /// Blank while a sentence goes on.
    Text(&'a str),
    /// Nothing of this answer any more.
    Harmful,
}

pub struct Sentences<'s> {
    screen: &'s Screen,
    answer: String,
    /// Bytes that were passed on.
    passed: usize,
    harmful: bool,
}

impl<'s> Sentences<'s> {
    pub fn new(screen: &'s Screen) -> Self {
        Self { screen, answer: String::new(), passed: 0, harmful: false }
    }

    /// The next piece.
    pub fn push(&mut self, piece: &str) -> Passed<'_> {
        self.answer.push_str(piece);
        match last_end(self.answer.get(self.passed..).unwrap_or_default()) {
            Some(end) => self.pass(self.passed + end),
            None => Passed::Text(""),
        }
    }

    /// What is left after the last piece.
    pub fn end(&mut self) -> Passed<'_> {
        self.pass(self.answer.len())
    }

    fn pass(&mut self, until: usize) -> Passed<'_> {
        let from = floor_boundary(&self.answer, self.passed.saturating_sub(BEFORE));
        let looked_at = self.answer.get(from..until).unwrap_or_default();
        self.harmful = self.harmful || is_harmful(self.screen, looked_at);
        if self.harmful {
            return Passed::Harmful;
        }
        let passed = std::mem::replace(&mut self.passed, until);
        Passed::Text(self.answer.get(passed..until).unwrap_or_default())
    }
}

/// After the last sentence that is certainly over: a point may be one within a number, until something else follows.
fn last_end(text: &str) -> Option<usize> {
    let mut ends =
        text.char_indices().rev().filter(|(_, c)| matches!(c, '.' | '!' | '?' | '…' | '\n' | '。'));
    let (at, end) = ends.find(|(at, c)| {
        let next = text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
        *c != '.' || next.is_some_and(|next| !next.is_alphanumeric())
    })?;
    Some(at + end.len_utf8())
}

pub(super) fn is_harmful(screen: &Screen, answer: &str) -> bool {
    screen.of_answer(answer).level == Level::Danger
}

/// The last place at or before `at` between two characters.
pub(super) fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::{RuleBook, RuleText, Rules};

    fn screen() -> Screen {
        let harm = RuleText {
            level: Level::Danger,
            kind: "harm".into(),
            matches: vec!["deep water".into()],
            ..RuleText::default()
        };
        Screen::new(
            vec![],
            vec![],
            vec![Rules::compile(&RuleBook { rules: vec![harm], ..RuleBook::default() }).unwrap()],
        )
    }

    fn passed(pieces: &[&str]) -> (Vec<String>, bool) {
        let screen = screen();
        let mut sentences = Sentences::new(&screen);
        let (mut all, mut harmful) = (vec![], false);
        let mut pass = |passed: Passed<'_>| match passed {
            Passed::Text(text) => all.push(text.to_owned()),
            Passed::Harmful => harmful = true,
        };
        pieces.iter().for_each(|piece| pass(sentences.push(piece)));
        pass(sentences.end());
        all.retain(|text| !text.is_empty());
        (all, harmful)
    }

    #[test]
    fn a_sentence_is_passed_on_when_it_is_whole_and_the_rest_at_the_end() {
        let (all, harmful) = passed(&["I am", " here. Te", "ll me… mo", "re"]);
        assert_eq!(
            (all.as_slice(), harmful),
            (["I am here.".into(), " Tell me…".into(), " more".into()].as_slice(), false)
        );
        assert_eq!(passed(&["It is 40.", "5 degrees. ", "Yes"]).0, ["It is 40.5 degrees.", " Yes"]);
        assert_eq!(passed(&[]), (vec![], false));
        assert_eq!(passed(&["Да. ", "Нет"]), (vec!["Да.".into(), " Нет".into()], false));
    }

    #[test]
    fn nothing_of_a_harmful_sentence_leaves_nor_anything_after_it() {
        let (all, harmful) = passed(&["I am here. Go into deep", " water. It is cool.", " Good."]);
        assert_eq!((all.as_slice(), harmful), (["I am here.".to_owned()].as_slice(), true));
        assert!(passed(&["deep", " ", "water"]).1);
    }
}
