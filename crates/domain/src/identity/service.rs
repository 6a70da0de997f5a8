//! What somebody can do with an account.
use super::{
    AccountId, Admission, Caller, Email, Grant, Holder, IdentityError, Password, Person, ProfileEdit,
    ProfilePatch, Registration, Result, Rights, Roles, SigningIn, Standing, Ticket, Ticketing, Token,
    TokenHash, Username, Verdict,
    ports::{AccountRepository, PasswordHasher, StayRepository, TokenMint},
};
use crate::{
    audit,
    shared::{Clock, Invalid, Violations},
};
use std::{slice, sync::Arc};

pub struct IdentityService {
    pub accounts: Arc<dyn AccountRepository>,
    pub stays: Arc<dyn StayRepository>,
    pub hasher: Arc<dyn PasswordHasher>,
    pub mint: Arc<dyn TokenMint>,
    pub clock: Arc<dyn Clock>,
}

/// Somebody signed in, and the token that proves it from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    pub token: Token,
    pub person: Person,
}

fn admitted(holder: Option<Holder>, session: TokenHash) -> Result<Admission> {
    let holder = holder.ok_or(IdentityError::TokenUnknown)?;
    if holder.active {
        Ok(Admission { caller: holder.caller, session })
    } else {
        Err(IdentityError::AccountInactive)
    }
}

impl IdentityService {
    /// Who holds this token.
    ///
    /// # Errors
    /// [`IdentityError::TokenUnknown`], [`IdentityError::AccountInactive`].
    pub fn authenticate(&self, token: &str) -> Result<Caller> {
        Ok(self.admit(token)?.caller)
    }

    /// The same, of somebody who stays: the session is to be looked at again and again.
    ///
    /// # Errors
    /// As [`authenticate`](Self::authenticate).
    pub fn admit(&self, token: &str) -> Result<Admission> {
        let session = self.mint.hash(token);
        let holder = self.accounts.holders(slice::from_ref(&session))?.pop().flatten();
        admitted(holder, session)
    }

    /// The same for several who ask at once, in their order: the store is asked once.
    ///
    /// # Errors
    /// When the store fails: then for all of them.
    pub fn admit_all(&self, tokens: &[&str]) -> Result<Vec<Result<Admission>>> {
        let sessions: Vec<_> = tokens.iter().map(|token| self.mint.hash(token)).collect();
        let holders = self.accounts.holders(&sessions)?;
        Ok(holders.into_iter().zip(sessions).map(|(holder, session)| admitted(holder, session)).collect())
    }

    /// Gives a ticket to the holder of this session.
    pub fn give_ticket(&self, session: TokenHash) -> Result<Ticket> {
        let ticket = Ticket::new(self.mint.nonce().0);
        let until = self.clock.now() + Ticket::LIFE;
        self.stays.give(&Ticketing { ticket: self.mint.hash(ticket.expose()), session, until })?;
        Ok(ticket)
    }

    /// Lets the holder of a ticket in. It is used up.
    ///
    /// # Errors
    /// As [`authenticate`](Self::authenticate).
    pub fn admit_by_ticket(&self, ticket: &str) -> Result<Admission> {
        let redeemed = self.stays.redeem(&self.mint.hash(ticket), self.clock.now())?;
        let (holder, session) = redeemed.ok_or(IdentityError::TokenUnknown)?;
        admitted(Some(holder), session)
    }

    /// Moves when somebody who stays may have lost the right to.
    pub fn access_epoch(&self) -> Result<i64> {
        Ok(self.stays.access_epoch()?)
    }

    /// Those of the sessions that are open still, and what they may do.
    pub fn rights(&self, sessions: &[TokenHash]) -> Result<Vec<Rights>> {
        Ok(self.stays.rights(sessions)?)
    }

    /// A background job: tickets that nobody used in time are gone.
    pub fn forget_tickets(&self) -> Result<usize> {
        Ok(self.stays.forget_tickets(self.clock.now())?)
    }

    /// Adds to `violations` which of the names another account than `except` has. Asked before the slow hash, so that a
    /// client hears of every bad field at once; the store decides again when it writes.
    pub fn note_taken(
        &self,
        username: Option<&Username>,
        email: Option<&Email>,
        except: Option<AccountId>,
        violations: &mut Violations,
    ) -> Result<()> {
        if username.is_none() && email.is_none() {
            return Ok(());
        }
        let taken = self.accounts.taken(username, email, except)?;
        if taken.username {
            violations.add("username", Invalid::Taken);
        }
        if taken.email {
            violations.add("email", Invalid::Taken);
        }
        Ok(())
    }

    /// Makes an account with these roles and signs it in. Which they are is said by the family whose form it is.
    ///
    /// # Errors
    /// [`IdentityError::Invalid`] when a name or address is taken.
    pub fn register(&self, registration: Registration, roles: Roles) -> Result<SignedIn> {
        let password = self.hasher.hash(&registration.password)?;
        let nonce = self.mint.nonce();
        let registering = registration.registering(roles, password, nonce.clone(), self.clock.now());
        let person = self.accounts.register(&registering)?;
        Ok(SignedIn { token: self.mint.derive(person.id, &nonce), person })
    }

    /// The same token at every call until [`sign_out`](Self::sign_out).
    ///
    /// # Errors
    /// [`IdentityError::InvalidCredentials`], after the same work whatever was wrong.
    pub fn sign_in(&self, username: &Username, password: &Password) -> Result<SignedIn> {
        let Some(known) = self.accounts.credentials(username)? else {
            self.hasher.pretend_to_verify(password)?;
            return Err(IdentityError::InvalidCredentials);
        };
        let verdict = self.hasher.verify(password, &known.password)?;
        if verdict == Verdict::Wrong || !known.active {
            return Err(IdentityError::InvalidCredentials);
        }
        let person = known.caller.person;

        let rehash = match verdict {
            Verdict::RightButOutdated => Some((known.password, self.hasher.hash(password)?)),
            Verdict::Right | Verdict::Wrong => None,
        };
        // A session made under another secret derives to a token that nobody has: it is replaced below.
        let open = known.session.filter(|s| {
            rehash.is_none() && self.mint.hash(self.mint.derive(person.id, &s.nonce).expose()) == s.hash
        });
        let nonce = match open {
            Some(session) => session.nonce,
            None => {
                let (fresh, at) = (self.mint.nonce(), self.clock.now());
                self.accounts.sign_in(&SigningIn { account: person.id, fresh, rehash, at })?
            }
        };
        Ok(SignedIn { token: self.mint.derive(person.id, &nonce), person })
    }

    /// Everywhere: one token serves all devices.
    pub fn sign_out(&self, caller: &Caller) -> Result<()> {
        Ok(self.accounts.sign_out(caller.id())?)
    }

    /// # Errors
    /// [`IdentityError::Invalid`] when a name or address is taken.
    pub fn edit_profile(&self, caller: &Caller, patch: ProfilePatch) -> Result<Person> {
        let password = patch.password.as_set().map(|password| self.hasher.hash(password)).transpose()?;
        let audit = audit::Entry::own(caller.id(), audit::Act::ProfileChanged, self.clock.now());
        self.accounts.edit(&ProfileEdit { account: caller.id(), patch, password, audit })
    }

    /// For operators only: no family's route leads here.
    ///
    /// # Errors
    /// [`IdentityError::AccountUnknown`].
    pub fn grant(&self, username: Username, standing: Standing) -> Result<Person> {
        self.accounts.grant(&Grant { username, standing, at: self.clock.now() })
    }
}

#[cfg(test)]
mod tests;
