//! Links that give an account another password: who is sent one, and what it changes, once.
use crate::support::{Node, TestStore, at, at_once, both_at_once, email, session_account, username};
use chrono::TimeDelta;
use domain::{
    audit::AuditAction,
    identity::{
        AccountFlag, AccountPolicy, Caller, Email, IdentityService, Nonce, PasswordHash, ProfileEdit,
        ProfilePatch, SetFlag, SetPassword, SignIn, TokenHash, ports::MockPasswordHasher,
    },
    outbox::{LinkPage, Links, Origin, ports::DeliveryQueue},
    password_reset::{
        LETTERS_MAX, LETTERS_WITHIN, LIFE, PasswordResetService, ResetSheet, ports::PasswordResetRepository,
    },
    shared::{Clock, Fixed, Language, Page, Patch, StoreError, Timestamp},
};
use infra::{
    identity::ZxcvbnEstimator,
    outbox::DieselLetterQueue,
    password_reset::{DieselPasswordResetRepository, PasswordResetLetters},
};
use std::sync::Arc;

fn resets(node: &Node) -> DieselPasswordResetRepository {
    let (store, data_keys) = (node.store.clone(), node.data_keys.clone());
    DieselPasswordResetRepository { store, data_keys, mail_host: "example.com".into() }
}

/// As the application has it, with a hasher that takes no time and a clock that stands still.
fn service(node: &Node, now: Timestamp) -> PasswordResetService {
    let clock: Arc<dyn Clock> = Arc::new(Fixed(now));
    let mut hasher = MockPasswordHasher::new();
    hasher.expect_hash().returning(|password| Ok(PasswordHash::new(format!("$fake${}", password.expose()))));
    PasswordResetService {
        resets: Arc::new(resets(node)),
        letters: Arc::new(PasswordResetLetters { language: Language::English }),
        links: links(node),
        identity: Arc::new(IdentityService {
            accounts: node.accounts.clone(),
            socket_sessions: node.socket_sessions.clone(),
            hasher: Arc::new(hasher),
            strength: Arc::new(ZxcvbnEstimator),
            policy: AccountPolicy::DEFAULT,
            token_issuer: node.token_issuer.clone(),
            clock: clock.clone(),
        }),
        clock,
    }
}

fn links(node: &Node) -> Links {
    Links { tokens: node.token_issuer.clone(), public_url: None }
}

fn ask(node: &Node, address: &str, now: Timestamp) {
    service(node, now).request(email(address), Origin::new("https://care.example.com")).unwrap();
}

/// The letters that wait, oldest first: to whom, and what they say.
fn letters(node: &Node, now: Timestamp) -> Vec<(String, String)> {
    let queue = DieselLetterQueue { store: node.store.clone(), data_keys: node.data_keys.clone() };
    let taken = std::iter::from_fn(|| queue.take(now).unwrap());
    let letter = |delivery: domain::outbox::Delivery| {
        let letter = delivery.message.unwrap().letter().unwrap().clone();
        (letter.to.as_str().to_owned(), letter.text)
    };
    taken.map(letter).collect()
}

fn token_in(letter: &str) -> String {
    letter.split("/reset/").nth(1).unwrap().split('\n').next().unwrap().to_owned()
}

/// Somebody with a link in hand.
fn with_link(db: &TestStore, name: &str, now: Timestamp) -> (Caller, String) {
    let caller = db.patient(name);
    ask(db, &caller.person.email, now);
    assert_eq!(service(db, now).answer_waiting().unwrap(), 1);
    let token = token_in(&letters(db, now).pop().unwrap().1);
    (caller, token)
}

fn change(node: &Node, token: &str, password: &str, now: Timestamp) -> bool {
    let service = service(node, now);
    let password = service.identity.new_password(password).unwrap();
    service.change(token, &password).unwrap()
}

fn is_good(node: &Node, token: &str, now: Timestamp) -> bool {
    service(node, now).link_holder(token).unwrap().is_some()
}

fn set_active(db: &TestStore, name: &str, active: bool) {
    let flag = AccountFlag::Active(active);
    db.accounts.grant(&SetFlag { username: username(name), flag, at: at(30) }).unwrap();
}

