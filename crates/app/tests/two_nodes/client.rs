//! One client: says its messages a few at a time, breaks off when it likes, and comes back until all is well.
use crate::diary::Diary;
use futures_util::{SinkExt, StreamExt};
use rand::{RngExt, rngs::StdRng};
use std::{
    net::SocketAddr,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    net::TcpStream,
    select,
    sync::watch,
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, protocol::frame::coding::CloseCode},
};

/// Milliseconds.
const BETWEEN_CONNECTIONS: Range<u64> = 2..80;
const UNTIL_CUT: Range<u64> = 20..4_000;
const BETWEEN_BURSTS: Range<u64> = 20..760;
const BETWEEN_BURSTS_IN_CALM: Range<u64> = 20..200;
const BEFORE_RETRY: u64 = 50;
/// Messages.
const BURST: Range<usize> = 1..5;
const RUSH: usize = 4;
const OPEN_AT_MOST: usize = 24;
/// Kept for the time after the last server came back, when nobody breaks off any more.
const LAST_WORDS: usize = 10;
/// For a handshake, and for a frame to leave.
const PATIENCE: Duration = Duration::from_secs(5);

/// What goes on around the clients.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weather {
    /// A server is about to die: everybody says something.
    pub rushes: u32,
    /// No server dies any more.
    pub calm: bool,
    pub over: bool,
}

type Socket = WebSocketStream<TcpStream>;

/// How a connection ends.
enum End {
    Cut,
    Broken,
    Over,
}

pub struct Client {
    pub diary: Arc<Mutex<Diary>>,
    pub token: String,
    /// Where it may knock.
    pub doors: Vec<SocketAddr>,
    pub weather: watch::Receiver<Weather>,
    pub rng: StdRng,
}

impl Client {
    /// Until all is over, or something was heard that must never be.
    pub async fn run(mut self) -> Result<(), String> {
        while !self.weather.borrow_and_update().over {
            match self.connect().await? {
                None => self.diary().tally.refused += 1,
                Some(mut socket) => {
                    self.diary().tally.connections += 1;
                    match self.stay(&mut socket).await? {
                        End::Cut => self.diary().tally.cuts += 1,
                        End::Broken => self.diary().tally.broken += 1,
                        End::Over => return Ok(()),
                    }
                }
            }
            let pause = self.random(BETWEEN_CONNECTIONS);
            sleep(pause).await;
        }
        Ok(())
    }

    fn diary(&self) -> MutexGuard<'_, Diary> {
        self.diary.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn random(&mut self, milliseconds: Range<u64>) -> Duration {
        Duration::from_millis(self.rng.random_range(milliseconds))
    }

    async fn connect(&mut self) -> Result<Option<Socket>, String> {
        let door = self.doors[self.rng.random_range(0..self.doors.len())];
        let (peer, last) = {
            let diary = self.diary();
            (diary.peer, diary.last_id())
        };
        let after = if last == 0 { String::new() } else { format!("&after_id={last}") };
        let address = format!("ws://{door}/ws/chat/{peer}/?token={}{after}", self.token);
        let shaken = timeout(PATIENCE, async {
            let stream = TcpStream::connect(door).await?;
            stream.set_nodelay(true)?;
            client_async(address, stream).await
        });
        match shaken.await {
            Ok(Ok((socket, _))) => Ok(Some(socket)),
            Ok(Err(Error::Http(answer))) if !matches!(answer.status().as_u16(), 502..=504) => {
                Err(format!("{} is refused: {}", self.diary().name, answer.status()))
            }
            Ok(Err(_)) | Err(_) => Ok(None),
        }
    }

    async fn stay(&mut self, socket: &mut Socket) -> Result<End, String> {
        let cut_at = Instant::now() + self.random(UNTIL_CUT);
        let mut burst_at = Instant::now() + self.random(BETWEEN_BURSTS);
        let mut retry = self.diary().open();
        let mut retry_at = Instant::now();
        loop {
            let Weather { rushes, calm, .. } = *self.weather.borrow();
            let say = select! {
                frame = socket.next() => {
                    match frame {
                        Some(Ok(Message::Text(frame))) => {
                            if let Some(refused) = self.diary().hear(&frame)? {
                                retry.push(refused);
                                retry_at = Instant::now() + Duration::from_millis(BEFORE_RETRY);
                            }
                        }
                        Some(Ok(Message::Close(Some(why)))) if why.code != CloseCode::Restart => {
                            return Err(format!("{} is sent away: {why}", self.diary().name));
                        }
                        Some(Ok(_)) => {}
                        Some(Err(_)) | None => return Ok(End::Broken),
                    }
                    0
                }
                () = sleep_until(retry_at), if !retry.is_empty() => {
                    let again = std::mem::take(&mut retry);
                    if !self.say(socket, &again).await {
                        return Ok(End::Broken);
                    }
                    0
                }
                () = sleep_until(burst_at) => {
                    let pause = if calm { BETWEEN_BURSTS_IN_CALM } else { BETWEEN_BURSTS };
                    burst_at = Instant::now() + self.random(pause);
                    self.rng.random_range(BURST)
                }
                () = sleep_until(cut_at), if !calm => {
                    // Often with messages on their way.
                    let last = if self.rng.random() { BURST.end } else { 0 };
                    let _ = self.say_next(socket, last).await;
                    return Ok(End::Cut);
                }
                changed = self.weather.changed() => {
                    if changed.is_err() || self.weather.borrow().over {
                        return Ok(End::Over);
                    }
                    if self.weather.borrow().rushes > rushes { RUSH } else { 0 }
                }
            };
            if !self.say_next(socket, say).await {
                return Ok(End::Broken);
            }
        }
    }

    /// The next few, unless too many are open already. Whether the connection stands.
    async fn say_next(&mut self, socket: &mut Socket, count: usize) -> bool {
        let calm = self.weather.borrow().calm;
        for _ in 0..count {
            let next = {
                let diary = self.diary();
                let may = |n: &usize| calm || *n + LAST_WORDS < crate::diary::MESSAGES;
                diary.next().filter(may).filter(|_| diary.open().len() < OPEN_AT_MOST)
            };
            let Some(next) = next else { return true };
            if !self.say(socket, &[next]).await {
                return false;
            }
        }
        true
    }

    async fn say(&mut self, socket: &mut Socket, messages: &[usize]) -> bool {
        for n in messages {
            let frame = self.diary().say(*n);
            let said = timeout(PATIENCE, socket.send(Message::text(frame)));
            if !said.await.is_ok_and(|said| said.is_ok()) {
                return false;
            }
        }
        true
    }
}
