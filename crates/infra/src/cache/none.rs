//! Knows nothing: every count is read from the database.
//!
//! For PostgreSQL without Redis, where nothing tells this process what another one writes.
use domain::{
    notifications::ports::{Recall, Suspension, Ticket, UnreadCounts},
    shared::AccountId,
};

#[derive(Debug, Clone, Copy)]
pub struct NoUnreadCounts;

impl UnreadCounts for NoUnreadCounts {
    fn recall(&self, asking: &[(AccountId, i64)]) -> Vec<Recall> {
        let unknown = |(owner, epoch): &(AccountId, i64)| {
            Recall::Unknown(Ticket { owner: *owner, epoch: *epoch, generation: 0 })
        };
        asking.iter().map(unknown).collect()
    }
    fn keep(&self, _: Ticket, _: u64) {}
    fn suspend(&self, _: &[AccountId]) -> Suspension {
        Suspension::none()
    }
}
