//! An answer of the assistant as server-sent events: `delta`s, then `done`, `replaced` or `error`.
use super::render::assistant_error;
use crate::http::{EventSink, Refusal, WaitingRequest};
use domain::assistant::{Asking, AssistantError, AssistantService, ModelFailure, Passed, Sentences};
use serde::Serialize;
use std::time::Instant;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = ChatResponse)]
pub(crate) struct ResponseOut<'a> {
    #[schema(example = "Я рядом. Что вы сейчас чувствуете?")]
    pub(super) response: &'a str,
}

#[derive(Serialize)]
struct DeltaOut<'a> {
    delta: &'a str,
}

#[derive(Serialize)]
struct ErrorOut {
    error: &'static str,
}

pub(super) async fn send_whole(events: EventSink, response: String) {
    events.send("", &DeltaOut { delta: &response });
    events.send("done", &ResponseOut { response: &response });
}

/// No sentence leaves before it was looked at. The whole is stored before it is said to be done.
pub(super) async fn stream(
    request: WaitingRequest<AssistantService>,
    asking: Box<Asking>,
    events: EventSink,
) {
    if let Err(refusal) = pass_on(&request, asking, &events).await {
        let error = match &refusal {
            Refusal::Assistant(e) => assistant_error(e),
            _ => assistant_error(&AssistantError::Model(ModelFailure::Away)),
        };
        events.send("error", &ErrorOut { error });
    }
}

async fn pass_on(
    request: &WaitingRequest<AssistantService>,
    asking: Box<Asking>,
    events: &EventSink,
) -> Result<(), Refusal> {
    let begun_at = Instant::now();
    let assistant = request.service();
    let mut sentences = Sentences::new((assistant.screen)());
    let pass = |passed: Passed<'_>| match passed {
        Passed::Text("") | Passed::Harmful => {}
        Passed::Text(delta) => events.send("", &DeltaOut { delta }),
    };
    let mut on_delta = |piece: &str| pass(sentences.push(piece));
    let said =
        assistant.model.ask(asking.question(), Some(&mut on_delta)).await.map_err(AssistantError::from)?;
    pass(sentences.end());
    let took = begun_at.elapsed();
    let stored = request.finish(move |_, assistant| Ok(assistant.finish(*asking, said, took)?)).await?;
    let response = stored.response();
    let name = if stored.is_context() { "done" } else { "replaced" };
    events.send(name, &ResponseOut { response: &response });
    Ok(())
}
