//! Finds out what no hint told: that somebody may stay no longer, and that something was said while the bus was broken.
//! One look at the store for all sockets of this process, whatever their number.
use super::{Live, Told, Topic};
use crate::http::Problem;
use actix_web::web::{Data, block};
use std::time::{Duration, Instant};

/// How soon after its end a session's sockets are closed, at the latest: twice this, and what the look takes.
const LOOK_EVERY: Duration = Duration::from_millis(400);
/// Between two looks at what is followed while some hints may not arrive ...
const WHILE_BROKEN: Duration = Duration::from_millis(800);
/// ... and while all seem to: a node that was killed may have stored something and told nobody.
const WHILE_WHOLE: Duration = Duration::from_secs(5);
/// Asked about in one query.
const AT_ONCE: usize = 500;

struct Watch {
    live: Data<Live>,
    access_epoch: Option<i64>,
    caught_up_at: Instant,
    /// Catching up is due, until it succeeds.
    behind: bool,
}

/// Runs as long as the process.
pub async fn watch(live: Data<Live>) {
    let hub = live.hub.clone();
    let mut watch = Some(Watch { live, access_epoch: None, caught_up_at: Instant::now(), behind: false });
    loop {
        tokio::select! { () = tokio::time::sleep(LOOK_EVERY) => {}, () = hub.news.notified() => {} }
        let Some(mut looking) = watch.take() else { return };
        let looked = block(move || {
            // The cause is in the log already; the next look is soon.
            let _ = looking.look();
            looking
        });
        match looked.await {
            Ok(looked) => watch = Some(looked),
            Err(_panicked) => tracing::error!("the watch over the sockets panicked"),
        }
    }
}

impl Watch {
    fn look(&mut self) -> Result<(), Problem> {
        let topics = self.live.hub.topics();
        if topics.is_empty() {
            return Ok(());
        }
        self.look_at_sessions()?;
        let due = if self.live.messaging.bus.is_whole() { WHILE_WHOLE } else { WHILE_BROKEN };
        self.behind |= self.live.hub.was_interrupted() || self.caught_up_at.elapsed() >= due;
        if self.behind {
            self.catch_up(&topics)?;
            (self.behind, self.caught_up_at) = (false, Instant::now());
        }
        Ok(())
    }

    fn look_at_sessions(&mut self) -> Result<(), Problem> {
        // Read before the sessions are: a change that comes later moves it again.
        let epoch = self.live.identity.access_epoch()?;
        let moved = self.access_epoch != Some(epoch);
        for some in self.live.hub.sessions(moved).chunks(AT_ONCE) {
            self.live.hub.keep_only(some, &self.live.identity.rights(some)?);
        }
        self.access_epoch = Some(epoch);
        Ok(())
    }

    fn catch_up(&self, topics: &[Topic]) -> Result<(), Problem> {
        let (mut rooms, mut owners) = (vec![], vec![]);
        for topic in topics {
            match topic {
                Topic::Room(room) => rooms.push(*room),
                Topic::Bell(owner) => owners.push(*owner),
                Topic::Desk => {
                    let last = self.live.messaging.last_at_desk()?;
                    self.live.hub.tell(Topic::Desk, &Told::UpTo(last));
                }
            }
        }
        for (room, last) in self.live.messaging.last_in(&rooms)? {
            self.live.hub.tell(Topic::Room(room), &Told::UpTo(last));
        }
        for some in owners.chunks(AT_ONCE) {
            for (owner, glance) in self.live.notifications.glance(some)? {
                self.live.hub.tell(Topic::Bell(owner), &Told::Glance(glance));
            }
        }
        Ok(())
    }
}
