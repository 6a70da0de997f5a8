use super::*;
use crate::{
    crisis::{
        Location, ScenarioId,
        letter_writer::MockLetterWriter,
        ports::{MockConsentRepository, MockProfileRepository},
    },
    identity::{
        AccountId,
        ports::MockTokenIssuer,
        testing::{of_staff, patient},
    },
    outbox::Links,
    owned::ports::MockOwnedRepository,
    shared::{Fixed, Timestamp},
};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn caller(id: i64) -> Caller {
    patient(AccountId::new(id))
}

#[test]
fn a_profile_is_its_owners_and_the_staffs_and_nobody_elses() {
    let owner = AccountId::new(7);
    assert!(ProfileAccess::of(&caller(7), owner).is_some());
    assert!(ProfileAccess::of(&of_staff(caller(1)), owner).is_some());
    assert_eq!(ProfileAccess::of(&caller(8), owner), None);
}

#[test]
fn what_is_not_in_the_reference_data_cannot_be_chosen() {
    let service = CrisisService {
        profiles: Arc::new(MockProfileRepository::new()),
        contacts: OwnedService {
            repository: Arc::new(MockOwnedRepository::new()),
            clock: Arc::new(Fixed(NOW)),
        },
        consents: Arc::new(ConsentService {
            consents: Arc::new(MockConsentRepository::new()),
            letters: Arc::new(MockLetterWriter::new()),
            links: Links { tokens: Arc::new(MockTokenIssuer::new()), public_url: None },
            has_mail: true,
            clock: Arc::new(Fixed(NOW)),
        }),
        setup: Arc::default(),
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
