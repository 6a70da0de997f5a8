use super::*;
use crate::{
    crisis::{
        AlarmFacts, AlarmSheet, ContactId, Location, NewAlarm, RecipientRole, Scenario, ScenarioId, Track,
        letter_writer::MockLetterWriter,
        ports::{MockAlarmRepository, MockProfileRepository},
    },
    identity::{
        AccountId, Email,
        testing::{of_staff, patient},
    },
    notifications::Notice,
    outbox::{DeliveryState, Letter},
    owned::ports::MockOwnedRepository,
    shared::{Fixed, StoreError, Timestamp},
};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn caller(id: i64) -> Caller {
    patient(AccountId::new(id))
}

fn staff(id: i64) -> Caller {
    of_staff(caller(id))
}

fn scenario(id: i64, notify_contact: bool, notify_therapist: bool) -> Scenario {
    Scenario {
        id: ScenarioId::new(id),
        name: format!("{id}"),
        play_music: true,
        notify_contact,
        notify_therapist,
    }
}

fn setup() -> Arc<CrisisSetup> {
    let track = Track { id: TrackId::new(1), name: "sea".into(), url: "https://example.com/sea.mp3".into() };
    let scenarios = vec![
        scenario(1, false, false),
        scenario(2, true, true),
        scenario(3, true, false),
        scenario(4, false, true),
    ];
    Arc::new(CrisisSetup { scenarios, tracks: vec![track] })
}

fn contact(id: i64, email: &str) -> Contact {
    Contact {
        id: ContactId::new(id),
        owner: AccountId::new(7),
        name: format!("contact {id}"),
        relationship: "brother".into(),
        phone: "1".into(),
        email: email.into(),
        created_at: NOW,
        modified_at: NOW,
    }
}

fn sheet() -> AlarmSheet {
    let owner = AccountId::new(7);
    AlarmSheet {
        owner,
        username: "sarah".into(),
        full_name: "Sarah Connor".into(),
        phone_number: String::new(),
        location: "the park".into(),
        music: None,
        contacts: vec![contact(1, "one@example.com"), contact(2, ""), contact(3, "three@example.com")],
        therapist: Some(Therapist {
            owner,
            name: "Petr".into(),
            phone: "2".into(),
            email: "petr@example.com".into(),
        }),
    }
}

fn letter(facts: &AlarmFacts<'_>, name: &str, to: Email) -> Letter {
    let text = format!("{} at {} to {name}", facts.username, facts.location);
    Letter { to, subject: String::new(), text, html: String::new() }
}

fn writer() -> MockLetterWriter {
    let mut writer = MockLetterWriter::new();
    writer.expect_to_contact().returning(letter);
    writer.expect_to_therapist().returning(letter);
    writer
}

fn raised(sheet: &AlarmSheet, scenario: Option<&Scenario>) -> NewAlarm {
    sheet.raise(ProfileAccess::own(&caller(7)), None, scenario, &writer(), NOW)
}

#[test]
fn a_profile_is_its_owners_and_the_staffs_and_nobody_elses() {
    let owner = AccountId::new(7);
    assert!(ProfileAccess::of(&caller(7), owner).is_some());
    assert!(ProfileAccess::of(&staff(1), owner).is_some());
    assert_eq!(ProfileAccess::of(&caller(8), owner), None);
}

#[test]
fn a_scenario_decides_who_is_written_to_and_who_has_no_address_is_not() {
    let contacts = [Some(ContactId::new(1)), Some(ContactId::new(3))];
    for (id, expected) in
        [(1, vec![]), (2, vec![contacts[0], contacts[1], None]), (3, contacts.to_vec()), (4, vec![None])]
    {
        let new = raised(&sheet(), setup().scenario(ScenarioId::new(id)));
        let to: Vec<_> = new.letters().iter().map(|letter| letter.role.contact()).collect();
        assert_eq!(to, expected, "scenario {id}");
        assert_eq!(new.notice_for_staff(), None);
    }
    let without = AlarmSheet { therapist: None, ..sheet() };
    assert_eq!(raised(&without, setup().scenario(ScenarioId::new(4))).letters(), []);
}

#[test]
fn a_letter_tells_what_was_true_at_the_press() {
    let new = raised(&sheet(), setup().scenario(ScenarioId::new(2)));
    let texts: Vec<_> =
        new.letters().iter().map(|letter| letter.message.letter().unwrap().text.as_str()).collect();
    assert_eq!(
        texts,
        ["sarah at the park to contact 1", "sarah at the park to contact 3", "sarah at the park to Petr"]
    );
    assert_eq!((new.location(), new.letters()[2].role), ("the park", RecipientRole::Therapist));
}

