//! Calls that hang in the model, each over a connection of its own, until the model lets them go.
use super::{ask::ask, words::HANGS};
use crate::{
    Done,
    fixture::Voice,
    wire::{Ask, Base, HttpConnection, Slice, told},
};
use std::{
    thread::{JoinHandle, spawn},
    time::Duration,
};
use tokio::time::sleep;

/// From one call to the next: all at once would measure how many the server refuses.
const APART: Duration = Duration::from_millis(5);

pub(super) struct Hung(JoinHandle<Done<Slice>>);

impl Hung {
    /// Returns at once: the model knows when they hang.
    pub(super) fn start(base: &Base, people: &[Voice]) -> Done<Self> {
        let asks = people.iter().map(|person| ask(base, person, HANGS)).collect::<Done<Vec<_>>>()?;
        let base = base.clone();
        Ok(Self(spawn(move || all(&base, asks))))
    }

    /// When the last one is answered: what was not answered with 200 is an error of theirs.
    pub(super) fn end(self) -> Done<Slice> {
        self.0.join().map_err(|_panic| "a thread of the bench panicked")?
    }
}

fn all(base: &Base, asks: Vec<Ask>) -> Done<Slice> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let mut calls = Vec::new();
        for ask in asks {
            calls.push(tokio::spawn(one(base.clone(), ask)));
            sleep(APART).await;
        }
        let mut slice = Slice::empty()?;
        for call in calls {
            if let Err(why) = call.await? {
                slice.failed(format!("a call that hung: {why}"));
            }
        }
        Ok(slice)
    })
}

async fn one(base: Base, ask: Ask) -> Done {
    let answer = HttpConnection::open(&base).await?.ask_patiently(ask, false).await?;
    if answer.status.is_success() { Ok(()) } else { Err(told(&answer).into()) }
}
