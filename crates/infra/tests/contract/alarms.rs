//! Alarms and their letters: what a press stores, who sends a letter, and what becomes of it.
use crate::{
    crisis::{petr, profiles},
    owned::Fixture,
    support::{Node, TestStore, at, at_once, token_issuer},
};
use chrono::TimeDelta;
use domain::{
    crisis::{
        Alarm, AlarmId, AlarmUpdate, AppReport, Contact, CrisisError, CrisisSetup, MessageMaker, NewAlarm,
        ProfileAccess, ProfileChange, ProfileEdit, RepeatPlan, ScenarioId, TherapistChange,
        ports::{AlarmRepository, ProfileRepository},
    },
    identity::{AccountFlag, Caller, SetFlag},
    outbox::{
        Channel, Delivery, DeliveryState, Failure, LEASE, Links, Origin, Outcome, ports::DeliveryQueue,
    },
    shared::{IdempotencyKey, Language, Page, Patch, StoreError, Timestamp},
};
use infra::crisis::{AlarmLetterWriter, DieselAlarmQueue, DieselAlarmRepository, load_setup};
use std::collections::BTreeSet;

/// Plays music, and writes to contacts and the therapist.
const PATTERN_2: i64 = 3;

pub(crate) fn alarms(node: &Node) -> DieselAlarmRepository {
    let (store, data_keys) = (node.store.clone(), node.data_keys.clone());
    DieselAlarmRepository { store, data_keys, links: links(), mail_host: "example.com".into() }
}

pub(crate) fn links() -> Links {
    Links { tokens: token_issuer("a secret for links"), public_url: None }
}

pub(crate) fn to(delivery: &Delivery) -> &str {
    delivery.message.as_ref().unwrap().letter().unwrap().to.as_str()
}

pub(crate) fn queue(node: &Node) -> DieselAlarmQueue {
    DieselAlarmQueue { store: node.store.clone(), data_keys: node.data_keys.clone(), channel: Channel::Email }
}

/// With this scenario, a contact and a therapist.
pub(crate) fn in_a_crisis(db: &TestStore, name: &str, scenario: i64) -> Caller {
    let (profiles, caller) = (profiles(db), db.patient(name));
    let edit = ProfileEdit { scenario: Patch::Set(Some(ScenarioId::new(scenario))), ..<_>::default() };
    profiles.change(&ProfileChange::by(ProfileAccess::own(&caller), edit, at(1))).unwrap();
    profiles.put_therapist(&TherapistChange::by(&caller, petr(), at(1))).unwrap();
    Contact::repository(db).create(&Contact::creation(&caller, at(1))).unwrap();
    caller
}

fn pressed(node: &Node, caller: &Caller, setup: &CrisisSetup, now: Timestamp) -> NewAlarm {
    let access = ProfileAccess::own(caller);
    let (sheet, scenario) = alarms(node).sheet(caller.id(), now).unwrap().unwrap();
    let scenario = scenario.and_then(|id| setup.scenario(id));
    let maker = MessageMaker {
        writer: &AlarmLetterWriter { language: Language::Russian },
        links: &links(),
        origin: Some(&Origin::new("http://localhost")),
        has_webhook: false,
        unconfirmed_sent: sheet.unconfirmed_sent,
    };
    sheet.raise(access, caller.key.clone(), scenario, maker, RepeatPlan::new(2), now)
}

pub(crate) fn press(node: &Node, caller: &Caller, now: Timestamp) -> Alarm {
    let setup = load_setup(&node.store).unwrap();
    let id = alarms(node).raise(&pressed(node, caller, &setup, now)).unwrap();
    read(node, caller, id)
}

pub(crate) fn read(node: &Node, caller: &Caller, id: AlarmId) -> Alarm {
    alarms(node).find(caller.id(), id).unwrap().unwrap()
}

pub(crate) fn states(alarm: &Alarm) -> Vec<DeliveryState> {
    alarm.recipients.iter().map(|recipient| recipient.delivery.state).collect()
}

