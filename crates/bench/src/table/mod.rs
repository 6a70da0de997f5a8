//! The one table.
mod rounds;

use crate::{
    outcome::{Outcome, Row, Target},
    scenario::Name,
};
use rounds::print_rounds;

/// What to look at, in one line, and the columns: 110 characters, which fit on a screen.
pub(crate) const HEAD: &str = "look at overhead: the CPU time of ours by that of frame and store together; and that errors are 0

scenario            target    req/s  p50 ms  p95 ms  p99 ms  err  s/1k CPU  MiB    bytes asking  reached (CPU)";

/// What must be said under the rows.
pub(crate) fn notes(outcomes: &[Outcome]) {
    if outcomes.iter().flat_map(|outcome| &outcome.rows).any(|row| row.medians.asked_too_slowly) {
        say!("\n  ! asking was the bottleneck: the server was not at its limit. Trust the share by CPU.");
    }
    let created = |name: Name| {
        let outcome = outcomes.iter().find(|outcome| outcome.scenario == name.word())?;
        let ours = outcome.rows.iter().find(|row| row.target == Target::Ours)?;
        Some((outcome.connections, ours.medians.per_second))
    };
    if let Some(((writers, many), (_, one))) =
        created(Name::CreateRecord).zip(created(Name::CreateRecordAlone)).filter(|(_, (_, one))| *one > 0.0)
    {
        say!("\n  {writers} writers make {:.1} times the records that one makes", many / one);
    }
    for (outcome, row) in outcomes.iter().flat_map(|o| o.rows.iter().map(move |row| (o, row))) {
        if let Some(why) = &row.first_error {
            say!("\n  {} ({}): {} errors, the first: {why}", outcome.scenario, name(row), row.medians.errors);
        }
    }
}

/// Its rows, as soon as they are known.
pub(crate) fn print(outcome: &Outcome) {
    for row in &outcome.rows {
        let scenario = if row.target == Target::Ours { outcome.scenario.as_str() } else { "" };
        let f = &row.medians;
        let or_blank = |figure: Option<f64>, digits: usize| {
            figure.map(|figure| format!("{figure:.digits$}")).unwrap_or_default()
        };
        let warning = if f.asked_too_slowly { "!" } else { " " };
        say!(
            "{scenario:<19} {:<6} {:>8.0} {:>7.2} {:>7.2} {:>7.2} {:>4} {:>9} {:>4} {:>8.0} {:>4.0} %{warning} {}",
            name(row),
            f.per_second,
            f.p50_ms,
            f.p95_ms,
            f.p99_ms,
            f.errors,
            or_blank(f.cpu_per_1000, 4),
            or_blank(f.peak_mib, 0),
            f.bytes,
            f.client_cpu * 100.0,
            reach(row, outcome.overhead),
        );
    }
    print_rounds(outcome);
}

fn name(row: &Row) -> &'static str {
    match row.target {
        Target::Ours => "ours",
        Target::Frame => "frame",
        Target::Store => "store",
        Target::Peer => "peer",
    }
}

fn reach(row: &Row, overhead: Option<f64>) -> String {
    if let Some(factor) = overhead.filter(|_| row.target == Target::Ours) {
        return format!("overhead {factor:.2}");
    }
    if let Some(kib) = row.medians.kib_per_socket {
        return format!("{kib:.1} KiB a socket");
    }
    let percent = |ratio: f64| format!("{:.0} %", ratio * 100.0);
    match (row.ours_by_this, row.by_cpu) {
        (None, _) => String::new(),
        (Some(ratio), None) => percent(ratio),
        (Some(ratio), Some(cpu)) => format!("{} ({})", percent(ratio), percent(cpu)),
    }
}
