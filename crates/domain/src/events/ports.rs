//! The way of an event to everybody who follows something.
use super::Event;
use std::sync::Arc;

/// Tells every subscriber, on every node, what was committed.
///
/// Events may be lost between nodes. A subscriber must be able to do without any of them.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait EventBus: Send + Sync {
    /// MUST have told every subscriber of this node when it returns, whatever the way to the other nodes is like, and MUST
    /// NOT wait for those.
    fn publish(&self, event: Event);
    /// From now on. MUST tell a subscriber of this process every event published here once.
    fn subscribe(&self, subscriber: Arc<dyn Subscriber>);
    /// Whether, as far as this node knows, every event of every node reaches it within a moment. MUST become false within
    /// 2 s after the way to the other nodes broke, and when it is whole again every subscriber MUST hear
    /// [`interrupted`](Subscriber::interrupted).
    fn is_whole(&self) -> bool;
}

/// Both methods MUST return at once: they are called by the thread that has just committed.
pub trait Subscriber: Send + Sync {
    fn on_event(&self, event: &Event);
    /// Events of other nodes may have been lost.
    fn interrupted(&self);
}
