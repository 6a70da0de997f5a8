//! One socket, from the moment it is open until it ends: a loop that reads, writes and listens, and waits for none of the
//! three.
use super::{
    Outbox, SocketHandler, SocketLimits,
    hub::{EvictReason, Subscription},
    shutdown::{CloseCode, Shutdown, of_protocol_error},
    task::{Running, TaskThreads, started},
};
use crate::{connections::Connection, http::Refusal, metrics::SOCKETS_CLOSED};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, MessageStream, ProtocolError, Session};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    sync::watch,
    time::{sleep, sleep_until, timeout},
};

const PING_EVERY: Duration = Duration::from_secs(25);
/// A client that has sent nothing, not even an answer to a ping, is gone.
const SILENCE: Duration = Duration::from_secs(60);
/// Bytes of one message from a client, in one frame or several.
pub(super) const MESSAGE_MAX: usize = 16 * 1024;
/// For the last frames to be read by the client.
const FAREWELL: Duration = Duration::from_secs(2);
/// For the last frame to leave this process, also over a slow line.
const FLUSH: Duration = Duration::from_millis(100);
/// Between two tries to read the store.
const PAUSE: Duration = Duration::from_millis(500);

/// Tells the client in a frame why the hub refused the socket, and closes it.
pub(super) async fn close_refused(mut session: Session, frame: String) {
    metrics::counter!(SOCKETS_CLOSED, "why" => "limit").increment(1);
    let _ = timeout(FAREWELL, async {
        session.text(frame).await?;
        session.close(Some(CloseCode::Policy.reason())).await
    })
    .await;
}

pub(super) struct Socket<H: SocketHandler> {
    handler: H,
    subscription: Subscription,
    session: Session,
    incoming: AggregatedMessageStream,
    connection: Arc<Connection>,
    out: Outbox,
    fetch: Option<Running<H::Fetched>>,
    task: Option<Running<H::Output>>,
    limiter: DefaultDirectRateLimiter,
    threads: TaskThreads,
    heard_at: Instant,
    /// When the client last took a frame, or had none to take.
    wrote_at: Instant,
    pinged_at: Instant,
}

/// Runs until the socket ends.
pub(super) fn open<H: SocketHandler>(
    mut handler: H,
    subscription: Subscription,
    session: Session,
    stream: MessageStream,
    connection: Arc<Connection>,
    limits: SocketLimits,
    threads: TaskThreads,
) {
    // Before the client hears that the socket is open: what it does next comes after this.
    handler.opened();
    let socket = Socket {
        handler,
        subscription,
        session,
        incoming: stream.aggregate_continuations().max_continuation_size(MESSAGE_MAX),
        connection,
        out: Outbox::default(),
        fetch: None,
        task: None,
        limiter: RateLimiter::direct(Quota::per_second(limits.messages_per_second)),
        threads,
        heard_at: Instant::now(),
        wrote_at: Instant::now(),
        pinged_at: Instant::now(),
    };
    actix_web::rt::spawn(socket.run());
}

impl<H: SocketHandler> Socket<H> {
    async fn run(mut self) {
        let shutdown = self.until_shutdown().await;
        self.finish(shutdown).await;
        self.handler.closed();
    }

    async fn until_shutdown(&mut self) -> Shutdown {
        let mut clock = pin!(sleep_until(self.next_deadline().into()));
        loop {
            self.begin_fetch();
            clock.as_mut().reset(self.next_deadline().into());
            let (fetches, works, has_frames) =
                (self.fetch.is_some(), self.task.is_some(), !self.out.is_empty());
            let shutdown = tokio::select! {
                reason = evicted(&mut self.subscription.evicted) => Some(match reason {
                    EvictReason::Unauthorized => Shutdown::AtOnce(CloseCode::Unauthorized),
                    EvictReason::Draining => Shutdown::AfterFrames(CloseCode::Draining),
                }),
                result = finished(&mut self.fetch), if fetches => {
                    self.fetch = None;
                    self.handler.fetched(result, &mut self.out);
                    None
                }
                result = finished(&mut self.task), if works => {
                    self.task = None;
                    self.handler.done(result, &mut self.out);
                    None
                }
                written = self.out.write_next(&mut self.session), if has_frames => {
                    self.wrote_at = Instant::now();
                    written.is_err().then_some(Shutdown::Gone)
                }
                Some(event) = self.subscription.events.recv() => {
                    self.handler.on_event(event, &mut self.out);
                    None
                }
                // One thing at a time: the next message is read when this one is stored.
                message = self.incoming.recv(), if !works => self.receive(message),
                () = &mut clock => self.on_clock(),
            };
            if let Some(shutdown) = shutdown {
                return shutdown;
            }
            if self.out.is_over() {
                return Shutdown::Cut;
            }
        }
    }

