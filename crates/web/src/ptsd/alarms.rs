//! `/api/v1/event/`: the alarm button, and what became of each press.
use super::{
    alarm_answers::{AlarmOut, AnswerOut},
    alarm_words::messages,
    path::{access, foreign},
};
use crate::{
    body,
    http::{
        AuthedRequest, HandlerResult, Query, Refusal, Rejection, Reply, Resource, Stated, WaitingRequest,
    },
    live::TopicWatch,
    route,
};
use domain::{
    crisis::{Alarm, AlarmId, AlarmService, AppReport, CrisisError, Location, topic_of},
    shared::{FieldError, FieldErrors, Language, Page},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::timeout_at;

/// What the calls of this file need.
pub struct Alarms {
    pub service: Arc<AlarmService>,
    /// Hears what becomes known of letters.
    pub watch: Arc<TopicWatch>,
    /// How long a press waits for the mail server's word.
    pub answer_wait: Duration,
    pub language: Language,
}

impl Alarms {
    /// Longer than this no client waits.
    pub const ANSWER_WAIT_MAX: Duration = Duration::from_secs(30);
    /// Of the whole call: the press is stored before the wait begins, and what is known is read after it.
    const DEADLINE: Duration = Duration::from_secs(40);
    /// An event may be lost, or another node's.
    const LOOK_EVERY: Duration = Duration::from_millis(500);
}

pub(super) fn resources() -> [Resource; 4] {
    let press = |route: crate::http::Route| {
        route
            .deadline(Alarms::DEADLINE)
            .never_shed()
            .unsafe_get()
            .refuses([FOREIGN])
            .refuses([CrisisError::UserUnknown, CrisisError::NoScenario])
            .refuses([Rejection::UnknownPath, Rejection::Prefetched])
    };
    let unknown = || [CrisisError::AlarmUnknown];
    [
        Resource::new(
            "Trigger Alarm",
            [press(route!(waits trigger)), press(route!(waits trigger_by_post)).idempotent()],
        ),
        Resource::new(
            "Alarms",
            [route!(authenticated list).refuses([FieldErrors::one("limit", FieldError::NotInteger)])],
        ),
        Resource::new(
            "Alarm",
            [
                route!(authenticated show).refuses(unknown()).refuses([Rejection::UnknownPath]),
                route!(authenticated report).refuses(unknown()).refuses([Rejection::UnknownPath]),
            ],
        ),
        Resource::new(
            "Alarm Safe",
            [route!(authenticated end_as_safe)
                .never_shed()
                .refuses(unknown())
                .refuses([Rejection::UnknownPath])],
        ),
    ]
}

const FOREIGN: Stated = foreign("You are not authorized to trigger this user's alarm.");

body! {
    /// What the app did: the fields that are sent.
    change ReportIn as "AlarmReport" => AppReport, for _alarms: Alarms, {
        music_played: bool = defaulted boolean,
        voice_message_played: bool = defaulted boolean,
        /// Where the user was.
        location: Location = defaulted text,
    }
    example { "music_played": true, "location": "Санкт-Петербург" }
}

/// Raise the alarm
///
/// One's own; the staff may raise anybody's. The answer says what is known of each letter after at most 6 seconds.
#[utoipa::path(
    get, path = "/api/v1/event/trigger/{user_id}/", tag = "Alarm", operation_id = "triggerAlarm",
    params(("user_id" = i64, Path, description = "Whose alarm", example = 7)),
    responses((status = 200, description = "What was done", body = AnswerOut))
)]
async fn trigger(request: WaitingRequest<Alarms>) -> HandlerResult {
    press(request).await
}

/// Raise the alarm by POST
///
/// The same for newer clients: no cache and no prefetch sends it by itself.
#[utoipa::path(
    post, path = "/api/v1/event/trigger/{user_id}/", tag = "Alarm", operation_id = "triggerAlarmByPost",
    params(("user_id" = i64, Path, description = "Whose alarm", example = 7)),
    responses((status = 200, description = "What was done", body = AnswerOut))
)]
async fn trigger_by_post(request: WaitingRequest<Alarms>) -> HandlerResult {
    press(request).await
}

/// The alarm and its letters are stored before anything is awaited; the wait only watches what becomes of them.
async fn press(request: WaitingRequest<Alarms>) -> HandlerResult {
    let stored = request.run(|request, alarms| {
        let access = access(request, FOREIGN)?;
        Ok((access, alarms.service.raise(&request.caller, access, request.origin().as_ref())?))
    });
    let (access, mut alarm) = stored.await?;
    let (alarms, id) = (request.service(), alarm.id);
    let until = Instant::now() + alarms.answer_wait;
    let mut followed = alarms.watch.follow(topic_of(alarm.joined_to.unwrap_or(id)));
    while !alarm.is_settled() {
        // What cannot be read now is known as it was: the press stands.
        if let Ok(read) = request.run(move |_, alarms| Ok(alarms.service.raised(access, id)?)).await {
            alarm = read;
        }
        let now = Instant::now();
        if alarm.is_settled() || now >= until {
            break;
        }
        let _ = timeout_at((now + Alarms::LOOK_EVERY).min(until).into(), followed.changed()).await;
    }
    answer(alarms, &alarm)
}

