//! A socket to somebody's bell: each new notification, and how many are unread.
use super::{Job, Outbox, Program, Told};
use crate::http::Refusal;
use domain::{
    identity::Caller,
    messaging::Hint,
    notifications::{Glance, Notification, NotificationId, NotificationService},
    shared::Window,
};
use std::{collections::BTreeSet, sync::Arc};

/// The newest notifications that are looked at when some may have been missed. Ids of one person need not come in order,
/// so what is known is remembered for as many.
const LOOKED_AT: u16 = 100;

/// Notifications that may ring at once like one.
const FEW: usize = 16;

/// A family's frames.
pub(crate) struct BellFrames {
    pub rang: fn(&Notification, unread: u64) -> String,
    pub unread: fn(unread: u64) -> String,
}

pub(crate) struct Bell {
    service: Arc<NotificationService>,
    caller: Caller,
    frames: BellFrames,
    /// Ids that were there when the socket was opened, or were told since.
    known: BTreeSet<NotificationId>,
    /// Up to here all are old, known or not.
    floor: Option<NotificationId>,
    /// Rang, and not yet told: the count is missing.
    rang: Vec<Notification>,
    /// The newest are to be read.
    unsure: bool,
    /// Nothing was told yet: what is there is not new.
    first: bool,
    /// The count is to be read.
    recount: bool,
    unread: Option<u64>,
}

pub(crate) struct News {
    newest: Option<Vec<Notification>>,
    unread: u64,
}

impl Bell {
    pub(crate) fn new(service: Arc<NotificationService>, caller: Caller, frames: BellFrames) -> Self {
        Self {
            service,
            caller,
            frames,
            known: BTreeSet::new(),
            floor: None,
            rang: vec![],
            unsure: true,
            first: true,
            recount: true,
            unread: None,
        }
    }

    fn rings(&mut self, line: Notification) {
        if Some(line.id) <= self.floor || self.known.contains(&line.id) {
            return;
        }
        if self.rang.len() >= usize::from(LOOKED_AT) {
            // Not now: the next look finds it.
            self.unsure = true;
            return;
        }
        self.known.insert(line.id);
        self.rang.push(line);
        while self.known.len() > usize::from(LOOKED_AT) * 2 {
            self.floor = self.known.pop_first();
        }
    }
}

impl Program for Bell {
    type News = News;
    type Deed = ();

    fn heard(&mut self, told: Told, _out: &mut Outbox) {
        match told {
            Told::UpTo(_) => {}
            // The newest one that is known may have been deleted; then one look too many is made. An older one that was
            // missed shows in the count.
            Told::Glance(Glance { newest, unread }) => {
                let changed = self.unread != Some(unread);
                self.recount |= changed;
                self.unsure |= changed || newest > self.known.last().copied();
            }
            Told::Hint(hint) => match &*hint {
                Hint::Rang(line) => {
                    self.rings(line.clone());
                    self.recount = true;
                }
                Hint::Recounted(_) => self.recount = true,
                Hint::Said(_) | Hint::Arrived(_) | Hint::Left(_) => {}
            },
        }
    }

    fn lagged(&mut self) {
        self.unsure = true;
    }

    fn due(&mut self) -> Option<Job<News>> {
        if !self.unsure && !self.recount {
            return None;
        }
        let (service, caller) = (self.service.clone(), self.caller.clone());
        let look = std::mem::take(&mut self.unsure);
        self.recount = false;
        Some(Box::new(move || {
            let newest =
                look.then(|| service.of(&caller, Window::first().narrowed(LOOKED_AT))).transpose()?;
            Ok(News { newest, unread: service.unread_counts(&[caller.id()])?.pop().unwrap_or_default() })
        }))
    }

