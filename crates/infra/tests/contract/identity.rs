//! Accounts are made once, names are held once, and operators say what an account may do.
use crate::support::{TestStore, at, at_once, email, new_account, session_account, username};
use domain::{
    audit::AuditAction,
    identity::{
        AccountFlag, AccountId, IdentityError, NewAccount, Role, Roles, SetFlag, Username,
        ports::NameConflict,
    },
    shared::{FieldError, FieldErrors, Page},
};
use std::fmt::Debug;

/// The field that was refused as taken.
pub(crate) fn taken_field<T: Debug>(refused: Result<T, IdentityError>) -> &'static str {
    match refused {
        Err(IdentityError::Fields(FieldErrors(fields))) => match fields.as_slice() {
            [(field, FieldError::Taken)] => field,
            other => panic!("refused otherwise: {other:?}"),
        },
        other => panic!("not refused as taken: {other:?}"),
    }
}

fn grant(name: &str, flag: AccountFlag) -> SetFlag {
    SetFlag { username: Username::known_as(name).unwrap(), flag, at: at(30) }
}

on_both!(a_taken_name_or_address_is_refused_by_its_field, |db: &TestStore| {
    db.patient("sarah");
    for (name, address, field) in [
        ("sarah", "other@example.com", "username"),
        ("other", "sarah@example.com", "email"),
        ("other", "SARAH@Example.COM", "email"),
    ] {
        let second = NewAccount { email: email(address), ..new_account(name) };
        let refused = db.refuses(|| db.accounts.register(&second));
        assert_eq!(taken_field::<()>(Err(refused)), field, "{name} {address}");
    }
    // Names are compared with case.
    let other = NewAccount { email: email("other@example.com"), ..new_account("Sarah") };
    db.accounts.register(&other).unwrap();
});

on_both!(of_eight_who_register_one_name_at_once_exactly_one_wins, |db: &TestStore| {
    let tries = at_once(8, |i| {
        let address = email(&format!("sarah{i}@example.com"));
        db.accounts.register(&NewAccount { email: address, ..new_account("sarah") })
    });
    only_one_was_written(db, tries, "username");
});

on_both!(of_eight_who_register_one_address_at_once_exactly_one_wins, |db: &TestStore| {
    let tries = at_once(8, |i| {
        let address = if i % 2 == 0 { "sarah@example.com" } else { "Sarah@EXAMPLE.com" };
        db.accounts.register(&NewAccount { email: email(address), ..new_account(&format!("sarah{i}")) })
    });
    only_one_was_written(db, tries, "email");
});

fn only_one_was_written<T: Debug>(db: &TestStore, tries: Vec<Result<T, IdentityError>>, field: &str) {
    let (won, lost): (Vec<_>, Vec<_>) = tries.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for refused in lost {
        assert_eq!(taken_field(refused), field);
    }
    let mut sql = db.database.sql();
    let written = ["accounts", "sessions", "audit_entries"].map(|table| sql.count(table));
    assert_eq!(written, [1, 1, 1], "accounts, sessions, audit entries");
}

on_both!(registering_opens_a_session_of_which_only_the_hash_is_kept, |db: &TestStore| {
    let new_account = NewAccount { nonce: db.token_issuer.nonce(), ..new_account("sarah") };
    let sarah = db.accounts.register(&new_account).unwrap();

    let token = db.token_issuer.derive(sarah.id, &new_account.nonce);
    let hash = db.token_issuer.hash(token.expose());
    let known = session_account(&*db.accounts, &hash).unwrap();
    assert_eq!((known.caller.person, known.active), (sarah.clone(), true));

    let everything = db.database.sql().everything().join("\n");
    assert!(everything.contains(&hash.0), "the search does not see the sessions");
    assert!(!everything.contains(token.expose()), "the plain token is in the database:\n{everything}");

    let lines = db.audit_log.of(sarah.id, Page::first()).unwrap();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(
        (line.entry.act, line.entry.actor, line.entry.at),
        (AuditAction::AccountRegistered, Some(sarah.id), at(0))
    );
});

