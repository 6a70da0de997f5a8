//! What goes over sockets.
mod history;
mod idle;
mod open;
mod pairs;

use crate::{
    Done,
    fixture::Fixture,
    machine::{forget_peak, memory_of},
    options::Run,
    outcome::{Figures, Outcome, Target, Turns},
    scenario::Name,
    site::Site,
    wire::Slice,
};

pub(crate) fn measure(name: Name, site: &Site, peer: Option<&Fixture>, args: &Run) -> Done<Outcome> {
    // A socket takes a descriptor here too.
    rlimit::increase_nofile_limit(u64::MAX)?;
    let (mut turns, pid, threads) = (Turns::default(), site.carebase.child.pid(), args.common.threads);
    if name == Name::Idle {
        let idle = idle::measure(site, args)?;
        let mut figures = Figures::of(&idle.slice, threads, Some(memory_of(pid)?.peak_kib));
        figures.kib_per_socket = Some(idle.kib_each);
        turns.add(Target::Ours, figures, idle.slice.first_error);
        return Ok(turns.outcome(name.word(), args.idle));
    }
    let once = |fixture: &Fixture, pid: Option<u32>| -> Done<Option<Slice>> {
        if name == Name::History {
            history::measure(fixture, args, pid)
        } else {
            pairs::measure(fixture, args, pid)
        }
    };
    for _ in 0..args.common.rounds.max(1) {
        forget_peak(pid);
        if let Some(slice) = once(&site.fixture, Some(pid))? {
            let peak = memory_of(pid)?.peak_kib;
            turns.add(Target::Ours, Figures::of(&slice, threads, Some(peak)), slice.first_error);
        }
        if let Some(peer) = peer
            && let Some(slice) = once(peer, args.peer_pid)?
        {
            turns.add(Target::Peer, Figures::of(&slice, threads, None), slice.first_error);
        }
    }
    let connections = if name == Name::Pairs { 2 * args.pairs } else { args.common.connections };
    Ok(turns.outcome(name.word(), connections))
}
