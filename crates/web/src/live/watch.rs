//! Finds out what no hint told: that somebody may stay no longer, and that something was said while the bus was broken.
//! One look at the store for all sockets of this process, whatever their number.
use super::{Live, Told, Topic};
use crate::http::Refusal;
use actix_web::web::{Data, block};
use std::{
    future::Future,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// How soon after its end a session's sockets are closed, at the latest: this, and what the look takes.
const LOOK_EVERY: Duration = Duration::from_millis(400);
/// Without a look for so long, nobody is known to have the right to stay.
const BLIND_AFTER: Duration = Duration::from_secs(1);
/// Between two looks at what is followed while some hints may not arrive ...
const WHILE_BROKEN: Duration = Duration::from_millis(800);
/// ... and while all seem to: a node that was killed may have stored something and told nobody.
const WHILE_WHOLE: Duration = Duration::from_secs(5);
/// At the least, however often the bus breaks.
const PAUSE: Duration = Duration::from_millis(100);
/// Asked about in one query.
const AT_ONCE: usize = 500;

/// Runs as long as the process. The two look by themselves: one that takes long does not hold up the other.
pub async fn watch(live: Data<Live>) {
    let (hub, for_feeds) = (live.hub.clone(), live.clone());
    let sessions = over_and_over(live, Sessions::new, || sleep(LOOK_EVERY));
    let feeds = over_and_over(for_feeds, Feeds::new, || async {
        sleep(PAUSE).await;
        tokio::select! { () = sleep(LOOK_EVERY) => {}, () = hub.news.notified() => {} }
    });
    tokio::join!(sessions, feeds);
}

trait Looking: Send + 'static {
    fn look(&mut self) -> Result<(), Refusal>;
}

async fn over_and_over<L: Looking, F: Future<Output = ()>>(
    live: Data<Live>,
    new: fn(Data<Live>) -> L,
    pause: impl Fn() -> F,
) {
    let mut looking = Some(new(live.clone()));
    loop {
        pause().await;
        let mut eyes = looking.take().unwrap_or_else(|| new(live.clone()));
        let looked = block(move || {
            // The cause is in the log already; the next look is soon.
            let _ = eyes.look();
            eyes
        });
        match looked.await {
            Ok(eyes) => looking = Some(eyes),
            Err(_panicked) => tracing::error!("a watch over the sockets panicked, and begins anew"),
        }
    }
}

/// Who may stay.
struct Sessions {
    live: Data<Live>,
    access_epoch: Option<i64>,
    looked_at: Instant,
}

impl Sessions {
    fn new(live: Data<Live>) -> Self {
        Self { live, access_epoch: None, looked_at: Instant::now() }
    }

    fn check(&mut self) -> Result<(), Refusal> {
        let Live { hub, identity, .. } = &**self.live;
        if hub.is_empty() {
            return Ok(());
        }
        // Read before the sessions are: a change that comes later moves it again.
        let epoch = identity.access_epoch()?;
        let moved = self.access_epoch != Some(epoch);
        for some in hub.sessions(moved).chunks(AT_ONCE) {
            hub.keep_only(some, &identity.rights(some)?);
        }
        self.access_epoch = Some(epoch);
        Ok(())
    }
}

impl Looking for Sessions {
    fn look(&mut self) -> Result<(), Refusal> {
        let checked = self.check();
        if checked.is_ok() {
            self.looked_at = Instant::now();
        }
        self.live.hub.set_blind(self.looked_at.elapsed() > BLIND_AFTER);
        checked
    }
}

/// What is followed.
struct Feeds {
    live: Data<Live>,
    caught_up_at: Instant,
    /// Catching up is due, until it succeeds.
    behind: bool,
}

impl Feeds {
    fn new(live: Data<Live>) -> Self {
        Self { live, caught_up_at: Instant::now(), behind: true }
    }

    fn catch_up(&self, topics: &[Topic]) -> Result<(), Refusal> {
        let Live { hub, messaging, notifications, .. } = &**self.live;
        let (mut rooms, mut owners) = (vec![], vec![]);
        for topic in topics {
            match topic {
                Topic::Room(room) => rooms.push(*room),
                Topic::Bell(owner) => owners.push(*owner),
                Topic::Desk => hub.tell(Topic::Desk, &Told::UpTo(messaging.last_at_desk()?)),
            }
        }
        for (room, last) in messaging.last_in(&rooms)? {
            hub.tell(Topic::Room(room), &Told::UpTo(last));
        }
        for some in owners.chunks(AT_ONCE) {
            for (owner, glance) in notifications.glance(some)? {
                hub.tell(Topic::Bell(owner), &Told::Glance(glance));
            }
        }
        Ok(())
    }
}

impl Looking for Feeds {
    fn look(&mut self) -> Result<(), Refusal> {
        let topics = self.live.hub.topics();
        if topics.is_empty() {
            return Ok(());
        }
        let due = if self.live.messaging.bus.is_whole() { WHILE_WHOLE } else { WHILE_BROKEN };
        self.behind |= self.live.hub.was_interrupted() || self.caught_up_at.elapsed() >= due;
        if self.behind {
            self.catch_up(&topics)?;
            (self.behind, self.caught_up_at) = (false, Instant::now());
        }
        Ok(())
    }
}
