//! One socket, from the moment it is open until it ends: a loop that reads, writes and listens, and waits for none of the
//! three.
use super::{
    Outbox, Program, Refused, SocketLimits,
    door::Lever,
    ending::{Close, End, protocol},
    frame::client_id,
    hub::{Ending, Line},
    job::{Running, started},
};
use crate::http::{Refusal, Slots};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, MessageStream, ProtocolError, Session};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::{
    pin::pin,
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

/// A socket whose place in the hub was refused: the client hears why.
pub(super) async fn refuse(mut session: Session, why: &Refusal) {
    metrics::counter!("sockets_closed_total", "why" => "limit").increment(1);
    let frame = Refused { why: why.to_string(), client_id: None }.frame();
    let _ = timeout(FAREWELL, async {
        session.text(frame).await?;
        session.close(Some(Close::Policy.reason())).await
    })
    .await;
}

pub(crate) struct Socket<P: Program> {
    program: P,
    line: Line,
    session: Session,
    incoming: AggregatedMessageStream,
    lever: Lever,
    out: Outbox,
    reading: Option<Running<P::News>>,
    doing: Option<Running<P::Deed>>,
    limiter: DefaultDirectRateLimiter,
    slots: Slots,
    heard_at: Instant,
    /// When the client last took a frame, or had none to take.
    wrote_at: Instant,
    pinged_at: Instant,
}

/// Runs until the socket ends. Only a program that can no longer be told anything is left.
pub(crate) fn open<P: Program>(
    mut program: P,
    line: Line,
    session: Session,
    stream: MessageStream,
    lever: Lever,
    limits: SocketLimits,
    slots: Slots,
) {
    // Before the client hears that the socket is open: what it does next comes after this.
    program.opened();
    let socket = Socket {
        program,
        line,
        session,
        incoming: stream.aggregate_continuations().max_continuation_size(MESSAGE_MAX),
        lever,
        out: Outbox::default(),
        reading: None,
        doing: None,
        limiter: RateLimiter::direct(Quota::per_second(limits.messages_per_second)),
        slots,
        heard_at: Instant::now(),
        wrote_at: Instant::now(),
        pinged_at: Instant::now(),
    };
    actix_web::rt::spawn(socket.live());
}

impl<P: Program> Socket<P> {
    async fn live(mut self) {
        let end = self.until_the_end().await;
        self.finish(end).await;
        self.program.closed();
    }

    async fn until_the_end(&mut self) -> End {
        let mut clock = pin!(sleep_until(self.next_look().into()));
        loop {
            self.begin_reading();
            clock.as_mut().reset(self.next_look().into());
            let (reads, does, has_frames) =
                (self.reading.is_some(), self.doing.is_some(), !self.out.is_empty());
            let ended = tokio::select! {
                ending = ended(&mut self.line.ending) => Some(match ending {
                    Ending::Unauthorized => End::SayOnly(Close::Unauthorized),
                    Ending::Leaving => End::Say(Close::Leaving),
                }),
                result = finished(&mut self.reading), if reads => {
                    self.reading = None;
                    self.program.read(result, &mut self.out);
                    None
                }
                result = finished(&mut self.doing), if does => {
                    self.doing = None;
                    self.program.done(result, &mut self.out);
                    None
                }
                written = self.out.write_next(&mut self.session), if has_frames => {
                    self.wrote_at = Instant::now();
                    written.is_err().then_some(End::Gone)
                }
                Some(told) = self.line.told.recv() => {
                    self.program.heard(told, &mut self.out);
                    None
                }
                // One thing at a time: the next message is read when this one is stored.
                message = self.incoming.recv(), if !does => self.hear(message),
                () = &mut clock => self.look_at_the_clock(),
            };
            if let Some(end) = ended {
                return end;
            }
            if self.out.is_over() {
                return End::Cut;
            }
        }
    }

    fn begin_reading(&mut self) {
        if self.line.lagged() {
            self.program.lagged();
        }
        if self.out.is_empty() {
            self.wrote_at = Instant::now();
        }
        if self.reading.is_none() && self.out.history_is_sent() {
            self.reading = self.program.due().map(|job| started(&self.slots, job, PAUSE));
        }
    }

    fn hear(&mut self, message: Option<Result<AggregatedMessage, ProtocolError>>) -> Option<End> {
        self.heard_at = Instant::now();
        match message {
            None => Some(End::Gone),
            Some(Err(e)) => Some(protocol(&e)),
            Some(Ok(AggregatedMessage::Close(reason))) => Some(End::Answer(reason)),
            Some(Ok(AggregatedMessage::Binary(_))) => Some(End::Say(Close::Binary)),
            Some(Ok(AggregatedMessage::Ping(payload))) => {
                self.out.pong(payload);
                None
            }
            Some(Ok(AggregatedMessage::Pong(_))) => None,
            Some(Ok(AggregatedMessage::Text(text))) if text.len() > MESSAGE_MAX => {
                Some(End::Say(Close::TooLarge))
            }
            Some(Ok(AggregatedMessage::Text(text))) => {
                if self.limiter.check().is_err() {
                    let why = "Too many messages: slow down. This one was not stored.".to_owned();
                    self.out.push(Refused { why, client_id: client_id(&text) }.frame());
                    return Some(End::Say(Close::Policy));
                }
                let job = self.program.said(&text, &mut self.out);
                self.doing = job.map(|job| started(&self.slots, job, Duration::ZERO));
                None
            }
        }
    }

    /// When to ping, or to give the client up.
    fn next_look(&self) -> Instant {
        let silent_at = self.heard_at.min(self.wrote_at) + SILENCE;
        silent_at.min(self.pinged_at + PING_EVERY)
    }

    fn look_at_the_clock(&mut self) -> Option<End> {
        if self.heard_at.elapsed() >= SILENCE || self.wrote_at.elapsed() >= SILENCE {
            return Some(End::Cut);
        }
        if self.pinged_at.elapsed() >= PING_EVERY {
            self.pinged_at = Instant::now();
            self.out.ping();
        }
        None
    }

    /// What was begun is finished, what is acknowledged is told, as far as the client listens.
    async fn finish(&mut self, end: End) {
        metrics::counter!("sockets_closed_total", "why" => end.name()).increment(1);
        let reason = match end {
            End::Gone => return,
            End::Cut => return self.lever.cut(),
            End::SayOnly(close) => {
                self.out.clear();
                Some(close.reason())
            }
            End::Say(close) => {
                if let Some(doing) = self.doing.take() {
                    let result = doing.await;
                    self.program.done(result, &mut self.out);
                }
                Some(close.reason())
            }
            End::Answer(reason) => reason,
        };
        let Self { out, session, incoming, lever, .. } = self;
        let said = timeout(FAREWELL, async {
            if out.write_all(session).await.is_ok() && session.clone().close(reason).await.is_ok() {
                // It ends when the last frame was handed to the connection.
                while let Some(Ok(_)) = incoming.recv().await {}
            }
        });
        if said.await.is_err() {
            return lever.cut();
        }
        // The server closes first (RFC 6455, 7.1.1): many clients do not tell their page before.
        sleep(FLUSH).await;
        lever.end();
    }
}

async fn finished<T>(job: &mut Option<Running<T>>) -> Result<T, Refusal> {
    match job {
        Some(job) => job.await,
        None => std::future::pending().await,
    }
}

async fn ended(ending: &mut watch::Receiver<Option<Ending>>) -> Ending {
    match ending.wait_for(Option::is_some).await.map(|ending| *ending) {
        Ok(Some(ending)) => ending,
        // The hub does not drop an entry whose line is held.
        Ok(None) | Err(_) => std::future::pending().await,
    }
}
