//! Socket sessions: a ticket opens one socket once, and a socket whose session has ended is found.
use crate::support::{
    Node, TestStore, at, at_once, both_at_once, email, new_account, token_issuer, username,
};
use domain::{
    audit::{AuditAction, AuditEntry},
    identity::{
        AccountFlag, Caller, IdentityError, NewAccount, NewSocketTicket, Nonce, PasswordHash, ProfileEdit,
        ProfilePatch, Rights, Role, Roles, SetFlag, SignIn, TokenHash, ports::AccountRepository,
    },
    shared::{Page, Patch, Timestamp},
};
use infra::identity::DieselAccountRepository;

pub(crate) fn session(node: &Node, name: &str) -> TokenHash {
    node.accounts.credentials(&username(name)).unwrap().unwrap().session.unwrap().hash
}

pub(crate) fn signing_in(account: &Caller, fresh: &str) -> SignIn {
    let verified = PasswordHash::new(format!("$fake${}", account.person.username));
    SignIn { account: account.id(), fresh: Nonce(fresh.into()), verified, rehash: None, at: at(40) }
}

fn ticket(name: &str) -> TokenHash {
    TokenHash(format!("the hash of ticket {name}"))
}

/// A ticket that ends at second 130.
fn given(node: &Node, name: &str, session: &TokenHash) -> TokenHash {
    let ticketing = NewSocketTicket { ticket: ticket(name), session: session.clone(), until: at(130) };
    node.socket_sessions.give(&ticketing).unwrap();
    ticketing.ticket
}

fn grant(db: &TestStore, name: &str, flag: AccountFlag) {
    db.accounts.grant(&SetFlag { username: username(name), flag, at: at(40) }).unwrap();
}

/// Who is let in, and whether their account is active.
fn redeemed(node: &Node, ticket: &TokenHash, now: Timestamp) -> Option<(Caller, bool, TokenHash)> {
    let redeemed = node.socket_sessions.redeem(ticket, now).unwrap();
    redeemed.map(|(session_account, session)| (session_account.caller, session_account.active, session))
}

on_both!(a_ticket_lets_its_holder_in_once_on_whatever_node, |db: &TestStore| {
    let (sarah, _) = (db.patient("sarah"), db.patient("kyle"));
    let (session, other) = (session(db, "sarah"), db.second_node());
    let tickets = ["a", "b"].map(|name| given(db, name, &session));
    for (ticket, node) in tickets.iter().zip([&other, db]) {
        assert_eq!(redeemed(node, ticket, at(100)), Some((sarah.clone(), true, session.clone())));
        for node in [&**db, &other] {
            assert_eq!(redeemed(node, ticket, at(100)), None, "twice");
        }
    }
    assert_eq!(db.database.sql().count("socket_tickets"), 0);
});

on_both!(a_ticket_that_was_never_given_lets_nobody_in, |db: &TestStore| {
    db.patient("sarah");
    let session = session(db, "sarah");
    let given = given(db, "a", &session);
    for guess in ["", "x", "%", &given.0.to_uppercase(), &session.0] {
        assert_eq!(redeemed(db, &TokenHash(guess.into()), at(100)), None, "{guess:?}");
    }
    assert!(redeemed(db, &given, at(100)).is_some());
});

on_both!(a_ticket_lets_in_until_its_end_and_at_its_end_no_more, |db: &TestStore| {
    db.patient("sarah");
    let session = session(db, "sarah");
    let [early, late, later] = ["early", "late", "later"].map(|name| given(db, name, &session));
    let micro = domain::shared::Timestamp::from_timestamp_micros(at(130).timestamp_micros() - 1).unwrap();
    assert!(redeemed(db, &early, micro).is_some(), "a moment before");
    assert_eq!(redeemed(db, &late, at(130)), None, "at the end");
    assert_eq!(redeemed(db, &later, at(1_000)), None, "after it");
});

