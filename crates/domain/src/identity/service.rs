//! What somebody can do with an account.
use super::{
    AccountFlag, AccountId, AccountPolicy, Caller, Email, IdentityError, NewPassword, NewSocketTicket,
    Password, PasswordCheck, Person, ProfileEdit, ProfilePatch, Registration, Result, Rights, Roles, Session,
    SessionAccount, SetFlag, SetPassword, SignIn, Ticket, Token, TokenHash, Username,
    ports::{AccountRepository, PasswordHasher, SocketSessionRepository, StrengthEstimator, TokenIssuer},
};
use crate::{
    audit,
    shared::{Clock, FieldError, FieldErrors},
};
use std::{slice, sync::Arc};

pub struct IdentityService {
    pub accounts: Arc<dyn AccountRepository>,
    pub socket_sessions: Arc<dyn SocketSessionRepository>,
    pub hasher: Arc<dyn PasswordHasher>,
    pub strength: Arc<dyn StrengthEstimator>,
    pub policy: AccountPolicy,
    pub token_issuer: Arc<dyn TokenIssuer>,
    pub clock: Arc<dyn Clock>,
}

/// How often a sign-in reads the account anew when its hash changed meanwhile. Each try hashes.
const SIGN_IN_TRIES: u8 = 2;

/// Somebody signed in, and the token that proves it from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    pub token: Token,
    pub person: Person,
}

/// Proof that people may make accounts of their own.
pub struct OpenRegistration<'a>(&'a IdentityService);

impl OpenRegistration<'_> {
    /// Makes an account with these roles and signs it in. Which they are is said by the family whose form it is.
    ///
    /// # Errors
    /// [`IdentityError::Fields`] when a name or address is taken.
    pub fn register(&self, registration: Registration, roles: Roles) -> Result<SignedIn> {
        self.0.create_account(registration, roles)
    }
}

/// What an operator may do with accounts, at the command line: no family's route leads here.
pub struct Operator<'a>(&'a IdentityService);

impl Operator<'_> {
    /// Makes an account, whether registration is open or not.
    ///
    /// # Errors
    /// [`IdentityError::Fields`] when a name or address is taken.
    pub fn create_account(&self, registration: Registration, roles: Roles) -> Result<SignedIn> {
        self.0.create_account(registration, roles)
    }

    /// # Errors
    /// [`IdentityError::AccountUnknown`].
    pub fn grant(&self, username: Username, flag: AccountFlag) -> Result<Person> {
        self.0.accounts.grant(&SetFlag { username, flag, at: self.0.clock.now() })
    }

    /// The account is signed out everywhere.
    ///
    /// # Errors
    /// [`IdentityError::AccountUnknown`].
    pub fn set_password(&self, username: Username, password: &NewPassword) -> Result<Person> {
        let password = self.0.hasher.hash(password)?;
        self.0.accounts.set_password(&SetPassword { username, password, at: self.0.clock.now() })
    }
}

fn session_of(account: Option<SessionAccount>, session: TokenHash) -> Result<Session> {
    let account = account.ok_or(IdentityError::TokenUnknown)?;
    if account.active {
        Ok(Session { caller: account.caller, session })
    } else {
        Err(IdentityError::AccountInactive)
    }
}

impl IdentityService {
    /// The caller who holds this token, and the session, by which a socket is checked again and again.
    ///
    /// # Errors
    /// [`IdentityError::TokenUnknown`], [`IdentityError::AccountInactive`].
    pub fn authenticate(&self, token: &str) -> Result<Session> {
        let session = self.token_issuer.hash(token);
        let account = self.accounts.session_accounts(slice::from_ref(&session))?.pop().flatten();
        session_of(account, session)
    }

    /// The same for several who ask at once, in their order: the store is asked once.
    ///
    /// # Errors
    /// When the store fails: then for all of them.
    pub fn authenticate_many(&self, tokens: &[&str]) -> Result<Vec<Result<Session>>> {
        let sessions: Vec<_> = tokens.iter().map(|token| self.token_issuer.hash(token)).collect();
        let session_accounts = self.accounts.session_accounts(&sessions)?;
        Ok(session_accounts
            .into_iter()
            .zip(sessions)
            .map(|(account, session)| session_of(account, session))
            .collect())
    }

    /// Gives a ticket to the holder of this session.
    pub fn give_ticket(&self, session: TokenHash) -> Result<Ticket> {
        let ticket = Ticket::new(self.token_issuer.nonce().0);
        let until = self.clock.now() + Ticket::LIFE;
        self.socket_sessions.give(&NewSocketTicket {
            ticket: self.token_issuer.hash(ticket.expose()),
            session,
            until,
        })?;
        Ok(ticket)
    }

    /// Lets the holder of a ticket in. It is used up.
    ///
    /// # Errors
    /// As [`authenticate`](Self::authenticate).
    pub fn authenticate_by_ticket(&self, ticket: &str) -> Result<Session> {
        let redeemed = self.socket_sessions.redeem(&self.token_issuer.hash(ticket), self.clock.now())?;
        let (account, session) = redeemed.ok_or(IdentityError::TokenUnknown)?;
        session_of(Some(account), session)
    }

