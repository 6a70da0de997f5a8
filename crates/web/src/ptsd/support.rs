//! `/api/v1/chat/user/support/{user_id}/`: where somebody's support room is.
use crate::http::{Answer, Asked, Call, Problem, Reply};
use actix_web::{
    HttpRequest,
    web::{Data, Path},
};
use domain::messaging::{MessagingService, Who};
use serde::Serialize;
use utoipa::ToSchema;

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

/// The address of a support room's websocket: one's own; the staff may ask for anybody's.
#[utoipa::path(
    get, path = "/api/v1/chat/user/support/{user_id}/", tag = "Support", operation_id = "supportChat",
    params(("user_id" = i64, Path, description = "Whose room", example = 1)),
    responses(
        (status = 200, description = "The address", body = SupportOut),
        (status = 403, description = "Another's", body = crate::schema::ErrorBody,
            example = json!({ "error": "You are not authorized to access this chat" })),
        (status = 404, description = "Staff only: no such person", body = crate::schema::ErrorBody,
            example = json!({ "error": "User not found" })))
)]
pub(crate) async fn socket_address(
    call: Call,
    req: HttpRequest,
    user: Path<String>,
    service: Data<MessagingService>,
) -> Answer {
    let base = call.socket_base(&req);
    let case = move |asked: Asked| {
        let (who, caller) = (Who::parse(&user), &asked.caller);
        if matches!(who, Who::Named(_)) {
            return Err(Problem::unknown_path());
        }
        if who != Who::Id(caller.id()) && !caller.staff {
            return Err(Problem::forbidden("foreign_support_room", "Another's support room."));
        }
        let id = service.peer(caller, &who)?.person.id;
        Reply::ok(&SupportOut {
            user_id: id.get(),
            is_admin: caller.staff,
            websocket_url: format!("{base}/ws/chat/{id}/"),
        })
    };
    call.signed(case).await
}
