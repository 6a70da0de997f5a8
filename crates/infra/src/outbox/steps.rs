//! Steps of other repositories' transactions.
use super::{Queue, rows::DeliveryRow, stored::stored};
use crate::{
    crypto::{DataKeys, PersonKeys, Reader},
    store::{At, Conn, Db, Store, TxError, next_id, on, schema::outbox},
};
use diesel::{dsl::count_star, prelude::*};
use domain::{
    outbox::{Delivery, DeliveryId, DeliveryState, Failure, LEASE, Message, Outcome},
    shared::{StoreError, Timestamp},
};
use rand::RngExt;

/// Due at once. An instant of today would be in the future when the clock is set back.
const AT_ONCE: Timestamp = Timestamp::UNIX_EPOCH;
/// A letter that was tried further in the future than this was tried before the clock was set back. Less is the difference
/// between the clocks of two nodes.
const CLOCK_SET_BACK: chrono::TimeDelta = LEASE;
/// Messages of one owner and queue in flight, over all nodes. Without a limit, an owner whose contacts' mail server hangs holds every
/// connection.
const OF_ONE_OWNER: i64 = 3;
/// Letters that one acceptance makes due. Each of theirs makes others due.
const HURRIED_AT_ONCE: i64 = 500;
/// One that failed just now waits its time out also when another one was accepted.
const JUST_TRIED: chrono::TimeDelta = chrono::TimeDelta::seconds(1);

/// A message of an earlier turn goes before one of a later, whenever they were stored: many alarms at once each reach somebody
/// soon.
fn at_once(turn: u32) -> Timestamp {
    AT_ONCE + chrono::TimeDelta::seconds(turn.into())
}

/// A step of the change that causes the message. `host` is the part of its Message-ID that says whose it is; `turn` says which of
/// the messages that were never tried go first.
pub(crate) fn add(
    conn: &mut Conn,
    queue: Queue,
    keys: &PersonKeys,
    host: &str,
    message: &Message,
    turn: u32,
    at: Timestamp,
) -> QueryResult<DeliveryId> {
    let id = next_id(conn, "outbox")?;
    let text = stored(message)?;
    let row = (
        outbox::id.eq(id),
        outbox::queue.eq(queue.name),
        outbox::channel.eq(queue.channel.as_str()),
        outbox::owner_id.eq(keys.person()),
        outbox::message_id.eq(format!("<{:032x}@{host}>", rand::rng().random::<u128>())),
        keys.seal(outbox::letter, id, &text),
        outbox::state.eq(DeliveryState::Queued.as_str()),
        outbox::attempts.eq(0),
        outbox::queued_at.eq(At::from(at)),
        outbox::due_at.eq(At::from(at_once(turn))),
    );
    on!(conn, |c| diesel::insert_into(outbox::table).values(row).execute(c))?;
    Ok(DeliveryId::new(id))
}

/// A step of the change that stored it, which knows why it is not sent.
pub(crate) fn withhold(conn: &mut Conn, id: DeliveryId, why: Failure, at: Timestamp) -> QueryResult<()> {
    let message = outbox::table.find(id.get());
    on!(conn, |c| diesel::update(message).set(not_sent(why, at)).execute(c)).map(drop)
}

/// Those of these that nobody is sending now are not sent (again). Returns which.
pub(crate) fn cancel(conn: &mut Conn, ids: &[i64], now: Timestamp) -> QueryResult<Vec<i64>> {
    let waiting =
        outbox::table.filter(outbox::id.eq_any(ids)).filter(outbox::state.eq(DeliveryState::Queued.as_str()));
    on!(conn, |c| {
        diesel::update(waiting).set(not_sent(Failure::NotNeeded, now)).returning(outbox::id).get_results(c)
    })
}

#[derive(AsChangeset)]
#[diesel(table_name = outbox)]
struct NotSent {
    state: &'static str,
    failure: Option<&'static str>,
    finished_at: Option<At>,
}

fn not_sent(why: Failure, at: Timestamp) -> NotSent {
    NotSent {
        state: DeliveryState::Refused.as_str(),
        failure: Some(why.as_str()),
        finished_at: Some(At::from(at)),
    }
}

/// The next letter of the queue, leased: [`DeliveryQueue::take`](domain::outbox::ports::DeliveryQueue::take).
pub(crate) fn take(
    store: &Store,
    data_keys: &DataKeys,
    queue: Queue,
    now: Timestamp,
) -> Result<Option<Delivery>, StoreError> {
    // Nearly always there is none, and to look needs no turn among the writers of SQLite. On PostgreSQL nobody waits for a turn,
    // and a second look is one more round trip for each message.
    if store.has_one_writer() && store.read(|conn| due(conn, queue, now))?.is_none() {
        return Ok(None);
    }
    let mut reader = Reader::of(data_keys);
    store.write(|conn| {
        let Some(id) = due(conn, queue, now)? else { return Ok(None) };
        let row: DeliveryRow = on!(conn, |c| {
            diesel::update(outbox::table.find(id))
                .set((
                    outbox::state.eq(DeliveryState::Sending.as_str()),
                    outbox::attempts.eq(outbox::attempts + 1),
                    outbox::attempted_at.eq(At::from(now)),
                    outbox::due_at.eq(At::from(now + LEASE)),
                ))
                .returning(DeliveryRow::as_returning())
                .get_result(c)
        })?;
        Ok::<_, TxError<StoreError>>(Some(row.read(&mut reader)?))
    })
}

