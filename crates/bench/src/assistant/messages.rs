//! Ordinary messages: each user waits for the answer before the next one. An answer counts twice, as a whole and without the
//! time that the model took for it.
use super::{
    ask::{ask, response},
    words::{ORDINARY, time_told},
};
use crate::{
    Done,
    fixture::Voice,
    wire::{Ask, Base, Client, HttpConnection, Load, Slice, Window, measure, told},
};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

pub(super) struct Messages {
    pub answers: Slice,
    pub added: Slice,
}

pub(super) fn write(base: &Base, people: &[Voice], load: Load, pid: u32) -> Done<Messages> {
    let all_added = Arc::new(Mutex::new(Slice::empty()?));
    let client = |person: &Voice| -> Done<Client> {
        let asks = ORDINARY.iter().map(|text| ask(base, person, text)).collect::<Done<Vec<_>>>()?;
        let (base, all_added) = (base.clone(), all_added.clone());
        Ok(Box::new(move |window| {
            Box::pin(async move {
                let Messages { answers, added } = one_user(&base, asks, window).await?;
                all_added.lock().unwrap_or_else(PoisonError::into_inner).add(&added)?;
                Ok(answers)
            })
        }))
    };
    let clients = people.iter().map(client).collect::<Done<_>>()?;
    let answers = measure(clients, load, Some(pid))?;
    let mut added = Slice::empty()?;
    added.add(&all_added.lock().unwrap_or_else(PoisonError::into_inner))?;
    Ok(Messages { answers, added })
}

async fn one_user(base: &Base, asks: Vec<Ask>, window: Window) -> Done<Messages> {
    let mut messages = Messages { answers: Slice::empty()?, added: Slice::empty()? };
    let mut connection = HttpConnection::open(base).await?;
    for ask in asks.iter().cycle() {
        let asked = Instant::now();
        if asked >= window.end {
            break;
        }
        let answer = connection.ask(ask.clone(), true).await?;
        let now = Instant::now();
        let told_time = response(&answer.body).ok().and_then(|words| time_told(&words));
        let Some(of_model) = told_time.filter(|_| answer.status.is_success()) else {
            messages.answers.failed(format!("a message: {}", told(&answer)));
            break;
        };
        if window.counts(now) {
            messages.answers.bytes += answer.length;
            messages.answers.answered(now - asked);
            messages.added.answered((now - asked).saturating_sub(of_model));
        }
    }
    Ok(messages)
}
