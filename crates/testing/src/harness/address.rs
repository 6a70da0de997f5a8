//! Addresses for servers that a test starts.
use rand::RngExt;
use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Mutex,
};

/// Never the same one twice. It is below the ports that the system gives to outgoing connections, so that nobody takes it
/// before its server listens, or while its server is dead.
pub fn free_address() -> SocketAddr {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let port = rand::rng().random_range(20_000..32_000);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() && GIVEN.lock().unwrap().insert(port) {
            return address;
        }
    }
}
