//! `/reset/{token}`: a new password.
use super::{
    link_pages::LinkPages,
    page::{Button, Field, Form, Page, unknown_link},
};
use crate::{
    http::{HandlerResult, LimitedAction, Request, Resource},
    route,
};
use actix_web::http::StatusCode;
use domain::shared::{FieldError, Language};

pub(super) fn resource() -> Resource {
    let change = route!(public change).hashes(LimitedAction::PasswordReset, |_| String::new());
    Resource::new("Password Reset", [route!(public show), change])
}

const PASSWORD: &str = "password";
const REPEAT: &str = "password_repeat";

/// What is wrong with the form that was sent.
#[derive(Default)]
struct Wrong {
    password: Option<String>,
    repeat: Option<String>,
}

#[utoipa::path(
    get, path = "/reset/{token}", tag = "Pages", operation_id = "passwordResetPage",
    params(("token" = String, Path, description = "Of the link")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"))
)]
fn show(request: &Request, pages: &LinkPages) -> HandlerResult {
    match pages.password_resets.link_holder(request.path("token"))? {
        Some(holder) => form(pages.language, &holder.username, Wrong::default(), StatusCode::OK),
        None => unknown_link(pages.language),
    }
}

#[utoipa::path(
    post, path = "/reset/{token}", tag = "Pages", operation_id = "resetPassword",
    params(("token" = String, Path, description = "Of the link")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"))
)]
fn change(request: &Request, pages: &LinkPages) -> HandlerResult {
    let (language, token, input) = (pages.language, request.path("token"), request.input()?);
    let Some(holder) = pages.password_resets.link_holder(token)? else { return unknown_link(language) };
    let [raw, again] = [PASSWORD, REPEAT].map(|name| input.text(name).unwrap_or_default());
    let refuse = |wrong| form(pages.language, &holder.username, wrong, StatusCode::BAD_REQUEST);
    let password = match pages.password_resets.identity.new_password(&raw) {
        Ok(password) => password,
        Err(why) => {
            return refuse(Wrong { password: Some(words(language, &why)), ..Wrong::default() });
        }
    };
    if raw != again {
        let differs = language.of("Пароли не совпадают.", "The two passwords differ.");
        return refuse(Wrong { repeat: Some(differs.to_owned()), ..Wrong::default() });
    }
    if pages.password_resets.change(token, &password)? { done(language) } else { unknown_link(language) }
}

fn form(language: Language, username: &str, wrong: Wrong, status: StatusCode) -> HandlerResult {
    let field =
        |name, label, wrong| Field { name, label, kind: "password", autocomplete: "new-password", wrong };
    let page = Page {
        language: language.code(),
        title: language.of("Новый пароль", "A new password"),
        paragraphs: vec![format!("{} {username}", language.of("Учётная запись:", "Account:"))],
        calls: vec![],
        form: Some(Form {
            fields: vec![
                field(PASSWORD, language.of("Новый пароль", "New password"), wrong.password),
                field(REPEAT, language.of("Ещё раз", "Once more"), wrong.repeat),
            ],
            buttons: vec![Button { label: language.of("Сохранить", "Save"), sends: None }],
        }),
    };
    page.with_status(status)
}

fn done(language: Language) -> HandlerResult {
    let sign_in = language.of(
        "Войдите в приложение с новым паролем. На всех устройствах нужно войти заново.",
        "Sign in to the app with the new password. You were signed out on all devices.",
    );
    let page = Page {
        language: language.code(),
        title: language.of("Пароль изменён", "The password was changed"),
        paragraphs: vec![sign_in.to_owned()],
        calls: vec![],
        form: None,
    };
    page.ok()
}

fn words(language: Language, why: &FieldError) -> String {
    match (why, language) {
        (FieldError::Required | FieldError::Null | FieldError::Blank, _) => {
            language.of("Введите пароль.", "Enter a password.").to_owned()
        }
        (FieldError::TooShort(least), Language::Russian) => format!("Не меньше {least} символов."),
        (FieldError::TooShort(least), Language::English) => format!("At least {least} characters."),
        (FieldError::TooLong(most), Language::Russian) => format!("Не больше {most} символов."),
        (FieldError::TooLong(most), Language::English) => format!("No more than {most} characters."),
        (FieldError::TooCommon, _) => {
            let words = language.of(
                "Этот пароль легко угадать. Придумайте другой.",
                "This password is easy to guess. Choose another one.",
            );
            words.to_owned()
        }
        _ => language.of("Такой пароль не подходит.", "This password cannot be used.").to_owned(),
    }
}
