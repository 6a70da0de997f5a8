//! The error of a transaction, and what it means to the caller.
use diesel::result::{DatabaseErrorKind as Kind, Error as Db};
use domain::shared::StoreError;

/// Why a change was rolled back: a rule refused it, or the database failed.
#[derive(Debug)]
pub enum TxError<E> {
    Rule(E),
    Db(Db),
}

impl<E: From<StoreError>> TxError<E> {
    /// What the caller is told.
    pub(super) fn into_domain(self) -> E {
        match self {
            Self::Rule(rule) => rule,
            Self::Db(e) => classify(e).into(),
        }
    }
}

impl<E> From<Db> for TxError<E> {
    fn from(e: Db) -> Self {
        Self::Db(e)
    }
}

pub(crate) trait OnUnique<T> {
    /// Reads a broken unique constraint as the rule that it stands for. `rule` is given what the database named:
    /// PostgreSQL names the constraint, SQLite the columns.
    fn on_unique<E>(self, rule: impl FnOnce(&str) -> E) -> Result<T, TxError<E>>;
}

impl<T> OnUnique<T> for Result<T, Db> {
    fn on_unique<E>(self, rule: impl FnOnce(&str) -> E) -> Result<T, TxError<E>> {
        self.map_err(|e| match e {
            Db::DatabaseError(Kind::UniqueViolation, info) => {
                TxError::Rule(rule(info.constraint_name().unwrap_or(info.message())))
            }
            e => TxError::Db(e),
        })
    }
}

/// A failure of another store's, in the middle of a query: [`classify`] gives it back.
pub(crate) fn failed_query(error: StoreError) -> Db {
    Db::DeserializationError(Box::new(error))
}

/// What no rule of ours knows.
pub(super) fn classify(error: Db) -> StoreError {
    if let Db::DeserializationError(cause) = &error
        && let Some(error) = cause.downcast_ref::<StoreError>()
    {
        return error.clone();
    }
    if is_passing(&error) { StoreError::unavailable(error) } else { StoreError::failed(error) }
}

/// Neither library tells a database that is busy, stopping, full or gone by a code, and PostgreSQL's words depend on its
/// language: whatever is not about the data counts as passing. The log has the cause.
pub(super) fn is_passing(error: &Db) -> bool {
    matches!(
        error,
        Db::DatabaseError(
            Kind::Unknown
                | Kind::ClosedConnection
                | Kind::ReadOnlyTransaction
                | Kind::SerializationFailure
                | Kind::UnableToSendCommand,
            _,
        ) | Db::BrokenTransactionManager
    )
}
