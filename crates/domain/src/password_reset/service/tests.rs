use super::*;
use crate::{
    audit::AuditAction,
    identity::{
        AccountId, AccountPolicy, Nonce, PasswordHash, Token, TokenHash,
        ports::{
            MockAccountRepository, MockPasswordHasher, MockSocketSessionRepository, MockStrengthEstimator,
            MockTokenIssuer,
        },
    },
    outbox::Letter,
    password_reset::{
        Holder, LETTERS_MAX, LIFE, NewReset, ResetAnswer, ResetRequest, ResetRequestId, ResetSheet,
        ports::MockPasswordResetRepository,
    },
    shared::{Fixed, Timestamp},
};
use chrono::TimeDelta;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn letter(to: Email, text: String) -> Letter {
    Letter { to, subject: String::new(), text, html: String::new(), unsubscribe: None }
}

/// Letters that can be read: who, and what they hold.
struct Plain;

impl ResetLetterWriter for Plain {
    fn link(&self, username: &str, url: &str, to: Email) -> Letter {
        letter(to, format!("{username} {url}"))
    }
    fn changed(&self, username: &str, to: Email) -> Letter {
        letter(to, username.into())
    }
}

fn tokens() -> MockTokenIssuer {
    let mut tokens = MockTokenIssuer::new();
    tokens.expect_nonce().returning(|| Nonce("n".into()));
    tokens.expect_link().returning(|page, nonce| Token::new(format!("{page}{}", nonce.0)));
    tokens.expect_hash().returning(|token| TokenHash(format!("#{token}")));
    tokens
}

fn links() -> Links {
    Links { tokens: Arc::new(tokens()), public_url: None }
}

fn service(resets: MockPasswordResetRepository, hasher: MockPasswordHasher) -> PasswordResetService {
    PasswordResetService {
        resets: Arc::new(resets),
        letters: Arc::new(Plain),
        links: links(),
        identity: Arc::new(IdentityService {
            accounts: Arc::new(MockAccountRepository::new()),
            socket_sessions: Arc::new(MockSocketSessionRepository::new()),
            hasher: Arc::new(hasher),
            strength: Arc::new(MockStrengthEstimator::new()),
            policy: AccountPolicy::DEFAULT,
            token_issuer: Arc::new(tokens()),
            clock: Arc::new(Fixed(NOW)),
        }),
        clock: Arc::new(Fixed(NOW)),
    }
}

fn email() -> Email {
    Email::parse("Sarah@example.com").unwrap()
}

fn sheet(id: i64, letters: Option<u64>) -> ResetSheet {
    let holder = letters.map(|letters| Holder {
        account: AccountId::new(7),
        username: "sarah".into(),
        email: email(),
        letters,
    });
    let origin = Origin::new("https://care.example.com");
    ResetSheet { request: ResetRequest { id: ResetRequestId::new(id), origin, at: NOW }, holder }
}

fn answered(sheet: ResetSheet, later: TimeDelta) -> ResetAnswer {
    sheet.answer(&links(), &Plain, NOW + later)
}

#[test]
fn a_letter_goes_to_the_accounts_own_address_with_a_link_of_which_the_hash_is_kept() {
    let answer = answered(sheet(1, Some(0)), TimeDelta::zero());
    let reset = answer.reset().unwrap();
    assert_eq!(reset.letter().to.as_str(), "Sarah@example.com");
    assert_eq!(reset.letter().text, "sarah https://care.example.com/reset//reset/n");
    assert_eq!((reset.token(), reset.expires_at()), (&TokenHash("#/reset/n".into()), NOW + LIFE));
    let audit = reset.audit();
    assert_eq!(
        (audit.act, audit.actor, audit.patient),
        (AuditAction::PasswordResetSent, None, AccountId::new(7))
    );
}

#[test]
fn nobody_a_fourth_letter_within_the_hour_and_a_late_request_get_none_and_are_done_all_the_same() {
    for (known, later, letter) in [
        (None, TimeDelta::zero(), false),
        (Some(LETTERS_MAX - 1), TimeDelta::zero(), true),
        (Some(LETTERS_MAX), TimeDelta::zero(), false),
        (Some(0), LIFE - TimeDelta::seconds(1), true),
        (Some(0), LIFE, false),
    ] {
        let answer = answered(sheet(5, known), later);
        assert_eq!(answer.reset().is_some(), letter, "{known:?} {later}");
        assert_eq!(answer.request(), ResetRequestId::new(5));
    }
}

