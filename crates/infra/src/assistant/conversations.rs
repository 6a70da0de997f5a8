//! Conversations with a model.
use super::{
    erasures,
    rows::{MessageRow, NewMessage},
    sheet, usage,
};
use crate::{
    audit,
    crypto::{DataKeys, PersonKeys, Reader},
    store::{
        At, Conn, Store, each_row, on,
        schema::{assistant_agreements, assistant_messages, assistant_sessions},
    },
};
use diesel::{connection::DefaultLoadingMode, dsl, prelude::*};
use domain::{
    assistant::{
        Agreement, AssistantSheet, Claim, Claimed, Erasure, Exchange, Message, MessageId, SILENCE, Sender,
        Withdrawal, ports::ConversationRepository,
    },
    shared::{AccountId, Each, Page, StoreError, Timestamp},
};

/// Messages that one transaction of the erasing job removes.
const ERASED_AT_ONCE: i64 = 500;

pub struct DieselConversationRepository {
    pub store: Store,
    pub data_keys: DataKeys,
}

impl ConversationRepository for DieselConversationRepository {
    fn sheet(&self, owner: AccountId, now: Timestamp) -> Result<AssistantSheet, StoreError> {
        self.store.read(|conn| sheet::read(conn, &self.data_keys, owner, now))
    }

    fn claim(&self, claim: &Claim) -> Result<Claimed, StoreError> {
        self.store.write(|conn| Ok(usage::claim(conn, claim)?))
    }

    fn store(&self, exchange: &Exchange) -> Result<(), StoreError> {
        let keys = self.data_keys.of(exchange.owner)?;
        self.store.write(|conn| {
            if !erasures::has_erased(conn, exchange.owner, exchange.said_at)? {
                insert(conn, &keys, exchange)?;
            }
            usage::spend(conn, exchange.owner, exchange.said_at, exchange.spent)?;
            if let Some(notice) = &exchange.notice_for_staff {
                crate::notifications::add_for_staff(conn, notice, exchange.at)?;
            }
            Ok(())
        })
    }

    fn history(
        &self,
        owner: AccountId,
        page: Page<MessageId>,
        each: &mut Each<'_, Message>,
    ) -> Result<(), StoreError> {
        let after = page.after.map_or(0, MessageId::get);
        let mut reader = Reader::of(&self.data_keys);
        self.store.read(|conn| {
            on!(conn, |c| {
                let rows = assistant_messages::table
                    .filter(assistant_messages::owner_id.eq(owner.get()))
                    .filter(assistant_messages::id.gt(after))
                    .order(assistant_messages::id)
                    .limit(page.limit())
                    .select(MessageRow::as_select())
                    .load_iter::<MessageRow, DefaultLoadingMode>(c)?;
                let messages = rows.map(|row| row?.open(owner, &mut reader));
                each_row(messages, |message, texts| each(message.map_texts(|text| texts.get(text))))
            })
        })
    }

    fn erase(&self, erasure: &Erasure) -> Result<usize, StoreError> {
        let owner = erasure.owner.get();
        self.store.write(|conn| {
            erasures::record(conn, erasure.owner, erasure.audit.at)?;
            let of_owner = assistant_messages::table.filter(assistant_messages::owner_id.eq(owner));
            let erased = on!(conn, |c| diesel::delete(of_owner).execute(c))?;
            let of_owner = assistant_sessions::table.filter(assistant_sessions::owner_id.eq(owner));
            on!(conn, |c| diesel::delete(of_owner).execute(c))?;
            if erased > 0 {
                audit::add(conn, &erasure.audit)?;
            }
            Ok(erased)
        })
    }

    fn has_agreed(&self, owner: AccountId) -> Result<bool, StoreError> {
        let agreement = dsl::exists(assistant_agreements::table.find(owner.get()));
        self.store.read(|conn| on!(conn, |c| diesel::select(agreement).get_result(c)))
    }

