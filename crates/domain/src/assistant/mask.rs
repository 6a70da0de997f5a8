//! What a model may not learn is taken out of what it is told.
//!
//! Placeholders, not made-up values: a model that hears another name may use it.
use super::PrivateValues;
use regex::Regex;
use std::{borrow::Cow, collections::HashSet, sync::LazyLock};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

const NAME: &str = "[name]";
const PHONE: &str = "[phone]";
const EMAIL: &str = "[e-mail]";

/// Shorter ones are words of the language too often, unless they are written like a name.
const NAME_MIN: usize = 3;
const SHORTEST: usize = 2;
/// Digits of a number that is nobody's we know: fewer are dates, doses and amounts.
const ANY_PHONE_MIN: usize = 9;
/// Digits of a number that we know.
const KNOWN_PHONE_MIN: usize = 4;
/// Digits that tell a number from others, whatever code of a country or of a trunk stands before them.
const SUBSCRIBER: usize = 7;

struct Patterns {
    email: Regex,
    /// Digits as people write numbers: with spaces, dots, dashes and brackets between them.
    digits: Regex,
    word: Regex,
}

static PATTERNS: LazyLock<Result<Patterns, regex::Error>> = LazyLock::new(|| {
    Ok(Patterns {
        email: Regex::new(
            r"[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)*|[\p{L}\d._%+-]+ {0,2}@ {0,2}[\p{L}\d-]+(?:\.[\p{L}\d-]+)+",
        )?,
        digits: Regex::new(r"\+?\d(?:[\s().,/_*\-‐-―−⁃]{0,4}\d)*")?,
        word: Regex::new(r"[\p{L}\d_]+")?,
    })
});

/// For one user. Their names are compared word by word: a pattern of them would be compiled anew for each message.
pub(super) struct Mask {
    patterns: &'static Patterns,
    /// In lower case, in every grammatical case.
    names: HashSet<String>,
    /// Digits only.
    phones: Vec<String>,
}

impl Mask {
    /// # Errors
    /// When it cannot be made: then nothing may be told.
    pub(super) fn of(private: &PrivateValues) -> Result<Self, regex::Error> {
        let phones = private.phones.iter().map(|phone| digits_of(phone));
        Ok(Self {
            patterns: PATTERNS.as_ref().map_err(Clone::clone)?,
            names: private.names.iter().flat_map(|name| forms_of_words(name)).collect(),
            phones: phones.filter(|phone| phone.len() >= KNOWN_PHONE_MIN).collect(),
        })
    }

    /// In the form in which texts that look the same are the same.
    pub(super) fn apply(&self, text: &str) -> String {
        let text: String = text.nfkc().filter(|c| !is_invisible(*c)).collect();
        let text = replace(&self.patterns.email, &text, |_| Some(EMAIL));
        let text = replace(&self.patterns.digits, &text, |found| self.is_phone(found).then_some(PHONE));
        replace(&self.patterns.word, &text, |word| self.is_name(word).then_some(NAME)).into_owned()
    }

    fn is_name(&self, word: &str) -> bool {
        let is_long = word.chars().count() >= NAME_MIN;
        (is_long || word.starts_with(char::is_uppercase)) && self.names.contains(&key(word))
    }

    fn is_phone(&self, found: &str) -> bool {
        let digits = digits_of(found);
        let is_any = digits.len() >= ANY_PHONE_MIN && is_grouped_like_a_phone(found)
            || found.starts_with('+') && digits.len() >= SUBSCRIBER;
        is_any || self.phones.iter().any(|known| is_same_number(known, &digits))
    }
}

/// Not a date, and no row of single digits, of years or of readings.
fn is_grouped_like_a_phone(found: &str) -> bool {
    let groups: Vec<&str> =
        found.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let is_year = |group: &&str| group.len() == 4 && (group.starts_with("19") || group.starts_with("20"));
    let is_date = groups.first().is_some_and(is_year) && groups.get(1).is_some_and(|month| month.len() <= 2);
    !is_date
        && !is_row_of_readings(found)
        && !groups.iter().all(is_year)
        && groups.iter().any(|group| group.len() > 1)
}