#[test]
fn a_request_is_stored_without_a_look_at_the_accounts() {
    let mut resets = MockPasswordResetRepository::new();
    resets.expect_request().withf(|new| new.email == email() && new.at == NOW).once().returning(|_| Ok(()));
    service(resets, MockPasswordHasher::new()).request(email(), Origin::new("x")).unwrap();
}

#[test]
fn every_request_that_waits_is_answered_once_and_one_that_fails_holds_up_no_other() {
    let mut resets = MockPasswordResetRepository::new();
    resets.expect_next().times(4).returning(|after, since| {
        assert_eq!(since, NOW - LETTERS_WITHIN);
        let id = after.map_or(0, ResetRequestId::get) + 1;
        Ok((id < 4).then(|| sheet(id, Some(0))))
    });
    resets.expect_answer().times(3).returning(|answer| match answer.request().get() {
        1 => Err(StoreError::unavailable("on purpose")),
        // Another node was faster.
        2 => Ok(false),
        _ => Ok(true),
    });
    assert!(service(resets, MockPasswordHasher::new()).answer_waiting().is_err());
}

#[test]
fn letters_are_counted() {
    let mut resets = MockPasswordResetRepository::new();
    resets.expect_next().returning(|after, _| {
        let id = after.map_or(0, ResetRequestId::get) + 1;
        Ok((id < 4).then(|| sheet(id, (id != 2).then_some(0))))
    });
    resets.expect_answer().returning(|_| Ok(true));
    assert_eq!(service(resets, MockPasswordHasher::new()).answer_waiting().unwrap(), 2);
}

#[test]
fn a_link_that_is_not_good_hashes_nothing() {
    let mut resets = MockPasswordResetRepository::new();
    resets.expect_link_holder().withf(|token, _| token.0 == "#t").returning(|_, _| Ok(None));
    let service = service(resets, MockPasswordHasher::new());
    let password = service.identity.new_password("no-fate-1984").unwrap();
    assert!(!service.change("t", &password).unwrap());
}

#[test]
fn a_good_link_sets_the_password_and_tells_the_holder() {
    let holder = LinkHolder { account: AccountId::new(7), username: "sarah".into(), email: email() };
    for good in [true, false] {
        let (mut resets, mut hasher) = (MockPasswordResetRepository::new(), MockPasswordHasher::new());
        let found = holder.clone();
        resets.expect_link_holder().return_once(|_, _| Ok(Some(found)));
        hasher.expect_hash().returning(|_| Ok(PasswordHash::new("new".into())));
        resets
            .expect_change()
            .withf(|change| {
                change.token().0 == "#t"
                    && change.account() == AccountId::new(7)
                    && change.password().as_str() == "new"
                    && (change.letter().text.as_str(), change.letter().to.as_str())
                        == ("sarah", "Sarah@example.com")
                    && change.audit().act == AuditAction::PasswordReset
            })
            .return_once(move |_| Ok(good));
        let service = service(resets, hasher);
        let password = service.identity.new_password("no-fate-1984").unwrap();
        assert_eq!(service.change("t", &password).unwrap(), good);
    }
}

#[test]
fn links_are_forgotten_when_they_are_not_counted_any_more() {
    let mut resets = MockPasswordResetRepository::new();
    resets.expect_forget().withf(|until| *until == NOW - LETTERS_WITHIN).return_once(|_| Ok(1));
    assert_eq!(service(resets, MockPasswordHasher::new()).forget_old().unwrap(), 1);
    assert!(LIFE <= LETTERS_WITHIN);
}

#[test]
fn what_is_secret_is_not_printed() {
    let shown = format!("{:?}", answered(sheet(1, Some(0)), TimeDelta::zero()).reset().map(NewReset::letter));
    assert_eq!(shown, "Some(Letter)");
}
