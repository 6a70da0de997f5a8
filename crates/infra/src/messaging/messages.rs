//! Conversations and what was said in them.
use super::{
    rows::{MessageRow, NewMessageRow, all_opened, concerns, opened, room},
    sending::{known_as, next_in_inbox, next_number},
};
use crate::{
    audit,
    crypto::{DataKeys, PersonKeys, Reader},
    identity::PersonRow,
    store::{
        Conn, Db, OnUnique, Store, TxError, each_row, on,
        schema::{accounts, conversations, messages, support_inbox},
    },
};
use diesel::{
    connection::DefaultLoadingMode,
    dsl::{Select, SingleValue},
    prelude::*,
};
use domain::{
    audit::{AuditAction, AuditEntry},
    events::Event,
    identity::Person,
    messaging::{
        Message, MessageSent, MessagingError, Result, Room, Sending, Sent, Seq,
        ports::{MessageRepository, Waiting},
    },
    shared::{AccountId, Each, Page, StoreError, Timestamp},
};
use std::collections::BTreeSet;

/// Texts that one transaction of the erasing job removes.
const ERASED_AT_ONCE: i64 = 500;
/// What is left of an erased text.
const ERASED: &[u8] = &[];
/// Conversations asked for in one query. Each is a condition of its own: an index finds each pair, and no other is read.
const ROOMS_AT_ONCE: usize = 100;

pub struct DieselMessageRepository {
    pub store: Store,
    pub data_keys: DataKeys,
}

impl MessageRepository for DieselMessageRepository {
    fn send(&self, sending: &Sending) -> Result<Sent> {
        let keys = self.data_keys.of(concerns(sending.room, sending.sender))?;
        match self.try_to_send(sending, &keys) {
            // Sent twice at the same moment: the other one is stored by now, and the second look finds it.
            Err(MessagingError::ClientIdTaken) => self.try_to_send(sending, &keys),
            sent => sent,
        }
    }

    fn since(&self, room: Room, page: Page<Seq>) -> Result<Vec<Message>, StoreError> {
        let after = page.after.map_or(0, Seq::get);
        let reader = Reader::of(&self.data_keys);
        self.store.read(|conn| {
            let rows: Vec<MessageRow> = on!(conn, |c| {
                kept_in(room)
                    .filter(messages::seq.gt(after))
                    .order(messages::seq)
                    .limit(page.limit())
                    .select(MessageRow::as_select())
                    .load(c)
            })?;
            all_opened(rows.into_iter().map(|row| (room, row)).collect(), reader)
        })
    }

    fn latest(&self, room: Room, page: Page<Seq>, each: &mut Each<'_, Message>) -> Result<(), StoreError> {
        let before = page.after.map_or(i64::MAX, Seq::get);
        let mut reader = Reader::of(&self.data_keys);
        self.store.read(|conn| {
            on!(conn, |c| {
                let rows = kept_in(room)
                    .filter(messages::seq.lt(before))
                    .order(messages::seq.desc())
                    .limit(page.limit())
                    .select(MessageRow::as_select())
                    .load_iter::<MessageRow, DefaultLoadingMode>(c)?;
                let messages = rows.map(|row| row?.open(room, &mut reader));
                each_row(messages, |message, texts| each(message.map_texts(|text| texts.get(text))))
            })
        })
    }

    fn inbox_since(
        &self,
        staff: AccountId,
        page: Page<Seq>,
        at: Timestamp,
    ) -> Result<Vec<Message>, StoreError> {
        let after = page.after.map_or(0, Seq::get);
        let reader = Reader::of(&self.data_keys);
        let messages: Vec<Message> = self.store.read(|conn| {
            let rows: Vec<(i64, i64, MessageRow)> = on!(conn, |c| {
                messages::table
                    .inner_join(conversations::table)
                    .filter(messages::inbox_seq.gt(after))
                    .order(messages::inbox_seq)
                    .limit(page.limit())
                    .select((conversations::low_id, conversations::high_id, MessageRow::as_select()))
                    .load(c)
            })?;
            let of_rooms = rows.into_iter().map(|(low, high, row)| (room(low, high), row));
            all_opened(of_rooms.collect(), reader)
        })?;
        self.noted(staff, messages, at)
    }

    fn support_since(
        &self,
        staff: AccountId,
        room: Room,
        page: Page<Seq>,
        at: Timestamp,
    ) -> Result<Vec<Message>, StoreError> {
        let messages = self.since(room, page)?;
        self.noted(staff, messages, at)
    }

