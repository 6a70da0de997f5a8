//! Editing a profile writes what it sets and nothing else.
use crate::{
    identity::taken_field,
    support::{TestStore, at, at_once, both_at_once, email, username},
};
use domain::{
    audit::{AuditAction, AuditEntry},
    identity::{
        BirthDate, Caller, FatherName, GivenName, IdentityError, PasswordHash, Person, Phone, ProfileEdit,
        ProfilePatch, Sex, TokenHash,
    },
    shared::{Patch::Set, StoreError},
};

fn edit(of: &Caller, patch: ProfilePatch) -> ProfileEdit {
    let audit = AuditEntry::own(of.id(), AuditAction::ProfileChanged, at(60));
    ProfileEdit { account: of.id(), patch, password: None, session: TokenHash(String::new()), audit }
}

fn name(raw: &str) -> ProfilePatch {
    ProfilePatch { username: Set(username(raw)), ..ProfilePatch::default() }
}

fn address(raw: &str) -> ProfilePatch {
    ProfilePatch { email: Set(email(raw)), ..ProfilePatch::default() }
}

fn as_kept(db: &TestStore, name: &str) -> Person {
    db.accounts.credentials(&username(name)).unwrap().unwrap().caller.person
}

on_both!(an_edit_to_anothers_name_or_address_is_refused_and_leaves_no_trace, |db: &TestStore| {
    let sarah = db.patient("sarah");
    db.patient("kyle");
    for (patch, field) in [
        (name("kyle"), "username"),
        (address("Kyle@Example.com"), "email"),
        (ProfilePatch { last_name: Set(GivenName::parse("Reese").unwrap()), ..name("kyle") }, "username"),
    ] {
        let refused = db.refuses(|| db.accounts.edit(&edit(&sarah, patch.clone())));
        assert_eq!(taken_field::<()>(Err(refused)), field);
    }
    assert!(!db.acts(&sarah).contains(&AuditAction::ProfileChanged));
});

on_both!(an_edit_of_nobody_is_refused, |db: &TestStore| {
    let mut nobody = db.patient("sarah");
    nobody.person.id = domain::identity::AccountId::new(nobody.id().get() + 1_000);
    for patch in [ProfilePatch::default(), name("anna")] {
        let refused = db.refuses(|| db.accounts.edit(&edit(&nobody, patch)));
        assert!(matches!(refused, IdentityError::Store(StoreError::Failed(_))), "{refused:?}");
    }
});

on_both!(of_eight_who_take_one_new_name_at_once_exactly_one_gets_it, |db: &TestStore| {
    let people: Vec<_> = (0..8).map(|i| db.patient(&format!("patient{i}"))).collect();
    let tries = at_once(8, |i| db.accounts.edit(&edit(&people[i], name("sarah"))));
    let (won, lost): (Vec<_>, Vec<_>) = tries.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for refused in lost {
        assert_eq!(taken_field(refused), "username");
    }
    let edits =
        people.iter().flat_map(|person| db.acts(person)).filter(|act| *act == AuditAction::ProfileChanged);
    assert_eq!(edits.count(), 1);
});

