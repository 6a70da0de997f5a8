//! Who may write next: first come, first served. There is one baton; it goes from hand to hand, and lies there when
//! nobody waits.
use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// `B` is what a writer may leave for the next one, besides the right to write.
pub(super) struct Line<B>(Arc<Mutex<State<B>>>);

struct State<B> {
    held: bool,
    waiting: VecDeque<Arc<Place<B>>>,
}

/// Where one writer stands and is called.
struct Place<B> {
    call: Mutex<Option<Call<B>>>,
    called: Condvar,
}

enum Call<B> {
    Begin,
    GoOn(B),
}

pub(super) enum Turn<B> {
    /// Nothing was left: begin.
    Begin(Hold<B>),
    GoOn(B),
}

/// The right to write. When it is dropped, however that comes, the next one is called.
pub(super) struct Hold<B>(Line<B>);

impl<B> Line<B> {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(State { held: false, waiting: VecDeque::new() })))
    }

    /// `None` when nobody called until then.
    pub(super) fn take_turn(&self, until: Instant) -> Option<Turn<B>> {
        let call = match self.enter() {
            None => Call::Begin,
            Some(place) => place.wait(until).or_else(|| self.step_out(&place))?,
        };
        Some(match call {
            Call::Begin => Turn::Begin(Hold(Self(self.0.clone()))),
            Call::GoOn(left) => Turn::GoOn(left),
        })
    }

    /// Gives this to the first who waits, and the right to write with it. `Err` when nobody does.
    pub(super) fn pass(&self, left: B) -> Result<(), B> {
        let mut state = self.state();
        let Some(next) = state.waiting.pop_front() else { return Err(left) };
        next.give(Call::GoOn(left));
        Ok(())
    }

    /// A place at the end of the line; none when the baton was free, and is the caller's now.
    fn enter(&self) -> Option<Arc<Place<B>>> {
        let mut state = self.state();
        if !mem::replace(&mut state.held, true) {
            return None;
        }
        let place = Arc::new(Place { call: Mutex::new(None), called: Condvar::new() });
        state.waiting.push_back(place.clone());
        Some(place)
    }

    /// Calls are made under the state's lock: whoever still stands here was not called and will not be. Whoever was
    /// called takes what is theirs, late or not.
    fn step_out(&self, place: &Arc<Place<B>>) -> Option<Call<B>> {
        let mut state = self.state();
        state.waiting.retain(|other| !Arc::ptr_eq(other, place));
        place.call().take()
    }

    fn state(&self) -> MutexGuard<'_, State<B>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.state().waiting.len()
    }
}

impl<B> Hold<B> {
    pub(super) fn line(&self) -> Line<B> {
        Line(self.0.0.clone())
    }
}

impl<B> Drop for Hold<B> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        match state.waiting.pop_front() {
            Some(next) => next.give(Call::Begin),
            None => state.held = false,
        }
    }
}

impl<B> Place<B> {
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