    fn last_in_inbox(&self) -> Result<Seq, StoreError> {
        let last: i64 = self
            .store
            .read(|conn| on!(conn, |c| support_inbox::table.select(support_inbox::last_seq).get_result(c)))?;
        Ok(Seq::new(last))
    }

    fn waiting(
        &self,
        staff: AccountId,
        page: Page<Waiting>,
        at: Timestamp,
    ) -> Result<Vec<Message>, StoreError> {
        let (owner, seq) = page.after.map_or((0, 0), |(owner, seq)| (owner.get(), seq.get()));
        let later =
            conversations::low_id.gt(owner).or(conversations::low_id.eq(owner).and(messages::seq.gt(seq)));
        let reader = Reader::of(&self.data_keys);
        let messages: Vec<Message> = self.store.read(|conn| {
            let rows: Vec<(i64, MessageRow)> = on!(conn, |c| {
                messages::table
                    .inner_join(conversations::table)
                    .filter(conversations::low_id.eq(conversations::high_id))
                    .filter(conversations::last_seq.gt(conversations::answered_seq))
                    .filter(messages::seq.gt(conversations::answered_seq))
                    .filter(conversations::low_id.ge(owner))
                    .filter(later)
                    .order((conversations::low_id, messages::seq))
                    .limit(page.limit())
                    .select((conversations::low_id, MessageRow::as_select()))
                    .load(c)
            })?;
            let of_rooms = rows.into_iter().map(|(owner, row)| (Room::support(AccountId::new(owner)), row));
            all_opened(of_rooms.collect(), reader)
        })?;
        // A page may begin in the middle of a room that the page before it told of.
        self.note_seen(staff, messages.iter().filter(|message| message.room.low().get() != owner), at)?;
        Ok(messages)
    }

    fn last_in(&self, rooms: &[Room]) -> Result<Vec<(Room, Seq)>, StoreError> {
        let mut found = Vec::new();
        for some in rooms.chunks(ROOMS_AT_ONCE) {
            let rows: Vec<(i64, i64, i64)> = self.store.read(|conn| {
                on!(conn, |c| {
                    let columns = (conversations::low_id, conversations::high_id, conversations::last_seq);
                    let mut pairs = conversations::table.select(columns).into_boxed();
                    for room in some {
                        let is_low = conversations::low_id.eq(room.low().get());
                        pairs = pairs.or_filter(is_low.and(conversations::high_id.eq(room.high().get())));
                    }
                    pairs.load(c)
                })
            })?;
            found.extend(rows.into_iter().map(|(low, high, last)| (room(low, high), Seq::new(last))));
        }
        Ok(found)
    }

    fn peers(&self, of: AccountId, page: Page<i64>) -> Result<Vec<(i64, Person)>, StoreError> {
        let (me, after) = (of.get(), page.after.unwrap_or_default());
        let rows: Vec<(i64, PersonRow)> = self.store.read(|conn| {
            on!(conn, |c| {
                conversations::table
                    // The other one of the two.
                    .inner_join(
                        accounts::table
                            .on(accounts::id.eq(conversations::low_id + conversations::high_id - me)),
                    )
                    .filter(conversations::low_id.eq(me).or(conversations::high_id.eq(me)))
                    .filter(conversations::low_id.ne(conversations::high_id))
                    .filter(conversations::last_seq.gt(conversations::cleared_seq))
                    .filter(conversations::id.gt(after))
                    // By what no index has, as a page of links is (`care/links.rs`).
                    .order(conversations::id + 0)
                    .limit(page.limit())
                    .select((conversations::id, <PersonRow>::as_select()))
                    .load(c)
            })
        })?;
        Ok(rows.into_iter().map(|(key, row)| (key, row.into())).collect())
    }

    fn clear(&self, room: Room, audit: &[AuditEntry]) -> Result<(), StoreError> {
        self.store.write(|conn| {
            let cleared = on!(conn, |c| {
                diesel::update(conversations::table)
                    .filter(conversations::low_id.eq(room.low().get()))
                    .filter(conversations::high_id.eq(room.high().get()))
                    .filter(conversations::cleared_seq.lt(conversations::last_seq))
                    .set(conversations::cleared_seq.eq(conversations::last_seq))
                    .execute(c)
            })?;
            if cleared > 0 {
                audit::add_all(conn, audit)?;
            }
            Ok(())
        })
    }

