//! An alarm's letter: who, where, when, and what its reader can do.
use super::{
    form::{Advice, Button, Note, Words},
    phrases::{who, written},
};
use crate::letters::{footer, greeting, shown};
use domain::{
    crisis::{AlarmFacts, LetterLinks, Recipient, RecipientRole},
    shared::Language,
};

pub(super) fn words(
    language: Language,
    facts: &AlarmFacts<'_>,
    to: &Recipient,
    links: &LetterLinks,
) -> Words {
    let is_repeat = facts.round > 0;
    let subject = subject(language, facts, to.role);
    Words {
        subject: if is_repeat { format!("{}: {subject}", again(language)) } else { subject },
        greeting: greeting(language, &to.name),
        what: what(language, facts, to.role),
        facts: told(language, facts),
        button: links
            .answer
            .clone()
            .map(|url| Button { label: language.of("Я помогу", "I will help"), url }),
        advice: Advice {
            title: language.of("Что Вы можете сделать", "What you can do"),
            lines: advice(language, to.role),
        },
        notes: is_repeat.then(|| unanswered(language)).into_iter().chain(consent(language, links)).collect(),
        footer: footer(language),
    }
}

/// One sentence, as a short message has it.
pub(super) fn sentence(language: Language, facts: &AlarmFacts<'_>, answer: Option<&str>) -> String {
    let who = who(facts);
    let mut said = match language {
        Language::Russian => format!("{who} нажал(а) кнопку тревоги и просит о помощи."),
        Language::English => format!("{who} pressed the alarm button and asks for help."),
    };
    let location = shown(facts.location);
    if !location.is_empty() {
        said.push_str(&format!(" {}: {location}.", language.of("Локация", "Location")));
    }
    if !facts.phone_number.is_empty() {
        let number = shown(facts.phone_number);
        said.push_str(&format!(" {}: {number}.", language.of("Телефон", "Telephone")));
    }
    if let Some(url) = answer {
        said.push_str(&format!(" {}: {url}", language.of("Ответить", "Answer")));
    }
    said
}

fn again(language: Language) -> &'static str {
    language.of("Повторно", "Again")
}

fn subject(language: Language, facts: &AlarmFacts<'_>, role: RecipientRole) -> String {
    let username = shown(facts.username);
    match (role, language) {
        // As the old program wrote it: the user is greeted, and so named.
        (RecipientRole::Contact(_), Language::Russian) => format!("Привет, {username}!"),
        (RecipientRole::Contact(_), Language::English) => format!("Hello, {username}!"),
        (RecipientRole::Therapist, Language::Russian) => format!("Тревога: Ваш пациент {username}"),
        (RecipientRole::Therapist, Language::English) => format!("Alarm: your patient {username}"),
    }
}

fn what(language: Language, facts: &AlarmFacts<'_>, role: RecipientRole) -> String {
    let who = who(facts);
    match (role, language) {
        (RecipientRole::Contact(_), Language::Russian) => {
            format!("{who} нажал(а) кнопку тревоги и указал(а) Вас как экстренный контакт.")
        }
        (RecipientRole::Contact(_), Language::English) => {
            format!("{who} pressed the alarm button, and named you as an emergency contact.")
        }
        (RecipientRole::Therapist, Language::Russian) => {
            format!("Ваш пациент {who} нажал(а) кнопку тревоги и просит о помощи.")
        }
        (RecipientRole::Therapist, Language::English) => {
            format!("Your patient {who} pressed the alarm button and asks for help.")
        }
    }
}

fn told(language: Language, facts: &AlarmFacts<'_>) -> Vec<(&'static str, String)> {
    let nowhere = language.of("Не предоставлено", "Not provided");
    let location = Some(shown(facts.location)).filter(|location| !location.is_empty());
    let mut told = vec![
        (language.of("Кто", "Who"), who(facts)),
        (language.of("Локация", "Location"), location.unwrap_or_else(|| nowhere.to_owned())),
        (language.of("Когда", "When"), written(language, facts.at)),
    ];
    if !facts.phone_number.is_empty() {
        told.push((language.of("Телефон", "Telephone"), shown(facts.phone_number)));
    }
    told
}

fn advice(language: Language, role: RecipientRole) -> Vec<&'static str> {
    let emergency = language.of(
        "Если связаться не удаётся или есть опасность для жизни, звоните 112.",
        "If you cannot reach them, or a life is in danger, call 112 or your local emergency number.",
    );
    match role {
        RecipientRole::Contact(_) => vec![
            language.of(
                "Свяжитесь с этим человеком прямо сейчас: позвоните, напишите или приезжайте.",
                "Get in touch right now: call, write or go there.",
            ),
            language.of(
                "Говорите спокойно. Спросите, где он(а) и чем Вы можете помочь, и побудьте рядом.",
                "Speak calmly. Ask where they are and how you can help, and stay with them.",
            ),
            emergency,
        ],
        RecipientRole::Therapist => vec![
            language.of(
                "Свяжитесь с пациентом как можно скорее.",
                "Get in touch with your patient as soon as you can.",
            ),
            emergency,
        ],
    }
}

fn unanswered(language: Language) -> Note {
    let text = language.of(
        "Это письмо отправлено повторно: на тревогу ещё никто не ответил.",
        "This letter is sent again: nobody has answered the alarm yet.",
    );
    Note { text: text.to_owned(), url: None }
}

fn consent(language: Language, links: &LetterLinks) -> Option<Note> {
    let text = language.of(
        "Вы ещё не подтвердили, что готовы получать такие письма. Подтвердить или отказаться:",
        "You have not confirmed yet that you want such letters. Confirm or refuse:",
    );
    links.consent.clone().map(|url| Note { text: text.to_owned(), url: Some(url) })
}
