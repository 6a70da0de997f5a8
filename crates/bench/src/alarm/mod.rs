//! 200 alarms at once, and a mail server that takes 50 ms for each letter: how long a press waits until its first letter is on
//! its way.
mod letters;
mod mail_sink;
mod presses;
mod smtp;
mod verdict;

use crate::{
    Done,
    carebase::OtherServers,
    machine::{cpu_of, forget_peak, memory_of, own_cpu},
    options::Common,
    outcome::{Figures, Outcome, Target, Turns},
    scenario::Name,
    site::Site,
};
use mail_sink::MailSink;
use presses::press_all;
use std::{
    thread::sleep,
    time::{Duration, Instant},
};
use verdict::{Verdict, judge};

/// A press within five seconds of another one joins it, and stores no letters.
const APART: Duration = Duration::from_secs(6);
/// After the last answer, for the last letters.
const PATIENCE: Duration = Duration::from_secs(30);
/// They press and wait: one thread is enough, and takes the server's cores no time.
const THREADS: usize = 1;

pub(crate) fn measure(site: &mut Site, common: &Common) -> Done<Outcome> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let sink = MailSink::start()?;
    site.restart(common, OtherServers { mail: Some(sink.address), ..OtherServers::default() })?;
    let (mut turns, mut rounds, pid) = (Turns::default(), Vec::new(), site.carebase.child.pid());
    for n in 0..common.rounds.max(1) {
        if n > 0 {
            sleep(APART);
        }
        forget_peak(pid);
        let Verdict { first, round } = one_round(site, &sink)?;
        let figures = Figures::of(&first, THREADS, Some(memory_of(pid)?.peak_kib));
        turns.add(Target::Ours, figures, first.first_error);
        rounds.push(round);
    }
    let connections = site.fixture.alarmed.len();
    Ok(Outcome { alarms: rounds, ..turns.outcome(Name::Alarm.word(), connections) })
}

fn one_round(site: &Site, sink: &MailSink) -> Done<Verdict> {
    let (people, pid) = (&site.fixture.alarmed, site.carebase.child.pid());
    let (begun, before) = (Instant::now(), (cpu_of(pid)?, own_cpu()?));
    let presses = press_all(&site.fixture.base, people)?;
    let letters = sink.letters(people.iter().map(|person| person.told.len()).sum(), PATIENCE);
    let mut verdict = judge(people, &presses, &letters)?;
    verdict.first.seconds = begun.elapsed().as_secs_f64();
    verdict.first.server_cpu = Some((cpu_of(pid)? - before.0).as_secs_f64());
    verdict.first.own_cpu = (own_cpu()? - before.1).as_secs_f64();
    Ok(verdict)
}