pub(crate) fn take_all(node: &Node, now: Timestamp) -> Vec<Delivery> {
    std::iter::from_fn(|| queue(node).take(now).unwrap()).collect()
}

/// How many there were.
pub(crate) fn send_all(node: &Node, now: Timestamp) -> usize {
    let send = || {
        let delivery = queue(node).take(now).unwrap()?;
        queue(node).finish(&delivery, Outcome::Accepted, now).unwrap();
        Some(())
    };
    std::iter::from_fn(send).count()
}

pub(crate) fn told(db: &TestStore, who: &Caller) -> Vec<String> {
    let lines = rows!(db.lines, of(who.id(), Page::first())).unwrap();
    lines.into_iter().map(|line| line.notice.code().as_str().to_owned()).collect()
}

pub(crate) fn make_staff(db: &TestStore, who: &Caller) {
    let username = crate::support::username(&who.person.username);
    db.accounts.grant(&SetFlag { username, flag: AccountFlag::Staff(true), at: at(2) }).unwrap();
}

on_both!(a_press_stores_the_alarm_and_a_letter_for_each_recipient, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    let alarm = press(db, &sarah, at(10));
    let (contact, therapist) = (alarm.contacts().next().unwrap(), alarm.therapist().unwrap());
    assert_eq!((contact.name.as_str(), contact.relationship.as_str()), ("Иван", "Брат"));
    assert_eq!((therapist.name.as_str(), therapist.relationship.as_str()), ("Пётр", ""));
    assert_eq!(states(&alarm), [DeliveryState::Queued; 2]);
    assert_eq!((alarm.scenario, alarm.raised_at, alarm.joined_to), (Some(ScenarioId::new(3)), at(10), None));
    assert!(!alarm.is_settled() && !alarm.message_sent_to_contacts() && !alarm.therapist_notified());

    let letters = take_all(db, at(11));
    let to: Vec<_> = letters.iter().map(to).collect();
    assert_eq!(to, ["ivan@example.com", "petr@example.com"]);
    let ids: BTreeSet<_> = letters.iter().map(|delivery| &delivery.message_id).collect();
    assert!(ids.len() == 2 && ids.iter().all(|id| id.ends_with("@example.com>")), "{ids:?}");
    assert_eq!(states(&read(db, &sarah, alarm.id)), [DeliveryState::Sending; 2]);
});

on_both!(a_press_that_cannot_be_stored_whole_is_not_stored_at_all, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    let setup = load_setup(&db.store).unwrap();
    let new = pressed(db, &sarah, &setup, at(10));
    for (table, when) in [("alarm_letters", "new.contact_id is null"), ("outbox", "1 = 1")] {
        db.database.sql().refuse_inserts(table, when);
        db.refuses(|| alarms(db).raise(&new));
    }
});

on_both!(an_alarm_is_raised_also_where_it_cannot_be_audited, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    db.database.sql().refuse_inserts("audit_entries", "1 = 1");
    assert_eq!(press(db, &sarah, at(10)).recipients.len(), 2);
    assert_eq!(take_all(db, at(11)).len(), 2);
});

on_both!(an_alarm_is_raised_also_where_a_text_cannot_be_read, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    Contact::repository(db).create(&Contact::creation(&sarah, at(2))).unwrap();
    for (change, letters) in [
        ("update emergency_contacts set phone = name, relationship = name", 3),
        ("update crisis_profiles set location = (select name from therapists)", 3),
        ("update emergency_contacts set email = name where id = (select min(id) from emergency_contacts)", 2),
        ("update therapists set email = name", 1),
    ] {
        db.database.sql().batch(change);
        let now = at(100) + TimeDelta::minutes(letters * 10);
        let alarm = press(db, &sarah, now);
        assert_eq!(alarm.recipients.len(), usize::try_from(letters).unwrap(), "{change}");
        assert_eq!(alarm.location, "");
    }
});