on_both!(an_edit_writes_each_field_that_it_sets_and_leaves_the_others, |db: &TestStore| {
    let born = BirthDate::parse("1965-05-13".parse().unwrap(), at(0).date_naive()).unwrap();
    type Change = fn(&mut Person);
    let cases: [(ProfilePatch, Change); 8] = [
        (address("S@Example.com"), |p| p.email = "S@example.com".into()),
        (ProfilePatch { first_name: Set(GivenName::parse("S").unwrap()), ..<_>::default() }, |p| {
            p.first_name = "S".into();
        }),
        (ProfilePatch { last_name: Set(GivenName::parse("C").unwrap()), ..<_>::default() }, |p| {
            p.last_name = "C".into();
        }),
        (ProfilePatch { father_name: Set(FatherName::parse("F").unwrap()), ..<_>::default() }, |p| {
            p.father_name = "F".into();
        }),
        (ProfilePatch { sex: Set(Some(Sex::Undisclosed)), ..<_>::default() }, |p| {
            p.sex = Some(Sex::Undisclosed)
        }),
        (ProfilePatch { date_of_birth: Set(Some(born)), ..<_>::default() }, |p| {
            p.date_of_birth = "1965-05-13".parse().ok();
        }),
        (ProfilePatch { phone_number: Set(Phone::parse("+1 555").unwrap()), ..<_>::default() }, |p| {
            p.phone_number = "+1 555".into();
        }),
        (ProfilePatch::default(), |_| ()),
    ];
    let sarah = db.patient("sarah");
    let bystander = db.patient("kyle");
    let mut expected = sarah.person.clone();
    for (patch, change) in cases {
        change(&mut expected);
        assert_eq!(db.accounts.edit(&edit(&sarah, patch)).unwrap(), expected);
        assert_eq!(as_kept(db, "sarah"), expected);
    }
    assert_eq!(as_kept(db, "kyle"), bystander.person);
    assert_eq!(db.acts(&sarah).iter().filter(|act| **act == AuditAction::ProfileChanged).count(), 8);
});

on_both!(what_may_be_empty_can_be_emptied_again, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let born = BirthDate::parse("1965-05-13".parse().unwrap(), at(0).date_naive()).unwrap();
    let told = ProfilePatch { sex: Set(Some(Sex::Female)), date_of_birth: Set(Some(born)), ..<_>::default() };
    let told = db.accounts.edit(&edit(&sarah, told)).unwrap();
    assert_eq!((told.sex, told.date_of_birth), (Some(Sex::Female), Some(born.get())));
    let cleared = ProfilePatch { sex: Set(None), date_of_birth: Set(None), ..<_>::default() };
    assert_eq!(db.accounts.edit(&edit(&sarah, cleared)).unwrap(), sarah.person);
});

on_both!(a_name_can_be_taken_again_by_its_owner_and_once_it_is_free, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let same = ProfilePatch { username: Set(username("sarah")), ..address("SARAH@example.com") };
    assert_eq!(db.accounts.edit(&edit(&sarah, same)).unwrap().email, "SARAH@example.com");
    let moved = ProfilePatch { username: Set(username("anna")), ..address("anna@example.com") };
    db.accounts.edit(&edit(&sarah, moved)).unwrap();
    let freed = ProfilePatch { username: Set(username("sarah")), ..address("Sarah@example.com") };
    assert_eq!(db.accounts.edit(&edit(&kyle, freed)).unwrap().username, "sarah");
});

on_both!(a_new_password_is_kept_and_signs_nobody_out, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let before = db.accounts.credentials(&username("sarah")).unwrap().unwrap();
    let new = PasswordHash::new("$fake$new".into());
    let session = before.session.clone().unwrap().hash;
    let change =
        ProfileEdit { password: Some(new.clone()), session, ..edit(&sarah, ProfilePatch::default()) };
    // By a session that an operator's change of the password has ended.
    let late = ProfileEdit { session: TokenHash("ended".into()), ..change.clone() };
    assert!(matches!(db.refuses(|| db.accounts.edit(&late)), IdentityError::TokenUnknown));
    db.accounts.edit(&change).unwrap();
    let after = db.accounts.credentials(&username("sarah")).unwrap().unwrap();
    assert_eq!((after.password, after.session), (new, before.session));
});

on_both!(two_edits_of_different_fields_at_once_both_last, |db: &TestStore| {
    let sarah = db.patient("sarah");
    for round in 0..20 {
        let (first, last) = (format!("First{round}"), format!("Last{round}"));
        let set = |raw: &str| Set(GivenName::parse(raw).unwrap());
        let one = edit(&sarah, ProfilePatch { first_name: set(&first), ..<_>::default() });
        let other = edit(&sarah, ProfilePatch { last_name: set(&last), ..<_>::default() });
        let (one, other) = both_at_once(|| db.accounts.edit(&one), || db.accounts.edit(&other));
        assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
        assert_eq!(as_kept(db, "sarah").full_name(), format!("{first} {last}"));
    }
});
