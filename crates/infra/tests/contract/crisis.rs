//! Profiles, contacts and therapists of people in a crisis.
use crate::{
    owned::{Edits, Fixture},
    support::{Node, TestStore, at},
};
use domain::{
    crisis::{
        Age, Contact, ContactCreated, ContactDraft, ContactEdit, ContactEmail, ContactId, ContactName,
        ContactPhone, CrisisError, Location, MaybeEmail, MusicChoice, Profile, ProfileAccess, ProfileChange,
        ProfileEdit, ProfileReading, PtsdLevel, Relationship, ScenarioId, TherapistChange, TherapistDraft,
        TherapistEdit, TrackId, ports::ProfileRepository,
    },
    identity::{AccountId, Caller, Role},
    owned::{Created, OwnedResource, ports::OwnedRepository},
    shared::{Patch, Timestamp},
};
use infra::crisis::{DieselContactRepository, DieselProfileRepository, load_setup};

owned_stories!(contacts: Contact, few);

impl Fixture for Contact {
    const TABLE: &'static str = "emergency_contacts";

    fn repository(node: &Node) -> Box<dyn OwnedRepository<Self>> {
        Box::new(DieselContactRepository::new(node.store.clone(), node.data_keys.clone()))
    }
    fn creation(owner: &Caller, at: Timestamp) -> ContactCreated {
        let draft = ContactDraft {
            name: ContactName::parse("Иван").unwrap(),
            phone: ContactPhone::parse("+7900").unwrap(),
            relationship: Relationship::parse("Брат").unwrap(),
            email: MaybeEmail::parse("ivan@example.com").unwrap(),
        };
        ContactCreated(Created::by(owner, Self::AUDIT, draft, at))
    }
    fn created(id: ContactId, owner: AccountId, at: Timestamp) -> Self {
        Self {
            id,
            owner,
            name: "Иван".into(),
            relationship: "Брат".into(),
            phone: "+7900".into(),
            email: "ivan@example.com".into(),
            created_at: at,
            modified_at: at,
        }
    }
    fn kept(lent: Contact<&str>) -> Self {
        lent.map_texts(str::to_owned)
    }
    fn edits() -> Edits<Self> {
        let (name, phone) = (ContactName::parse("Олег").unwrap(), ContactPhone::parse("1").unwrap());
        let relationship = Relationship::parse("Друг").unwrap();
        vec![
            (ContactEdit { name: Patch::Set(name), ..<_>::default() }, |contact| {
                contact.name = "Олег".into()
            }),
            (ContactEdit { phone: Patch::Set(phone), ..<_>::default() }, |contact| {
                contact.phone = "1".into()
            }),
            (ContactEdit { relationship: Patch::Set(relationship), ..<_>::default() }, |contact| {
                contact.relationship = "Друг".into();
            }),
            (ContactEdit { email: Patch::Set(MaybeEmail::default()), ..<_>::default() }, |contact| {
                contact.email.clear();
            }),
        ]
    }
    fn modified_at(&mut self) -> &mut Timestamp {
        &mut self.modified_at
    }
}

on_both!(one_contact_more_than_may_be_is_refused, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let contacts = Contact::repository(db);
    for _ in 0..Contact::MAX_PER_OWNER {
        contacts.create(&Contact::creation(&sarah, at(30))).unwrap();
    }
    let refused = db.refuses(|| contacts.create(&Contact::creation(&sarah, at(31))));
    assert!(matches!(refused, CrisisError::TooManyContacts(20)), "{refused:?}");
    contacts.create(&Contact::creation(&kyle, at(31))).unwrap();
});

pub(crate) fn profiles(db: &Node) -> DieselProfileRepository {
    load_setup(&db.store).unwrap();
    DieselProfileRepository { store: db.store.clone(), data_keys: db.data_keys.clone() }
}

fn own(caller: &Caller, edit: ProfileEdit) -> ProfileChange {
    ProfileChange::by(ProfileAccess::own(caller), edit, at(40))
}

