//! What the operator's webhook is told, as docs/OPERATIONS.md has it.
use super::{alarm, phrases::named, safe};
use chrono::SecondsFormat;
use domain::{
    crisis::{AlarmFacts, Recipient, RecipientRole},
    outbox::WebhookBody,
    shared::{Language, Timestamp},
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Body {
    #[serde(rename = "type")]
    kind: Kind,
    round: u32,
    /// UTC, to the second.
    at: String,
    user: User,
    location: String,
    recipient: To,
    text: String,
    answer_url: Option<String>,
}

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Alarm,
    Safe,
}

#[derive(Serialize, Deserialize)]
struct User {
    username: String,
    full_name: String,
    phone: String,
}

#[derive(Serialize, Deserialize)]
struct To {
    role: Role,
    name: String,
    relationship: String,
    phone: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    Contact,
    Therapist,
}

pub(super) fn alarm(
    language: Language,
    facts: &AlarmFacts<'_>,
    to: &Recipient,
    answer: Option<&str>,
) -> WebhookBody {
    written(&Body {
        kind: Kind::Alarm,
        round: facts.round,
        at: instant(facts.at),
        user: User {
            username: facts.username.to_owned(),
            full_name: facts.full_name.to_owned(),
            phone: facts.phone_number.to_owned(),
        },
        location: facts.location.to_owned(),
        recipient: To {
            role: match to.role {
                RecipientRole::Contact(_) => Role::Contact,
                RecipientRole::Therapist => Role::Therapist,
            },
            name: to.name.clone(),
            relationship: to.relationship.clone(),
            phone: to.phone.clone(),
        },
        text: alarm::sentence(language, facts, answer),
        answer_url: answer.map(str::to_owned),
    })
}

pub(super) fn safe(
    language: Language,
    WebhookBody(alarm): &WebhookBody,
    at: Timestamp,
) -> Option<WebhookBody> {
    let body: Body = serde_json::from_str(alarm).ok()?;
    let who = named(&body.user.full_name, &body.user.username);
    let text = safe::sentence(language, &who);
    let answer_url = None;
    (body.kind == Kind::Alarm)
        .then(|| written(&Body { kind: Kind::Safe, at: instant(at), text, answer_url, ..body }))
}

fn instant(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Texts and numbers always have a form in JSON.
fn written(body: &Body) -> WebhookBody {
    WebhookBody(serde_json::to_string(body).unwrap_or_default())
}
