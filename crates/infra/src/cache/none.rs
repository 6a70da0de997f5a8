//! Knows nothing: every count is read from the database.
//!
//! For PostgreSQL, where other processes write too. Whoever asks at the same moment is counted by one question
//! (`docs/decisions/0004-unread-count.md`).
use domain::{
    notifications::ports::{Recall, Suspension, Ticket, UnreadCounts},
    shared::AccountId,
};

#[derive(Debug, Clone, Copy)]
pub struct NoUnreadCounts;

impl UnreadCounts for NoUnreadCounts {
    fn recall(&self, owners: &[AccountId]) -> Vec<Recall> {
        owners.iter().map(|owner| Recall::Unknown(Ticket { owner: *owner, generation: 0 })).collect()
    }
    fn keep(&self, _: Ticket, _: u64) {}
    fn suspend(&self, _: &[AccountId]) -> Suspension {
        Suspension::none()
    }
}
