//! What somebody can do with their conversations.
use super::{
    ClientId, Feed, Hint, Message, MessagingError, Peer, Result, Room, Seat, Sending, Sent, Seq, Text, Who,
    ports::{Bus, MessageRepository, PeerDirectory, Waiting},
};
use crate::{
    audit,
    identity::{Caller, Person, WrongRole},
    shared::{AccountId, Clock, Window},
};
use std::sync::Arc;

pub struct MessagingService {
    pub messages: Arc<dyn MessageRepository>,
    pub directory: Arc<dyn PeerDirectory>,
    pub bus: Arc<dyn Bus>,
    pub clock: Arc<dyn Clock>,
}

impl MessagingService {
    /// Somebody, as the caller may see them. Deactivated people too: what they said stays readable.
    ///
    /// # Errors
    /// [`MessagingError::PeerUnknown`].
    pub fn peer(&self, caller: &Caller, who: &Who) -> Result<Peer> {
        self.directory.find(caller.id(), who)?.ok_or(MessagingError::PeerUnknown)
    }

    /// A seat in the conversation with somebody else.
    ///
    /// # Errors
    /// [`MessagingError::PeerUnknown`], [`MessagingError::Oneself`].
    pub fn sit_beside(&self, caller: &Caller, who: &Who) -> Result<(Seat, Peer)> {
        let peer = self.peer(caller, who)?;
        Ok((Seat::beside(caller, &peer)?, peer))
    }

    /// The conversation with somebody, newest first. With oneself there is none: the support room is not shown here.
    pub fn history(&self, caller: &Caller, peer: AccountId, window: Window<Seq>) -> Result<Vec<Message>> {
        if peer == caller.id() {
            return Ok(vec![]);
        }
        Ok(self.messages.latest(Room::of(caller.id(), peer), window)?)
    }

    /// With whom the caller has a conversation, each with the key of the window.
    pub fn peers(&self, caller: &Caller, window: Window<i64>) -> Result<Vec<(i64, Person)>> {
        Ok(self.messages.peers(caller.id(), window)?)
    }

    /// Deletes the conversation for both. Support rooms cannot be deleted.
    ///
    /// # Errors
    /// [`MessagingError::PeerUnknown`].
    pub fn delete(&self, caller: &Caller, who: &Who) -> Result<()> {
        let peer = self.peer(caller, who)?.person.id;
        if peer == caller.id() {
            return Ok(());
        }
        let (room, at) = (Room::of(caller.id(), peer), self.clock.now());
        let entry = |patient| audit::Entry {
            actor: Some(caller.id()),
            ..audit::Entry::own(patient, audit::Act::ConversationDeleted, at)
        };
        let audit: Vec<_> = room.people().map(entry).collect();
        Ok(self.messages.clear(room, &audit)?)
    }

    /// Says something from a seat; at the desk, `to` whom.
    ///
    /// # Errors
    /// [`MessagingError::PeerUnknown`] at the desk, [`MessagingError::ClientIdTaken`].
    pub fn say(
        &self,
        seat: Seat,
        to: Option<AccountId>,
        text: Text,
        client_id: Option<ClientId>,
    ) -> Result<Sent> {
        let (at, sender) = (self.clock.now(), seat.account());
        let sending = match seat.feed() {
            Feed::Room(room) => Sending { room, sender, from_staff: false, text, client_id, audit: None, at },
            Feed::Desk => {
                let to = to.ok_or(MessagingError::PeerUnknown)?;
                let owner = self.directory.find(sender, &Who::Id(to))?.ok_or(MessagingError::PeerUnknown)?;
                let owner = owner.person.id;
                let answered = audit::Entry::own(owner, audit::Act::SupportAnswered, at);
                let audit = Some(audit::Entry { actor: Some(sender), ..answered });
                Sending { room: Room::support(owner), sender, from_staff: true, text, client_id, audit, at }
            }
        };
        self.messages.send(&sending)
    }

    /// What came after this number in what is followed from the seat: oldest first.
    pub fn read(&self, seat: Seat, window: Window<Seq>) -> Result<Vec<Message>> {
        Ok(match seat.feed() {
            Feed::Room(room) => self.messages.since(room, window)?,
            Feed::Desk => self.messages.at_desk_since(seat.account(), window, self.clock.now())?,
        })
    }

    /// Where somebody continues who has seen everything up to `after`: no further than there is anything. A client may
    /// remember more than the store does, after a restore or from another sequence, and would wait for ever.
    pub fn resume(&self, seat: Seat, after: Seq) -> Result<Seq> {
        let last = match seat.feed() {
            Feed::Room(room) => self.messages.last_in(&[room])?.first().map_or(Seq::START, |(_, last)| *last),
            Feed::Desk => self.messages.last_at_desk()?,
        };
        Ok(after.min(last))
    }

    /// Where a socket at the desk begins: with what is said from now on, after all that [`waits`](Self::waiting).
    pub fn last_at_desk(&self) -> Result<Seq> {
        Ok(self.messages.last_at_desk()?)
    }

    /// What waits for an answer of the staff: room by room, oldest first.
    ///
    /// # Errors
    /// [`MessagingError::WrongRole`] from any seat but the desk.
    pub fn waiting(&self, seat: Seat, window: Window<Waiting>) -> Result<Vec<Message>> {
        match seat.feed() {
            Feed::Desk => Ok(self.messages.waiting(seat.account(), window, self.clock.now())?),
            Feed::Room(_) => Err(WrongRole.into()),
        }
    }

    /// The staff hear that somebody opened a socket into their support room.
    pub fn arrive(&self, seat: Seat) {
        self.bus.publish(Hint::Arrived(seat.account()));
    }
    /// And that it was closed.
    pub fn leave(&self, seat: Seat) {
        self.bus.publish(Hint::Left(seat.account()));
    }

    /// How far each of these conversations goes, and the desk: for those who may have missed a hint.
    pub fn last_in(&self, rooms: &[Room]) -> Result<Vec<(Room, Seq)>> {
        Ok(self.messages.last_in(rooms)?)
    }

    /// A background job: the texts of deleted messages go for good.
    pub fn erase_cleared(&self) -> Result<usize> {
        Ok(self.messages.erase_cleared()?)
    }
}

#[cfg(test)]
mod tests;
