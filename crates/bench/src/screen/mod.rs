//! The crisis screen alone: it stands before every message to the assistant, so the worst texts count more than the usual.
mod texts;

use crate::{Done, numbers::as_f64, outcome::Outcome, outcome::Turns, rounds::ScreenTime, scenario::Name};
use hdrhistogram::Histogram;
use infra::screen::load_screen;
use std::{hint::black_box, time::Instant};

const COMPILED: u64 = 200;
const LOOKED_AT: u64 = 3_000;
/// Nanoseconds; a second is beyond everything here. Three digits, as the table has.
const LONGEST: u64 = 1_000_000_000;
const DIGITS: u8 = 3;

pub(crate) fn measure() -> Done<Outcome> {
    let compile = || load_screen().map(|screen| drop(black_box(screen)));
    let mut times = vec![timed("compile the rules", 0, COMPILED, || Ok(compile()?))?];
    let screen = load_screen()?;
    for (of, text) in texts::all() {
        let look = || {
            black_box(screen.of_message(black_box(&text)));
            Ok(())
        };
        times.push(timed(of, text.len(), LOOKED_AT, look)?);
    }
    Ok(Outcome { screen: times, ..Turns::default().outcome(Name::Screen.word(), 0) })
}

fn timed(of: &'static str, bytes: usize, runs: u64, work: impl Fn() -> Done) -> Done<ScreenTime> {
    let mut histogram = Histogram::<u64>::new_with_bounds(1, LONGEST, DIGITS)?;
    for _ in 0..runs {
        let begun = Instant::now();
        work()?;
        histogram.saturating_record(u64::try_from(begun.elapsed().as_nanos()).unwrap_or(LONGEST));
    }
    let ms = |quantile| as_f64(histogram.value_at_quantile(quantile)) / 1e6;
    Ok(ScreenTime { of, bytes, runs, p50_ms: ms(0.5), p99_ms: ms(0.99), max_ms: ms(1.0) })
}
