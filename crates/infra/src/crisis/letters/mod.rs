//! What is sent because of an alarm. The words stand here, the form of letters in `templates/`.
mod alarm;
mod consent;
mod form;
mod phrases;
mod safe;
mod webhook;

pub(super) use phrases::named;

use domain::{
    crisis::{AlarmFacts, LetterLinks, LetterWriter, Recipient},
    identity::Email,
    outbox::{Letter, WebhookBody},
    shared::{Language, Timestamp},
};

pub struct AlarmLetterWriter {
    pub language: Language,
}

impl LetterWriter for AlarmLetterWriter {
    fn letter(&self, facts: &AlarmFacts<'_>, to: &Recipient, email: Email, links: &LetterLinks) -> Letter {
        alarm::words(self.language, facts, to, links).letter(self.language, email)
    }

    fn webhook(&self, facts: &AlarmFacts<'_>, to: &Recipient, answer: Option<&str>) -> WebhookBody {
        webhook::alarm(self.language, facts, to, answer)
    }

    fn safe_letter(&self, who: &str, name: &str, email: Email, at: Timestamp) -> Letter {
        safe::letter(self.language, who, name, at).to(email)
    }

    fn safe_webhook(&self, alarm: &WebhookBody, at: Timestamp) -> Option<WebhookBody> {
        webhook::safe(self.language, alarm, at)
    }

    fn consent_letter(&self, who: &str, name: &str, email: Email, link: &str) -> Letter {
        consent::letter(self.language, who, name, link).to(email)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::crisis::{ContactId, RecipientRole};

    fn facts() -> AlarmFacts<'static> {
        AlarmFacts {
            username: "sarah",
            full_name: "Sarah Connor",
            phone_number: "+7900",
            location: "Москва, парк",
            at: "2026-11-29T12:45:00Z".parse().unwrap(),
            round: 0,
        }
    }

    fn recipient(role: RecipientRole, name: &str) -> Recipient {
        Recipient {
            role,
            name: name.into(),
            relationship: "Брат".into(),
            phone: "+7901".into(),
            address: None,
        }
    }

    fn contact(name: &str) -> Recipient {
        recipient(RecipientRole::Contact(ContactId::new(1)), name)
    }

    fn therapist() -> Recipient {
        recipient(RecipientRole::Therapist, "Пётр Петров")
    }

    fn letter(language: Language, facts: &AlarmFacts<'_>, to: &Recipient, links: &LetterLinks) -> Letter {
        AlarmLetterWriter { language }.letter(facts, to, email(), links)
    }

    fn email() -> Email {
        Email::parse("ivan@example.com").unwrap()
    }

    #[test]
    fn a_letter_says_who_where_when_and_what_to_do_in_both_forms_and_languages() {
        for (language, words) in [
            (Language::Russian, ["кнопку тревоги", "29.11.2026, 12:45 UTC", "звоните 112"]),
            (Language::English, ["alarm button", "2026-11-29, 12:45 UTC", "call 112"]),
        ] {
            for to in [contact("Иван"), therapist()] {
                let letter = letter(language, &facts(), &to, &LetterLinks::default());
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
        let subject =
            |language| letter(language, &facts(), &contact("Иван"), &LetterLinks::default()).subject;
        assert_eq!(subject(Language::Russian), "Привет, sarah!");
        assert_eq!(subject(Language::English), "Hello, sarah!");
    }

    #[test]
    fn who_tells_nothing_of_themselves_is_named_and_their_place_is_unknown() {
        let facts = AlarmFacts { full_name: "", phone_number: "", location: "", ..facts() };
        let letter = letter(Language::Russian, &facts, &contact("Иван"), &LetterLinks::default());
        assert!(letter.text.contains("Локация: Не предоставлено"), "{}", letter.text);
        assert!(!letter.text.contains("Телефон") && letter.text.contains("Кто: sarah"), "{}", letter.text);
    }

    #[test]
    fn names_are_text_in_html_and_turn_no_direction() {
        let facts = AlarmFacts { full_name: "<b>Sarah</b>", location: "a\u{202e}b\u{2066}c", ..facts() };
        let letter = letter(Language::English, &facts, &contact("<script>"), &LetterLinks::default());
        assert!(!letter.html.contains("<script>") && !letter.html.contains("<b>"), "{}", letter.html);
        assert!(letter.text.contains("Location: abc"), "{}", letter.text);
    }

    #[test]
    fn links_stand_in_both_forms_and_a_repeat_says_that_it_is_one() {
        let links = LetterLinks {
            answer: Some("https://care.example.com/a/1".into()),
            consent: Some("https://care.example.com/contact/2".into()),
        };
        let letter = letter(Language::English, &AlarmFacts { round: 1, ..facts() }, &contact("Ivan"), &links);
        for form in [&letter.text, &letter.html] {
            for expected in
                ["https://care.example.com/a/1", "https://care.example.com/contact/2", "sent again"]
            {
                assert!(form.contains(expected), "{expected}: {form}");
            }
        }
        assert_eq!(letter.subject, "Again: Hello, sarah!");
    }

    #[test]
    fn a_webhook_is_told_all_and_after_it_that_the_user_is_safe() {
        let writer = AlarmLetterWriter { language: Language::English };
        let alarm = writer.webhook(&facts(), &therapist(), Some("https://care.example.com/a/1"));
        let read = |WebhookBody(json): &WebhookBody| serde_json::from_str::<serde_json::Value>(json).unwrap();
        let body = read(&alarm);
        assert_eq!(body["type"], "alarm");
        assert_eq!(
            (&body["recipient"]["role"], &body["recipient"]["phone"]),
            (&"therapist".into(), &"+7901".into())
        );
        assert_eq!(
            (&body["user"]["full_name"], &body["at"]),
            (&"Sarah Connor".into(), &"2026-11-29T12:45:00Z".into())
        );
        assert!(body["text"].as_str().unwrap().ends_with("Answer: https://care.example.com/a/1"), "{body}");

        let safe = writer.safe_webhook(&alarm, "2026-11-29T12:50:00Z".parse().unwrap()).unwrap();
        let body = read(&safe);
        assert_eq!((&body["type"], &body["answer_url"]), (&"safe".into(), &serde_json::Value::Null));
        assert!(body["text"].as_str().unwrap().contains("is safe"), "{body}");
        assert_eq!(writer.safe_webhook(&safe, facts().at), None);
    }

    #[test]
    fn a_new_contact_is_asked_and_told_how_to_refuse() {
        for language in [Language::Russian, Language::English] {
            let writer = AlarmLetterWriter { language };
            let letter =
                writer.consent_letter("Sarah", "Иван", email(), "https://care.example.com/contact/2");
            for form in [&letter.text, &letter.html] {
                assert!(
                    form.contains("Sarah") && form.contains("https://care.example.com/contact/2"),
                    "{form}"
                );
            }
        }
    }
}
