//! The letter after an alarm: its user is safe.
use super::{
    form::{Color, Words},
    phrases::{footer, greeting, shown, written},
};
use domain::shared::{Language, Timestamp};

pub(super) fn words(language: Language, who: &str, name: &str, at: Timestamp) -> Words {
    Words {
        subject: match language {
            Language::Russian => format!("Всё в порядке: {}", shown(who)),
            Language::English => format!("All is well: {}", shown(who)),
        },
        greeting: greeting(language, name),
        what: sentence(language, who),
        facts: vec![(language.of("Когда", "When"), written(language, at))],
        button: None,
        advice: None,
        notes: vec![],
        footer: footer(language),
        color: Color::Calm,
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
