//! The figures of one scenario: each target's turns, their medians, and how far we are from the others.
use crate::{
    machine::cores,
    numbers::as_f64,
    rounds::{AlarmRound, AssistantRound, Overload, ScreenTime},
    wire::Slice,
};
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Target {
    Ours,
    Frame,
    Store,
    Peer,
}

/// Of one turn, or the medians of several.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Figures {
    pub per_second: f64,
    pub p50_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
    pub errors: u64,
    /// CPU seconds of the process that answered, for a thousand requests.
    pub cpu_per_1000: Option<f64>,
    pub peak_mib: Option<f64>,
    /// Of an answer's body.
    pub bytes: f64,
    /// The share of all cores that asking took.
    pub client_cpu: f64,
    /// Asking took so much that a faster server would not have looked faster.
    pub asked_too_slowly: bool,
    /// What one idle socket holds.
    pub kib_per_socket: Option<f64>,
}

/// Threads of a generator that are busy for this share of the time cannot ask faster.
const BUSY: f64 = 0.9;

impl Figures {
    pub(crate) fn of(slice: &Slice, threads: usize, peak_kib: Option<u64>) -> Self {
        let requests = as_f64(slice.requests).max(1.0);
        let all = slice.seconds.max(f64::MIN_POSITIVE) * as_f64(cores() as u64);
        let by_threads = slice.seconds * as_f64(threads as u64);
        let machine_is_full = slice.own_cpu + slice.server_cpu.unwrap_or_default() > BUSY * all;
        let more_than_serving = slice.server_cpu.is_some_and(|server| slice.own_cpu > server);
        Self {
            per_second: as_f64(slice.requests) / slice.seconds.max(f64::MIN_POSITIVE),
            p50_ms: slice.ms(0.5),
            p95_ms: slice.ms(0.95),
            p99_ms: slice.ms(0.99),
            errors: slice.errors,
            cpu_per_1000: slice.server_cpu.map(|cpu| cpu * 1000.0 / requests),
            peak_mib: peak_kib.map(|kib| as_f64(kib) / 1024.0),
            bytes: as_f64(slice.bytes) / requests,
            client_cpu: slice.own_cpu / all,
            asked_too_slowly: slice.own_cpu > BUSY * by_threads || (machine_is_full && more_than_serving),
            kib_per_socket: None,
        }
    }

    fn medians(turns: &[Self]) -> Self {
        let over = |figure: fn(&Self) -> f64| median(turns.iter().map(figure).collect());
        let known = |figure: fn(&Self) -> Option<f64>| {
            let known: Vec<f64> = turns.iter().filter_map(figure).collect();
            (!known.is_empty()).then(|| median(known))
        };
        Self {
            per_second: over(|f| f.per_second),
            p50_ms: over(|f| f.p50_ms),
            p95_ms: over(|f| f.p95_ms),
            p99_ms: over(|f| f.p99_ms),
            errors: turns.iter().map(|f| f.errors).sum(),
            cpu_per_1000: known(|f| f.cpu_per_1000),
            peak_mib: known(|f| f.peak_mib),
            bytes: over(|f| f.bytes),
            client_cpu: over(|f| f.client_cpu),
            asked_too_slowly: turns.iter().filter(|f| f.asked_too_slowly).count() * 2 > turns.len(),
            kib_per_socket: known(|f| f.kib_per_socket),
        }
    }
}

#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub target: Target,
    pub medians: Figures,
    /// Ours by theirs, the median of what it was in each round: that is what a noisy machine leaves alone.
    pub ours_by_this: Option<f64>,
    /// Theirs by ours in CPU time: true even where asking was the bottleneck.
    pub by_cpu: Option<f64>,
    pub first_error: Option<String>,
    pub turns: Vec<Figures>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Outcome {
    pub scenario: String,
    pub connections: usize,
    pub rows: Vec<Row>,
    /// CPU time of a request of ours by the frame's and the store's together, the median of what it was in each round. Where
    /// one of the two is missing there is none.
    pub overhead: Option<f64>,
    /// Each round's.
    pub overload: Vec<Overload>,
    /// Each round's.
    pub alarms: Vec<AlarmRound>,
    /// Each round's.
    pub assistant: Vec<AssistantRound>,
    /// Each text's.
    pub screen: Vec<ScreenTime>,
}

