//! The lines below a row: what a scenario tells beside the figures that all have.
use crate::{
    outcome::Outcome,
    rounds::{AlarmRound, AssistantRound, Overload, ScreenTime},
};

pub(super) fn print_rounds(outcome: &Outcome) {
    print_overload(&outcome.overload);
    print_alarms(&outcome.alarms);
    print_assistant(&outcome.assistant);
    print_screen(&outcome.screen);
}

fn print_overload(rounds: &[Overload]) {
    for round in rounds {
        say!(
            "  {:.0}/s asked of {:.0}/s: {:.0} % served, p99 {:.0} ms; {:.0}/s refused, p99 {:.0} ms; \
             health {:.0} ms; {:.0} MiB above rest; calm after {:.0} ms",
            round.asked,
            round.capacity,
            round.served / round.capacity * 100.0,
            round.served_p99_ms,
            round.refused,
            round.refused_p99_ms,
            round.health_max_ms,
            round.above_rest_mib,
            round.recovered_ms,
        );
    }
}

fn print_alarms(rounds: &[AlarmRound]) {
    if !rounds.is_empty() {
        say!(
            "  look at p99: from a press until the mail server hears of its first letter; wanted is less than 2000 ms\n  \
             answered   letters  first p50     p99     max  answer p50     p99  last letter (ms)"
        );
    }
    for round in rounds {
        say!(
            "  {:>8}  {:>8} {:>10.0} {:>7.0} {:>7.0} {:>11.0} {:>7.0} {:>12.0}",
            format!("{}/{}", round.answered, round.alarms),
            format!("{}/{}", round.accepted, round.letters),
            round.first_p50_ms,
            round.first_p99_ms,
            round.first_max_ms,
            round.answer_p50_ms,
            round.answer_p99_ms,
            round.last_letter_ms,
        );
    }
}

fn print_assistant(rounds: &[AssistantRound]) {
    if !rounds.is_empty() {
        say!(
            "  look at added: an answer without the model's own time; and at ratio: what 200 calls that hang do to unread\n  \
             counts, wanted is at most 1.2\n  \
             messages/s  answer p50     p99  added p50     p99  CPU  unread p99  hung  ratio  danger p50     p99 (ms)"
        );
    }
    for round in rounds {
        say!(
            "  {:>10.0} {:>11.1} {:>7.1} {:>10.1} {:>7.1} {:>4.2} {:>11.1} {:>5.1} {:>6.2} {:>11.1} {:>7.1}",
            round.messages,
            round.answer_p50_ms,
            round.answer_p99_ms,
            round.added_p50_ms,
            round.added_p99_ms,
            round.cpu_ms,
            round.unread_p99_ms,
            round.unread_hung_p99_ms,
            round.ratio(),
            round.danger_p50_ms,
            round.danger_p99_ms,
        );
    }
}

fn print_screen(times: &[ScreenTime]) {
    if !times.is_empty() {
        say!(
            "screen: look at p99 of each text, wanted is less than 1 ms; where others use the machine too, at p50\n  \
             {:<32} bytes   runs   p50 ms   p99 ms   max ms",
            ""
        );
    }
    for time in times {
        let ScreenTime { of, bytes, runs, p50_ms, p99_ms, max_ms } = time;
        say!("  {of:<32} {bytes:>5} {runs:>6} {p50_ms:>8.3} {p99_ms:>8.3} {max_ms:>8.3}");
    }
}
