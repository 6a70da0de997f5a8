//! Between whom something is said.
use crate::shared::AccountId;

/// A conversation, named by its two people. There is one for each pair. The one of a person with
/// themselves is their support room: there the other side is the staff. The clients' paths have it so
/// too: `/ws/chat/<another's id>/` is a talk with them, `/ws/chat/<one's own id>/` the support room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Room {
    low: AccountId,
    high: AccountId,
}

impl Room {
    /// In either order.
    pub fn of(one: AccountId, other: AccountId) -> Self {
        Self { low: one.min(other), high: one.max(other) }
    }
    pub fn support(owner: AccountId) -> Self {
        Self { low: owner, high: owner }
    }
    pub fn low(self) -> AccountId {
        self.low
    }
    pub fn high(self) -> AccountId {
        self.high
    }
    /// Whose support room it is, if it is one.
    pub fn owner(self) -> Option<AccountId> {
        (self.low == self.high).then_some(self.low)
    }
    /// Each of them once.
    pub fn people(self) -> impl Iterator<Item = AccountId> {
        [Some(self.low), (self.low != self.high).then_some(self.high)].into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_has_one_room_from_either_side() {
        let [one, two] = [1, 2].map(AccountId::new);
        assert_eq!(Room::of(one, two), Room::of(two, one));
        assert_eq!(Room::of(one, two).owner(), None);
        assert_eq!(Room::of(two, one).people().collect::<Vec<_>>(), [one, two]);
    }

    #[test]
    fn with_oneself_one_is_in_the_support_room() {
        let one = AccountId::new(1);
        assert_eq!(Room::of(one, one), Room::support(one));
        assert_eq!(Room::support(one).owner(), Some(one));
        assert_eq!(Room::support(one).people().count(), 1);
    }
}
