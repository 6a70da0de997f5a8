//! How much of a conversation goes along with a message.
use super::Turn;

/// Of each message, for what a chat template puts around it.
const AROUND: u32 = 4;
/// Characters of the Latin alphabet, digits and spaces in a token, about.
const LATIN_IN_TOKEN: u32 = 4;
/// Of all others. Cyrillic is about 2.5; 2 errs towards too many tokens, so that a context never overflows.
const OTHERS_IN_TOKEN: u32 = 2;

/// How many tokens a text is, about: tokenizers differ, and none of them is ours.
pub(super) fn tokens_of(text: &str) -> u32 {
    let (mut latin, mut others) = (0_u32, 0_u32);
    for c in text.chars() {
        let count = if c.is_ascii() { &mut latin } else { &mut others };
        *count = count.saturating_add(1);
    }
    AROUND + latin.div_ceil(LATIN_IN_TOKEN) + others.div_ceil(OTHERS_IN_TOKEN)
}

/// As many of the last turns as the budget allows beside the prompt and the message. Turns go out in pairs: some chat templates refuse
/// two messages of one speaker in a row.
pub(super) fn within_budget<'a>(prompt: &str, turns: &'a [Turn], said: &str, budget: u32) -> &'a [Turn] {
    let mut left = budget.saturating_sub(tokens_of(prompt)).saturating_sub(tokens_of(said));
    let mut kept = turns.len();
    for pair in turns.rchunks_exact(2) {
        let cost: u32 = pair.iter().map(|turn| tokens_of(&turn.text)).sum();
        if cost > left {
            break;
        }
        left -= cost;
        kept -= pair.len();
    }
    turns.get(kept..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assistant::Speaker;

    fn turns(texts: &[&str]) -> Vec<Turn> {
        let speakers = [Speaker::User, Speaker::Assistant].into_iter().cycle();
        texts.iter().zip(speakers).map(|(text, speaker)| Turn { speaker, text: (*text).to_owned() }).collect()
    }

    fn kept(texts: &[&str], budget: u32) -> Vec<String> {
        let all = turns(texts);
        within_budget("Be kind.", &all, "now", budget).iter().map(|turn| turn.text.clone()).collect()
    }

    #[test]
    fn tokens_are_estimated_by_the_alphabet() {
        for (text, expected) in [("", 4), ("abcd", 5), ("abcde", 6), ("Привет", 7), ("При abc", 7)] {
            assert_eq!(tokens_of(text), expected, "{text}");
        }
    }

    #[test]
    fn the_last_pairs_go_along_within_the_budget() {
        let said = ["one", "two", "three", "four"];
        assert_eq!(kept(&said, 3_000), said);
        // 6 for the prompt, 5 for the message, 11 for the last pair.
        assert_eq!(kept(&said, 22), ["three", "four"]);
        assert_eq!(kept(&said, 21), [""; 0]);
        assert_eq!(kept(&said, 0), [""; 0]);
        assert_eq!(
            kept(&["half", "one", "two"], 3_000),
            ["one", "two"],
            "a turn without its other half is left out"
        );
    }
}
