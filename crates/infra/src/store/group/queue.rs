//! The queue of writers: first come, first served. One writer at a time has the right to write.
use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Instant,
};

/// How often the thread yields to writers that are about to queue.
const YIELDS: usize = 16;

/// `B` is what a writer may hand to the next one, besides the right to write.
pub(super) struct WriterQueue<B>(Arc<Mutex<State<B>>>);

struct State<B> {
    held: bool,
    waiting: VecDeque<Arc<Waiter<B>>>,
    /// Go before all others, and join nobody.
    alone: VecDeque<Arc<Waiter<B>>>,
}

/// One queued writer, and how it is called.
struct Waiter<B> {
    call: Mutex<Option<Call<B>>>,
    called: Condvar,
}

enum Call<B> {
    Begin,
    Join(B),
}

pub(super) enum Handover<B> {
    /// Nothing was left: begin.
    Begin(WriteGuard<B>),
    Join(B),
}

/// The right to write. When it is dropped, however that comes, the next one is called.
pub(super) struct WriteGuard<B>(WriterQueue<B>);

impl<B> WriterQueue<B> {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(State { held: false, waiting: VecDeque::new(), alone: VecDeque::new() })))
    }

    /// `None` when nobody called until then.
    pub(super) fn acquire(&self, until: Instant) -> Option<Handover<B>> {
        let call = match self.enter(|state, waiter| state.waiting.push_back(waiter)) {
            None => Call::Begin,
            Some(waiter) => waiter.wait(until).or_else(|| self.leave(&waiter))?,
        };
        Some(match call {
            Call::Begin => Handover::Begin(WriteGuard(self.clone())),
            Call::Join(left) => Handover::Join(left),
        })
    }

    /// Before all who wait, when nothing is open. `None` when nobody called until then.
    pub(super) fn acquire_alone(&self, until: Instant) -> Option<WriteGuard<B>> {
        if let Some(waiter) = self.enter(|state, waiter| state.alone.push_back(waiter)) {
            waiter.wait(until).or_else(|| self.leave(&waiter))?;
        }
        Some(WriteGuard(self.clone()))
    }

    /// Gives this to the first who waits, and the right to write with it. `Err` when nobody does, or one who joins nobody.
    pub(super) fn pass(&self, left: B) -> Result<(), B> {
        let mut state = self.state();
        if !state.alone.is_empty() {
            return Err(left);
        }
        let Some(next) = state.waiting.pop_front() else { return Err(left) };
        next.give(Call::Join(left));
        Ok(())
    }

    /// Gives writers that are about to queue the processor, for much less time than a COMMIT takes: the group gets larger.
    pub(super) fn yield_briefly(&self) {
        let nobody_waits = || {
            let state = self.state();
            state.waiting.is_empty() && state.alone.is_empty()
        };
        (0..YIELDS).take_while(|_| nobody_waits()).for_each(|_| thread::yield_now());
    }

    /// `None` when nobody was writing: then the caller may.
    fn enter(&self, queue_up: impl FnOnce(&mut State<B>, Arc<Waiter<B>>)) -> Option<Arc<Waiter<B>>> {
        let mut state = self.state();
        if !mem::replace(&mut state.held, true) {
            return None;
        }
        let waiter = Arc::new(Waiter { call: Mutex::new(None), called: Condvar::new() });
        queue_up(&mut state, waiter.clone());
        Some(waiter)
    }

    /// Hand-over happens under the lock. A writer that timed out must check once more whether it was handed the transaction.
    fn leave(&self, waiter: &Arc<Waiter<B>>) -> Option<Call<B>> {
        let mut state = self.state();
        state.waiting.retain(|other| !Arc::ptr_eq(other, waiter));
        state.alone.retain(|other| !Arc::ptr_eq(other, waiter));
        waiter.call().take()
    }

    fn state(&self) -> MutexGuard<'_, State<B>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.state().waiting.len()
    }
}

impl<B> Clone for WriterQueue<B> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<B> WriteGuard<B> {
    pub(super) fn queue(&self) -> WriterQueue<B> {
        self.0.clone()
    }
}

impl<B> Drop for WriteGuard<B> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        let next = state.alone.pop_front().or_else(|| state.waiting.pop_front());
        match next {
            Some(next) => next.give(Call::Begin),
            None => state.held = false,
        }
    }
}