fn read(profiles: &dyn ProfileRepository, caller: &Caller) -> Profile {
    let reading = ProfileReading::by(ProfileAccess::own(caller), at(50));
    profiles.profile(&reading).unwrap().unwrap()
}

pub(crate) fn petr() -> TherapistDraft {
    TherapistDraft {
        name: ContactName::parse("Пётр").unwrap(),
        phone: ContactPhone::parse("2").unwrap(),
        email: ContactEmail::parse("petr@example.com").unwrap(),
    }
}

on_both!(a_profile_has_defaults_until_it_is_changed_and_keeps_what_an_edit_leaves_out, |db: &TestStore| {
    let (profiles, sarah) = (profiles(db), db.patient("sarah"));
    let mut expected = Profile {
        owner: sarah.id(),
        username: "sarah".into(),
        age: None,
        location: String::new(),
        military_status: false,
        ptsd_level: None,
        music: None,
        has_therapist_contact: false,
        scenario: None,
    };
    assert_eq!(read(&profiles, &sarah), expected);
    type Change = (ProfileEdit, fn(&mut Profile));
    let edits: [Change; 6] = [
        (ProfileEdit { age: Patch::Set(Age::parse(35).ok()), ..<_>::default() }, |profile| {
            profile.age = Age::parse(35).ok();
        }),
        (
            ProfileEdit { location: Patch::Set(Location::parse("Москва").unwrap()), ..<_>::default() },
            |profile| {
                profile.location = "Москва".into();
            },
        ),
        (ProfileEdit { military_status: Patch::Set(true), ..<_>::default() }, |profile| {
            profile.military_status = true;
        }),
        (ProfileEdit { ptsd_level: Patch::Set(PtsdLevel::parse(3).ok()), ..<_>::default() }, |profile| {
            profile.ptsd_level = PtsdLevel::parse(3).ok();
        }),
        (ProfileEdit { scenario: Patch::Set(Some(ScenarioId::new(3))), ..<_>::default() }, |profile| {
            profile.scenario = Some(ScenarioId::new(3));
        }),
        (ProfileEdit { scenario: Patch::Set(None), age: Patch::Set(None), ..<_>::default() }, |profile| {
            profile.age = None;
        }),
    ];
    for (edit, change) in edits {
        change(&mut expected);
        assert_eq!(profiles.change(&own(&sarah, edit)).unwrap(), expected);
    }
    let music = MusicChoice::by(ProfileAccess::own(&sarah), TrackId::new(2), at(41));
    profiles.choose_music(&music).unwrap();
    expected.music = Some(TrackId::new(2));
    assert_eq!(read(&profiles, &sarah), expected);
});

on_both!(what_the_staff_see_of_a_profile_is_audited_and_nobody_has_none, |db: &TestStore| {
    let (profiles, sarah, mut ann) = (profiles(db), db.patient("sarah"), db.patient("ann"));
    ann.person.roles = ann.person.roles.with(Role::Staff);
    let access = |id| ProfileAccess::of(&ann, id).unwrap();
    let entries = || db.audit_log.of(sarah.id(), domain::shared::Page::first()).unwrap().len();
    let before = entries();
    read(&profiles, &sarah);
    assert_eq!(entries(), before);
    assert!(profiles.profile(&ProfileReading::by(access(sarah.id()), at(50))).unwrap().is_some());
    assert_eq!(entries(), before + 1);
    let nobody = AccountId::new(9_999);
    assert_eq!(profiles.profile(&ProfileReading::by(access(nobody), at(50))).unwrap(), None);
    let edit = ProfileEdit { military_status: Patch::Set(true), ..<_>::default() };
    let refused = db.refuses(|| profiles.change(&ProfileChange::by(access(nobody), edit, at(50))));
    assert!(matches!(refused, CrisisError::ProfileUnknown), "{refused:?}");
});