/// The first that is due, locked where several nodes may look. Those that were never tried come first: they are due since the
/// epoch.
fn due(conn: &mut Conn, queue: Queue, now: Timestamp) -> QueryResult<Option<i64>> {
    let open = outbox::table
        .filter(outbox::queue.eq(queue.name))
        .filter(outbox::channel.eq(queue.channel.as_str()))
        .filter(outbox::finished_at.is_null());
    let others = diesel::alias!(outbox as others);
    let of_owner = others
        .filter(others.field(outbox::queue).eq(queue.name))
        .filter(others.field(outbox::channel).eq(queue.channel.as_str()))
        .filter(others.field(outbox::owner_id).eq(outbox::owner_id))
        .filter(others.field(outbox::state).eq(DeliveryState::Sending.as_str()))
        .filter(others.field(outbox::due_at).gt(At::from(now)))
        .select(count_star())
        .single_value();
    let next = open
        .filter(outbox::due_at.le(At::from(now)))
        .filter(of_owner.assume_not_null().lt(OF_ONE_OWNER))
        .order((outbox::due_at, outbox::id));
    let next = next.select(outbox::id).limit(1);
    let of_the_future = open.filter(outbox::attempted_at.gt(At::from(now + CLOCK_SET_BACK)));
    let of_the_future = of_the_future.select(outbox::id).limit(1);
    match &mut conn.db {
        Db::Postgres(c) => {
            let id = next.for_update().skip_locked().get_result(&mut ***c).optional()?;
            match id {
                None => of_the_future.for_update().skip_locked().get_result(&mut ***c).optional(),
                id => Ok(id),
            }
        }
        Db::Sqlite(c) => match next.get_result(&mut **c).optional()? {
            None => of_the_future.get_result(&mut **c).optional(),
            id => Ok(id),
        },
    }
}

/// A step of [`DeliveryQueue::finish`](domain::outbox::ports::DeliveryQueue::finish): what is known of the letter now. `None` when
/// the outcome changes nothing.
pub(crate) fn finish(
    conn: &mut Conn,
    queue: Queue,
    delivery: &Delivery,
    outcome: Outcome,
    now: Timestamp,
) -> QueryResult<Option<DeliveryState>> {
    let (state, failure, pause) = match outcome {
        Outcome::Accepted => (DeliveryState::Accepted, None, None),
        Outcome::Refused(failure) => (DeliveryState::Refused, Some(failure), None),
        Outcome::Failed(failure) => {
            match queue.schedule.pause_after(delivery.attempts, now - delivery.queued_at) {
                Some(pause) => (DeliveryState::Queued, Some(failure), Some(pause)),
                None => (DeliveryState::Refused, Some(Failure::GivenUp), None),
            }
        }
    };
    let changes = (
        outbox::state.eq(state.as_str()),
        outbox::failure.eq(failure.map(Failure::as_str)),
        pause.map(|pause| outbox::due_at.eq(At::from(now + pause))),
        state.is_final().then(|| outbox::finished_at.eq(Some(At::from(now)))),
    );
    let letter = outbox::table.find(delivery.id.get());
    let changed = on!(conn, |c| {
        if outcome == Outcome::Accepted {
            // Also when the lease was taken over, and when another try was refused. But what came back was accepted before.
            let not_yet = letter
                .filter(outbox::state.ne(DeliveryState::Accepted.as_str()))
                .filter(outbox::failure.is_null().or(outbox::failure.ne(Failure::Bounced.as_str())));
            diesel::update(not_yet).set(changes).execute(c)
        } else {
            let open = letter.filter(outbox::finished_at.is_null());
            let leased = open.filter(outbox::attempts.eq(i64::from(delivery.attempts)));
            diesel::update(leased).set(changes).execute(c)
        }
    })?;
    Ok((changed > 0).then_some(state))
}

/// The other side takes messages again: those that wait for their next try are due at once.
pub(crate) fn hurry(conn: &mut Conn, queue: Queue, now: Timestamp) -> QueryResult<()> {
    let waiting = outbox::table
        .filter(outbox::queue.eq(queue.name))
        .filter(outbox::channel.eq(queue.channel.as_str()))
        .filter(outbox::finished_at.is_null())
        .filter(outbox::state.eq(DeliveryState::Queued.as_str()))
        .filter(outbox::attempted_at.lt(At::from(now - JUST_TRIED)))
        .filter(outbox::due_at.gt(At::from(now)))
        .order(outbox::due_at)
        .limit(HURRIED_AT_ONCE)
        .select(outbox::id);
    // Without those that another transaction holds: two that hurry the same letters in another order would wait for each other.
    let ids: Vec<i64> = match &mut conn.db {
        Db::Postgres(c) => waiting.for_update().skip_locked().load(&mut ***c)?,
        Db::Sqlite(c) => waiting.load(&mut **c)?,
    };
    if ids.is_empty() {
        return Ok(());
    }
    on!(conn, |c| {
        diesel::update(outbox::table.filter(outbox::id.eq_any(&ids)))
            .set(outbox::due_at.eq(At::from(now)))
            .execute(c)
    })?;
    Ok(())
}
