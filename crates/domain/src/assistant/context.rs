//! How much of a conversation goes along with a message.
use super::{Speaker, Turn};

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

/// The prompt, as many of the last turns as the budget allows, and the message. Turns go out in pairs: some chat templates refuse
/// two messages of one speaker in a row.
pub(super) fn within_budget(prompt: &str, turns: &[Turn], said: String, budget: u32) -> Vec<Turn> {
    let mut left = budget.saturating_sub(tokens_of(prompt)).saturating_sub(tokens_of(&said));
    let mut kept = vec![];
    for pair in turns.rchunks(2) {
        let cost: u32 = pair.iter().map(|turn| tokens_of(&turn.text)).sum();
        if cost > left || pair.len() < 2 {
            break;
        }
        left -= cost;
        kept.push(pair);
    }
    let system = Turn { speaker: Speaker::System, text: prompt.to_owned() };
    let now = Turn { speaker: Speaker::User, text: said };
    let past = kept.into_iter().rev().flatten().cloned();
    std::iter::once(system).chain(past).chain([now]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(texts: &[&str]) -> Vec<Turn> {
        let speakers = [Speaker::User, Speaker::Assistant].into_iter().cycle();
        texts.iter().zip(speakers).map(|(text, speaker)| Turn { speaker, text: (*text).to_owned() }).collect()
    }

    fn kept(texts: &[&str], budget: u32) -> Vec<String> {
        let all = within_budget("Be kind.", &turns(texts), "now".to_owned(), budget);
        all.into_iter().map(|turn| turn.text).collect()
    }

    #[test]
    fn tokens_are_estimated_by_the_alphabet() {
        for (text, expected) in [("", 4), ("abcd", 5), ("abcde", 6), ("Привет", 7), ("При abc", 7)] {
            assert_eq!(tokens_of(text), expected, "{text}");
        }
    }

    #[test]
    fn the_last_pairs_go_along_within_the_budget_and_the_prompt_and_the_message_always() {
        let said = ["one", "two", "three", "four"];
        assert_eq!(kept(&said, 3_000), ["Be kind.", "one", "two", "three", "four", "now"]);
        // 6 for the prompt, 5 for the message, 11 for the last pair.
        assert_eq!(kept(&said, 22), ["Be kind.", "three", "four", "now"]);
        assert_eq!(kept(&said, 21), ["Be kind.", "now"]);
        assert_eq!(kept(&said, 0), ["Be kind.", "now"]);
    }
}
