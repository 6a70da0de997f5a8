//! Conversations with a model: what is kept, for how long, and how much may be asked.
use crate::support::{Node, TestStore, at, at_once, new_account};
use chrono::TimeDelta;
use domain::{
    assistant::{
        Agreement, Answer, AnswerOrigin, Claim, Claimed, Erasure, Exchange, Message, SILENCE, ScreenResult,
        Sender, Speaker, Withdrawal, ports::ConversationRepository,
    },
    audit::{AuditAction, AuditEntry},
    crisis::{
        ContactDraft, ContactEmail, ContactName, ContactPhone, Location, MaybeEmail, ProfileAccess,
        ProfileChange, ProfileEdit, Relationship, TherapistChange, TherapistDraft, ports::ProfileRepository,
    },
    identity::{AccountId, Caller, NewAccount, Role, Roles},
    notifications::Notice,
    owned::{Created, OwnedResource, ports::OwnedRepository},
    shared::{Page, Patch, Timestamp},
};
use infra::{
    assistant::DieselConversationRepository,
    crisis::{DieselContactRepository, DieselProfileRepository},
};
use std::num::NonZeroU32;

fn conversations(node: &Node) -> DieselConversationRepository {
    DieselConversationRepository { store: node.store.clone(), data_keys: node.data_keys.clone() }
}

fn model(text: &str) -> Answer {
    let origin = Some(AnswerOrigin { model: "small".into(), took: 1_500, tokens: 42 });
    Answer { sender: Sender::Model, text: text.into(), origin, screen: None }
}

fn fixed(text: &str, why: ScreenResult) -> Answer {
    Answer { sender: Sender::System, text: text.into(), origin: None, screen: Some(why) }
}

fn exchange(owner: &Caller, said: &str, answers: Vec<Answer>, at: Timestamp) -> Exchange {
    Exchange {
        owner: owner.id(),
        said: said.into(),
        said_at: at - TimeDelta::seconds(2),
        answers,
        spent: 0,
        notice_for_staff: None,
        at,
    }
}

fn talk(node: &Node, owner: &Caller, said: &str, answer: Answer, at: Timestamp) {
    conversations(node).store(&exchange(owner, said, vec![answer], at)).unwrap();
}

fn history(node: &Node, owner: &Caller) -> Vec<Message> {
    let mut all = vec![];
    let mut push = |message: Message<&str>| all.push(message.map_texts(str::to_owned));
    conversations(node).history(owner.id(), Page::first(), &mut push).unwrap();
    all
}

fn texts(node: &Node, owner: &Caller) -> Vec<String> {
    history(node, owner).into_iter().map(|message| message.text).collect()
}

fn turns(node: &Node, owner: &Caller, now: Timestamp) -> Vec<(Speaker, String)> {
    let sheet = conversations(node).sheet(owner.id(), now).unwrap();
    sheet.turns.into_iter().map(|turn| (turn.speaker, turn.text)).collect()
}

fn erasure(owner: &Caller) -> Erasure {
    let audit = AuditEntry::own(owner.id(), AuditAction::AssistantHistoryErased, at(90));
    Erasure { owner: owner.id(), audit }
}

on_both!(an_exchange_is_kept_whole_and_its_owners_alone, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let answers = vec![model("Tell me more."), fixed("112", ScreenResult::Worry)];
    conversations(db).store(&exchange(&sarah, "I am sad", answers, at(10))).unwrap();
    let kept = history(&db.second_node(), &sarah);
    let shown: Vec<_> = kept
        .iter()
        .map(|m| {
            (
                m.sender,
                m.text.as_str(),
                m.at,
                m.origin.as_ref().map(|o| (o.model.as_str(), o.took, o.tokens)),
                m.screen,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (Sender::User, "I am sad", at(8), None, None),
            (Sender::Model, "Tell me more.", at(10), Some(("small", 1_500, 42)), None),
            (Sender::System, "112", at(10), None, Some(ScreenResult::Worry)),
        ]
    );
    assert!(kept.iter().all(|message| message.session == kept[0].session));
    assert_eq!(history(db, &kyle), []);
    assert_eq!(turns(db, &kyle, at(11)), []);
});

