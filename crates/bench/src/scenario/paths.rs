//! Where the clients ask.

pub(crate) const UNREAD: &str = "/api/diary/notifications/unread-count/";
pub(crate) const PROFILE: &str = "/api/auth/profile/";
pub(crate) const STATS: &str = "/api/diary/stats/";
pub(crate) const LINKS: &str = "/api/diary/list_links/";
pub(crate) const NOTIFICATIONS: &str = "/api/diary/notifications/";
pub(crate) const PTSD_PROFILE: &str = "/api/v1/user/me/";
pub(crate) const BODY_PARTS: &str = "/api/diary/bodyparts/";
