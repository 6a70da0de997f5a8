//! The paths of the sockets, which two families share: who gets which of them (`docs/DIALECTS.md`, rows 1 to 4).
//!
//! | path | who | what |
//! |---|---|---|
//! | `/ws/chat/<another's id>/` | anybody signed in | the conversation with them; `sender` is an id |
//! | `/ws/chat/<own id>/` | anybody signed in | one's own support room |
//! | `/ws/chat/admin/`, `/ws/admin/` | staff | the desk: all support rooms |
//! | `/ws/chat/<name>/` | anybody signed in | the conversation with them; `sender` is a name |
//! | `/ws/notifications/` | anybody signed in | the bell |
use crate::{
    http::{Refusal, Rejection, register_socket},
    live::{Bell, Door, Let, Live, Talk, Topic},
    painaway::{self, frames::Names},
    ptsd::frames::{AtDesk, InRoom},
};
use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    web::{Path, Payload, ServiceConfig},
};
use domain::messaging::{Feed, MessagingError, Seat, Seq, Who};
use std::future::Future;

pub fn routes(cfg: &mut ServiceConfig) {
    let family = &painaway::FAMILY;
    // Fixed paths first.
    register_socket(family, "/ws/admin/", |http, payload| opened(http, payload, desk), cfg);
    register_socket(family, "/ws/chat/admin/", |http, payload| opened(http, payload, desk), cfg);
    register_socket(family, "/ws/notifications/", |http, payload| opened(http, payload, bell), cfg);
    let in_path = |http, payload| async move {
        let peer = Path::<String>::extract(&http).await.map_err(|_unreadable| Rejection::UnknownPath)?;
        opened(http, payload, |door| chat(door, peer)).await
    };
    register_socket(family, "/ws/chat/{peer}/", in_path, cfg);
}

async fn opened<F: Future<Output = Result<HttpResponse, Refusal>>>(
    http: HttpRequest,
    payload: Payload,
    handler: impl FnOnce(Door) -> F,
) -> Result<HttpResponse, Refusal> {
    handler(Door::from_request(&http, &mut payload.into_inner()).await?).await
}

async fn chat(door: Door, peer: Path<String>) -> Result<HttpResponse, Refusal> {
    door.open(move |live, admission, after| {
        let (who, caller) = (Who::parse(&peer), &admission.caller);
        if who == Who::Id(caller.id()) {
            let seat = Seat::in_own_support_room(caller);
            let talk = Talk::new(live.messaging.clone(), seat, Box::new(InRoom), place(live, seat, after)?);
            let talk = talk.announced();
            return Ok(Let { topic: topic(seat), program: talk, admission });
        }
        let (seat, other) = live.messaging.sit_beside(caller, &who).map_err(refused)?;
        let names = Names::of(&who, &caller.person, &other);
        let talk = Talk::new(live.messaging.clone(), seat, Box::new(names), place(live, seat, after)?);
        Ok(Let { topic: topic(seat), program: talk, admission })
    })
    .await
}

async fn desk(door: Door) -> Result<HttpResponse, Refusal> {
    door.open(move |live, admission, after| {
        let seat = Seat::at_desk(&admission.caller)?;
        let talk = |after| Talk::new(live.messaging.clone(), seat, Box::new(AtDesk), after);
        let program = match after {
            Some(_) => talk(place(live, seat, after)?),
            None => talk(live.messaging.last_at_desk()?).with_what_waits(),
        };
        Ok(Let { topic: topic(seat), program, admission })
    })
    .await
}

async fn bell(door: Door) -> Result<HttpResponse, Refusal> {
    door.open(move |live, admission, _after| {
        let caller = admission.caller.clone();
        let program = Bell::new(live.notifications.clone(), caller, painaway::frames::BELL);
        Ok(Let { topic: Topic::Bell(admission.caller.id()), program, admission })
    })
    .await
}

/// Where the client continues; without a place, at the beginning.
fn place(live: &Live, seat: Seat, after: Option<Seq>) -> Result<Seq, Refusal> {
    Ok(after.map(|after| live.messaging.resume(seat, after)).transpose()?.unwrap_or(Seq::START))
}

fn topic(seat: Seat) -> Topic {
    match seat.feed() {
        Feed::Room(room) => Topic::Room(room),
        Feed::Desk => Topic::Desk,
    }
}

/// As the old servers refused: a client that guesses learns no more of somebody who is not there than of itself.
fn refused(e: MessagingError) -> Refusal {
    match e {
        MessagingError::PeerUnknown | MessagingError::Oneself => {
            Rejection::SocketRefused("You cannot chat with this user.").into()
        }
        other => other.into(),
    }
}
