//! A message as it is stored.
use crate::{
    crypto::{PersonKeys, Reader, Sealed},
    store::{At, Conn, Lent, Word, next_id, on, schema::assistant_messages, stored_words},
};
use diesel::prelude::*;
use domain::{
    assistant::{AnswerOrigin, Message, MessageId, ScreenResult, Sender, SessionId},
    shared::{AccountId, Timestamp},
};

stored_words!(Sender, ScreenResult);

#[derive(Queryable, Selectable)]
#[diesel(table_name = assistant_messages)]
pub(super) struct MessageRow {
    id: i64,
    session_id: i64,
    sender: Word<Sender>,
    message: Sealed<assistant_messages::message>,
    sent_at: At,
    screen: Option<Word<ScreenResult>>,
    model: Option<Lent>,
    took: Option<i64>,
    tokens: Option<i64>,
}

impl MessageRow {
    pub(super) fn open(self, owner: AccountId, reader: &mut Reader<'_>) -> QueryResult<Message<Lent>> {
        let text = reader.row(owner.get(), self.id)?.open(self.message)?;
        let number = |stored: Option<i64>| stored.and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
        let (took, tokens) = (number(self.took), number(self.tokens));
        Ok(Message {
            id: MessageId::new(self.id),
            session: SessionId::new(self.session_id),
            sender: self.sender.0,
            text,
            at: self.sent_at.into(),
            origin: self.model.map(|model| AnswerOrigin { model, took, tokens }),
            screen: self.screen.map(|screen| screen.0),
        })
    }
}

pub(super) struct NewMessage<'a> {
    pub session: i64,
    pub keys: &'a PersonKeys,
    pub sender: Sender,
    pub at: Timestamp,
    pub is_context: bool,
}

impl NewMessage<'_> {
    pub(super) fn insert(
        &self,
        conn: &mut Conn,
        text: &str,
        origin: Option<&AnswerOrigin>,
        screen: Option<ScreenResult>,
    ) -> QueryResult<()> {
        let id = next_id(conn, "assistant_messages")?;
        let row = (
            assistant_messages::id.eq(id),
            assistant_messages::session_id.eq(self.session),
            assistant_messages::owner_id.eq(self.keys.person()),
            assistant_messages::sender.eq(self.sender.as_str()),
            self.keys.seal(assistant_messages::message, id, text),
            assistant_messages::sent_at.eq(At::from(self.at)),
            assistant_messages::is_context.eq(self.is_context),
            assistant_messages::screen.eq(screen.map(ScreenResult::as_str)),
            assistant_messages::model.eq(origin.map(|origin| origin.model.as_str())),
            assistant_messages::took.eq(origin.map(|origin| i64::from(origin.took))),
            assistant_messages::tokens.eq(origin.map(|origin| i64::from(origin.tokens))),
        );
        on!(conn, |c| diesel::insert_into(assistant_messages::table).values(&row).execute(c)).map(drop)
    }
}
