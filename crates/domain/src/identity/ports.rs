//! What identity needs of the outside.
use super::{
    AccountId, Credentials, Email, NewAccount, NewSocketTicket, Nonce, Password, PasswordCheck, PasswordHash,
    Person, ProfileEdit, Result, Rights, SessionAccount, SetFlag, SetPassword, SignIn, Token, TokenHash,
    Username,
};
use crate::shared::{StoreError, Timestamp};

/// Which of the two unique names another account has already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NameConflict {
    pub username: bool,
    pub email: bool,
}

/// The store of accounts and their sessions. One method is one transaction.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait AccountRepository: Send + Sync {
    /// MUST refuse a name or address that another account has, whatever was asked before, by
    /// [`IdentityError::Fields`](super::IdentityError::Fields) with `username` or `email` as
    /// [`FieldError::Taken`](crate::shared::FieldError::Taken). MUST open the first session, keep only the hash of its token,
    /// and write the audit entry.
    fn register(&self, new_account: &NewAccount) -> Result<Person>;
    /// Names that accounts other than `except` have. `None` is not looked up.
    fn taken<'a>(
        &self,
        username: Option<&'a Username>,
        email: Option<&'a Email>,
        except: Option<AccountId>,
    ) -> Result<NameConflict, StoreError>;
    /// The holders of the tokens with these hashes, in their order; `None` for a token that nobody holds. To be asked of a
    /// few hundred at once. MUST answer as the store is at some moment between the call and its return, no matter which process
    /// changed it: another node, a command, a shell.
    fn session_accounts(&self, tokens: &[TokenHash]) -> Result<Vec<Option<SessionAccount>>, StoreError>;
    fn credentials(&self, username: &Username) -> Result<Option<Credentials>, StoreError>;
    /// MUST answer with the nonce of the session that is open afterwards: one that is there and still derives to its
    /// stored hash stays, also when others sign in at the same time. MUST change nothing and answer `None` when the account's
    /// password is no longer the one that was verified: a replaced password opens no session.
    fn sign_in(&self, signing_in: &SignIn) -> Result<Option<Nonce>, StoreError>;
    /// Deletes the account's session. MUST succeed when there is none.
    fn sign_out(&self, account: AccountId) -> Result<(), StoreError>;
    /// MUST refuse a name or address that another account has, like [`register`](Self::register), and a password by
    /// [`IdentityError::TokenUnknown`](super::IdentityError::TokenUnknown) once the session has ended.
    fn edit(&self, edit: &ProfileEdit) -> Result<Person>;
    /// MUST return [`IdentityError::AccountUnknown`](super::IdentityError::AccountUnknown) for an unknown name. The session
    /// of a deactivated account stays: its holder is told what happened, and needs no new token afterwards.
    fn grant(&self, grant: &SetFlag) -> Result<Person>;
    /// MUST end the account's session, write the audit entry, and return
    /// [`IdentityError::AccountUnknown`](super::IdentityError::AccountUnknown) for an unknown name.
    fn set_password(&self, change: &SetPassword) -> Result<Person>;
}

/// Socket sessions: the tickets that open sockets, and what ends their sessions.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait SocketSessionRepository: Send + Sync {
    fn give(&self, ticketing: &NewSocketTicket) -> Result<(), StoreError>;
    /// Who holds the session that asked for this ticket, and that session. MUST find a ticket once, on one node, however
    /// many use it at once; none that has ended, and none whose session has.
    fn redeem(
        &self,
        ticket: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<(SessionAccount, TokenHash)>, StoreError>;
    /// Deletes tickets that nobody used in time.
    fn forget_tickets(&self, now: Timestamp) -> Result<usize, StoreError>;
    /// MUST move whenever a session ends or an account's flags change, in that transaction, no matter
    /// which process changes it: another node, a command, a shell.
    fn access_epoch(&self) -> Result<i64, StoreError>;
    /// Those of the sessions that are open still, of active accounts. To be asked of a few hundred at once.
    fn rights(&self, sessions: &[TokenHash]) -> Result<Vec<Rights>, StoreError>;
}

/// Slow on purpose. Callers keep it off the async threads.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait PasswordHasher: Send + Sync {
    fn hash(&self, password: &Password) -> Result<PasswordHash>;
    fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<PasswordCheck>;
    /// For an account that does not exist. MUST cost what [`verify`](Self::verify) costs.
    fn pretend_to_verify(&self, password: &Password) -> Result<()>;
}

/// How hard a password is to guess.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait StrengthEstimator: Send + Sync {
    /// From 0 (guessed at once) to 4 (10^10 guesses or more).
    fn score(&self, password: &Password) -> u8;
}

/// Where tokens come from.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait TokenIssuer: Send + Sync {
    /// MUST be unpredictable: 128 random bits or more.
    fn nonce(&self) -> Nonce;
    /// MUST be a function of the server's secret, the account and the nonce, and of nothing else.
    fn derive(&self, account: AccountId, nonce: &Nonce) -> Token;
    /// Of a link in a letter: MUST be a function of the server's secret, the page's path and the nonce, and no token that
    /// [`derive`](Self::derive) gives.
    fn link(&self, page: &str, nonce: &Nonce) -> Token;
    fn hash(&self, token: &str) -> TokenHash;
}

/// Finds the people whom somebody names.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait People: Send + Sync {
    /// MUST NOT find deactivated accounts.
    fn named(&self, username: &Username) -> Result<Option<Person>, StoreError>;
}