on_both!(a_request_is_one_row_whoever_has_the_address, |db: &TestStore| {
    db.patient("sarah");
    db.patient("gone");
    set_active(db, "gone", false);
    for (n, address) in
        ["SARAH@example.com", "nobody@example.com", "gone@example.com"].into_iter().enumerate()
    {
        let before = db.database.sql().everything();
        ask(db, address, at(40));
        let after = db.database.sql().everything();
        let new: Vec<_> = after.iter().filter(|line| !before.contains(line)).collect();
        assert_eq!(after.len(), before.len() + 1, "{address}: {new:?}");
        assert_eq!(db.database.sql().count("password_reset_requests"), i64::try_from(n).unwrap() + 1);
    }
});

on_both!(a_letter_goes_to_the_accounts_address_and_nobody_else_gets_one, |db: &TestStore| {
    let sarah = db.patient("sarah");
    db.patient("gone");
    set_active(db, "gone", false);
    for address in ["SARAH@example.com", "nobody@example.com", "gone@example.com"] {
        ask(db, address, at(40));
    }
    assert_eq!(service(db, at(41)).answer_waiting().unwrap(), 1);
    let mut sql = db.database.sql();
    assert_eq!((sql.count("password_reset_requests"), sql.count("password_resets")), (0, 1));
    let sent = letters(db, at(42));
    let [(to, text)] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(to, "sarah@example.com");
    let token = token_in(text);
    let holder = service(db, at(43)).link_holder(&token).unwrap().unwrap();
    assert_eq!((holder.account, holder.username.as_str()), (sarah.id(), "sarah"));
    let everything = sql.everything().join("\n");
    assert!(!everything.contains(&token), "a plain token is in the database");
    let line = &db.audit_log.of(sarah.id(), Page::first()).unwrap()[0];
    assert_eq!((line.entry.act, line.entry.actor), (AuditAction::PasswordResetSent, None));
});

on_both!(an_answer_that_cannot_be_stored_whole_is_not_stored_and_the_request_waits_on, |db: &TestStore| {
    db.patient("sarah");
    ask(db, "sarah@example.com", at(40));
    db.database.sql().refuse_inserts("outbox", "1 = 1");
    db.refuses(|| service(db, at(41)).answer_waiting());
    assert_eq!(db.database.sql().count("password_reset_requests"), 1);
});

on_both!(a_request_is_answered_once_by_however_many_nodes, |db: &TestStore| {
    db.patient("sarah");
    ask(db, "sarah@example.com", at(40));
    let nodes: Vec<_> = (0..4).map(|_| Node::open(&db.database)).collect();
    let letters = at_once(4, |i| service(&nodes[i], at(41)).answer_waiting().unwrap());
    assert_eq!(letters.iter().sum::<usize>(), 1, "{letters:?}");
    assert_eq!(db.database.sql().count("outbox"), 1);
});

on_both!(an_account_is_sent_no_more_letters_than_may_be_however_many_ask_at_once, |db: &TestStore| {
    db.patient("sarah");
    for _ in 0..8 {
        ask(db, "sarah@example.com", at(40));
    }
    let nodes: Vec<_> = (0..4).map(|_| Node::open(&db.database)).collect();
    for _ in 0..8 {
        at_once(4, |i| service(&nodes[i], at(41)).answer_waiting().unwrap());
    }
    let most = i64::try_from(LETTERS_MAX).unwrap();
    let mut sql = db.database.sql();
    assert_eq!((sql.count("outbox"), sql.count("password_reset_requests")), (most, 0));
    // An hour later there is another one.
    let later = at(42) + LETTERS_WITHIN;
    ask(db, "sarah@example.com", later);
    assert_eq!(service(db, later).answer_waiting().unwrap(), 1);
});

on_both!(an_answer_that_was_judged_before_something_changed_writes_nothing, |db: &TestStore| {
    db.patient("sarah");
    let resets = resets(db);
    ask(db, "sarah@example.com", at(40));
    let writer = PasswordResetLetters { language: Language::English };
    let sheet = || -> ResetSheet { resets.next(None, at(0)).unwrap().unwrap() };
    let answer = sheet().answer(&links(db), &writer, at(41));
    set_active(db, "sarah", false);
    let before = db.database.sql().everything();
    assert!(!resets.answer(&answer).unwrap());
    assert_eq!(db.database.sql().everything(), before);
    // Judged again it gets no letter, and is done.
    let none = sheet().answer(&links(db), &writer, at(41));
    assert!(none.reset().is_none() && resets.answer(&none).unwrap() && !resets.answer(&none).unwrap());
});

