//! What a page says instead when the request layer refuses. In both languages: it does not know whose page it is.
use super::page::Page;
use crate::http::{Refusal, Rejection, page_response};
use actix_web::{
    HttpResponse,
    http::{Method, StatusCode},
};
use askama::Template;

pub(super) fn render(refusal: &Refusal, _method: &Method) -> HttpResponse {
    let status = refusal.status();
    let (title, again) = match refusal {
        Refusal::Request(Rejection::Unavailable) => (
            "Сервер занят · The server is busy",
            "Подождите немного и повторите. · Wait a moment and try again.",
        ),
        Refusal::Request(Rejection::TooManyRequests { .. }) => (
            "Слишком много попыток · Too many tries",
            "Подождите немного и повторите. · Wait a moment and try again.",
        ),
        _ if status == StatusCode::NOT_FOUND => (
            "Ссылка не действует · This link does not work",
            "Она устарела, уже использована или скопирована не полностью. · It is out of date, was used already, or was not copied as a whole.",
        ),
        _ => ("Не получилось · That did not work", "Откройте ссылку ещё раз. · Open the link again."),
    };
    let page = Page { language: "ru", title, paragraphs: vec![again.to_owned()], calls: vec![], form: None };
    match page.render() {
        Ok(html) => page_response(status, html),
        Err(_internal) => HttpResponse::InternalServerError().finish(),
    }
}