    /// Changes whenever a session may have ended, or an account lost a right: then open sockets are checked.
    pub fn access_epoch(&self) -> Result<i64> {
        Ok(self.socket_sessions.access_epoch()?)
    }

    /// Those of the sessions that are open still, and what they may do.
    pub fn rights(&self, sessions: &[TokenHash]) -> Result<Vec<Rights>> {
        Ok(self.socket_sessions.rights(sessions)?)
    }

    /// A background job: tickets that nobody used in time are gone.
    pub fn forget_tickets(&self) -> Result<usize> {
        Ok(self.socket_sessions.forget_tickets(self.clock.now())?)
    }

    /// Adds to `field_errors` which of the names another account than `except` has. Asked before the slow hash, so that a
    /// client hears of every bad field at once; the store decides again when it writes.
    pub fn note_taken(
        &self,
        username: Option<&Username>,
        email: Option<&Email>,
        except: Option<AccountId>,
        field_errors: &mut FieldErrors,
    ) -> Result<()> {
        if username.is_none() && email.is_none() {
            return Ok(());
        }
        let taken = self.accounts.taken(username, email, except)?;
        if taken.username {
            field_errors.add("username", FieldError::Taken);
        }
        if taken.email {
            field_errors.add("email", FieldError::Taken);
        }
        Ok(())
    }

    /// Asked before the form is read.
    ///
    /// # Errors
    /// [`IdentityError::RegistrationClosed`].
    pub fn open_registration(&self) -> Result<OpenRegistration<'_>> {
        if self.policy.registration_open {
            Ok(OpenRegistration(self))
        } else {
            Err(IdentityError::RegistrationClosed)
        }
    }

    /// # Errors
    /// What a new password may not be: a refusal of its field.
    pub fn new_password(&self, raw: &str) -> Result<NewPassword, FieldError> {
        self.policy.new_password(raw, &*self.strength)
    }

    fn create_account(&self, registration: Registration, roles: Roles) -> Result<SignedIn> {
        let password = self.hasher.hash(&registration.password)?;
        let nonce = self.token_issuer.nonce();
        let new_account = registration.new_account(roles, password, nonce.clone(), self.clock.now());
        let person = self.accounts.register(&new_account)?;
        Ok(SignedIn { token: self.token_issuer.derive(person.id, &nonce), person })
    }

    /// The same token at every call until [`sign_out`](Self::sign_out).
    ///
    /// # Errors
    /// [`IdentityError::InvalidCredentials`], after the same work whatever was wrong.
    pub fn sign_in(&self, username: &Username, password: &Password) -> Result<SignedIn> {
        for _ in 0..SIGN_IN_TRIES {
            if let Some(signed_in) = self.try_sign_in(username, password)? {
                return Ok(signed_in);
            }
        }
        Err(IdentityError::InvalidCredentials)
    }

    /// `None` when the stored hash was replaced meanwhile: by another password, or by a sign-in that hashed this one again.
    fn try_sign_in(&self, username: &Username, password: &Password) -> Result<Option<SignedIn>> {
        let Some(known) = self.accounts.credentials(username)? else {
            self.hasher.pretend_to_verify(password)?;
            return Err(IdentityError::InvalidCredentials);
        };
        let check = self.hasher.verify(password, &known.password)?;
        if check == PasswordCheck::Wrong || !known.active {
            return Err(IdentityError::InvalidCredentials);
        }
        let person = known.caller.person;

        let rehash = match check {
            PasswordCheck::RightButOutdated => Some(self.hasher.hash(password)?),
            PasswordCheck::Right | PasswordCheck::Wrong => None,
        };
        // A session made under another secret derives to a token that nobody has: it is replaced below.
        let open = known.session.filter(|s| {
            rehash.is_none()
                && self.token_issuer.hash(self.token_issuer.derive(person.id, &s.nonce).expose()) == s.hash
        });
        let nonce = match open {
            Some(session) => session.nonce,
            None => {
                let (fresh, at) = (self.token_issuer.nonce(), self.clock.now());
                let verified = known.password;
                let opened =
                    self.accounts.sign_in(&SignIn { account: person.id, fresh, verified, rehash, at })?;
                let Some(nonce) = opened else { return Ok(None) };
                nonce
            }
        };
        Ok(Some(SignedIn { token: self.token_issuer.derive(person.id, &nonce), person }))
    }

    /// Everywhere: one token serves all devices.
    pub fn sign_out(&self, caller: &Caller) -> Result<()> {
        Ok(self.accounts.sign_out(caller.id())?)
    }

    /// # Errors
    /// [`IdentityError::Fields`] when a name or address is taken.
    pub fn edit_profile(&self, caller: &Caller, session: TokenHash, patch: ProfilePatch) -> Result<Person> {
        let password = patch.password.as_set().map(|password| self.hasher.hash(password)).transpose()?;
        let audit = audit::AuditEntry::own(caller.id(), audit::AuditAction::ProfileChanged, self.clock.now());
        self.accounts.edit(&ProfileEdit { account: caller.id(), patch, password, session, audit })
    }

    /// For the commands; `web` may not ask for it (its structure test looks).
    pub fn as_operator(&self) -> Operator<'_> {
        Operator(self)
    }
}

#[cfg(test)]
mod tests;