on_both!(a_link_sets_the_password_ends_the_session_and_tells_the_holder, |db: &TestStore| {
    let (sarah, token) = with_link(db, "sarah", at(40));
    let known = || db.accounts.credentials(&username("sarah")).unwrap().unwrap();
    let session = known().session.unwrap();
    let epoch = db.socket_sessions.access_epoch().unwrap();
    assert!(change(db, &token, "cyberdyne-1984", at(50)));
    assert_eq!((known().password.as_str(), known().session), ("$fake$cyberdyne-1984", None));
    assert!(session_account(&*db.accounts, &session.hash).is_none());
    assert_ne!(db.socket_sessions.access_epoch().unwrap(), epoch, "open sockets hear of it");
    assert_eq!(db.acts(&sarah).last(), Some(&AuditAction::PasswordReset));
    let sent = letters(db, at(51));
    let [(to, text)] = sent.as_slice() else { panic!("{sent:?}") };
    assert!(to == "sarah@example.com" && text.contains("was changed") && !text.contains("/reset/"), "{text}");
    db.refuses(|| if change(db, &token, "another-1984", at(52)) { Ok(()) } else { Err(()) });
});

on_both!(a_change_that_cannot_be_stored_whole_changes_nothing, |db: &TestStore| {
    let (_, token) = with_link(db, "sarah", at(40));
    let service = service(db, at(50));
    let password = service.identity.new_password("cyberdyne-1984").unwrap();
    db.database.sql().refuse_inserts("audit_entries", "new.act = 'account.reset-password'");
    db.refuses(|| service.change(&token, &password));
    assert!(is_good(db, &token, at(51)));
});

on_both!(of_several_who_use_a_link_at_once_one_sets_the_password, |db: &TestStore| {
    for round in 0..8 {
        let (_, token) = with_link(db, &format!("sarah-{round}"), at(40));
        let done = at_once(4, |i| change(db, &token, &format!("password-{i}"), at(50)));
        assert_eq!(done.iter().filter(|done| **done).count(), 1, "{done:?}");
        let set = db.accounts.credentials(&username(&format!("sarah-{round}"))).unwrap().unwrap().password;
        let winner = done.iter().position(|done| *done).unwrap();
        assert_eq!(set.as_str(), format!("$fake$password-{winner}"));
    }
});

on_both!(of_two_links_of_one_account_that_are_used_at_once_one_is_good, |db: &TestStore| {
    for round in 0..8 {
        let (sarah, first) = with_link(db, &format!("sarah-{round}"), at(40));
        ask(db, &sarah.person.email, at(41));
        service(db, at(41)).answer_waiting().unwrap();
        let second = token_in(&letters(db, at(41)).pop().unwrap().1);
        assert_ne!(first, second);
        let (one, other) = both_at_once(
            || change(db, &first, "the-first-1", at(50)),
            || change(db, &second, "the-second-2", at(50)),
        );
        assert!(one != other, "{one} {other}");
        assert!(!is_good(db, &first, at(51)) && !is_good(db, &second, at(51)));
    }
});

on_both!(a_link_that_is_late_or_altered_or_another_pages_is_none, |db: &TestStore| {
    let (_, token) = with_link(db, "sarah", at(40));
    let last = at(40) + LIFE - TimeDelta::microseconds(1);
    assert!(is_good(db, &token, last) && !is_good(db, &token, at(40) + LIFE));
    let other = links(db).new_link(LinkPage::Unsubscribe).token;
    let altered = format!("{}{}", &token[..39], if token.ends_with('0') { '1' } else { '0' });
    let hash = links(db).hash(&token).0;
    for bad in ["", "x", altered.as_str(), &token[..39], &token.to_uppercase(), other.expose(), &hash] {
        // Only digits may be the same in upper case.
        assert!(!is_good(db, bad, at(41)) || bad == token, "{bad:?}");
        db.refuses(
            || if change(db, bad, "cyberdyne-1984", at(41)) && bad != token { Ok(()) } else { Err(()) },
        );
    }
    db.refuses(|| if change(db, &token, "cyberdyne-1984", at(40) + LIFE) { Ok(()) } else { Err(()) });
});

