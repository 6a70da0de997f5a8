//! Connect to a conversation, read its hundred messages, leave: what a client does whenever a page is opened.
use super::open::open;
use crate::{
    Done,
    fill::HISTORY,
    fixture::{Fixture, Voice},
    options::Run,
    wire::{Base, Client, Load, Slice, Window, measure as measured},
};
use futures_util::{SinkExt, StreamExt};
use std::time::{Duration, Instant};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

/// Frames that do not come within this do not come.
const PATIENCE: Duration = Duration::from_secs(10);

/// `None` when nobody here has such a conversation.
pub(super) fn measure(fixture: &Fixture, args: &Run, pid: Option<u32>) -> Done<Option<Slice>> {
    let Some(doctor) = fixture.doctor.as_ref().filter(|_| !fixture.conversed.is_empty()) else {
        return Ok(None);
    };
    let client = |n: usize| -> Client {
        let (base, people, path) =
            (fixture.base.clone(), fixture.conversed.clone(), format!("/ws/chat/{}/", doctor.id));
        Box::new(move |window| Box::pin(come_and_go(base, people, path, n, window)))
    };
    let clients = (0..args.common.connections).map(client).collect();
    measured(clients, Load::new(args.common.seconds, args.common.threads), pid).map(Some)
}

async fn come_and_go(
    base: Base,
    people: Vec<Voice>,
    path: String,
    mut n: usize,
    window: Window,
) -> Done<Slice> {
    let mut slice = Slice::empty()?;
    loop {
        let begun = Instant::now();
        if begun >= window.end {
            return Ok(slice);
        }
        n += 1;
        let Some(voice) = people.get(n % people.len().max(1)) else { return Ok(slice) };
        let read = timeout(PATIENCE, read_all(&base, &path, &voice.token, &mut slice, window)).await;
        match read.map_err(|_late| "the history did not come within 10 s".into()).and_then(|done| done) {
            Ok(now) if window.counts(now) => slice.answered(now - begun),
            Ok(_) => {}
            Err(why) => {
                slice.failed(why);
                return Ok(slice);
            }
        }
    }
}

/// When the last message was there.
async fn read_all(base: &Base, path: &str, token: &str, slice: &mut Slice, window: Window) -> Done<Instant> {
    let mut socket = open(base, path, token).await?;
    let (mut heard, mut bytes) = (0, 0);
    while heard < HISTORY {
        match socket.next().await.ok_or("the socket closed before the history was read")?? {
            Message::Text(text) => {
                heard += 1;
                bytes += u64::try_from(text.len())?;
            }
            Message::Close(why) => return Err(format!("the socket closed: {why:?}").into()),
            _ => {}
        }
    }
    let now = Instant::now();
    if window.counts(now) {
        slice.bytes += bytes;
    }
    // Said, and not waited for: the next one comes at once, as after a reload.
    socket.send(Message::Close(None)).await?;
    Ok(now)
}
