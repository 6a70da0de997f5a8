//! `/a/{token}`: a recipient of an alarm says that they look after it.
use super::{
    link_pages::LinkPages,
    page::{Button, Call, Form, Page, instant, unknown_link},
};
use crate::{
    http::{HandlerResult, Request, Resource},
    route,
};
use domain::{
    crisis::{AnswerPage, Progress},
    shared::Language,
};

/// In the European Union, in Russia, and from most mobile telephones elsewhere.
const EMERGENCY: &str = "112";

pub(super) fn resource() -> Resource {
    // Whoever answers is waited for.
    Resource::new("Alarm answer", [route!(public show).never_shed(), route!(public answer).never_shed()])
}

#[utoipa::path(
    get, path = "/a/{token}", tag = "Pages", operation_id = "alarmAnswerPage",
    params(("token" = String, Path, description = "Of the link")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"))
)]
fn show(request: &Request, pages: &LinkPages) -> HandlerResult {
    match pages.answers.page(request.path("token"))? {
        Some(found) => page(pages.language, &found).ok(),
        None => unknown_link(pages.language),
    }
}

#[utoipa::path(
    post, path = "/a/{token}", tag = "Pages", operation_id = "answerAlarm",
    params(("token" = String, Path, description = "Of the link")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"))
)]
fn answer(request: &Request, pages: &LinkPages) -> HandlerResult {
    match pages.answers.answer(request.path("token"))? {
        Some(found) => page(pages.language, &found).ok(),
        None => unknown_link(pages.language),
    }
}

fn page(language: Language, found: &AnswerPage) -> Page<'static> {
    let Progress { answered_at, safe_at, .. } = found.progress;
    let title = match (safe_at, found.answered_at) {
        (Some(_), _) => language.of("Тревога снята", "The alarm is over"),
        (None, Some(_)) => {
            language.of("Спасибо, мы передали Ваш ответ", "Thank you, your answer was passed on")
        }
        (None, None) => language.of("Тревога", "Alarm"),
    };
    let may_answer = safe_at.is_none() && found.answered_at.is_none();
    let told = match (safe_at, found.answered_at, answered_at) {
        (Some(at), _, _) => Some((language.of("В безопасности с", "Safe since"), at)),
        (None, Some(at), _) => Some((language.of("Ваш ответ получен", "Your answer was received at"), at)),
        (None, None, Some(at)) => {
            Some((language.of("Кто-то уже откликнулся", "Somebody has answered already, at"), at))
        }
        (None, None, None) => None,
    };
    let told = told.map(|(what, at)| format!("{what}{}.", instant(language, at)));
    let advice = safe_at.is_none().then(|| {
        language
            .of(
                "Свяжитесь с этим человеком прямо сейчас. Если не удаётся или есть опасность для жизни, звоните 112.",
                "Get in touch right now. If you cannot, or a life is in danger, call 112 or your local emergency number.",
            )
            .to_owned()
    });
    Page {
        language: language.code(),
        title,
        paragraphs: facts(language, found).into_iter().chain(told).chain(advice).collect(),
        calls: if safe_at.is_some() { vec![] } else { calls(language, found) },
        form: may_answer.then(|| Form {
            fields: vec![],
            buttons: vec![Button { label: language.of("Я помогу", "I will help"), sends: None }],
        }),
    }
}

fn facts(language: Language, found: &AnswerPage) -> Vec<String> {
    let AnswerPage { full_name, username, location, raised_at, .. } = found;
    let who = if full_name.is_empty() { username.clone() } else { format!("{full_name} ({username})") };
    let at = instant(language, *raised_at);
    let mut facts = vec![match language {
        Language::Russian => format!("{who} нажал(а) кнопку тревоги{at}."),
        Language::English => format!("{who} pressed the alarm button at{at}."),
    }];
    if !location.is_empty() {
        facts.push(format!("{}: {location}", language.of("Локация", "Location")));
    }
    facts
}

fn calls(language: Language, found: &AnswerPage) -> Vec<Call> {
    [found.phone_number.as_str(), EMERGENCY]
        .into_iter()
        .filter_map(|number| Call::new(language, number))
        .collect()
}
