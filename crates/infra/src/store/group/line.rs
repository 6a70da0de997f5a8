//! Who may write next: first come, first served. There is one baton; it goes from hand to hand, and lies there when
//! nobody waits.
use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Instant,
};

/// How often the processor is offered to those who may be on their way.
const GIVEN_WAY: usize = 16;

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

    /// Where some came others are on their way: they get the processor, for much less time than the disk takes.
    pub(super) fn let_come(&self) {
        let nobody_waits = || self.state().waiting.is_empty();
        (0..GIVEN_WAY).take_while(|_| nobody_waits()).for_each(|_| thread::yield_now());
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn in_a_minute() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    fn begins<B>(line: &Line<B>) -> Hold<B> {
        match line.take_turn(Instant::now()) {
            Some(Turn::Begin(hold)) => hold,
            _ => panic!("somebody has the baton"),
        }
    }

    fn given(turn: Option<Turn<u8>>) -> Option<u8> {
        match turn? {
            Turn::Begin(_) => None,
            Turn::GoOn(left) => Some(left),
        }
    }

    #[test]
    fn nobody_waits_for_a_baton_that_lies_there() {
        let line = Line::<u8>::new();
        drop(begins(&line));
        let hold = begins(&line);
        assert!(line.take_turn(Instant::now()).is_none(), "two have it");
        drop(hold);
        begins(&line);
    }

    #[test]
    fn who_came_first_is_called_first() {
        let line = Line::new();
        let hold = begins(&line);
        let heard = thread::scope(|scope| {
            let waiting: Vec<_> = (0..3)
                .map(|i| {
                    let hand = scope.spawn(|| given(line.take_turn(in_a_minute())));
                    while line.len() == i {
                        thread::yield_now();
                    }
                    hand
                })
                .collect();
            assert_eq!([1, 2, 3, 4].map(|left| line.pass(left).is_ok()), [true, true, true, false]);
            waiting.into_iter().map(|hand| hand.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(heard, [Some(1), Some(2), Some(3)]);
        drop(hold);
    }

    #[test]
    fn who_gave_up_is_not_called() {
        let line = Line::new();
        let _hold = begins(&line);
        assert!(line.take_turn(Instant::now()).is_none());
        assert_eq!(line.pass(7), Err(7));
    }

    #[test]
    fn who_was_called_while_giving_up_takes_what_was_left() {
        let line = Line::new();
        let _hold = begins(&line);
        let late = line.enter().unwrap();
        assert_eq!(line.pass(7), Ok(()));
        assert!(matches!(line.step_out(&late), Some(Call::GoOn(7))));
    }

    #[test]
    fn whoever_ends_lets_the_next_one_begin() {
        let line = Line::<u8>::new();
        let hold = begins(&line);
        let late = line.enter().unwrap();
        drop(hold);
        assert!(matches!(late.wait(Instant::now()), Some(Call::Begin)));
        assert!(line.take_turn(Instant::now()).is_none(), "it is the other's");
    }
}
