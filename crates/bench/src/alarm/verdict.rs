//! What became of each press: when its first letter was on its way, and whether all of its letters arrived.
use super::{letters::Letter, presses::Press};
use crate::{Done, fixture::Alarmed, rounds::AlarmRound, wire::Slice};
use std::{collections::HashMap, time::Duration};

pub(super) struct Verdict {
    /// Until the first letter of each.
    pub first: Slice,
    pub round: AlarmRound,
}

/// `presses` are in the order of `people`.
pub(super) fn judge(people: &[Alarmed], presses: &[Press], letters: &[Letter]) -> Done<Verdict> {
    let (mut first, mut answers) = (Slice::empty()?, Slice::empty()?);
    let mut by_address: HashMap<&str, Vec<&Letter>> = HashMap::new();
    for letter in letters {
        by_address.entry(&letter.to).or_default().push(letter);
    }
    for (person, press) in people.iter().zip(presses) {
        match &press.answered {
            Ok(took) => answers.answered(*took),
            Err(why) => first.failed(format!("an alarm was not answered with 200: {why}")),
        }
        let to_all =
            person.told.iter().map(|address| by_address.remove(address.as_str()).unwrap_or_default());
        follow(press, &to_all.collect::<Vec<_>>(), &mut first);
    }
    let begun = presses.iter().map(|press| press.at).min();
    let last = letters.iter().filter_map(|letter| letter.accepted).max();
    let round = AlarmRound {
        alarms: presses.len(),
        answered: answers.requests,
        letters: people.iter().map(|person| person.told.len()).sum(),
        accepted: letters.iter().filter(|letter| letter.accepted.is_some()).count(),
        first_p50_ms: first.ms(0.5),
        first_p99_ms: first.ms(0.99),
        first_max_ms: first.ms(1.0),
        answer_p50_ms: answers.ms(0.5),
        answer_p99_ms: answers.ms(0.99),
        last_letter_ms: begun.zip(last).map(|(begun, last)| as_ms(last - begun)).unwrap_or_default(),
    };
    Ok(Verdict { first, round })
}

/// `letters`: those to each of its recipients.
fn follow(press: &Press, letters: &[Vec<&Letter>], first: &mut Slice) {
    for to_one in letters {
        let count = to_one.iter().filter(|letter| letter.accepted.is_some()).count();
        if count != 1 {
            first.failed(format!("a letter of an alarm was accepted {count} times"));
        }
    }
    if let Some(heard) = letters.iter().flatten().map(|letter| letter.heard).min() {
        first.answered(heard - press.at);
    }
}

fn as_ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Voice;
    use std::time::Instant;

    fn people() -> Vec<Alarmed> {
        let voice = |id| Voice { id, token: String::new(), token_hash: String::new() };
        let told = |id: i64| vec![format!("a{id}"), format!("b{id}")];
        (1..=2).map(|id| Alarmed { voice: voice(id), told: told(id) }).collect()
    }

    fn press(at: Instant) -> Press {
        Press { at, answered: Ok(Duration::from_millis(30)) }
    }

    fn letter(to: &str, at: Instant, after: u64) -> Letter {
        let heard = at + Duration::from_millis(after);
        Letter { to: to.into(), heard, accepted: Some(heard + Duration::from_millis(50)) }
    }

    #[test]
    fn an_alarm_counts_until_its_first_letter_whichever_that_is() {
        let at = Instant::now();
        let letters =
            [letter("a1", at, 20), letter("b2", at, 40), letter("b1", at, 100), letter("a2", at, 200)];
        let verdict = judge(&people(), &[press(at), press(at)], &letters).unwrap();
        let near = |ms: f64, wanted: f64| assert!((ms - wanted).abs() < 0.1, "{ms}");
        assert_eq!((verdict.first.errors, verdict.round.answered, verdict.round.accepted), (0, 2, 4));
        near(verdict.round.first_p50_ms, 20.0);
        near(verdict.round.first_max_ms, 40.0);
        near(verdict.round.last_letter_ms, 250.0);
    }

    #[test]
    fn a_letter_that_is_lost_or_comes_twice_and_an_answer_that_is_none_are_errors() {
        let at = Instant::now();
        let whole = [letter("a1", at, 1), letter("b1", at, 1), letter("a2", at, 1), letter("b2", at, 1)];
        let errors =
            |presses: &[Press], letters: &[Letter]| judge(&people(), presses, letters).unwrap().first.errors;
        let presses = [press(at), press(at)];
        assert_eq!(errors(&presses, &whole), 0);
        assert_eq!(errors(&presses, &whole[..3]), 1);
        let twice: Vec<_> = whole.iter().chain(&whole[..1]).cloned().collect();
        assert_eq!(errors(&presses, &twice), 1);
        let mut broken = whole.to_vec();
        broken[2].accepted = None;
        assert_eq!(errors(&presses, &broken), 1);
        let refused = [press(at), Press { at, answered: Err("503".into()) }];
        assert_eq!(errors(&refused, &whole), 1);
    }
}