    fn read(&mut self, result: Result<News, Refusal>, out: &mut Outbox) {
        let Ok(News { newest, unread }) = result else {
            (self.unsure, self.recount) = (true, true);
            return;
        };
        if let Some(newest) = newest {
            if std::mem::take(&mut self.first) {
                let full = newest.len() == usize::from(LOOKED_AT);
                self.floor = newest.last().map(|oldest| oldest.id).filter(|_| full);
                self.known.extend(newest.into_iter().map(|line| line.id));
            } else {
                // Newest first from the store; the oldest is told first.
                newest.into_iter().rev().for_each(|line| self.rings(line));
            }
        }
        let rang = std::mem::take(&mut self.rang);
        if rang.is_empty() && self.unread != Some(unread) {
            out.push((self.frames.unread)(unread));
        }
        // Many at once are given to the client at its own pace, like history.
        let at_once = rang.len() > FEW;
        for frame in rang.iter().map(|line| (self.frames.rang)(line, unread)) {
            if at_once { out.recall(frame) } else { out.push(frame) }
        }
        self.unread = Some(unread);
    }

    /// Nothing is said to a bell.
    fn said(&mut self, _text: &str, _out: &mut Outbox) -> Option<Job<()>> {
        None
    }

    fn done(&mut self, _result: Result<(), Refusal>, _out: &mut Outbox) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        identity::{Groups, Person},
        notifications::{Notice, ports::MockNotificationRepository},
        shared::{AccountId, Timestamp},
    };

    const OWNER: AccountId = AccountId::new(7);

    fn bell() -> Bell {
        let person = Person {
            id: OWNER,
            username: "house".into(),
            email: String::new(),
            first_name: String::new(),
            father_name: String::new(),
            last_name: String::new(),
            sex: None,
            date_of_birth: None,
            phone_number: String::new(),
            groups: Groups::PATIENT,
        };
        let service = NotificationService { notifications: Arc::new(MockNotificationRepository::new()) };
        let frames = BellFrames {
            rang: |line, unread| format!("{} of {unread}", line.id),
            unread: |unread| format!("unread {unread}"),
        };
        Bell::new(Arc::new(service), Caller { person, staff: false }, frames)
    }

    fn line(id: i64) -> Notification {
        Notification {
            id: NotificationId::new(id),
            owner: OWNER,
            notice: Notice::PrescriptionCreated {},
            is_read: false,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    /// The newest first, as the store gives them.
    fn looked(bell: &mut Bell, ids: impl DoubleEndedIterator<Item = i64>, unread: u64) -> Vec<String> {
        let mut out = Outbox::default();
        drop(bell.due());
        let newest: Vec<_> = ids.rev().map(line).take(usize::from(LOOKED_AT)).collect();
        bell.read(Ok(News { newest: Some(newest), unread }), &mut out);
        assert!(!out.is_over(), "a client that reads is not cut off");
        out.texts()
    }

    #[test]
    fn what_was_there_before_never_rings_however_much_is_deleted_above_it() {
        let mut bell = bell();
        assert_eq!(looked(&mut bell, 1..=151, 151), ["unread 151"]);
        // Twenty of the newest are gone, so that older ones come into sight; one is new.
        assert_eq!(looked(&mut bell, (1..=131).chain([152]), 132), ["152 of 132"]);
    }

    #[test]
    fn many_that_rang_while_nobody_heard_are_told_at_the_clients_own_pace() {
        let mut bell = bell();
        looked(&mut bell, 1..=3, 3);
        let told = looked(&mut bell, 1..=98, 98);
        assert_eq!(told.len(), 95);
        assert_eq!((told[0].as_str(), told[94].as_str()), ("4 of 98", "98 of 98"));
    }

    #[test]
    fn a_glance_that_shows_another_count_leads_to_a_look() {
        let mut bell = bell();
        looked(&mut bell, 1..=3, 3);
        let mut glance = |newest, unread| {
            let newest = Some(NotificationId::new(newest));
            bell.heard(Told::Glance(Glance { newest, unread }), &mut Outbox::default());
            bell.due().is_some()
        };
        assert!(!glance(3, 3));
        assert!(glance(4, 3));
        assert!(glance(3, 4), "an older one was missed");
    }
}