on_both!(a_therapist_is_the_owners_only_one_and_told_from_then_on, |db: &TestStore| {
    let (profiles, sarah, kyle) = (profiles(db), db.patient("sarah"), db.patient("kyle"));
    let point_at = |owner: &Caller, whom: AccountId| {
        own(owner, ProfileEdit { therapist_contact: Patch::Set(Some(whom)), ..<_>::default() })
    };
    for whom in [sarah.id(), kyle.id(), AccountId::new(9_999)] {
        let refused = db.refuses(|| profiles.change(&point_at(&sarah, whom)));
        assert!(matches!(refused, CrisisError::TherapistUnknown), "{refused:?}");
    }
    let change =
        TherapistEdit { name: Patch::Set(ContactName::parse("Анна").unwrap()), ..<_>::default() };
    let edit = |owner: &Caller| profiles.edit_therapist(&TherapistChange::by(owner, change.clone(), at(61)));
    let refused = db.refuses(|| edit(&sarah));
    assert!(matches!(refused, CrisisError::NoTherapist), "{refused:?}");

    profiles.put_therapist(&TherapistChange::by(&kyle, petr(), at(60))).unwrap();
    assert!(matches!(db.refuses(|| edit(&sarah)), CrisisError::NoTherapist));
    let put = profiles.put_therapist(&TherapistChange::by(&sarah, petr(), at(60))).unwrap();
    assert_eq!((put.name.as_str(), put.email.as_str(), put.owner), ("Пётр", "petr@example.com", sarah.id()));
    assert!(read(&profiles, &sarah).has_therapist_contact);
    assert_eq!(edit(&sarah).unwrap().name, "Анна");
    let refused = db.refuses(|| profiles.change(&point_at(&sarah, kyle.id())));
    assert!(matches!(refused, CrisisError::TherapistUnknown), "{refused:?}");
    let none = own(&sarah, ProfileEdit { therapist_contact: Patch::Set(None), ..<_>::default() });
    assert!(!profiles.change(&none).unwrap().has_therapist_contact);
    assert!(profiles.change(&point_at(&sarah, sarah.id())).unwrap().has_therapist_contact);
    let again = profiles.put_therapist(&TherapistChange::by(&sarah, petr(), at(62))).unwrap();
    assert_eq!(again.name, "Пётр");
});

on_both!(a_profile_change_that_cannot_be_audited_is_not_made, |db: &TestStore| {
    let (profiles, sarah) = (profiles(db), db.patient("sarah"));
    profiles.put_therapist(&TherapistChange::by(&sarah, petr(), at(60))).unwrap();
    db.database.sql().refuse_inserts("audit_entries", "1 = 1");
    let edit = ProfileEdit { military_status: Patch::Set(true), ..<_>::default() };
    db.refuses(|| profiles.change(&own(&sarah, edit)));
    let music = MusicChoice::by(ProfileAccess::own(&sarah), TrackId::new(2), at(41));
    db.refuses(|| profiles.choose_music(&music));
    db.refuses(|| profiles.put_therapist(&TherapistChange::by(&sarah, petr(), at(61))));
    db.refuses(|| profiles.edit_therapist(&TherapistChange::by(&sarah, TherapistEdit::default(), at(61))));
});

on_both!(reference_data_is_added_where_it_is_missing_and_an_operators_change_stays, |db: &TestStore| {
    let names = |setup: domain::crisis::CrisisSetup| -> Vec<String> {
        setup.scenarios.into_iter().map(|scenario| scenario.name).collect()
    };
    let first = load_setup(&db.store).unwrap();
    assert_eq!(first.tracks.len(), 2);
    assert_eq!(names(first), ["Off", "Pattern 1", "Pattern 2", "Pattern 3"]);
    db.database.sql().batch("update alarm_scenarios set name = 'Quiet' where id = 1");
    db.database.sql().batch("delete from alarm_scenarios where id = 4");
    assert_eq!(names(load_setup(&db.store).unwrap()), ["Quiet", "Pattern 1", "Pattern 2", "Pattern 3"]);
});
