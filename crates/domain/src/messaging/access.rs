//! The right to follow a conversation and to speak in it. Only a check gives access; the service takes nothing else.
use super::{Message, MessagingError, Peer, Result, Room};
use crate::{
    events::{Seq, Topic},
    identity::{Caller, Rights, WrongRole},
    shared::AccountId,
};

/// What is followed live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stream {
    Room(Room),
    /// All support rooms.
    SupportInbox,
}

const CONVERSATION: &str = "conversation";
const SUPPORT_INBOX: &str = "support_inbox";

impl Stream {
    pub fn topic(self) -> Topic {
        match self {
            Self::Room(room) => Topic::new(CONVERSATION, [room.low(), room.high()].map(AccountId::get)),
            Self::SupportInbox => Topic::new(SUPPORT_INBOX, [0, 0]),
        }
    }
    /// What the topic stands for, if it is one of messaging.
    pub fn of(topic: Topic) -> Option<Self> {
        let room = topic.key_of(CONVERSATION).map(|people| people.map(AccountId::new));
        let inbox = topic.key_of(SUPPORT_INBOX).map(|_| Self::SupportInbox);
        room.map(|[low, high]| Self::Room(Room::of(low, high))).or(inbox)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatAccess {
    account: AccountId,
    stream: Stream,
}

impl ChatAccess {
    /// To the conversation with somebody else.
    ///
    /// # Errors
    /// [`MessagingError::Oneself`], [`MessagingError::PeerUnknown`] when they are not active.
    pub fn with_peer(caller: &Caller, peer: &Peer) -> Result<Self> {
        if peer.person.id == caller.id() {
            return Err(MessagingError::Oneself);
        }
        if !peer.active {
            return Err(MessagingError::PeerUnknown);
        }
        Ok(Self { account: caller.id(), stream: Stream::Room(Room::of(caller.id(), peer.person.id)) })
    }
    pub fn to_own_support_room(caller: &Caller) -> Self {
        Self { account: caller.id(), stream: Stream::Room(Room::support(caller.id())) }
    }
    /// Where the staff answer everybody.
    ///
    /// # Errors
    /// [`WrongRole`].
    pub fn to_support_inbox(caller: &Caller) -> Result<Self, WrongRole> {
        if caller.is_staff() {
            Ok(Self { account: caller.id(), stream: Stream::SupportInbox })
        } else {
            Err(WrongRole)
        }
    }
    /// Who may see the inbox may follow one room of it by itself, somebody else's.
    ///
    /// # Errors
    /// [`MessagingError::WrongRole`] of access to anything but the inbox, [`MessagingError::Oneself`].
    pub fn to_room_of(self, owner: &Peer) -> Result<Self> {
        if self.stream != Stream::SupportInbox {
            return Err(WrongRole.into());
        }
        if owner.person.id == self.account {
            return Err(MessagingError::Oneself);
        }
        Ok(Self { stream: Stream::Room(Room::support(owner.person.id)), ..self })
    }

    /// Whether this is the staff's side of support: what is said by it is their answer, and what is seen by it is audited.
    pub fn is_of_staff(self) -> bool {
        match self.stream {
            Stream::Room(room) => room.owner().is_some_and(|owner| owner != self.account),
            Stream::SupportInbox => true,
        }
    }
    /// What an open session must be allowed, so that the access lasts.
    pub fn lasts_while(self) -> fn(&Rights) -> bool {
        if self.is_of_staff() { |rights| rights.staff } else { |_open| true }
    }

    pub fn account(self) -> AccountId {
        self.account
    }
    pub fn stream(self) -> Stream {
        self.stream
    }
    /// The message's number in the stream; `None` when it is no part of it.
    pub fn position(self, message: &Message) -> Option<Seq> {
        match self.stream {
            Stream::Room(room) => (message.room == room).then_some(message.seq),
            Stream::SupportInbox => message.inbox_seq,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        identity::{
            TokenHash,
            testing::{house, of_staff, sarah},
        },
        messaging::Relationship,
        shared::Timestamp,
    };

    fn peer(caller: &Caller, active: bool) -> Peer {
        Peer { person: caller.person.clone(), active, relationship: Relationship::Strangers }
    }

    #[test]
    fn nobody_has_access_to_a_conversation_with_themselves_or_with_somebody_who_left() {
        let refused = ChatAccess::with_peer(&sarah(), &peer(&sarah(), true));
        assert!(matches!(refused, Err(MessagingError::Oneself)));
        let refused = ChatAccess::with_peer(&sarah(), &peer(&house(), false));
        assert!(matches!(refused, Err(MessagingError::PeerUnknown)));
    }

    #[test]
    fn nothing_but_the_inbox_leads_to_anothers_support_room() {
        let owner = peer(&sarah(), true);
        let with_her = ChatAccess::with_peer(&of_staff(house()), &owner).unwrap();
        let own = ChatAccess::to_own_support_room(&of_staff(house()));
        let inbox = ChatAccess::to_support_inbox(&of_staff(house())).unwrap();
        let hers = inbox.to_room_of(&owner).unwrap();
        for access in [with_her, own, hers] {
            assert!(matches!(access.to_room_of(&owner), Err(MessagingError::WrongRole(_))), "{access:?}");
        }
        assert!(matches!(inbox.to_room_of(&peer(&house(), true)), Err(MessagingError::Oneself)));
        assert_eq!(
            (hers.stream(), hers.account()),
            (Stream::Room(Room::support(sarah().id())), house().id())
        );
        assert!(
            inbox.to_room_of(&peer(&sarah(), false)).is_ok(),
            "what somebody said who left stays readable"
        );
    }

    #[test]
    fn the_staffs_side_of_support_is_for_the_staff_and_ends_with_the_role() {
        assert!(ChatAccess::to_support_inbox(&sarah()).is_err());
        let inbox = ChatAccess::to_support_inbox(&of_staff(house())).unwrap();
        let rights = |staff| Rights { session: TokenHash("s".into()), staff };
        for access in [inbox, inbox.to_room_of(&peer(&sarah(), true)).unwrap()] {
            assert!(access.is_of_staff(), "{access:?}");
            assert!(
                access.lasts_while()(&rights(true)) && !access.lasts_while()(&rights(false)),
                "{access:?}"
            );
        }
        for access in [
            ChatAccess::to_own_support_room(&of_staff(house())),
            ChatAccess::with_peer(&of_staff(house()), &peer(&sarah(), true)).unwrap(),
        ] {
            assert!(!access.is_of_staff() && access.lasts_while()(&rights(false)), "{access:?}");
        }
    }

    #[test]
    fn access_is_to_one_room_only_and_through_the_inbox_to_all_support_rooms() {
        let said = |room, inbox_seq| Message {
            room,
            seq: Seq::new(3),
            inbox_seq,
            sender: sarah().id(),
            from_staff: false,
            text: String::new(),
            client_id: None,
            at: Timestamp::UNIX_EPOCH,
        };
        let (pair, support) = (Room::of(sarah().id(), house().id()), Room::support(sarah().id()));
        let (in_pair, in_support) = (said(pair, None), said(support, Some(Seq::new(9))));
        let with_house = ChatAccess::with_peer(&sarah(), &peer(&house(), true)).unwrap();
        let own = ChatAccess::to_own_support_room(&sarah());
        let inbox = ChatAccess::to_support_inbox(&of_staff(house())).unwrap();
        assert_eq!(
            (with_house.position(&in_pair), with_house.position(&in_support)),
            (Some(Seq::new(3)), None)
        );
        assert_eq!((own.position(&in_pair), own.position(&in_support)), (None, Some(Seq::new(3))));
        assert_eq!((inbox.position(&in_pair), inbox.position(&in_support)), (None, Some(Seq::new(9))));
    }

    #[test]
    fn a_stream_comes_back_from_its_topic() {
        let [one, two] = [1, 2].map(AccountId::new);
        for stream in
            [Stream::Room(Room::of(two, one)), Stream::Room(Room::support(one)), Stream::SupportInbox]
        {
            assert_eq!(Stream::of(stream.topic()), Some(stream));
        }
        assert_eq!(Stream::of(Topic::new("another module's", [1, 2])), None);
    }
}
