use super::*;
use crate::identity::ports::MockPeople;
use crate::{
    care::{
        EntryText, Status,
        ports::{MockEntryRepository, MockLinkRepository},
    },
    identity::{
        Person, Roles,
        testing::{house, sarah, stranger},
    },
    shared::{Fixed, Patch, Timestamp, text::Prose},
};

struct Ports {
    links: MockLinkRepository,
    entries: MockEntryRepository,
    people: MockPeople,
}

/// No port expects anything: an unset mock panics, so a refusal that touches the store fails its test.
fn ports() -> Ports {
    Ports { links: MockLinkRepository::new(), entries: MockEntryRepository::new(), people: MockPeople::new() }
}

fn service(ports: Ports) -> CareService {
    CareService {
        links: Arc::new(ports.links),
        entries: Arc::new(ports.entries),
        people: Arc::new(ports.people),
        clock: Arc::new(Fixed(Timestamp::UNIX_EPOCH)),
    }
}

fn link(status: Status) -> Link {
    Link {
        id: LinkId::new(1),
        patient: sarah().id(),
        doctor: house().id(),
        status,
        requested_at: Timestamp::UNIX_EPOCH,
        answered_at: None,
    }
}

fn entry() -> Entry {
    Entry {
        id: EntryId::new(9),
        kind: EntryKind::Prescription,
        link: LinkId::new(1),
        text: "rest".into(),
        details: String::new(),
    }
}

fn draft() -> EntryDraft {
    EntryDraft { text: EntryText::parse("rest").unwrap(), details: Prose::default() }
}

fn name(raw: &str) -> Username {
    Username::known_as(raw).unwrap()
}

fn knows(person: Option<Person>) -> Ports {
    let mut ports = ports();
    ports.people.expect_named().returning(move |_| Ok(person.clone()));
    ports
}

#[test]
fn a_request_needs_a_doctor_of_that_name() {
    let (sarah, house, stranger) = (sarah(), house(), stranger());
    let refused = service(knows(None)).request_link(sarah.patient().unwrap(), &name("who"));
    assert!(matches!(refused, Err(CareError::DoctorUnknown)));
    let found = knows(Some(sarah.person.clone()));
    let refused = service(found).request_link(stranger.patient().unwrap(), &name("sarah"));
    assert!(matches!(refused, Err(CareError::NotADoctor)));
    let found = knows(Some(house.person.clone()));
    let refused = service(found).request_link(house.patient().unwrap(), &name("house"));
    assert!(matches!(refused, Err(CareError::Oneself)));
}

#[test]
fn a_request_opens_a_link_notifies_the_doctor_and_is_audited() {
    let mut ports = knows(Some(house().person));
    ports
        .links
        .expect_open()
        .withf(|o| {
            (o.patient, o.doctor) == (sarah().id(), house().id())
                && o.notification.owner == house().id()
                && o.audit.patient == sarah().id()
        })
        .once()
        .return_once(|_| Ok(LinkId::new(1)));
    service(ports).request_link(sarah().patient().unwrap(), &name("house")).unwrap();
}

#[test]
fn a_doctor_who_was_not_asked_finds_no_request() {
    let (house, sarah) = (house(), sarah().id());
    let doctor = house.doctor().unwrap();
    let none = || {
        let mut ports = ports();
        ports.links.expect_between().return_once(|_, _| Ok(None));
        service(ports)
    };
    assert!(matches!(none().link_with(doctor, sarah), Err(CareError::RequestUnknown)));
    assert!(matches!(none().respond(doctor, sarah, Answer::Accept), Err(CareError::RequestUnknown)));
    assert!(matches!(none().release(doctor, sarah), Err(CareError::RequestUnknown)));
}

#[test]
fn an_answer_that_was_overtaken_is_judged_again() {
    let mut ports = ports();
    let mut seen = vec![link(Status::Rejected), link(Status::Pending)];
    ports.links.expect_between().times(2).returning(move |_, _| Ok(seen.pop()));
    let mut outcomes = vec![Ok(()), Err(CareError::Outdated)];
    ports.links.expect_answer().times(2).returning(move |_| outcomes.pop().unwrap());
    service(ports).respond(house().doctor().unwrap(), sarah().id(), Answer::Accept).unwrap();
}

