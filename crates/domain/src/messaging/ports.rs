//! What messaging needs of the outside.
use super::{Message, Peer, PeerRef, Result, Room, Sending, Sent};
use crate::{
    audit,
    events::Seq,
    identity::Person,
    shared::{AccountId, Each, Page, StoreError, Timestamp},
};

/// A support message that waits, named by its place among all that wait: the room's owner, then its number there.
pub type Waiting = (AccountId, Seq);

/// The store of conversations. One method is one transaction.
///
/// A conversation's numbers go on after it was deleted: a number is given once, ever.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait MessageRepository: Send + Sync {
    /// MUST number the messages of a conversation from 1 without gaps, in the order in which they can be read, however many
    /// send at the same time on whatever node; support messages in the inbox too. MUST store a message with a
    /// [`ClientId`](super::ClientId) that its sender has used before in this conversation no second time, but answer
    /// with the first; and refuse one that was used elsewhere
    /// ([`MessagingError::ClientIdTaken`](super::MessagingError::ClientIdTaken)). MUST publish
    /// [`MessageSent`](super::MessageSent) after the commit, and only then.
    fn send(&self, sending: &Sending) -> Result<Sent>;
    /// Oldest first. Deleted messages are not shown, here as below.
    fn since(&self, room: Room, page: Page<Seq>) -> Result<Vec<Message>, StoreError>;
    /// Shows `each`, newest first; the page continues after a lower number.
    fn latest<'f>(&self, room: Room, page: Page<Seq>, each: &mut Each<'f, Message>)
    -> Result<(), StoreError>;
    /// Support messages of all rooms, oldest first, by their number in the inbox. MUST have committed an audit entry for
    /// each room of which `staff` sees what somebody else said before it returns.
    fn inbox_since(
        &self,
        staff: AccountId,
        page: Page<Seq>,
        at: Timestamp,
    ) -> Result<Vec<Message>, StoreError>;
    /// What was said in one support room, as `since` shows it to its owner. MUST have committed an audit entry for the room
    /// if `staff` sees what somebody else said there before it returns.
    fn support_since(
        &self,
        staff: AccountId,
        room: Room,
        page: Page<Seq>,
        at: Timestamp,
    ) -> Result<Vec<Message>, StoreError>;
    /// The last number given in the inbox.
    fn last_in_inbox(&self) -> Result<Seq, StoreError>;
    /// What people said in their support rooms after the staff's last answer there: room by room, oldest first. MUST have
    /// committed an audit entry for each room that `staff` sees before it returns.
    fn waiting(
        &self,
        staff: AccountId,
        page: Page<Waiting>,
        at: Timestamp,
    ) -> Result<Vec<Message>, StoreError>;
    /// The last number given in each of these conversations; those that were never begun are left out.
    fn last_in(&self, rooms: &[Room]) -> Result<Vec<(Room, Seq)>, StoreError>;
    /// With whom this person has a conversation that holds a message: the one begun first comes first.
    fn peers(&self, of: AccountId, page: Page<i64>) -> Result<Vec<(i64, Person)>, StoreError>;
    /// Deletes what was said between two people so far, for both. MUST be over at once, however long the conversation
    /// is. Nothing happens when there is nothing.
    fn clear(&self, room: Room, audit: &[audit::AuditEntry]) -> Result<(), StoreError>;
    /// Removes the texts of some deleted messages from the tables. Returns of how many; 0 when none is left that
    /// nobody else is at. MUST be safe to run on several nodes at once.
    fn erase_cleared(&self) -> Result<usize, StoreError>;
}

/// Finds the people with whom somebody talks.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait PeerDirectory: Send + Sync {
    /// Deactivated accounts too. MUST tell people as linked only if a link between the two is
    /// accepted, and its doctor is in the group Doctor still.
    fn find(&self, seen_by: AccountId, who: &PeerRef) -> Result<Option<Peer>, StoreError>;
}