/// Turns as they come in.
#[derive(Debug, Default)]
pub(crate) struct Turns(Vec<(Target, Vec<Figures>, Option<String>)>);

impl Turns {
    pub(crate) fn add(&mut self, target: Target, figures: Figures, first_error: Option<String>) {
        match self.0.iter_mut().find(|(known, _, _)| *known == target) {
            Some((_, turns, error)) => {
                turns.push(figures);
                *error = error.take().or(first_error);
            }
            None => self.0.push((target, vec![figures], first_error)),
        }
    }

    pub(crate) fn outcome(self, scenario: String, connections: usize) -> Outcome {
        let turns_of = |target| {
            let turns = self.0.iter().find(|(known, _, _)| *known == target);
            turns.map(|(_, turns, _)| turns.clone()).unwrap_or_default()
        };
        let ours = turns_of(Target::Ours);
        let overhead = overhead(&ours, &turns_of(Target::Frame), &turns_of(Target::Store));
        let row = |(target, turns, first_error): (Target, Vec<Figures>, Option<String>)| {
            let ratio = |of: fn(&Figures, &Figures) -> Option<f64>| {
                let rounds: Vec<f64> = ours.iter().zip(&turns).filter_map(|(a, b)| of(a, b)).collect();
                (target != Target::Ours && !rounds.is_empty()).then(|| median(rounds))
            };
            Row {
                target,
                medians: Figures::medians(&turns),
                ours_by_this: ratio(|a, b| (b.per_second > 0.0).then(|| a.per_second / b.per_second)),
                by_cpu: ratio(|a, b| {
                    a.cpu_per_1000.zip(b.cpu_per_1000).filter(|(a, _)| *a > 0.0).map(|(a, b)| b / a)
                }),
                first_error,
                turns,
            }
        };
        let rows = self.0.into_iter().map(row).collect();
        Outcome {
            scenario,
            connections,
            rows,
            overhead,
            overload: vec![],
            alarms: vec![],
            assistant: vec![],
            screen: vec![],
        }
    }
}

fn overhead(ours: &[Figures], frame: &[Figures], store: &[Figures]) -> Option<f64> {
    let of_round = |((ours, frame), store): ((&Figures, &Figures), &Figures)| {
        Some(ours.cpu_per_1000? / (frame.cpu_per_1000? + store.cpu_per_1000?))
    };
    let rounds: Vec<f64> = ours.iter().zip(frame).zip(store).filter_map(of_round).collect();
    (!rounds.is_empty()).then(|| median(rounds))
}

impl Outcome {
    pub(crate) fn is_clean(&self) -> bool {
        self.rows.iter().all(|row| row.medians.errors == 0)
    }
}

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    let at = |n: usize| figures.get(n).copied().unwrap_or_default();
    if figures.len() % 2 == 1 { at(middle) } else { f64::midpoint(at(middle.saturating_sub(1)), at(middle)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_the_one_in_the_middle_or_between_the_two() {
        assert!((median(vec![9.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(vec![4.0, 1.0, 2.0, 9.0]) - 3.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_ratio_is_the_median_of_the_rounds_not_of_the_figures() {
        let mut turns = Turns::default();
        for (ours, frame) in [(10.0, 20.0), (30.0, 40.0), (50.0, 50.0)] {
            for (target, per_second) in [(Target::Ours, ours), (Target::Frame, frame)] {
                turns.add(target, Figures { per_second, ..Figures::default() }, None);
            }
        }
        let outcome = turns.outcome("x".into(), 1);
        let frame = outcome.rows.iter().find(|row| row.target == Target::Frame).unwrap();
        assert!((frame.ours_by_this.unwrap() - 0.75).abs() < 1e-9);
    }

    #[test]
    fn the_overhead_is_of_ours_by_frame_and_store_and_of_no_scenario_without_them() {
        let with = |targets: &[(Target, f64)]| {
            let mut turns = Turns::default();
            for (target, cpu) in targets {
                let cpu_per_1000 = Some(*cpu);
                turns.add(*target, Figures { cpu_per_1000, ..Figures::default() }, None);
            }
            turns.outcome("x".into(), 1).overhead
        };
        let all = [(Target::Ours, 0.3), (Target::Frame, 0.05), (Target::Store, 0.07)];
        assert!((with(&all).unwrap() - 2.5).abs() < 1e-9);
        assert_eq!(with(&all[..2]), None);
    }
}
