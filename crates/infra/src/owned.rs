//! The SQL of owned resources, for tables of one shape: `id`, `owner_id`, two times, and the resource's own columns. A table
//! of another shape is written by hand: nothing here grows an option for it.
use crate::{
    audit,
    idempotency::{self, Claim},
    store::{Conn, Store, TxError},
};
use diesel::QueryResult;
use domain::{
    owned::{Created, Edited, OwnedResource, Removed, ports::OwnedRepository},
    shared::{AccountId, Each, Page, StoreError},
};
use std::marker::PhantomData;

type Id<R> = <<R as OwnedRow>::Resource as OwnedResource>::Id;
type Edit<R> = <<R as OwnedRow>::Resource as OwnedResource>::Edit;
type Error<R> = <<R as OwnedRow>::Resource as OwnedResource>::Error;

/// One row, and the statements of its table: steps of somebody's transaction. `owned_table!` implements it.
pub trait OwnedRow: Sized {
    type Resource: OwnedResource<Creation: AsRef<Created<Self::Draft>> + AfterInsert>
        + TryFrom<Self, Error = StoreError>;
    type Draft;

    fn id(&self) -> i64;
    /// With its audit entry.
    fn insert(conn: &mut Conn, created: &Created<Self::Draft>) -> QueryResult<Self>;
    fn find(conn: &mut Conn, id: Id<Self>) -> QueryResult<Option<Self>>;
    /// With its audit entry. `None` if it is gone, or not the owner's.
    fn update(conn: &mut Conn, edited: &Edited<Id<Self>, Edit<Self>>) -> QueryResult<Option<Self>>;
    /// How many rows went: none if it is gone, or not the owner's.
    fn delete(conn: &mut Conn, removed: &Removed<Id<Self>>) -> QueryResult<usize>;
    fn page_of(
        conn: &mut Conn,
        owner: AccountId,
        page: Page<Id<Self>>,
        each: &mut Each<'_, Self::Resource>,
    ) -> QueryResult<()>;
}

/// What is written after the row of a new resource, in its transaction.
pub trait AfterInsert {
    fn after_insert(&self, conn: &mut Conn) -> QueryResult<()>;
}

impl<Draft> AfterInsert for Created<Draft> {
    fn after_insert(&self, _: &mut Conn) -> QueryResult<()> {
        Ok(())
    }
}

/// The repository of the resources that are kept as rows of `R`.
pub struct OwnedTable<R> {
    pub(crate) store: Store,
    row: PhantomData<fn() -> R>,
}

impl<R> OwnedTable<R> {
    pub fn new(store: Store) -> Self {
        Self { store, row: PhantomData }
    }
}

impl<R: OwnedRow> OwnedRepository<R::Resource> for OwnedTable<R> {
    fn create(&self, creation: &<R::Resource as OwnedResource>::Creation) -> Result<R::Resource, Error<R>> {
        self.store.write(|conn| {
            let row = insert_once::<R>(conn, creation)?;
            row.try_into().map_err(|e: StoreError| TxError::Rule(e.into()))
        })
    }

    fn find(&self, id: Id<R>) -> Result<Option<R::Resource>, StoreError> {
        self.store.read(|conn| R::find(conn, id))?.map(TryInto::try_into).transpose()
    }

    fn edit(&self, edited: &Edited<Id<R>, Edit<R>>) -> Result<R::Resource, Error<R>> {
        self.store.write(|conn| {
            let row = R::update(conn, edited)?.ok_or_else(|| TxError::Rule(R::Resource::unknown()))?;
            row.try_into().map_err(|e: StoreError| TxError::Rule(e.into()))
        })
    }

    fn delete(&self, removed: &Removed<Id<R>>) -> Result<(), Error<R>> {
        self.store.write(|conn| {
            if R::delete(conn, removed)? == 0 {
                return Err(TxError::Rule(R::Resource::unknown()));
            }
            Ok(audit::add(conn, removed.audit())?)
        })
    }

    fn page_of(
        &self,
        owner: AccountId,
        page: Page<Id<R>>,
        each: &mut Each<'_, R::Resource>,
    ) -> Result<(), StoreError> {
        self.store.read(|conn| R::page_of(conn, owner, page, each))
    }
}

/// A new row, or the one that was made under the same key.
fn insert_once<R: OwnedRow>(
    conn: &mut Conn,
    creation: &<R::Resource as OwnedResource>::Creation,
) -> Result<R, TxError<Error<R>>> {
    let created = creation.as_ref();
    let (owner, at) = (created.owner(), created.audit().at);
    if let Some(key) = created.key()
        && let Claim::Repeat(id) = idempotency::claim(conn, owner, key, at)?
    {
        return R::find(conn, id.into())?.ok_or_else(|| TxError::Rule(R::Resource::unknown()));
    }
    let row = R::insert(conn, created)?;
    creation.after_insert(conn)?;
    if let Some(key) = created.key() {
        idempotency::keep(conn, owner, key, row.id())?;
    }
    Ok(row)
}

