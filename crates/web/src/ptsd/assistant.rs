//! `/api/v1/chat/{user_id}/`: talking with the assistant, what was said, and the consent to it.
use super::{
    assistant_stream::{ResponseOut, send_whole, stream},
    path::{foreign, own},
};
use crate::{
    django::DjangoTime,
    http::{
        AuthedRequest, HandlerResult, Input, Refusal, Rejection, Reply, Resource, Stated, WaitingRequest,
    },
    keys, route, words,
};
use actix_web::{
    HttpRequest,
    http::{StatusCode, header::AUTHORIZATION},
    web::Data,
};
use domain::{
    assistant::{
        ANSWER_MAX, AssistantError, AssistantService, Begun, Message, ModelFailure, Said, ScreenResult,
        Sender,
    },
    shared::{FieldError, Language},
};
use serde::Serialize;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use utoipa::ToSchema;

/// Of the whole call: before and after the model each use case has its own, shorter one.
const DEADLINE: Duration = ANSWER_MAX.saturating_add(Duration::from_secs(10));

pub(super) fn resources() -> [Resource; 3] {
    let ask = route!(waits ask)
        .deadline(DEADLINE)
        .never_shed_when(is_urgent)
        .sends_events()
        .refuses([FOREIGN, TEXT_MISSING])
        .refuses([AssistantError::Text(FieldError::TooLong(Said::MAX))])
        .refuses([
            AssistantError::ConsentRequired(Language::Russian),
            AssistantError::ConsentRequired(Language::English),
            AssistantError::TooMuch { seconds: 60 },
        ])
        .refuses(
            [ModelFailure::BadAnswer, ModelFailure::NotConfigured, ModelFailure::Away, ModelFailure::Late]
                .map(AssistantError::from),
        )
        .refuses([Rejection::UnknownPath]);
    let refuses_others =
        |route: crate::http::Route| route.refuses([FOREIGN]).refuses([Rejection::UnknownPath]);
    [
        Resource::new("Chat", [ask]),
        Resource::new(
            "Chat History",
            [refuses_others(route!(streams history)), refuses_others(route!(authenticated erase))],
        ),
        Resource::new(
            "Chat Consent",
            [
                refuses_others(route!(authenticated consent)),
                refuses_others(route!(authenticated agree)),
                refuses_others(route!(authenticated withdraw)),
            ],
        ),
    ]
}

const FOREIGN: Stated = foreign("You are not authorized to send messages to this user");
const TEXT_MISSING: Stated = Stated { status: StatusCode::BAD_REQUEST, text: "Message text is required" };

keys! {
    /// What the user writes.
    TextIn as "ChatText" {
        text: String = required text(|raw: &str| Some(raw.to_owned())),
    }
    example { "text": "Мне сегодня тревожно" }
}

words! {
    /// `gpt` is the model; `system` a fixed text in its place or beneath it.
    Senders as "ChatSender" = Sender::ALL.map(Sender::as_str)
}
words! {
    /// Why a fixed text was sent: `danger` in the user's message, `worry` in what was said, a `harmful` answer of the model's.
    ScreenResults as "ChatScreen" = ScreenResult::ALL.map(ScreenResult::as_str)
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChatMessage)]
pub(crate) struct MessageOut<'a> {
    #[schema(example = 1)]
    id: i64,
    /// Messages with less than twelve hours of silence between them.
    #[schema(example = 1)]
    session: i64,
    #[schema(example = "gpt")]
    session_type: &'static str,
    #[schema(value_type = Senders)]
    sender: &'static str,
    #[schema(example = "Я рядом. Что вы сейчас чувствуете?")]
    message: &'a str,
    timestamp: DjangoTime,
    /// Of an answer of the model's: how it names itself.
    #[schema(example = "llama3.2", required)]
    model: Option<&'a str>,
    /// Milliseconds.
    #[schema(example = 1200, minimum = 0, required)]
    took_ms: Option<u32>,
    /// Of question and answer together.
    #[schema(example = 180, minimum = 0, required)]
    tokens: Option<u32>,
    #[schema(value_type = Option<ScreenResults>, required)]
    screen: Option<&'static str>,
}

