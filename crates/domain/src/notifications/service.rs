//! What somebody can do with their own notifications.
use super::{Notification, NotificationError, NotificationId, Result, ports::NotificationRepository};
use crate::{
    identity::Caller,
    shared::{AccountId, Each, Page},
};
use std::{collections::HashMap, sync::Arc};

/// The newest notification of somebody, and how many are unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    pub newest: Option<NotificationId>,
    pub unread: u64,
}

pub struct NotificationService {
    pub notifications: Arc<dyn NotificationRepository>,
}

impl Notification {
    fn owned_by(self, owner: AccountId) -> Result<Self> {
        if self.owner == owner { Ok(self) } else { Err(NotificationError::Foreign) }
    }
}

impl NotificationService {
    /// Shows `each`, newest first.
    pub fn of(
        &self,
        caller: &Caller,
        page: Page<NotificationId>,
        each: &mut Each<'_, Notification>,
    ) -> Result<()> {
        Ok(self.notifications.of(caller.id(), page, each)?)
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

    /// How many notifications each of these accounts has not read, in their order.
    pub fn unread_counts(&self, owners: &[AccountId]) -> Result<Vec<u64>> {
        let counted: HashMap<_, _> = self.notifications.unread_of(owners)?.into_iter().collect();
        Ok(owners.iter().map(|owner| counted.get(owner).copied().unwrap_or_default()).collect())
    }

    /// Of each of these accounts: for subscribers that may have missed an event.
    pub fn summaries(&self, owners: &[AccountId]) -> Result<Vec<(AccountId, Summary)>> {
        let newest: HashMap<_, _> = self.notifications.newest_of(owners)?.into_iter().collect();
        let unread: HashMap<_, _> = self.notifications.unread_of(owners)?.into_iter().collect();
        let summary = |owner: &AccountId| Summary {
            newest: newest.get(owner).copied(),
            unread: unread.get(owner).copied().unwrap_or_default(),
        };
        Ok(owners.iter().map(|owner| (*owner, summary(owner))).collect())
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
        identity::testing::sarah,
        notifications::{Notice, ports::MockNotificationRepository},
        shared::Timestamp,
    };

    fn service(notifications: MockNotificationRepository) -> NotificationService {
        NotificationService { notifications: Arc::new(notifications) }
    }

    fn line(owner: AccountId, is_read: bool) -> Notification {
        Notification {
            id: NotificationId::new(5),
            owner,
            notice: Notice::PrescriptionCreated {},
            is_read,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn nobody_reads_or_deletes_another_accounts_notification() {
        for act in [NotificationService::mark_read, NotificationService::delete] {
            let mut store = MockNotificationRepository::new();
            store.expect_find().return_once(|_| Ok(Some(line(AccountId::new(99), false))));
            let refused = act(&service(store), &sarah(), NotificationId::new(5));
            assert!(matches!(refused, Err(NotificationError::Foreign)));
        }
    }

    #[test]
    fn an_unknown_line_and_one_deleted_in_between_are_the_same() {
        let mut store = MockNotificationRepository::new();
        store.expect_find().return_once(|_| Ok(None));
        let refused = service(store).delete(&sarah(), NotificationId::new(5));
        assert!(matches!(refused, Err(NotificationError::Unknown)));

        let mut store = MockNotificationRepository::new();
        store.expect_find().return_once(|_| Ok(Some(line(sarah().id(), false))));
        store.expect_mark_read().return_once(|_, _| Ok(false));
        let refused = service(store).mark_read(&sarah(), NotificationId::new(5));
        assert!(matches!(refused, Err(NotificationError::Unknown)));
    }

    #[test]
    fn marking_a_read_line_again_writes_nothing() {
        let mut store = MockNotificationRepository::new();
        store.expect_find().return_once(|_| Ok(Some(line(sarah().id(), true))));
        service(store).mark_read(&sarah(), NotificationId::new(5)).unwrap();
    }

    #[test]
    fn counts_come_in_the_order_of_the_owners_and_who_has_read_all_counts_none() {
        let [read_all, counted] = [1, 2].map(AccountId::new);
        let mut store = MockNotificationRepository::new();
        store
            .expect_unread_of()
            .withf(move |owners| owners == [counted, read_all])
            .once()
            .return_once(move |_| Ok(vec![(counted, 7)]));
        assert_eq!(service(store).unread_counts(&[counted, read_all]).unwrap(), [7, 0]);
    }
}
