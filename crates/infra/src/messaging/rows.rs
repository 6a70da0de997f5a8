//! A message as the store keeps it.
use crate::store::{At, schema::messages};
use diesel::prelude::*;
use domain::{
    messaging::{ClientId, Message, Room, Sending, Seq},
    shared::AccountId,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = messages)]
pub(super) struct MessageRow<S = String> {
    seq: i64,
    sender_id: i64,
    from_staff: bool,
    body: S,
    client_id: Option<S>,
    inbox_seq: Option<i64>,
    sent_at: At,
}

impl<S> MessageRow<S> {
    pub(super) fn of(self, room: Room) -> Message<S> {
        Message {
            room,
            seq: Seq::new(self.seq),
            inbox_seq: self.inbox_seq.map(Seq::new),
            sender: AccountId::new(self.sender_id),
            from_staff: self.from_staff,
            text: self.body,
            client_id: self.client_id.map(ClientId::stored),
            at: self.sent_at.into(),
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = messages)]
pub(super) struct NewMessageRow<'a> {
    conversation_id: i64,
    seq: i64,
    sender_id: i64,
    from_staff: bool,
    body: &'a str,
    client_id: Option<&'a str>,
    inbox_seq: Option<i64>,
    sent_at: At,
}

impl<'a> NewMessageRow<'a> {
    pub(super) fn new(sending: &'a Sending, conversation_id: i64, seq: Seq, inbox_seq: Option<Seq>) -> Self {
        Self {
            conversation_id,
            seq: seq.get(),
            sender_id: sending.sender.get(),
            from_staff: sending.from_staff,
            body: sending.text.as_str(),
            client_id: sending.client_id.as_ref().map(ClientId::as_str),
            inbox_seq: inbox_seq.map(Seq::get),
            sent_at: sending.at.into(),
        }
    }
}

pub(super) fn room(low: i64, high: i64) -> Room {
    Room::of(AccountId::new(low), AccountId::new(high))
}
