//! Server-sent events: an answer that is sent while it is made.
use actix_web::web::Bytes;
use futures_util::Stream;
use serde::Serialize;
use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{Interval, interval},
};

/// A comment so often while nothing else is sent: a client that has gone is noticed only by writing to it.
const BEAT: Duration = Duration::from_secs(2);
const COMMENT: &[u8] = b":\n\n";

/// Where events go. What waits for a slow client is as large as the answer, whose size its maker bounds.
#[derive(Clone)]
pub struct EventSink(UnboundedSender<Bytes>);

impl EventSink {
    /// One event, whose data is one line of JSON. A blank `name` is the default, `message`.
    pub fn send(&self, name: &str, data: &impl Serialize) {
        let Ok(json) = sonic_rs::to_string(data) else { return };
        let event = if name.is_empty() { String::new() } else { format!("event: {name}\n") };
        // Nobody hears it any more: the stream was dropped, and with it the work that sends.
        let _ = self.0.send(format!("{event}data: {json}\n\n").into());
    }
}

/// The events of some work, which goes on only while somebody listens.
pub struct EventStream {
    work: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    events: UnboundedReceiver<Bytes>,
    beat: Interval,
}

impl EventStream {
    pub fn of<F: Future<Output = ()> + Send + 'static>(work: impl FnOnce(EventSink) -> F) -> Self {
        let (sender, events) = unbounded_channel();
        let mut beat = interval(BEAT);
        beat.reset();
        Self { work: Some(Box::pin(work(EventSink(sender)))), events, beat }
    }
}

impl Stream for EventStream {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(work) = &mut self.work
            && work.as_mut().poll(context).is_ready()
        {
            // With it goes its sink, which ends the events.
            self.work = None;
        }
        if let Poll::Ready(event) = self.events.poll_recv(context) {
            return Poll::Ready(event.map(Ok));
        }
        self.beat.poll_tick(context).map(|_| Some(Ok(Bytes::from_static(COMMENT))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt;
    use tokio::time::sleep;

    #[tokio::test(start_paused = true)]
    async fn events_come_as_they_are_sent_with_comments_between_them() {
        let stream = EventStream::of(|events| async move {
            events.send("", &"a\nb");
            sleep(BEAT + Duration::from_millis(1)).await;
            events.send("done", &1);
        });
        let sent: Vec<_> =
            stream.map(|event| String::from_utf8(event.unwrap().to_vec()).unwrap()).collect().await;
        assert_eq!(sent, ["data: \"a\\nb\"\n\n", ":\n\n", "event: done\ndata: 1\n\n"]);
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_nobody_listens_to_any_more_ends() {
        let (alive, mut gone) = tokio::sync::oneshot::channel::<()>();
        let mut stream = EventStream::of(|events| async move {
            let _alive = alive;
            events.send("", &1);
            std::future::pending::<()>().await;
        });
        stream.next().await;
        assert!(gone.try_recv().is_err_and(|e| e == tokio::sync::oneshot::error::TryRecvError::Empty));
        drop(stream);
        assert!(gone.await.is_err());
    }
}