on_both!(a_press_within_five_seconds_joins_the_one_before_and_one_after_does_not, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    let first = press(db, &sarah, at(10));
    let joined = press(db, &sarah, at(15));
    assert_eq!((joined.joined_to, joined.recipients.len()), (Some(first.id), 2));
    assert_eq!(send_all(db, at(15)), 2);
    // Of the first, not of the one that joined it.
    let late = press(db, &sarah, at(16));
    assert_eq!((late.joined_to, send_all(db, at(16))), (None, 2));
    // The clocks of two nodes differ, or one looked at it before it waited for the other.
    let early = press(db, &sarah, at(13));
    assert_eq!((early.joined_to, send_all(db, at(16))), (Some(late.id), 0));
    // Long before all others: the clock was set back, and nobody knows how long ago they were.
    let back = press(db, &sarah, at(3));
    assert_eq!((back.joined_to, send_all(db, at(4))), (None, 2));
});

on_both!(a_press_joins_none_whose_letters_were_all_refused, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    press(db, &sarah, at(10));
    for delivery in take_all(db, at(10)) {
        queue(db).finish(&delivery, Outcome::Refused(Failure::Address), at(11)).unwrap();
    }
    let again = press(db, &sarah, at(12));
    assert_eq!((again.joined_to, send_all(db, at(12))), (None, 2));
});

on_both!(presses_at_the_same_moment_cause_letters_once, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    let all = at_once(8, |_| press(db, &sarah, at(10)));
    assert_eq!(all.iter().filter(|alarm| alarm.joined_to.is_none()).count(), 1);
    assert!(all.iter().all(|alarm| alarm.recipients.len() == 2));
    assert_eq!(take_all(db, at(11)).len(), 2);
});

on_both!(under_one_key_one_alarm_is_raised, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    let key = |name: &str, body: &str| {
        let key = IdempotencyKey::new("POST /trigger".into(), name, body.into()).unwrap();
        Caller { key: Some(key), ..sarah.clone() }
    };
    let first = press(db, &key("1", "a"), at(10));
    assert_eq!(press(db, &key("1", "a"), at(60)).id, first.id);
    let setup = load_setup(&db.store).unwrap();
    let refused = db.refuses(|| alarms(db).raise(&pressed(db, &key("1", "b"), &setup, at(61))));
    assert!(matches!(refused, CrisisError::Store(StoreError::KeyReused)), "{refused:?}");
    assert_ne!(press(db, &key("2", "a"), at(62)).id, first.id);
});

on_both!(without_a_scenario_the_press_is_stored_and_the_staff_are_told, |db: &TestStore| {
    let (sarah, ann) = (db.patient("sarah"), db.patient("ann"));
    make_staff(db, &ann);
    let alarm = press(db, &sarah, at(10));
    assert_eq!((alarm.scenario, alarm.recipients.len()), (None, 0));
    press(db, &sarah, at(20));
    assert_eq!((told(db, &ann), told(db, &sarah)), (vec!["alarm_without_scenario".to_owned()], vec![]));
    press(db, &sarah, at(90));
    assert_eq!(told(db, &ann).len(), 2);
    assert_eq!(take_all(db, at(11)), []);
});

on_both!(nobody_finds_lists_or_changes_anothers_alarm, |db: &TestStore| {
    let (sarah, kyle) = (in_a_crisis(db, "sarah", PATTERN_2), db.patient("kyle"));
    let alarm = press(db, &sarah, at(10));
    assert_eq!(alarms(db).find(kyle.id(), alarm.id).unwrap(), None);
    assert_eq!(alarms(db).page_of(kyle.id(), Page::first()).unwrap(), []);
    let report = |who: &Caller, id| {
        let report = AppReport { music_played: Patch::Set(true), ..<_>::default() };
        alarms(db).update(&AlarmUpdate::by(ProfileAccess::own(who), id, report, at(20)))
    };
    for refused in
        [db.refuses(|| report(&kyle, alarm.id)), db.refuses(|| report(&sarah, AlarmId::new(9_999)))]
    {
        assert!(matches!(refused, CrisisError::AlarmUnknown), "{refused:?}");
    }
    assert!(report(&sarah, alarm.id).unwrap().music_played);
});