on_both!(what_was_registered_is_read_back_as_it_was, |db: &TestStore| {
    let sarah = new_account("Сара");
    let sarah = NewAccount {
        email: email("Sarah.Connor@Example.com"),
        roles: Roles::PATIENT.with(Role::Staff),
        ..sarah
    };
    let person = db.accounts.register(&sarah).unwrap();
    assert_eq!((person.username.as_str(), person.email.as_str()), ("Сара", "Sarah.Connor@example.com"));
    assert_eq!(
        (person.sex, person.date_of_birth, person.roles),
        (None, None, Roles::PATIENT.with(Role::Staff))
    );

    let known = db.accounts.credentials(&sarah.username).unwrap().unwrap();
    assert_eq!((known.caller.person, known.active), (person.clone(), true));
    assert_eq!(known.password, sarah.password);
    assert_eq!(known.session.unwrap().nonce, sarah.nonce);
    assert_eq!(db.people.named(&sarah.username).unwrap(), Some(person));
    assert!(db.accounts.credentials(&username("nobody")).unwrap().is_none());
    assert!(db.people.named(&username("nobody")).unwrap().is_none());
});

on_both!(taken_tells_of_each_name_and_leaves_out_the_one_who_asks, |db: &TestStore| {
    let sarah = db.patient("sarah").id();
    let someone_else = AccountId::new(sarah.get() + 1_000);
    for (name, address, except, expected) in [
        (None, None, None, (false, false)),
        (Some("sarah"), None, None, (true, false)),
        (Some("Sarah"), None, None, (false, false)),
        (None, Some("SARAH@example.com"), None, (false, true)),
        (Some("sarah"), Some("sarah@example.com"), None, (true, true)),
        (Some("sarah"), Some("sarah@example.com"), Some(sarah), (false, false)),
        (Some("sarah"), Some("other@example.com"), Some(someone_else), (true, false)),
        (Some("other"), Some("sarah@example.com"), Some(someone_else), (false, true)),
    ] {
        let (username, address) = (name.map(username), address.map(email));
        let taken = db.accounts.taken(username.as_ref(), address.as_ref(), except).unwrap();
        let expected = NameConflict { username: expected.0, email: expected.1 };
        assert_eq!(taken, expected, "{username:?} {address:?} {except:?}");
    }
});

on_both!(nobody_grants_anything_to_an_unknown_name, |db: &TestStore| {
    db.patient("sarah");
    for flag in [AccountFlag::Doctor(true), AccountFlag::Staff(true), AccountFlag::Active(false)] {
        let refused = db.refuses(|| db.accounts.grant(&grant("Sarah", flag)));
        assert!(matches!(refused, IdentityError::AccountUnknown), "{refused:?}");
    }
});

on_both!(an_operator_makes_doctors_and_staff, |db: &TestStore| {
    let (sarah, bystander) = (db.patient("sarah"), db.patient("kyle"));
    let person = db.accounts.grant(&grant("sarah", AccountFlag::Doctor(true))).unwrap();
    assert_eq!(person.roles, Roles::PATIENT.with(Role::Doctor));
    db.accounts.grant(&grant("sarah", AccountFlag::Staff(true))).unwrap();

    let known = db.accounts.credentials(&username("sarah")).unwrap().unwrap();
    assert!(known.caller.is_staff() && known.active && known.session.is_some());
    let other = db.accounts.credentials(&username("kyle")).unwrap().unwrap();
    assert_eq!((other.caller, other.active), (bystander, true));
    // An operator has no account: the server itself did it.
    let line = &db.audit_log.of(sarah.id(), Page::first()).unwrap()[0];
    assert_eq!((line.entry.act, line.entry.actor), (AuditAction::AccountMadeStaff, None));
});

on_both!(a_deactivated_account_is_found_by_its_token_only_and_is_told_so, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let session = |name| db.accounts.credentials(&username(name)).unwrap().unwrap().session.unwrap();
    let (of_sarah, of_kyle) = (session("sarah"), session("kyle"));
    let active = |token| session_account(&*db.accounts, token).map(|session_account| session_account.active);
    for now in [false, true] {
        db.accounts.grant(&grant("sarah", AccountFlag::Active(now))).unwrap();
        let known = db.accounts.credentials(&username("sarah")).unwrap().unwrap();
        assert_eq!((known.active, known.session.as_ref()), (now, Some(&of_sarah)));
        assert_eq!([active(&of_sarah.hash), active(&of_kyle.hash)], [Some(now), Some(true)]);
        let named = db.people.named(&username("sarah")).unwrap();
        assert_eq!(named, now.then(|| sarah.person.clone()));
    }
    assert_eq!(db.people.named(&username("kyle")).unwrap(), Some(kyle.person));
});
