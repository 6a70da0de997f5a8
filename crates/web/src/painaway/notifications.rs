//! `/api/diary/notifications/`: what others did that concerns the caller.
use super::{
    notices::sentence,
    user::{UserOut, WrittenUser},
};
use crate::{
    django::DjangoTime,
    http::{AuthedRequest, HandlerResult, Refusal, Reply, Resource},
    keys, route,
};
use domain::{
    identity::Caller,
    notifications::{Notice, Notification, NotificationError, NotificationId, NotificationService},
};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use utoipa::ToSchema;

pub(super) fn resources() -> [Resource; 2] {
    let refused = || [NotificationError::Unknown, NotificationError::Foreign];
    [
        Resource::new(
            "Notifications",
            [
                route!(streams list),
                route!(authenticated mark_read).refuses(refused()),
                route!(authenticated delete).refuses(refused()),
            ],
        ),
        Resource::new("Unread Count", [route!(batched unread_count)]),
    ]
}

keys! {
    NotificationChoice as "NotificationChoice" {
        /// Which notification.
        notification_id: NotificationId = required id,
    }
    example { "notification_id": 1 }
}

keys! {
    /// Which notification was read.
    ReadMark as "NotificationChange" {
        /// Which notification. Without it none is found.
        notification_id: NotificationId = optional id,
    }
    example { "notification_id": 1 }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Notification)]
pub(crate) struct NotificationOut<'a> {
    #[schema(example = 1)]
    id: i64,
    #[schema(value_type = UserOut)]
    owner: &'a WrittenUser,
    /// In Russian, as clients show it.
    #[serde(serialize_with = "sentence")]
    #[schema(value_type = String, example = "Новый запрос на прикрепление от Sarah Connor")]
    message: Notice<&'a str>,
    is_read: bool,
    created_at: DjangoTime,
}

impl<'a> NotificationOut<'a> {
    fn of(line: Notification<&'a str>, owner: &'a WrittenUser) -> Self {
        Self {
            id: line.id.get(),
            owner,
            message: line.notice,
            is_read: line.is_read,
            created_at: DjangoTime(line.created_at),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = UnreadCount)]
pub(crate) struct UnreadOut {
    #[schema(example = 3)]
    unread_count: u64,
}

/// List one's notifications
///
/// Newest first, read ones too.
#[utoipa::path(
    get, path = "/api/diary/notifications/", tag = "Notifications", operation_id = "listNotifications",
    responses((status = 200, description = "Notifications", body = Vec<NotificationOut>))
)]
fn list(request: AuthedRequest, notifications: Arc<NotificationService>) -> HandlerResult {
    let owner = WrittenUser::from(request.caller.person.clone());
    Reply::list(move |page, rows| {
        let mut show = |line: Notification<&str>| rows.push(line.id, &NotificationOut::of(line, &owner));
        Ok(notifications.of(&request.caller, page, &mut show)?)
    })
}

/// Mark a notification as read
///
/// One of the caller's own. Marking it again is the same.
#[utoipa::path(
    patch, path = "/api/diary/notifications/", tag = "Notifications", operation_id = "markNotificationRead",
    request_body = ReadMark,
    responses((status = 200, description = "Marked", body = crate::django::DetailBody,
        example = json!({ "detail": "marked as read" })))
)]
fn mark_read(request: &AuthedRequest, notifications: &NotificationService) -> HandlerResult {
    let chosen = ReadMark::read(request.input()?)?.notification_id;
    notifications.mark_read(&request.caller, chosen.ok_or(NotificationError::Unknown)?)?;
    Reply::ok(&json!({ "detail": "marked as read" }))
}

/// Delete a notification
///
/// One of the caller's own.
#[utoipa::path(
    delete, path = "/api/diary/notifications/", tag = "Notifications", operation_id = "deleteNotification",
    request_body = NotificationChoice,
    responses((status = 204, description = "Deleted"))
)]
fn delete(request: &AuthedRequest, notifications: &NotificationService) -> HandlerResult {
    let chosen = NotificationChoice::read(request.input()?)?.notification_id;
    notifications.delete(&request.caller, chosen.ok_or(NotificationError::Unknown)?)?;
    Ok(Reply::no_content())
}

/// Count unread notifications
///
/// How many of the caller's notifications are unread: never stale.
#[utoipa::path(
    get, path = "/api/diary/notifications/unread-count/", tag = "Notifications", operation_id = "unreadCount",
    responses((status = 200, description = "The count", body = UnreadOut))
)]
fn unread_count(callers: &[&Caller], notifications: &NotificationService) -> Result<Vec<Reply>, Refusal> {
    let owners: Vec<_> = callers.iter().map(|caller| caller.id()).collect();
    let counts = notifications.unread_counts(&owners)?;
    counts.into_iter().map(|unread_count| Reply::ok(&UnreadOut { unread_count })).collect()
}