#[test]
fn music_is_played_when_the_scenario_says_so_and_a_track_is_chosen() {
    let chosen = AlarmSheet { music: Some(TrackId::new(1)), ..sheet() };
    let quiet = Scenario { play_music: false, ..scenario(1, false, false) };
    assert!(raised(&chosen, Some(&scenario(1, false, false))).music_played());
    assert!(!raised(&sheet(), Some(&scenario(1, false, false))).music_played());
    assert!(!raised(&chosen, Some(&quiet)).music_played());
}

#[test]
fn without_a_scenario_the_staff_are_told_and_nobody_is_written_to() {
    let new = raised(&sheet(), None);
    assert_eq!(new.letters(), []);
    assert_eq!(new.notice_for_staff(), Some(&Notice::AlarmWithoutScenario { user: "sarah".into() }));
}

fn alarms(alarms: MockAlarmRepository) -> AlarmService {
    let clock = Arc::new(Fixed(NOW));
    AlarmService { alarms: Arc::new(alarms), letters: Arc::new(writer()), setup: setup(), clock }
}

#[test]
fn a_press_for_nobody_stores_nothing() {
    let mut repository = MockAlarmRepository::new();
    repository.expect_sheet().returning(|_| Ok(None));
    let ann = staff(1);
    let nobody = ProfileAccess::of(&ann, AccountId::new(99)).unwrap();
    let refused = alarms(repository).raise(&ann, nobody).unwrap_err();
    assert!(matches!(refused, CrisisError::UserUnknown), "{refused:?}");
}

#[test]
fn a_press_without_a_scenario_is_stored_before_it_is_refused() {
    let mut repository = MockAlarmRepository::new();
    // One that an operator has removed since is none.
    for chosen in [None, Some(ScenarioId::new(99))] {
        repository.expect_sheet().times(1).returning(move |_| Ok(Some((sheet(), chosen))));
    }
    repository.expect_raise().times(2).returning(|new| {
        assert!(new.scenario().is_none() && new.notice_for_staff().is_some());
        Ok(AlarmId::new(1))
    });
    let (service, sarah) = (alarms(repository), caller(7));
    for _ in 0..2 {
        let refused = service.raise(&sarah, ProfileAccess::own(&sarah)).unwrap_err();
        assert!(matches!(refused, CrisisError::NoScenario), "{refused:?}");
    }
}

#[test]
fn a_press_that_is_stored_is_no_failure_when_it_cannot_be_read() {
    for found in [Ok(None), Err(StoreError::unavailable("away"))] {
        let mut repository = MockAlarmRepository::new();
        repository.expect_sheet().returning(|_| Ok(Some((sheet(), Some(ScenarioId::new(2))))));
        repository.expect_raise().times(1).returning(|_| Ok(AlarmId::new(5)));
        repository.expect_find().returning(move |_, _| found.clone());
        let sarah = caller(7);
        let alarm = alarms(repository).raise(&sarah, ProfileAccess::own(&sarah)).unwrap();
        assert_eq!((alarm.id, alarm.recipients.len()), (AlarmId::new(5), 3));
        assert!(alarm.recipients.iter().all(|to| to.delivery.state == DeliveryState::Queued));
        assert!(!alarm.is_settled() && !alarm.message_sent_to_contacts() && !alarm.therapist_notified());
    }
}

#[test]
fn what_is_not_in_the_reference_data_cannot_be_chosen() {
    let service = CrisisService {
        profiles: Arc::new(MockProfileRepository::new()),
        contacts: OwnedService {
            repository: Arc::new(MockOwnedRepository::new()),
            clock: Arc::new(Fixed(NOW)),
        },
        setup: setup(),
        clock: Arc::new(Fixed(NOW)),
    };
    let sarah = caller(7);
    let edit = ProfileEdit {
        scenario: Patch::Set(Some(ScenarioId::new(99))),
        location: Patch::Set(Location::parse("x").unwrap()),
        ..ProfileEdit::default()
    };
    let refused = service.edit_profile(ProfileAccess::own(&sarah), edit).unwrap_err();
    assert!(matches!(refused, CrisisError::ScenarioUnknown), "{refused:?}");
    let refused = service.choose_music(&sarah, TrackId::new(99)).unwrap_err();
    assert!(matches!(refused, CrisisError::TrackUnknown), "{refused:?}");
}
