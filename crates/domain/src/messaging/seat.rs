//! The right to follow a conversation and to speak in it. Only a check makes a seat; the service takes nothing else.
use super::{Message, MessagingError, Peer, Result, Room, Seq};
use crate::{
    identity::{Caller, WrongRole},
    shared::AccountId,
};

/// What is followed from a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Feed {
    Room(Room),
    /// All support rooms.
    Desk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    account: AccountId,
    feed: Feed,
}

impl Seat {
    /// In the conversation with somebody else.
    ///
    /// # Errors
    /// [`MessagingError::Oneself`], [`MessagingError::PeerUnknown`] when they are not active.
    pub fn beside(caller: &Caller, peer: &Peer) -> Result<Self> {
        if peer.person.id == caller.id() {
            return Err(MessagingError::Oneself);
        }
        if !peer.active {
            return Err(MessagingError::PeerUnknown);
        }
        Ok(Self { account: caller.id(), feed: Feed::Room(Room::of(caller.id(), peer.person.id)) })
    }
    pub fn in_own_support_room(caller: &Caller) -> Self {
        Self { account: caller.id(), feed: Feed::Room(Room::support(caller.id())) }
    }
    /// Where the staff answer.
    ///
    /// # Errors
    /// [`WrongRole`].
    pub fn at_desk(caller: &Caller) -> Result<Self, WrongRole> {
        if caller.staff { Ok(Self { account: caller.id(), feed: Feed::Desk }) } else { Err(WrongRole) }
    }

    pub fn account(self) -> AccountId {
        self.account
    }
    pub fn feed(self) -> Feed {
        self.feed
    }
    /// The message's number in what is followed from here; `None` when it is no part of it.
    pub fn position(self, message: &Message) -> Option<Seq> {
        match self.feed {
            Feed::Room(room) => (message.room == room).then_some(message.seq),
            Feed::Desk => message.desk_seq,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        identity::testing::{house, sarah},
        messaging::Acquaintance,
        shared::Timestamp,
    };

    fn peer(caller: &Caller, active: bool) -> Peer {
        Peer { person: caller.person.clone(), active, acquaintance: Acquaintance::Strangers }
    }

    #[test]
    fn nobody_sits_beside_themselves_or_beside_somebody_who_left() {
        let refused = Seat::beside(&sarah(), &peer(&sarah(), true));
        assert!(matches!(refused, Err(MessagingError::Oneself)));
        let refused = Seat::beside(&sarah(), &peer(&house(), false));
        assert!(matches!(refused, Err(MessagingError::PeerUnknown)));
    }

    #[test]
    fn the_desk_is_for_the_staff() {
        assert!(Seat::at_desk(&sarah()).is_err());
        assert!(Seat::at_desk(&Caller { staff: true, ..sarah() }).is_ok());
    }

    #[test]
    fn a_seat_follows_its_own_room_only_and_the_desk_all_support_rooms() {
        let said = |room, desk_seq| Message {
            room,
            seq: Seq::new(3),
            desk_seq,
            sender: sarah().id(),
            from_staff: false,
            text: String::new(),
            client_id: None,
            at: Timestamp::UNIX_EPOCH,
        };
        let (pair, support) = (Room::of(sarah().id(), house().id()), Room::support(sarah().id()));
        let (in_pair, in_support) = (said(pair, None), said(support, Some(Seq::new(9))));
        let beside = Seat::beside(&sarah(), &peer(&house(), true)).unwrap();
        let own = Seat::in_own_support_room(&sarah());
        let desk = Seat::at_desk(&Caller { staff: true, ..house() }).unwrap();
        assert_eq!((beside.position(&in_pair), beside.position(&in_support)), (Some(Seq::new(3)), None));
        assert_eq!((own.position(&in_pair), own.position(&in_support)), (None, Some(Seq::new(3))));
        assert_eq!((desk.position(&in_pair), desk.position(&in_support)), (None, Some(Seq::new(9))));
    }
}