impl<'a> From<Message<&'a str>> for MessageOut<'a> {
    fn from(message: Message<&'a str>) -> Self {
        let origin = message.origin;
        Self {
            id: message.id.get(),
            session: message.session.get(),
            session_type: "gpt",
            sender: message.sender.as_str(),
            message: message.text,
            timestamp: DjangoTime(message.at),
            model: origin.as_ref().map(|origin| origin.model),
            took_ms: origin.as_ref().map(|origin| origin.took),
            tokens: origin.as_ref().map(|origin| origin.tokens),
            screen: message.screen.map(ScreenResult::as_str),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChatErased)]
pub(crate) struct ErasedOut {
    #[schema(example = "Chat history deleted.")]
    message: &'static str,
    #[schema(example = 4, minimum = 0)]
    deleted_count: usize,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChatConsent)]
pub(crate) struct ConsentOut {
    /// Whether the operator requires it before the first message.
    #[schema(example = false)]
    required: bool,
    /// Whether the caller has agreed.
    #[schema(example = true)]
    agreed: bool,
}

/// Not for guests, who are refused whatever they write.
fn is_urgent(http: &HttpRequest, input: &Input) -> bool {
    let assistant = http.app_data::<Data<AssistantService>>();
    http.headers().contains_key(AUTHORIZATION)
        && assistant.zip(input.text("text")).is_some_and(|(assistant, text)| assistant.is_urgent(&text))
}

/// A database that is slow or away must not stand between somebody in danger and an answer.
fn answered_anyway(request: &WaitingRequest<AssistantService>, refusal: &Refusal) -> Option<String> {
    let is_own = refusal.is_unavailable() && own(request.request(), FOREIGN).is_ok();
    let text = request.request().input().ok().filter(|_| is_own)?.text("text")?;
    let answer = request.service().answer_at_once(&text)?;
    tracing::error!(
        "a message that tells of danger was answered before it was stored: the store took too long"
    );
    Some(answer)
}

/// Write to the assistant
///
/// For oneself. A message that tells of danger is answered at once with whom to turn to, whatever becomes of the model. With
/// `Accept: text/event-stream` the answer comes in pieces, as `data: {"delta": …}`; at its end `event: done` with the whole
/// `response`, or `event: replaced` with another text to show in place of the pieces, or `event: error`.
#[utoipa::path(
    post, path = "/api/v1/chat/{user_id}/", tag = "Assistant", operation_id = "askAssistant",
    params(("user_id" = i64, Path, description = "One's own id", example = 7)),
    request_body = TextIn,
    responses((status = 200, description = "The answer", body = ResponseOut))
)]
async fn ask(request: WaitingRequest<AssistantService>) -> HandlerResult {
    let begun = request.run(|request, assistant| {
        own(request, FOREIGN)?;
        let text = TextIn::read(request.input()?)?.text.filter(|text| !text.trim().is_empty());
        Ok(assistant.begin(&request.caller, &text.ok_or(TEXT_MISSING)?)?)
    });
    let wants_events = request.request().wants_events;
    let begun = match begun.await {
        Ok(begun) => begun,
        Err(refusal) => {
            let response = answered_anyway(&request, &refusal).ok_or(refusal)?;
            return fixed(response, wants_events);
        }
    };
    match (begun, wants_events) {
        (Begun::Answered { response, failure }, wants_events) => {
            if let Some(e) = failure {
                tracing::error!(error = %e, "a message that tells of danger was answered, but not stored");
            }
            fixed(response, wants_events)
        }
        (Begun::Asking(asking), true) => Ok(Reply::events(|events| stream(request, asking, events))),
        (Begun::Asking(asking), false) => {
            let begun_at = Instant::now();
            let model = &request.service().model;
            let said = model.ask(asking.question(), None).await.map_err(AssistantError::from)?;
            let took = begun_at.elapsed();
            let stored =
                request.finish(move |_, assistant| Ok(assistant.finish(*asking, said, took)?)).await?;
            answer(&stored.response())
        }
    }
}

