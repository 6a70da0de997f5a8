//! One socket, from the moment it is open until it ends: a loop that reads, writes and listens, and waits for none of the
//! three.
use super::{
    Job, Outbox, Program, SocketLimits,
    door::Lever,
    hub::{Ending, Line},
};
use crate::http::{Problem, deadline_from_now, run};
use actix_web::error::PayloadError;
use actix_ws::{
    AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, MessageStream, ProtocolError, Session,
};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::{
    future::Future,
    io::ErrorKind,
    pin::{Pin, pin},
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
/// For the last frame to leave this process.
const FLUSH: Duration = Duration::from_millis(20);
/// Between two tries to read the store.
const PAUSE: Duration = Duration::from_millis(500);

/// Close codes of RFC 6455 and, from 4000, of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Close {
    Protocol = 1002,
    Binary = 1003,
    NotUtf8 = 1007,
    Policy = 1008,
    TooLarge = 1009,
    Leaving = 1012,
    Unauthorized = 4401,
}

impl Close {
    fn reason(self) -> CloseReason {
        let words = match self {
            Self::Protocol => "protocol error",
            Self::Binary => "text frames only",
            Self::NotUtf8 => "not UTF-8",
            Self::Policy => "over the limit",
            Self::TooLarge => "a message has at most 16384 bytes",
            Self::Leaving => "the server restarts",
            Self::Unauthorized => "the session has ended",
        };
        CloseReason { code: CloseCode::from(self as u16), description: Some(words.to_owned()) }
    }
}

/// How a socket ends.
enum End {
    /// After the frames that wait.
    Say(Close),
    /// At once, without them.
    SayOnly(Close),
    /// The client said goodbye.
    Answer(Option<CloseReason>),
    /// The connection is gone.
    Gone,
    /// The client does not read: it is cut off.
    Cut,
}

/// A socket whose place in the hub was refused: the client hears why.
pub(super) async fn refuse(mut session: Session, why: &Problem) {
    let frame = serde_json::json!({ "error": why.message }).to_string();
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
    heard_at: Instant,
    /// When the client last took a frame, or had none to take.
    wrote_at: Instant,
    pinged_at: Instant,
}

type Running<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// Runs until the socket ends. Only a program that can no longer be told anything is left.
pub(crate) fn open<P: Program>(
    program: P,
    line: Line,
    session: Session,
    stream: MessageStream,
    lever: Lever,
    limits: SocketLimits,
) {
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
        heard_at: Instant::now(),
        wrote_at: Instant::now(),
        pinged_at: Instant::now(),
    };
    actix_web::rt::spawn(socket.live());
}

impl<P: Program> Socket<P> {
    async fn live(mut self) {
        self.program.opened();
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
            self.reading = self.program.due().map(|job| started(job, PAUSE));
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
                    let words = "Too many messages: slow down. This one was not stored.";
                    self.out.push(serde_json::json!({ "error": words }).to_string());
                    return Some(End::Say(Close::Policy));
                }
                self.doing = self.program.said(&text, &mut self.out).map(|job| started(job, Duration::ZERO));
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

impl End {
    fn name(&self) -> &'static str {
        match self {
            Self::Answer(_) | Self::Gone => "client",
            Self::Cut => "not_reading",
            Self::Say(close) | Self::SayOnly(close) => match close {
                Close::Leaving => "leaving",
                Close::Unauthorized => "unauthorized",
                Close::Policy => "limit",
                Close::Protocol | Close::Binary | Close::NotUtf8 | Close::TooLarge => "bad_frame",
            },
        }
    }
}

/// With a pause after a failure.
fn started<T: Send + 'static>(job: Job<T>, pause: Duration) -> Running<T> {
    Box::pin(async move {
        let result = run(deadline_from_now(), job).await;
        if result.is_err() {
            sleep(pause).await;
        }
        result
    })
}

async fn finished<T>(job: &mut Option<Running<T>>) -> Result<T, Problem> {
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

/// What the libraries below have no names for, they tell as I/O.
fn protocol(error: &ProtocolError) -> End {
    let ProtocolError::Io(e) = error else {
        let too_large = matches!(error, ProtocolError::Overflow);
        return End::Say(if too_large { Close::TooLarge } else { Close::Protocol });
    };
    match e.get_ref().and_then(|cause| cause.downcast_ref::<PayloadError>()) {
        Some(PayloadError::Overflow) => End::Say(Close::TooLarge),
        Some(_broken) => End::Gone,
        None if e.kind() != ErrorKind::InvalidData => End::Say(Close::TooLarge),
        None if e.to_string().contains("reserved bits") => End::Say(Close::Protocol),
        None => End::Say(Close::NotUtf8),
    }
}
