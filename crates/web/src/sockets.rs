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
    http::{Problem, Resource, register},
    live::{Bell, Door, Let, Live, Talk, Topic},
    painaway::{self, frames::Names},
    ptsd::frames::{AtDesk, InRoom},
};
use actix_web::{
    HttpResponse,
    http::Method,
    web::{Path, ServiceConfig},
};
use domain::messaging::{Feed, MessagingError, Seat, Seq, Who};

fn resources() -> Vec<Resource> {
    let socket = |path, name| Resource::signed(&painaway::FAMILY, path, name);
    vec![
        socket("/ws/admin/", "Support Desk").on(Method::GET, desk),
        socket("/ws/chat/admin/", "Support Desk").on(Method::GET, desk),
        socket("/ws/chat/{peer}/", "Chat").on(Method::GET, chat),
        socket("/ws/notifications/", "Notifications").on(Method::GET, bell),
    ]
}

pub fn routes(cfg: &mut ServiceConfig) {
    register(resources(), cfg);
}

async fn chat(door: Door, peer: Path<String>) -> Result<HttpResponse, Problem> {
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

async fn desk(door: Door) -> Result<HttpResponse, Problem> {
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

async fn bell(door: Door) -> Result<HttpResponse, Problem> {
    door.open(move |live, admission, _after| {
        let caller = admission.caller.clone();
        let program = Bell::new(live.notifications.clone(), caller, painaway::frames::BELL);
        Ok(Let { topic: Topic::Bell(admission.caller.id()), program, admission })
    })
    .await
}

/// Where the client continues; without a place, at the beginning.
fn place(live: &Live, seat: Seat, after: Option<Seq>) -> Result<Seq, Problem> {
    Ok(after.map(|after| live.messaging.resume(seat, after)).transpose()?.unwrap_or(Seq::START))
}

fn topic(seat: Seat) -> Topic {
    match seat.feed() {
        Feed::Room(room) => Topic::Room(room),
        Feed::Desk => Topic::Desk,
    }
}

/// As the old servers refused: a client that guesses learns no more of somebody who is not there than of itself.
fn refused(e: MessagingError) -> Problem {
    match e {
        MessagingError::PeerUnknown | MessagingError::Oneself => {
            Problem::forbidden("peer_refused", "You cannot chat with this user.")
        }
        other => other.into(),
    }
}
