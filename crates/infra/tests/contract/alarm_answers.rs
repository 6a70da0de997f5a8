//! What follows a press: answers, repeats, the end, and what the holders of addresses say.
use crate::{
    alarms::{alarms, in_a_crisis, links, press, queue, read, send_all, states, take_all, told},
    support::{Node, TestStore, at, at_once, both_at_once},
};
use chrono::TimeDelta;
use domain::{
    crisis::{
        Alarm, AlarmId, AlarmService, ConsentAnswer, ConsentService, Contact, ContactEdit, ContactId,
        MaybeEmail, RepeatPlan, ports::AnswerRepository,
    },
    identity::{Caller, TokenHash},
    outbox::{DeliveryState, Failure, Links, Origin, Outcome, ports::DeliveryQueue},
    shared::{Clock, Language, Patch, Timestamp},
};
use infra::{
    crisis::{AlarmLetterWriter, DieselAnswerRepository, DieselConsentRepository, load_setup},
    outbox::DieselLetterQueue,
};
use std::sync::Arc;

const PATTERN_2: i64 = 3;

struct Fixed(Timestamp);
impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }
}

fn service(node: &Node, now: Timestamp) -> AlarmService {
    AlarmService {
        alarms: Arc::new(alarms(node)),
        letters: Arc::new(AlarmLetterWriter { language: Language::Russian }),
        links: links(),
        has_webhook: false,
        repeats: RepeatPlan::new(2),
        setup: Arc::new(load_setup(&node.store).unwrap()),
        clock: Arc::new(Fixed(now)),
    }
}

fn answers(node: &Node) -> DieselAnswerRepository {
    DieselAnswerRepository { store: node.store.clone(), data_keys: node.data_keys.clone() }
}

fn repeat(node: &Node, now: Timestamp) -> usize {
    service(node, now).repeat_unanswered().unwrap()
}

/// In minutes and seconds after the press at second 10.
fn after(minutes: i64, seconds: i64) -> Timestamp {
    at(10) + TimeDelta::minutes(minutes) + TimeDelta::seconds(seconds)
}

/// Of the links in the letters of a round, in the order of the letters.
fn hashes(db: &TestStore, round: u32) -> Vec<TokenHash> {
    let sql =
        format!("select answer_hash as words from alarm_letters where round = {round} order by delivery_id");
    db.database.sql().words(&sql).into_iter().map(TokenHash).collect()
}

fn pressed(db: &TestStore) -> (Caller, Alarm) {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    let alarm = press(db, &sarah, at(10));
    (sarah, alarm)
}

on_both!(an_alarm_is_repeated_at_its_times_and_no_oftener, |db: &TestStore| {
    let (sarah, alarm) = pressed(db);
    assert_eq!(alarm.progress.repeat_at, Some(after(5, 0)));
    send_all(db, at(11));
    assert_eq!(repeat(db, after(4, 59)), 0);
    assert_eq!(repeat(db, after(5, 0)), 1);
    assert_eq!(repeat(db, after(5, 1)), 0);
    assert_eq!(send_all(db, after(5, 2)), 2);
    assert_eq!(repeat(db, after(15, 0)), 1);
    let twice = read(db, &sarah, alarm.id);
    assert_eq!((twice.progress.repeats, twice.progress.repeat_at), (2, None));
    assert!(!twice.is_completed(), "its last letters are on their way");
    assert_eq!(send_all(db, after(15, 1)), 2);
    assert_eq!(repeat(db, after(600, 0)), 0);
    assert!(read(db, &sarah, alarm.id).is_completed());
});

on_both!(of_two_nodes_one_repeats, |db: &TestStore| {
    let (sarah, alarm) = pressed(db);
    send_all(db, at(11));
    let other = db.second_node();
    let (one, two) = both_at_once(|| repeat(db, after(5, 0)), || repeat(&other, after(5, 0)));
    assert_eq!(one + two, 1);
    assert_eq!((read(db, &sarah, alarm.id).progress.repeats, take_all(db, after(5, 1)).len()), (1, 2));
});

on_both!(a_letter_that_is_still_on_its_way_is_not_repeated, |db: &TestStore| {
    let (sarah, alarm) = pressed(db);
    let first = queue(db).take(at(11)).unwrap().unwrap();
    queue(db).finish(&first, Outcome::Accepted, at(11)).unwrap();
    let second = queue(db).take(at(11)).unwrap().unwrap();
    queue(db).finish(&second, Outcome::Failed(Failure::Unreachable), at(11)).unwrap();
    assert_eq!(repeat(db, after(5, 0)), 1);
    assert_eq!(states(&read(db, &sarah, alarm.id)), [DeliveryState::Accepted, DeliveryState::Queued]);
    assert_eq!(hashes(db, 1).len(), 1);
});

