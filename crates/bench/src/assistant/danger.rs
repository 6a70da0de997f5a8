//! Messages that tell of danger: a few people at once, since they are rare, and each time another one's.
use super::{ask::ask, words::DANGER};
use crate::{
    Done,
    fixture::Voice,
    wire::{Ask, Base, Load, Slice, Visitor, visit},
};
use std::collections::VecDeque;

/// More would measure how many the server can serve, and not how long one waits.
const AT_ONCE: usize = 4;

pub(super) fn write(base: &Base, people: &[Voice], load: Load, pid: u32) -> Done<Slice> {
    let asks = people.iter().map(|person| ask(base, person, DANGER)).collect::<Done<VecDeque<_>>>()?;
    let visitor = |n: usize| -> Box<dyn Visitor> {
        let mut asks = asks.clone();
        asks.rotate_left(n * people.len() / AT_ONCE);
        Box::new(InDanger(asks))
    };
    visit(base, (0..AT_ONCE).map(visitor).collect(), load, Some(pid))
}

struct InDanger(VecDeque<Ask>);

impl Visitor for InDanger {
    fn ask(&mut self) -> Ask {
        self.0.rotate_left(1);
        self.0.front().cloned().unwrap_or_default()
    }
}
