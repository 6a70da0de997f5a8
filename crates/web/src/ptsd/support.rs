//! `/api/v1/chat/user/support/{user_id}/`: where somebody's support room is.
use crate::{
    http::{AuthedRequest, HandlerResult, Query, Rejection, Reply, Resource, Stated},
    route,
};
use actix_web::http::StatusCode;
use domain::messaging::{MessagingError, MessagingService, PeerRef};
use serde::Serialize;
use utoipa::ToSchema;

pub(super) fn resource() -> Resource {
    let route = route!(authenticated socket_address);
    Resource::new(
        "Support Chat",
        [route
            .refuses([FOREIGN_ROOM])
            .refuses([MessagingError::PeerUnknown])
            .refuses([Rejection::UnknownPath])],
    )
}

/// Without it, another's id is a private talk with them.
const BY_STAFF: (&str, &str) = ("support", "1");

/// Whether a socket is asked for that opens another's support room to the staff.
pub(crate) fn is_by_staff(query: &Query) -> bool {
    query.get(BY_STAFF.0) == Some(BY_STAFF.1)
}

const FOREIGN_ROOM: Stated =
    Stated { status: StatusCode::FORBIDDEN, text: "You are not authorized to access this chat" };

#[derive(Serialize, ToSchema)]
#[schema(as = SupportChat)]
pub(crate) struct SupportOut {
    #[schema(example = 7)]
    user_id: i64,
    /// Whether the caller is staff.
    is_admin: bool,
    #[schema(example = "wss://care.example.com/ws/chat/7/")]
    websocket_url: String,
}

/// Find a support room
///
/// The address of the room's websocket: one's own; the staff may ask for anybody's, whose address ends with `?support=1`.
#[utoipa::path(
    get, path = "/api/v1/chat/user/support/{user_id}/", tag = "Support", operation_id = "supportChat",
    params(("user_id" = i64, Path, description = "Whose room", example = 1)),
    responses((status = 200, description = "The address", body = SupportOut))
)]
fn socket_address(request: &AuthedRequest, messaging: &MessagingService) -> HandlerResult {
    let (who, caller) = (PeerRef::parse(request.path("user_id")), &request.caller);
    if matches!(who, PeerRef::Named(_)) {
        return Err(Rejection::UnknownPath.into());
    }
    if who != PeerRef::Id(caller.id()) && !caller.is_staff() {
        return Err(FOREIGN_ROOM.into());
    }
    let id = messaging.peer(caller, &who)?.person.id;
    let (key, value) = BY_STAFF;
    let query = if id == caller.id() { String::new() } else { format!("?{key}={value}") };
    Reply::ok(&SupportOut {
        user_id: id.get(),
        is_admin: caller.is_staff(),
        websocket_url: format!("{}/ws/chat/{id}/{query}", request.socket_base()),
    })
}
