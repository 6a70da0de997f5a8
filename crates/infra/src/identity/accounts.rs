//! Accounts and their sessions.
use super::{
    PersonRow,
    account_rows::{FlagChanges, NewAccountRow, ProfileChanges, SessionRow},
    passwords::{end_session, void_reset_links},
    session_cache::SessionCache,
};
use crate::{
    audit,
    store::{
        Conn, OnUnique, Store, TxError, on,
        schema::{accounts, sessions},
    },
};
use diesel::{prelude::*, upsert::excluded};
use domain::{
    audit::{AuditAction, AuditEntry},
    identity::{
        AccountFlag, AccountId, Credentials, Email, IdentityError, NewAccount, Nonce, PasswordHash, Person,
        ProfileEdit, Result, SessionAccount, SetFlag, SetPassword, SignIn, StoredSession, TokenHash,
        Username,
        ports::{AccountRepository, NameConflict, TokenIssuer},
    },
    shared::{FieldError, FieldErrors, StoreError, Timestamp},
};
use std::sync::Arc;

/// Holds the token issuer because a token is derived from the account's id, which only the store gives.
pub struct DieselAccountRepository {
    store: Store,
    token_issuer: Arc<dyn TokenIssuer>,
    session_cache: SessionCache,
}

impl AccountRepository for DieselAccountRepository {
    fn register(&self, new_account: &NewAccount) -> Result<Person> {
        self.store.write(|conn| {
            let row: PersonRow = on!(conn, |c| {
                diesel::insert_into(accounts::table)
                    .values(NewAccountRow::from(new_account))
                    .returning(<PersonRow>::as_returning())
                    .get_result(c)
            })
            .on_unique(taken)?;
            let person = Person::from(row);
            self.open_session(conn, person.id, &new_account.nonce, new_account.at)?;
            audit::add(conn, &AuditEntry::own(person.id, AuditAction::AccountRegistered, new_account.at))?;
            Ok(person)
        })
    }

    fn taken<'a>(
        &self,
        username: Option<&'a Username>,
        email: Option<&'a Email>,
        except: Option<AccountId>,
    ) -> Result<NameConflict, StoreError> {
        // An absent name is looked for as the blank one, which nobody has.
        let username = username.map_or("", Username::as_str);
        let key = email.map(Email::key).unwrap_or_default();
        let except = except.map_or(0, AccountId::get);
        let rows: Vec<(String, String)> = self.store.read(|conn| {
            on!(conn, |c| {
                accounts::table
                    .filter(accounts::username.eq(username).or(accounts::email_key.eq(&key)))
                    .filter(accounts::id.ne(except))
                    .select((accounts::username, accounts::email_key))
                    .load(c)
            })
        })?;
        Ok(NameConflict {
            username: rows.iter().any(|(name, _)| name == username),
            email: rows.iter().any(|(_, taken)| *taken == key),
        })
    }

    fn session_accounts(&self, tokens: &[TokenHash]) -> Result<Vec<Option<SessionAccount>>, StoreError> {
        self.session_cache.of(tokens)
    }

    fn credentials(&self, username: &Username) -> Result<Option<Credentials>, StoreError> {
        type Row = (PersonRow, bool, String, Option<(String, String)>);
        let row: Option<Row> = self.store.read(|conn| {
            on!(conn, |c| {
                accounts::table
                    .left_join(sessions::table)
                    .filter(accounts::username.eq(username.as_str()))
                    .select((
                        <PersonRow>::as_select(),
                        accounts::is_active,
                        accounts::password,
                        (sessions::nonce, sessions::token_hash).nullable(),
                    ))
                    .get_result(c)
                    .optional()
            })
        })?;
        Ok(row.map(|(person, active, password, session)| Credentials {
            caller: Person::from(person).into(),
            active,
            password: PasswordHash::new(password),
            session: session
                .map(|(nonce, hash)| StoredSession { nonce: Nonce(nonce), hash: TokenHash(hash) }),
        }))
    }

    fn sign_in(&self, signing_in: &SignIn) -> Result<Option<Nonce>, StoreError> {
        self.store.write(|conn| {
            let kept = signing_in.rehash.as_ref().unwrap_or(&signing_in.verified);
            // Also where nothing changes: the row is held until the session is there, so that another password waits for
            // it and then ends it.
            let unchanged = on!(conn, |c| {
                diesel::update(accounts::table.find(signing_in.account.get()))
                    .filter(accounts::password.eq(signing_in.verified.as_str()))
                    .set(accounts::password.eq(kept.as_str()))
                    .execute(c)
            })?;
            if unchanged == 0 {
                return Ok(None);
            }
            Ok(Some(self.open_session(conn, signing_in.account, &signing_in.fresh, signing_in.at)?))
        })
    }

    fn sign_out(&self, account: AccountId) -> Result<(), StoreError> {
        self.store.write(|conn| Ok(end_session(conn, account)?))
    }

    fn edit(&self, edit: &ProfileEdit) -> Result<Person> {
        self.store.write(|conn| {
            let changes = ProfileChanges::from(edit);
            let account = accounts::table.find(edit.account.get());
            let row: PersonRow = on!(conn, |c| {
                if changes.is_empty() {
                    account.select(<PersonRow>::as_select()).get_result(c)
                } else {
                    diesel::update(account).set(&changes).returning(<PersonRow>::as_returning()).get_result(c)
                }
            })
            .on_unique(taken)?;
            if edit.password.is_some() {
                open_still(conn, edit)?;
            }
            if edit.password.is_some() || edit.patch.email.as_set().is_some() {
                void_reset_links(conn, edit.account)?;
            }
            audit::add(conn, &edit.audit)?;
            Ok(row.into())
        })
    }

    fn grant(&self, grant: &SetFlag) -> Result<Person> {
        self.store.write(|conn| {
            let changes = match grant.flag {
                AccountFlag::Doctor(doctor) => {
                    FlagChanges { is_doctor: Some(doctor), ..FlagChanges::default() }
                }
                AccountFlag::Staff(staff) => FlagChanges { is_staff: Some(staff), ..FlagChanges::default() },
                AccountFlag::Active(active) => {
                    FlagChanges { is_active: Some(active), ..FlagChanges::default() }
                }
            };
            let row: Option<PersonRow> = on!(conn, |c| {
                diesel::update(accounts::table.filter(accounts::username.eq(grant.username.as_str())))
                    .set(&changes)
                    .returning(<PersonRow>::as_returning())
                    .get_result(c)
                    .optional()
            })?;
            by_operator(conn, row, grant.flag.act(), grant.at)
        })
    }

    fn set_password(&self, change: &SetPassword) -> Result<Person> {
        self.store.write(|conn| {
            let row: Option<PersonRow> = on!(conn, |c| {
                diesel::update(accounts::table.filter(accounts::username.eq(change.username.as_str())))
                    .set(accounts::password.eq(change.password.as_str()))
                    .returning(<PersonRow>::as_returning())
                    .get_result(c)
                    .optional()
            })?;
            let person = by_operator(conn, row, AuditAction::PasswordSet, change.at)?;
            end_session(conn, person.id)?;
            void_reset_links(conn, person.id)?;
            Ok(person)
        })
    }
}

