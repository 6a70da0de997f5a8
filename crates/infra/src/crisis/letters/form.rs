//! The form of an alarm's letter, as text and as HTML.
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
    pub advice: Advice,
    pub notes: Vec<Note>,
    pub footer: &'static str,
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

#[derive(Template)]
#[template(path = "alarm_letter.txt")]
struct TextLetter<'a> {
    greeting: &'a str,
    what: &'a str,
    facts: &'a [(&'static str, String)],
    button: Option<&'a Button>,
    advice: &'a Advice,
    notes: &'a [Note],
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
    button: Option<&'a Button>,
    advice: &'a Advice,
    notes: &'a [Note],
    footer: &'a str,
}

impl Words {
    /// A letter that says what it must, in any case: an alarm is not lost because of its form. Writing texts into a text does not
    /// fail.
    pub(super) fn letter(self, language: Language, to: Email) -> Letter {
        let Self { greeting, what, facts, button, advice, notes, footer, .. } = &self;
        let button = button.as_ref();
        let text = TextLetter { greeting, what, facts, button, advice, notes, footer };
        let text = text.render().unwrap_or_else(|_| what.clone());
        let (language, title) = (language.code(), &self.subject);
        let html = HtmlLetter { language, title, greeting, what, facts, button, advice, notes, footer };
        let html = html.render().unwrap_or_default();
        Letter { to, text, html, subject: self.subject, unsubscribe: None }
    }
}
