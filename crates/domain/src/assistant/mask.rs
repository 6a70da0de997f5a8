//! What a model may not learn is taken out of what it is told.
//!
//! Placeholders, not made-up values: a model that hears another name may use it.
use super::PrivateValues;
use regex::Regex;
use std::{collections::BTreeSet, sync::LazyLock};

pub(super) const NAME: &str = "[name]";
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
    any_email: Regex,
    /// Digits as people write numbers: with spaces, dots, dashes and brackets between them.
    digits: Regex,
}

static PATTERNS: LazyLock<Result<Patterns, regex::Error>> = LazyLock::new(|| {
    Ok(Patterns {
        any_email: Regex::new(r"[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)+")?,
        digits: Regex::new(r"\+?\d(?:[\s().\-‐-―]{0,3}\d)*")?,
    })
});

/// For one user.
pub(super) struct Mask {
    patterns: &'static Patterns,
    names: Option<Regex>,
    /// Those that are no ordinary ones, such as a name without a domain, too.
    emails: Option<Regex>,
    /// Digits only.
    phones: Vec<String>,
}

impl Mask {
    /// # Errors
    /// When it cannot be made: then nothing may be told.
    pub(super) fn of(private: &PrivateValues) -> Result<Self, regex::Error> {
        let phones = private.phones.iter().map(|phone| digits_of(phone));
        let emails =
            private.emails.iter().filter(|email| !email.is_empty()).map(|email| regex::escape(email));
        Ok(Self {
            patterns: PATTERNS.as_ref().map_err(Clone::clone)?,
            names: names(&private.names)?,
            emails: any_of(&emails.collect::<Vec<_>>(), "(?i)(?:{})")?,
            phones: phones.filter(|phone| phone.len() >= KNOWN_PHONE_MIN).collect(),
        })
    }

    pub(super) fn apply(&self, text: &str) -> String {
        let text = replace(Some(&self.patterns.any_email), text, |_| Some(EMAIL));
        let text = replace(self.emails.as_ref(), &text, |_| Some(EMAIL));
        let text = replace(Some(&self.patterns.digits), &text, |found| self.is_phone(found).then_some(PHONE));
        replace(self.names.as_ref(), &text, |_| Some(NAME))
    }

    fn is_phone(&self, found: &str) -> bool {
        let digits = digits_of(found);
        let is_any = digits.len() >= ANY_PHONE_MIN || found.starts_with('+') && digits.len() >= SUBSCRIBER;
        is_any || self.phones.iter().any(|known| is_same_number(known, &digits))
    }
}

fn replace(pattern: Option<&Regex>, text: &str, by: impl Fn(&str) -> Option<&'static str>) -> String {
    let Some(pattern) = pattern else { return text.to_owned() };
    let replaced = |found: &regex::Captures<'_>| {
        let found = found.get(0).map_or("", |all| all.as_str());
        by(found).unwrap_or(found).to_owned()
    };
    pattern.replace_all(text, replaced).into_owned()
}

/// `around` has `{}` in place of the alternatives.
fn any_of(alternatives: &[String], around: &str) -> Result<Option<Regex>, regex::Error> {
    if alternatives.is_empty() {
        return Ok(None);
    }
    Regex::new(&around.replace("{}", &alternatives.join("|"))).map(Some)
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn is_same_number(known: &str, found: &str) -> bool {
    let tail = |digits: &str| digits.get(digits.len().saturating_sub(SUBSCRIBER)..).map(str::to_owned);
    known == found || known.len() >= SUBSCRIBER && found.len() >= SUBSCRIBER && tail(known) == tail(found)
}

/// Each name whole, and each of its words, in any case: letters' and grammar's.
fn names(names: &[String]) -> Result<Option<Regex>, regex::Error> {
    let whole = names.iter().map(|name| name.trim().to_lowercase());
    let parts = names.iter().flat_map(|name| name.split_whitespace().map(str::to_lowercase));
    let all: BTreeSet<String> = whole.chain(parts).filter(|name| name.chars().count() >= NAME_MIN).collect();
    let mut all: Vec<_> = all.into_iter().collect();
    // The longest first: a regex takes the first that fits.
    all.sort_by_key(|name| std::cmp::Reverse(name.len()));
    any_of(&all.iter().map(|name| forms(name)).collect::<Vec<_>>(), r"(?i)\b(?:{})\b")
}

/// A pattern of a Russian name's cases; of any other name itself, and the English genitive.
fn forms(name: &str) -> String {
    let Some(last) = name.chars().last() else { return regex::escape(name) };
    let stem = regex::escape(name.strip_suffix(last).unwrap_or(name));
    match last {
        'а' => format!("{stem}(?:а|ы|и|у|е|ой|ою|ей|ею)"),
        'я' => format!("{stem}(?:я|и|ю|е|ей|ею)"),
        'й' | 'ь' => format!("{stem}(?:{last}|я|ю|ем|ём|е|и|ью|ого|его|ому|ему|ым|им|ом)"),
        'б'..='щ' => format!("{}(?:а|у|ом|ем|е|ым|ых|ой)?", regex::escape(name)),
        _ => format!("{}(?:['’]s)?", regex::escape(name)),
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
            ]),
            phones: texts(&["+7 900 123-45-67", "2205", "", "12"]),
            emails: texts(&["anna@example.com", "root@localhost", ""]),
        })
        .unwrap()
    }

    #[test]
    fn names_are_masked_in_every_case() {
        for (text, expected) in [
            ("Меня зовут Анна Ковалева.", "Меня зовут [name]."),
            ("Я АННА, скажи Анне и Ковалевой", "Я [name], скажи [name] и [name]"),
            ("с Игорем и у Ивана", "с [name] и у [name]"),
            ("I am anna_k; Sarah's here, sarah o'neil", "I am [name]; [name] here, [name]"),
            ("Иванов, Annabel, sarahs", "Иванов, Annabel, sarahs"),
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