fn answer(alarms: &Alarms, alarm: &Alarm) -> HandlerResult {
    let scenario = alarm.scenario.and_then(|id| alarms.service.setup.scenario(id));
    let scenario = scenario.ok_or(CrisisError::NoScenario)?;
    Reply::ok(&AnswerOut {
        scenario: &scenario.name,
        play_music: scenario.play_music,
        messages: messages(alarms.language, scenario, alarm),
    })
}

/// List one's alarms
///
/// One's own, newest first, with what became of each letter.
#[utoipa::path(
    get, path = "/api/v1/event/alarms/", tag = "Alarm", operation_id = "listAlarms",
    params(
        ("before_id" = Option<i64>, Query, description = "Those before this one", example = 8, minimum = 1),
        ("limit" = Option<i64>, Query, description = "At most so many; never more than 100", example = 20, minimum = 1),
    ),
    responses((status = 200, description = "The alarms", body = Vec<AlarmOut>))
)]
fn list(request: &AuthedRequest, alarms: &Alarms) -> HandlerResult {
    let page = page_of(&request.query)?;
    let found = alarms.service.page(&request.caller, page)?;
    Reply::ok(&found.iter().map(|alarm| AlarmOut::of(alarm, alarms.language)).collect::<Vec<_>>())
}

/// Alarms of one answer.
const PAGE_MAX: u16 = 100;

/// # Errors
/// What is no number from 1.
fn page_of(query: &Query) -> Result<Page<AlarmId>, FieldErrors> {
    let number = |name| match query.get(name) {
        None => Ok(None),
        Some(_) => query.id(name).map(Some).ok_or_else(|| FieldErrors::one(name, FieldError::NotInteger)),
    };
    let limit = number("limit")?.and_then(|limit| u16::try_from(limit).ok()).unwrap_or(PAGE_MAX);
    let page = number("before_id")?.map_or_else(Page::first, |id| Page::after(AlarmId::new(id)));
    Ok(page.with_limit(limit.min(PAGE_MAX)))
}

/// Read an alarm
///
/// One's own, with what became of each letter.
#[utoipa::path(
    get, path = "/api/v1/event/alarms/{alarm_id}/", tag = "Alarm", operation_id = "alarm",
    params(("alarm_id" = i64, Path, description = "Which alarm", example = 1)),
    responses((status = 200, description = "The alarm", body = AlarmOut))
)]
fn show(request: &AuthedRequest, alarms: &Alarms) -> HandlerResult {
    let alarm = alarms.service.own(&request.caller, chosen(request)?)?;
    Reply::ok(&AlarmOut::of(&alarm, alarms.language))
}

/// Report what the app did
///
/// Whether it played music or a voice message, and where the user was: what is sent.
#[utoipa::path(
    patch, path = "/api/v1/event/alarms/{alarm_id}/", tag = "Alarm", operation_id = "reportAlarm",
    params(("alarm_id" = i64, Path, description = "Which alarm", example = 1)),
    request_body = ReportIn,
    responses((status = 200, description = "The alarm as it is now", body = AlarmOut))
)]
fn report(request: &AuthedRequest, alarms: &Alarms) -> HandlerResult {
    let id = chosen(request)?;
    let report = ReportIn::read(request.input()?, alarms)?;
    let alarm = alarms.service.report(&request.caller, id, report)?;
    Reply::ok(&AlarmOut::of(&alarm, alarms.language))
}

/// Say that one is safe
///
/// Ends the alarm, that which it joined, and those before it that are repeated still: nothing is repeated any more, and who may have
/// been told of them is told of this. A second time changes nothing.
#[utoipa::path(
    post, path = "/api/v1/event/alarms/{alarm_id}/safe/", tag = "Alarm", operation_id = "endAlarmAsSafe",
    params(("alarm_id" = i64, Path, description = "Which alarm", example = 1)),
    responses((status = 200, description = "The alarm as it is now", body = AlarmOut))
)]
fn end_as_safe(request: &AuthedRequest, alarms: &Alarms) -> HandlerResult {
    let alarm = alarms.service.end_as_safe(&request.caller, chosen(request)?)?;
    Reply::ok(&AlarmOut::of(&alarm, alarms.language))
}

fn chosen(request: &AuthedRequest) -> Result<AlarmId, Refusal> {
    Ok(AlarmId::new(request.path_id("alarm_id")?.ok_or(CrisisError::AlarmUnknown)?))
}
