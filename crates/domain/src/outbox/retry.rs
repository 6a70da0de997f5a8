//! When a letter is tried again.
use chrono::TimeDelta;
use std::time::Duration;

/// One try takes no longer, whatever the mail server does.
pub const SEND_MAX: Duration = Duration::from_secs(18);
/// A worker that has taken a letter and told nothing of it was killed: another one takes it then. Longer than
/// [`SEND_MAX`] and the commit that follows, and short enough that an alarm does not wait for a dead node.
pub const LEASE: TimeDelta = TimeDelta::seconds(25);

const GIVE_UP_AFTER: TimeDelta = TimeDelta::hours(24);

/// How long to wait after the try with this number (from 1), which ended so long after the letter was stored: tries come at 0, 5, 15
/// and 30 s, then every 20 s for ten minutes, each minute for an hour, hourly for a day. `None` when there is no other try.
pub fn pause_after(attempts: u32, since_queued: TimeDelta) -> Option<TimeDelta> {
    if since_queued >= GIVE_UP_AFTER {
        return None;
    }
    let minutes = since_queued.num_minutes();
    Some(match attempts {
        ..=1 => TimeDelta::seconds(5),
        2 => TimeDelta::seconds(10),
        3 => TimeDelta::seconds(15),
        _ if minutes < 10 => TimeDelta::seconds(20),
        _ if minutes < 70 => TimeDelta::minutes(1),
        _ => TimeDelta::hours(1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds after it was stored, if each try fails at once.
    fn tries() -> Vec<i64> {
        let (mut at, mut tries) = (TimeDelta::zero(), vec![]);
        loop {
            tries.push(at.num_seconds());
            let Some(pause) = pause_after(u32::try_from(tries.len()).unwrap(), at) else { return tries };
            at += pause;
        }
    }

    #[test]
    fn an_alarm_is_tried_often_at_first_and_for_a_day() {
        let tries = tries();
        assert_eq!(tries[..6], [0, 5, 15, 30, 50, 70]);
        let between = |from: i64, to: i64| tries.iter().filter(|at| (from..to).contains(*at)).count();
        assert_eq!(between(0, 600), 4 + 28);
        assert_eq!(between(600, 4_200), 60);
        assert_eq!(between(4_200, 90_000), 24);
        assert!(tries.last().is_some_and(|last| (86_400..90_000).contains(last)));
    }

    #[test]
    fn a_lease_outlasts_a_try() {
        assert!(LEASE.to_std().unwrap() > SEND_MAX + Duration::from_secs(5));
    }
}
