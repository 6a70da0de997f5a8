//! The events of notifications, as they travel between nodes.
use super::notices::{self, Arguments};
use crate::bus::EventCodec;
use domain::{
    notifications::{Notice, Notification, NotificationCreated, NotificationId, UnreadChanged},
    shared::{AccountId, Timestamp},
};
use serde::{Deserialize, Serialize};

pub fn event_codecs() -> [EventCodec; 2] {
    [
        EventCodec::new(
            NotificationCreated::KIND,
            |NotificationCreated(notification)| NotificationJson::from(notification.clone()),
            |json: NotificationJson| json.read().map(NotificationCreated),
        ),
        EventCodec::new(
            UnreadChanged::KIND,
            |UnreadChanged(owner)| owner.get(),
            |owner: i64| Some(UnreadChanged(AccountId::new(owner))),
        ),
    ]
}

#[derive(Serialize, Deserialize)]
struct NotificationJson {
    id: i64,
    owner: i64,
    code: String,
    args: Arguments,
    is_read: bool,
    at: i64,
}

impl From<Notification> for NotificationJson {
    fn from(of: Notification) -> Self {
        Self {
            id: of.id.get(),
            owner: of.owner.get(),
            code: of.notice.code().as_str().to_owned(),
            args: notices::arguments(&of.notice),
            is_read: of.is_read,
            at: of.created_at.timestamp_micros(),
        }
    }
}

impl NotificationJson {
    fn read(mut self) -> Option<Notification> {
        Some(Notification {
            id: NotificationId::new(self.id),
            owner: AccountId::new(self.owner),
            notice: Notice::read(&self.code, |name| self.args.remove(name)),
            is_read: self.is_read,
            created_at: Timestamp::from_timestamp_micros(self.at)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::EventCodecs;
    use domain::events::{Event, EventBody};

    fn arrives<E: EventBody + Clone + PartialEq>(sent: &E) {
        let (_, read) = EventCodecs::new(event_codecs()).there_and_back(&Event::new(sent.clone()));
        assert_eq!(read.unwrap().downcast_ref(), Some(sent));
    }

    #[test]
    fn every_event_arrives_as_it_was_sent() {
        let owner = AccountId::new(1);
        arrives(&NotificationCreated(Notification {
            id: NotificationId::new(5),
            owner,
            notice: Notice::LinkRequested { patient: "Sarah".into() },
            is_read: false,
            created_at: Timestamp::from_timestamp_micros(1_753_084_800_123_456).unwrap(),
        }));
        arrives(&UnreadChanged(owner));
    }

    #[test]
    fn a_notice_of_a_newer_node_arrives_as_unknown() {
        let json =
            r#"{"id":5,"owner":1,"code":"alarm_raised","args":{"who":"Sarah"},"is_read":false,"at":0}"#;
        let read = serde_json::from_str::<NotificationJson>(json).unwrap().read().unwrap();
        assert_eq!((read.id.get(), read.notice), (5, Notice::Unknown {}));
    }
}
