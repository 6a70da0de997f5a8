//! Everybody presses at the same moment, each over a connection that is open already.
use crate::{
    Done,
    fixture::Alarmed,
    wire::{Ask, Base, HttpConnection, told},
};
use hyper::{Method, StatusCode};
use std::time::{Duration, Instant};

pub(super) struct Press {
    pub at: Instant,
    /// How long the answer took, or why it was none.
    pub answered: Result<Duration, String>,
}

/// In the order of the people. Returns when the last one is answered.
pub(super) fn press_all(base: &Base, people: &[Alarmed]) -> Done<Vec<Press>> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let mut ready = Vec::new();
        for person in people {
            let path = format!("/api/v1/event/trigger/{}/", person.voice.id);
            let ask = base.ask(Method::POST, &path, Some(&person.voice.token), String::new())?;
            ready.push((HttpConnection::open(base).await?, ask));
        }
        let pressing: Vec<_> =
            ready.into_iter().map(|(connection, ask)| tokio::spawn(press(connection, ask))).collect();
        let mut presses = Vec::new();
        for press in pressing {
            presses.push(press.await?);
        }
        Ok(presses)
    })
}

async fn press(mut connection: HttpConnection, ask: Ask) -> Press {
    let at = Instant::now();
    let answered = match connection.ask(ask, false).await {
        Ok(answer) if answer.status == StatusCode::OK => Ok(at.elapsed()),
        Ok(answer) => Err(told(&answer)),
        Err(why) => Err(why.to_string()),
    };
    Press { at, answered }
}