on_both!(of_sixteen_who_use_a_ticket_at_once_on_two_nodes_one_is_let_in, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let (session, nodes) = (session(db, "sarah"), [&**db, &db.second_node()]);
    for round in 0..20 {
        let ticket = given(db, &round.to_string(), &session);
        let let_in = at_once(16, |i| redeemed(nodes[i % 2], &ticket, at(100)));
        let let_in: Vec<_> = let_in.into_iter().flatten().collect();
        assert_eq!(let_in, [(sarah.clone(), true, session.clone())], "round {round}");
    }
});

on_both!(a_ticket_ends_with_the_session_that_asked_for_it, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let [of_sarah, again, of_kyle] = [("a", "sarah"), ("b", "sarah"), ("c", "kyle")]
        .map(|(name, whose)| given(db, name, &session(db, whose)));
    db.accounts.sign_out(sarah.id()).unwrap();
    assert_eq!(redeemed(db, &of_sarah, at(100)), None);
    db.accounts.sign_in(&signing_in(&sarah, "fresh")).unwrap();
    assert_eq!(redeemed(db, &again, at(100)), None, "another session is not the one that asked");
    assert_eq!(redeemed(db, &of_kyle, at(100)).unwrap().0, kyle);
});

on_both!(a_ticket_outlives_a_second_sign_in_which_keeps_the_session, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let ticket = given(db, "a", &session(db, "sarah"));
    db.accounts.sign_in(&signing_in(&sarah, "fresh")).unwrap();
    assert!(redeemed(db, &ticket, at(100)).is_some());
});

on_both!(a_ticket_of_a_deactivated_account_tells_that_it_is, |db: &TestStore| {
    let sarah = db.patient("sarah");
    let session = session(db, "sarah");
    let ticket = given(db, "a", &session);
    grant(db, "sarah", AccountFlag::Active(false));
    assert_eq!(redeemed(db, &ticket, at(100)), Some((sarah, false, session)));
});

on_both!(a_ticket_tells_what_its_holder_may_do_now, |db: &TestStore| {
    db.patient("sarah");
    let ticket = given(db, "a", &session(db, "sarah"));
    grant(db, "sarah", AccountFlag::Staff(true));
    grant(db, "sarah", AccountFlag::Doctor(true));
    let (caller, ..) = redeemed(db, &ticket, at(100)).unwrap();
    assert!(caller.is_staff() && caller.person.roles.has(Role::Doctor));
});

on_both!(a_ticket_used_while_its_holder_signs_out_is_used_up_either_way, |db: &TestStore| {
    let sarah = db.patient("sarah");
    for round in 0..20 {
        db.accounts.sign_in(&signing_in(&sarah, &format!("fresh {round}"))).unwrap();
        let (session, epoch) = (session(db, "sarah"), db.socket_sessions.access_epoch().unwrap());
        let ticket = given(db, &round.to_string(), &session);
        let (let_in, out) =
            both_at_once(|| redeemed(db, &ticket, at(100)), || db.accounts.sign_out(sarah.id()));
        out.unwrap();
        assert!(let_in.is_none_or(|(_, _, through)| through == session), "round {round}");
        // A socket that opened a moment too early is noticed: the epoch moved, and the session has no rights.
        assert_eq!(db.socket_sessions.access_epoch().unwrap(), epoch + 1);
        assert_eq!(db.socket_sessions.rights(&[session]).unwrap(), []);
        assert_eq!(redeemed(db, &ticket, at(100)), None, "round {round}");
    }
});

