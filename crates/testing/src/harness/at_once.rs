//! Races: threads that start together at a barrier. No test sleeps for it.
use std::{sync::Barrier, thread};

/// Runs `act` on that many threads, which start together.
pub fn at_once<T: Send>(threads: usize, act: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (start, act) = (&Barrier::new(threads), &act);
    thread::scope(|scope| {
        let run = |i| move || (start.wait(), act(i)).1;
        let hands: Vec<_> = (0..threads).map(|i| scope.spawn(run(i))).collect();
        hands.into_iter().map(|hand| hand.join().unwrap()).collect()
    })
}

/// Two different acts that start together.
pub fn both_at_once<A: Send, B: Send>(
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    let start = &Barrier::new(2);
    thread::scope(|scope| {
        let one = scope.spawn(move || (start.wait(), one()).1);
        let other = (start.wait(), other()).1;
        (one.join().unwrap(), other)
    })
}
