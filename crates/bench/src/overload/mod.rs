//! Twice what the server can do, whether it can or not: an open loop that waits for nobody.
mod health;
mod open_loop;

use crate::{
    Done,
    carebase::OtherServers,
    cores::Cores,
    fixture::Fixture,
    machine::{forget_peak, memory_of},
    numbers::as_f64,
    options::Common,
    outcome::{Figures, Outcome, Target, Turns},
    rounds::Overload,
    scenario::Name,
    site::Site,
    wire::{Load, Visitor, visit},
};
use health::Health;
use open_loop::{CONNECTIONS, flood};
use std::time::{Duration, Instant};

/// Of the capacity that a closed loop has just found.
const TIMES: f64 = 2.0;
/// Until a request is served as fast as before, after the last of the flood.
const RECOVERY_MAX: Duration = Duration::from_secs(10);
/// As fast as before: so many at once, each served in this time.
const CALM: (usize, Duration) = (16, Duration::from_millis(100));

pub(crate) fn measure(name: Name, site: &mut Site, common: &Common) -> Done<Outcome> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let cores = Cores::divide()?;
    cores.start(|| site.restart(common, OtherServers::default()))?;
    let outcome = rounds(name, site, common)?;
    drop(cores);
    // For the scenarios after this one.
    site.restart(common, OtherServers::default())?;
    Ok(outcome)
}

fn rounds(name: Name, site: &Site, common: &Common) -> Done<Outcome> {
    let (pid, fixture) = (site.carebase.child.pid(), &site.fixture);
    let mut turns = Turns::default();
    let mut rounds = Vec::new();
    for _ in 0..common.rounds.max(1) {
        let load = Load::new(common.seconds, common.threads);
        let closed = visit(&fixture.base, visitors(name, fixture, common)?, load, Some(pid))?;
        if let Some(why) = closed.first_error {
            return Err(format!("{} before the flood: {why}", name.word()).into());
        }
        let capacity = as_f64(closed.requests) / closed.seconds;
        forget_peak(pid);
        let rest = memory_of(pid)?.resident_kib;
        let health = Health::watch(fixture.base.address);
        let answers = flood(&fixture.base, visitors(name, fixture, common)?, capacity * TIMES, load, pid)?;
        let health_max = health.stop()?;
        let recovered = recovered(fixture, common.threads)?;
        let peak = memory_of(pid)?.peak_kib;
        rounds.push(Overload {
            capacity,
            asked: capacity * TIMES,
            served: as_f64(answers.in_time) / common.seconds,
            served_p50_ms: answers.served.ms(0.5),
            served_p99_ms: answers.served.ms(0.99),
            refused: as_f64(answers.refused.requests) / common.seconds,
            refused_p99_ms: answers.refused.ms(0.99),
            health_max_ms: health_max.as_secs_f64() * 1e3,
            above_rest_mib: as_f64(peak.saturating_sub(rest)) / 1024.0,
            recovered_ms: recovered.as_secs_f64() * 1e3,
        });
        let figures = Figures::of(&answers.served, common.threads, Some(peak));
        turns.add(Target::Ours, figures, answers.served.first_error);
    }
    Ok(Outcome { overload: rounds, ..turns.outcome(name.word(), CONNECTIONS) })
}

fn visitors(name: Name, fixture: &Fixture, common: &Common) -> Done<Vec<Box<dyn Visitor>>> {
    name.visitors(fixture, common.connections)
}

/// Until bursts of lists are served again, each in time.
fn recovered(fixture: &Fixture, threads: usize) -> Done<Duration> {
    let begun = Instant::now();
    let (at_once, patience) = CALM;
    while begun.elapsed() < RECOVERY_MAX {
        let burst = Load { seconds: 0.05, threads, warm_up: Duration::ZERO, pace: None };
        let slice = visit(&fixture.base, Name::Records.visitors(fixture, at_once)?, burst, None)?;
        let slowest = Duration::from_micros(slice.latency.max());
        if slice.errors == 0 && slice.requests > 0 && slowest < patience {
            return Ok(begun.elapsed());
        }
    }
    Err("the server did not recover within 10 s".into())
}
