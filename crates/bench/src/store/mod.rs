//! The store limit: the statements of a scenario, prepared, one connection for each thread. Columns are read and sealed texts are
//! opened; no HTTP, no mapping.
mod ops;
mod statements;
#[cfg(test)]
mod tests;

use crate::{
    Done,
    fixture::Fixture,
    machine::{cores, own_cpu},
    scenario::Name,
    server_folder::Location,
    sql::Connection,
    wire::{Load, Slice, Window},
};
use ops::Teller;
use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

/// As many connections as the server has: `web/src/http/threads.rs`.
fn connections_per_core(location: &Location) -> usize {
    match location {
        Location::Sqlite(_) => 2,
        Location::Postgres(_) => 4,
    }
}

/// `None` for a scenario whose cost is not the store's.
pub(crate) fn measure(location: &Location, fixture: &Fixture, name: Name, load: Load) -> Done<Option<Slice>> {
    if !name.has_store_limit() {
        return Ok(None);
    }
    let threads = if name == Name::CreateRecordAlone { 1 } else { cores() * connections_per_core(location) };
    // SQLite has one writer. So has the server; several that wait in SQLite's own lock are slower, not faster.
    let writer = match location {
        Location::Sqlite(_) => Some(Arc::new(Mutex::new(Connection::open(location)?))),
        Location::Postgres(_) => None,
    };
    let window = Window::from_now(load);
    std::thread::scope(|scope| {
        let mut tellers = Vec::new();
        for n in 0..threads {
            let connection = Connection::open(location)?;
            let Some(teller) = Teller::new(connection, writer.clone(), fixture, n) else { return Ok(None) };
            tellers.push(scope.spawn(move || one_thread(teller, name, window)));
        }
        std::thread::sleep(window.begin.saturating_duration_since(Instant::now()));
        let before = own_cpu()?;
        std::thread::sleep(window.end.saturating_duration_since(Instant::now()));
        let mut whole = Slice::empty()?;
        whole.seconds = load.seconds;
        whole.own_cpu = (own_cpu()? - before).as_secs_f64();
        whole.server_cpu = Some(whole.own_cpu);
        for teller in tellers {
            whole.add(&teller.join().map_err(|_panic| "a thread of the bench panicked")??)?;
        }
        Ok(Some(whole))
    })
}

fn one_thread(mut teller: Teller, name: Name, window: Window) -> Done<Slice> {
    let mut slice = Slice::empty()?;
    loop {
        let asked = Instant::now();
        if asked >= window.end {
            teller.leave();
            if teller.is_at_rest() {
                return Ok(slice);
            }
        }
        let told = teller.tell(name);
        let now = Instant::now();
        match told {
            Ok(()) if window.counts(now) => slice.answered(now - asked),
            Ok(()) => {}
            Err(why) => {
                slice.failed(why);
                return Ok(slice);
            }
        }
    }
}
