//! Who tells those who follow something live: the same port in this process, and over Redis between all nodes.
mod in_process;
mod redis;
mod seal;
mod wire;
pub use in_process::InProcessBus;
pub use redis::{RedisBus, check_redis_url, ping};

use domain::messaging::{Hint, ports::Ear};
use std::sync::{Arc, PoisonError, RwLock};

/// The listeners of this process.
#[derive(Default)]
struct Ears(RwLock<Vec<Arc<dyn Ear>>>);

impl Ears {
    fn add(&self, ear: Arc<dyn Ear>) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(ear);
    }
    fn tell(&self, hint: Hint) {
        let hint = Arc::new(hint);
        self.each(|ear| ear.hear(&hint));
    }
    fn interrupted(&self) {
        self.each(|ear| ear.interrupted());
    }
    fn each(&self, say: impl Fn(&dyn Ear)) {
        self.0.read().unwrap_or_else(PoisonError::into_inner).iter().for_each(|ear| say(&**ear));
    }
}
