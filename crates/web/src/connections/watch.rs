//! All connections of one worker, looked at once a second.
use super::{
    Connection, Room,
    progress::{Progress, Reason},
};
use crate::metrics::CONNECTIONS_CUT;
use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, Weak},
    time::Duration,
};

#[derive(Default)]
pub struct ConnectionWatch(RefCell<Vec<Watched>>);

/// Weak: the second handle of a connection that ended would keep it open.
struct Watched {
    connection: Weak<Connection>,
    progress: Progress,
}

impl ConnectionWatch {
    pub fn add(&self, connection: &Arc<Connection>) {
        let (connection, progress) = (Arc::downgrade(connection), Progress::default());
        self.0.borrow_mut().push(Watched { connection, progress });
    }

    /// For as long as its worker.
    pub async fn run(self: Rc<Self>) {
        let mut clock = tokio::time::interval(Duration::from_secs(1));
        clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            clock.tick().await;
            self.look();
        }
    }

    /// What was cut is forgotten: its stream ends by itself.
    fn look(&self) {
        self.0.borrow_mut().retain_mut(|watched| {
            let Some(connection) = watched.connection.upgrade() else { return false };
            let reason = watched.progress.look(&connection);
            if let Some(reason) = reason {
                cut(&connection, reason);
            }
            reason.is_none()
        });
    }

    /// Cuts one connection of this kind; whether there was one.
    pub fn make_room(&self, room: Room) -> bool {
        let mut watched = self.0.borrow_mut();
        let place = match room {
            Room::OfIdle => {
                let idle = watched.iter().enumerate().filter(|(_, one)| one.progress.idle > 0);
                idle.max_by_key(|(_, one)| one.progress.idle).map(|(place, _)| place)
            }
            Room::OfProbe => watched.iter().position(Watched::is_probe),
        };
        let Some(place) = place else { return false };
        if let Some(connection) = watched.remove(place).connection.upgrade() {
            cut(&connection, Reason::Crowded);
        }
        true
    }
}

impl Watched {
    fn is_probe(&self) -> bool {
        self.connection.upgrade().is_some_and(|connection| connection.only_health)
    }
}

fn cut(connection: &Connection, reason: Reason) {
    metrics::counter!(CONNECTIONS_CUT, "why" => reason.name()).increment(1);
    connection.cut();
}
