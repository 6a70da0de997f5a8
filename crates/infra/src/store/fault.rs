//! What went wrong in a transaction, and what it means.
use diesel::result::{DatabaseErrorKind as Kind, Error as Db};
use domain::shared::StoreError;

/// Why a change was rolled back: a rule refused it, or the database failed.
#[derive(Debug)]
pub(crate) enum Fault<E> {
    Rule(E),
    Db(Db),
}

impl<E> From<Db> for Fault<E> {
    fn from(e: Db) -> Self {
        Self::Db(e)
    }
}

pub(crate) trait OnUnique<T> {
    /// Reads a broken unique constraint as the rule that it stands for. `rule` is given what the database named:
    /// PostgreSQL names the constraint, SQLite the columns.
    fn on_unique<E>(self, rule: impl FnOnce(&str) -> E) -> Result<T, Fault<E>>;
}

impl<T> OnUnique<T> for Result<T, Db> {
    fn on_unique<E>(self, rule: impl FnOnce(&str) -> E) -> Result<T, Fault<E>> {
        self.map_err(|e| match e {
            Db::DatabaseError(Kind::UniqueViolation, info) => {
                Fault::Rule(rule(info.constraint_name().unwrap_or(info.message())))
            }
            e => Fault::Db(e),
        })
    }
}

/// Failures that pass: the database is busy, stopping, full or gone. Neither library tells them by a code.
const PASSING: &[&str] = &[
    "database is locked",
    "database table is locked",
    "disk I/O error",
    "database or disk is full",
    "unable to open database file",
    "attempt to write a readonly database",
    "canceling statement due to",
    "terminating connection due to",
    "server closed the connection",
    "no connection to the server",
    "could not connect",
    "could not send data",
    "could not receive data",
    "connection to server",
    "SSL connection has been closed",
    "the database system is",
    "too many clients",
    "remaining connection slots",
    "No space left on device",
    "could not extend file",
    "cannot execute",
    "deadlock detected",
];

/// `alive`: whether the connection still answers, asked only when the error does not say it itself.
pub(super) fn judge(error: Db, alive: impl FnOnce() -> bool) -> StoreError {
    let passing = match &error {
        Db::DatabaseError(
            Kind::ClosedConnection | Kind::SerializationFailure | Kind::UnableToSendCommand,
            _,
        )
        | Db::BrokenTransactionManager => true,
        Db::DatabaseError(Kind::Unknown | Kind::ReadOnlyTransaction, info) => {
            PASSING.iter().any(|words| info.message().contains(words)) || !alive()
        }
        _ => false,
    };
    if passing { StoreError::unavailable(error) } else { StoreError::failed(error) }
}
