//! Steps of the changes that end an account's ways in.
use crate::store::{
    Conn, on,
    schema::{accounts, password_resets, sessions},
};
use diesel::{dsl::not, prelude::*};
use domain::identity::{AccountId, PasswordHash};

/// Gives an active account another password, and ends its session. Returns whether there is one. Its row is held from here to the
/// end of the transaction: whoever signs in, or uses another link, waits for it.
pub(crate) fn replace_password(
    conn: &mut Conn,
    account: AccountId,
    password: &PasswordHash,
) -> QueryResult<bool> {
    let active = accounts::table.filter(accounts::id.eq(account.get())).filter(accounts::is_active);
    let changed =
        on!(conn, |c| { diesel::update(active).set(accounts::password.eq(password.as_str())).execute(c) })?;
    end_session(conn, account)?;
    Ok(changed == 1)
}

/// Its open sockets hear of it by the epoch, which a trigger moves.
pub(super) fn end_session(conn: &mut Conn, account: AccountId) -> QueryResult<()> {
    on!(conn, |c| diesel::delete(sessions::table.find(account.get())).execute(c)).map(drop)
}

/// Links in letters that were sent before the account had another password or another address: its mailbox may be what was lost.
pub(super) fn void_reset_links(conn: &mut Conn, account: AccountId) -> QueryResult<()> {
    let good = password_resets::table
        .filter(password_resets::account_id.eq(account.get()))
        .filter(not(password_resets::spent));
    on!(conn, |c| diesel::update(good).set(password_resets::spent.eq(true)).execute(c)).map(drop)
}