on_both!(alarms_are_listed_newest_first_each_with_its_letters, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    let all: Vec<_> = [10, 12, 30].into_iter().map(|second| press(db, &sarah, at(second)).id).collect();
    let ids = |page| -> Vec<(AlarmId, usize)> {
        let alarms = alarms(db).page_of(sarah.id(), page).unwrap();
        alarms.into_iter().map(|alarm| (alarm.id, alarm.recipients.len())).collect()
    };
    assert_eq!(ids(Page::first()), [(all[2], 2), (all[1], 2), (all[0], 2)]);
    assert_eq!(ids(Page::after(all[2]).with_limit(1)), [(all[1], 2)]);
});

on_both!(a_letter_is_taken_by_one_worker_until_its_lease_is_over, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    press(db, &sarah, at(10));
    let taken: Vec<_> = at_once(8, |_| queue(db).take(at(11)).unwrap()).into_iter().flatten().collect();
    assert_eq!(taken.iter().map(|delivery| delivery.id).collect::<BTreeSet<_>>().len(), taken.len());
    assert_eq!(taken.len(), 2);
    assert_eq!(take_all(db, at(11) + LEASE - TimeDelta::seconds(1)), []);
    let again = take_all(db, at(11) + LEASE);
    let names = |letters: &[Delivery]| letters.iter().map(|d| d.message_id.clone()).collect::<BTreeSet<_>>();
    assert_eq!(names(&again), names(&taken));
    assert!(again.iter().all(|delivery| delivery.attempts == 2));
    // Those who took them first failed long ago, and change nothing ...
    queue(db).finish(&taken[0], Outcome::Refused(Failure::Address), at(32)).unwrap();
    // ... but what a mail server has taken, it has taken.
    queue(db).finish(&taken[1], Outcome::Accepted, at(32)).unwrap();
    let alarm = alarms(db).page_of(sarah.id(), Page::first()).unwrap().remove(0);
    let mut states = states(&alarm);
    states.sort_by_key(|state| state.as_str());
    assert_eq!(states, [DeliveryState::Accepted, DeliveryState::Sending]);
});

on_both!(acceptance_turns_the_flags_and_nothing_turns_them_back, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    let id = press(db, &sarah, at(10)).id;
    let letters = take_all(db, at(11));
    let flags = || {
        let alarm = read(db, &sarah, id);
        (alarm.message_sent_to_contacts(), alarm.therapist_notified(), alarm.is_settled())
    };
    queue(db).finish(&letters[0], Outcome::Failed(Failure::Unreachable), at(12)).unwrap();
    assert_eq!(flags(), (false, false, false));
    queue(db).finish(&letters[1], Outcome::Accepted, at(13)).unwrap();
    assert_eq!(flags(), (false, true, false));
    // A try that was overtaken: what another one was told does not undo it.
    queue(db).finish(&letters[0], Outcome::Refused(Failure::Address), at(13)).unwrap();
    queue(db).finish(&letters[0], Outcome::Accepted, at(14)).unwrap();
    assert_eq!(flags(), (true, true, true));
    for late in [Outcome::Refused(Failure::Letter), Outcome::Failed(Failure::Deferred), Outcome::Accepted] {
        queue(db).finish(&letters[1], late, at(15)).unwrap();
        assert_eq!(flags(), (true, true, true));
    }
    let therapist = read(db, &sarah, id).therapist().unwrap().delivery;
    assert_eq!((therapist.finished_at, therapist.failure), (Some(at(13)), None));
});

