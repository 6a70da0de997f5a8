//! `bench run`: everything on one database, each scenario's targets in turns.
use crate::{
    Done, alarm, assistant,
    carebase::{OtherServers, Started},
    child::Child,
    fixture::Fixture,
    frame::{self, Prepared},
    machine::{Machine, forget_peak, memory_of},
    options::Run,
    outcome::{Figures, Outcome, Target, Turns},
    overload, peer,
    report::Report,
    scenario::{Kind, Name, mix},
    screen,
    site::Site,
    sockets, store, table,
    wire::{Base, HttpConnection, Load, told, visit},
};

/// Whether there was no error.
pub(crate) fn run(args: &Run) -> Done<bool> {
    let common = &args.common;
    let machine = Machine::here();
    let names = if common.scenarios.is_empty() { Name::all() } else { &common.scenarios };
    say!(
        "{} x {}, load {}; {:?}; scale {}; {} x {} s",
        machine.cores,
        machine.processor,
        machine.load,
        common.database,
        args.scale,
        common.rounds,
        common.seconds
    );
    let mut outcomes = Vec::new();
    if names.contains(&Name::Screen) {
        let outcome = screen::measure()?;
        table::print(&outcome);
        outcomes.push(outcome);
    }
    let served: Vec<_> = names.iter().copied().filter(|name| name.kind() != Kind::Screen).collect();
    let started = if served.is_empty() { None } else { Some(serve(&served, args, &mut outcomes)?) };
    let clean = outcomes.iter().all(Outcome::is_clean);
    let report = Report::of(common, args.scale, machine, started, outcomes);
    report.write(common.json.as_deref())?;
    Ok(clean)
}

/// The scenarios that ask a server.
fn serve(names: &[Name], args: &Run, outcomes: &mut Vec<Outcome>) -> Done<Started> {
    let common = &args.common;
    let peer = args.peer.as_deref().map(|url| peer::meet(url, args)).transpose()?;
    let mut site = Site::open(common, args.scale)?;
    let started = site.carebase.started.clone();
    tell(&started);
    say!("\n{}", table::HEAD);
    for &name in names {
        if name == Name::Idle {
            // Whatever came before has left its memory to the process.
            site.restart(common, OtherServers::default())?;
        }
        let outcome = match name.kind() {
            Kind::Http => over_http(name, &site, peer.as_ref(), args)?,
            Kind::Sockets => sockets::measure(name, &site, peer.as_ref(), args)?,
            Kind::Overload => overload::measure(name, &mut site, common)?,
            Kind::Alarm => alarm::measure(&mut site, common)?,
            Kind::Assistant => assistant::measure(&mut site, common)?,
            // No server is asked: it was measured before.
            Kind::Screen => continue,
        };
        table::print(&outcome);
        outcomes.push(outcome);
    }
    table::notes(outcomes);
    Ok(started)
}

fn tell(started: &Started) {
    let Started { ready_ms, idle_mib, binary_mib } = started;
    say!("start to ready {ready_ms:.0} ms, idle {idle_mib:.1} MiB, binary {binary_mib:.1} MiB");
}

fn over_http(name: Name, site: &Site, peer: Option<&Fixture>, args: &Run) -> Done<Outcome> {
    let common = &args.common;
    let load = Load::new(common.seconds, common.threads).at(name.pace());
    let (mut turns, pid) = (Turns::default(), site.carebase.child.pid());
    let framed = if args.no_limits { None } else { Some(framed(name, site)?) };
    let peer = match peer {
        Some(peer) if peer::answers(name, peer)? => Some(peer),
        _ => None,
    };
    for _ in 0..common.rounds.max(1) {
        forget_peak(pid);
        let slice = site.ask(name, common)?;
        let peak = memory_of(pid)?.peak_kib;
        turns.add(Target::Ours, Figures::of(&slice, common.threads, Some(peak)), slice.first_error);
        if let Some((frame, fixture)) = &framed {
            let visitors = name.visitors(fixture, common.connections)?;
            let slice = visit(&fixture.base, visitors, load, Some(frame.pid()))?;
            turns.add(Target::Frame, Figures::of(&slice, common.threads, None), slice.first_error);
            if let Some(slice) = store::measure(&site.server_folder.location, &site.fixture, name, load)? {
                // Its own threads are the store: nothing asks them.
                let figures =
                    Figures { client_cpu: 0.0, asked_too_slowly: false, ..Figures::of(&slice, 1, None) };
                turns.add(Target::Store, figures, slice.first_error);
            }
        }
        if let Some(peer) = peer {
            let visitors = name.visitors(peer, common.connections)?;
            let slice = visit(&peer.base, visitors, load, args.peer_pid)?;
            turns.add(Target::Peer, Figures::of(&slice, common.threads, None), slice.first_error);
        }
    }
    Ok(turns.outcome(name.word(), name.connections(common.connections)))
}

/// The frame limit for what this scenario asks: the answers that our server gives, each once.
fn framed(name: Name, site: &Site) -> Done<(Child, Fixture)> {
    let names: Vec<Name> =
        if name == Name::Mix { mix::SHARES.into_iter().map(|(name, _)| name).collect() } else { vec![name] };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answers = runtime.block_on(async {
        let mut line = HttpConnection::open(&site.fixture.base).await?;
        let mut answers: Vec<Prepared> = Vec::new();
        for name in names {
            let visitors = name.visitors(&site.fixture, 1)?;
            let mut visitor = visitors.into_iter().next().ok_or("nobody asks")?;
            loop {
                let ask = visitor.ask();
                let answer = line.ask(ask.clone(), true).await?;
                if !answer.status.is_success() {
                    return Err(format!("{}: {}", name.word(), told(&answer)).into());
                }
                visitor.hear(&answer.body);
                if !answers.iter().any(|prepared| prepared.is_for(&ask)) {
                    answers.push(Prepared::of(&ask, &answer));
                }
                if visitor.is_at_rest() {
                    break;
                }
            }
        }
        Done::Ok(answers)
    })?;
    let frame = frame::start(&site.server_folder, &answers)?;
    let fixture = site.fixture.at(Base::at(frame.address));
    Ok((frame, fixture))
}