on_both!(history_goes_on_after_the_last_message_that_was_seen, |db: &TestStore| {
    let sarah = db.patient("sarah");
    for n in 0..3 {
        talk(db, &sarah, &format!("question {n}"), model(&format!("answer {n}")), at(10 + n));
    }
    let (mut after, mut all) = (None, vec![]);
    loop {
        let page = after.map_or_else(Page::first, Page::after).with_limit(2);
        let mut some = vec![];
        let mut push = |message: Message<&str>| some.push((message.id, message.text.to_owned()));
        conversations(db).history(sarah.id(), page, &mut push).unwrap();
        let Some((last, _)) = some.last() else { break };
        after = Some(*last);
        all.extend(some.into_iter().map(|(_, text)| text));
    }
    assert_eq!(all, texts(db, &sarah));
    assert_eq!(all.len(), 6);
});

on_both!(a_session_ends_after_twelve_hours_of_silence, |db: &TestStore| {
    let sarah = db.patient("sarah");
    talk(db, &sarah, "one", model("1"), at(10));
    talk(db, &sarah, "two", model("2"), at(10) + SILENCE);
    let said = |texts: &[&str]| -> Vec<_> {
        let speakers = [Speaker::User, Speaker::Assistant].into_iter().cycle();
        speakers.zip(texts.iter().map(|text| (*text).to_owned())).collect()
    };
    let last = at(10) + SILENCE;
    assert_eq!(turns(db, &sarah, last + SILENCE), said(&["one", "1", "two", "2"]));
    assert_eq!(turns(db, &sarah, last + SILENCE + TimeDelta::seconds(1)), []);
    talk(db, &sarah, "three", model("3"), last + SILENCE + TimeDelta::seconds(3));
    assert_eq!(turns(db, &sarah, last + SILENCE + TimeDelta::seconds(4)), said(&["three", "3"]));
    let sessions: Vec<_> = history(db, &sarah).iter().map(|message| message.session).collect();
    assert_eq!(sessions[0], sessions[3]);
    assert_ne!(sessions[3], sessions[4]);
});

on_both!(what_was_dangerous_or_harmful_does_not_go_along, |db: &TestStore| {
    let sarah = db.patient("sarah");
    talk(db, &sarah, "dreadful", fixed("button", ScreenResult::Danger), at(10));
    talk(db, &sarah, "hello", fixed("button", ScreenResult::Harmful), at(20));
    let worried = vec![model("Tell me."), fixed("112", ScreenResult::Worry)];
    conversations(db).store(&exchange(&sarah, "sad", worried, at(30))).unwrap();
    let expected = [(Speaker::User, "sad".to_owned()), (Speaker::Assistant, "Tell me.".to_owned())];
    assert_eq!(turns(db, &sarah, at(31)), expected);
    let sheet = conversations(db).sheet(sarah.id(), at(31)).unwrap();
    assert_eq!(sheet.last_danger_at, Some(at(10)));
});

on_both!(first_messages_at_once_share_one_session, |db: &TestStore| {
    let sarah = db.patient("sarah");
    at_once(8, |n| talk(db, &sarah, &format!("question {n}"), model(&format!("answer {n}")), at(10)));
    let kept = history(db, &sarah);
    assert_eq!(kept.len(), 16);
    assert!(kept.iter().all(|message| message.session == kept[0].session));
});

on_both!(the_sheet_tells_what_a_model_may_not_learn_and_whom_to_turn_to, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let sheet = conversations(db).sheet(sarah.id(), at(5)).unwrap();
    assert_eq!((sheet.username.as_str(), sheet.location.as_str(), sheet.therapist), ("sarah", "", None));
    let profiles = DieselProfileRepository { store: db.store.clone(), data_keys: db.data_keys.clone() };
    let own = ProfileAccess::own(&sarah);
    let edit = ProfileEdit { location: Patch::Set(Location::parse("Berlin").unwrap()), ..<_>::default() };
    profiles.change(&ProfileChange::by(own, edit, at(6))).unwrap();
    let therapist = TherapistDraft {
        name: ContactName::parse("Peter Silberman").unwrap(),
        phone: ContactPhone::parse("5550101").unwrap(),
        email: ContactEmail::parse("peter@example.com").unwrap(),
    };
    profiles.put_therapist(&TherapistChange::by(&sarah, therapist, at(6))).unwrap();
    let contact = ContactDraft {
        name: ContactName::parse("Kyle Reese").unwrap(),
        phone: ContactPhone::parse("5550102").unwrap(),
        email: MaybeEmail::parse("kyle@example.com").unwrap(),
        relationship: Relationship::parse("brother").unwrap(),
    };
    let contact = Created::by(&sarah, domain::crisis::Contact::AUDIT, contact, at(6));
    let contacts = DieselContactRepository::new(db.store.clone(), db.data_keys.clone());
    contacts.create(&domain::crisis::ContactCreated(contact)).unwrap();

    let sheet = conversations(db).sheet(sarah.id(), at(7)).unwrap();
    assert_eq!(sheet.location, "Berlin");
    let therapist = sheet.therapist.unwrap();
    assert_eq!((therapist.name.as_str(), therapist.phone.as_str()), ("Peter Silberman", "5550101"));
    for (all, known) in [
        (&sheet.private.names, &["sarah", "Peter Silberman", "Kyle Reese"][..]),
        (&sheet.private.phones, &["5550101", "5550102"]),
    ] {
        assert!(known.iter().all(|value| all.contains(&(*value).to_owned())), "{all:?}");
    }
});