on_both!(
    what_failed_is_tried_again_after_its_pause_and_at_once_when_another_is_accepted,
    |db: &TestStore| {
        let (sarah, kyle) = (in_a_crisis(db, "sarah", PATTERN_2), in_a_crisis(db, "kyle", PATTERN_2));
        press(db, &sarah, at(10));
        for delivery in take_all(db, at(10)) {
            queue(db).finish(&delivery, Outcome::Failed(Failure::Unreachable), at(10)).unwrap();
        }
        assert_eq!(take_all(db, at(14)), []);
        for delivery in take_all(db, at(15)) {
            queue(db).finish(&delivery, Outcome::Failed(Failure::Unreachable), at(15)).unwrap();
        }
        // Ten seconds to go: but the mail server takes one of Kyle's.
        assert_eq!(take_all(db, at(18)), []);
        press(db, &kyle, at(18));
        let of_kyle = take_all(db, at(18));
        queue(db).finish(&of_kyle[0], Outcome::Accepted, at(19)).unwrap();
        assert_eq!(take_all(db, at(19)).len(), 2);
    }
);

on_both!(a_clock_that_was_set_back_makes_no_letter_wait, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    let later = at(10) + TimeDelta::hours(3);
    press(db, &sarah, later);
    let first = take_all(db, at(10));
    assert_eq!(first.len(), 2, "one that was never tried");
    for delivery in &first {
        queue(db).finish(delivery, Outcome::Failed(Failure::Unreachable), later).unwrap();
    }
    let now = at(10) + TimeDelta::hours(1);
    db.database
        .sql()
        .batch("update outbox set attempted_at = '2027-01-01 00:00:00', due_at = '2027-01-01 00:00:05'");
    assert_eq!(take_all(db, now).len(), 2, "one that was tried in the future");
});

on_both!(a_refusal_is_told_once_to_the_user_and_to_each_of_the_staff, |db: &TestStore| {
    let (sarah, ann) = (in_a_crisis(db, "sarah", PATTERN_2), db.patient("ann"));
    make_staff(db, &ann);
    press(db, &sarah, at(10));
    let letters = take_all(db, at(11));
    queue(db).finish(&letters[0], Outcome::Refused(Failure::Address), at(12)).unwrap();
    queue(db).finish(&letters[0], Outcome::Refused(Failure::Address), at(13)).unwrap();
    assert_eq!(alarms(db).tell_unreached(at(14)).unwrap(), 0);
    assert_eq!(told(db, &sarah), ["alarm_not_delivered"]);
    assert_eq!(told(db, &ann), ["alarm_of_user_not_delivered"]);
});

on_both!(after_two_minutes_without_acceptance_it_is_told_once_also_by_many_nodes, |db: &TestStore| {
    let (sarah, ann) = (in_a_crisis(db, "sarah", PATTERN_2), db.patient("ann"));
    make_staff(db, &ann);
    press(db, &sarah, at(10));
    let letters = take_all(db, at(11));
    queue(db).finish(&letters[0], Outcome::Accepted, at(12)).unwrap();
    assert_eq!(alarms(db).tell_unreached(at(129)).unwrap(), 0);
    at_once(4, |_| alarms(db).tell_unreached(at(130)).unwrap());
    assert_eq!((told(db, &sarah).len(), told(db, &ann).len()), (1, 1));
    assert_eq!(alarms(db).tell_unreached(at(131)).unwrap(), 0);
});

on_both!(a_letter_is_given_up_after_a_day, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    let id = press(db, &sarah, at(10)).id;
    let late = at(10) + TimeDelta::hours(24);
    for delivery in take_all(db, late) {
        queue(db).finish(&delivery, Outcome::Failed(Failure::Unreachable), late).unwrap();
    }
    let alarm = read(db, &sarah, id);
    assert!(alarm.is_settled());
    assert!(alarm.recipients.iter().all(|to| to.delivery.failure == Some(Failure::GivenUp)));
});

on_both!(a_contact_without_an_address_gets_no_letter, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    db.database.sql().batch("delete from emergency_contacts");
    let mut creation = Contact::creation(&sarah, at(5));
    let draft = domain::crisis::ContactDraft { email: <_>::default(), ..creation.0.draft().clone() };
    creation.0 =
        domain::owned::Created::by(&sarah, <Contact as domain::owned::OwnedResource>::AUDIT, draft, at(5));
    Contact::repository(db).create(&creation).unwrap();
    let alarm = press(db, &sarah, at(10));
    assert_eq!((alarm.contacts().count(), alarm.recipients.len()), (0, 1));
    let letter = take_all(db, at(11)).remove(0);
    let to = to(&letter);
    assert_eq!(to, "petr@example.com");
});