on_both!(the_first_answer_ends_the_repeats_and_each_is_told_once, |db: &TestStore| {
    let (sarah, alarm) = pressed(db);
    send_all(db, at(11));
    repeat(db, after(5, 0));
    let sending = queue(db).take(after(5, 1)).unwrap().unwrap();
    let [first, again] = [0, 1].map(|round| hashes(db, round).remove(0));
    assert_eq!(answers(db).page(&first).unwrap().unwrap().answered_at, None);
    answers(db).answer(&again, after(6, 0)).unwrap();
    answers(db).answer(&first, after(7, 0)).unwrap();
    let answered = read(db, &sarah, alarm.id);
    assert_eq!((answered.progress.answered_at, answered.progress.repeat_at), (Some(after(6, 0)), None));
    assert!(answered.is_completed());
    assert_eq!(told(db, &sarah), ["alarm_answered"]);
    // What was being sent is not tried again, and what waited is gone.
    queue(db).finish(&sending, Outcome::Failed(Failure::Unreachable), after(8, 0)).unwrap();
    assert_eq!(take_all(db, after(30, 0)), []);
    assert_eq!(repeat(db, after(600, 0)), 0);
    assert_eq!(states(&read(db, &sarah, alarm.id)), [DeliveryState::Accepted; 2]);
    assert_eq!(db.database.sql().number("select count(*) from outbox where failure = 'not_needed'"), 2);
});

on_both!(an_answer_and_a_repeat_at_the_same_moment_send_nothing_after_the_answer, |db: &TestStore| {
    for round in 0..10 {
        let sarah = in_a_crisis(db, &format!("sarah{round}"), PATTERN_2);
        let alarm = press(db, &sarah, at(10));
        send_all(db, at(11));
        let sql =
            format!("select answer_hash as words from alarm_letters where alarm_id = {} limit 1", alarm.id);
        let link = TokenHash(db.database.sql().words(&sql).remove(0));
        at_once(2, |n| {
            if n == 0 {
                answers(db).answer(&link, after(5, 0)).unwrap();
            } else {
                repeat(db, after(5, 0));
            }
        });
        assert_eq!(take_all(db, after(6, 0)), [], "{round}");
        assert!(read(db, &sarah, alarm.id).is_completed());
    }
});

on_both!(an_unknown_link_answers_nothing, |db: &TestStore| {
    let (sarah, alarm) = pressed(db);
    let unknown = TokenHash("unknown".into());
    answers(db).answer(&unknown, at(20)).unwrap();
    assert_eq!(answers(db).page(&unknown).unwrap(), None);
    assert_eq!(read(db, &sarah, alarm.id).progress.answered_at, None);
});

on_both!(who_is_safe_is_written_of_to_those_who_may_know_of_the_alarm, |db: &TestStore| {
    let (sarah, alarm) = pressed(db);
    let accepted = queue(db).take(at(11)).unwrap().unwrap();
    queue(db).finish(&accepted, Outcome::Accepted, at(11)).unwrap();
    // The therapist's letter was never tried.
    let ended = service(db, at(20)).end_as_safe(&sarah, alarm.id).unwrap();
    assert!(ended.is_completed() && ended.progress.safe_at == Some(at(20)));
    assert_eq!(states(&ended), [DeliveryState::Accepted, DeliveryState::Refused]);
    let sent = take_all(db, at(21));
    let subjects: Vec<_> =
        sent.iter().map(|d| &d.message.as_ref().unwrap().letter().unwrap().subject).collect();
    assert!(sent.len() == 1 && subjects[0].starts_with("Всё в порядке"), "{subjects:?}");
    service(db, at(30)).end_as_safe(&sarah, alarm.id).unwrap();
    assert_eq!((take_all(db, at(31)).len(), told(db, &sarah).len()), (0, 0));
});

on_both!(who_was_written_to_at_two_addresses_hears_of_the_end_at_both, |db: &TestStore| {
    let (sarah, alarm) = pressed(db);
    send_all(db, at(11));
    let contacts = <Contact as crate::owned::Fixture>::repository(db);
    let id = ContactId::new(db.database.sql().number("select min(id) from emergency_contacts"));
    let own = sarah.own(contacts.find(id).unwrap()).unwrap();
    let email = MaybeEmail::parse("moved@example.com").unwrap();
    let edit = ContactEdit { email: Patch::Set(email), ..ContactEdit::default() };
    contacts.edit(&own.edited(edit, after(4, 0))).unwrap();
    repeat(db, after(5, 0));
    send_all(db, after(5, 1));
    service(db, after(6, 0)).end_as_safe(&sarah, alarm.id).unwrap();
    let sent = take_all(db, after(6, 1));
    let mut to: Vec<_> = sent.iter().map(crate::alarms::to).collect();
    to.sort_unstable();
    assert_eq!(to, ["ivan@example.com", "moved@example.com", "petr@example.com"]);
});