on_both!(agreeing_counts_once, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let has_agreed = |who: &Caller| conversations(db).sheet(who.id(), at(9)).unwrap().has_agreed;
    assert!(!has_agreed(&sarah));
    for second in [5, 6] {
        let audit = AuditEntry::own(sarah.id(), AuditAction::AssistantAgreed, at(second));
        conversations(db).agree(&Agreement { owner: sarah.id(), audit }).unwrap();
    }
    assert!(has_agreed(&sarah) && !has_agreed(&kyle));
    assert!(conversations(db).has_agreed(sarah.id()).unwrap());
    assert!(!conversations(db).has_agreed(kyle.id()).unwrap());
    let agreed = db.acts(&sarah).into_iter().filter(|act| *act == AuditAction::AssistantAgreed);
    assert_eq!(agreed.count(), 1);
    for second in [7, 8] {
        let audit = AuditEntry::own(sarah.id(), AuditAction::AssistantConsentWithdrawn, at(second));
        conversations(db).withdraw(&Withdrawal { owner: sarah.id(), audit }).unwrap();
    }
    assert!(!has_agreed(&sarah));
    let withdrawn = db.acts(&sarah).into_iter().filter(|act| *act == AuditAction::AssistantConsentWithdrawn);
    assert_eq!(withdrawn.count(), 1);
});

on_both!(what_was_said_before_an_erasure_is_not_stored_after_it, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    talk(db, &sarah, "first", model("one"), at(10));
    assert_eq!(conversations(db).erase(&erasure(&sarah)).unwrap(), 2);
    // Said two seconds before it is answered.
    for who in [&sarah, &kyle] {
        talk(&db.second_node(), who, "second", model("two"), at(91));
    }
    assert_eq!((texts(db, &sarah).len(), texts(db, &kyle).len()), (0, 2));
    talk(db, &sarah, "third", model("three"), at(93));
    assert_eq!(texts(db, &sarah), ["third", "three"]);
});

fn claim(owner: AccountId, messages: u32, tokens: u32, at: Timestamp) -> Claim {
    Claim {
        owner,
        messages_per_hour: NonZeroU32::new(messages),
        tokens_per_day: NonZeroU32::new(tokens),
        tokens: 0,
        at,
    }
}

fn hour(n: i64) -> Timestamp {
    "2026-11-29T00:00:00Z".parse::<Timestamp>().unwrap() + TimeDelta::hours(n)
}

on_both!(so_many_messages_an_hour_also_when_they_come_at_once_to_several_nodes, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah").id(), db.patient("kyle").id());
    let second = db.second_node();
    let claimed = at_once(8, |n| {
        let node: &Node = if n % 2 == 0 { db } else { &second };
        conversations(node).claim(&claim(sarah, 5, 0, hour(3) + TimeDelta::minutes(20))).unwrap()
    });
    assert_eq!(claimed.iter().filter(|one| **one == Claimed::Granted).count(), 5);
    assert!(claimed.contains(&Claimed::Refused { until: hour(4) }));
    assert_eq!(conversations(db).claim(&claim(kyle, 5, 0, hour(3))).unwrap(), Claimed::Granted);
    assert_eq!(conversations(db).claim(&claim(sarah, 5, 0, hour(4))).unwrap(), Claimed::Granted);
    assert_eq!(conversations(db).claim(&claim(sarah, 0, 0, hour(3))).unwrap(), Claimed::Granted, "no limit");
});