on_both!(a_letter_that_cannot_be_read_keeps_no_other_waiting, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    let id = press(db, &sarah, at(10)).id;
    let moved = "update outbox set letter = (select letter from outbox order by id desc limit 1)";
    db.database.sql().batch(moved);
    let letters = take_all(db, at(11));
    let readable: Vec<_> = letters.iter().map(|delivery| delivery.message.is_some()).collect();
    assert_eq!(readable, [false, true]);
    queue(db).finish(&letters[0], Outcome::Refused(Failure::Unreadable), at(12)).unwrap();
    assert_eq!(states(&read(db, &sarah, id)), [DeliveryState::Refused, DeliveryState::Sending]);
});

on_both!(ten_thousand_letters_of_another_kind_keep_no_alarm_waiting, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    press(db, &sarah, at(10));
    db.database.sql().batch(
        "insert into outbox (queue, owner_id, message_id, letter, state, attempts, queued_at, due_at)
         with recursive n (n) as (select 1 union all select n + 1 from n where n < 10000)
         select 'mail', owner_id, message_id || n, letter, 'queued', 0, queued_at, due_at
         from (select * from outbox order by id limit 1) one, n",
    );
    press(db, &sarah, at(20));
    assert_eq!(send_all(db, at(21)), 4);
});

on_both!(one_users_many_letters_keep_nobody_elses_waiting, |db: &TestStore| {
    let (mallory, sarah) = (in_a_crisis(db, "mallory", PATTERN_2), in_a_crisis(db, "sarah", PATTERN_2));
    for _ in 1..Contact::MAX_PER_OWNER {
        Contact::repository(db).create(&Contact::creation(&mallory, at(5))).unwrap();
    }
    press(db, &mallory, at(10));
    press(db, &sarah, at(10));
    // The mail server hangs, so that none of them ends.
    let taken = take_all(db, at(11));
    assert_eq!(taken.len(), 3 + 2);
    // What was tried before comes after what was not.
    let failed = queue(db);
    taken.iter().for_each(|d| failed.finish(d, Outcome::Failed(Failure::Unreachable), at(12)).unwrap());
    press(db, &sarah, at(60));
    let next = [(); 2].map(|()| queue(db).take(at(60)).unwrap().unwrap().attempts);
    assert_eq!(next, [1, 1]);
});

on_both!(everybodys_first_letter_goes_before_anybodys_second, |db: &TestStore| {
    let people = ["sarah", "mallory"].map(|name| in_a_crisis(db, name, PATTERN_2));
    let ids = people.each_ref().map(|person| press(db, person, at(10)).id);
    for _ in 0..2 {
        queue(db).take(at(11)).unwrap().unwrap();
    }
    for n in [0, 1] {
        let states = states(&read(db, &people[n], ids[n]));
        assert_eq!(states, [DeliveryState::Sending, DeliveryState::Queued]);
    }
    assert_eq!(take_all(db, at(11)).len(), 2);
});

on_both!(one_acceptance_makes_others_due_however_many_they_are, |db: &TestStore| {
    let sarah = in_a_crisis(db, "sarah", PATTERN_2);
    press(db, &sarah, at(10));
    let letters = take_all(db, at(10));
    db.database.sql().batch(
        "insert into outbox (queue, owner_id, message_id, letter, state, attempts, queued_at, attempted_at, due_at)
         with recursive n (n) as (select 1 union all select n + 1 from n where n < 40000)
         select 'alarm', owner_id, message_id || n, letter, 'queued', 1, queued_at, '2020-01-01 00:00:00', '2030-01-01 00:00:00'
         from (select * from outbox order by id limit 1) one, n",
    );
    queue(db).finish(&letters[0], Outcome::Accepted, at(11)).unwrap();
    let due =
        db.database.sql().number("select count(*) from outbox where attempts = 1 and due_at < '2029-01-01'");
    assert!(due > 100, "{due}");
});
