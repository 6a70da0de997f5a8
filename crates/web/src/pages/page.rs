//! What a page shows: a title, some sentences, and at most one form.
use crate::http::{HandlerResult, Refusal, Reply};
use actix_web::http::StatusCode;
use askama::Template;
use domain::shared::{Language, Timestamp, text::without_directions};

#[derive(Template)]
#[template(path = "page.html")]
pub(super) struct Page<'a> {
    pub language: &'static str,
    pub title: &'a str,
    pub paragraphs: Vec<String>,
    pub calls: Vec<Call>,
    pub form: Option<Form>,
}

/// A telephone number that is called by one tap.
pub(super) struct Call {
    pub label: String,
    number: String,
}

impl Call {
    /// `None` for a number without digits.
    pub(super) fn new(language: Language, number: &str) -> Option<Self> {
        let dialled: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        let is_number = dialled.chars().any(|c| c.is_ascii_digit());
        let label = format!("{} {}", language.of("Позвонить:", "Call"), without_directions(number));
        is_number.then_some(Self { label, number: dialled })
    }
}

/// It is sent to where the page is.
pub(super) struct Form {
    pub fields: Vec<Field>,
    /// The first one is what is most likely wanted.
    pub buttons: Vec<Button>,
}

pub(super) struct Field {
    pub name: &'static str,
    pub label: &'static str,
    /// As HTML's `type`.
    pub kind: &'static str,
    /// As HTML's `autocomplete`.
    pub autocomplete: &'static str,
    /// Why it was refused.
    pub wrong: Option<String>,
}

pub(super) struct Button {
    pub label: &'static str,
    /// A field's name and value that say that it was this one.
    pub sends: Option<(&'static str, &'static str)>,
}

/// The value of a button that refuses for good: it must not look like what is most likely wanted, wherever it stands.
pub(super) const REFUSE: &str = "refuse";

impl Button {
    fn refuses(&self) -> bool {
        self.sends.is_some_and(|(_, value)| value == REFUSE)
    }
}

impl Page<'_> {
    fn said(&self) -> impl Iterator<Item = String> {
        self.paragraphs.iter().map(|paragraph| without_directions(paragraph))
    }
    pub(super) fn with_status(&self, status: StatusCode) -> HandlerResult {
        Ok(Reply::page(status, self.render().map_err(Refusal::internal)?))
    }
    pub(super) fn ok(&self) -> HandlerResult {
        self.with_status(StatusCode::OK)
    }
}

/// As letters write it, after a word and never broken between two lines.
pub(super) fn instant(language: Language, at: Timestamp) -> String {
    let form = language.of(" %d.%m.%Y,\u{a0}%H:%M\u{a0}UTC", " %Y\u{2011}%m\u{2011}%d,\u{a0}%H:%M\u{a0}UTC");
    at.format(form).to_string()
}

/// A link that leads nowhere (any more). Whether it ever did is nobody's business who holds it.
pub(super) fn unknown_link(language: Language) -> HandlerResult {
    let page = Page {
        language: language.code(),
        title: language.of("Ссылка не действует", "This link does not work"),
        paragraphs: vec![
            language
                .of(
                    "Она устарела, уже использована или скопирована не полностью.",
                    "It is out of date, was used already, or was not copied as a whole.",
                )
                .to_owned(),
        ],
        calls: vec![],
        form: None,
    };
    page.with_status(StatusCode::NOT_FOUND)
}
