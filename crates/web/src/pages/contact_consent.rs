//! `/contact/{token}`: the holder of an address says whether alarms may be sent there.
use super::{
    link_pages::LinkPages,
    page::{Button, Form, Page, REFUSE, unknown_link},
};
use crate::{
    http::{HandlerResult, Request, Resource},
    route,
};
use domain::{
    crisis::{Consent, ConsentAnswer, ConsentPage},
    shared::Language,
};

pub(super) fn resource() -> Resource {
    Resource::new("Contact consent", [route!(public show), route!(public answer)])
}

/// The field that the buttons send, and what each says.
const ANSWER: &str = "answer";
const ANSWERS: [(&str, ConsentAnswer); 2] =
    [("confirm", ConsentAnswer::Confirm), (REFUSE, ConsentAnswer::Refuse)];

#[utoipa::path(
    get, path = "/contact/{token}", tag = "Pages", operation_id = "contactConsentPage",
    params(("token" = String, Path, description = "Of the link")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"))
)]
fn show(request: &Request, pages: &LinkPages) -> HandlerResult {
    shown(pages, pages.consents.page(request.path("token"))?)
}

/// Without an answer the page is shown again.
#[utoipa::path(
    post, path = "/contact/{token}", tag = "Pages", operation_id = "answerContactConsent",
    params(("token" = String, Path, description = "Of the link")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"))
)]
fn answer(request: &Request, pages: &LinkPages) -> HandlerResult {
    let said = request.input()?.text(ANSWER).unwrap_or_default();
    let token = request.path("token");
    let found = match ANSWERS.into_iter().find(|(word, _)| *word == said) {
        Some((_, answer)) => pages.consents.answer(token, answer)?,
        None => pages.consents.page(token)?,
    };
    shown(pages, found)
}

fn shown(pages: &LinkPages, found: Option<ConsentPage>) -> HandlerResult {
    match found {
        Some(found) => page(pages.language, &found).ok(),
        None => unknown_link(pages.language),
    }
}

fn page(language: Language, found: &ConsentPage) -> Page<'static> {
    let who = &found.who;
    let title = match found.consent {
        Consent::Unconfirmed => {
            language.of("Стать экстренным контактом?", "Will you be an emergency contact?")
        }
        Consent::Confirmed => language.of("Вы согласились", "You have agreed"),
        Consent::Refused => language.of("Вы отказались", "You have refused"),
    };
    let says = match (found.consent, language) {
        (Consent::Unconfirmed, Language::Russian) => {
            format!("{who} просит извещать Вас письмом, если нажмёт кнопку тревоги.")
        }
        (Consent::Unconfirmed, Language::English) => {
            format!("{who} would like you to get a letter when they press the alarm button.")
        }
        (Consent::Confirmed, Language::Russian) => {
            format!("Вы получите письмо, если {who} нажмёт кнопку тревоги.")
        }
        (Consent::Confirmed, Language::English) => {
            format!("You will get a letter when {who} presses the alarm button.")
        }
        (Consent::Refused, Language::Russian) => {
            "Письма о тревогах больше не будут приходить на этот адрес, кто бы его ни указал.".to_owned()
        }
        (Consent::Refused, Language::English) => {
            "No letter about an alarm will be sent to this address again, whoever names it.".to_owned()
        }
    };
    Page {
        language: language.code(),
        title,
        paragraphs: vec![says],
        calls: vec![],
        form: Some(Form { fields: vec![], buttons: buttons(language, found.consent) }),
    }
}

/// Whoever has said one thing may say the other.
fn buttons(language: Language, consent: Consent) -> Vec<Button> {
    let [(confirm, _), (refuse, _)] = ANSWERS;
    let confirm = Button {
        label: language.of("Да, соглашаюсь", "Yes, I agree"),
        sends: Some((ANSWER, confirm)),
    };
    let refuse = Button {
        label: language.of("Больше никогда мне не писать", "Never write to me again"),
        sends: Some((ANSWER, refuse)),
    };
    match consent {
        Consent::Unconfirmed => vec![confirm, refuse],
        Consent::Confirmed => vec![refuse],
        Consent::Refused => vec![confirm],
    }
}