/// The statements of one table. `column <- field: conversion` says how a field of the draft and of the edit is written;
/// `TryFrom<Row>` says how a row is read.
macro_rules! owned_table {
    (
        $table:ident: $row:ident of $resource:ident, drafted as $draft:ty, since $created_at:ident;
        $($column:ident <- $field:ident: $conversion:expr),+ $(,)?
    ) => {
        impl $crate::owned::OwnedRow for $row {
            type Resource = $resource;
            type Draft = $draft;

            fn id(&self) -> i64 {
                self.id
            }
            fn insert(
                conn: &mut $crate::store::Conn,
                created: &domain::owned::Created<$draft>,
            ) -> diesel::QueryResult<Self> {
                let at = $crate::store::At::from(created.audit().at);
                let row = (
                    $table::owner_id.eq(created.owner().get()),
                    $($table::$column.eq($crate::owned::converted(&created.draft().$field, $conversion)),)+
                    $table::$created_at.eq(at),
                    $table::modified_at.eq(at),
                );
                let insert = diesel::insert_into($table::table).values(&row);
                $crate::owned::audited!(conn, created.audit(), insert)?.ok_or(diesel::result::Error::NotFound)
            }
            fn find(
                conn: &mut $crate::store::Conn,
                id: <$resource as domain::owned::OwnedResource>::Id,
            ) -> diesel::QueryResult<Option<Self>> {
                $crate::store::on!(conn, |c| {
                    $table::table.find(id.get()).select(Self::as_select()).get_result(c).optional()
                })
            }
            fn update(
                conn: &mut $crate::store::Conn,
                edited: &domain::owned::Edited<
                    <$resource as domain::owned::OwnedResource>::Id,
                    <$resource as domain::owned::OwnedResource>::Edit,
                >,
            ) -> diesel::QueryResult<Option<Self>> {
                let changes = (
                    $(
                        edited.edit().$field.as_set().map(|value| {
                            $table::$column.eq($crate::owned::converted(value, $conversion))
                        }),
                    )+
                    $table::modified_at.eq($crate::store::At::from(edited.audit().at)),
                );
                let update = diesel::update($table::table.find(edited.id().get()))
                    .filter($table::owner_id.eq(edited.owner().get()))
                    .set(changes);
                $crate::owned::audited!(conn, edited.audit(), update)
            }
            fn delete(
                conn: &mut $crate::store::Conn,
                removed: &domain::owned::Removed<<$resource as domain::owned::OwnedResource>::Id>,
            ) -> diesel::QueryResult<usize> {
                $crate::store::on!(conn, |c| {
                    diesel::delete($table::table.find(removed.id().get()))
                        .filter($table::owner_id.eq(removed.owner().get()))
                        .execute(c)
                })
            }
            fn page_of(
                conn: &mut $crate::store::Conn,
                owner: domain::shared::AccountId,
                page: domain::shared::Page<<$resource as domain::owned::OwnedResource>::Id>,
                each: &mut domain::shared::Each<'_, $resource>,
            ) -> diesel::QueryResult<()> {
                use $crate::store::{Lent, each_row};

                let after = page.after.map_or(0, i64::from);
                $crate::store::on!(conn, |c| {
                    let rows = $table::table
                        .filter($table::owner_id.eq(owner.get()))
                        .filter($table::id.gt(after))
                        .order($table::id)
                        .limit(page.limit())
                        .select($row::<Lent>::as_select())
                        .load_iter::<$row<Lent>, diesel::connection::DefaultLoadingMode>(c)?;
                    let broken = |why: domain::shared::StoreError| {
                        diesel::result::Error::DeserializationError(why.into())
                    };
                    let rows = rows.map(|row| $resource::try_from(row?).map_err(broken));
                    each_row(rows, |row, texts| each(row.map_texts(|text| texts.get(text))))
                })
            }
        }
    };
}
pub(crate) use owned_table;

/// The row that the statement returns, and the entry about it.
macro_rules! audited {
    ($conn:ident, $entry:expr, $statement:expr) => {
        match &mut $conn.db {
            $crate::store::Db::Postgres(c) => {
                let changes = $statement.returning(Self::as_returning());
                $crate::audit::Audited::new(changes, $entry).get_result(&mut ***c).optional()
            }
            $crate::store::Db::Sqlite(c) => {
                let row: Option<Self> =
                    $statement.returning(Self::as_returning()).get_result(&mut **c).optional()?;
                if let Some(row) = &row {
                    $crate::audit::add($conn, &$entry.clone().on(row.id))?;
                }
                diesel::QueryResult::Ok(row)
            }
        }
    };
}
pub(crate) use audited;

/// Gives a closure in a declaration its parameter's type.
pub(crate) fn converted<'a, V, C>(value: &'a V, conversion: impl FnOnce(&'a V) -> C) -> C {
    conversion(value)
}
