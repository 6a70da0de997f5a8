//! What an alarm's letters say: who, where, when, and what their reader can do. The words stand here, the form in `templates/`.
use askama::Template;
use chrono::{Datelike, Timelike};
use domain::{
    crisis::{AlarmFacts, LetterWriter},
    identity::Email,
    outbox::Letter,
    shared::{Language, Timestamp},
};

pub struct AlarmLetterWriter {
    pub language: Language,
}

impl LetterWriter for AlarmLetterWriter {
    fn to_contact(&self, facts: &AlarmFacts<'_>, name: &str, to: Email) -> Letter {
        let language = self.language;
        // As the old program wrote it: the user is greeted, and so named.
        let subject = format!("{}, {}!", language.of("Привет", "Hello"), shown(facts.username));
        let who = who(facts);
        let what = match language {
            Language::Russian => {
                format!("{who} нажал(а) кнопку тревоги и указал(а) Вас как экстренный контакт.")
            }
            Language::English => {
                format!("{who} pressed the alarm button, and named you as an emergency contact.")
            }
        };
        let advice = [
            language.of(
                "Свяжитесь с этим человеком прямо сейчас: позвоните, напишите или приезжайте.",
                "Get in touch right now: call, write or go there.",
            ),
            language.of(
                "Говорите спокойно. Спросите, где он(а) и чем Вы можете помочь, и побудьте рядом.",
                "Speak calmly. Ask where they are and how you can help, and stay with them.",
            ),
            language.of(
                "Если связаться не удаётся или есть опасность для жизни, звоните 112.",
                "If you cannot reach them, or a life is in danger, call 112 or your local emergency number.",
            ),
        ];
        self.letter(facts, name, to, subject, what, &advice)
    }

    fn to_therapist(&self, facts: &AlarmFacts<'_>, name: &str, to: Email) -> Letter {
        let language = self.language;
        let (who, username) = (who(facts), shown(facts.username));
        let (subject, what) = match language {
            Language::Russian => (
                format!("Тревога: Ваш пациент {username}"),
                format!("Ваш пациент {who} нажал(а) кнопку тревоги и просит о помощи."),
            ),
            Language::English => (
                format!("Alarm: your patient {username}"),
                format!("Your patient {who} pressed the alarm button and asks for help."),
            ),
        };
        let advice = [
            language.of(
                "Свяжитесь с пациентом как можно скорее.",
                "Get in touch with your patient as soon as you can.",
            ),
            language.of(
                "Если связаться не удаётся или есть опасность для жизни, звоните 112.",
                "If you cannot reach them, or a life is in danger, call 112 or your local emergency number.",
            ),
        ];
        self.letter(facts, name, to, subject, what, &advice)
    }
}

impl AlarmLetterWriter {
    fn letter(
        &self,
        facts: &AlarmFacts<'_>,
        name: &str,
        to: Email,
        subject: String,
        what: String,
        advice: &[&str],
    ) -> Letter {
        let language = self.language;
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
        let words = Words {
            title: subject.clone(),
            greeting: format!("{}, {}.", language.of("Здравствуйте", "Hello"), shown(name)),
            what,
            facts: told,
            advice_title: language.of("Что Вы можете сделать", "What you can do"),
            advice,
            footer: language.of(
                "Это письмо отправлено автоматически. Отвечать на него не нужно.",
                "This letter was sent automatically. There is no need to answer it.",
            ),
        };
        Letter { to, subject, text: words.text(), html: words.html(language) }
    }
}

struct Words<'a> {
    title: String,
    greeting: String,
    what: String,
    facts: Vec<(&'static str, String)>,
    advice_title: &'static str,
    advice: &'a [&'a str],
    footer: &'static str,
}

#[derive(Template)]
#[template(path = "alarm_letter.txt")]
struct TextLetter<'a> {
    greeting: &'a str,
    what: &'a str,
    facts: &'a [(&'static str, String)],
    advice_title: &'a str,
    advice: &'a [&'a str],
    footer: &'a str,
}

#[derive(Template)]
#[template(path = "alarm_letter.html")]
struct HtmlLetter<'a> {
    language: &'static str,
    title: &'a str,
    greeting: &'a str,
    what: &'a str,
    facts: &'a [(&'static str, String)],
    advice_title: &'a str,
    advice: &'a [&'a str],
    footer: &'a str,
}

