//! Texts of 4 KiB: what people write, and what makes a matcher slow.
use rand::{RngExt, SeedableRng, rngs::StdRng};

const SIZE: usize = 4 * 1024;

const ENGLISH: &str = "I slept a little better last night, though I woke at four and lay there until it was light. \
    In the morning we went down to the river, where the path is still closed after the storm, and turned back at the mill. \
    My knee hurts less on flat ground; on the stairs I have to stop and hold the rail. \
    My daughter says that I should ask about the new tablets, but the last ones made me so tired that I could not read. \
    What do others do when a whole week looks the same? I would like to paint again, if only my hands were quieter. ";
const RUSSIAN: &str = "Сегодня я проснулся рано и долго лежал, слушая, как за окном метут двор. \
    Потом мы с соседом пошли на рынок, и по дороге он рассказывал о своей даче, о яблоках и о внуках. \
    Колено болит меньше, если идти медленно, но на лестнице приходится останавливаться на каждой площадке. \
    Врач обещал позвонить в четверг, однако я не уверен, что он помнит о нашем разговоре. \
    Вечером я хотел бы снова взять в руки книгу: раньше это помогало, когда мысли не давали покоя. ";
const RULES: [&str; 2] = [
    include_str!("../../../../seeds/crisis/rules/en.toml"),
    include_str!("../../../../seeds/crisis/rules/ru.toml"),
];
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщъыьэюя     ";

pub(super) fn all() -> [(&'static str, String); 5] {
    [
        ("English prose", filled(ENGLISH.chars().cycle())),
        ("Russian prose", filled(RUSSIAN.chars().cycle())),
        ("all words of the rules in turn", filled(words_of_rules().chars().cycle())),
        ("one letter repeated", filled(std::iter::repeat('a'))),
        ("random letters", filled(random_letters())),
    ]
}

fn filled(letters: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    for letter in letters {
        if text.len() + letter.len_utf8() > SIZE {
            break;
        }
        text.push(letter);
    }
    text
}

/// What stands between quotation marks in their files, without the signs of patterns.
fn words_of_rules() -> String {
    let lines = RULES.into_iter().flat_map(str::lines).filter(|line| !line.starts_with('#'));
    let quoted = lines.flat_map(|line| line.split('"').skip(1).step_by(2));
    let words = quoted.flat_map(|pattern| pattern.split(|c: char| !c.is_alphabetic()));
    words.filter(|word| !word.is_empty()).flat_map(|word| [word, " "]).collect()
}

fn random_letters() -> impl Iterator<Item = char> {
    let (mut rng, letters) = (StdRng::seed_from_u64(1), LETTERS.chars().collect::<Vec<_>>());
    std::iter::repeat_with(move || letters.get(rng.random_range(0..letters.len())).copied().unwrap_or(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_4_kib() {
        for (of, text) in all() {
            assert!((SIZE - 1..=SIZE).contains(&text.len()), "{of}: {}", text.len());
        }
    }

    #[test]
    fn the_words_of_the_rules_are_found() {
        let words = words_of_rules();
        for word in ["die", "myself", "kill"] {
            assert!(words.split(' ').any(|found| found == word), "{word}: {words}");
        }
        assert!(!words.contains(['@', '*', '"', '(']), "{words}");
    }
}
