//! A link is asked for once, answered on what was seen, ended once; and its list shows everything that hangs on it.
use crate::support::{TestStore, at, at_once, opening, username};
use domain::{
    audit::AuditAction,
    care::{
        Answer, CareError, EntryDraft, EntryKind, EntryText, EntryWriting, Link, LinkId, LinkSheet, Status,
        WritableLink,
    },
    identity::{AccountFlag, Caller, Person, Roles, SetFlag},
    notifications::Notice,
    shared::{Page, text::Prose},
};

pub(crate) const EVERY_STATUS: [Status; 3] = [Status::Pending, Status::Accepted, Status::Rejected];
pub(crate) const EVERY_KIND: [EntryKind; 2] = [EntryKind::Prescription, EntryKind::Diagnosis];

pub(crate) fn writing(link: &Link, kind: EntryKind, text: &str, by: &Caller) -> EntryWriting {
    let draft =
        EntryDraft { text: EntryText::parse(text).unwrap(), details: Prose::parse("twice a day").unwrap() };
    // Judged on an accepted link, whatever it is by the time of the writing.
    let judged = Link { status: Status::Accepted, ..link.clone() };
    WritableLink::check(by, judged).unwrap().write(kind, draft, at(30))
}

on_both!(a_pair_is_linked_once_whatever_the_status, |db: &TestStore| {
    let house = db.doctor("house");
    for status in EVERY_STATUS {
        let sarah = db.patient(status.as_str());
        let link = db.linked(&sarah, &house, status);
        let refused = db.refuses(|| db.links.open(&opening(&sarah, &house)));
        assert!(matches!(refused, CareError::AlreadyRequested), "{status:?}: {refused:?}");
        assert_eq!(db.link(&link).map(|link| link.status), Some(status));
    }
});

on_both!(of_eight_who_ask_for_one_link_at_once_one_gets_it_and_one_notification_is_made, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let asked = at_once(8, |_| db.links.open(&opening(&sarah, &house)));
    assert_eq!(asked.iter().filter(|asked| asked.is_ok()).count(), 1);
    assert!(asked.iter().all(|asked| matches!(asked, Ok(_) | Err(CareError::AlreadyRequested))), "{asked:?}");
    assert_eq!(db.database.sql().count("links"), 1);
    assert_eq!(db.notices(&house).len(), 1);
    assert_eq!(db.acts(&sarah), [AuditAction::AccountRegistered, AuditAction::LinkRequested]);
});

on_both!(a_request_notifies_the_doctor_and_has_the_new_links_id, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let id = db.links.open(&opening(&sarah, &house)).unwrap();
    let expected = Link {
        id,
        patient: sarah.id(),
        doctor: house.id(),
        status: Status::Pending,
        requested_at: at(10),
        answered_at: None,
    };
    assert_eq!(db.links.find(id).unwrap(), Some(expected.clone()));
    assert_eq!(db.links.between(sarah.id(), house.id()).unwrap(), Some(expected));
    // A link has a direction.
    assert_eq!(db.links.between(house.id(), sarah.id()).unwrap(), None);
    assert_eq!(db.links.find(LinkId::new(9_999)).unwrap(), None);
    assert_eq!(db.notices(&house), [Notice::LinkRequested { patient: "sarah Connor".into() }]);
    let line = &db.audit_log.of(sarah.id(), Page::first()).unwrap()[0].entry;
    assert_eq!(
        (line.act, line.link, line.actor),
        (AuditAction::LinkRequested, Some(id.get()), Some(sarah.id()))
    );
});

on_both!(an_answer_to_what_the_link_no_longer_is_is_outdated, |db: &TestStore| {
    let house = db.doctor("house");
    for seen in EVERY_STATUS {
        for now in EVERY_STATUS.into_iter().filter(|now| *now != seen) {
            let sarah = db.patient(&format!("{}-{}", seen.as_str(), now.as_str()));
            let link = db.linked(&sarah, &house, now);
            for answer in [Answer::Accept, Answer::Reject] {
                let judged = Link { status: seen, ..link.clone() };
                let Some(change) = judged.answer(house.doctor().unwrap(), answer, at(25)) else { continue };
                let refused = db.refuses(|| db.links.answer(&change));
                assert!(matches!(refused, CareError::Outdated), "{seen:?} {now:?} {answer:?}: {refused:?}");
            }
        }
    }
});

on_both!(an_answer_to_a_link_that_is_gone_is_outdated, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let link = db.ask(&sarah, &house);
    db.links.end(&link.end(sarah.id(), at(15))).unwrap();
    let answer = link.answer(house.doctor().unwrap(), Answer::Accept, at(20)).unwrap();
    assert!(matches!(db.refuses(|| db.links.answer(&answer)), CareError::Outdated));
});