on_both!(forgetting_deletes_the_tickets_that_have_ended_and_no_others, |db: &TestStore| {
    db.patient("sarah");
    let session = session(db, "sarah");
    for (name, until) in [("old", 99), ("ended", 100), ("open", 101), ("new", 130)] {
        let ticketing = NewSocketTicket { ticket: ticket(name), session: session.clone(), until: at(until) };
        db.socket_sessions.give(&ticketing).unwrap();
    }
    assert_eq!(db.socket_sessions.forget_tickets(at(98)).unwrap(), 0);
    let forgotten = at_once(2, |_| db.socket_sessions.forget_tickets(at(100)).unwrap());
    assert_eq!(forgotten.iter().sum::<usize>(), 2);
    let left = "select ticket_hash as words from socket_tickets order by 1";
    assert_eq!(db.database.sql().words(left), [ticket("new").0, ticket("open").0]);
    assert!(redeemed(db, &ticket("open"), at(100)).is_some());
});

on_both!(the_epoch_moves_when_a_session_ends_and_not_when_none_does, |db: &TestStore| {
    let (sarah, other) = (db.patient("sarah"), db.second_node());
    let epoch = || {
        let here = db.socket_sessions.access_epoch().unwrap();
        assert_eq!(other.socket_sessions.access_epoch().unwrap(), here);
        here
    };
    let first = epoch();
    db.patient("kyle");
    db.accounts.sign_in(&signing_in(&sarah, "fresh")).unwrap();
    let patch = ProfilePatch { email: Patch::Set(email("new@example.com")), ..ProfilePatch::default() };
    let audit = AuditEntry::own(sarah.id(), AuditAction::ProfileChanged, at(41));
    db.accounts
        .edit(&ProfileEdit {
            account: sarah.id(),
            patch,
            password: None,
            session: TokenHash(String::new()),
            audit,
        })
        .unwrap();
    given(db, "a", &session(db, "sarah"));
    redeemed(db, &ticket("a"), at(100));
    assert_eq!(epoch(), first, "nobody's session ended");
    db.accounts.sign_out(sarah.id()).unwrap();
    assert_eq!(epoch(), first + 1);
    db.accounts.sign_out(sarah.id()).unwrap();
    assert_eq!(epoch(), first + 1, "there was none");
    db.accounts.sign_in(&signing_in(&sarah, "fresh")).unwrap();
    assert_eq!(epoch(), first + 1, "a session began");
});

on_both!(
    the_epoch_moves_when_a_session_is_replaced_because_the_house_has_another_secret,
    |db: &TestStore| {
        let sarah = db.patient("sarah");
        let (replaced, epoch) = (session(db, "sarah"), db.socket_sessions.access_epoch().unwrap());
        let elsewhere = DieselAccountRepository::new(db.store.clone(), token_issuer("the new secret"));
        elsewhere.sign_in(&signing_in(&sarah, "fresh")).unwrap();
        assert_eq!(db.socket_sessions.rights(&[replaced]).unwrap(), [], "its session ended");
        assert!(db.socket_sessions.access_epoch().unwrap() > epoch, "and nobody is told to look");
    }
);

on_both!(
    the_epoch_moves_with_every_change_of_standing_and_not_with_a_grant_of_what_is_or_to_nobody,
    |db: &TestStore| {
        db.patient("sarah");
        grant(db, "sarah", AccountFlag::Active(false));
        let mut epoch = db.socket_sessions.access_epoch().unwrap();
        for (flag, moves) in [AccountFlag::Doctor, AccountFlag::Staff, AccountFlag::Active]
            .into_iter()
            .flat_map(|flag| [(flag(true), 1), (flag(true), 0), (flag(false), 1)])
        {
            grant(db, "sarah", flag);
            epoch += moves;
            assert_eq!(db.socket_sessions.access_epoch().unwrap(), epoch, "{flag:?}");
            let nobody = SetFlag { username: username("nobody"), flag, at: at(40) };
            let refused = db.refuses(|| db.accounts.grant(&nobody));
            assert!(matches!(refused, IdentityError::AccountUnknown));
        }
    }
);

