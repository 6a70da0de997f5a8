//! The assistant with a model that takes 50 ms: what the server adds to them, and what is left for others while 200 calls hang.
mod ask;
mod danger;
mod gate;
mod hung;
mod messages;
mod model;
mod question;
mod words;

use crate::{
    Done,
    carebase::OtherServers,
    machine::{forget_peak, memory_of},
    options::Common,
    outcome::{Figures, Outcome, Target, Turns},
    rounds::AssistantRound,
    scenario::Name,
    site::Site,
    wire::{Load, Slice},
};
use hung::Hung;
use messages::Messages;
use model::Model;
use std::time::Duration;

/// Of one phase. The server gives a model up after 30 s, and two phases pass while calls hang.
const SECONDS_MAX: f64 = 10.0;
/// For all calls to reach the model.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) fn measure(site: &mut Site, common: &Common) -> Done<Outcome> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let model = Model::start()?;
    site.restart(common, OtherServers { model: Some(model.address), ..OtherServers::default() })?;
    let common = Common { seconds: common.seconds.min(SECONDS_MAX), ..common.clone() };
    let (mut turns, mut rounds, pid) = (Turns::default(), Vec::new(), site.carebase.child.pid());
    for _ in 0..common.rounds.max(1) {
        forget_peak(pid);
        let (answers, round) = one_round(site, &common, &model)?;
        let figures = Figures::of(&answers, common.threads, Some(memory_of(pid)?.peak_kib));
        turns.add(Target::Ours, figures, answers.first_error);
        rounds.push(round);
    }
    Ok(Outcome { assistant: rounds, ..turns.outcome(Name::Assistant.word(), common.connections) })
}

/// The errors of everything in it are those of the messages.
fn one_round(site: &Site, common: &Common, model: &Model) -> Done<(Slice, AssistantRound)> {
    let (fixture, load) = (&site.fixture, Load::new(common.seconds, common.threads));
    let people = fixture.writers.get(..common.connections).unwrap_or(&fixture.writers);
    let pid = site.carebase.child.pid();
    let Messages { mut answers, added } = messages::write(&fixture.base, people, load, pid)?;
    let unread = site.ask(Name::UnreadCount, common)?;
    let WhileHung { unread: unread_hung, danger, calls } = while_hung(site, common, model)?;
    for other in [&unread, &unread_hung, &danger, &calls] {
        answers.add_errors(other);
    }
    let figures = Figures::of(&answers, common.threads, None);
    let round = AssistantRound {
        messages: figures.per_second,
        answer_p50_ms: figures.p50_ms,
        answer_p99_ms: figures.p99_ms,
        added_p50_ms: added.ms(0.5),
        added_p99_ms: added.ms(0.99),
        // Seconds for a thousand are milliseconds for one.
        cpu_ms: figures.cpu_per_1000.unwrap_or_default(),
        unread_p99_ms: unread.ms(0.99),
        unread_hung_p99_ms: unread_hung.ms(0.99),
        danger_p50_ms: danger.ms(0.5),
        danger_p99_ms: danger.ms(0.99),
    };
    Ok((answers, round))
}

struct WhileHung {
    unread: Slice,
    danger: Slice,
    calls: Slice,
}

fn while_hung(site: &Site, common: &Common, model: &Model) -> Done<WhileHung> {
    let (fixture, load) = (&site.fixture, Load::new(common.seconds, common.threads));
    let hung = Hung::start(&fixture.base, &fixture.diarists)?;
    if let Err(few) = model.until_so_many_hang(fixture.diarists.len(), PATIENCE) {
        model.let_go();
        let why = hung.end()?.first_error.unwrap_or_else(|| "they are slow".to_owned());
        return Err(format!("{few}: {why}").into());
    }
    let asked = model.asked();
    let unread = site.ask(Name::UnreadCount, common)?;
    let mut danger = danger::write(&fixture.base, &fixture.writers, load, site.carebase.child.pid())?;
    if model.asked() > asked {
        danger.failed("the model was asked about a message that tells of danger");
    }
    model.let_go();
    Ok(WhileHung { unread, danger, calls: hung.end()? })
}
