//! When an account's conversations were erased, so that an answer that was on its way then does not bring its question back.
use crate::store::{At, Conn, on, schema::assistant_erasures as erasures};
use diesel::prelude::*;
use domain::shared::{AccountId, Timestamp};

/// To be called before the messages are deleted: what is being stored at the same time is then waited for.
pub(super) fn record(conn: &mut Conn, owner: AccountId, at: Timestamp) -> QueryResult<()> {
    let row = (erasures::owner_id.eq(owner.get()), erasures::erased_at.eq(At::from(at)));
    let newer = erasures::erased_at.eq(At::from(at));
    on!(conn, |c| {
        let new = diesel::insert_into(erasures::table).values(&row);
        new.on_conflict(erasures::owner_id).do_update().set(newer).execute(c)
    })
    .map(drop)
}

/// Whether what was said then was erased. An erasure at the same time waits until the transaction ends, so that it finds what is stored.
pub(super) fn has_erased(conn: &mut Conn, owner: AccountId, said_at: Timestamp) -> QueryResult<bool> {
    let never = At::from(Timestamp::UNIX_EPOCH);
    let row = (erasures::owner_id.eq(owner.get()), erasures::erased_at.eq(never));
    let erased_at: At = on!(conn, |c| {
        let new = diesel::insert_into(erasures::table).values(&row);
        let locked =
            new.on_conflict(erasures::owner_id).do_update().set(erasures::erased_at.eq(erasures::erased_at));
        locked.returning(erasures::erased_at).get_result(c)
    })?;
    Ok(Timestamp::from(erased_at) > said_at)
}
