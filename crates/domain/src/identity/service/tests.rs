use super::*;
use crate::{
    identity::{
        Credentials, Nonce, PasswordHash, SessionAccount, StoredSession, TokenHash,
        ports::{
            MockAccountRepository, MockPasswordHasher, MockSocketSessionRepository, MockStrengthEstimator,
            MockTokenIssuer, NameConflict,
        },
        testing::sarah,
    },
    shared::{Fixed, Patch, Timestamp},
};

/// A token issuer whose tokens can be read: `7-n` for account 7 and nonce `n`.
fn token_issuer() -> MockTokenIssuer {
    let mut token_issuer = MockTokenIssuer::new();
    token_issuer.expect_nonce().returning(|| Nonce("fresh".into()));
    token_issuer.expect_derive().returning(|account, nonce| Token::new(format!("{account}-{}", nonce.0)));
    token_issuer.expect_hash().returning(|token| TokenHash(format!("#{token}")));
    token_issuer
}

fn service(accounts: MockAccountRepository, hasher: MockPasswordHasher) -> IdentityService {
    IdentityService {
        accounts: Arc::new(accounts),
        socket_sessions: Arc::new(MockSocketSessionRepository::new()),
        hasher: Arc::new(hasher),
        strength: Arc::new(MockStrengthEstimator::new()),
        policy: AccountPolicy::DEFAULT,
        token_issuer: Arc::new(token_issuer()),
        clock: Arc::new(Fixed(Timestamp::UNIX_EPOCH)),
    }
}

fn hasher(check: PasswordCheck) -> MockPasswordHasher {
    let mut hasher = MockPasswordHasher::new();
    hasher.expect_verify().returning(move |_, _| Ok(check));
    hasher.expect_pretend_to_verify().returning(|_| Ok(()));
    hasher.expect_hash().returning(|_| Ok(PasswordHash::new("new".into())));
    hasher
}

fn credentials(session: Option<(&str, &str)>) -> Credentials {
    Credentials {
        caller: sarah(),
        active: true,
        password: PasswordHash::new("old".into()),
        session: session.map(|(n, h)| StoredSession { nonce: Nonce(n.into()), hash: TokenHash(h.into()) }),
    }
}

fn sign_in(
    known: Option<Credentials>,
    check: PasswordCheck,
    accounts: MockAccountRepository,
) -> Result<SignedIn> {
    let mut accounts = accounts;
    accounts.expect_credentials().return_once(|_| Ok(known));
    let (name, word) = (Username::known_as("sarah").unwrap(), Password::parse("secret").unwrap());
    service(accounts, hasher(check)).sign_in(&name, &word)
}

#[test]
fn wrong_passwords_and_inactive_accounts_are_refused_alike() {
    let inactive = Credentials { active: false, ..credentials(None) };
    for (known, check) in [(credentials(None), PasswordCheck::Wrong), (inactive, PasswordCheck::Right)] {
        let refused = sign_in(Some(known), check, MockAccountRepository::new());
        assert!(matches!(refused, Err(IdentityError::InvalidCredentials)));
    }
}

#[test]
fn an_unknown_name_is_refused_like_a_wrong_password_and_after_the_same_work() {
    let mut accounts = MockAccountRepository::new();
    accounts.expect_credentials().return_once(|_| Ok(None));
    let mut hasher = MockPasswordHasher::new();
    hasher.expect_pretend_to_verify().once().return_once(|_| Ok(()));
    let (name, word) = (Username::known_as("nobody").unwrap(), Password::parse("secret").unwrap());
    let refused = service(accounts, hasher).sign_in(&name, &word);
    assert!(matches!(refused, Err(IdentityError::InvalidCredentials)));
}

#[test]
fn a_session_that_is_open_gives_the_same_token_again_and_writes_nothing() {
    let known = credentials(Some(("n", "#7-n")));
    let signed = sign_in(Some(known), PasswordCheck::Right, MockAccountRepository::new()).unwrap();
    assert_eq!(signed.token.expose(), "7-n");
}

#[test]
fn without_a_session_or_with_one_of_another_secret_a_fresh_one_is_opened() {
    for session in [None, Some(("n", "#made under another secret"))] {
        let mut accounts = MockAccountRepository::new();
        accounts
            .expect_sign_in()
            .withf(|s| s.fresh == Nonce("fresh".into()) && s.rehash.is_none())
            .once()
            // Another login was faster: its nonce wins.
            .return_once(|_| Ok(Some(Nonce("theirs".into()))));
        let signed = sign_in(Some(credentials(session)), PasswordCheck::Right, accounts).unwrap();
        assert_eq!(signed.token.expose(), "7-theirs");
    }
}

#[test]
fn an_outdated_hash_is_replaced_when_the_password_is_at_hand() {
    let mut accounts = MockAccountRepository::new();
    accounts
        .expect_sign_in()
        .withf(|s| s.verified.as_str() == "old" && s.rehash == Some(PasswordHash::new("new".into())))
        .once()
        .return_once(|_| Ok(Some(Nonce("n".into()))));
    sign_in(Some(credentials(Some(("n", "#7-n")))), PasswordCheck::RightButOutdated, accounts).unwrap();
}

#[test]
fn a_password_that_was_replaced_while_it_was_verified_is_verified_anew_and_then_refused() {
    let mut accounts = MockAccountRepository::new();
    accounts.expect_credentials().times(2).returning(|_| Ok(Some(credentials(None))));
    accounts.expect_sign_in().times(2).returning(|_| Ok(None));
    let (name, word) = (Username::known_as("sarah").unwrap(), Password::parse("secret").unwrap());
    let refused = service(accounts, hasher(PasswordCheck::Right)).sign_in(&name, &word);
    assert!(matches!(refused, Err(IdentityError::InvalidCredentials)), "{refused:?}");
}

