//! What somebody can do with their own bell.
use super::{
    Notification, NotificationError, NotificationId, Result,
    ports::{NotificationRepository, Recall, UnreadCounts},
};
use crate::{
    identity::Caller,
    shared::{AccountId, Window},
};
use std::{collections::HashMap, sync::Arc};

/// How a bell looks from afar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glance {
    pub newest: Option<NotificationId>,
    pub unread: u64,
}

pub struct NotificationService {
    pub notifications: Arc<dyn NotificationRepository>,
    pub unread: Arc<dyn UnreadCounts>,
}

impl Notification {
    fn owned_by(self, owner: AccountId) -> Result<Self> {
        if self.owner == owner { Ok(self) } else { Err(NotificationError::Foreign) }
    }
}

impl NotificationService {
    pub fn of(&self, caller: &Caller, window: Window<NotificationId>) -> Result<Vec<Notification>> {
        Ok(self.notifications.of(caller.id(), window)?)
    }

    /// # Errors
    /// [`NotificationError::Unknown`], [`NotificationError::Foreign`].
    pub fn mark_read(&self, caller: &Caller, id: NotificationId) -> Result<()> {
        if self.own(caller, id)?.is_read {
            return Ok(());
        }
        found(self.notifications.mark_read(caller.id(), id)?)
    }

    /// # Errors
    /// [`NotificationError::Unknown`], [`NotificationError::Foreign`].
    pub fn delete(&self, caller: &Caller, id: NotificationId) -> Result<()> {
        self.own(caller, id)?;
        found(self.notifications.delete(caller.id(), id)?)
    }

    /// How many lines each of these callers has not read, in their order.
    pub fn unread_counts(&self, callers: &[&Caller]) -> Result<Vec<u64>> {
        let owners: Vec<_> = callers.iter().map(|caller| caller.id()).collect();
        let recalled = self.unread.recall(&owners);
        let unknown = |recall: &Recall| match recall {
            Recall::Known(_) => None,
            Recall::Unknown(ticket) => Some(ticket.owner),
        };
        let to_count: Vec<_> = recalled.iter().filter_map(unknown).collect();
        let counted: HashMap<_, _> = if to_count.is_empty() {
            HashMap::new()
        } else {
            self.notifications.unread_of(&to_count)?.into_iter().collect()
        };
        let count = |recall| match recall {
            Recall::Known(count) => count,
            Recall::Unknown(ticket) => {
                let count = counted.get(&ticket.owner).copied().unwrap_or_default();
                self.unread.keep(ticket, count);
                count
            }
        };
        Ok(recalled.into_iter().map(count).collect())
    }

    /// Counted anew. For a socket, which has been open for longer than the epoch of its caller may have lasted.
    pub fn recount(&self, owner: AccountId) -> Result<u64> {
        Ok(self.notifications.count_unread(owner)?)
    }

    /// A glance at each of these bells: for those who may have missed a hint.
    pub fn glance(&self, owners: &[AccountId]) -> Result<Vec<(AccountId, Glance)>> {
        let newest: HashMap<_, _> = self.notifications.newest_of(owners)?.into_iter().collect();
        let unread: HashMap<_, _> = self.notifications.unread_of(owners)?.into_iter().collect();
        let glance = |owner: &AccountId| Glance {
            newest: newest.get(owner).copied(),
            unread: unread.get(owner).copied().unwrap_or_default(),
        };
        Ok(owners.iter().map(|owner| (*owner, glance(owner))).collect())
    }

    fn own(&self, caller: &Caller, id: NotificationId) -> Result<Notification> {
        self.notifications.find(id)?.ok_or(NotificationError::Unknown)?.owned_by(caller.id())
    }
}

