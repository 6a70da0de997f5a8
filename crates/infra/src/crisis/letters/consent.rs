//! The letter that asks whether alarms may be sent to an address.
use crate::letters::{PlainLetter, greeting, shown};
use domain::shared::Language;

pub(super) fn letter(language: Language, who: &str, name: &str, link: &str) -> PlainLetter {
    let who = shown(who);
    // Without a name: whoever registers chooses it, and a stranger's subject is no place for it.
    let (subject, what) = match language {
        Language::Russian => (
            "Вас просят быть экстренным контактом".to_owned(),
            format!("{who} указал(а) Вас как человека, которого нужно известить, если понадобится помощь."),
        ),
        Language::English => (
            "You are asked to be an emergency contact".to_owned(),
            format!("{who} named you as somebody to be told when they need help."),
        ),
    };
    let how = language.of(
        "Если этот человек нажмёт кнопку тревоги, Вы получите письмо с его местом и советом, что делать. \
         Если Вы не хотите таких писем, откажитесь по той же ссылке: тогда их не будет никогда.",
        "If they press the alarm button, you get a letter that says where they are and what you can do. If you want no such \
         letters, refuse by the same link: then there will never be any.",
    );
    PlainLetter {
        language,
        subject,
        greeting: greeting(language, name),
        paragraphs: vec![what],
        items: vec![],
        link: Some((language.of("Подтвердить или отказаться", "Confirm or refuse"), link.to_owned())),
        notes: vec![how.to_owned()],
        unsubscribe: None,
    }
}