    fn begin_fetch(&mut self) {
        if self.subscription.lagged() {
            self.handler.mark_gap();
        }
        if self.out.is_empty() {
            self.wrote_at = Instant::now();
        }
        if self.fetch.is_none() && self.out.history_is_sent() {
            self.fetch = self.handler.next_fetch().map(|task| started(&self.threads, task, PAUSE));
        }
    }

    fn receive(&mut self, message: Option<Result<AggregatedMessage, ProtocolError>>) -> Option<Shutdown> {
        self.heard_at = Instant::now();
        match message {
            None => Some(Shutdown::Gone),
            Some(Err(e)) => Some(of_protocol_error(&e)),
            Some(Ok(AggregatedMessage::Close(reason))) => Some(Shutdown::ByClient(reason)),
            Some(Ok(AggregatedMessage::Binary(_))) => Some(Shutdown::AfterFrames(CloseCode::Binary)),
            Some(Ok(AggregatedMessage::Ping(payload))) => {
                self.out.pong(payload);
                None
            }
            Some(Ok(AggregatedMessage::Pong(_))) => None,
            Some(Ok(AggregatedMessage::Text(text))) if text.len() > MESSAGE_MAX => {
                Some(Shutdown::AfterFrames(CloseCode::TooLarge))
            }
            Some(Ok(AggregatedMessage::Text(text))) => {
                if self.limiter.check().is_err() {
                    let why = "Too many messages: slow down. This one was not stored.";
                    self.out.push_live(self.handler.refusal(why, Some(&text)));
                    return Some(Shutdown::AfterFrames(CloseCode::Policy));
                }
                let task = self.handler.on_text(&text, &mut self.out);
                self.task = task.map(|task| started(&self.threads, task, Duration::ZERO));
                None
            }
        }
    }

    /// When to ping, or to give the client up.
    fn next_deadline(&self) -> Instant {
        let silent_at = self.heard_at.min(self.wrote_at) + SILENCE;
        silent_at.min(self.pinged_at + PING_EVERY)
    }

    fn on_clock(&mut self) -> Option<Shutdown> {
        if self.heard_at.elapsed() >= SILENCE || self.wrote_at.elapsed() >= SILENCE {
            return Some(Shutdown::Cut);
        }
        if self.pinged_at.elapsed() >= PING_EVERY {
            self.pinged_at = Instant::now();
            self.out.ping();
        }
        None
    }

    /// What was begun is finished, what is acknowledged is told, as far as the client listens.
    async fn finish(&mut self, shutdown: Shutdown) {
        metrics::counter!(SOCKETS_CLOSED, "why" => shutdown.name()).increment(1);
        let reason = match shutdown {
            Shutdown::Gone => return,
            Shutdown::Cut => return self.connection.cut(),
            Shutdown::AtOnce(code) => {
                self.out.clear();
                Some(code.reason())
            }
            Shutdown::AfterFrames(code) => {
                if let Some(task) = self.task.take() {
                    let result = task.await;
                    self.handler.done(result, &mut self.out);
                }
                Some(code.reason())
            }
            Shutdown::ByClient(reason) => reason,
        };
        let Self { out, session, incoming, connection, .. } = self;
        let said = timeout(FAREWELL, async {
            if out.write_all(session).await.is_ok() && session.clone().close(reason).await.is_ok() {
                // It ends when the last frame was handed to the connection.
                while let Some(Ok(_)) = incoming.recv().await {}
            }
        });
        if said.await.is_err() {
            return connection.cut();
        }
        // The server closes first (RFC 6455, 7.1.1): many clients do not tell their page before.
        sleep(FLUSH).await;
        connection.end();
    }
}

async fn finished<T>(task: &mut Option<Running<T>>) -> Result<T, Refusal> {
    match task {
        Some(task) => task.await,
        None => std::future::pending().await,
    }
}

async fn evicted(reason: &mut watch::Receiver<Option<EvictReason>>) -> EvictReason {
    match reason.wait_for(Option::is_some).await.map(|reason| *reason) {
        Ok(Some(reason)) => reason,
        // The hub does not drop an entry whose subscription is held.
        Ok(None) | Err(_) => std::future::pending().await,
    }
}
