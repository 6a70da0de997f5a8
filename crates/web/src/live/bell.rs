//! A socket to somebody's bell: each new notification, and how many are unread.
use super::{Job, Outbox, Program, Told};
use crate::http::Problem;
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
            rang: vec![],
            unsure: true,
            first: true,
            recount: true,
            unread: None,
        }
    }

    fn rings(&mut self, line: Notification) {
        if self.known.insert(line.id) {
            self.rang.push(line);
        }
        while self.known.len() > usize::from(LOOKED_AT) * 2 {
            self.known.pop_first();
        }
    }
}

impl Program for Bell {
    type News = News;
    type Deed = ();

    fn heard(&mut self, told: Told, _out: &mut Outbox) {
        match told {
            Told::UpTo(_) => {}
            // The newest one that is known may have been deleted; then one look too many is made.
            Told::Glance(Glance { newest, unread }) => {
                self.unsure |= newest > self.known.last().copied();
                self.recount |= self.unread != Some(unread);
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
            Ok(News { newest, unread: service.recount(caller.id())? })
        }))
    }

    fn read(&mut self, result: Result<News, Problem>, out: &mut Outbox) {
        let Ok(News { newest, unread }) = result else {
            (self.unsure, self.recount) = (true, true);
            return;
        };
        if let Some(newest) = newest {
            if std::mem::take(&mut self.first) {
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
        rang.iter().for_each(|line| out.push((self.frames.rang)(line, unread)));
        self.unread = Some(unread);
    }

    /// Nothing is said to a bell.
    fn said(&mut self, _text: &str, _out: &mut Outbox) -> Option<Job<()>> {
        None
    }

    fn done(&mut self, _result: Result<(), Problem>, _out: &mut Outbox) {}
}
