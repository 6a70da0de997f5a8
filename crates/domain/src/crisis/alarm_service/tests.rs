use super::*;
use crate::{
    crisis::{
        Address, AlarmFacts, AlarmMessage, Consent, ContactId, DueRepeat, LetterLinks, NewAlarm, NewRepeat,
        Recipient, RecipientRole, Scenario, ScenarioId, Told, Track, TrackId, UnconfirmedSent,
        letter_writer::MockLetterWriter, ports::MockAlarmRepository,
    },
    identity::{
        AccountId, Email, Nonce, Token, TokenHash,
        ports::MockTokenIssuer,
        testing::{of_staff, patient},
    },
    notifications::Notice,
    outbox::{Channel, DeliveryState, Failure, Letter, Message, WebhookBody},
    shared::{Fixed, StoreError, Timestamp},
};
use chrono::TimeDelta;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn caller(id: i64) -> Caller {
    patient(AccountId::new(id))
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

fn recipient(role: RecipientRole, name: &str, email: &str, consent: Consent) -> Recipient {
    let address = Email::parse(email).ok().map(|email| Address {
        email,
        consent,
        consent_nonce: Some(Nonce("asked".into())),
    });
    Recipient { role, name: name.into(), relationship: String::new(), phone: "1".into(), address }
}

fn contact(id: i64, email: &str, consent: Consent) -> Recipient {
    recipient(RecipientRole::Contact(ContactId::new(id)), &format!("contact {id}"), email, consent)
}

fn therapist() -> Recipient {
    recipient(RecipientRole::Therapist, "Petr", "petr@example.com", Consent::Confirmed)
}

fn sheet_of(recipients: Vec<Recipient>) -> AlarmSheet {
    AlarmSheet {
        owner: AccountId::new(7),
        username: "sarah".into(),
        full_name: "Sarah Connor".into(),
        phone_number: String::new(),
        location: "the park".into(),
        music: None,
        recipients,
        unconfirmed_sent: UnconfirmedSent::default(),
    }
}

fn sheet() -> AlarmSheet {
    sheet_of(vec![
        contact(1, "one@example.com", Consent::Confirmed),
        contact(2, "", Consent::Confirmed),
        contact(3, "three@example.com", Consent::Confirmed),
        therapist(),
    ])
}

fn letter(facts: &AlarmFacts<'_>, to: &Recipient, email: Email, links: &LetterLinks) -> Letter {
    let LetterLinks { answer, consent } = links;
    let text = format!("{} at {} to {}, {answer:?}, {consent:?}", facts.username, facts.location, to.name);
    Letter {
        to: email,
        subject: format!("round {}", facts.round),
        text,
        html: String::new(),
        unsubscribe: None,
    }
}

fn writer() -> MockLetterWriter {
    let mut writer = MockLetterWriter::new();
    writer.expect_letter().returning(letter);
    writer.expect_webhook().returning(|_, to, _| WebhookBody(to.phone.clone()));
    writer
}

fn links(public_url: Option<&str>) -> Links {
    let mut tokens = MockTokenIssuer::new();
    tokens.expect_nonce().returning(|| Nonce("new".into()));
    tokens.expect_link().returning(|_, nonce| Token::new(nonce.0.clone()));
    tokens.expect_hash().returning(|token| TokenHash(format!("hash of {token}")));
    Links { tokens: Arc::new(tokens), public_url: public_url.map(Origin::new) }
}

fn service(alarms: MockAlarmRepository) -> AlarmService {
    AlarmService {
        alarms: Arc::new(alarms),
        letters: Arc::new(writer()),
        links: links(None),
        has_webhook: false,
        repeats: RepeatPlan::new(2),
        setup: setup(),
        clock: Arc::new(Fixed(NOW)),
    }
}

/// What a press stores, from there.
fn raised_by(service: &AlarmService, sheet: &AlarmSheet, scenario: Option<i64>) -> NewAlarm {
    let origin = Origin::new("http://localhost");
    let access = ProfileAccess::own(&caller(7));
    let scenario = scenario.and_then(|id| service.setup.scenario(ScenarioId::new(id)));
    sheet.raise(access, None, scenario, service.maker(Some(&origin), sheet), service.repeats, NOW)
}

fn raised(sheet: &AlarmSheet, scenario: Option<i64>) -> NewAlarm {
    raised_by(&service(MockAlarmRepository::new()), sheet, scenario)
}

fn roles(messages: &[AlarmMessage]) -> Vec<Option<i64>> {
    messages.iter().map(|message| message.role.contact().map(ContactId::get)).collect()
}

fn text(message: &AlarmMessage) -> &str {
    &message.message.letter().unwrap().text
}

#[test]
fn a_scenario_decides_who_is_written_to_and_who_has_no_address_is_not() {
    for (id, expected) in
        [(1, vec![]), (2, vec![Some(1), Some(3), None]), (3, vec![Some(1), Some(3)]), (4, vec![None])]
    {
        let new = raised(&sheet(), Some(id));
        assert_eq!(roles(new.messages()), expected, "scenario {id}");
        assert_eq!(new.notice_for_staff(), None);
        assert_eq!(new.repeat_at().is_some(), !expected.is_empty(), "nobody is told again either");
    }
    let alone = sheet_of(vec![contact(1, "one@example.com", Consent::Confirmed)]);
    assert_eq!(raised(&alone, Some(4)).messages(), []);
}

#[test]
fn a_letter_tells_what_was_true_at_the_press_and_leads_to_where_it_came() {
    let new = raised(&sheet(), Some(2));
    let texts: Vec<_> = new.messages().iter().map(text).collect();
    let expected = |name| format!("sarah at the park to {name}, Some(\"http://localhost/a/new\"), None");
    assert_eq!(texts, [expected("contact 1"), expected("contact 3"), expected("Petr")]);
    assert_eq!((new.location(), new.messages()[2].role), ("the park", RecipientRole::Therapist));
    assert_eq!(new.messages()[0].answer, TokenHash("hash of new".into()));
}

#[test]
fn links_lead_to_where_the_operator_says_and_nowhere_where_nobody_knows() {
    let public = AlarmService {
        links: links(Some("https://care.example.com")),
        ..service(MockAlarmRepository::new())
    };
    let new = raised_by(&public, &sheet(), Some(4));
    assert!(text(&new.messages()[0]).contains("https://care.example.com/a/new"));
    let service = service(MockAlarmRepository::new());
    let access = ProfileAccess::own(&caller(7));
    let (sheet, scenario) = (sheet(), service.setup.scenario(ScenarioId::new(4)));
    let new = sheet.raise(access, None, scenario, service.maker(None, &sheet), service.repeats, NOW);
    assert!(text(&new.messages()[0]).ends_with("None, None"), "{}", text(&new.messages()[0]));
}

#[test]
fn who_has_not_agreed_is_asked_in_the_letter_and_three_of_them_are_written_to() {
    let mut recipients: Vec<_> =
        (1..=4).map(|id| contact(id, &format!("{id}@example.com"), Consent::Unconfirmed)).collect();
    recipients.push(contact(5, "five@example.com", Consent::Confirmed));
    recipients.push(contact(6, "six@example.com", Consent::Refused));
    recipients.push(Recipient {
        address: recipients[0].address.clone(),
        ..recipient(RecipientRole::Therapist, "Petr", "", Consent::Unconfirmed)
    });
    let new = raised(&sheet_of(recipients), Some(2));
    let withheld: Vec<_> = new.messages().iter().map(|message| message.withheld).collect();
    let (unconfirmed, unwanted) = (Some(Failure::Unconfirmed), Some(Failure::Unwanted));
    assert_eq!(withheld, [None, None, unconfirmed, unconfirmed, None, unwanted, None]);
    let unconfirmed: Vec<_> = new.messages().iter().map(|message| message.unconfirmed).collect();
    assert_eq!(unconfirmed, [true, true, true, true, false, false, true]);
    assert!(text(&new.messages()[0]).contains("/contact/asked"), "{}", text(&new.messages()[0]));
    assert!(!text(&new.messages()[4]).contains("/contact/"), "{}", text(&new.messages()[4]));
}

#[test]
fn a_webhook_is_told_of_everybody_who_has_an_address_or_none() {
    let with_webhook = AlarmService { has_webhook: true, ..service(MockAlarmRepository::new()) };
    let new = raised_by(&with_webhook, &sheet(), Some(3));
    let channels: Vec<_> = new.messages().iter().map(|message| message.message.channel()).collect();
    let (email, webhook) = (Channel::Email, Channel::Webhook);
    assert_eq!(channels, [email, webhook, webhook, email, webhook]);
    assert_eq!(roles(new.messages()), [Some(1), Some(1), Some(2), Some(3), Some(3)]);
    assert_eq!(new.messages()[2].message, Message::Webhook(WebhookBody("1".into())));
}

#[test]
fn music_is_played_when_the_scenario_says_so_and_a_track_is_chosen() {
    let chosen = AlarmSheet { music: Some(TrackId::new(1)), ..sheet() };
    assert!(raised(&chosen, Some(1)).music_played());
    assert!(!raised(&sheet(), Some(1)).music_played());
    let mut quiet = service(MockAlarmRepository::new());
    let scenarios = vec![Scenario { play_music: false, ..scenario(1, false, false) }];
    quiet.setup = Arc::new(CrisisSetup { scenarios, tracks: vec![] });
    assert!(!raised_by(&quiet, &chosen, Some(1)).music_played());
}

#[test]
fn without_a_scenario_the_staff_are_told_and_nobody_is_written_to() {
    let new = raised(&sheet(), None);
    assert_eq!((new.messages(), new.repeat_at()), (&[][..], None));
    assert_eq!(new.notice_for_staff(), Some(&Notice::AlarmWithoutScenario { user: "sarah".into() }));
}

#[test]
fn the_staff_are_told_when_nobody_else_can_be() {
    let notice = Some(Notice::AlarmReachesNobody { user: "sarah".into() });
    let refused = sheet_of(vec![contact(1, "one@example.com", Consent::Refused)]);
    let nowhere = sheet_of(vec![contact(1, "", Consent::Confirmed)]);
    for sheet in [&refused, &nowhere] {
        assert_eq!(raised(sheet, Some(3)).notice_for_staff(), notice.as_ref());
        // Its user wants nobody told.
        assert_eq!(raised(sheet, Some(1)).notice_for_staff(), None);
    }
}

#[test]
fn one_alarm_that_cannot_be_repeated_holds_up_no_other() {
    let mut repository = MockAlarmRepository::new();
    let broken = DueRepeat { owner: AccountId::new(8), ..due(&[(Some(1), false)]) };
    repository.expect_due_repeats().returning(move |_| Ok(vec![broken.clone(), due(&[(Some(1), false)])]));
    repository.expect_sheet().returning(|owner, _| {
        if owner == AccountId::new(8) { Err(StoreError::failed("no key")) } else { Ok(Some((sheet(), None))) }
    });
    repository.expect_repeat().times(1).returning(|_| Ok(true));
    assert!(service(repository).repeat_unanswered().is_err());
}

#[test]
fn a_press_for_nobody_stores_nothing() {
    let mut repository = MockAlarmRepository::new();
    repository.expect_sheet().returning(|_, _| Ok(None));
    let ann = of_staff(caller(1));
    let nobody = ProfileAccess::of(&ann, AccountId::new(99)).unwrap();
    let refused = service(repository).raise(&ann, nobody, None).unwrap_err();
    assert!(matches!(refused, CrisisError::UserUnknown), "{refused:?}");
}

#[test]
fn a_press_without_a_scenario_is_stored_before_it_is_refused() {
    let mut repository = MockAlarmRepository::new();
    // One that an operator has removed since is none.
    for chosen in [None, Some(ScenarioId::new(99))] {
        repository.expect_sheet().times(1).returning(move |_, _| Ok(Some((sheet(), chosen))));
    }
    repository.expect_raise().times(2).returning(|new| {
        assert!(new.scenario().is_none() && new.notice_for_staff().is_some());
        Ok(AlarmId::new(1))
    });
    let (service, sarah) = (service(repository), caller(7));
    for _ in 0..2 {
        let refused = service.raise(&sarah, ProfileAccess::own(&sarah), None).unwrap_err();
        assert!(matches!(refused, CrisisError::NoScenario), "{refused:?}");
    }
}

#[test]
fn a_press_that_is_stored_is_no_failure_when_it_cannot_be_read() {
    for found in [Ok(None), Err(StoreError::unavailable("away"))] {
        let mut repository = MockAlarmRepository::new();
        repository.expect_sheet().returning(|_, _| Ok(Some((sheet(), Some(ScenarioId::new(2))))));
        repository.expect_raise().times(1).returning(|_| Ok(AlarmId::new(5)));
        repository.expect_find().returning(move |_, _| found.clone());
        let sarah = caller(7);
        let alarm = service(repository).raise(&sarah, ProfileAccess::own(&sarah), None).unwrap();
        assert_eq!((alarm.id, alarm.recipients.len()), (AlarmId::new(5), 3));
        assert!(alarm.recipients.iter().all(|to| to.delivery.state == DeliveryState::Queued));
        assert!(!alarm.is_settled() && !alarm.message_sent_to_contacts() && !alarm.therapist_notified());
        assert!(!alarm.is_completed());
    }
}

fn due(told: &[(Option<i64>, bool)]) -> DueRepeat {
    let role = |id: Option<i64>| {
        id.map_or(RecipientRole::Therapist, |id| RecipientRole::Contact(ContactId::new(id)))
    };
    DueRepeat {
        alarm: AlarmId::new(5),
        owner: AccountId::new(7),
        raised_at: NOW,
        location: "the station".into(),
        repeats: 0,
        origin: Some(Origin::new("http://localhost")),
        told: told
            .iter()
            .map(|(id, is_open)| Told { role: role(*id), channel: Channel::Email, is_open: *is_open })
            .collect(),
    }
}

fn repeated(sheet: &AlarmSheet, due: &DueRepeat) -> NewRepeat {
    let service = service(MockAlarmRepository::new());
    due.repeat(sheet, service.maker(due.origin.as_ref(), sheet), service.repeats, NOW)
}

#[test]
fn a_repeat_goes_to_the_same_people_and_the_staff_hear_of_it() {
    // Contact 3 was named after the press, and the therapist's first letter is still on its way.
    let repeat = repeated(&sheet(), &due(&[(Some(1), false), (None, true)]));
    assert_eq!((roles(repeat.messages()), repeat.number()), (vec![Some(1)], 1));
    assert_eq!(repeat.messages()[0].message.letter().unwrap().subject, "round 1");
    assert!(text(&repeat.messages()[0]).contains("sarah at the station"));
    assert_eq!(repeat.repeat_at(), Some(NOW + TimeDelta::minutes(15)));
    let (user, alarm) = ("sarah".into(), "5".into());
    assert_eq!(repeat.notice_for_staff(), &Notice::AlarmUnanswered { user, alarm });
    let last = repeated(&sheet(), &DueRepeat { repeats: 1, ..due(&[(Some(1), false)]) });
    assert_eq!((last.number(), last.repeat_at()), (2, None));
}

#[test]
fn a_repeat_is_not_written_to_who_refuses_by_now() {
    let refused = sheet_of(vec![contact(1, "one@example.com", Consent::Refused)]);
    assert_eq!(repeated(&refused, &due(&[(Some(1), false)])).messages(), []);
}

#[test]
fn a_user_who_is_gone_keeps_no_other_alarm_from_being_repeated() {
    let mut repository = MockAlarmRepository::new();
    let gone = DueRepeat { owner: AccountId::new(8), ..due(&[]) };
    repository.expect_due_repeats().returning(move |_| Ok(vec![gone.clone(), due(&[(Some(1), false)])]));
    repository.expect_sheet().returning(|owner, _| Ok((owner == AccountId::new(7)).then(|| (sheet(), None))));
    repository.expect_repeat().times(1).returning(|repeat| {
        assert_eq!(repeat.owner(), AccountId::new(7));
        Ok(true)
    });
    assert_eq!(service(repository).repeat_unanswered().unwrap(), 1);
}
