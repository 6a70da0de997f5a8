//! Something that was committed a moment ago.
use super::TopicAt;
use std::{any::Any, fmt::Debug, sync::Arc};

/// What a module tells. The implementing type is the event; subscribers ask for it with [`Event::downcast_ref`].
pub trait EventBody: Any + Debug + Send + Sync {
    /// The word for this kind of event between the nodes. It MUST stay the same in later versions: two of them run side by
    /// side during an upgrade.
    fn kind(&self) -> &'static str;
    /// Whom it concerns.
    fn topics(&self) -> Vec<TopicAt>;
    /// Whether it holds what only those may see who have the right to follow its topics. While it is unknown who has that
    /// still, a numbered topic is told the number only, and another one nothing.
    fn is_confidential(&self) -> bool;
}

/// Any module's event. Cheap to clone: one event goes to many sockets.
#[derive(Debug, Clone)]
pub struct Event(Arc<dyn EventBody>);

impl Event {
    pub fn new(body: impl EventBody) -> Self {
        Self(Arc::new(body))
    }
    /// The event as this type, if that is what it is.
    pub fn downcast_ref<T: EventBody>(&self) -> Option<&T> {
        let body: &dyn Any = &*self.0;
        body.downcast_ref()
    }
    pub fn kind(&self) -> &'static str {
        self.0.kind()
    }
    pub fn topics(&self) -> Vec<TopicAt> {
        self.0.topics()
    }
    pub fn is_confidential(&self) -> bool {
        self.0.is_confidential()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Topic;

    #[derive(Debug, PartialEq)]
    struct Rose(i64);
    #[derive(Debug)]
    struct Tulip;

    impl EventBody for Rose {
        fn kind(&self) -> &'static str {
            "rose"
        }
        fn topics(&self) -> Vec<TopicAt> {
            vec![TopicAt::unnumbered(Topic::new("garden", [self.0, 0]))]
        }
        fn is_confidential(&self) -> bool {
            false
        }
    }
    impl EventBody for Tulip {
        fn kind(&self) -> &'static str {
            "tulip"
        }
        fn topics(&self) -> Vec<TopicAt> {
            vec![]
        }
        fn is_confidential(&self) -> bool {
            false
        }
    }

    #[test]
    fn an_event_is_what_it_was_made_of_and_nothing_else() {
        let event = Event::new(Rose(5)).clone();
        assert_eq!(event.downcast_ref::<Rose>(), Some(&Rose(5)));
        assert!(event.downcast_ref::<Tulip>().is_none());
        let keys: Vec<_> = event.topics().iter().map(|at| at.topic.key_of("garden")).collect();
        assert_eq!((event.kind(), keys), ("rose", vec![Some([5, 0])]));
        assert_eq!(event.topics()[0].topic.key_of("house"), None);
    }
}