    fn agree(&self, agreement: &Agreement) -> Result<(), StoreError> {
        let row = (
            assistant_agreements::owner_id.eq(agreement.owner.get()),
            assistant_agreements::agreed_at.eq(At::from(agreement.audit.at)),
        );
        self.store.write(|conn| {
            let made = on!(conn, |c| {
                diesel::insert_into(assistant_agreements::table)
                    .values(&row)
                    .on_conflict_do_nothing()
                    .execute(c)
            })?;
            if made > 0 {
                audit::add(conn, &agreement.audit)?;
            }
            Ok(())
        })
    }

    fn withdraw(&self, withdrawal: &Withdrawal) -> Result<(), StoreError> {
        let agreement = assistant_agreements::table.find(withdrawal.owner.get());
        self.store.write(|conn| {
            if on!(conn, |c| diesel::delete(agreement).execute(c))? > 0 {
                audit::add(conn, &withdrawal.audit)?;
            }
            Ok(())
        })
    }

    fn forget(&self, oldest: Timestamp) -> Result<usize, StoreError> {
        let old = assistant_messages::sent_at.lt(At::from(oldest));
        self.store.write(|conn| {
            let ids: Vec<i64> = on!(conn, |c| {
                let some = assistant_messages::table.filter(old).order(assistant_messages::sent_at);
                some.limit(ERASED_AT_ONCE).select(assistant_messages::id).load(c)
            })?;
            let these = assistant_messages::table.filter(assistant_messages::id.eq_any(&ids));
            let erased = on!(conn, |c| diesel::delete(these).execute(c))?;
            if ids.is_empty() {
                forget_empty_sessions(conn, oldest)?;
            }
            Ok(erased)
        })
    }

    fn forget_claims(&self, now: Timestamp) -> Result<(), StoreError> {
        self.store.write(|conn| Ok(usage::forget(conn, now)?))
    }
}

fn insert(conn: &mut Conn, keys: &PersonKeys, exchange: &Exchange) -> QueryResult<()> {
    let session = session(conn, exchange)?;
    let new = |sender, at| NewMessage { session, keys, sender, at, is_context: false };
    let is_context = exchange.is_context();
    let said = NewMessage { is_context, ..new(Sender::User, exchange.said_at) };
    said.insert(conn, &exchange.said, None, None)?;
    for answer in &exchange.answers {
        let is_context = is_context && answer.sender == Sender::Model;
        let row = NewMessage { is_context, ..new(answer.sender, exchange.at) };
        row.insert(conn, &answer.text, answer.origin.as_ref(), answer.screen)?;
    }
    Ok(())
}

/// The one that goes on. Two first messages at once find each other at the index that allows one.
fn session(conn: &mut Conn, exchange: &Exchange) -> QueryResult<i64> {
    let (owner, at) = (exchange.owner.get(), At::from(exchange.at));
    let silent = assistant_sessions::table
        .filter(assistant_sessions::owner_id.eq(owner))
        .filter(assistant_sessions::ended_at.is_null())
        .filter(assistant_sessions::last_at.lt(At::from(exchange.said_at - SILENCE)));
    let ends = assistant_sessions::ended_at.eq(assistant_sessions::last_at.nullable());
    on!(conn, |c| diesel::update(silent).set(ends).execute(c))?;
    let row = (
        assistant_sessions::owner_id.eq(owner),
        assistant_sessions::started_at.eq(At::from(exchange.said_at)),
        assistant_sessions::last_at.eq(at),
    );
    on!(conn, |c| {
        diesel::insert_into(assistant_sessions::table).values(&row).on_conflict_do_nothing().execute(c)
    })?;
    let open = assistant_sessions::table
        .filter(assistant_sessions::owner_id.eq(owner))
        .filter(assistant_sessions::ended_at.is_null());
    let goes_on = diesel::update(open).set(assistant_sessions::last_at.eq(at));
    on!(conn, |c| goes_on.returning(assistant_sessions::id).get_result(c))
}

fn forget_empty_sessions(conn: &mut Conn, oldest: Timestamp) -> QueryResult<()> {
    let messages =
        assistant_messages::table.filter(assistant_messages::session_id.eq(assistant_sessions::id));
    let empty = assistant_sessions::table
        .filter(assistant_sessions::last_at.lt(At::from(oldest)))
        .filter(dsl::not(dsl::exists(messages)));
    on!(conn, |c| diesel::delete(empty).execute(c)).map(drop)
}
