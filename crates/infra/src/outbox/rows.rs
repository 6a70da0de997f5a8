//! Messages as they are stored.
use super::stored::read_stored;
use crate::{
    crypto::{Reader, Sealed},
    store::{At, Word, schema::outbox, stored_words, with_texts},
};
use diesel::prelude::*;
use domain::outbox::{Channel, Delivery, DeliveryId, DeliveryState, DeliveryStatus, Failure};

stored_words!(Channel, DeliveryState, Failure);

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
pub(super) struct DeliveryRow {
    id: i64,
    owner_id: i64,
    channel: Word<Channel>,
    message_id: String,
    letter: Sealed<outbox::letter>,
    attempts: i64,
    queued_at: At,
}

impl DeliveryRow {
    pub(super) fn read(self, reader: &mut Reader<'_>) -> QueryResult<Delivery> {
        let opened = reader.row(self.owner_id, self.id)?.open(self.letter);
        let message = match opened {
            Ok(text) => with_texts(text, |text, texts| read_stored(self.channel.0, texts.get(text))),
            // Logged and counted where it did not open; what was read of it is forgotten.
            Err(_unreadable) => with_texts(None, |none, _| none),
        };
        Ok(Delivery {
            id: DeliveryId::new(self.id),
            attempts: attempts(self.attempts),
            queued_at: self.queued_at.into(),
            message_id: self.message_id,
            message,
        })
    }
}

fn attempts(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or(u32::MAX)
}

/// How far a letter is, wherever it is shown.
#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
pub(crate) struct StatusRow {
    state: Word<DeliveryState>,
    failure: Option<Word<Failure>>,
    attempts: i64,
    queued_at: At,
    attempted_at: Option<At>,
    finished_at: Option<At>,
}

impl From<StatusRow> for DeliveryStatus {
    fn from(row: StatusRow) -> Self {
        Self {
            state: row.state.0,
            attempts: attempts(row.attempts),
            queued_at: row.queued_at.into(),
            attempted_at: row.attempted_at.map(Into::into),
            finished_at: row.finished_at.map(Into::into),
            failure: row.failure.map(|Word(failure)| failure),
        }
    }
}
