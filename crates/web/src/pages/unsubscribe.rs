//! `/unsubscribe/{token}`: no more digests. Also by one tap in a mail program, which sends the form without showing the page (RFC 8058).
use super::{
    link_pages::LinkPages,
    page::{Button, Form, Page, unknown_link},
};
use crate::{
    http::{HandlerResult, Request, Resource},
    route,
};
pub(super) fn resource() -> Resource {
    Resource::new("Unsubscribe", [route!(public show), route!(public unsubscribe)])
}

#[utoipa::path(
    get, path = "/unsubscribe/{token}", tag = "Pages", operation_id = "unsubscribePage",
    params(("token" = String, Path, description = "Of the link")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"))
)]
fn show(request: &Request, pages: &LinkPages) -> HandlerResult {
    let language = pages.language;
    if !pages.mail_settings.is_link(request.path("token"))? {
        return unknown_link(language);
    }
    let what = language.of(
        "Вам больше не будут приходить письма со сводкой непрочитанных уведомлений.",
        "You will get no more letters that list the notifications you have not read.",
    );
    let button =
        Button { label: language.of("Больше не присылать", "Unsubscribe"), sends: None };
    let page = Page {
        language: language.code(),
        title: language.of("Отключить сводку?", "Turn the digest off?"),
        paragraphs: vec![what.to_owned()],
        calls: vec![],
        form: Some(Form { fields: vec![], buttons: vec![button] }),
    };
    page.ok()
}

/// Whatever is sent with it.
#[utoipa::path(
    post, path = "/unsubscribe/{token}", tag = "Pages", operation_id = "unsubscribe",
    params(("token" = String, Path, description = "Of the link")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"))
)]
fn unsubscribe(request: &Request, pages: &LinkPages) -> HandlerResult {
    let language = pages.language;
    if !pages.mail_settings.unsubscribe(request.path("token"))? {
        return unknown_link(language);
    }
    let again = language.of(
        "Включить её снова можно в настройках писем в приложении.",
        "You can turn it on again in the mail settings of the app.",
    );
    let page = Page {
        language: language.code(),
        title: language.of("Сводка отключена", "The digest is off"),
        paragraphs: vec![again.to_owned()],
        calls: vec![],
        form: None,
    };
    page.ok()
}
