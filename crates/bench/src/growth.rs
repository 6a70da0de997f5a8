//! `bench growth`: what one answer costs when everybody else has more. The people who are asked have the same data in all
//! three installations.
use crate::{
    Done,
    machine::{Machine, forget_peak, memory_of},
    options::Growth,
    outcome::{Figures, Target, Turns, median},
    report::Report,
    scenario::Name,
    site::Site,
};

const FACTORS: [f64; 3] = [1.0, 10.0, 100.0];
/// The lists, the count and a write: whatever reads or extends a table that grows.
const SCENARIOS: [Name; 6] =
    [Name::UnreadCount, Name::Records, Name::Notifications, Name::Links, Name::CreateRecord, Name::Prescribe];
/// Beyond this a row is told to grow: what the index's depth and colder caches may cost.
const ALLOWED: f64 = 1.3;

/// Whether there was no error.
pub(crate) fn run(args: &Growth) -> Done<bool> {
    let common = &args.common;
    let names = if common.scenarios.is_empty() { &SCENARIOS[..] } else { &common.scenarios };
    let mut sites = Vec::new();
    for factor in FACTORS {
        say!("{factor} x {} of the data", args.scale);
        sites.push(Site::open(common, args.scale * factor)?);
    }
    say!(
        "\n{:<20} {:>7} {:>10} {:>9} {:>9} {:>9}",
        "scenario",
        "data",
        "req/s",
        "p50 ms",
        "p99 ms",
        "cpu s/1k"
    );
    let (mut outcomes, mut clean) = (Vec::new(), true);
    for &name in names {
        let mut turns: Vec<Vec<Figures>> = vec![vec![]; sites.len()];
        let mut first_error = None;
        for _ in 0..common.rounds.max(1) {
            for (site, turns) in sites.iter().zip(&mut turns) {
                let pid = site.carebase.child.pid();
                forget_peak(pid);
                let slice = site.ask(name, common)?;
                turns.push(Figures::of(&slice, common.threads, Some(memory_of(pid)?.peak_kib)));
                first_error = first_error.or(slice.first_error);
            }
        }
        tell(name, &turns);
        clean &= first_error.is_none();
        if let Some(why) = first_error {
            say!("  errors, the first: {why}");
        }
        for (factor, figures) in FACTORS.iter().zip(turns) {
            let mut one = Turns::default();
            figures.into_iter().for_each(|figures| one.add(Target::Ours, figures, None));
            outcomes.push(one.outcome(format!("{} at {factor} x", name.word()), common.connections));
        }
    }
    let report = Report::of(common, args.scale, Machine::here(), None, outcomes);
    report.write(common.json.as_deref())?;
    Ok(clean)
}

fn tell(name: Name, turns: &[Vec<Figures>]) {
    for (factor, figures) in FACTORS.iter().zip(turns) {
        let over = |figure: fn(&Figures) -> f64| median(figures.iter().map(figure).collect());
        say!(
            "{:<20} {:>5} x {:>10.0} {:>9.2} {:>9.2} {:>9.4}",
            if *factor > 1.0 { String::new() } else { name.word() },
            factor,
            over(|f| f.per_second),
            over(|f| f.p50_ms),
            over(|f| f.p99_ms),
            over(|f| f.cpu_per_1000.unwrap_or_default()),
        );
    }
    // In each round the hundredfold site against the small one.
    let ratio = |of: fn(&Figures, &Figures) -> f64| {
        let (small, large) = (turns.first().into_iter().flatten(), turns.last().into_iter().flatten());
        median(small.zip(large).map(|(small, large)| of(small, large)).collect())
    };
    let time = ratio(|small, large| small.per_second / large.per_second.max(f64::MIN_POSITIVE));
    let cpu = ratio(|small, large| {
        large.cpu_per_1000.unwrap_or_default() / small.cpu_per_1000.unwrap_or_default().max(f64::MIN_POSITIVE)
    });
    let verdict = if time > ALLOWED { "  GROWS" } else { "" };
    say!("{:<20} 100 times the data cost {time:.2} times the time, {cpu:.2} times the CPU{verdict}", "");
}
