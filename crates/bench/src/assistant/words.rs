//! What users and the model say to each other.
use std::time::Duration;

/// Nothing that the screen looks for: such a message is answered without the model, or with a text beneath its answer.
pub(super) const ORDINARY: [&str; 4] = [
    "I slept a little better and went for a walk before breakfast, but my back is stiff again.",
    "Сегодня утром было спокойнее, чем вчера: я позавтракал, полил цветы и почитал у окна.",
    "We had visitors all afternoon. It was loud, and I left the table for a while to be alone.",
    "Вечером мы с сестрой пекли пирог с яблоками и смотрели старую комедию.",
];
pub(super) const DANGER: &str = "I want to die";
pub(super) const HANGS: &str = "Take your time with this one: how do I begin a new day?";

const BEFORE: &str = "I am here. What was good about it? I thought about that for ";
const AFTER: &str = " µs.";

pub(super) fn asks_to_hang(text: &str) -> bool {
    text.contains(HANGS)
}

/// It tells how long it took, so that nobody else is blamed for it.
pub(super) fn answer_after(took: Duration) -> String {
    format!("{BEFORE}{}{AFTER}", took.as_micros())
}

/// `None` when the model has not said it.
pub(super) fn time_told(answer: &str) -> Option<Duration> {
    let number = answer.strip_prefix(BEFORE)?.strip_suffix(AFTER)?;
    number.parse().ok().map(Duration::from_micros)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::screen::Level;
    use infra::screen::load_screen;

    #[test]
    fn the_model_tells_how_long_it_took() {
        let took = Duration::from_micros(50_123);
        assert_eq!(time_told(&answer_after(took)), Some(took));
        assert_eq!(time_told("Call 112."), None);
    }

    #[test]
    fn the_screen_takes_each_text_for_what_it_should_be() {
        let screen = load_screen().unwrap();
        for text in ORDINARY.into_iter().chain([HANGS]) {
            assert_eq!(screen.of_message(text).level, Level::None, "{text}");
        }
        let answer = answer_after(Duration::from_millis(50));
        assert_eq!(screen.by_rules(&answer).level, Level::None);
        assert_eq!(screen.of_answer(&answer).level, Level::None);
        assert_eq!(screen.of_message(DANGER).level, Level::Danger);
    }
}
