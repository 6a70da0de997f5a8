//! The paths of the sockets, which two families share: who gets which of them (`docs/DIALECTS.md`, rows 1 to 5).
#![doc = include_str!("sockets.md")]
use crate::{
    channels::{ChatSocket, NotificationSocket, TokenOrTicket},
    http::{Query, Refusal, Rejection, register_socket},
    live::{Admitted, SocketUpgrade},
    painaway::{self, frames::Names},
    ptsd::{
        frames::{SupportInboxFrames, SupportRoomFrames},
        support,
    },
};
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, ServiceConfig},
};
use domain::{
    events::Seq,
    identity::Session,
    messaging::{ChatAccess, MessagingError, MessagingService, PeerRef},
    notifications::{NotificationService, topic_of},
};
use std::sync::Arc;

/// For the API document, which knows no websockets: a section of its own.
pub const SECTION: (&str, &str) = ("Websockets", include_str!("sockets.md"));

/// How the clients of both families say who they are. A family with another way declares its sockets with an authenticator of
/// its own.
const AUTHENTICATOR: TokenOrTicket = TokenOrTicket { scheme: "Token" };

/// The clients of both families understand a refusal in the words of the first.
pub fn routes(cfg: &mut ServiceConfig) {
    let family = &painaway::FAMILY;
    // Fixed paths first.
    register_socket(family, "/ws/admin/", "Support Desk", support_inbox, cfg);
    register_socket(family, "/ws/chat/admin/", "Support Desk", support_inbox, cfg);
    register_socket(family, "/ws/notifications/", "Notifications", notifications, cfg);
    register_socket(family, "/ws/chat/{peer}/", "Chat", chat, cfg);
}

async fn chat(
    upgrade: SocketUpgrade,
    request: HttpRequest,
    peer: Path<String>,
    messaging: Data<MessagingService>,
) -> Result<HttpResponse, Refusal> {
    let by_staff = support::is_by_staff(&Query::parse(request.query_string()));
    let use_case = move |session: Session, after| {
        let (who, caller) = (PeerRef::parse(&peer), &session.caller);
        let messaging = messaging.into_inner();
        if who == PeerRef::Id(caller.id()) {
            let access = ChatAccess::to_own_support_room(caller);
            let socket = in_support_room(messaging, access, after)?.announced();
            return Ok(admitted(session, access, socket));
        }
        if by_staff {
            let access = messaging.open_support_room(caller, &who).map_err(refused)?;
            let socket = in_support_room(messaging, access, after)?;
            return Ok(admitted(session, access, socket));
        }
        let (access, other) = messaging.open_chat(caller, &who).map_err(refused)?;
        let names = Names::of(&who, &caller.person, &other);
        let after = position(&messaging, access, after)?;
        let socket = ChatSocket::new(messaging, access, Box::new(names), after);
        Ok(admitted(session, access, socket))
    };
    upgrade.accept(&AUTHENTICATOR, use_case).await
}

fn in_support_room(
    messaging: Arc<MessagingService>,
    access: ChatAccess,
    after: Option<Seq>,
) -> Result<ChatSocket, Refusal> {
    let after = position(&messaging, access, after)?;
    Ok(ChatSocket::new(messaging, access, Box::new(SupportRoomFrames), after).without_unnamed_echo())
}

async fn support_inbox(
    upgrade: SocketUpgrade,
    messaging: Data<MessagingService>,
) -> Result<HttpResponse, Refusal> {
    let use_case = move |session: Session, after: Option<Seq>| {
        let access = ChatAccess::to_support_inbox(&session.caller)?;
        let messaging = messaging.into_inner();
        let begin = match after {
            Some(_) => position(&messaging, access, after)?,
            None => messaging.last_in_inbox()?,
        };
        let socket = ChatSocket::new(messaging, access, Box::new(SupportInboxFrames), begin);
        let socket = if after.is_some() { socket } else { socket.with_backlog() };
        Ok(admitted(session, access, socket))
    };
    upgrade.accept(&AUTHENTICATOR, use_case).await
}

async fn notifications(
    upgrade: SocketUpgrade,
    service: Data<NotificationService>,
) -> Result<HttpResponse, Refusal> {
    let use_case = move |session: Session, _after| {
        let (service, caller) = (service.into_inner(), session.caller.clone());
        let topic = topic_of(caller.id());
        let socket = NotificationSocket::new(service, caller, painaway::frames::NOTIFICATIONS);
        Ok(Admitted::new(session, topic, socket))
    };
    upgrade.accept(&AUTHENTICATOR, use_case).await
}

fn admitted(session: Session, access: ChatAccess, socket: ChatSocket) -> Admitted<ChatSocket> {
    Admitted::new(session, access.stream().topic(), socket).only_while(access.lasts_while())
}

/// Where the client continues; without a position, at the beginning.
fn position(messaging: &MessagingService, access: ChatAccess, after: Option<Seq>) -> Result<Seq, Refusal> {
    Ok(after.map(|after| messaging.resume(access, after)).transpose()?.unwrap_or(Seq::START))
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