fn fixed(response: String, wants_events: bool) -> HandlerResult {
    if wants_events { Ok(Reply::events(|events| send_whole(events, response))) } else { answer(&response) }
}

fn answer(response: &str) -> HandlerResult {
    Reply::ok(&ResponseOut { response })
}

/// List what was said
///
/// One's own messages and their answers, oldest first.
#[utoipa::path(
    get, path = "/api/v1/chat/{user_id}/history/", tag = "Assistant", operation_id = "listChatHistory",
    params(("user_id" = i64, Path, description = "One's own id", example = 7)),
    responses((status = 200, description = "The messages", body = Vec<MessageOut>))
)]
fn history(request: AuthedRequest, assistant: Arc<AssistantService>) -> HandlerResult {
    own(&request, FOREIGN)?;
    Reply::list(move |page, rows| {
        let mut push = |message: Message<&str>| rows.push(message.id, &MessageOut::from(message));
        Ok(assistant.history(&request.caller, page, &mut push)?)
    })
}

/// Delete what was said
///
/// All of one's own messages and their answers, for ever.
#[utoipa::path(
    delete, path = "/api/v1/chat/{user_id}/history/", tag = "Assistant", operation_id = "deleteChatHistory",
    params(("user_id" = i64, Path, description = "One's own id", example = 7)),
    responses((status = 200, description = "They are gone", body = ErasedOut))
)]
fn erase(request: &AuthedRequest, assistant: &AssistantService) -> HandlerResult {
    own(request, FOREIGN)?;
    let deleted_count = assistant.erase_history(&request.caller)?;
    Reply::ok(&ErasedOut { message: "Chat history deleted.", deleted_count })
}

/// Look whether one has agreed
///
/// Whether consent to the assistant is required, and given.
#[utoipa::path(
    get, path = "/api/v1/chat/{user_id}/consent/", tag = "Assistant", operation_id = "chatConsent",
    params(("user_id" = i64, Path, description = "One's own id", example = 7)),
    responses((status = 200, description = "The consent", body = ConsentOut))
)]
fn consent(request: &AuthedRequest, assistant: &AssistantService) -> HandlerResult {
    own(request, FOREIGN)?;
    let required = assistant.settings.needs_consent;
    Reply::ok(&ConsentOut { required, agreed: assistant.has_agreed(&request.caller)? })
}

/// Agree to the assistant
///
/// Where the operator requires it, before the first message: the text to agree to is the refusal of a message.
#[utoipa::path(
    post, path = "/api/v1/chat/{user_id}/consent/", tag = "Assistant", operation_id = "agreeToAssistant",
    params(("user_id" = i64, Path, description = "One's own id", example = 7)),
    responses((status = 200, description = "It is recorded", body = super::identity::MessageOut))
)]
fn agree(request: &AuthedRequest, assistant: &AssistantService) -> HandlerResult {
    own(request, FOREIGN)?;
    assistant.agree(&request.caller)?;
    Reply::ok(&super::identity::MessageOut { message: "Consent recorded." })
}

/// Withdraw one's agreement
///
/// Where consent is required, the model gets no further message of this user. The history stays until it is deleted.
#[utoipa::path(
    delete, path = "/api/v1/chat/{user_id}/consent/", tag = "Assistant", operation_id = "withdrawFromAssistant",
    params(("user_id" = i64, Path, description = "One's own id", example = 7)),
    responses((status = 200, description = "It is withdrawn", body = super::identity::MessageOut))
)]
fn withdraw(request: &AuthedRequest, assistant: &AssistantService) -> HandlerResult {
    own(request, FOREIGN)?;
    assistant.withdraw(&request.caller)?;
    Reply::ok(&super::identity::MessageOut { message: "Consent withdrawn." })
}
