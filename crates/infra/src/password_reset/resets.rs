//! Requests, and the links that answer them.
use crate::{
    audit,
    crypto::{DataKeys, PersonKeys},
    identity::{holds_address, replace_password},
    outbox::{self, Queue},
    store::{
        At, Conn, Store, TxError, on,
        schema::{accounts, password_reset_requests as requests, password_resets as resets},
    },
};
use diesel::{dsl::not, prelude::*};
use domain::{
    events::Event,
    identity::{Email, TokenHash},
    outbox::{Letter, Message, Origin},
    password_reset::{
        Holder, LETTERS_WITHIN, LinkHolder, NewReset, NewResetRequest, PasswordByLink, ResetAnswer,
        ResetRequest, ResetRequestId, ResetRequested, ResetSheet, ports::PasswordResetRepository,
    },
    shared::{AccountId, StoreError, Timestamp},
};

/// More than a mail server takes in the time that a link is good.
const WAITING_MAX: i64 = 10_000;

pub struct DieselPasswordResetRepository {
    pub store: Store,
    pub data_keys: DataKeys,
    /// In the names of letters: whose they are.
    pub mail_host: String,
}

impl PasswordResetRepository for DieselPasswordResetRepository {
    fn request(&self, new: &NewResetRequest) -> Result<(), StoreError> {
        let row = (
            requests::email_key.eq(new.email.key()),
            requests::origin.eq(new.origin.as_str()),
            requests::requested_at.eq(At::from(new.at)),
        );
        self.store.write(|conn| {
            let waiting: i64 = on!(conn, |c| requests::table.count().get_result(c))?;
            if waiting >= WAITING_MAX {
                let cause = "too many password resets wait";
                return Err(TxError::Rule(StoreError::unavailable(cause)));
            }
            on!(conn, |c| diesel::insert_into(requests::table).values(&row).execute(c))?;
            conn.publish_after_commit(Event::new(ResetRequested));
            Ok(())
        })
    }

    fn next(
        &self,
        after: Option<ResetRequestId>,
        since: Timestamp,
    ) -> Result<Option<ResetSheet>, StoreError> {
        let after = after.map_or(0, ResetRequestId::get);
        self.store.read(|conn| {
            let oldest = requests::table.filter(requests::id.gt(after)).order(requests::id);
            let row: Option<RequestRow> =
                on!(conn, |c| oldest.select(RequestRow::as_select()).first(c).optional())?;
            let Some(row) = row else { return Ok(None) };
            let holder = holder(conn, &row.email_key, since)?;
            let (id, origin) = (ResetRequestId::new(row.id), Origin::new(row.origin));
            Ok(Some(ResetSheet { request: ResetRequest { id, origin, at: row.requested_at.into() }, holder }))
        })
    }

    fn answer(&self, answer: &ResetAnswer) -> Result<bool, StoreError> {
        let keys = answer.reset().map(|reset| self.data_keys.of(reset.account())).transpose()?;
        self.store.write_if(|conn| {
            let request = requests::table.find(answer.request().get());
            let waits = on!(conn, |c| diesel::delete(request).execute(c))? == 1;
            Ok(waits && self.add(conn, answer.reset(), keys.as_ref())?)
        })
    }

    fn link_holder(&self, token: &TokenHash, now: Timestamp) -> Result<Option<LinkHolder>, StoreError> {
        let row: Option<AccountRow> = self.store.read(|conn| {
            on!(conn, |c| {
                resets::table
                    .inner_join(accounts::table)
                    .filter(resets::token_hash.eq(&token.0))
                    .filter(not(resets::spent))
                    .filter(resets::expires_at.gt(At::from(now)))
                    .filter(accounts::is_active)
                    .select(AccountRow::as_select())
                    .get_result(c)
                    .optional()
            })
        })?;
        Ok(row.and_then(|AccountRow { id, username, email }| {
            let email = Email::parse(&email).ok()?;
            Some(LinkHolder { account: AccountId::new(id), username, email })
        }))
    }

