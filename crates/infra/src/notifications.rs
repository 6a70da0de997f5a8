//! The store of notifications: one step for the adapters whose changes notify somebody, one repository for the owner.
mod events;
mod notices;
pub use events::event_codecs;

use crate::store::{
    At, Conn, Db, Lent, Store, each_row, on,
    schema::{accounts, notifications},
};
use diesel::{
    connection::DefaultLoadingMode,
    dsl::{count_star, max, not},
    prelude::*,
    sql_types::{self, Bool, Text},
};
use domain::{
    events::Event,
    notifications::{
        NewNotification, Notice, Notification, NotificationCreated, NotificationId, UnreadChanged,
        ports::NotificationRepository,
    },
    shared::{AccountId, Each, Page, StoreError, Timestamp},
};
use notices::StoredNotice;
use std::num::TryFromIntError;

/// A step of somebody's change: it runs on the connection, and so in the transaction, of that change.
pub(crate) fn add(conn: &mut Conn, new: &NewNotification, at: Timestamp) -> QueryResult<()> {
    let (code, args) = columns_of(&new.notice)?;
    let values = (
        notifications::owner_id.eq(new.owner.get()),
        notifications::code.eq(code),
        notifications::args.eq(args),
        notifications::is_read.eq(false),
        notifications::created_at.eq(At::from(at)),
    );
    let id: i64 = on!(conn, |c| {
        diesel::insert_into(notifications::table).values(&values).returning(notifications::id).get_result(c)
    })?;
    tell_created(conn, id, new.owner, &new.notice, at);
    Ok(())
}

/// To each member of the staff: one statement, however many they are.
pub(crate) fn add_for_staff(conn: &mut Conn, notice: &Notice, at: Timestamp) -> QueryResult<()> {
    let (code, args) = columns_of(notice)?;
    let rows: Vec<(i64, i64)> = on!(conn, |c| {
        let staff =
            accounts::table.filter(accounts::is_staff).filter(accounts::is_active).order(accounts::id);
        let made = staff.select((
            accounts::id,
            code.into_sql::<Text>(),
            args.as_str().into_sql::<Text>(),
            false.into_sql::<Bool>(),
            At::from(at).into_sql::<sql_types::Timestamp>(),
        ));
        diesel::insert_into(notifications::table)
            .values(made)
            .into_columns((
                notifications::owner_id,
                notifications::code,
                notifications::args,
                notifications::is_read,
                notifications::created_at,
            ))
            .returning((notifications::id, notifications::owner_id))
            .load(c)
    })?;
    for (id, owner) in rows {
        tell_created(conn, id, AccountId::new(owner), notice, at);
    }
    Ok(())
}

/// How many the owner has not read, and the newest of them: for who writes to them of it.
pub(crate) fn unread(
    conn: &mut Conn,
    owner: AccountId,
    limit: usize,
) -> QueryResult<(u64, Vec<(NotificationId, Notice)>)> {
    let of_owner = notifications::table
        .filter(notifications::owner_id.eq(owner.get()))
        .filter(not(notifications::is_read));
    let count: i64 = on!(conn, |c| of_owner.count().get_result(c))?;
    let newest = of_owner.order(notifications::id.desc()).limit(i64::try_from(limit).unwrap_or(i64::MAX));
    let rows: Vec<NotificationRow> = on!(conn, |c| newest.select(<NotificationRow>::as_select()).load(c))?;
    let notice = |row: NotificationRow| (NotificationId::new(row.id), row.notice.0);
    Ok((u64::try_from(count).unwrap_or_default(), rows.into_iter().map(notice).collect()))
}

/// What its two columns hold.
pub(crate) fn columns_of(notice: &Notice) -> QueryResult<(&'static str, String)> {
    let args = serde_json::to_string(&notices::arguments(notice))
        .map_err(|e| diesel::result::Error::SerializationError(e.into()))?;
    Ok((notice.code().as_str(), args))
}

/// After the commit. For who inserts the row.
pub(crate) fn tell_created(conn: &mut Conn, id: i64, owner: AccountId, notice: &Notice, at: Timestamp) {
    conn.publish_after_commit(Event::new(NotificationCreated(Notification {
        id: NotificationId::new(id),
        owner,
        notice: notice.clone(),
        is_read: false,
        created_at: at,
    })));
}

pub struct DieselNotificationRepository(pub Store);

impl NotificationRepository for DieselNotificationRepository {
    fn of(
        &self,
        owner: AccountId,
        page: Page<NotificationId>,
        each: &mut Each<'_, Notification>,
    ) -> Result<(), StoreError> {
        let before = page.after.map_or(i64::MAX, NotificationId::get);
        self.0.read(|conn| {
            on!(conn, |c| {
                let rows = notifications::table
                    .filter(notifications::owner_id.eq(owner.get()))
                    .filter(notifications::id.lt(before))
                    .order(notifications::id.desc())
                    .limit(page.limit())
                    .select(NotificationRow::<Lent>::as_select())
                    .load_iter::<NotificationRow<Lent>, DefaultLoadingMode>(c)?;
                each_row(rows, |row, texts| each(row.of(owner).map_texts(|text| texts.get(text))))
            })
        })
    }