on_both!(so_many_tokens_a_day_and_erasing_gives_no_new_ones, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let spend = |tokens, at: Timestamp| {
        let spent = Exchange {
            spent: tokens,
            ..exchange(&sarah, "hello", vec![model("yes")], at + TimeDelta::seconds(2))
        };
        conversations(db).store(&spent).unwrap();
    };
    let claimed = |at| conversations(db).claim(&claim(sarah.id(), 0, 100, at)).unwrap();
    spend(60, hour(1));
    assert_eq!(claimed(hour(2)), Claimed::Granted);
    spend(50, hour(2));
    assert_eq!(claimed(hour(3)), Claimed::Refused { until: hour(25) });
    assert_eq!(conversations(db).erase(&erasure(&sarah)).unwrap(), 4);
    assert_eq!(claimed(hour(24)), Claimed::Refused { until: hour(25) });
    assert_eq!(claimed(hour(25)), Claimed::Granted);
    conversations(db).forget_claims(hour(25)).unwrap();
    assert_eq!(db.database.sql().number("select count(*) from assistant_usage where tokens > 0"), 2);
    conversations(db).forget_claims(hour(27)).unwrap();
    assert_eq!(db.database.sql().number("select count(*) from assistant_usage where tokens > 0"), 0);
});

on_both!(what_a_question_costs_is_counted_with_its_claim, |db: &TestStore| {
    let sarah = db.patient("sarah").id();
    let claimed = at_once(8, |_| {
        let costly = Claim { tokens: 30, ..claim(sarah, 0, 100, hour(1)) };
        conversations(db).claim(&costly).unwrap()
    });
    // 30, 60 and 90 are below 100 before the next.
    assert_eq!(claimed.iter().filter(|one| **one == Claimed::Granted).count(), 4);
    assert!(claimed.contains(&Claimed::Refused { until: hour(25) }));
    assert_eq!(db.database.sql().number("select tokens from assistant_usage"), 120);
    assert_eq!(db.database.sql().number("select messages from assistant_usage"), 4);
});

on_both!(erasing_takes_all_of_ones_own_and_is_audited_once, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    talk(db, &sarah, "one", model("1"), at(10));
    talk(db, &kyle, "mine", model("yours"), at(10));
    assert_eq!(conversations(db).erase(&erasure(&sarah)).unwrap(), 2);
    assert_eq!(conversations(db).erase(&erasure(&sarah)).unwrap(), 0);
    assert_eq!((texts(db, &sarah), texts(db, &kyle).len()), (vec![], 2));
    let erased = db.acts(&sarah).into_iter().filter(|act| *act == AuditAction::AssistantHistoryErased);
    assert_eq!(erased.count(), 1);
    talk(db, &sarah, "again", model("2"), at(99));
    assert_eq!(texts(db, &sarah), ["again", "2"]);
});

on_both!(an_erasure_and_an_answer_at_once_leave_nothing, |db: &TestStore| {
    for round in 0..20 {
        let sarah = db.patient(&format!("sarah{round}"));
        at_once(2, |n| match n {
            0 => talk(db, &sarah, "before", model("after"), at(90)),
            _ => drop(conversations(db).erase(&erasure(&sarah)).unwrap()),
        });
        assert!(texts(db, &sarah).is_empty(), "round {round}");
    }
});

on_both!(old_messages_are_forgotten_with_the_sessions_that_are_empty_then, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let days = |n| at(10) + TimeDelta::days(n);
    for day in [0, 1, 40] {
        talk(db, &sarah, &format!("day {day}"), model("yes"), days(day));
    }
    let mut forgotten = 0;
    loop {
        match conversations(db).forget(days(30)).unwrap() {
            0 => break,
            some => forgotten += some,
        }
    }
    assert_eq!((forgotten, texts(db, &sarah)), (4, vec!["day 40".to_owned(), "yes".to_owned()]));
    assert_eq!(db.database.sql().number("select count(*) from assistant_sessions"), 1);
});

on_both!(the_staff_are_told_in_the_same_transaction, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let roles = Roles::PATIENT.with(Role::Staff);
    let olga: Caller = db.accounts.register(&NewAccount { roles, ..new_account("olga") }).unwrap().into();
    let told = Exchange {
        notice_for_staff: Some(Notice::DangerWritten { user: "sarah".into() }),
        ..exchange(&sarah, "dreadful", vec![fixed("button", ScreenResult::Danger)], at(10))
    };
    conversations(db).store(&told).unwrap();
    assert_eq!(db.notices(&olga), [Notice::DangerWritten { user: "sarah".into() }]);
    assert_eq!(db.notices(&sarah), []);
});