    fn erase_cleared(&self) -> Result<usize, StoreError> {
        self.store.write(|conn| {
            let Some((id, erased, cleared)) = to_erase(conn)? else { return Ok(0) };
            let until = cleared.min(erased + ERASED_AT_ONCE);
            let of_room = messages::conversation_id.eq(id);
            let deleted = of_room.and(messages::seq.gt(erased)).and(messages::seq.le(until));
            // A name that a client gave stays taken.
            on!(conn, |c| {
                diesel::delete(messages::table.filter(deleted).filter(messages::client_id.is_null()))
                    .execute(c)
            })?;
            on!(conn, |c| {
                diesel::update(messages::table.filter(deleted)).set(messages::body.eq(ERASED)).execute(c)
            })?;
            on!(conn, |c| {
                diesel::update(conversations::table.find(id))
                    .set(conversations::erased_seq.eq(until))
                    .execute(c)
            })?;
            usize::try_from(until - erased).map_err(|e| TxError::Rule(StoreError::failed(e)))
        })
    }
}

/// The conversation's row. Asked for within a query of its messages, not joined: PostgreSQL then walks the messages in the
/// order of their numbers, however many there are.
#[diesel::dsl::auto_type]
fn of(room: Room) -> _ {
    let (low, high): (i64, i64) = (room.low().get(), room.high().get());
    conversations::table.filter(conversations::low_id.eq(low)).filter(conversations::high_id.eq(high))
}

/// What was said in it since it was cleared.
#[diesel::dsl::auto_type(no_type_alias)]
fn kept_in(room: Room) -> _ {
    let conversation: SingleValue<Select<of, conversations::id>> =
        of(room).select(conversations::id).single_value();
    let cleared: SingleValue<Select<of, conversations::cleared_seq>> =
        of(room).select(conversations::cleared_seq).single_value();
    messages::table
        .filter(messages::conversation_id.nullable().eq(conversation))
        .filter(messages::seq.nullable().gt(cleared))
}

impl DieselMessageRepository {
    /// These messages, when it is noted whose room was seen. Their own words show the staff nothing.
    fn noted(
        &self,
        staff: AccountId,
        messages: Vec<Message>,
        at: Timestamp,
    ) -> Result<Vec<Message>, StoreError> {
        self.note_seen(staff, messages.iter().filter(|message| message.sender != staff), at)?;
        Ok(messages)
    }

    /// On the audit log of everybody whose room was read, before anything of it is shown.
    fn note_seen<'a>(
        &self,
        staff: AccountId,
        seen: impl Iterator<Item = &'a Message>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let owners: BTreeSet<AccountId> = seen.map(|message| message.room.low()).collect();
        if owners.is_empty() {
            return Ok(());
        }
        let entry =
            |owner| AuditEntry { actor: Some(staff), ..AuditEntry::own(owner, AuditAction::SupportSeen, at) };
        let entries: Vec<_> = owners.into_iter().map(entry).collect();
        self.store.write(|conn| Ok(audit::add_all(conn, &entries)?))
    }

    fn try_to_send(&self, sending: &Sending, keys: &PersonKeys) -> Result<Sent> {
        let reader = || Reader::of(&self.data_keys);
        self.store.write(|conn| {
            if let Some(client_id) = &sending.client_id
                && let Some((first, deleted)) = known_as(conn, reader(), sending.sender, client_id)?
            {
                return if first.room == sending.room {
                    Ok(Sent { message: first, again: true, deleted })
                } else {
                    Err(TxError::Rule(MessagingError::ClientIdTaken))
                };
            }
            let (id, seq) = next_number(conn, sending)?;
            let inbox_seq = sending.room.owner().is_some().then(|| next_in_inbox(conn)).transpose()?;
            let row = NewMessageRow::new(sending, keys, id, seq, inbox_seq);
            let row: MessageRow = on!(conn, |c| {
                diesel::insert_into(messages::table)
                    .values(&row)
                    .returning(MessageRow::as_returning())
                    .get_result(c)
            })
            .on_unique(|_| MessagingError::ClientIdTaken)?;
            let message = opened(sending.room, row, reader())?;
            if let Some(entry) = &sending.audit {
                audit::add(conn, &entry.clone().on(seq.get()))?;
            }
            conn.publish_after_commit(Event::new(MessageSent(message.clone())));
            Ok(Sent { message, again: false, deleted: false })
        })
    }
}

/// A conversation whose deleted texts are still there, and between which numbers. Another node takes another one.
fn to_erase(conn: &mut Conn) -> QueryResult<Option<(i64, i64, i64)>> {
    let due = conversations::table
        .filter(conversations::erased_seq.lt(conversations::cleared_seq))
        .order(conversations::id)
        .limit(1)
        .select((conversations::id, conversations::erased_seq, conversations::cleared_seq));
    match &mut conn.db {
        Db::Postgres(c) => due.for_update().skip_locked().get_result(&mut ***c).optional(),
        Db::Sqlite(c) => due.get_result(&mut **c).optional(),
    }
}
