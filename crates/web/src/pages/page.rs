//! What a page shows: a title, some sentences, and at most one form.
use crate::http::{HandlerResult, Refusal, Reply};
use actix_web::http::StatusCode;
use askama::Template;
use domain::shared::{Language, Timestamp};

#[derive(Template)]
#[template(path = "page.html")]
pub(super) struct Page<'a> {
    pub language: &'static str,
    pub title: &'a str,
    pub paragraphs: Vec<String>,
    pub form: Option<Form>,
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

impl Page<'_> {
    pub(super) fn with_status(&self, status: StatusCode) -> HandlerResult {
        Ok(Reply::page(status, self.render().map_err(Refusal::internal)?))
    }
    pub(super) fn ok(&self) -> HandlerResult {
        self.with_status(StatusCode::OK)
    }
}

/// After a word.
pub(super) fn instant(at: Timestamp) -> String {
    at.format(" %Y-%m-%d %H:%M UTC").to_string()
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
        form: None,
    };
    page.with_status(StatusCode::NOT_FOUND)
}