#[test]
fn an_answer_to_a_link_that_was_deleted_meanwhile_finds_no_request() {
    let mut ports = ports();
    let mut seen = vec![None, Some(link(Status::Pending))];
    ports.links.expect_between().times(2).returning(move |_, _| Ok(seen.pop().unwrap()));
    ports.links.expect_answer().once().return_once(|_| Err(CareError::Outdated));
    let refused = service(ports).respond(house().doctor().unwrap(), sarah().id(), Answer::Accept);
    assert!(matches!(refused, Err(CareError::RequestUnknown)));
}

#[test]
fn a_doctor_whose_role_was_taken_finds_no_link_and_no_entry_of_theirs() {
    let mut former = house();
    former.person.roles = Roles::PATIENT;
    let on_link = || {
        let mut ports = ports();
        ports.links.expect_find().return_once(|_| Ok(Some(link(Status::Accepted))));
        service(ports)
    };
    let kind = EntryKind::Prescription;
    let unknown = |refused: CareError| matches!(refused, CareError::LinkUnknown);
    assert!(unknown(on_link().entry_on(&former, kind, LinkId::new(1)).unwrap_err()));
    assert!(unknown(on_link().writable(&former, LinkId::new(1)).unwrap_err()));
    let mut ports = ports();
    ports.entries.expect_find().return_once(|_, _| Ok(Some((entry(), link(Status::Accepted)))));
    let refused = service(ports).own_entry(&former, kind, EntryId::new(9)).unwrap_err();
    assert!(matches!(refused, CareError::EntryForeign(EntryKind::Prescription)));
}

#[test]
fn a_patient_sees_of_a_former_doctor_a_name_and_no_private_data() {
    let sheet = |doctor: Person| LinkSheet {
        link: link(Status::Accepted),
        patient: sarah().person,
        doctor,
        prescription: Some(entry()),
        diagnosis: None,
    };
    let doctor = Person { email: "house@example.com".into(), ..house().person };
    let former = Person { roles: Roles::PATIENT, ..doctor.clone() };
    let seen = |person: Person| {
        let mut ports = ports();
        let lent = sheet(person).map_texts(|text| &*text.leak());
        ports.links.expect_sheets_for().return_once(move |_, _, _, each| {
            each(lent);
            Ok(())
        });
        let mut seen = vec![];
        let mut keep = |sheet: LinkSheet<&str>| seen.push(sheet.map_texts(str::to_owned));
        service(ports).links_of(&sarah(), Page::first(), &mut keep).unwrap();
        seen.remove(0)
    };
    assert_eq!(seen(doctor.clone()), sheet(doctor));
    assert_eq!(seen(former.clone()), sheet(former.redacted()));
    assert_eq!(seen(house().person.redacted()).doctor.email, "");
}

#[test]
fn the_same_answer_again_writes_nothing() {
    let mut ports = ports();
    ports.links.expect_between().return_once(|_, _| Ok(Some(link(Status::Accepted))));
    service(ports).respond(house().doctor().unwrap(), sarah().id(), Answer::Accept).unwrap();
}