/// Blood pressures (`120/80, 130/85`) and temperatures (`36.6 37.1`).
fn is_row_of_readings(found: &str) -> bool {
    let is_number =
        |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_reading = |piece: &str| {
        let halves = piece.split_once(['/', '.']);
        halves.is_some_and(|(first, second)| is_number(first) && is_number(second))
    };
    found.split([' ', ',']).filter(|piece| !piece.is_empty()).all(is_reading)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// In lower case and without accents, as people leave them out.
fn key(word: &str) -> String {
    word.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

fn replace<'a>(pattern: &Regex, text: &'a str, by: impl Fn(&str) -> Option<&'static str>) -> Cow<'a, str> {
    pattern.replace_all(text, |found: &regex::Captures<'_>| {
        let found = found.get(0).map_or("", |all| all.as_str());
        by(found).unwrap_or(found).to_owned()
    })
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn is_same_number(known: &str, found: &str) -> bool {
    let tail = |digits: &str| digits.get(digits.len().saturating_sub(SUBSCRIBER)..).map(str::to_owned);
    known == found || known.len() >= SUBSCRIBER && found.len() >= SUBSCRIBER && tail(known) == tail(found)
}

/// Of each word of a name.
fn forms_of_words(name: &str) -> Vec<String> {
    let name: String = name.nfc().collect();
    let words = name.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_lowercase);
    let named = words.filter(|word| word.chars().count() >= SHORTEST && word.contains(char::is_alphabetic));
    named.flat_map(|word| forms(&word)).map(|form| key(&form)).collect()
}

/// A Russian name in its cases; any other name as it is, and with the English genitive, whose apostrophe some leave out.
fn forms(name: &str) -> Vec<String> {
    const NOUN: &[&str] = &["", "а", "у", "ом", "ем", "е", "ым", "ых", "ой"];
    const SOFT: &[&str] = &["й", "ь", "я", "ю", "ем", "ём", "е", "и", "ью"];
    const ADJECTIVE: &[&str] = &[
        "ий", "ый", "ой", "ая", "яя", "ого", "его", "ому", "ему", "ым", "им", "ом", "ем", "ую", "юю", "ей",
        "ые", "ых", "их",
    ];
    let end = name.chars().rev().take(2).collect::<Vec<_>>();
    let cut = |letters: usize| -> String {
        name.chars().take(name.chars().count().saturating_sub(letters)).collect()
    };
    let all = |stem: String, endings: &[&str]| -> Vec<String> {
        endings.iter().map(|ending| format!("{stem}{ending}")).collect()
    };
    match end.as_slice() {
        // Достоевский, Достоевского; Юрий, Юрия.
        ['й', 'и' | 'ы' | 'о'] => [all(cut(2), ADJECTIVE), all(cut(1), SOFT)].concat(),
        ['я', 'а' | 'я'] => all(cut(2), ADJECTIVE),
        ['а', ..] => all(cut(1), &["а", "ы", "и", "у", "е", "ой", "ою", "ей", "ею"]),
        ['я', ..] => all(cut(1), &["я", "и", "ю", "е", "ей", "ею"]),
        ['й' | 'ь', ..] => all(cut(1), SOFT),
        // Павел, Павла; Лев, Льва.
        [last @ 'б'..='щ', 'е' | 'ё' | 'о'] => {
            let fleeting = [format!("{}{last}", cut(2)), format!("{}ь{last}", cut(2))];
            let fleeting = fleeting
                .iter()
                .flat_map(|stem| NOUN[1..].iter().map(move |ending| format!("{stem}{ending}")));
            NOUN.iter().map(|ending| format!("{name}{ending}")).chain(fleeting).collect()
        }
        ['б'..='щ', ..] => all(cut(0), NOUN),
        _ => all(cut(0), &["", "s"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask() -> Mask {
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
        Mask::of(&PrivateValues {
            names: texts(&[
                "anna_k",
                "Анна Ковалева",
                "Sarah O'Neil",
                "Игорь",
                "Иван",
                "Jo",
                "",
                "C++ (fan)",
                "Пётр Достоевский",
                "Павел",
                "Лев",
                "Юрий",
                "Артём",
                "Zoë",
            ]),
            phones: texts(&["+7 900 123-45-67", "2205", "", "12"]),
        })
        .unwrap()
    }

    #[test]
    fn names_are_masked_in_every_case() {
        for (text, expected) in [
            ("Меня зовут Анна Ковалева.", "Меня зовут [name] [name]."),
            ("Я АННА, скажи Анне и Ковалевой", "Я [name], скажи [name] и [name]"),
            ("с Игорем и у Ивана", "с [name] и у [name]"),
            ("I am anna_k; Sarah's here, sarah o'neil", "I am [name]; [name]'s here, [name] o'[name]"),
            ("Иванов, Annabel, sarahs", "Иванов, Annabel, [name]"),
            ("с Юрием и Юрию", "с [name] и [name]"),
            ("Jo is short, and jo is a word", "[name] is short, and jo is a word"),
            (
                "Петр Достоевскому, Петра; с Павлом и у Льва, АРТЕМ",
                "[name] [name], [name]; с [name] и у [name], [name]",
            ),
            ("Арте\u{308}м, Zoe\u{308}, Zoe, Ан\u{200b}на", "[name], [name], [name], [name]"),
        ] {
            assert_eq!(mask().apply(text), expected);
        }
    }

    #[test]
    fn numbers_are_masked_as_they_are_written_and_amounts_are_not() {
        for (text, expected) in [
            ("call +7 (900) 123-45-67 now", "call [phone] now"),
            ("8 900 123 45 67", "[phone]"),
            ("89001234567", "[phone]"),
            ("123-45-67", "[phone]"),
            ("door 2205", "door [phone]"),
            ("+49 30 901820", "[phone]"),
            ("555 123 4567 8", "[phone]"),
            ("8/900/123/45/67, 123−45−67", "[phone]"),
            ("８９００1234567", "[phone]"),
            (
                "since 2024-11-29 10:30; in 1999 - 2003 - 2010",
                "since 2024-11-29 10:30; in 1999 - 2003 - 2010",
            ),
            ("1 2 3 4 5 6 7 8 9", "1 2 3 4 5 6 7 8 9"),
            ("was 120/80, 130/85 and 36.6 37.1 36.9", "was 120/80, 130/85 and 36.6 37.1 36.9"),
            ("900.123.45.67 or 12/34 56/78 90", "[phone] or [phone]"),
            ("on 29.11.2024 at 10:30, 12 of 120000", "on 29.11.2024 at 10:30, 12 of 120000"),
            ("call 112, 988 or 116 123", "call 112, 988 or 116 123"),
        ] {
            assert_eq!(mask().apply(text), expected);
        }
    }

    #[test]
    fn addresses_are_masked_whose_ever_they_are() {
        for (text, expected) in [
            ("write to Anna@Example.com!", "write to [e-mail]!"),
            ("or to пётр@почта.рф, x.y+z@mail.example.org", "or to [e-mail], [e-mail]"),
            ("root@localhost", "[e-mail]"),
            ("anna @ example.com", "[e-mail]"),
            ("at 5 @ home", "at 5 @ home"),
        ] {
            assert_eq!(mask().apply(text), expected);
        }
    }

    #[test]
    fn who_has_nothing_private_is_told_as_they_wrote() {
        let text = "Меня зовут Анна (2205).";
        assert_eq!(Mask::of(&PrivateValues::default()).unwrap().apply(text), text);
    }
}
