//! Letters that came back.
use crate::store::{At, Conn, on, schema::outbox};
use diesel::{dsl::exists, prelude::*, select};
use domain::{
    outbox::{Channel, DeliveryState, Failure, MessageId},
    shared::Timestamp,
};

pub(crate) enum Bounce {
    /// No letter of this name was accepted.
    Unknown,
    Again,
    /// Of the letter with this id.
    First(i64),
}

/// A step of [`BounceReports::bounced`](domain::outbox::ports::BounceReports::bounced).
pub(crate) fn bounce(conn: &mut Conn, letter: &MessageId, now: Timestamp) -> QueryResult<Bounce> {
    let letter = outbox::table
        .filter(outbox::message_id.eq(letter.as_str()))
        .filter(outbox::channel.eq(Channel::Email.as_str()));
    let accepted = letter.filter(outbox::state.eq(DeliveryState::Accepted.as_str()));
    let changes = (
        outbox::state.eq(DeliveryState::Refused.as_str()),
        outbox::failure.eq(Failure::Bounced.as_str()),
        outbox::finished_at.eq(At::from(now)),
    );
    let first = on!(conn, |c| {
        diesel::update(accepted).set(changes).returning(outbox::id).get_result(c).optional()
    })?;
    if let Some(id) = first {
        return Ok(Bounce::First(id));
    }
    let bounced = letter.filter(outbox::failure.eq(Failure::Bounced.as_str()));
    let again: bool = on!(conn, |c| select(exists(bounced)).get_result(c))?;
    Ok(if again { Bounce::Again } else { Bounce::Unknown })
}
