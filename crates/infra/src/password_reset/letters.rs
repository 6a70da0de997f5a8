//! What the letters say.
use crate::letters::{PlainLetter, greeting, shown};
use domain::{
    identity::Email,
    outbox::Letter,
    password_reset::{LIFE, ResetLetterWriter},
    shared::Language,
};

pub struct PasswordResetLetters {
    pub language: Language,
}

impl ResetLetterWriter for PasswordResetLetters {
    fn link(&self, username: &str, url: &str, to: Email) -> Letter {
        let (language, username, minutes) = (self.language, shown(username), LIFE.num_minutes());
        let (asked, how) = match language {
            Language::Russian => (
                format!("Кто-то, скорее всего Вы, попросил новый пароль для учётной записи {username}."),
                format!(
                    "Чтобы задать его, откройте ссылку. Она действует {minutes} минут с момента просьбы и только один раз."
                ),
            ),
            Language::English => (
                format!("Somebody, most likely you, asked for a new password for the account {username}."),
                format!(
                    "To choose it, open the link. It works once, and for {minutes} minutes after it was asked for."
                ),
            ),
        };
        let ignore = language.of(
            "Если Вы об этом не просили, ничего не делайте: пароль останется прежним.",
            "If you did not ask for it, do nothing: the password stays as it is.",
        );
        PlainLetter {
            language,
            subject: format!("{} {username}", language.of("Новый пароль для", "A new password for")),
            greeting: greeting(language, &username),
            paragraphs: vec![asked, how],
            items: vec![],
            link: Some((language.of("Задать новый пароль", "Choose a new password"), url.to_owned())),
            notes: vec![ignore.to_owned()],
            unsubscribe: None,
        }
        .to(to)
    }

    fn changed(&self, username: &str, to: Email) -> Letter {
        let (language, username) = (self.language, shown(username));
        let what = match language {
            Language::Russian => format!(
                "Пароль учётной записи {username} изменён по ссылке из письма. На всех устройствах нужно войти заново."
            ),
            Language::English => format!(
                "The password of the account {username} was changed by the link in a letter. You have to sign in again on all devices."
            ),
        };
        let not_you = language.of(
            "Если это сделали не Вы, смените пароль от своей почты и запросите новый пароль ещё раз.",
            "If it was not you, change the password of your mailbox, and ask for a new password again.",
        );
        PlainLetter {
            language,
            subject: format!("{} {username}", language.of("Изменён пароль", "New password set for")),
            greeting: greeting(language, &username),
            paragraphs: vec![what],
            items: vec![],
            link: None,
            notes: vec![not_you.to_owned()],
            unsubscribe: None,
        }
        .to(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://care.example.com/reset/0123";

    #[test]
    fn the_letters_say_who_what_and_how_long_in_both_forms_and_languages() {
        let to = || Email::parse("sarah@example.com").unwrap();
        for (language, link, changed) in [
            (
                Language::Russian,
                ["30 минут", "Если Вы об этом не просили", URL, "sarah"],
                "Если это сделали не Вы",
            ),
            (Language::English, ["30 minutes", "did not ask", URL, "sarah"], "If it was not you"),
        ] {
            let writer = PasswordResetLetters { language };
            let letter = writer.link("sa\u{202e}rah", URL, to());
            for form in [&letter.text, &letter.html] {
                assert!(link.iter().all(|word| form.contains(word)), "{form}");
            }
            let letter = writer.changed("sarah", to());
            for form in [&letter.text, &letter.html] {
                assert!(form.contains(changed) && form.contains("sarah") && !form.contains("http"), "{form}");
            }
        }
    }
}