#[test]
fn a_token_admits_an_active_holder_only() {
    let account = |active| Some(SessionAccount { caller: sarah(), active });
    for (found, expected) in [(account(true), "ok"), (account(false), "inactive"), (None, "unknown")] {
        let mut accounts = MockAccountRepository::new();
        accounts
            .expect_session_accounts()
            .withf(|asked| asked == [TokenHash("#t".into())])
            .return_once(|_| Ok(vec![found]));
        let said = match service(accounts, MockPasswordHasher::new()).authenticate("t") {
            Ok(session) if session.caller == sarah() => "ok",
            Err(IdentityError::AccountInactive) => "inactive",
            Err(IdentityError::TokenUnknown) => "unknown",
            other => panic!("{other:?}"),
        };
        assert_eq!(said, expected);
    }
}

#[test]
fn of_several_tokens_each_is_admitted_or_refused_by_itself_and_in_its_order() {
    let mut accounts = MockAccountRepository::new();
    let account = |active| Some(SessionAccount { caller: sarah(), active });
    let found = vec![None, account(true), account(false)];
    accounts.expect_session_accounts().withf(|asked| asked.len() == 3).once().return_once(|_| Ok(found));
    let said = service(accounts, MockPasswordHasher::new()).authenticate_many(&["a", "b", "c"]).unwrap();
    let [Err(IdentityError::TokenUnknown), Ok(admission), Err(IdentityError::AccountInactive)] = &said[..]
    else {
        panic!("{said:?}")
    };
    assert_eq!((&admission.caller, &admission.session.0[..]), (&sarah(), "#b"));
}

#[test]
fn names_that_others_have_are_noted_beside_other_violations() {
    let mut accounts = MockAccountRepository::new();
    accounts.expect_taken().return_once(|_, _, _| Ok(NameConflict { username: true, email: true }));
    let mut field_errors = FieldErrors::one("password", FieldError::Blank);
    let service = service(accounts, MockPasswordHasher::new());
    let name = Username::parse("sarah").unwrap();
    service.note_taken(Some(&name), None, None, &mut field_errors).unwrap();
    let fields: Vec<_> = field_errors.0.iter().map(|(field, _)| *field).collect();
    assert_eq!(fields, ["password", "username", "email"]);
}

#[test]
fn an_edit_without_a_password_hashes_none_and_one_with_a_password_keeps_no_plain_text() {
    for (password, expected) in [
        (Patch::Keep, None),
        (Patch::Set(NewPassword(Password::parse("x").unwrap())), Some(PasswordHash::new("new".into()))),
    ] {
        let mut accounts = MockAccountRepository::new();
        accounts.expect_edit().withf(move |e| e.password == expected).return_once(|_| Ok(sarah().person));
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_hash().returning(|_| Ok(PasswordHash::new("new".into())));
        let patch = ProfilePatch { password, ..ProfilePatch::default() };
        service(accounts, hasher).edit_profile(&sarah(), TokenHash("#t".into()), patch).unwrap();
    }
}

fn gate(socket_sessions: MockSocketSessionRepository) -> IdentityService {
    IdentityService {
        socket_sessions: Arc::new(socket_sessions),
        ..service(MockAccountRepository::new(), MockPasswordHasher::new())
    }
}

#[test]
fn a_ticket_is_kept_as_a_hash_for_thirty_seconds_and_bound_to_its_session() {
    let mut socket_sessions = MockSocketSessionRepository::new();
    socket_sessions
        .expect_give()
        .withf(|ticketing| {
            ticketing.ticket == TokenHash("#fresh".into())
                && ticketing.session == TokenHash("#t".into())
                && ticketing.until == Timestamp::UNIX_EPOCH + chrono::TimeDelta::seconds(30)
        })
        .once()
        .returning(|_| Ok(()));
    assert_eq!(gate(socket_sessions).give_ticket(TokenHash("#t".into())).unwrap().expose(), "fresh");
}

#[test]
fn a_ticket_that_is_not_there_and_one_of_a_deactivated_account_let_nobody_in() {
    let mut socket_sessions = MockSocketSessionRepository::new();
    socket_sessions.expect_redeem().return_once(|_, _| Ok(None));
    assert!(matches!(gate(socket_sessions).authenticate_by_ticket("x"), Err(IdentityError::TokenUnknown)));

    let mut socket_sessions = MockSocketSessionRepository::new();
    let gone = (SessionAccount { caller: sarah(), active: false }, TokenHash("#t".into()));
    socket_sessions.expect_redeem().return_once(|_, _| Ok(Some(gone)));
    assert!(matches!(gate(socket_sessions).authenticate_by_ticket("x"), Err(IdentityError::AccountInactive)));
}

#[test]
fn where_registration_is_closed_nobody_gets_the_form_and_an_operator_sets_passwords_still() {
    let mut accounts = MockAccountRepository::new();
    accounts.expect_set_password().withf(|change| change.password.as_str() == "new").return_once(|change| {
        assert_eq!(change.at, Timestamp::UNIX_EPOCH);
        Ok(sarah().person)
    });
    let open = service(accounts, hasher(PasswordCheck::Right));
    assert!(open.open_registration().is_ok());
    let closed =
        IdentityService { policy: AccountPolicy { registration_open: false, ..open.policy }, ..open };
    assert!(matches!(closed.open_registration(), Err(IdentityError::RegistrationClosed)));
    let password = closed.new_password("no-fate-1984").unwrap();
    closed.as_operator().set_password(Username::known_as("sarah").unwrap(), &password).unwrap();
}