on_both!(an_answer_is_written_with_its_time_its_notice_and_its_entry, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let mut link = db.ask(&sarah, &house);
    let answers = [
        (Answer::Accept, Status::Accepted),
        (Answer::Reject, Status::Rejected),
        (Answer::Accept, Status::Accepted),
    ];
    for (second, (answer, status)) in (20..).zip(answers) {
        db.links.answer(&link.answer(house.doctor().unwrap(), answer, at(second)).unwrap()).unwrap();
        let expected = Link { status, answered_at: Some(at(second)), ..link.clone() };
        link = db.link(&link).unwrap();
        assert_eq!(link, expected);
    }
    let doctor = || "house Connor".to_owned();
    let accepted = || Notice::LinkAccepted { doctor: doctor() };
    assert_eq!(db.notices(&sarah), [accepted(), Notice::LinkRejected { doctor: doctor() }, accepted()]);
    assert_eq!(
        db.acts(&sarah)[2..],
        [AuditAction::LinkAccepted, AuditAction::LinkRejected, AuditAction::LinkAccepted]
    );
});

on_both!(a_link_is_ended_once_and_takes_its_entries_with_it, |db: &TestStore| {
    let (sarah, house, wilson) = (db.patient("sarah"), db.doctor("house"), db.doctor("wilson"));
    let [link, other] = [&house, &wilson].map(|doctor| {
        let link = db.linked(&sarah, doctor, Status::Accepted);
        for kind in EVERY_KIND {
            db.entries.write(&writing(&link, kind, "rest", doctor)).unwrap();
        }
        link
    });
    let notices = db.notices(&sarah);
    db.links.end(&link.end(house.id(), at(40))).unwrap();
    assert_eq!(db.link(&link), None);
    for kind in EVERY_KIND {
        assert_eq!(db.entries.on(kind, link.id).unwrap(), None);
        assert!(db.entries.on(kind, other.id).unwrap().is_some());
    }
    assert_eq!(db.database.sql().count("clinical_entries"), 2);
    assert_eq!(db.acts(&sarah).last(), Some(&AuditAction::LinkDeleted));
    assert_eq!(db.notices(&sarah), notices, "ending a link notifies nobody");
    let refused = db.refuses(|| db.links.end(&link.end(sarah.id(), at(41))));
    assert!(matches!(refused, CareError::RequestUnknown), "{refused:?}");
    // The pair may be linked again, and by another id: the old one never means another link.
    assert!(db.ask(&sarah, &house).id > other.id);
});

on_both!(deactivated_and_unknown_people_are_not_found, |db: &TestStore| {
    let house = db.doctor("house");
    assert_eq!(db.people.named(&username("house")).unwrap(), Some(house.person.clone()));
    let grant = SetFlag { username: username("house"), flag: AccountFlag::Active(false), at: at(1) };
    db.accounts.grant(&grant).unwrap();
    assert_eq!(db.people.named(&username("house")).unwrap(), None);
});

on_both!(sheets_show_both_sides_every_status_and_both_entries_oldest_first, |db: &TestStore| {
    let house = db.doctor("house");
    let wilson = db.doctor("wilson");
    let patients = EVERY_STATUS.map(|status| (db.patient(status.as_str()), status));
    let mut expected = vec![];
    for (patient, status) in &patients {
        let link = db.linked(patient, &house, *status);
        expected.push(LinkSheet {
            link,
            patient: patient.person.clone(),
            doctor: house.person.clone(),
            prescription: None,
            diagnosis: None,
        });
    }
    let accepted = &mut expected[1];
    let write = |kind| Some(db.entries.write(&writing(&accepted.link, kind, "rest", &house)).unwrap());
    (accepted.diagnosis, accepted.prescription) =
        (write(EntryKind::Diagnosis), write(EntryKind::Prescription));
    // The doctor is somebody's patient, too.
    let link = db.ask(&house, &wilson);
    let (patient, doctor) = (house.person.clone(), wilson.person.clone());
    expected.push(LinkSheet { link, patient, doctor, prescription: None, diagnosis: None });
    db.linked(&patients[0].0, &wilson, Status::Accepted);

    assert_eq!(rows!(db.links, sheets_for(&house, Page::first(), at(50))).unwrap(), expected);
    let of_patient = rows!(db.links, sheets_for(&patients[1].0, Page::first(), at(50))).unwrap();
    assert_eq!(of_patient, expected[1..2]);
    let two = Page::after(expected[0].link.id).with_limit(2);
    assert_eq!(rows!(db.links, sheets_for(&house, two, at(50))).unwrap(), expected[1..3]);
    let beyond = Page::after(LinkId::new(i64::MAX));
    assert_eq!(rows!(db.links, sheets_for(&house, beyond, at(50))).unwrap(), []);
    // Without the role only what the doctor has as a patient.
    let former = Caller::from(Person { roles: Roles::PATIENT, ..house.person.clone() });
    assert_eq!(rows!(db.links, sheets_for(&former, Page::first(), at(50))).unwrap(), expected[3..]);
});

