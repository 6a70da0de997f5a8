//! Waits for something to happen in a topic, for a request: without a socket, and without what the event holds.
use domain::events::{Event, Topic, ports::Subscriber};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

#[derive(Default)]
pub struct TopicWatch {
    followed: Mutex<HashMap<Topic, watch::Sender<()>>>,
}

/// Until it is dropped.
pub struct Followed {
    topic: Topic,
    changes: watch::Receiver<()>,
    watch: Arc<TopicWatch>,
}

impl TopicWatch {
    /// From now on. Events may be lost: who waits looks for itself from time to time.
    pub fn follow(self: &Arc<Self>, topic: Topic) -> Followed {
        let changes = self.followed().entry(topic).or_insert_with(|| watch::channel(()).0).subscribe();
        Followed { topic, changes, watch: self.clone() }
    }

    fn followed(&self) -> MutexGuard<'_, HashMap<Topic, watch::Sender<()>>> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Followed {
    /// Something has happened since it was followed, or since this returned last.
    pub async fn changed(&mut self) {
        if self.changes.changed().await.is_err() {
            // The sender lives as long as anybody follows.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        let mut followed = self.watch.followed();
        // This one's receiver is dropped after it.
        if followed.get(&self.topic).is_some_and(|sender| sender.receiver_count() <= 1) {
            followed.remove(&self.topic);
        }
    }
}

impl Subscriber for TopicWatch {
    fn on_event(&self, event: &Event) {
        let followed = self.followed();
        for at in event.topics() {
            if let Some(sender) = followed.get(&at.topic) {
                sender.send_replace(());
            }
        }
    }
    fn interrupted(&self) {
        self.followed().values().for_each(|sender| sender.send_replace(()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::events::{EventBody, TopicAt};
    use std::time::Duration;
    use tokio::time::timeout;

    #[derive(Debug)]
    struct Rang(Topic);

    impl EventBody for Rang {
        fn kind(&self) -> &'static str {
            "rang"
        }
        fn topics(&self) -> Vec<TopicAt> {
            vec![TopicAt::unnumbered(self.0)]
        }
        fn is_confidential(&self) -> bool {
            false
        }
    }

    async fn hears(followed: &mut Followed) -> bool {
        timeout(Duration::from_millis(20), followed.changed()).await.is_ok()
    }

    #[actix_web::test]
    async fn who_follows_a_topic_hears_of_it_and_of_no_other_also_of_what_came_before_they_waited() {
        let watch = Arc::new(TopicWatch::default());
        let [one, other] = [1, 2].map(|key| Topic::new("alarm", [key, 0]));
        let (mut first, mut second) = (watch.follow(one), watch.follow(one));
        watch.on_event(&Event::new(Rang(other)));
        assert!(!hears(&mut first).await);
        watch.on_event(&Event::new(Rang(one)));
        assert!(hears(&mut first).await && hears(&mut second).await && !hears(&mut first).await);
        watch.interrupted();
        assert!(hears(&mut first).await);
    }

    #[test]
    fn nothing_is_kept_of_a_topic_that_nobody_follows() {
        let watch = Arc::new(TopicWatch::default());
        let topic = Topic::new("alarm", [1, 0]);
        let (first, second) = (watch.follow(topic), watch.follow(topic));
        drop(first);
        assert_eq!(watch.followed().len(), 1);
        drop(second);
        assert_eq!(watch.followed().len(), 0);
    }
}