on_both!(many_who_leave_at_once_each_move_the_epoch, |db: &TestStore| {
    let people: Vec<_> = (0..16).map(|i| db.patient(&format!("patient-{i}"))).collect();
    let (nodes, epoch) = ([&**db, &db.second_node()], db.socket_sessions.access_epoch().unwrap());
    at_once(16, |i| nodes[i % 2].accounts.sign_out(people[i].id()).unwrap());
    assert_eq!(db.socket_sessions.access_epoch().unwrap(), epoch + 16);
});

on_both!(rights_are_of_open_sessions_of_active_accounts_as_they_are_now, |db: &TestStore| {
    let people = ["a", "b", "c", "d"].map(|name| (db.patient(name), session(db, name)));
    let root = NewAccount { roles: Roles::PATIENT.with(Role::Staff), ..new_account("root") };
    db.accounts.register(&root).unwrap();
    let of_root = session(db, "root");
    let rights = |session: &TokenHash| Rights { session: session.clone(), staff: false };
    let unknown = TokenHash("nobody's".into());
    let mut asked: Vec<_> = people.iter().map(|(_, session)| session.clone()).collect();
    asked.extend([of_root.clone(), unknown, people[0].1.clone()]);
    let ask = || {
        let mut rights = db.socket_sessions.rights(&asked).unwrap();
        rights.sort_by_key(|rights| asked.iter().position(|hash| *hash == rights.session));
        rights
    };
    let staff = Rights { staff: true, ..rights(&of_root) };
    let mut expected: Vec<_> = people.iter().map(|(_, session)| rights(session)).collect();
    expected.push(staff.clone());
    assert_eq!(ask(), expected);
    db.accounts.sign_out(people[0].0.id()).unwrap();
    grant(db, "b", AccountFlag::Active(false));
    grant(db, "c", AccountFlag::Staff(true));
    assert_eq!(ask(), [Rights { staff: true, ..rights(&people[2].1) }, rights(&people[3].1), staff]);
    grant(db, "b", AccountFlag::Active(true));
    grant(db, "c", AccountFlag::Staff(false));
    grant(db, "root", AccountFlag::Staff(false));
    let of = [&people[1].1, &people[2].1, &people[3].1, &of_root];
    assert_eq!(ask(), of.map(rights), "reactivated, and no staff any more");
    assert_eq!(db.socket_sessions.rights(&[]).unwrap(), []);
});

on_both!(rights_of_as_many_sessions_as_a_big_house_holds_are_told, |db: &TestStore| {
    db.patient("sarah");
    let mut asked: Vec<_> = (0..5_000).map(|i| TokenHash(format!("unknown {i}"))).collect();
    asked.push(session(db, "sarah"));
    assert_eq!(db.socket_sessions.rights(&asked).unwrap().len(), 1);
});

on_both!(what_was_granted_is_taken_away_again_and_both_are_on_the_trail, |db: &TestStore| {
    let root = db.patient("root");
    let known = || {
        let caller = db.accounts.credentials(&username("root")).unwrap().unwrap().caller;
        (caller.person.roles.has(Role::Doctor), caller.is_staff())
    };
    for (flag, expected) in [
        (AccountFlag::Doctor(true), (true, false)),
        (AccountFlag::Staff(true), (true, true)),
        (AccountFlag::Doctor(false), (false, true)),
        (AccountFlag::Staff(false), (false, false)),
    ] {
        grant(db, "root", flag);
        assert_eq!(known(), expected, "{flag:?}");
    }
    let granted = db.acts(&root).split_off(1);
    let expected = [
        AuditAction::AccountMadeDoctor,
        AuditAction::AccountMadeStaff,
        AuditAction::AccountUnmadeDoctor,
        AuditAction::AccountUnmadeStaff,
    ];
    assert_eq!(granted, expected);
    let actors = db.audit_log.of(root.id(), Page::first()).unwrap();
    assert!(actors[..4].iter().all(|line| line.entry.actor.is_none()), "an operator at the command line");
});
