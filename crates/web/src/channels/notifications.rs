//! A socket to somebody's notifications: each new one, and how many are unread.
use super::frames::refusal;
use crate::{
    http::Refusal,
    live::{EventSource, HubEvent, Outbox, SocketHandler, Task},
};
use domain::{
    events::Topic,
    identity::Caller,
    notifications::{
        Notification, NotificationCreated, NotificationError, NotificationId, NotificationService, Summary,
        UnreadChanged, owner_of, topic_of,
    },
    shared::{AccountId, Page},
};
use std::{collections::BTreeSet, sync::Arc};

/// The newest notifications that are looked at when some may have been missed. Ids of one person need not come in order,
/// so what is known is remembered for as many.
const LOOKED_AT: u16 = 100;

/// So many new ones at once are sent like one.
const FEW: usize = 16;

/// A family's frames.
pub(crate) struct NotificationFrames {
    pub created: fn(&Notification, unread: u64) -> String,
    pub unread: fn(unread: u64) -> String,
}

pub(crate) struct NotificationSocket {
    service: Arc<NotificationService>,
    caller: Caller,
    frames: NotificationFrames,
    /// Ids that were there when the socket was opened, or were told since.
    known: BTreeSet<NotificationId>,
    /// Up to here all are old, known or not.
    floor: Option<NotificationId>,
    /// New, and not yet sent: the count is missing.
    created: Vec<Notification>,
    /// Some may be missing: the newest are to be read.
    gap: bool,
    /// Nothing was read yet: what is there is not new.
    first: bool,
    /// The count is to be read.
    recount: bool,
    unread: Option<u64>,
}

pub(crate) struct Fetched {
    newest: Option<Vec<Notification>>,
    unread: u64,
}

impl NotificationSocket {
    pub(crate) fn new(service: Arc<NotificationService>, caller: Caller, frames: NotificationFrames) -> Self {
        Self {
            service,
            caller,
            frames,
            known: BTreeSet::new(),
            floor: None,
            created: vec![],
            gap: true,
            first: true,
            recount: true,
            unread: None,
        }
    }

    fn on_created(&mut self, notification: Notification) {
        if Some(notification.id) <= self.floor || self.known.contains(&notification.id) {
            return;
        }
        if self.created.len() >= usize::from(LOOKED_AT) {
            // Not now: the next fetch finds it.
            self.gap = true;
            return;
        }
        self.known.insert(notification.id);
        self.created.push(notification);
        while self.known.len() > usize::from(LOOKED_AT) * 2 {
            self.floor = self.known.pop_first();
        }
    }

    /// The newest one that is known may have been deleted; then one fetch too many is made. An older one that was missed
    /// shows in the count.
    fn compare(&mut self, Summary { newest, unread }: Summary) {
        let changed = self.unread != Some(unread);
        self.recount |= changed;
        self.gap |= changed || newest > self.known.last().copied();
    }
}

impl SocketHandler for NotificationSocket {
    type Fetched = Fetched;
    type Output = ();

    fn on_event(&mut self, event: HubEvent, _out: &mut Outbox) {
        match event {
            HubEvent::UpTo(_) => {}
            HubEvent::Snapshot(snapshot) => {
                if let Some(summary) = snapshot.downcast_ref() {
                    self.compare(*summary);
                }
            }
            HubEvent::Event(event) => {
                if let Some(NotificationCreated(notification)) = event.downcast_ref() {
                    self.on_created(notification.clone());
                    self.recount = true;
                }
                self.recount |= event.downcast_ref::<UnreadChanged>().is_some();
            }
        }
    }

    fn mark_gap(&mut self) {
        self.gap = true;
    }

    fn next_fetch(&mut self) -> Option<Task<Fetched>> {
        if !self.gap && !self.recount {
            return None;
        }
        let (service, caller) = (self.service.clone(), self.caller.clone());
        let all = std::mem::take(&mut self.gap);
        self.recount = false;
        Some(Box::new(move || {
            let newest = all.then(|| newest(&service, &caller)).transpose()?;
            Ok(Fetched { newest, unread: service.unread_counts(&[caller.id()])?.pop().unwrap_or_default() })
        }))
    }

