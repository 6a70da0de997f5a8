//! The form of a letter that is no alarm: what its modules word, as text and as HTML.
use askama::Template;
pub(crate) use domain::shared::text::without_directions as shown;
use domain::{identity::Email, outbox::Letter, shared::Language};

pub(crate) struct PlainLetter {
    pub language: Language,
    /// The title, too.
    pub subject: String,
    pub greeting: String,
    pub paragraphs: Vec<String>,
    pub items: Vec<String>,
    /// What its button says, and where it leads.
    pub link: Option<(&'static str, String)>,
    /// After the button.
    pub notes: Vec<String>,
    pub unsubscribe: Option<String>,
}

#[derive(Template)]
#[template(path = "plain_letter.txt")]
struct TextLetter<'a> {
    letter: &'a PlainLetter,
    footer: &'a str,
}

#[derive(Template)]
#[template(path = "plain_letter.html")]
struct HtmlLetter<'a> {
    letter: &'a PlainLetter,
    language: &'static str,
    footer: &'a str,
}

impl PlainLetter {
    pub(crate) fn to(self, to: Email) -> Letter {
        let letter = &self;
        let language = self.language.code();
        let footer = footer(self.language);
        // Writing texts into a text does not fail.
        let text = TextLetter { letter, footer }.render().unwrap_or_default();
        let html = HtmlLetter { letter, language, footer }.render().unwrap_or_default();
        Letter { to, subject: self.subject, text, html, unsubscribe: self.unsubscribe }
    }
}

pub(crate) fn greeting(language: Language, name: &str) -> String {
    format!("{}, {}.", language.of("Здравствуйте", "Hello"), shown(name))
}

pub(crate) fn footer(language: Language) -> &'static str {
    language.of(
        "Это письмо отправлено автоматически. Отвечать на него не нужно.",
        "This letter was sent automatically. There is no need to answer it.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_has_all_its_parts_in_both_forms_and_names_are_text_in_html() {
        let letter = PlainLetter {
            language: Language::English,
            subject: "Hello".into(),
            greeting: "Hello, <b>sarah</b>.".into(),
            paragraphs: vec!["First.".into(), "Second.".into()],
            items: vec!["one".into(), "two".into()],
            link: Some(("Open", "https://care.example.com/reset/abc".into())),
            notes: vec!["A note.".into()],
            unsubscribe: None,
        };
        let letter = letter.to(Email::parse("sarah@example.com").unwrap());
        for part in ["First.", "Second.", "one", "two", "https://care.example.com/reset/abc", "A note."] {
            assert!(letter.text.contains(part) && letter.html.contains(part), "{part}\n{}", letter.text);
        }
        assert!(letter.html.contains("lang=\"en\"") && !letter.html.contains("<b>"), "{}", letter.html);
        assert!(letter.text.contains("There is no need to answer it."), "{}", letter.text);
    }
}
