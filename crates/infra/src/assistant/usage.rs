//! How much an account has asked, by the hour.
use crate::store::{At, Conn, on, schema::assistant_usage as used};
use chrono::TimeDelta;
use diesel::prelude::*;
use domain::{
    assistant::{Claim, Claimed},
    shared::{AccountId, Timestamp},
};

const DAY: TimeDelta = TimeDelta::hours(24);
const HOUR: TimeDelta = TimeDelta::hours(1);

/// Several claims at once wait for each other at the hour's row, which each changes before it looks at the sum.
pub(super) fn claim(conn: &mut Conn, claim: &Claim) -> QueryResult<Claimed> {
    let hour = hour_of(claim.at);
    begin(conn, claim.owner, hour)?;
    let limit = claim.messages_per_hour.map_or(i64::MAX, |limit| i64::from(limit.get()));
    let row = used::table.find((claim.owner.get(), At::from(hour)));
    let tokens = i64::from(claim.tokens);
    let counted = (used::messages.eq(used::messages + 1), used::tokens.eq(used::tokens + tokens));
    let below = row.filter(used::messages.lt(limit));
    if on!(conn, |c| diesel::update(below).set(counted).execute(c))? == 0 {
        return Ok(Claimed::Refused { until: hour + HOUR });
    }
    let Some(limit) = claim.tokens_per_day else { return Ok(Claimed::Granted) };
    let Some(until) = spent_until(conn, claim.owner, i64::from(limit.get()) + tokens, hour)? else {
        return Ok(Claimed::Granted);
    };
    let taken_back = (used::messages.eq(used::messages - 1), used::tokens.eq(used::tokens - tokens));
    on!(conn, |c| diesel::update(row).set(taken_back).execute(c))?;
    Ok(Claimed::Refused { until })
}

/// Counts the tokens of an answer, in the hour of its question.
pub(super) fn spend(conn: &mut Conn, owner: AccountId, at: Timestamp, tokens: u32) -> QueryResult<()> {
    if tokens == 0 {
        return Ok(());
    }
    let hour = hour_of(at);
    begin(conn, owner, hour)?;
    let row = used::table.find((owner.get(), At::from(hour)));
    let spent = used::tokens.eq(used::tokens + i64::from(tokens));
    on!(conn, |c| diesel::update(row).set(spent).execute(c)).map(drop)
}

/// What no limit asks for any more.
pub(super) fn forget(conn: &mut Conn, now: Timestamp) -> QueryResult<()> {
    let old = used::table.filter(used::hour.lt(At::from(hour_of(now) - DAY)));
    on!(conn, |c| diesel::delete(old).execute(c)).map(drop)
}

fn begin(conn: &mut Conn, owner: AccountId, hour: Timestamp) -> QueryResult<()> {
    let row = (
        used::owner_id.eq(owner.get()),
        used::hour.eq(At::from(hour)),
        used::messages.eq(0),
        used::tokens.eq(0),
    );
    on!(conn, |c| diesel::insert_into(used::table).values(&row).on_conflict_do_nothing().execute(c)).map(drop)
}

/// When enough of the last day's tokens will be a day old; `None` if fewer than `limit` were spent.
fn spent_until(
    conn: &mut Conn,
    owner: AccountId,
    limit: i64,
    hour: Timestamp,
) -> QueryResult<Option<Timestamp>> {
    let hours: Vec<(At, i64)> = on!(conn, |c| {
        used::table
            .filter(used::owner_id.eq(owner.get()))
            .filter(used::hour.gt(At::from(hour - DAY)))
            .order(used::hour)
            .select((used::hour, used::tokens))
            .load(c)
    })?;
    let mut spent: i64 = hours.iter().map(|(_, tokens)| tokens).sum();
    let mut until = None;
    for (hour, tokens) in hours {
        if spent < limit {
            break;
        }
        spent -= tokens;
        until = Some(Timestamp::from(hour) + DAY);
    }
    Ok(until)
}

fn hour_of(at: Timestamp) -> Timestamp {
    at - TimeDelta::nanoseconds(at.timestamp_nanos_opt().unwrap_or_default().rem_euclid(3_600_000_000_000))
}
