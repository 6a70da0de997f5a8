//! What the mail server was given, and when.
use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

#[derive(Debug, Clone)]
pub(super) struct Letter {
    pub to: String,
    /// When its recipient was named: from then on it is on its way.
    pub heard: Instant,
    /// `None` while it is not known to be taken.
    pub accepted: Option<Instant>,
}

/// In the order in which they were heard of.
#[derive(Debug, Default)]
pub(super) struct Letters(Mutex<Vec<Letter>>);

impl Letters {
    /// Its number, to say later that it was accepted.
    pub(super) fn heard(&self, to: &str) -> usize {
        let mut letters = self.all();
        letters.push(Letter { to: to.to_owned(), heard: Instant::now(), accepted: None });
        letters.len() - 1
    }

    pub(super) fn accepted(&self, number: usize) {
        if let Some(letter) = self.all().get_mut(number) {
            letter.accepted = Some(Instant::now());
        }
    }

    pub(super) fn count_accepted(&self) -> usize {
        self.all().iter().filter(|letter| letter.accepted.is_some()).count()
    }

    /// And forgets them.
    pub(super) fn take(&self) -> Vec<Letter> {
        std::mem::take(&mut self.all())
    }

    fn all(&self) -> MutexGuard<'_, Vec<Letter>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