impl DieselAccountRepository {
    pub fn new(store: Store, token_issuer: Arc<dyn TokenIssuer>) -> Self {
        Self { session_cache: SessionCache::new(store.clone()), store, token_issuer }
    }

    /// The nonce of the session that is open afterwards.
    fn open_session(
        &self,
        conn: &mut Conn,
        account: AccountId,
        fresh: &Nonce,
        at: Timestamp,
    ) -> QueryResult<Nonce> {
        let derived =
            |nonce: &Nonce| self.token_issuer.hash(self.token_issuer.derive(account, nonce).expose());
        let row = SessionRow {
            account_id: account.get(),
            nonce: &fresh.0,
            token_hash: derived(fresh).0,
            created_at: at.into(),
        };
        // The update changes nothing, but answers with the row that is there and holds it until the transaction ends:
        // no other sign-in or sign-out comes in between.
        let (nonce, hash): (String, String) = on!(conn, |c| {
            diesel::insert_into(sessions::table)
                .values(&row)
                .on_conflict(sessions::account_id)
                .do_update()
                .set(sessions::account_id.eq(excluded(sessions::account_id)))
                .returning((sessions::nonce, sessions::token_hash))
                .get_result(c)
        })?;
        let nonce = Nonce(nonce);
        if derived(&nonce).0 == hash {
            return Ok(nonce);
        }
        // Made under another secret: nobody holds its token.
        on!(conn, |c| diesel::update(sessions::table.find(account.get())).set(&row).execute(c))?;
        Ok(fresh.clone())
    }
}

/// The account that an operator's change found, and the audit entry of the change.
fn by_operator(
    conn: &mut Conn,
    found: Option<PersonRow>,
    act: AuditAction,
    at: Timestamp,
) -> Result<Person, TxError<IdentityError>> {
    let row = found.ok_or(TxError::Rule(IdentityError::AccountUnknown))?;
    let person = Person::from(row);
    audit::add(conn, &AuditEntry { actor: None, ..AuditEntry::own(person.id, act, at) })?;
    Ok(person)
}

/// After the account's row was taken: another change of the password has ended the session by now, or waits.
fn open_still(conn: &mut Conn, edit: &ProfileEdit) -> Result<(), TxError<IdentityError>> {
    let open: i64 = on!(conn, |c| {
        sessions::table
            .find(edit.account.get())
            .filter(sessions::token_hash.eq(&edit.session.0))
            .count()
            .get_result(c)
    })?;
    if open == 0 { Err(TxError::Rule(IdentityError::TokenUnknown)) } else { Ok(()) }
}

/// PostgreSQL names the constraint, `accounts_email_key`; SQLite the column, `accounts.email_key`.
fn taken(named: &str) -> IdentityError {
    let field = if named.contains("email") { "email" } else { "username" };
    FieldErrors::one(field, FieldError::Taken).into()
}
