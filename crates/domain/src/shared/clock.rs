//! The only way the server learns what time it is.
use chrono::{DateTime, NaiveDate, Utc};

/// An instant in UTC, never finer than a microsecond: what PostgreSQL keeps.
pub type Timestamp = DateTime<Utc>;

pub trait Clock: Send + Sync {
    /// MUST be truncated to microseconds, so that a value written equals the value read back.
    fn now(&self) -> Timestamp;
}

impl dyn Clock + '_ {
    /// The calendar day in UTC.
    pub fn today(&self) -> NaiveDate {
        self.now().date_naive()
    }
}

/// A clock that has stopped, for tests and replays.
#[derive(Debug, Clone, Copy)]
pub struct Fixed(pub Timestamp);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }
}
