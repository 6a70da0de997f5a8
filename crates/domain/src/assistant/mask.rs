//! What a model may not learn is taken out of what it is told.
//!
//! Placeholders, not made-up values: a model that hears another name may use it.
use super::PrivateValues;
use regex::Regex;
use std::{borrow::Cow, collections::HashSet, sync::LazyLock};

const NAME: &str = "[name]";
const PHONE: &str = "[phone]";
const EMAIL: &str = "[e-mail]";

/// Shorter ones are words of the language too often.
const NAME_MIN: usize = 3;
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
        email: Regex::new(r"[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)*")?,
        digits: Regex::new(r"\+?\d(?:[\s().\-‐-―]{0,3}\d)*")?,
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

    pub(super) fn apply(&self, text: &str) -> String {
        let text = replace(&self.patterns.email, text, |_| Some(EMAIL));
        let text = replace(&self.patterns.digits, &text, |found| self.is_phone(found).then_some(PHONE));
        let is_name = |word: &str| self.names.contains(&word.to_lowercase());
        replace(&self.patterns.word, &text, |word| is_name(word).then_some(NAME)).into_owned()
    }

    fn is_phone(&self, found: &str) -> bool {
        let digits = digits_of(found);
        let is_any = digits.len() >= ANY_PHONE_MIN || found.starts_with('+') && digits.len() >= SUBSCRIBER;
        is_any || self.phones.iter().any(|known| is_same_number(known, &digits))
    }
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
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric() && c != '_');
    let named = words.filter(|word| word.chars().count() >= NAME_MIN && word.contains(char::is_alphabetic));
    named.flat_map(forms).collect()
}

/// A Russian name in its cases; any other name as it is, and with the English genitive, whose apostrophe some leave out.
fn forms(name: &str) -> Vec<String> {
    let last = name.chars().last().unwrap_or_default();
    let stem = name.strip_suffix(last).unwrap_or(name);
    let (stem, endings): (&str, &[&str]) = match last {
        'а' => (stem, &["а", "ы", "и", "у", "е", "ой", "ою", "ей", "ею"]),
        'я' => (stem, &["я", "и", "ю", "е", "ей", "ею"]),
        'й' => (stem, &["й", "я", "ю", "ем", "ём", "е", "и", "ого", "его", "ому", "ему", "ым", "им", "ом"]),
        'ь' => (stem, &["ь", "я", "ю", "ем", "ём", "е", "и", "ью"]),
        'б'..='щ' => (name, &["", "а", "у", "ом", "ем", "е", "ым", "ых", "ой"]),
        _ => (name, &["", "s"]),
    };
    endings.iter().map(|ending| format!("{stem}{ending}")).collect()
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
            ]),
            phones: texts(&["+7 900 123-45-67", "2205", "", "12"]),
            emails: texts(&["anna@example.com", "root@localhost", ""]),
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
            ("Jo is too short", "Jo is too short"),
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
