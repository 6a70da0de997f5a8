//! The form of a letter, which is the same whatever it says: as text, and as HTML.
use askama::Template;
use domain::{identity::Email, outbox::Letter, shared::Language};

/// What a letter says, in its order.
pub(super) struct Words {
    pub subject: String,
    pub greeting: String,
    /// Why it was written.
    pub what: String,
    /// Each with its label.
    pub facts: Vec<(&'static str, String)>,
    pub button: Option<Button>,
    pub advice: Option<Advice>,
    pub notes: Vec<Note>,
    pub footer: &'static str,
    pub color: Color,
}

pub(super) struct Button {
    pub label: &'static str,
    pub url: String,
}

pub(super) struct Advice {
    pub title: &'static str,
    pub lines: Vec<&'static str>,
}

pub(super) struct Note {
    pub text: String,
    pub url: Option<String>,
}

#[derive(Clone, Copy)]
pub(super) enum Color {
    Alarm,
    Calm,
}

#[derive(Template)]
#[template(path = "letter.txt")]
struct TextLetter<'a> {
    greeting: &'a str,
    what: &'a str,
    facts: &'a [(&'static str, String)],
    button: Option<&'a Button>,
    advice: Option<&'a Advice>,
    notes: &'a [Note],
    footer: &'a str,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct HtmlLetter<'a> {
    language: &'static str,
    title: &'a str,
    color: &'static str,
    greeting: &'a str,
    what: &'a str,
    facts: &'a [(&'static str, String)],
    button: Option<&'a Button>,
    advice: Option<&'a Advice>,
    notes: &'a [Note],
    footer: &'a str,
}

impl Words {
    /// A letter that says what it must, in any case: an alarm is not lost because of its form. Writing texts into a text does not
    /// fail.
    pub(super) fn letter(self, language: Language, to: Email) -> Letter {
        let Self { greeting, what, facts, button, advice, notes, footer, .. } = &self;
        let (button, advice) = (button.as_ref(), advice.as_ref());
        let text = TextLetter { greeting, what, facts, button, advice, notes, footer };
        let text = text.render().unwrap_or_else(|_| what.clone());
        let (language, title, color) = (language.code(), &self.subject, self.color.code());
        let html =
            HtmlLetter { language, title, color, greeting, what, facts, button, advice, notes, footer };
        let html = html.render().unwrap_or_default();
        Letter { to, text, html, subject: self.subject, unsubscribe: None }
    }
}

impl Color {
    fn code(self) -> &'static str {
        match self {
            Self::Alarm => "#b3261e",
            Self::Calm => "#1a5fb4",
        }
    }
}
