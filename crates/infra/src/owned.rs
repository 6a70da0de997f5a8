//! The SQL of owned resources, for tables of one shape: `id`, `owner_id`, two times, and the resource's own columns. A table
//! of another shape is written by hand: nothing here grows an option for it.
use crate::{
    audit,
    crypto::{DataKeys, PersonKeys, Reader},
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

/// One row, and the statements of its table: steps of somebody's transaction. `owned_table!` implements it. `keys` are the
/// owner's.
pub trait OwnedRow: Sized {
    type Resource: OwnedResource<Creation: AsRef<Created<Self::Draft>> + AfterInsert<Error<Self>>>;
    type Draft;

    /// With its audit entry.
    fn insert(
        conn: &mut Conn,
        created: &Created<Self::Draft>,
        keys: &PersonKeys,
        reader: Reader<'_>,
    ) -> QueryResult<Self::Resource>;
    fn find(conn: &mut Conn, id: Id<Self>, reader: Reader<'_>) -> QueryResult<Option<Self::Resource>>;
    /// With its audit entry. `None` if it is gone, or not the owner's.
    fn update(
        conn: &mut Conn,
        edited: &Edited<Id<Self>, Edit<Self>>,
        keys: &PersonKeys,
        reader: Reader<'_>,
    ) -> QueryResult<Option<Self::Resource>>;
    /// How many rows went: none if it is gone, or not the owner's.
    fn delete(conn: &mut Conn, removed: &Removed<Id<Self>>) -> QueryResult<usize>;
    fn page_of(
        conn: &mut Conn,
        owner: AccountId,
        page: Page<Id<Self>>,
        reader: Reader<'_>,
        each: &mut Each<'_, Self::Resource>,
    ) -> QueryResult<()>;
}

/// What is written, or refused, after the row of a new resource was inserted, in its transaction.
pub trait AfterInsert<E> {
    fn after_insert(&self, conn: &mut Conn) -> Result<(), TxError<E>>;
}

impl<Draft, E> AfterInsert<E> for Created<Draft> {
    fn after_insert(&self, _: &mut Conn) -> Result<(), TxError<E>> {
        Ok(())
    }
}

/// The repository of the resources that are kept as rows of `R`.
pub struct OwnedTable<R> {
    pub(crate) store: Store,
    pub(crate) data_keys: DataKeys,
    row: PhantomData<fn() -> R>,
}

impl<R> OwnedTable<R> {
    pub fn new(store: Store, data_keys: DataKeys) -> Self {
        Self { store, data_keys, row: PhantomData }
    }
}

impl<R: OwnedRow> OwnedRepository<R::Resource> for OwnedTable<R> {
    fn create(&self, creation: &<R::Resource as OwnedResource>::Creation) -> Result<R::Resource, Error<R>> {
        let keys = self.data_keys.of(creation.as_ref().owner())?;
        self.store.write(|conn| self.insert_once(conn, creation, &keys))
    }

    fn find(&self, id: Id<R>) -> Result<Option<R::Resource>, StoreError> {
        self.store.read(|conn| R::find(conn, id, Reader::of(&self.data_keys)))
    }

    fn edit(&self, edited: &Edited<Id<R>, Edit<R>>) -> Result<R::Resource, Error<R>> {
        let keys = self.data_keys.of(edited.owner())?;
        self.store.write(|conn| {
            let edited = R::update(conn, edited, &keys, Reader::of(&self.data_keys))?;
            edited.ok_or_else(|| TxError::Rule(R::Resource::unknown()))
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
        self.store.read(|conn| R::page_of(conn, owner, page, Reader::of(&self.data_keys), each))
    }
}

impl<R: OwnedRow> OwnedTable<R> {
    /// A new row, or the one that was made under the same key.
    fn insert_once(
        &self,
        conn: &mut Conn,
        creation: &<R::Resource as OwnedResource>::Creation,
        keys: &PersonKeys,
    ) -> Result<R::Resource, TxError<Error<R>>> {
        let created = creation.as_ref();
        let (owner, at) = (created.owner(), created.audit().at);
        if let Some(key) = created.key()
            && let Claim::Repeat(id) = idempotency::claim(conn, owner, key, at)?
        {
            let found = R::find(conn, id.into(), Reader::of(&self.data_keys))?;
            return found.ok_or_else(|| TxError::Rule(R::Resource::unknown()));
        }
        let made = R::insert(conn, created, keys, Reader::of(&self.data_keys))?;
        creation.after_insert(conn)?;
        if let Some(key) = created.key() {
            idempotency::keep(conn, owner, key, made.id().into())?;
        }
        Ok(made)
    }
}

/// The statements of one table. `column <- field: conversion` says how a field of the draft and of the edit is written, plain or
/// sealed; `Row::open` says how a row is read.
macro_rules! owned_table {
    (
        $table:ident: $row:ident of $resource:ident, drafted as $draft:ty, since $created_at:ident;
        plain { $($column:ident <- $field:ident: $conversion:expr),* $(,)? }
        sealed { $($sealed:ident <- $text_field:ident: $text:expr),* $(,)? }
    ) => {
        impl $row {
            fn read(self, mut reader: $crate::crypto::Reader<'_>) -> diesel::QueryResult<$resource> {
                Ok($crate::store::with_texts(self.open(&mut reader)?, |row, texts| {
                    row.map_texts(|text| texts.get(text).to_owned())
                }))
            }
        }
        impl $crate::owned::OwnedRow for $row {
            type Resource = $resource;
            type Draft = $draft;

            fn insert(
                conn: &mut $crate::store::Conn,
                created: &domain::owned::Created<$draft>,
                keys: &$crate::crypto::PersonKeys,
                reader: $crate::crypto::Reader<'_>,
            ) -> diesel::QueryResult<$resource> {
                let at = $crate::store::At::from(created.audit().at);
                let id = $crate::store::next_id(conn, stringify!($table))?;
                let draft = created.draft();
                let row = (
                    $table::id.eq(id),
                    $table::owner_id.eq(created.owner().get()),
                    $($table::$column.eq($crate::owned::converted(&draft.$field, $conversion)),)*
                    $(keys.seal($table::$sealed, id, $crate::owned::converted(&draft.$text_field, $text)),)*
                    $table::$created_at.eq(at),
                    $table::modified_at.eq(at),
                );
                let insert = diesel::insert_into($table::table).values(&row);
                let row = $crate::owned::audited!(conn, created.audit(), insert)?;
                row.ok_or(diesel::result::Error::NotFound)?.read(reader)
            }
            fn find(
                conn: &mut $crate::store::Conn,
                id: <$resource as domain::owned::OwnedResource>::Id,
                reader: $crate::crypto::Reader<'_>,
            ) -> diesel::QueryResult<Option<$resource>> {
                let row: Option<Self> = $crate::store::on!(conn, |c| {
                    $table::table.find(id.get()).select(Self::as_select()).get_result(c).optional()
                })?;
                row.map(|row| row.read(reader)).transpose()
            }
            fn update(
                conn: &mut $crate::store::Conn,
                edited: &domain::owned::Edited<
                    <$resource as domain::owned::OwnedResource>::Id,
                    <$resource as domain::owned::OwnedResource>::Edit,
                >,
                keys: &$crate::crypto::PersonKeys,
                reader: $crate::crypto::Reader<'_>,
            ) -> diesel::QueryResult<Option<$resource>> {
                let (id, edit) = (edited.id().get(), edited.edit());
                let changes = (
                    $(
                        edit.$field.as_set().map(|value| {
                            $table::$column.eq($crate::owned::converted(value, $conversion))
                        }),
                    )*
                    $(
                        edit.$text_field.as_set().map(|value| {
                            keys.seal($table::$sealed, id, $crate::owned::converted(value, $text))
                        }),
                    )*
                    $table::modified_at.eq($crate::store::At::from(edited.audit().at)),
                );
                let update = diesel::update($table::table.find(id))
                    .filter($table::owner_id.eq(edited.owner().get()))
                    .set(changes);
                let row = $crate::owned::audited!(conn, edited.audit(), update)?;
                row.map(|row| row.read(reader)).transpose()
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
                mut reader: $crate::crypto::Reader<'_>,
                each: &mut domain::shared::Each<'_, $resource>,
            ) -> diesel::QueryResult<()> {
                let after = page.after.map_or(0, i64::from);
                $crate::store::on!(conn, |c| {
                    let rows = $table::table
                        .filter($table::owner_id.eq(owner.get()))
                        .filter($table::id.gt(after))
                        .order($table::id)
                        .limit(page.limit())
                        .select(Self::as_select())
                        .load_iter::<Self, diesel::connection::DefaultLoadingMode>(c)?;
                    let opened = rows.map(|row| row?.open(&mut reader));
                    $crate::store::each_row(opened, |row, texts| {
                        each(row.map_texts(|text| texts.get(text)));
                    })
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
