//! Counts in this process's memory. Right as long as no other process writes notifications: SQLite, whose file one server
//! holds (`store::ServerLock`).
use domain::{
    notifications::ports::{Recall, Suspension, Ticket, UnreadCounts},
    shared::AccountId,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// People. Beyond this many the cache forgets everyone whose count is not in motion, and starts again.
const CAPACITY: usize = 100_000;

#[derive(Debug, Default, Clone)]
pub struct InProcessUnreadCounts(Arc<Mutex<Shelf>>);

#[derive(Debug, Default)]
struct Shelf {
    owners: HashMap<AccountId, Slot>,
    /// One sequence for all owners: a slot that was forgotten and made again never has an old generation.
    last: u64,
}

#[derive(Debug)]
struct Slot {
    generation: u64,
    /// How many changes to this owner's notifications are about to be committed.
    suspended: usize,
    count: Option<u64>,
}

impl Shelf {
    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }
    fn slot(&mut self, owner: AccountId) -> &mut Slot {
        if self.owners.len() >= CAPACITY && !self.owners.contains_key(&owner) {
            self.owners.retain(|_, slot| slot.suspended > 0);
        }
        let generation = self.next();
        self.owners.entry(owner).or_insert(Slot { generation, suspended: 0, count: None })
    }
    fn move_on(&mut self, owner: AccountId, change: impl FnOnce(&mut Slot)) {
        let generation = self.next();
        let slot = self.slot(owner);
        slot.generation = generation;
        slot.count = None;
        change(slot);
    }
}

impl InProcessUnreadCounts {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UnreadCounts for InProcessUnreadCounts {
    fn recall(&self, owners: &[AccountId]) -> Vec<Recall> {
        let mut shelf = self.shelf();
        let recall = |owner: &AccountId| {
            let slot = shelf.slot(*owner);
            match slot.count {
                Some(count) => Recall::Known(count),
                None => Recall::Unknown(Ticket { owner: *owner, generation: slot.generation }),
            }
        };
        owners.iter().map(recall).collect()
    }

    fn keep(&self, ticket: Ticket, count: u64) {
        let mut shelf = self.shelf();
        if let Some(slot) = shelf.owners.get_mut(&ticket.owner)
            && slot.suspended == 0
            && slot.generation == ticket.generation
        {
            slot.count = Some(count);
        }
    }

    fn suspend(&self, owners: &[AccountId]) -> Suspension {
        let mut shelf = self.shelf();
        for owner in owners {
            shelf.move_on(*owner, |slot| slot.suspended += 1);
        }
        let (cache, owners) = (self.clone(), owners.to_vec());
        Suspension::until(move || {
            let mut shelf = cache.shelf();
            for owner in owners {
                shelf.move_on(owner, |slot| slot.suspended = slot.suspended.saturating_sub(1));
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_shelf_forgets_but_never_what_is_in_motion() {
        let cache = InProcessUnreadCounts::default();
        let busy = AccountId::new(0);
        let _suspension = cache.suspend(&[busy]);
        for id in 1..=i64::try_from(CAPACITY).unwrap() + 10 {
            let Recall::Unknown(ticket) = cache.recall(&[AccountId::new(id)]).remove(0) else {
                panic!("known")
            };
            cache.keep(ticket, 1);
        }
        let shelf = cache.shelf();
        assert!(shelf.owners.len() <= CAPACITY);
        assert_eq!(shelf.owners.get(&busy).map(|slot| slot.suspended), Some(1));
    }
}