    fn change(&self, change: &PasswordByLink) -> Result<bool, StoreError> {
        let (account, at) = (change.account(), change.audit().at);
        let keys = self.data_keys.of(account)?;
        self.store.write_if(|conn| {
            let active = replace_password(conn, account, change.password())?;
            // The account's row is held: of two links of one account, and of one that is used twice, the second finds none.
            let good = resets::table
                .filter(resets::account_id.eq(account.get()))
                .filter(not(resets::spent))
                .filter(resets::expires_at.gt(At::from(at)));
            let spent: Vec<String> = on!(conn, |c| {
                diesel::update(good).set(resets::spent.eq(true)).returning(resets::token_hash).get_results(c)
            })?;
            if !active || !spent.contains(&change.token().0) {
                return Ok(false);
            }
            self.send(conn, &keys, change.letter(), at)?;
            audit::add(conn, change.audit())?;
            Ok(true)
        })
    }

    fn forget(&self, until: Timestamp) -> Result<usize, StoreError> {
        self.store.write(|conn| {
            let old = resets::table.filter(resets::created_at.lt(At::from(until)));
            Ok(on!(conn, |c| diesel::delete(old).execute(c))?)
        })
    }
}

impl DieselPasswordResetRepository {
    /// Whether what was judged is so still.
    fn add(&self, conn: &mut Conn, reset: Option<&NewReset>, keys: Option<&PersonKeys>) -> QueryResult<bool> {
        let (Some(reset), Some(keys)) = (reset, keys) else { return Ok(true) };
        let (account, at) = (reset.account(), reset.audit().at);
        let key = reset.letter().to.key();
        if !holds_address(conn, account, &key)?
            || letters(conn, account, at - LETTERS_WITHIN)? != reset.letters_before()
        {
            return Ok(false);
        }
        let row = (
            resets::token_hash.eq(&reset.token().0),
            resets::account_id.eq(account.get()),
            resets::spent.eq(false),
            resets::expires_at.eq(At::from(reset.expires_at())),
            resets::created_at.eq(At::from(at)),
        );
        on!(conn, |c| diesel::insert_into(resets::table).values(&row).execute(c))?;
        self.send(conn, keys, reset.letter(), at)?;
        audit::add(conn, reset.audit())?;
        Ok(true)
    }

    fn send(&self, conn: &mut Conn, keys: &PersonKeys, letter: &Letter, at: Timestamp) -> QueryResult<()> {
        let message = Message::Letter(letter.clone());
        outbox::add(conn, Queue::LETTERS, keys, &self.mail_host, &message, 0, at).map(drop)
    }
}

fn holder(conn: &mut Conn, email_key: &str, since: Timestamp) -> QueryResult<Option<Holder>> {
    let active = accounts::table.filter(accounts::email_key.eq(email_key)).filter(accounts::is_active);
    let row: Option<AccountRow> =
        on!(conn, |c| active.select(AccountRow::as_select()).get_result(c).optional())?;
    let Some(AccountRow { id, username, email }) = row else { return Ok(None) };
    let Ok(email) = Email::parse(&email) else { return Ok(None) };
    let account = AccountId::new(id);
    Ok(Some(Holder { account, username, email, letters: letters(conn, account, since)? }))
}

/// How many the account was sent.
fn letters(conn: &mut Conn, account: AccountId, since: Timestamp) -> QueryResult<u64> {
    let lately = resets::table
        .filter(resets::account_id.eq(account.get()))
        .filter(resets::created_at.ge(At::from(since)));
    let count: i64 = on!(conn, |c| lately.count().get_result(c))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = requests)]
struct RequestRow {
    id: i64,
    email_key: String,
    origin: String,
    requested_at: At,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts)]
struct AccountRow {
    id: i64,
    username: String,
    email: String,
}