/// Another request of the same person may have deleted it since it was found.
fn found(was_there: bool) -> Result<()> {
    if was_there { Ok(()) } else { Err(NotificationError::Unknown) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        identity::{Person, testing::sarah},
        notifications::ports::{MockNotificationRepository, MockUnreadCounts, Ticket},
        shared::Timestamp,
    };

    fn service(notifications: MockNotificationRepository, unread: MockUnreadCounts) -> NotificationService {
        NotificationService { notifications: Arc::new(notifications), unread: Arc::new(unread) }
    }

    fn line(owner: AccountId, is_read: bool) -> Notification {
        Notification {
            id: NotificationId::new(5),
            owner,
            message: "x".into(),
            is_read,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn nobody_reads_or_deletes_a_line_of_another_bell() {
        for act in [NotificationService::mark_read, NotificationService::delete] {
            let mut store = MockNotificationRepository::new();
            store.expect_find().return_once(|_| Ok(Some(line(AccountId::new(99), false))));
            let refused = act(&service(store, MockUnreadCounts::new()), &sarah(), NotificationId::new(5));
            assert!(matches!(refused, Err(NotificationError::Foreign)));
        }
    }

    #[test]
    fn an_unknown_line_and_one_deleted_in_between_are_the_same() {
        let mut store = MockNotificationRepository::new();
        store.expect_find().return_once(|_| Ok(None));
        let refused = service(store, MockUnreadCounts::new()).delete(&sarah(), NotificationId::new(5));
        assert!(matches!(refused, Err(NotificationError::Unknown)));

        let mut store = MockNotificationRepository::new();
        store.expect_find().return_once(|_| Ok(Some(line(sarah().id(), false))));
        store.expect_mark_read().return_once(|_, _| Ok(false));
        let refused = service(store, MockUnreadCounts::new()).mark_read(&sarah(), NotificationId::new(5));
        assert!(matches!(refused, Err(NotificationError::Unknown)));
    }

    #[test]
    fn marking_a_read_line_again_writes_nothing() {
        let mut store = MockNotificationRepository::new();
        store.expect_find().return_once(|_| Ok(Some(line(sarah().id(), true))));
        service(store, MockUnreadCounts::new()).mark_read(&sarah(), NotificationId::new(5)).unwrap();
    }

    #[test]
    fn a_known_count_asks_no_store_and_an_unknown_one_is_kept_with_its_ticket() {
        let mut unread = MockUnreadCounts::new();
        unread.expect_recall().return_once(|_| vec![Recall::Known(3)]);
        assert_eq!(
            service(MockNotificationRepository::new(), unread).unread_counts(&[&sarah()]).unwrap(),
            [3]
        );

        let ticket = Ticket { owner: sarah().id(), generation: 8 };
        let (mut store, mut unread) = (MockNotificationRepository::new(), MockUnreadCounts::new());
        let given = ticket.clone();
        unread.expect_recall().return_once(move |_| vec![Recall::Unknown(given)]);
        store
            .expect_unread_of()
            .withf(|owners| owners == [sarah().id()])
            .return_once(|_| Ok(vec![(sarah().id(), 4)]));
        unread.expect_keep().withf(move |t, n| *t == ticket && *n == 4).once().return_once(|_, _| ());
        assert_eq!(service(store, unread).unread_counts(&[&sarah()]).unwrap(), [4]);
    }

    #[test]
    fn of_several_callers_only_the_unknown_are_counted_and_who_has_read_all_counts_none() {
        let caller = |id| Caller { person: Person { id: AccountId::new(id), ..sarah().person }, ..sarah() };
        let (known, read_all, counted) = (caller(1), caller(2), caller(3));
        let ticket = |owner: &Caller| Ticket { owner: owner.id(), generation: 8 };
        let recalled =
            vec![Recall::Known(5), Recall::Unknown(ticket(&read_all)), Recall::Unknown(ticket(&counted))];
        let (mut store, mut unread) = (MockNotificationRepository::new(), MockUnreadCounts::new());
        unread.expect_recall().return_once(|_| recalled);
        let asked = [read_all.id(), counted.id()];
        let found = vec![(counted.id(), 7)];
        store.expect_unread_of().withf(move |owners| owners == asked).once().return_once(|_| Ok(found));
        unread.expect_keep().times(2).returning(|_, _| ());
        let counts = service(store, unread).unread_counts(&[&known, &read_all, &counted]).unwrap();
        assert_eq!(counts, [5, 0, 7]);
    }
}
