//! How many connections may be open: of one address, and in all.
use crate::{
    address::{Proxies, network},
    each_second::EachSecond,
    metrics::{CONNECTIONS_OPEN, CONNECTIONS_REFUSED},
};
use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Connections beyond the limit: for the probes of an orchestrator, which must not find a full server dead.
const FOR_HEALTH: u32 = 16;
/// And beyond these, of connections that were cut and have not ended yet.
const ENDING: u32 = 3 * FOR_HEALTH;

/// Whose place another connection may get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// That of the one that has been idle for longest, at least a second.
    OfIdle,
    /// That of the oldest of those that hear only of health: a probe is done in milliseconds.
    OfProbe,
}

pub struct ConnectionLimiter {
    /// Of one address, or of one IPv6 /64. Trusted proxies have no limit: all the world comes from there.
    per_address: Option<NonZeroU32>,
    proxies: Proxies,
    total: u32,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    total: u32,
    by_network: HashMap<IpAddr, u32>,
}

/// A place for one connection, until it is dropped.
pub struct ConnectionPermit {
    limiter: Arc<ConnectionLimiter>,
    counted: Option<IpAddr>,
    pub(super) only_health: bool,
    pub(super) of_proxy: bool,
}

static EACH_SECOND: EachSecond = EachSecond::new();

impl ConnectionLimiter {
    pub fn new(per_address: Option<NonZeroU32>, proxies: Proxies, total: u32) -> Arc<Self> {
        Arc::new(Self { per_address, proxies, total, open: Mutex::default() })
    }

    /// `None` when there is no place, and `make_room` finds none.
    pub fn admit(
        self: &Arc<Self>,
        peer: IpAddr,
        make_room: impl Fn(Room) -> bool,
    ) -> Option<ConnectionPermit> {
        let (of_proxy, network) = (self.proxies.trusts(peer), network(peer));
        let limit = self.per_address.filter(|_| !of_proxy);
        let mut open = self.lock();
        if limit.is_some_and(|limit| open.by_network.get(&network).is_some_and(|n| *n >= limit.get())) {
            refused("address");
            return None;
        }
        let only_health = open.total >= self.total && !make_room(Room::OfIdle);
        let most = self.total + FOR_HEALTH;
        if open.total >= most && (open.total >= most + ENDING || !make_room(Room::OfProbe)) {
            refused("server");
            return None;
        }
        open.total += 1;
        metrics::gauge!(CONNECTIONS_OPEN).set(open.total);
        let counted = limit.map(|_| network);
        if let Some(network) = counted {
            *open.by_network.entry(network).or_default() += 1;
        }
        Some(ConnectionPermit { limiter: self.clone(), counted, only_health, of_proxy })
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refused(why: &'static str) {
    metrics::counter!(CONNECTIONS_REFUSED, "why" => why).increment(1);
    if EACH_SECOND.is_due() {
        tracing::warn!(limit = why, "connections are refused: too many are open");
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut open = self.limiter.lock();
        open.total -= 1;
        metrics::gauge!(CONNECTIONS_OPEN).set(open.total);
        let Some(network) = self.counted else { return };
        if let Some(left) = open.by_network.get_mut(&network) {
            *left -= 1;
            if *left == 0 {
                open.by_network.remove(&network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(per_address: u32, total: u32) -> Arc<ConnectionLimiter> {
        let proxies = Proxies::new(vec!["10.0.0.1".parse::<IpAddr>().unwrap().into()]);
        ConnectionLimiter::new(NonZeroU32::new(per_address), proxies, total)
    }
    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_so_many_connections_and_a_trusted_proxy_any_number() {
        let limiter = limiter(2, 100);
        let admit = |address| limiter.admit(ip(address), |_| false);
        let mut both = [admit("192.0.2.1"), admit("::ffff:192.0.2.1")];
        assert!(both.iter().all(Option::is_some) && admit("192.0.2.1").is_none());
        let others = ["192.0.2.2", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"].map(admit);
        assert!(others.iter().all(Option::is_some) && admit("2001:db8::3").is_none());
        let of_proxy: Vec<_> = (0..5).map(|_| admit("10.0.0.1")).collect();
        assert!(of_proxy.iter().flatten().all(|permit| permit.of_proxy) && of_proxy.len() == 5);
        both[0] = None;
        assert!(admit("192.0.2.1").is_some());
        drop((both, others, of_proxy));
        let open = limiter.lock();
        assert!(open.total == 0 && open.by_network.is_empty());
    }

    #[test]
    fn a_full_server_makes_room_or_answers_health_only_or_refuses() {
        let limiter = limiter(0, 3);
        let admit = |room: Option<Room>| limiter.admit(ip("192.0.2.1"), |wanted| room == Some(wanted));
        let full: Vec<_> = (0..3).filter_map(|_| admit(None)).collect();
        assert!(full.iter().all(|permit| !permit.only_health) && full.len() == 3);
        assert!(!admit(Some(Room::OfIdle)).unwrap().only_health);
        let spare: Vec<_> = (0..FOR_HEALTH).filter_map(|_| admit(None)).collect();
        assert!(spare.iter().all(|permit| permit.only_health) && spare.len() == FOR_HEALTH as usize);
        assert!(admit(None).is_none());
        assert!(admit(Some(Room::OfProbe)).unwrap().only_health);
        drop(spare);
        drop(full);
        assert!(!admit(None).unwrap().only_health);
    }
}