on_both!(a_link_ends_with_whatever_it_was_sent_for, |db: &TestStore| {
    type Ends = fn(&TestStore, &Caller);
    let ways: [(&str, Ends); 4] = [
        ("deactivated", |db, caller| set_active(db, &caller.person.username, false)),
        ("by-operator", |db, caller| {
            let (username, password) =
                (username(&caller.person.username), PasswordHash::new("$fake$x".into()));
            db.accounts.set_password(&SetPassword { username, password, at: at(45) }).unwrap();
        }),
        ("by-holder", |db, caller| edit(db, caller, ProfilePatch::default(), Some("$fake$y"))),
        ("new-address", |db, caller| {
            let patch = ProfilePatch { email: Patch::Set(email("new@example.com")), ..<_>::default() };
            edit(db, caller, patch, None);
        }),
    ];
    for (name, end) in ways {
        let (caller, token) = with_link(db, name, at(40));
        assert!(is_good(db, &token, at(44)), "{name}");
        end(db, &caller);
        assert!(!is_good(db, &token, at(46)), "{name}");
        assert!(!change(db, &token, "cyberdyne-1984", at(46)), "{name}");
    }
});

on_both!(another_edit_of_a_profile_leaves_a_link_good, |db: &TestStore| {
    let (sarah, token) = with_link(db, "sarah", at(40));
    edit(db, &sarah, ProfilePatch::default(), None);
    assert!(is_good(db, &token, at(46)));
});

fn edit(db: &TestStore, caller: &Caller, patch: ProfilePatch, password: Option<&str>) {
    let session = db.accounts.credentials(&username(&caller.person.username)).unwrap().unwrap().session;
    let audit = domain::audit::AuditEntry::own(caller.id(), AuditAction::ProfileChanged, at(45));
    let password = password.map(|phc| PasswordHash::new(phc.into()));
    let session = session.unwrap().hash;
    db.accounts.edit(&ProfileEdit { account: caller.id(), patch, password, session, audit }).unwrap();
}

on_both!(no_session_of_the_old_password_outlives_a_reset, |db: &TestStore| {
    for round in 0..20 {
        let (sarah, token) = with_link(db, &format!("sarah-{round}"), at(40));
        let sign_in = SignIn {
            account: sarah.id(),
            fresh: Nonce(format!("fresh {round}")),
            verified: PasswordHash::new(format!("$fake$sarah-{round}")),
            rehash: None,
            at: at(50),
        };
        let (signed_in, changed) =
            both_at_once(|| db.accounts.sign_in(&sign_in), || change(db, &token, "cyberdyne-1984", at(50)));
        signed_in.unwrap();
        assert!(changed);
        let known = db.accounts.credentials(&username(&sarah.person.username)).unwrap().unwrap();
        assert_eq!(known.session, None, "round {round}");
    }
});

on_both!(links_are_forgotten_and_more_requests_than_may_wait_are_refused, |db: &TestStore| {
    let (_, token) = with_link(db, "sarah", at(40));
    assert_eq!(service(db, at(41)).forget_old().unwrap(), 0);
    assert_eq!(service(db, at(41) + LETTERS_WITHIN).forget_old().unwrap(), 1);
    assert!(!is_good(db, &token, at(41)));
    let full = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000)
        insert into password_reset_requests (email_key, origin, requested_at)
        select 'x@example.com', 'https://x', '2025-01-01 00:00:00' from n";
    let full = match db.backend() {
        testing::Backend::Sqlite => full.to_owned(),
        testing::Backend::Postgres => {
            full.replace("'2025-01-01 00:00:00'", "timestamp '2025-01-01 00:00:00'")
        }
    };
    db.database.sql().run(&full).unwrap();
    let new = domain::password_reset::NewResetRequest {
        email: Email::parse("sarah@example.com").unwrap(),
        origin: Origin::new("https://care.example.com"),
        at: at(60),
    };
    let refused = resets(db).request(&new).unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
    assert_eq!(resets(db).link_holder(&TokenHash("x".into()), at(60)).unwrap(), None);
});
