//! `/api/diary/notifications/`: the bell.
use super::bodies::NotificationChoice;
use super::notices::sentence;
use super::user::{UserOut, WrittenUser, instant};
use crate::http::{Answer, Asked, Call, Input, Problem, Reply};
use actix_web::web::Data;
use domain::{
    notifications::{Notification, NotificationError, NotificationId, NotificationService},
    shared::Timestamp,
};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = Notification)]
pub(crate) struct NotificationOut {
    #[schema(example = 1)]
    id: i64,
    #[schema(value_type = UserOut)]
    owner: WrittenUser,
    /// In Russian, as clients show it.
    #[schema(example = "Новый запрос на прикрепление от Sarah Connor")]
    message: String,
    is_read: bool,
    #[serde(serialize_with = "instant")]
    #[schema(value_type = String, format = DateTime, example = "2025-07-21T15:07:05.470890Z")]
    created_at: Timestamp,
}

impl NotificationOut {
    fn id(&self) -> NotificationId {
        NotificationId::new(self.id)
    }
    fn of(line: Notification, owner: WrittenUser) -> Self {
        Self {
            id: line.id.get(),
            owner,
            message: sentence(&line.notice),
            is_read: line.is_read,
            created_at: line.created_at,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = UnreadCount)]
pub(crate) struct UnreadOut {
    #[schema(example = 3)]
    unread_count: u64,
}

/// The caller's notifications, newest first.
#[utoipa::path(
    get, path = "/api/diary/notifications/", tag = "Notifications", operation_id = "listNotifications",
    responses(
        (status = 200, description = "Notifications", body = Vec<NotificationOut>))
)]
pub(crate) async fn list(call: Call, bell: Data<NotificationService>) -> Answer {
    let case = move |asked: Asked| {
        let owner = WrittenUser::of(asked.caller.person.clone())?;
        Reply::list(NotificationOut::id, move |window| {
            let lines = bell.of(&asked.caller, window)?;
            Ok(lines.into_iter().map(|line| NotificationOut::of(line, owner.clone())).collect())
        })
    };
    call.signed(case).await
}

/// Marks one of the caller's notifications as read. Marking it again is the same.
#[utoipa::path(
    patch, path = "/api/diary/notifications/", tag = "Notifications", operation_id = "markNotificationRead",
    request_body = NotificationChoice,
    responses(
        (status = 200, description = "Marked", body = crate::schema::DetailBody,
            example = json!({ "detail": "marked as read" })),
        (status = 403, description = "Another's", body = crate::schema::DetailBody,
            example = json!({ "detail": "Not authorized" })),
        (status = 404, description = "Unknown or missing", body = crate::schema::ErrorBody,
            example = json!({ "error": "notification not found" })))
)]
pub(crate) async fn mark_read(call: Call, bell: Data<NotificationService>) -> Answer {
    let case = move |asked: Asked| {
        bell.mark_read(&asked.caller, chosen(asked.input()?)?)?;
        Reply::ok(&json!({ "detail": "marked as read" }))
    };
    call.signed(case).await
}

/// Deletes one of the caller's notifications.
#[utoipa::path(
    delete, path = "/api/diary/notifications/", tag = "Notifications", operation_id = "deleteNotification",
    request_body = NotificationChoice,
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "Another's", body = crate::schema::DetailBody,
            example = json!({ "detail": "Not authorized" })),
        (status = 404, description = "Unknown or missing", body = crate::schema::ErrorBody,
            example = json!({ "error": "notification not found" })))
)]
pub(crate) async fn delete(call: Call, bell: Data<NotificationService>) -> Answer {
    let case = move |asked: Asked| {
        bell.delete(&asked.caller, chosen(asked.input()?)?)?;
        Ok(Reply::no_content())
    };
    call.signed(case).await
}

/// How many of the caller's notifications are unread: never stale.
#[utoipa::path(
    get, path = "/api/diary/notifications/unread-count/", tag = "Notifications", operation_id = "unreadCount",
    responses(
        (status = 200, description = "The count", body = UnreadOut))
)]
pub(crate) async fn unread_count(call: Call) -> Answer {
    Ok(Reply::ok(&UnreadOut { unread_count: call.unread().await? })?.into_response())
}

fn chosen(input: &Input) -> Result<NotificationId, Problem> {
    input.object()?;
    Ok(input.id("notification_id").map(NotificationId::new).ok_or(NotificationError::Unknown)?)
}
