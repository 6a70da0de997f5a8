//! The crisis screen's data, embedded in the binary: rules, and weights that were learned from examples.
mod error;
mod rules;
mod weights;

pub use error::ScreenError;

use domain::{screen::Screen, shared::Language};
use std::sync::LazyLock;

macro_rules! seed {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../../seeds/crisis/", $name)))
    };
}

macro_rules! packed {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name))
    };
}

const MESSAGES: [(&str, &str); 2] = [seed!("rules/en.toml"), seed!("rules/ru.toml")];
const ANSWERS: [(&str, &str); 2] = [seed!("rules/answers_en.toml"), seed!("rules/answers_ru.toml")];
const WEIGHTS: [(Language, &[u8]); 2] =
    [(Language::English, packed!("en.weights")), (Language::Russian, packed!("ru.weights"))];

/// The one of this process, compiled when it is first asked for: a server whose users have no assistant needs none of its 10 MiB,
/// and the first message waits 20 ms for it.
#[allow(clippy::expect_used, reason = "the data is part of the binary, and the tests compile it")]
pub fn screen() -> &'static Screen {
    static SCREEN: LazyLock<Screen> = LazyLock::new(|| load_screen().expect("the shipped data compiles"));
    &SCREEN
}

/// Compiles all of it.
///
/// # Errors
/// [`ScreenError`] for the first mistake.
pub fn load_screen() -> Result<Screen, ScreenError> {
    let compile = |files: [(&'static str, &str); 2]| {
        files.into_iter().map(|(file, text)| rules::rules(file, text)).collect::<Result<Vec<_>, _>>()
    };
    let weights = WEIGHTS
        .into_iter()
        .map(|(language, packed)| weights::weights(language, packed).ok_or(ScreenError::Weights(language)));
    let weights = weights.collect::<Result<_, _>>()?;
    Ok(Screen::new(compile(MESSAGES)?, weights, compile(ANSWERS)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::screen::Level;

    #[test]
    fn the_shipped_data_compiles() {
        for (text, level) in
            [("I want to die", Level::Danger), ("хочу умереть", Level::Danger), ("tea", Level::None)]
        {
            assert_eq!(screen().of_message(text).level, level, "{text}");
        }
    }
    #[test]
    fn a_mistake_is_told_with_its_file_and_place() {
        let told = |text: &str| rules::rules("x.toml", text).err().unwrap().to_string();
        let unknown = told("[[rule]]\nlevel = \"danger\"\nkind = \"a\"\nmatch = [\"a\"]\nunles = []\n");
        assert!(
            unknown.starts_with("x.toml: ") && unknown.contains("unles") && unknown.contains('5'),
            "{unknown}"
        );
        let list = told("[[rule]]\nlevel = \"danger\"\nkind = \"a\"\nmatch = [\"@a\"]\n");
        assert_eq!(list, "x.toml: `@a`: there is no list `@a`");
    }
}
