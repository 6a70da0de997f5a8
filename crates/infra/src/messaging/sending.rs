//! The steps of storing a message: each runs in the transaction that does.
use super::rows::{MessageRow, opened, room};
use crate::{
    crypto::Reader,
    store::{
        At, Conn, TxError, on,
        schema::{conversations, messages, support_inbox},
    },
};
use diesel::prelude::*;
use domain::{
    messaging::{ClientId, Message, MessagingError, Sending, Seq},
    shared::AccountId,
};

/// The sender's message of that name, and whether it was deleted: then without its text.
pub(super) fn known_as(
    conn: &mut Conn,
    reader: Reader<'_>,
    sender: AccountId,
    client_id: &ClientId,
) -> Result<Option<(Message, bool)>, TxError<MessagingError>> {
    let row: Option<(i64, i64, i64, MessageRow)> = on!(conn, |c| {
        messages::table
            .inner_join(conversations::table)
            .filter(messages::sender_id.eq(sender.get()))
            .filter(messages::client_id.eq(client_id.as_str()))
            .select((
                conversations::low_id,
                conversations::high_id,
                conversations::cleared_seq,
                MessageRow::as_select(),
            ))
            .get_result(c)
            .optional()
    })?;
    let Some((low, high, cleared, row)) = row else { return Ok(None) };
    let deleted = row.seq().get() <= cleared;
    let room = room(low, high);
    // There is nothing to open when its text was erased.
    let message = if deleted { row.without_text(room) } else { opened(room, row, reader)? };
    Ok(Some((message, deleted)))
}

/// The conversation, begun if need be, and its next number. Other senders to it wait until this transaction ends:
/// so the order of the numbers is the order of the commits.
pub(super) fn next_number(conn: &mut Conn, sending: &Sending) -> QueryResult<(i64, Seq)> {
    let first = (
        conversations::low_id.eq(sending.room.low().get()),
        conversations::high_id.eq(sending.room.high().get()),
        conversations::started_at.eq(At::from(sending.at)),
        conversations::last_seq.eq(1),
    );
    let (id, seq): (i64, i64) = on!(conn, |c| {
        diesel::insert_into(conversations::table)
            .values(&first)
            .on_conflict((conversations::low_id, conversations::high_id))
            .do_update()
            .set(conversations::last_seq.eq(conversations::last_seq + 1))
            .returning((conversations::id, conversations::last_seq))
            .get_result(c)
    })?;
    if sending.from_staff {
        on!(conn, |c| {
            diesel::update(conversations::table.find(id))
                .set((
                    conversations::answered_seq.eq(seq),
                    conversations::answered_by.eq(sending.sender.get()),
                ))
                .execute(c)
        })?;
    }
    Ok((id, Seq::new(seq)))
}

/// The inbox's next number. All support messages wait for each other here, so this is the last row that a change takes.
pub(super) fn next_in_inbox(conn: &mut Conn) -> QueryResult<Seq> {
    let next = support_inbox::last_seq + 1;
    let seq: i64 = on!(conn, |c| {
        diesel::update(support_inbox::table)
            .set(support_inbox::last_seq.eq(next))
            .returning(support_inbox::last_seq)
            .get_result(c)
    })?;
    Ok(Seq::new(seq))
}
