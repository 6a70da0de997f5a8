//! The letter that asks whether alarms may be sent to an address.
use super::{
    form::{Button, Color, Note, Words},
    phrases::{footer, greeting, shown},
};
use domain::shared::Language;

pub(super) fn words(language: Language, who: &str, name: &str, link: &str) -> Words {
    let who = shown(who);
    Words {
        subject: match language {
            Language::Russian => format!("{who} просит Вас быть экстренным контактом"),
            Language::English => format!("{who} asks you to be an emergency contact"),
        },
        greeting: greeting(language, name),
        what: match language {
            Language::Russian => {
                format!("{who} указал(а) Вас как человека, которого нужно известить, если ему (ей) станет плохо.")
            }
            Language::English => format!("{who} named you as somebody to be told when they need help."),
        },
        facts: vec![],
        button: Some(Button {
            label: language.of("Подтвердить или отказаться", "Confirm or refuse"),
            url: link.to_owned(),
        }),
        advice: None,
        notes: vec![Note {
            text: language
                .of(
                    "Если этот человек нажмёт кнопку тревоги, Вы получите письмо с его местом и советом, что делать. \
                     Если Вы не хотите таких писем, откажитесь по той же ссылке: тогда их не будет никогда.",
                    "If they press the alarm button, you get a letter that says where they are and what you can do. If you want no \
                     such letters, refuse by the same link: then there will never be any.",
                )
                .to_owned(),
            url: None,
        }],
        footer: footer(language),
        color: Color::Calm,
    }
}
