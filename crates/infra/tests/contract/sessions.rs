//! One session for each account: the same token at every sign-in, until somebody signs out.
use crate::support::{Node, TestStore, at, at_once, both_at_once, session_account, token_issuer, username};
use domain::audit::AuditAction;
use domain::identity::{
    AccountId, Credentials, IdentityError, Nonce, PasswordHash, SetPassword, SignIn, StoredSession, Token,
    TokenHash,
    ports::{AccountRepository, TokenIssuer},
};
use domain::shared::Page;
use infra::identity::DieselAccountRepository;
use std::sync::Arc;

/// With sarah's password.
fn signing_in(account: AccountId, fresh: &str) -> SignIn {
    let verified = PasswordHash::new("$fake$sarah".into());
    SignIn { account, fresh: Nonce(fresh.into()), verified, rehash: None, at: at(40) }
}

fn hash(token_issuer: &dyn TokenIssuer, account: AccountId, nonce: &Nonce) -> TokenHash {
    token_issuer.hash(token_issuer.derive(account, nonce).expose())
}

fn known(node: &Node, name: &str) -> Credentials {
    node.accounts.credentials(&username(name)).unwrap().unwrap()
}

/// The same accounts as an application with another secret sees them.
fn under_another_secret(db: &TestStore) -> DieselAccountRepository {
    DieselAccountRepository::new(db.store.clone(), token_issuer("the old secret"))
}

on_both!(a_hash_that_nobody_holds_finds_nobody, |db: &TestStore| {
    db.patient("sarah");
    let session = known(db, "sarah").session.unwrap();
    for guess in ["", "x", &session.nonce.0, &session.hash.0.to_uppercase(), &session.hash.0[1..]] {
        assert!(session_account(&*db.accounts, &TokenHash(guess.into())).is_none(), "{guess:?}");
    }
});