#[test]
fn who_may_read_an_entry() {
    for (caller, status, expected) in [
        (sarah(), Status::Accepted, "patient reads, unaudited"),
        (house(), Status::Accepted, "doctor reads, audited"),
        (sarah(), Status::Pending, "not accepted"),
        (house(), Status::Rejected, "not accepted"),
        (stranger(), Status::Accepted, "unknown"),
        (stranger(), Status::Pending, "unknown"),
    ] {
        let mut ports = ports();
        ports.links.expect_find().return_once(move |_| Ok(Some(link(status))));
        ports.entries.expect_on().returning(|_, _| Ok(None));
        ports.entries.expect_read_as_doctor().returning(|_, _, audit| {
            assert_eq!((audit.actor, audit.patient, audit.link), (Some(house().id()), sarah().id(), Some(1)));
            Ok(Some(entry()))
        });
        let said = match service(ports).entry_on(&caller, EntryKind::Prescription, LinkId::new(1)) {
            Ok(Some(_)) => "doctor reads, audited",
            Ok(None) => "patient reads, unaudited",
            Err(CareError::LinkNotAccepted) => "not accepted",
            Err(CareError::LinkUnknown) => "unknown",
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(said, expected);
    }
}

#[test]
fn only_the_links_doctor_writes_and_only_while_it_is_accepted() {
    for (caller, status, expected) in [
        (house(), Status::Accepted, "written"),
        (house(), Status::Pending, "not accepted"),
        (house(), Status::Rejected, "not accepted"),
        (sarah(), Status::Accepted, "unknown"),
        (stranger(), Status::Accepted, "unknown"),
    ] {
        let mut ports = ports();
        ports.links.expect_find().return_once(move |_| Ok(Some(link(status))));
        ports.entries.expect_write().returning(|w| {
            assert_eq!((w.notification.owner, w.audit.actor), (sarah().id(), Some(house().id())));
            Ok(entry())
        });
        let care = service(ports);
        let on = care.writable(&caller, LinkId::new(1));
        let said = match on.and_then(|on| care.write(&on, EntryKind::Prescription, draft())) {
            Ok(_) => "written",
            Err(CareError::LinkNotAccepted) => "not accepted",
            Err(CareError::LinkUnknown) => "unknown",
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(said, expected);
    }
}

#[test]
fn only_the_links_doctor_changes_or_removes_an_entry_and_only_while_it_is_accepted() {
    for (caller, status, expected) in [
        (house(), Status::Accepted, "done"),
        (house(), Status::Rejected, "not accepted"),
        (sarah(), Status::Accepted, "foreign"),
        (stranger(), Status::Accepted, "foreign"),
    ] {
        let mut ports = ports();
        ports.entries.expect_find().return_once(move |_, _| Ok(Some((entry(), link(status)))));
        ports.entries.expect_remove().returning(|_, removal| {
            assert_eq!((removal.audit.object, removal.audit.link), (Some(9), Some(1)));
            Ok(())
        });
        let care = service(ports);
        let own = care.own_entry(&caller, EntryKind::Prescription, EntryId::new(9));
        let said = match own.and_then(|own| care.remove(own)) {
            Ok(()) => "done",
            Err(CareError::LinkNotAccepted) => "not accepted",
            Err(CareError::EntryForeign(EntryKind::Prescription)) => "foreign",
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(said, expected);
    }
}

#[test]
fn a_change_notifies_only_when_it_changes_something() {
    let text = |raw: &str| Patch::Set(EntryText::parse(raw).unwrap());
    for (edit, notifies) in [
        (EntryEdit { text: text("rest more"), details: Patch::Keep }, true),
        (EntryEdit { text: text("rest"), details: Patch::Keep }, false),
        (EntryEdit { text: Patch::Keep, details: Patch::Set(Prose::parse("twice a day").unwrap()) }, true),
        (EntryEdit::default(), false),
    ] {
        let house = house();
        let own = OwnEntry::check(&house, entry(), link(Status::Accepted)).unwrap();
        let change = own.change(edit, Timestamp::UNIX_EPOCH);
        assert_eq!(change.notification.is_some(), notifies);
    }
}

#[test]
fn a_reference_to_a_foreign_link_is_as_unknown_as_one_to_none() {
    let foreign = Link { doctor: stranger().id(), patient: AccountId::new(50), ..link(Status::Accepted) };
    for found in [None, Some(foreign)] {
        let mut ports = ports();
        ports.links.expect_find().return_once(|_| Ok(found));
        let mut field_errors = FieldErrors::default();
        let noted =
            service(ports).note_reference(&house(), EntryKind::Diagnosis, LinkId::new(1), &mut field_errors);
        noted.unwrap();
        assert_eq!(field_errors, FieldErrors::one("link", FieldError::UnknownReference("1".into())));
    }
}

#[test]
fn rejected_links_disappear_24_hours_after_the_rejection() {
    let mut ports = ports();
    ports
        .links
        .expect_remove_rejected()
        .withf(|until, at| *at - *until == chrono::TimeDelta::hours(24))
        .once()
        .return_once(|_, _| Ok(2));
    assert_eq!(service(ports).remove_rejected().unwrap(), 2);
}