impl Words<'_> {
    /// A letter that says who and what, in any case: an alarm is not lost because of its form. Writing texts into a text
    /// does not fail.
    fn text(&self) -> String {
        let Self { greeting, what, facts, advice_title, advice, footer, .. } = self;
        let letter = TextLetter { greeting, what, facts, advice_title, advice, footer };
        letter.render().unwrap_or_else(|_| what.clone())
    }

    fn html(&self, language: Language) -> String {
        let Self { title, greeting, what, facts, advice_title, advice, footer } = self;
        let language = language.code();
        let letter = HtmlLetter { language, title, greeting, what, facts, advice_title, advice, footer };
        letter.render().unwrap_or_default()
    }
}

/// By name, and by the name that they are known under in the app.
fn who(facts: &AlarmFacts<'_>) -> String {
    let (username, full_name) = (shown(facts.username), shown(facts.full_name));
    if full_name.is_empty() { username } else { format!("{full_name} ({username})") }
}

/// Without the characters that turn the direction of what follows: a name must not rewrite the sentence around it.
fn shown(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !turns(*c)).collect()
}

fn written(language: Language, at: Timestamp) -> String {
    let (day, month, year) = (at.day(), at.month(), at.year());
    let (hour, minute) = (at.hour(), at.minute());
    match language {
        Language::Russian => format!("{day:02}.{month:02}.{year}, {hour:02}:{minute:02} UTC"),
        Language::English => format!("{year}-{month:02}-{day:02}, {hour:02}:{minute:02} UTC"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> AlarmFacts<'static> {
        AlarmFacts {
            username: "sarah",
            full_name: "Sarah Connor",
            phone_number: "+7900",
            location: "Москва, парк",
            at: "2026-11-29T12:45:00Z".parse().unwrap(),
        }
    }

    fn to() -> Email {
        Email::parse("ivan@example.com").unwrap()
    }

    #[test]
    fn a_letter_says_who_where_when_and_what_to_do_in_both_forms_and_languages() {
        for (language, words) in [
            (Language::Russian, ["кнопку тревоги", "29.11.2026, 12:45 UTC", "звоните 112"]),
            (Language::English, ["alarm button", "2026-11-29, 12:45 UTC", "call 112"]),
        ] {
            let writer = AlarmLetterWriter { language };
            for letter in [
                writer.to_contact(&facts(), "Иван", to()),
                writer.to_therapist(&facts(), "Пётр Петров", to()),
            ] {
                for form in [&letter.text, &letter.html] {
                    for word in words.iter().chain(&["Sarah Connor (sarah)", "Москва, парк", "+7900"])
                    {
                        assert!(form.contains(word), "{word}: {form}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_subjects_are_those_of_the_contract() {
        let subject = |language| AlarmLetterWriter { language }.to_contact(&facts(), "Иван", to()).subject;
        assert_eq!(subject(Language::Russian), "Привет, sarah!");
        assert_eq!(subject(Language::English), "Hello, sarah!");
    }

    #[test]
    fn who_tells_nothing_of_themselves_is_named_and_their_place_is_unknown() {
        let facts = AlarmFacts { full_name: "", phone_number: "", location: "", ..facts() };
        let letter = AlarmLetterWriter { language: Language::Russian }.to_contact(&facts, "Иван", to());
        assert!(letter.text.contains("Локация: Не предоставлено"), "{}", letter.text);
        assert!(!letter.text.contains("Телефон") && letter.text.contains("Кто: sarah"), "{}", letter.text);
    }

    #[test]
    fn names_are_text_in_html_and_turn_no_direction() {
        let facts = AlarmFacts { full_name: "<b>Sarah</b>", location: "a\u{202e}b\u{2066}c", ..facts() };
        let letter = AlarmLetterWriter { language: Language::English }.to_contact(&facts, "<script>", to());
        assert!(!letter.html.contains("<script>") && !letter.html.contains("<b>"), "{}", letter.html);
        assert!(letter.text.contains("Location: abc"), "{}", letter.text);
    }
}