impl<B> Waiter<B> {
    fn wait(&self, until: Instant) -> Option<Call<B>> {
        let mut call = self.call();
        while call.is_none() {
            let left = until.checked_duration_since(Instant::now())?;
            call = self.called.wait_timeout(call, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        call.take()
    }

    fn give(&self, call: Call<B>) {
        *self.call() = Some(call);
        self.called.notify_one();
    }

    fn call(&self) -> MutexGuard<'_, Option<Call<B>>> {
        self.call.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn in_a_minute() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    fn begins<B>(queue: &WriterQueue<B>) -> WriteGuard<B> {
        match queue.acquire(Instant::now()) {
            Some(Handover::Begin(guard)) => guard,
            _ => panic!("somebody is writing"),
        }
    }

    fn given(turn: Option<Handover<u8>>) -> Option<u8> {
        match turn? {
            Handover::Begin(_) => None,
            Handover::Join(left) => Some(left),
        }
    }

    #[test]
    fn a_free_queue_is_entered_at_once() {
        let queue = WriterQueue::<u8>::new();
        drop(begins(&queue));
        let guard = begins(&queue);
        assert!(queue.acquire(Instant::now()).is_none(), "two have it");
        drop(guard);
        begins(&queue);
    }

    #[test]
    fn writers_are_called_in_the_order_in_which_they_came() {
        let queue = WriterQueue::new();
        let guard = begins(&queue);
        let heard = thread::scope(|scope| {
            let waiting: Vec<_> = (0..3)
                .map(|i| {
                    let hand = scope.spawn(|| given(queue.acquire(in_a_minute())));
                    while queue.len() == i {
                        thread::yield_now();
                    }
                    hand
                })
                .collect();
            assert_eq!([1, 2, 3, 4].map(|left| queue.pass(left).is_ok()), [true, true, true, false]);
            waiting.into_iter().map(|hand| hand.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(heard, [Some(1), Some(2), Some(3)]);
        drop(guard);
    }

    #[test]
    fn a_writer_that_gave_up_is_not_called() {
        let queue = WriterQueue::new();
        let _hold = begins(&queue);
        assert!(queue.acquire(Instant::now()).is_none());
        assert_eq!(queue.pass(7), Err(7));
    }

    #[test]
    fn a_writer_that_is_called_while_it_gives_up_takes_the_transaction() {
        let queue = WriterQueue::new();
        let _hold = begins(&queue);
        let late = queue.enter(|state, waiter| state.waiting.push_back(waiter)).unwrap();
        assert_eq!(queue.pass(7), Ok(()));
        assert!(matches!(queue.leave(&late), Some(Call::Join(7))));
    }

    #[test]
    fn the_end_of_a_writer_lets_the_next_one_begin() {
        let queue = WriterQueue::<u8>::new();
        let guard = begins(&queue);
        let late = queue.enter(|state, waiter| state.waiting.push_back(waiter)).unwrap();
        drop(guard);
        assert!(matches!(late.wait(Instant::now()), Some(Call::Begin)));
        assert!(queue.acquire(Instant::now()).is_none(), "it is the other's");
    }

    #[test]
    fn one_who_wants_to_be_alone_goes_before_all_others_and_is_given_nothing() {
        let queue = WriterQueue::<u8>::new();
        let (first, called) = (begins(&queue), Mutex::new(vec![]));
        thread::scope(|scope| {
            scope.spawn(|| {
                let turn = queue.acquire(in_a_minute());
                called.lock().unwrap().push("a writer");
                drop(turn);
            });
            while queue.len() == 0 {
                thread::yield_now();
            }
            let alone = scope.spawn(|| {
                let turn = queue.acquire_alone(in_a_minute());
                called.lock().unwrap().push("alone");
                drop(turn);
            });
            while queue.state().alone.is_empty() {
                thread::yield_now();
            }
            assert_eq!(queue.pass(7), Err(7));
            drop(first);
            alone.join().unwrap();
        });
        assert_eq!(*called.lock().unwrap(), ["alone", "a writer"]);
        let guard = begins(&queue);
        assert!(queue.acquire_alone(Instant::now()).is_none());
        drop(guard);
        begins(&queue);
    }
}
