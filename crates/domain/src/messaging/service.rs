//! What somebody can do with their conversations.
use super::{
    ChatAccess, ClientId, Message, MessagingError, Peer, PeerArrived, PeerLeft, PeerRef, Result, Room,
    Sending, Sent, Stream, Text,
    ports::{MessageRepository, PeerDirectory, Waiting},
};
use crate::{
    audit,
    events::{Event, Seq, ports::EventBus},
    identity::{Caller, Person, WrongRole},
    shared::{AccountId, Clock, Each, Page},
};
use std::sync::Arc;

pub struct MessagingService {
    pub messages: Arc<dyn MessageRepository>,
    pub directory: Arc<dyn PeerDirectory>,
    pub bus: Arc<dyn EventBus>,
    pub clock: Arc<dyn Clock>,
}

impl MessagingService {
    /// Somebody, as the caller may see them. Deactivated people too: what they said stays readable.
    ///
    /// # Errors
    /// [`MessagingError::PeerUnknown`].
    pub fn peer(&self, caller: &Caller, who: &PeerRef) -> Result<Peer> {
        self.directory.find(caller.id(), who)?.ok_or(MessagingError::PeerUnknown)
    }

    /// Access to the conversation with somebody else.
    ///
    /// # Errors
    /// [`MessagingError::PeerUnknown`], [`MessagingError::Oneself`].
    pub fn open_chat(&self, caller: &Caller, who: &PeerRef) -> Result<(ChatAccess, Peer)> {
        let peer = self.peer(caller, who)?;
        Ok((ChatAccess::with_peer(caller, &peer)?, peer))
    }

    /// The staff's access to somebody else's support room.
    ///
    /// # Errors
    /// [`MessagingError::WrongRole`] before the user is looked up: only the staff learn which users exist.
    /// [`MessagingError::PeerUnknown`], [`MessagingError::Oneself`].
    pub fn open_support_room(&self, caller: &Caller, owner: &PeerRef) -> Result<ChatAccess> {
        let inbox = ChatAccess::to_support_inbox(caller)?;
        inbox.to_room_of(&self.peer(caller, owner)?)
    }

    /// The conversation with somebody, newest first. With oneself there is none: the support room is not shown here.
    pub fn history(
        &self,
        caller: &Caller,
        peer: AccountId,
        page: Page<Seq>,
        each: &mut Each<'_, Message>,
    ) -> Result<()> {
        if peer == caller.id() {
            return Ok(());
        }
        Ok(self.messages.latest(Room::of(caller.id(), peer), page, each)?)
    }

    /// With whom the caller has a conversation, each with the key of the page.
    pub fn peers(&self, caller: &Caller, page: Page<i64>) -> Result<Vec<(i64, Person)>> {
        Ok(self.messages.peers(caller.id(), page)?)
    }

    /// Deletes the conversation for both. Support rooms cannot be deleted.
    ///
    /// # Errors
    /// [`MessagingError::PeerUnknown`].
    pub fn delete(&self, caller: &Caller, who: &PeerRef) -> Result<()> {
        let peer = self.peer(caller, who)?.person.id;
        if peer == caller.id() {
            return Ok(());
        }
        let (room, at) = (Room::of(caller.id(), peer), self.clock.now());
        let entry = |patient| audit::AuditEntry {
            actor: Some(caller.id()),
            ..audit::AuditEntry::own(patient, audit::AuditAction::ConversationDeleted, at)
        };
        let audit: Vec<_> = room.people().map(entry).collect();
        Ok(self.messages.clear(room, &audit)?)
    }

    /// Says something in what the access is to; in the support inbox, `to` whom.
    ///
    /// # Errors
    /// [`MessagingError::PeerUnknown`] in the support inbox, [`MessagingError::ClientIdTaken`].
    pub fn say(
        &self,
        access: ChatAccess,
        to: Option<AccountId>,
        text: Text,
        client_id: Option<ClientId>,
    ) -> Result<Sent> {
        let (at, sender) = (self.clock.now(), access.account());
        let room = match access.stream() {
            Stream::Room(room) => room,
            Stream::SupportInbox => {
                let to = to.ok_or(MessagingError::PeerUnknown)?;
                let owner =
                    self.directory.find(sender, &PeerRef::Id(to))?.ok_or(MessagingError::PeerUnknown)?;
                Room::support(owner.person.id)
            }
        };
        let answered = |owner| audit::AuditEntry {
            actor: Some(sender),
            ..audit::AuditEntry::own(owner, audit::AuditAction::SupportAnswered, at)
        };
        let from_staff = access.is_of_staff();
        let audit = room.owner().filter(|_| from_staff).map(answered);
        self.messages.send(&Sending { room, sender, from_staff, text, client_id, audit, at })
    }

    /// What came after this number in the stream: oldest first.
    pub fn read(&self, access: ChatAccess, page: Page<Seq>) -> Result<Vec<Message>> {
        let (who, at) = (access.account(), self.clock.now());
        Ok(match access.stream() {
            Stream::Room(room) if access.is_of_staff() => self.messages.support_since(who, room, page, at)?,
            Stream::Room(room) => self.messages.since(room, page)?,
            Stream::SupportInbox => self.messages.inbox_since(who, page, at)?,
        })
    }

    /// Where somebody continues who has seen everything up to `after`: no further than there is anything. A client may
    /// remember more than the store does, after a restore or from another sequence, and would wait for ever.
    pub fn resume(&self, access: ChatAccess, after: Seq) -> Result<Seq> {
        let last = match access.stream() {
            Stream::Room(room) => {
                self.messages.last_in(&[room])?.first().map_or(Seq::START, |(_, last)| *last)
            }
            Stream::SupportInbox => self.messages.last_in_inbox()?,
        };
        Ok(after.min(last))
    }

    /// Where a socket into the support inbox begins: with what is said from now on, after all that [`waits`](Self::waiting).
    pub fn last_in_inbox(&self) -> Result<Seq> {
        Ok(self.messages.last_in_inbox()?)
    }

    /// What waits for an answer of the staff: room by room, oldest first.
    ///
    /// # Errors
    /// [`MessagingError::WrongRole`] for any stream but the support inbox.
    pub fn waiting(&self, access: ChatAccess, page: Page<Waiting>) -> Result<Vec<Message>> {
        match access.stream() {
            Stream::SupportInbox => Ok(self.messages.waiting(access.account(), page, self.clock.now())?),
            Stream::Room(_) => Err(WrongRole.into()),
        }
    }

    /// The staff hear that somebody opened a socket into their support room.
    pub fn arrive(&self, access: ChatAccess) {
        self.bus.publish(Event::new(PeerArrived(access.account())));
    }
    /// And that it was closed.
    pub fn leave(&self, access: ChatAccess) {
        self.bus.publish(Event::new(PeerLeft(access.account())));
    }

    /// How far each of these conversations goes: for subscribers that may have missed an event.
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