    fn find(&self, id: NotificationId) -> Result<Option<Notification>, StoreError> {
        let row: Option<(i64, NotificationRow)> = self.0.read(|conn| {
            on!(conn, |c| {
                notifications::table
                    .find(id.get())
                    .select((notifications::owner_id, <NotificationRow>::as_select()))
                    .get_result(c)
                    .optional()
            })
        })?;
        Ok(row.map(|(owner, row)| row.of(AccountId::new(owner))))
    }

    fn mark_read(&self, owner: AccountId, id: NotificationId) -> Result<bool, StoreError> {
        self.0.write(|conn| {
            let changed = on!(conn, |c| {
                diesel::update(
                    notifications::table.find(id.get()).filter(notifications::owner_id.eq(owner.get())),
                )
                .set(notifications::is_read.eq(true))
                .execute(c)
            })?;
            Ok(unread_changed(conn, owner, changed == 1))
        })
    }

    fn delete(&self, owner: AccountId, id: NotificationId) -> Result<bool, StoreError> {
        self.0.write(|conn| {
            let deleted = on!(conn, |c| {
                diesel::delete(
                    notifications::table.find(id.get()).filter(notifications::owner_id.eq(owner.get())),
                )
                .execute(c)
            })?;
            Ok(unread_changed(conn, owner, deleted == 1))
        })
    }

    fn newest_of(&self, owners: &[AccountId]) -> Result<Vec<(AccountId, NotificationId)>, StoreError> {
        let owners: Vec<i64> = owners.iter().map(|owner| owner.get()).collect();
        let rows: Vec<(i64, Option<i64>)> = self.0.read(|conn| {
            on!(conn, |c| {
                notifications::table
                    .filter(notifications::owner_id.eq_any(&owners))
                    .group_by(notifications::owner_id)
                    .select((notifications::owner_id, max(notifications::id)))
                    .load(c)
            })
        })?;
        let newest =
            |(owner, id): (i64, Option<i64>)| Some((AccountId::new(owner), NotificationId::new(id?)));
        Ok(rows.into_iter().filter_map(newest).collect())
    }

    fn unread_of(&self, owners: &[AccountId]) -> Result<Vec<(AccountId, u64)>, StoreError> {
        let owners: Vec<i64> = owners.iter().map(|owner| owner.get()).collect();
        let rows = self.0.read(|conn| match &mut conn.db {
            Db::Postgres(c) => counted_together(c, &owners),
            Db::Sqlite(c) => counted_one_by_one(c, &owners),
        })?;
        let unread = |(owner, count)| Ok((AccountId::new(owner), u64::try_from(count)?));
        rows.into_iter().map(unread).collect::<Result<_, TryFromIntError>>().map_err(StoreError::failed)
    }
}

// Both filter by `not(is_read)`, not by `is_read.eq(false)`: a bound value would keep the partial index from being used.

fn counted_together(c: &mut PgConnection, owners: &[i64]) -> QueryResult<Vec<(i64, i64)>> {
    notifications::table
        .filter(notifications::owner_id.eq_any(owners))
        .filter(not(notifications::is_read))
        .group_by(notifications::owner_id)
        .select((notifications::owner_id, count_star()))
        .load(c)
}

/// One prepared statement for each, in one read transaction: a list of owners would be a new text for each length, and
/// parsed anew (20 % more CPU for an unread count).
fn counted_one_by_one(c: &mut SqliteConnection, owners: &[i64]) -> QueryResult<Vec<(i64, i64)>> {
    let count = |c: &mut SqliteConnection, owner: i64| {
        let unread = notifications::table
            .filter(notifications::owner_id.eq(owner))
            .filter(not(notifications::is_read))
            .count();
        Ok((owner, unread.get_result(c)?))
    };
    match owners {
        [owner] => Ok(vec![count(c, *owner)?]),
        owners => c.transaction(|c| owners.iter().map(|owner| count(c, *owner)).collect()),
    }
}

fn unread_changed(conn: &mut Conn, owner: AccountId, changed: bool) -> bool {
    if changed {
        conn.publish_after_commit(Event::new(UnreadChanged(owner)));
    }
    changed
}

/// Without its owner: a list is of one.
#[derive(Queryable, Selectable)]
#[diesel(table_name = notifications)]
struct NotificationRow<S = String> {
    id: i64,
    #[diesel(embed)]
    notice: StoredNotice<S>,
    is_read: bool,
    created_at: At,
}

impl<S> NotificationRow<S> {
    fn of(self, owner: AccountId) -> Notification<S> {
        Notification {
            id: NotificationId::new(self.id),
            owner,
            notice: self.notice.0,
            is_read: self.is_read,
            created_at: self.created_at.into(),
        }
    }
}
