use super::*;
use crate::{
    events::ports::MockEventBus,
    identity::testing::{house, of_staff, sarah, stranger},
    messaging::{
        Relationship,
        ports::{MockMessageRepository, MockPeerDirectory},
    },
    shared::{Fixed, Timestamp},
};

fn service(messages: MockMessageRepository, directory: MockPeerDirectory) -> MessagingService {
    MessagingService {
        messages: Arc::new(messages),
        directory: Arc::new(directory),
        bus: Arc::new(MockEventBus::new()),
        clock: Arc::new(Fixed(Timestamp::UNIX_EPOCH)),
    }
}

fn knows(caller: Caller) -> MockPeerDirectory {
    let mut directory = MockPeerDirectory::new();
    directory.expect_find().returning(move |_, who| {
        let there = *who == PeerRef::Id(caller.id());
        let peer =
            Peer { person: caller.person.clone(), active: true, relationship: Relationship::Strangers };
        Ok(there.then_some(peer))
    });
    directory
}

fn text(raw: &str) -> Text {
    Text::parse(raw).unwrap()
}

fn stored(sending: &Sending) -> Sent {
    let message = Message {
        room: sending.room,
        seq: Seq::new(1),
        inbox_seq: None,
        sender: sending.sender,
        from_staff: sending.from_staff,
        text: sending.text.as_str().to_owned(),
        client_id: sending.client_id.clone(),
        at: sending.at,
    };
    Sent { message, again: false, deleted: false }
}

fn staff() -> Caller {
    of_staff(house())
}

#[test]
fn nobody_opens_a_chat_with_somebody_who_does_not_exist() {
    let service = service(MockMessageRepository::new(), knows(house()));
    let refused = service.open_chat(&sarah(), &PeerRef::Id(AccountId::new(404)));
    assert!(matches!(refused, Err(MessagingError::PeerUnknown)));
    assert!(service.open_chat(&sarah(), &PeerRef::Id(house().id())).is_ok());
}

#[test]
fn nobody_but_the_staff_opens_a_support_room_or_learns_whose_there_is() {
    let open = |caller: &Caller, who, directory| {
        service(MockMessageRepository::new(), directory).open_support_room(caller, &who)
    };
    for id in [house().id(), sarah().id(), AccountId::new(404)] {
        // The directory is not asked.
        let refused = open(&sarah(), PeerRef::Id(id), MockPeerDirectory::new());
        assert!(matches!(refused, Err(MessagingError::WrongRole(_))), "{id}");
    }
    let unknown = open(&staff(), PeerRef::Id(AccountId::new(404)), knows(sarah()));
    assert!(matches!(unknown, Err(MessagingError::PeerUnknown)));
    let oneself = open(&staff(), PeerRef::Id(staff().id()), knows(staff()));
    assert!(matches!(oneself, Err(MessagingError::Oneself)));
    assert!(open(&staff(), PeerRef::Id(sarah().id()), knows(sarah())).is_ok());
}

#[test]
fn what_the_staff_read_of_a_support_room_is_read_by_the_way_that_is_audited() {
    let mut messages = MockMessageRepository::new();
    messages
        .expect_support_since()
        .withf(|by, room, _, _| *by == staff().id() && *room == Room::support(sarah().id()))
        .once()
        .returning(|_, _, _, _| Ok(vec![]));
    messages
        .expect_since()
        .withf(|room, _| *room == Room::support(sarah().id()))
        .once()
        .returning(|_, _| Ok(vec![]));
    let service = service(messages, knows(sarah()));
    let hers = service.open_support_room(&staff(), &PeerRef::Id(sarah().id())).unwrap();
    service.read(hers, Page::first()).unwrap();
    service.read(ChatAccess::to_own_support_room(&sarah()), Page::first()).unwrap();
}

#[test]
fn the_history_with_oneself_is_empty_and_never_the_support_room() {
    let service = service(MockMessageRepository::new(), MockPeerDirectory::new());
    let mut none = |message: Message<&str>| unreachable!("{message:?}");
    service.history(&sarah(), sarah().id(), Page::first(), &mut none).unwrap();
}

#[test]
fn deleting_the_conversation_with_oneself_leaves_the_support_room_alone() {
    let service = service(MockMessageRepository::new(), knows(sarah()));
    service.delete(&sarah(), &PeerRef::Id(sarah().id())).unwrap();
}

