//! Finding the people with whom somebody talks, and whether the two are linked.
use crate::support::{TestStore, at, new_account, username};
use domain::{
    care::Status,
    identity::{AccountFlag, Caller, Person, Role, SetFlag, Username},
    messaging::{Peer, PeerRef, Relationship},
    shared::AccountId,
};

fn stranger(person: &Caller) -> Peer {
    Peer { person: person.person.clone(), active: true, relationship: Relationship::Strangers }
}

fn find(db: &TestStore, seen_by: &Caller, raw: &str) -> Option<Peer> {
    db.directory.find(seen_by.id(), &PeerRef::parse(raw)).unwrap()
}

fn relationship(db: &TestStore, seen_by: &Caller, who: &Caller) -> Relationship {
    let found = db.directory.find(seen_by.id(), &PeerRef::Id(who.id())).unwrap().unwrap();
    assert_eq!(found.person, who.person);
    found.relationship
}

on_both!(people_are_found_by_id_and_by_name, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    for raw in ["house".to_owned(), house.id().to_string(), format!("00{}", house.id())] {
        assert_eq!(find(db, &sarah, &raw), Some(stranger(&house)), "{raw}");
    }
    assert_eq!(find(db, &sarah, "sarah"), Some(stranger(&sarah)), "oneself");
});

on_both!(a_name_that_nobody_has_is_not_found, |db: &TestStore| {
    let sarah = db.patient("sarah");
    for raw in
        ["", " ", "Sarah", "sa rah", "sara", "0", "9999", "-1", "99999999999999999999", "%", "sarah'--"]
    {
        assert_eq!(find(db, &sarah, raw), None, "{raw:?}");
    }
    assert_eq!(db.directory.find(sarah.id(), &PeerRef::Nobody).unwrap(), None);
    for id in [0, -1, i64::MAX, i64::MIN] {
        assert_eq!(db.directory.find(sarah.id(), &PeerRef::Id(AccountId::new(id))).unwrap(), None, "{id}");
    }
});

on_both!(a_deactivated_person_is_found_as_such, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    for active in [false, true] {
        let grant = SetFlag { username: username("house"), flag: AccountFlag::Active(active), at: at(40) };
        db.accounts.grant(&grant).unwrap();
        for raw in ["house", &house.id().to_string()] {
            assert_eq!(find(db, &sarah, raw), Some(Peer { active, ..stranger(&house) }));
        }
    }
});

on_both!(people_are_linked_while_their_link_is_accepted_from_either_side, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    let expect = |expected| {
        assert_eq!(relationship(db, &sarah, &house), expected);
        assert_eq!(relationship(db, &house, &sarah), expected);
    };
    expect(Relationship::Strangers);
    let link = db.linked(&sarah, &house, Status::Accepted);
    expect(Relationship::Linked);
    db.links.end(&link.end(sarah.id(), at(30))).unwrap();
    expect(Relationship::Strangers);
    db.linked(&house, &db.doctor("wilson"), Status::Accepted);
    expect(Relationship::Strangers);
});

on_both!(a_link_with_a_former_doctor_gives_neither_a_right, |db: &TestStore| {
    let (sarah, house) = (db.patient("sarah"), db.doctor("house"));
    db.linked(&sarah, &house, Status::Accepted);
    for (doctor, expected) in [(false, Relationship::Strangers), (true, Relationship::Linked)] {
        let flag = AccountFlag::Doctor(doctor);
        db.accounts.grant(&SetFlag { username: username("house"), flag, at: at(40) }).unwrap();
        for (seen_by, who) in [(&sarah, &house), (&house, &sarah)] {
            let found = db.directory.find(seen_by.id(), &PeerRef::Id(who.id())).unwrap().unwrap();
            assert_eq!(found.relationship, expected, "{}", seen_by.person.username);
        }
    }
});

on_both!(a_link_that_is_pending_or_rejected_links_nobody, |db: &TestStore| {
    let house = db.doctor("house");
    for status in [Status::Pending, Status::Rejected] {
        let patient = db.patient(status.as_str());
        db.linked(&patient, &house, status);
        for (one, other) in [(&patient, &house), (&house, &patient)] {
            assert_eq!(relationship(db, one, other), Relationship::Strangers, "{status:?}");
        }
    }
});

on_both!(a_link_with_somebody_else_links_nobody, |db: &TestStore| {
    let [sarah, kyle] = ["sarah", "kyle"].map(|name| db.patient(name));
    let [house, wilson] = ["house", "wilson"].map(|name| db.doctor(name));
    db.linked(&sarah, &house, Status::Accepted);
    db.linked(&kyle, &house, Status::Accepted);
    db.linked(&house, &wilson, Status::Accepted);
    let linked = |one, other| relationship(db, one, other) == Relationship::Linked;
    let everybody = [&sarah, &kyle, &house, &wilson];
    let links: Vec<Vec<bool>> =
        everybody.iter().map(|one| everybody.iter().map(|other| linked(one, other)).collect()).collect();
    let expected = [
        [false, false, true, false],
        [false, false, true, false],
        [true, true, false, true],
        [false, false, true, false],
    ];
    assert_eq!(links, expected);
});

on_both!(a_link_answered_with_one_doctor_and_asked_of_another_is_of_the_first_only, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let [house, wilson] = ["house", "wilson"].map(|name| db.doctor(name));
    db.linked(&sarah, &wilson, Status::Pending);
    db.linked(&sarah, &house, Status::Accepted);
    assert_eq!(relationship(db, &sarah, &wilson), Relationship::Strangers);
    assert_eq!(relationship(db, &sarah, &house), Relationship::Linked);
});

/// A name of digits only cannot be chosen; accounts from before that rule may have one.
fn called(db: &TestStore, digits: &str) -> Caller {
    let person = db.patient("digits").person;
    let rename = format!("update accounts set username = '{digits}' where id = {}", person.id);
    db.database.sql().run(&rename).unwrap();
    Person { username: digits.into(), ..person }.into()
}

on_both!(digits_are_an_id_even_when_they_are_somebody_s_name, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let digits = called(db, "4242");
    assert_eq!(find(db, &sarah, "4242"), None);
    assert_eq!(find(db, &sarah, &digits.id().to_string()), Some(stranger(&digits)));
    // Asked for as a name it is one.
    let by_name = PeerRef::Named(Username::known_as("4242").unwrap());
    assert_eq!(db.directory.find(sarah.id(), &by_name).unwrap(), Some(stranger(&digits)));
});

on_both!(digits_that_are_one_s_name_and_another_s_id_find_the_other, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let digits = called(db, &sarah.id().to_string());
    assert_eq!(find(db, &digits, &digits.person.username), Some(stranger(&sarah)));
});

on_both!(a_person_is_told_as_they_are_now, |db: &TestStore| {
    let sarah = db.patient("sarah");
    assert_eq!(find(db, &sarah, "house"), None);
    let house = db.accounts.register(&new_account("house")).unwrap();
    assert_eq!(find(db, &sarah, "house").unwrap().person, house);
    let grant = SetFlag { username: username("house"), flag: AccountFlag::Doctor(true), at: at(40) };
    let doctor = db.accounts.grant(&grant).unwrap();
    assert!(doctor.roles.has(Role::Doctor));
    assert_eq!(
        db.second_node().directory.find(sarah.id(), &PeerRef::Id(house.id)).unwrap().unwrap().person,
        doctor
    );
});
