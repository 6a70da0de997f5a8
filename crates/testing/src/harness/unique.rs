//! Numbers for names that tests must not share.
use std::{
    process,
    sync::atomic::{AtomicU64, Ordering::SeqCst},
    time::{SystemTime, UNIX_EPOCH},
};

/// A number that no other test gets, not even in another process at the same time.
pub fn unique() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let micros = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros();
    let micros = u64::try_from(micros).unwrap() % 1_000_000_000_000;
    (u64::from(process::id()) % 1_000) * 1_000_000_000_000_000
        + micros * 1_000
        + LAST.fetch_add(1, SeqCst) % 1_000
}