    fn fetched(&mut self, result: Result<Fetched, Refusal>, out: &mut Outbox) {
        let Ok(Fetched { newest, unread }) = result else {
            (self.gap, self.recount) = (true, true);
            return;
        };
        if let Some(newest) = newest {
            if std::mem::take(&mut self.first) {
                let full = newest.len() == usize::from(LOOKED_AT);
                self.floor = newest.last().map(|oldest| oldest.id).filter(|_| full);
                self.known.extend(newest.into_iter().map(|notification| notification.id));
            } else {
                // Newest first from the store; the oldest is sent first.
                newest.into_iter().rev().for_each(|notification| self.on_created(notification));
            }
        }
        let created = std::mem::take(&mut self.created);
        if created.is_empty() && self.unread != Some(unread) {
            out.push_live((self.frames.unread)(unread));
        }
        // Many at once are given to the client at its own pace, like history.
        let many = created.len() > FEW;
        for frame in created.iter().map(|notification| (self.frames.created)(notification, unread)) {
            if many { out.push_history(frame) } else { out.push_live(frame) }
        }
        self.unread = Some(unread);
    }

    /// What a client sends here is ignored.
    fn refusal(&self, why: &str, text: Option<&str>) -> String {
        refusal(why, text)
    }
}

fn newest(service: &NotificationService, caller: &Caller) -> Result<Vec<Notification>, NotificationError> {
    let mut newest = vec![];
    let mut keep = |line: Notification<&str>| newest.push(line.map_texts(str::to_owned));
    service.of(caller, Page::first().with_limit(LOOKED_AT), &mut keep)?;
    Ok(newest)
}

/// The newest notification of each account, and how many are unread.
pub struct NotificationSource(pub Arc<NotificationService>);

/// Accounts in one query.
const AT_ONCE: usize = 500;

impl EventSource for NotificationSource {
    fn state_of(&self, topics: &[Topic]) -> Result<Vec<(Topic, HubEvent)>, Refusal> {
        let owners: Vec<AccountId> = topics.iter().copied().filter_map(owner_of).collect();
        let mut all = vec![];
        for some in owners.chunks(AT_ONCE) {
            let summaries = self.0.summaries(some)?.into_iter();
            all.extend(summaries.map(|(owner, it)| (topic_of(owner), HubEvent::Snapshot(Arc::new(it)))));
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        identity::testing::patient,
        notifications::ports::MockNotificationRepository,
        shared::{AccountId, Timestamp},
    };

    const OWNER: AccountId = AccountId::new(7);

    fn socket() -> NotificationSocket {
        let service = NotificationService { notifications: Arc::new(MockNotificationRepository::new()) };
        let frames = NotificationFrames {
            created: |notification, unread| format!("{} of {unread}", notification.id),
            unread: |unread| format!("unread {unread}"),
        };
        NotificationSocket::new(Arc::new(service), patient(OWNER), frames)
    }

    fn line(id: i64) -> Notification {
        Notification {
            id: NotificationId::new(id),
            owner: OWNER,
            notice: domain::notifications::Notice::PrescriptionCreated {},
            is_read: false,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    /// The newest first, as the store gives them.
    fn fetched(
        socket: &mut NotificationSocket,
        ids: impl DoubleEndedIterator<Item = i64>,
        unread: u64,
    ) -> Vec<String> {
        let mut out = Outbox::default();
        drop(socket.next_fetch());
        let newest: Vec<_> = ids.rev().map(line).take(usize::from(LOOKED_AT)).collect();
        socket.fetched(Ok(Fetched { newest: Some(newest), unread }), &mut out);
        assert!(!out.is_over(), "a client that reads is not cut off");
        out.texts()
    }

    #[test]
    fn what_was_there_before_is_never_new_however_much_is_deleted_above_it() {
        let mut socket = socket();
        assert_eq!(fetched(&mut socket, 1..=151, 151), ["unread 151"]);
        // Twenty of the newest are gone, so that older ones come into sight; one is new.
        assert_eq!(fetched(&mut socket, (1..=131).chain([152]), 132), ["152 of 132"]);
    }

    #[test]
    fn many_events_during_an_interruption_are_sent_at_the_clients_own_pace() {
        let mut socket = socket();
        fetched(&mut socket, 1..=3, 3);
        let sent = fetched(&mut socket, 1..=98, 98);
        assert_eq!(sent.len(), 95);
        assert_eq!((sent[0].as_str(), sent[94].as_str()), ("4 of 98", "98 of 98"));
    }

    #[test]
    fn a_summary_that_shows_another_count_leads_to_a_fetch() {
        let mut socket = socket();
        fetched(&mut socket, 1..=3, 3);
        let mut leads_to_a_fetch = |newest, unread| {
            let newest = Some(NotificationId::new(newest));
            let summary = HubEvent::Snapshot(Arc::new(Summary { newest, unread }));
            socket.on_event(summary, &mut Outbox::default());
            socket.next_fetch().is_some()
        };
        assert!(!leads_to_a_fetch(3, 3));
        assert!(leads_to_a_fetch(4, 3));
        assert!(leads_to_a_fetch(3, 4), "an older one was missed");
    }
}
