//! Pairs that converse at a fixed rate, whatever the server does: a message that is sent late because the one before it was
//! late counts from when it was due. So a stall is seen by all whom it would have held up.
use super::open::{Socket, open};
use crate::{
    Done,
    fixture::{Fixture, Voice},
    options::Run,
    wire::{Base, Client, Load, Slice, Window, measure as measured},
};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::time::{sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;

/// To open one socket while many others are opened.
const TO_OPEN: Duration = Duration::from_millis(4);
/// After the last message was due: what has not come by then is lost.
const PATIENCE: Duration = Duration::from_secs(5);
/// What people write to each other, behind the number that tells which message it is.
const WORDS: &str = "it still hurts, mostly in the morning; should I take the second half as well?";

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow)]
    message: std::borrow::Cow<'a, str>,
    sender: i64,
}

/// When a pair's messages are due.
#[derive(Debug, Clone, Copy)]
struct Timetable {
    first: Duration,
    every: Duration,
    count: u32,
}

/// `None` when nobody here can converse.
pub(super) fn measure(fixture: &Fixture, args: &Run, pid: Option<u32>) -> Done<Option<Slice>> {
    let pairs: Vec<_> = fixture.pairs.iter().take(args.pairs).cloned().collect();
    let count = u32::try_from(pairs.len())?;
    if count == 0 {
        return Ok(None);
    }
    let every = Duration::from_secs_f64(f64::from(count) / f64::from(u32::try_from(args.rate.max(1))?));
    let seconds = Duration::from_secs_f64(args.common.seconds);
    let client = |(n, (one, other)): (u32, (Voice, Voice))| -> Client {
        // Spread over the interval: no two pairs at the same moment.
        let first = every * n / count;
        let fits = (seconds.saturating_sub(first).as_secs_f64() / every.as_secs_f64()).ceil();
        let (base, times) = (fixture.base.clone(), Timetable { first, every, count: whole(fits) });
        Box::new(move |window| Box::pin(converse(base, [one, other], times, window)))
    };
    let clients = (0..count).zip(pairs).map(client).collect();
    let load = Load::new(args.common.seconds, args.common.threads);
    let load = Load { warm_up: load.warm_up.max(TO_OPEN * 2 * count), ..load };
    measured(clients, load, pid).map(Some)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of messages, from zero up"
)]
fn whole(number: f64) -> u32 {
    number as u32
}

async fn converse(base: Base, people: [Voice; 2], times: Timetable, window: Window) -> Done<Slice> {
    let [one, other] = &people;
    let mut slice = Slice::empty()?;
    let mut here = open(&base, &format!("/ws/chat/{}/", other.id), &one.token).await?;
    let mut there = open(&base, &format!("/ws/chat/{}/", one.id), &other.token).await?;
    if Instant::now() > window.begin {
        slice.failed("the sockets were not open in time: measure for longer, or with fewer pairs");
        return Ok(slice);
    }
    // What was said in an earlier round comes again when the sockets open: each round has a name.
    let round = chrono::Utc::now().timestamp_micros();
    let due = |n: u32| window.begin + times.first + times.every * n;
    let (mut said, mut heard) = (0, 0);
    let end = due(times.count) + PATIENCE;
    while heard < times.count {
        let next = if said < times.count { due(said) } else { end };
        tokio::select! {
            frame = here.next() => hear(frame, (other.id, round), &mut heard, due, &mut slice)?,
            frame = there.next() => hear(frame, (one.id, round), &mut heard, due, &mut slice)?,
            () = sleep_until(next.into()) => {
                if said >= times.count {
                    break;
                }
                // They take turns.
                let socket = if said % 2 == 0 { &mut here } else { &mut there };
                say(socket, round, said).await?;
                said += 1;
            }
        }
    }
    if heard < times.count {
        slice.failed(format!("{} of {} messages did not come", times.count - heard, times.count));
    }
    for socket in [&mut here, &mut there] {
        // It may be closed already.
        let _ = timeout(PATIENCE, socket.close(None)).await;
    }
    Ok(slice)
}

async fn say(socket: &mut Socket, round: i64, n: u32) -> Done {
    // As clients do: a name of their own for each message, new in every run.
    let name = format!("{round}-{n}");
    let frame = json!({ "message": format!("{round} {n} {WORDS}"), "client_id": name }).to_string();
    Ok(socket.send(Message::text(frame)).await?)
}

/// Counts what the other one said in this round; one's own echo is no news.
fn hear(
    frame: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
    (from, round): (i64, i64),
    heard: &mut u32,
    due: impl Fn(u32) -> Instant,
    slice: &mut Slice,
) -> Done {
    match frame.ok_or("a socket closed")?? {
        Message::Text(text) => {
            let frame: Frame<'_> = serde_json::from_str(&text).map_err(|e| format!("{e}: {text}"))?;
            let mut words = frame.message.split(' ').map(str::parse::<i64>);
            let (Some(Ok(of)), Some(Ok(number))) = (words.next(), words.next()) else { return Ok(()) };
            if frame.sender == from && of == round {
                *heard += 1;
                slice.bytes += u64::try_from(text.len())?;
                slice.answered(Instant::now().saturating_duration_since(due(u32::try_from(number)?)));
            }
            Ok(())
        }
        Message::Close(why) => Err(format!("a socket closed: {why:?}").into()),
        _ => Ok(()),
    }
}