#[test]
fn a_deletion_is_on_the_trail_of_both_people() {
    let mut messages = MockMessageRepository::new();
    let both = |audit: &[audit::AuditEntry]| {
        let act = audit.iter().all(|entry| {
            entry.act == audit::AuditAction::ConversationDeleted && entry.actor == Some(sarah().id())
        });
        let patients: Vec<_> = audit.iter().map(|entry| entry.patient).collect();
        act && patients == [house().id(), sarah().id()]
    };
    messages
        .expect_clear()
        .withf(move |room, audit| *room == Room::of(sarah().id(), house().id()) && both(audit))
        .once()
        .returning(|_, _| Ok(()));
    service(messages, knows(house())).delete(&sarah(), &PeerRef::Id(house().id())).unwrap();
}

#[test]
fn what_a_person_says_in_a_room_is_never_from_the_staff_and_goes_nowhere_else() {
    let mut messages = MockMessageRepository::new();
    messages
        .expect_send()
        .withf(|s| s.room == Room::support(sarah().id()) && !s.from_staff && s.audit.is_none())
        .once()
        .returning(|s| Ok(stored(s)));
    let access = ChatAccess::to_own_support_room(&sarah());
    // Whom somebody wants to talk to does not count outside the support inbox.
    service(messages, MockPeerDirectory::new())
        .say(access, Some(stranger().id()), text("help"), None)
        .unwrap();
}

#[test]
fn an_answer_of_the_staff_goes_to_its_room_and_into_its_users_audit_log() {
    let mut messages = MockMessageRepository::new();
    messages
        .expect_send()
        .withf(|s| {
            let audit = s.audit.as_ref().unwrap();
            let noted = audit.act == audit::AuditAction::SupportAnswered && audit.patient == sarah().id();
            s.room == Room::support(sarah().id())
                && s.from_staff
                && noted
                && audit.actor == Some(staff().id())
        })
        .times(2)
        .returning(|s| Ok(stored(s)));
    let service = service(messages, knows(sarah()));
    let inbox = ChatAccess::to_support_inbox(&staff()).unwrap();
    let room = service.open_support_room(&staff(), &PeerRef::Id(sarah().id())).unwrap();
    // In one room whom somebody names does not count.
    for (access, to) in [(inbox, sarah().id()), (room, stranger().id())] {
        service.say(access, Some(to), text("what is it?"), None).unwrap();
    }
}

#[test]
fn the_staff_cannot_answer_nobody() {
    let service = service(MockMessageRepository::new(), knows(sarah()));
    let inbox = ChatAccess::to_support_inbox(&staff()).unwrap();
    for to in [None, Some(AccountId::new(404))] {
        let refused = service.say(inbox, to, text("hello?"), None);
        assert!(matches!(refused, Err(MessagingError::PeerUnknown)));
    }
}

#[test]
fn coming_and_going_is_told_to_the_staff() {
    let mut bus = MockEventBus::new();
    bus.expect_publish()
        .withf(|event| event.downcast_ref() == Some(&PeerArrived(sarah().id())))
        .once()
        .return_const(());
    bus.expect_publish()
        .withf(|event| event.downcast_ref() == Some(&PeerLeft(sarah().id())))
        .once()
        .return_const(());
    let service = MessagingService {
        bus: Arc::new(bus),
        ..service(MockMessageRepository::new(), MockPeerDirectory::new())
    };
    let access = ChatAccess::to_own_support_room(&sarah());
    service.arrive(access);
    service.leave(access);
}

#[test]
fn a_position_beyond_the_end_continues_at_the_end() {
    let access = ChatAccess::to_own_support_room(&sarah());
    for (last, after, from) in [(Some(5), 3, 3), (Some(5), 5, 5), (Some(5), 900, 5), (None, 7, 0)] {
        let mut messages = MockMessageRepository::new();
        messages
            .expect_last_in()
            .return_once(move |rooms| Ok(last.map(|last| (rooms[0], Seq::new(last))).into_iter().collect()));
        let service = service(messages, MockPeerDirectory::new());
        assert_eq!(service.resume(access, Seq::new(after)).unwrap(), Seq::new(from));
    }
}