on_both!(a_press_that_joined_another_ends_with_it, |db: &TestStore| {
    let (sarah, alarm) = pressed(db);
    let joined = press(db, &sarah, at(12));
    assert_eq!(joined.joined_to, Some(alarm.id));
    service(db, at(20)).end_as_safe(&sarah, joined.id).unwrap();
    for id in [alarm.id, joined.id] {
        assert!(read(db, &sarah, id).is_completed(), "{id}");
    }
    let other = in_a_crisis(db, "kyle", PATTERN_2);
    assert!(service(db, at(20)).end_as_safe(&other, alarm.id).is_err());
    assert!(service(db, at(20)).end_as_safe(&sarah, AlarmId::new(99)).is_err());
});

on_both!(a_press_after_the_end_of_an_alarm_joins_it_not, |db: &TestStore| {
    let (sarah, alarm) = pressed(db);
    send_all(db, at(11));
    service(db, at(12)).end_as_safe(&sarah, alarm.id).unwrap();
    send_all(db, at(12));
    let again = press(db, &sarah, at(13));
    assert_eq!((again.joined_to, send_all(db, at(14))), (None, 2));
});

fn consents(node: &Node, now: Timestamp) -> ConsentService {
    let (store, data_keys) = (node.store.clone(), node.data_keys.clone());
    let links = Links { public_url: Some(Origin::new("https://care.example.com")), ..links() };
    ConsentService {
        consents: Arc::new(DieselConsentRepository {
            store,
            data_keys,
            links: links.clone(),
            mail_host: "example.com".into(),
        }),
        letters: Arc::new(AlarmLetterWriter { language: Language::Russian }),
        links,
        has_mail: true,
        clock: Arc::new(Fixed(now)),
    }
}

fn asked(db: &TestStore) -> i64 {
    db.database.sql().number("select count(*) from outbox where queue = 'mail'")
}

on_both!(an_address_is_asked_once_by_one_of_two_nodes, |db: &TestStore| {
    in_a_crisis(db, "sarah", PATTERN_2);
    let other = db.second_node();
    let ask = |node: &Node| consents(node, at(5)).ask_for_all().unwrap();
    let (one, two) = both_at_once(|| ask(db), || ask(&other));
    assert_eq!((one + two, asked(db), ask(db)), (2, 2, 0));
});

on_both!(a_changed_address_is_asked_and_a_changed_name_is_not, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    consents(db, at(5)).ask_for_all().unwrap();
    db.database.sql().batch("update emergency_contacts set modified_at = '2027-01-01 00:00:00'");
    consents(db, at(6)).ask_for_all().unwrap();
    assert_eq!(asked(db), 2);
    let of_owner = consents(db, at(6)).consents.of_owner(sarah.id()).unwrap();
    assert_eq!(of_owner.len(), 2);
});

on_both!(an_answer_to_an_unknown_link_changes_nothing, |db: &TestStore| {
    let service = consents(db, at(5));
    assert_eq!(service.answer("unknown", ConsentAnswer::Refuse).unwrap(), None);
    assert_eq!(db.database.sql().number("select count(*) from refused_addresses"), 0);
});

on_both!(twenty_addresses_a_day_are_asked_for_one_user, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    consents(db, at(5)).ask_for_all().unwrap();
    db.database.sql().batch(
        "insert into contact_consents (owner_id, address_hash, asked_at, nonce, link_hash, created_at)
         with recursive n (n) as (select 1 union all select n + 1 from n where n < 18)
         select (select min(owner_id) from contact_consents), n, (select max(asked_at) from contact_consents),
                n, n, (select max(asked_at) from contact_consents) from n",
    );
    let name = |email: &str| {
        let mut creation = <domain::crisis::Contact as crate::owned::Fixture>::creation(&sarah, at(6));
        let draft = domain::crisis::ContactDraft {
            email: domain::crisis::MaybeEmail::parse(email).unwrap(),
            ..creation.0.draft().clone()
        };
        let actions = <domain::crisis::Contact as domain::owned::OwnedResource>::AUDIT;
        creation.0 = domain::owned::Created::by(&sarah, actions, draft, at(6));
        <domain::crisis::Contact as crate::owned::Fixture>::repository(db).create(&creation).unwrap();
        consents(db, at(7)).ask_for_all().unwrap();
    };
    name("one-too-many@example.com");
    assert_eq!(asked(db), 2);
    assert_eq!(db.database.sql().number("select count(*) from contact_consents where asked_at is null"), 1);
});

on_both!(an_ordinary_letter_is_forgotten_a_week_after_its_end, |db: &TestStore| {
    in_a_crisis(db, "sarah", PATTERN_2);
    consents(db, at(5)).ask_for_all().unwrap();
    let letters = DieselLetterQueue { store: db.store.clone(), data_keys: db.data_keys.clone() };
    let first = letters.take(at(6)).unwrap().unwrap();
    letters.finish(&first, Outcome::Accepted, at(7)).unwrap();
    let week = TimeDelta::days(7);
    assert_eq!(letters.forget_old(at(6) + week).unwrap(), 0);
    assert_eq!(letters.forget_old(at(8) + week).unwrap(), 1);
    // The other one waits still.
    assert_eq!(asked(db), 1);
});
