//! A message as the store keeps it.
use crate::{
    crypto::{PersonKeys, Reader, RowKey, Sealed},
    store::{At, Lent, schema::messages, with_texts},
};
use diesel::{dsl, prelude::*};
use domain::{
    messaging::{ClientId, Message, Room, Sending, Seq},
    shared::AccountId,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = messages)]
pub(super) struct MessageRow {
    conversation_id: i64,
    seq: i64,
    sender_id: i64,
    from_staff: bool,
    body: Sealed<messages::body>,
    client_id: Option<Lent>,
    inbox_seq: Option<i64>,
    sent_at: At,
}

impl MessageRow {
    pub(super) fn seq(&self) -> Seq {
        Seq::new(self.seq)
    }

    pub(super) fn open(self, room: Room, reader: &mut Reader<'_>) -> QueryResult<Message<Lent>> {
        let row = reader.row(self.concerns(room), RowKey(self.conversation_id, self.seq))?;
        let text = row.open(self.body)?;
        Ok(self.with_text(room, text))
    }

    /// One that was deleted: its text is not there any more, or will be erased.
    pub(super) fn without_text(self, room: Room) -> Message {
        kept(self.with_text(room, Lent::of("")))
    }

    fn with_text(self, room: Room, text: Lent) -> Message<Lent> {
        Message {
            room,
            seq: self.seq(),
            inbox_seq: self.inbox_seq.map(Seq::new),
            sender: AccountId::new(self.sender_id),
            from_staff: self.from_staff,
            text,
            client_id: self.client_id.map(ClientId::stored),
            at: self.sent_at.into(),
        }
    }

    fn concerns(&self, room: Room) -> i64 {
        concerns(room, AccountId::new(self.sender_id)).get()
    }
}

/// With whose key a message is sealed. What the staff tell somebody in their support room concerns that person; between two
/// people each has their own words.
pub(super) fn concerns(room: Room, sender: AccountId) -> AccountId {
    room.owner().unwrap_or(sender)
}

/// What was read last.
pub(super) fn opened(room: Room, row: MessageRow, mut reader: Reader<'_>) -> QueryResult<Message> {
    row.open(room, &mut reader).map(kept)
}

fn kept(message: Message<Lent>) -> Message {
    with_texts(message, |message, texts| message.map_texts(|text| texts.get(text).to_owned()))
}

/// The same for several messages, with the keys of all whom they concern fetched at once.
pub(super) fn all_opened(rows: Vec<(Room, MessageRow)>, mut reader: Reader<'_>) -> QueryResult<Vec<Message>> {
    reader.fetch(rows.iter().map(|(room, row)| row.concerns(*room)))?;
    let messages = rows.into_iter().map(|(room, row)| row.open(room, &mut reader));
    let messages = messages.collect::<QueryResult<Vec<_>>>()?;
    Ok(with_texts(messages, |messages, texts| {
        let kept = |message: Message<Lent>| message.map_texts(|text| texts.get(text).to_owned());
        messages.into_iter().map(kept).collect()
    }))
}

#[derive(Insertable)]
#[diesel(table_name = messages)]
pub(super) struct NewMessageRow<'a> {
    conversation_id: i64,
    seq: i64,
    sender_id: i64,
    from_staff: bool,
    client_id: Option<&'a str>,
    inbox_seq: Option<i64>,
    sent_at: At,
}

impl<'a> NewMessageRow<'a> {
    pub(super) fn new(
        sending: &'a Sending,
        keys: &PersonKeys,
        conversation_id: i64,
        seq: Seq,
        inbox_seq: Option<Seq>,
    ) -> (Self, dsl::Eq<messages::body, Vec<u8>>) {
        let body = keys.seal(messages::body, RowKey(conversation_id, seq.get()), sending.text.as_str());
        let others = Self {
            conversation_id,
            seq: seq.get(),
            sender_id: sending.sender.get(),
            from_staff: sending.from_staff,
            client_id: sending.client_id.as_ref().map(ClientId::as_str),
            inbox_seq: inbox_seq.map(Seq::get),
            sent_at: sending.at.into(),
        };
        (others, body)
    }
}

pub(super) fn room(low: i64, high: i64) -> Room {
    Room::of(AccountId::new(low), AccountId::new(high))
}
