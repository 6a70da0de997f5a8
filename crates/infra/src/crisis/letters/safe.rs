//! The letter after an alarm: its user is safe.
use super::phrases::written;
use crate::letters::{PlainLetter, greeting, shown};
use domain::shared::{Language, Timestamp};

pub(super) fn letter(language: Language, who: &str, name: &str, at: Timestamp) -> PlainLetter {
    let when = format!("{}: {}", language.of("Когда", "When"), written(language, at));
    PlainLetter {
        language,
        subject: format!("{}: {}", language.of("Всё в порядке", "All is well"), shown(who)),
        greeting: greeting(language, name),
        paragraphs: vec![sentence(language, who), when],
        items: vec![],
        link: None,
        notes: vec![],
        unsubscribe: None,
    }
}

pub(super) fn sentence(language: Language, who: &str) -> String {
    let who = shown(who);
    match language {
        Language::Russian => {
            format!("{who} сообщает, что находится в безопасности. Тревога снята, спасибо Вам.")
        }
        Language::English => format!("{who} is safe. The alarm is over: thank you."),
    }
}