on_both!(a_list_is_audited_for_each_link_that_is_seen_as_a_doctor_and_for_no_other, |db: &TestStore| {
    let (house, wilson, sarah) = (db.doctor("house"), db.doctor("wilson"), db.patient("sarah"));
    let link = db.linked(&sarah, &house, Status::Accepted);
    db.ask(&house, &wilson);
    let before = (db.acts(&sarah), db.acts(&house));
    rows!(db.links, sheets_for(&sarah, Page::first(), at(50))).unwrap();
    assert_eq!((db.acts(&sarah), db.acts(&house)), before, "nobody is told of their own looking");

    rows!(db.links, sheets_for(&house, Page::first(), at(51))).unwrap();
    assert_eq!(db.acts(&house), before.1, "the doctor's own link was audited");
    let line = db.audit_log.of(sarah.id(), Page::first()).unwrap().remove(0).entry;
    let expected = (AuditAction::LinkSeen, Some(house.id()), Some(link.id.get()), at(51));
    assert_eq!((line.act, line.actor, line.link, line.at), expected);
    assert_eq!(db.acts(&sarah).len(), before.0.len() + 1);
    // What the page leaves out was not seen.
    rows!(db.links, sheets_for(&house, Page::after(link.id), at(52))).unwrap();
    assert_eq!(db.acts(&sarah).len(), before.0.len() + 1);
});

on_both!(a_list_of_links_that_cannot_be_audited_fails, |db: &TestStore| {
    let (house, sarah) = (db.doctor("house"), db.patient("sarah"));
    db.linked(&sarah, &house, Status::Accepted);
    db.database.sql().fail_at_commit("audit_entries", "new.act = 'link.read'");
    db.refuses(|| rows!(db.links, sheets_for(&house, Page::first(), at(50))));
    assert_eq!(rows!(db.links, sheets_for(&sarah, Page::first(), at(50))).unwrap().len(), 1);
});

on_both!(only_what_was_rejected_until_the_instant_is_removed, |db: &TestStore| {
    let house = db.doctor("house");
    let mut ids = vec![];
    for (name, answer, second) in [
        ("pending", None, 0),
        ("accepted", Some(Answer::Accept), 20),
        ("earlier", Some(Answer::Reject), 19),
        ("at", Some(Answer::Reject), 20),
        ("later", Some(Answer::Reject), 21),
    ] {
        let patient = db.patient(name);
        let link = db.ask(&patient, &house);
        if let Some(answer) = answer {
            db.links.answer(&link.answer(house.doctor().unwrap(), answer, at(second)).unwrap()).unwrap();
        }
        ids.push((patient, link));
    }
    assert_eq!(db.links.remove_rejected(at(18), at(99)).unwrap(), 0);
    assert_eq!(db.links.remove_rejected(at(20), at(100)).unwrap(), 2);
    assert_eq!(db.links.remove_rejected(at(20), at(101)).unwrap(), 0);
    let left: Vec<_> = ids.iter().map(|(_, link)| db.link(link).is_some()).collect();
    assert_eq!(left, [true, true, false, false, true]);
    for (patient, link) in &ids[2..4] {
        let line = db.audit_log.of(patient.id(), Page::first()).unwrap().remove(0).entry;
        let told = (line.act, line.actor, line.link, line.at);
        assert_eq!(told, (AuditAction::LinkExpired, None, Some(link.id.get()), at(100)));
    }
    // A microsecond is not rounded away.
    let just_before = at(21) - chrono::TimeDelta::microseconds(1);
    assert_eq!(db.links.remove_rejected(just_before, at(102)).unwrap(), 0);
    assert_eq!(db.links.remove_rejected(at(21), at(103)).unwrap(), 1);
});

on_both!(however_many_expire_at_once_they_all_do, |db: &TestStore| {
    // More than one statement of PostgreSQL has room for.
    let numbers =
        "(with recursive n(i) as (select 1 union all select i + 1 from n where i < 130) select i from n)";
    let time = match db.database.location.sqlite_file() {
        Some(_) => "'2025-07-21 08:00:00'",
        None => "timestamp '2025-07-21 08:00:00'",
    };
    let people = |side| {
        let name = format!("'{side}' || n.i");
        format!(
            "insert into accounts (username, email, email_key, password, first_name, last_name, father_name, \
             phone_number, is_doctor, is_patient, is_staff, is_active, created_at) \
             select {name}, {name}, {name}, '', '', '', '', '', true, true, false, true, {time} from {numbers} as n"
        )
    };
    let links = format!(
        "insert into links (patient_id, doctor_id, status, requested_at, answered_at) \
         select p.id, d.id, 'rejected', {time}, {time} from accounts p cross join accounts d \
         where p.username like 'patient%' and d.username like 'doctor%'"
    );
    let mut sql = db.database.sql();
    for statement in [people("patient"), people("doctor"), links] {
        sql.run(&statement).unwrap();
    }
    assert_eq!(db.links.remove_rejected(at(20), at(100)).unwrap(), 16_900);
    assert_eq!((sql.count("links"), sql.count("audit_entries")), (0, 16_900));
});