on_both!(a_holder_is_found_until_the_account_signs_out, |db: &TestStore| {
    let (sarah, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let session = |name| known(db, name).session.unwrap().hash;
    let (of_sarah, of_kyle) = (session("sarah"), session("kyle"));
    assert_eq!(session_account(&*db.accounts, &of_sarah).unwrap().caller, sarah);
    // The second time there is none, and that is no failure.
    for _ in 0..2 {
        db.accounts.sign_out(sarah.id()).unwrap();
        assert!(session_account(&*db.accounts, &of_sarah).is_none());
    }
    assert_eq!(session_account(&*db.accounts, &of_kyle).unwrap().caller, kyle);
});

on_both!(another_password_ends_the_session_and_nobody_elses, |db: &TestStore| {
    let (_, kyle) = (db.patient("sarah"), db.patient("kyle"));
    let session = |name| known(db, name).session.unwrap().hash;
    let (of_sarah, of_kyle) = (session("sarah"), session("kyle"));
    let change = |name| SetPassword {
        username: username(name),
        password: PasswordHash::new("another".into()),
        at: at(50),
    };
    let unknown = db.refuses(|| db.accounts.set_password(&change("nobody")));
    assert!(matches!(unknown, IdentityError::AccountUnknown));
    db.accounts.set_password(&change("sarah")).unwrap();
    assert!(session_account(&*db.accounts, &of_sarah).is_none());
    assert_eq!(session_account(&*db.accounts, &of_kyle).unwrap().caller, kyle);
    let sarah = known(db, "sarah");
    assert_eq!((sarah.password.as_str(), sarah.session), ("another", None));
    assert_ne!(known(db, "kyle").password.as_str(), "another");
    let set = db.audit_log.of(sarah.caller.id(), Page::first()).unwrap().remove(0).entry;
    assert_eq!((set.act, set.actor, set.at), (AuditAction::PasswordSet, None, at(50)));
});

on_both!(signing_in_twice_gives_the_same_nonce_and_after_signing_out_another, |db: &TestStore| {
    let sarah = db.patient("sarah").id();
    let first = known(db, "sarah").session.unwrap();
    for fresh in ["one", "two"] {
        assert_eq!(db.accounts.sign_in(&signing_in(sarah, fresh)).unwrap().as_ref(), Some(&first.nonce));
        assert_eq!(known(db, "sarah").session.as_ref(), Some(&first));
    }
    db.accounts.sign_out(sarah).unwrap();
    let three = db.accounts.sign_in(&signing_in(sarah, "three")).unwrap().unwrap();
    assert_eq!(three, Nonce("three".into()));
    assert!(session_account(&*db.accounts, &first.hash).is_none(), "the old token came back");
    assert!(session_account(&*db.accounts, &hash(&*db.token_issuer, sarah, &three)).is_some());
});

on_both!(eight_sign_ins_at_once_without_a_session_agree_on_one_nonce, |db: &TestStore| {
    let sarah = db.patient("sarah").id();
    for _ in 0..10 {
        db.accounts.sign_out(sarah).unwrap();
        all_agree(db, sarah);
    }
});

on_both!(a_session_made_under_another_secret_is_replaced, |db: &TestStore| {
    let sarah = db.patient("sarah").id();
    let foreign = known(db, "sarah").session.unwrap();
    let here = under_another_secret(db);
    let fresh = here.sign_in(&signing_in(sarah, "fresh")).unwrap().unwrap();
    assert_eq!(fresh, Nonce("fresh".into()));
    let kept = known(db, "sarah").session.unwrap();
    assert_eq!(
        kept,
        StoredSession { hash: hash(&*token_issuer("the old secret"), sarah, &fresh), nonce: fresh }
    );
    assert!(session_account(&here, &foreign.hash).is_none());
});

on_both!(eight_sign_ins_at_once_over_a_session_of_another_secret_agree_on_one_nonce, |db: &TestStore| {
    let sarah = db.patient("sarah").id();
    let elsewhere = under_another_secret(db);
    for _ in 0..10 {
        db.accounts.sign_out(sarah).unwrap();
        elsewhere.sign_in(&signing_in(sarah, "made elsewhere")).unwrap();
        all_agree(db, sarah);
    }
});

fn all_agree(db: &TestStore, account: AccountId) {
    let nonces =
        at_once(8, |i| db.accounts.sign_in(&signing_in(account, &format!("fresh {i}"))).unwrap().unwrap());
    let open = known(db, "sarah").session.unwrap();
    assert_eq!(nonces, vec![open.nonce.clone(); 8], "somebody was given a token that is no longer good");
    assert_eq!(open.hash, hash(&*db.token_issuer, account, &open.nonce));
}

on_both!(signing_in_and_out_at_once_fails_for_nobody, |db: &TestStore| {
    let sarah = db.patient("sarah").id();
    let failures = at_once(4, |i| {
        let act = |round| match i {
            0 | 1 => db.accounts.sign_out(sarah),
            _ => db.accounts.sign_in(&signing_in(sarah, &format!("fresh {i} {round}"))).map(drop),
        };
        (0..300).filter_map(|round| act(round).err()).map(|e| format!("{e:?}")).collect::<Vec<_>>()
    });
    assert_eq!(failures.concat(), [""; 0]);
});

on_both!(of_a_sign_in_and_a_sign_out_at_once_the_last_decides, |db: &TestStore| {
    let sarah = db.patient("sarah").id();
    for round in 0..20 {
        let (nonce, out) = both_at_once(
            || db.accounts.sign_in(&signing_in(sarah, &format!("fresh {round}"))).unwrap().unwrap(),
            || db.accounts.sign_out(sarah),
        );
        out.unwrap();
        // A session that is open now is the one that was answered.
        if let Some(open) = known(db, "sarah").session {
            assert_eq!(open.nonce, nonce, "round {round}");
        }
    }
});

on_both!(a_replaced_password_opens_no_session_and_is_not_hashed_again, |db: &TestStore| {
    let sarah = db.patient("sarah").id();
    let hash = |text: &str| PasswordHash::new(text.into());
    let again = |old: &str, new: &str| SignIn {
        verified: hash(old),
        rehash: Some(hash(new)),
        ..signing_in(sarah, "fresh")
    };
    let session = known(db, "sarah").session;
    let everything = db.database.sql().everything();
    assert_eq!(db.accounts.sign_in(&again("$fake$replaced", "$fake$lost")).unwrap(), None);
    assert_eq!(db.database.sql().everything(), everything);
    assert!(db.accounts.sign_in(&again("$fake$sarah", "$fake$stronger")).unwrap().is_some());
    let known = known(db, "sarah");
    assert_eq!((known.password, known.session), (hash("$fake$stronger"), session));
});

on_both!(after_a_new_password_no_session_of_the_old_one_is_open, |db: &TestStore| {
    let sarah = db.patient("sarah").id();
    let set = |password: &str| SetPassword {
        username: username("sarah"),
        password: PasswordHash::new(password.into()),
        at: at(50),
    };
    for round in 0..40 {
        db.accounts.set_password(&set("$fake$sarah")).unwrap();
        let (signed_in, changed) = both_at_once(
            || db.accounts.sign_in(&signing_in(sarah, &format!("fresh {round}"))),
            || db.accounts.set_password(&set("$fake$other")),
        );
        changed.unwrap();
        signed_in.unwrap();
        assert_eq!(known(db, "sarah").session, None, "round {round}");
    }
});

/// A token issuer that is asked in the middle of a change, and does something there.
struct Watchful {
    token_issuer: Arc<dyn TokenIssuer>,
    on_derive: Box<dyn Fn(&Nonce) + Send + Sync>,
}

impl TokenIssuer for Watchful {
    fn nonce(&self) -> Nonce {
        self.token_issuer.nonce()
    }
    fn derive(&self, account: AccountId, nonce: &Nonce) -> Token {
        (self.on_derive)(nonce);
        self.token_issuer.derive(account, nonce)
    }
    fn link(&self, page: &str, nonce: &Nonce) -> Token {
        self.token_issuer.link(page, nonce)
    }
    fn hash(&self, token: &str) -> TokenHash {
        self.token_issuer.hash(token)
    }
}

on_both!(a_panic_while_signing_in_leaves_nothing_and_the_house_open, |db: &TestStore| {
    let sarah = db.patient("sarah").id();
    db.accounts.sign_out(sarah).unwrap();
    let on_derive = Box::new(|_: &Nonce| panic!("on purpose"));
    let token_issuer = Arc::new(Watchful { token_issuer: db.token_issuer.clone(), on_derive });
    let broken = DieselAccountRepository::new(db.store.clone(), token_issuer);
    let rehash = Some(PasswordHash::new("$fake$lost".into()));
    let signing_in = SignIn { rehash, ..signing_in(sarah, "fresh") };
    // More often than the pool has connections.
    for _ in 0..6 {
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| broken.sign_in(&signing_in)));
        assert!(done.is_err());
    }
    let known = known(db, "sarah");
    assert_eq!((known.password, known.session), (PasswordHash::new("$fake$sarah".into()), None));
    db.accounts.sign_in(&SignIn { rehash: None, ..signing_in }).unwrap();
});
