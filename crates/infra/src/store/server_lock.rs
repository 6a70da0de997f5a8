//! One server per SQLite file: two would each cache what the other changes.
use super::{
    Location,
    migrate::{beside, owner_only},
};
use domain::shared::StoreError;
use std::fs::{File, TryLockError};

/// Held for as long as the server runs; the operating system lets go of it whatever kills us.
#[derive(Debug)]
pub struct ServerLock(
    #[expect(dead_code, reason = "the lock lasts as long as the file is open")] Option<File>,
);

impl ServerLock {
    /// # Errors
    /// When another server has this SQLite file. PostgreSQL serves any number of nodes.
    pub fn take(location: &Location) -> Result<Self, StoreError> {
        let Some(path) = location.sqlite_file() else { return Ok(Self(None)) };
        let file = owner_only(&beside(path, "server.lock")).map_err(StoreError::unavailable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(Some(file))),
            Err(TryLockError::WouldBlock) => Err(StoreError::unavailable(format!(
                "another carebase serves {}: one process per SQLite file; several nodes need PostgreSQL",
                path.display()
            ))),
            Err(TryLockError::Error(e)) => Err(StoreError::unavailable(e)),
        }
    }
}
