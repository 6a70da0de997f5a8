//! The layer for requests: threads, connections, limits.
use super::base::Base;
use crate::{
    cannot_open::CannotOpen,
    config::{Config, Rates},
};
use domain::identity::IdentityService;
use infra::store::Location;
use std::{num::NonZeroUsize, sync::Arc, thread::available_parallelism};
use web::{
    address::Proxies,
    http::{AppState, EMBEDDED_READS, Fingerprints, HashLimiter, Hosts, Limits, REMOTE_CALLS, ThreadPools},
};

/// Changes of one worker that wait on SQLite for a COMMIT that they share: the more, the fewer COMMITs.
const WAITING_PER_WORKER: usize = 16;

/// Connections that no request takes: for the checks of the sockets, which must not wait for anybody.
const FOR_CHECKS: u32 = 2;
/// Threads, and their connections, for what must not wait behind other requests.
const RESERVED: usize = 2;

/// To the database.
pub fn connections(database: &Location) -> u32 {
    let requests = workers() * threads_of_worker(database) + RESERVED;
    u32::try_from(requests).map_or(u32::MAX, |requests| requests + FOR_CHECKS)
}

/// For what waits for the database.
pub fn threads_of_worker(database: &Location) -> usize {
    match database {
        Location::Sqlite(_) => EMBEDDED_READS,
        Location::Postgres(_) => REMOTE_CALLS,
    }
}

pub fn workers() -> usize {
    available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Sockets of one worker that are opened at a time.
pub(crate) fn socket_slots(database: &Location) -> usize {
    match database {
        Location::Sqlite(_) => WAITING_PER_WORKER / 2,
        Location::Postgres(_) => REMOTE_CALLS / 2,
    }
}

/// # Errors
/// When the system gives no thread, and [`CannotOpen::Secret`].
pub(crate) fn app_state(
    base: &Base<'_>,
    identity: Arc<IdentityService>,
    hosts: &Hosts,
) -> Result<AppState, CannotOpen> {
    let Config { database, rates, trusted_proxies, public_url, .. } = base.config;
    let fingerprints = Fingerprints::new(base.secret.as_bytes());
    Ok(AppState {
        identity,
        hash_limiter: HashLimiter::for_cores(workers()),
        threads: match database {
            Location::Sqlite(_) => ThreadPools::embedded(workers(), WAITING_PER_WORKER, RESERVED)?,
            Location::Postgres(_) => ThreadPools::remote(workers(), RESERVED)?,
        },
        limits: limits(*rates),
        fingerprints: fingerprints.map_err(|e| CannotOpen::Secret(e.to_string()))?,
        proxies: Proxies::new(trusted_proxies.clone()),
        public_url: public_url.clone(),
        hosts_are_named: hosts.are_named(),
    })
}

fn limits(rates: Option<Rates>) -> Limits {
    rates.map_or_else(Limits::off, |r| {
        Limits::new(
            (r.login_address, r.login_account),
            (r.register_address, r.register_account),
            (r.reset_address, r.reset_account),
        )
    })
}
